"""The systemd unit, read by systemd itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.service import DEPLOY

UNIT = "crampcheck.service"
STARTS = "/opt/crampcheck/deploy/entrypoint.sh"
ANALYZE = shutil.which("systemd-analyze")


def verified(folder: Path, *changes: tuple[str, str]) -> str:
    """What systemd has to say of the unit; its command is that of the deploy folder."""
    if ANALYZE is None:
        pytest.skip("systemd-analyze is not installed")
    text = (DEPLOY / UNIT).read_text(encoding="utf-8")
    for old, new in ((STARTS, str(DEPLOY / "entrypoint.sh")), *changes):
        assert old in text
        text = text.replace(old, new)
    (folder / UNIT).write_text(text, encoding="utf-8")
    said = subprocess.run(
        [ANALYZE, "verify", "--man=no", str(folder / UNIT)],
        capture_output=True,
        text=True,
        check=False,
    )
    # Of this machine's other units it may have something to say too.
    return "\n".join(line for line in said.stderr.splitlines() if UNIT in line)


def test_systemd_has_nothing_to_say_of_the_unit(tmp_path: Path) -> None:
    """No unknown setting, no value out of place, and a command that can be run."""
    assert "" == verified(tmp_path)


def test_a_setting_that_systemd_does_not_know_would_be_seen(tmp_path: Path) -> None:
    """Systemd starts such a unit all the same, without the protection that was meant."""
    assert "ProtectHomes" in verified(tmp_path, ("ProtectHome=", "ProtectHomes="))
