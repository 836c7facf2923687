"""A Bulk Data export (FHIR Bulk Data Access, `$export`) as a source.

Begun, waited for, downloaded, checked against its manifest, and deleted at the server. What it
holds is then screened like any folder of files.
"""
