"""Sequence symmetry: do first cramps follow the start of a drug more often than they precede it?"""
