"""Whose is each resource, and which patients need those that nobody owns."""
