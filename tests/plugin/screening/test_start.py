"""What a screening of files loads before it begins."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_REPOSITORY = Path(__file__).parents[3]
_SLOW = ("requests", "flask", "joserfc", "sqlalchemy", "matplotlib", "pyarrow")
_SCRIPT = f"""
import sys
from plugin.cli.main import run
try:
    run()
finally:
    print("loaded:", *[name for name in {_SLOW!r} if name in sys.modules])
"""


def test_files_are_screened_without_what_talks_to_servers(tmp_path: Path) -> None:
    """Loading it takes longer than a ward of patients."""
    source = tmp_path / "one.ndjson"
    source.write_text('{"resourceType": "Patient", "id": "1", "birthDate": "1950-01-01"}\n')
    command = [sys.executable, "-c", _SCRIPT, "screen", str(source), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=_REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].split() == ["loaded:"]
