"""The routes of the service, described in OpenAPI 3.1."""
