"""The report as one page of HTML: no script, no network, nothing beside it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from knowledge.model import Knowledge
from plugin.screening.report import counting as c
from plugin.screening.report import figures, plots
from plugin.screening.report.labs import LabKnown
from plugin.screening.report.run_facts import ReportOptions, RunFacts
from plugin.screening.report.small_cells import Key, base
from plugin.screening.report.tally import Tally
from plugin.screening.report.words import LAB_WORDS, unread_words
from plugin.screening.visible import visible
from plugin.wording import review_status

_LONGEST = 200  # letters of a name from outside; a reference of FHIR has far fewer
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{}'"
_SUMS: tuple[tuple[str, Key, tuple[tuple[str, Key], ...]], ...] = (
    ("found", c.PATIENTS, (("screened", c.SCREENED), ("not screened", c.FAILED))),
    ("screened", c.SCREENED, (("assessed", c.ASSESSED), ("not assessed", c.NOT_ASSESSED))),
    ("assessed", c.ASSESSED, (("flagged", c.FLAGGED), ("nothing found", c.SILENT))),
    ("flagged", c.FLAGGED, tuple((level.value, c.level_key(level)) for level in c.LEVELS)),
    (
        "nothing found",
        c.SILENT,
        (("all read", c.SILENT_READ), ("something not readable", c.SILENT_UNREAD)),
    ),
)


def page(tally: Tally, known: Knowledge, run: RunFacts, options: ReportOptions) -> str:
    """The whole page. The same arguments give the same text."""
    n = figures.numbers(tally, options.suppress_below)
    style = _style()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return (
        _environment()
        .get_template("report.html")
        .render(
            policy=_POLICY.format(digest),
            style=Markup(style),  # noqa: S704 - our own file
            run=run,
            as_of=f"{run.as_of.day} {run.as_of:%B %Y}",
            options=options,
            suppressed=n.below,
            base=base(n.below) if n.below else 0,
            worst=tally.worst.patients,
            silent=[
                (one.patient, [unread_words(why) for why in one.reasons]) for one in tally.silent
            ],
            current_days=int(known.constants["current-result-days"].value),
            knowledge=_standing(known),
            **_numbers(n),
            **_tables(n, known),
        )
    )


def _numbers(n: figures.Numbers) -> dict[str, Any]:
    """The counts of the headline, and the sums that the page shows to hold."""
    named = {
        "patients": c.PATIENTS,
        "failed": c.FAILED,
        "screened": c.SCREENED,
        "assessed": c.ASSESSED,
        "not_assessed": c.NOT_ASSESSED,
        "flagged": c.FLAGGED,
        "silent_unread": c.SILENT_UNREAD,
        "quarantined": c.QUARANTINED,
        **{level.value: c.level_key(level) for level in c.LEVELS},
    }
    sums = [
        (label, n.of(*whole), [(word, n.of(*part)) for word, part in parts])
        for label, whole, parts in _SUMS
    ]
    return {
        "n": {name: n.of(*key) for name, key in named.items()},
        "flagged_share": n.share(c.FLAGGED, c.ASSESSED),
        "sums": sums,
    }


def _tables(n: figures.Numbers, known: Knowledge) -> dict[str, Any]:
    levels, groups = figures.levels(n), figures.groups(n, known)
    labs = figures.labs(n, known)
    flagged = n.of(*c.FLAGGED)
    rows = {
        "groups": groups,
        "rules": figures.rules(n, known),
        "offered": figures.options(n, known),
        "unread": figures.unread(n),
        "failed_why": figures.reasons(n, "failed"),
        "quarantined_why": figures.reasons(n, "quarantined"),
        "quarantined_files": figures.reasons(n, "file"),
    }
    drawings = {
        "levels": plots.of_levels(levels, n.of(*c.ASSESSED)),
        "groups": plots.of_groups(groups) if groups else "",
        "labs": plots.of_labs(labs, flagged) if labs else "",
    }
    return {
        **rows,
        "flow": figures.flow(n),
        "levels": levels,
        "labs": labs,
        "lab_words": [LAB_WORDS[state] for state in LabKnown],
        "level_words": [level.value for level in c.LEVELS],
        "most_bars": plots.MOST_BARS,
        "sum_of": {name: figures.column_sum(rows[name]) for name in ("groups", "rules")},
        "plots": {name: Markup(text) for name, text in drawings.items()},  # noqa: S704 - our own
    }


def _standing(known: Knowledge) -> Mapping[str, Any]:
    """How the knowledge stands: its version, who has reviewed it, what a site changed."""
    site = known.site
    return {
        "version": known.version,
        "review": review_status(known),
        "reviewed": sum(1 for one in known.reviews if one.review.stands),
        "files": len(known.reviews),
        "rules": len(known.rules),
        "drugs": len(known.ingredients),
        "site": site,
        "off": [rule.id for rule in known.switched_off],
    }


@cache
def _style() -> str:
    return files(__package__).joinpath("templates/report.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printed,
    )
    environment.filters["clip"] = _clip
    environment.filters["thousands"] = lambda count: f"{count:,}"
    return environment


def _printed(value: Any) -> Any:
    """What is put into the page, whatever it is from: no character that is obeyed, not shown."""
    return visible(value) if type(value) is str else value


def _clip(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
