"""Completes a call from its client's FHIR server: whom to ask, what to ask for, and how to follow.

`Fetcher` is what services use; `Servers` says whom. The requests themselves are `fhir_client`'s.
"""
