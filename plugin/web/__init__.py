"""Pages for clinicians and for those who must look behind an answer."""
