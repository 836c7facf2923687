"""What the program looks up by name: knowledge that lacks it can be read, and not assessed with."""

from __future__ import annotations

from knowledge.model import MUSCLE_SYMPTOM, Knowledge

CONSTANTS = (
    "adult-age-years",
    "calcium-per-albumin",
    "calcium-reference-albumin",
    "ckd-epi-2021-age",
    "ckd-epi-2021-alpha-female",
    "ckd-epi-2021-alpha-male",
    "ckd-epi-2021-beta",
    "ckd-epi-2021-female",
    "ckd-epi-2021-kappa-female",
    "ckd-epi-2021-kappa-male",
    "ckd-epi-2021-scale",
    "current-result-days",
    "recent-result-days",
    "symptom-window-months",
)
TERMS = (MUSCLE_SYMPTOM,)


def lacking(knowledge: Knowledge) -> list[str]:
    """What of it a knowledge lacks, each as it is written in the data files."""
    return [
        *(f"constant.{id_}" for id_ in CONSTANTS if id_ not in knowledge.constants),
        *(f"term.{id_}" for id_ in TERMS if id_ not in knowledge.terms),
    ]
