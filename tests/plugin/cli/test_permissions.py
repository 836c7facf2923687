"""Folders of another user: 11 or 10 where they cannot be read, 1 where they cannot be written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugin.golden import PATIENTS

RUN = "from plugin.cli.entry import run; run()"
# Root may enter and write everywhere, unless it gives that up.
AS_A_USER = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
ROOT = os.getuid() == 0
NO_ENTRY, NO_WRITING = 0o000, 0o500

pytestmark = pytest.mark.skipif(
    ROOT and shutil.which(AS_A_USER[0]) is None,
    reason="root may enter every folder, and setpriv is not installed",
)


@pytest.mark.parametrize(
    ("mode", "arguments", "code", "says"),
    [
        (NO_ENTRY, "worklist list", 11, "crampcheck.sqlite: the database cannot be read (perm"),
        (NO_ENTRY, "feedback report", 11, "crampcheck.sqlite: the database cannot be read (perm"),
        (NO_ENTRY, "knowledge list --folder FOLDER/x", 10, "cannot be read (permission denied)"),
        (NO_ENTRY, "screen SOURCE --out FOLDER/x", 1, "x: cannot be written (permission denied)"),
        (NO_WRITING, "worklist mark 1 done", 1, "the database cannot be written (permission"),
        (NO_WRITING, "serve --port 0", 1, "the key of pseudonyms cannot be kept there (permission"),
    ],
)
def test_a_folder_of_another_user_is_said(
    tmp_path: Path, mode: int, arguments: str, code: int, says: str
) -> None:
    """As the service's data folder is for who works the list; no internal error comes of it."""
    folder, source = tmp_path / "folder", tmp_path / "a.ndjson"
    folder.mkdir()
    source.write_text('{"resourceType": "Patient", "id": "a", "birthDate": "1950-01-01"}\n')
    words = arguments.replace("FOLDER", str(folder)).replace("SOURCE", str(source)).split()
    data = tmp_path / "own" if "FOLDER" in arguments else folder
    folder.chmod(mode)
    ran = subprocess.run(
        [*(AS_A_USER if ROOT else ()), sys.executable, "-c", RUN, *words],
        env={
            **os.environ,
            "CRAMPCHECK_DATA": str(data),
            "PYTHONPATH": str(PATIENTS.parents[1]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    folder.chmod(0o700)
    said = " ".join(ran.stderr.split())
    assert (code, True) == (ran.returncode, says in said), said
    assert "internal error" not in said
    assert "Traceback" not in said
    assert [] == list(folder.iterdir())
