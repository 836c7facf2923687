"""Sources that are no files: what they hold is downloaded into the work folder, and read there.

Nothing is screened from half a download: either all of it is here, or the run ends with a sentence.
"""
