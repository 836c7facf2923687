"""Progress of a screening as lines of a log."""

from __future__ import annotations

import re
from pathlib import Path

from plugin.cli.pace import EVERY, Pace
from plugin.screening.run.progress import Progress
from tests.plugin.cli.conftest import Run, crampcheck
from tests.plugin.golden import all_cases
from tests.plugin.screening.conftest import AS_OF, Export, export, golden_resources

__all__ = ["crampcheck", "export"]  # fixtures that the tests below name

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 (reading|joining|screening|writing)")


def test_lines_are_written_where_they_are_asked_for(
    crampcheck: Run, export: Export, tmp_path: Path
) -> None:
    """A stage each, with counts by level; without the option a log has the totals alone."""
    source = export({"a.ndjson": golden_resources()})
    command = ["screen", source, "--out", tmp_path / "out", "--as-of", AS_OF]
    ran = crampcheck(*command, "--progress", "lines")
    told = [line for line in ran.err.splitlines() if LINE.match(line)]
    stages = list(dict.fromkeys(line.split()[1] for line in told))
    assert ["reading", "joining", "screening", "writing"] == [one.rstrip(":") for one in stages]
    assert f"{len(all_cases())} patients" in told[-1]
    assert " critical, " in told[-1]
    for shown in ("auto", "none"):
        assert not LINE.search(crampcheck(*command, "--progress", shown).err)


def test_without_levels_a_line_does_not_end_in_a_comma() -> None:
    """`signal` gives nobody a level."""
    said = Pace().line(Progress("screening", 1, 1, "partitions", patients=3, by_level={"": 3}))
    assert said.endswith("screening 100%: 3 patients")


def test_a_line_is_written_every_half_minute_and_at_both_ends() -> None:
    """A log of a run of hours can be read; the pace is that of this sitting."""
    now = 0.0
    pace = Pace(lambda: now)
    said = []
    for step in range(1001):
        now = step * 0.1
        said.append(
            pace.line(Progress("reading", 5000 + step, 6000, "bytes", lines=100 + 20 * step))
        )
    told = [line for line in said if line]
    assert 2 + int(100 // EVERY) == len(told)
    assert "reading 83%: 100 lines" in told[0]
    assert "reading 100%: 20,100 lines, 200 lines/s" in told[-1]
