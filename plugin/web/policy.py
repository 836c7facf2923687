"""What a page of ours may load and do: what we serve, and nothing else."""

from __future__ import annotations

_NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def page_policy(*, script: bool = False) -> str:
    """The Content-Security-Policy of a page with our style; `script`: and ours to run and to ask.

    No text of the page is style or script: both come from files of ours alone.
    """
    allowed = "; script-src 'self'; connect-src 'self'" if script else ""
    return f"{_NOTHING}; style-src 'self'; img-src 'self'{allowed}"
