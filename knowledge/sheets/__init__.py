"""What is known, as a person reads it: one sheet for each drug, rule, option, interaction and lab.

The terminal, the pages of the documentation and the review of a file all show these sheets, so that
a reviewer reads the same words wherever she looks. Pure: knowledge in, sheets out.
"""
