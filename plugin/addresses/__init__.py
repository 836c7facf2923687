"""Addresses: of this machine, of FHIR servers, and as a site writes them down."""
