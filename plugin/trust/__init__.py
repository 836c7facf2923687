"""Whom the service trusts: its clients and their keys, other origins, and how long it waits."""
