"""SMART scopes of both versions: what they open, and what they open a part of."""

from __future__ import annotations

import pytest

from plugin.fhir_client.scope import Opens, opens

ALL, PART, NOTHING = Opens.ALL, Opens.PART, Opens.NOTHING


@pytest.mark.parametrize(
    ("scope", "right", "opened"),
    [
        ("patient/Observation.read", "s", ALL),
        ("user/Observation.*", "s", ALL),
        ("system/*.read", "s", ALL),
        ("patient/*.*", "r", ALL),
        ("patient/Observation.rs", "s", ALL),
        ("patient/Observation.cruds", "r", ALL),
        ("patient/Observation.r", "s", NOTHING),
        ("patient/Observation.s", "r", NOTHING),
        ("patient/Observation.write", "s", NOTHING),
        ("patient/Observation.cud", "s", NOTHING),
        ("patient/Condition.read", "s", NOTHING),
        ("launch openid fhirUser patient/Condition.rs", "s", NOTHING),
        ("patient/Observation.rs?category=vital-signs", "s", PART),
        ("patient/Observation.rs?category=http://x|laboratory", "s", PART),
        ("patient/Observation.rs?category=x patient/Observation.rs", "s", ALL),
        ("patient/Observation.rs?category=x patient/*.read", "s", ALL),
        ("patient/Observation.rs?category=x patient/Condition.rs", "s", PART),
        ("", "s", ALL),
        ("launch openid offline_access", "s", ALL),
        ("https://ehr.example.org/scopes/all", "s", ALL),
        ("patient/Observation.rs?a=b c", "s", PART),
        ("patient/Condition.read patient/observation-read", "s", ALL),
        ("patient/Condition.read tenant/Observation.read", "s", ALL),
        ("patient/Condition.sr", "s", ALL),
    ],
)
def test_what_a_scope_opens_of_the_observations(scope: str, right: str, opened: Opens) -> None:
    """Where it cannot be told, the server is asked: it knows."""
    assert opens(scope, "Observation", right) is opened
