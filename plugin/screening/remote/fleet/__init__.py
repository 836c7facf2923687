"""Patients straight from a FHIR server: those of a Group, of a List, or of a file of ids.

A patient is here whole or is a failure with a reason; nobody is judged by a part of a record.
"""
