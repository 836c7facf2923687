"""The compiled file beside the knowledge: used where it is current, and else as if not there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge import compiled
from knowledge.compiled import FOLDER
from knowledge.load import DATA, KnowledgeError, compiled_name, load
from tests.knowledge.knowledge_copy import TINY, copy_of_tiny, replace
from tests.knowledge.site_files import change, overlay

REPOSITORY = Path(__file__).parents[2]
PLAIN = load(TINY, compiled=False)


def compiled_file(folder: Path) -> Path:
    """The one that was written; there must be no other, half-written ones included."""
    (path,) = (folder / FOLDER).iterdir()
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy that was loaded once."""
    copy = copy_of_tiny(tmp_path)
    shutil.rmtree(copy / FOLDER, ignore_errors=True)
    assert PLAIN == load(copy)
    assert compiled_file(copy).stat().st_size
    return copy


def test_the_shipped_knowledge_is_the_same_from_its_compiled_file() -> None:
    """Every type and every number as written; the second reading at least is of the file."""
    built = load(compiled=False)
    assert built == load() == load()
    assert (DATA / FOLDER).is_dir()


def test_it_is_read_when_it_is_current(folder: Path) -> None:
    """What stands in the file is the answer: seen by putting another answer under its head."""
    path = compiled_file(folder)
    key = path.read_bytes()[len(compiled._MARK) :][: compiled._DIGEST]
    other = msgspec.structs.replace(PLAIN, version="from the file")
    compiled.keep(path, key, other)
    assert "from the file" == load(folder).version
    assert PLAIN.version == load(folder, compiled=False).version


@pytest.mark.parametrize("what", ["byte", "new file", "new name", "gone"])
def test_any_change_of_the_files_is_seen(folder: Path, what: str) -> None:
    """Bytes, names and number of files: by content, whatever size and time of a file say."""
    labs = folder / "labs.toml"
    about = labs.stat()
    if what == "byte":
        replace(folder / "version.toml", 'version = "1.0"', 'version = "1.1"')
        assert "1.1" == load(folder).version
    elif what == "new file":
        text = (folder / "version.toml").read_text(encoding="utf-8").replace("version", "other")
        (folder / "routes.toml").write_text(text, encoding="utf-8")
        assert "routes.toml" in {row.file for row in load(folder).reviews}
    elif what == "new name":
        (folder / "rules/potassium.toml").rename(folder / "rules/k.toml")
        assert {"rules/k.toml"} == {rule.file for rule in load(folder).rules}
    else:
        labs.unlink()
        with pytest.raises(KnowledgeError, match=r"labs\.toml: is missing"):
            load(folder)
    if what == "byte":  # the same size and time, other bytes
        replace(labs, 'label = "potassium"', 'label = "pOtassium"')
        os.utime(labs, ns=(about.st_atime_ns, about.st_mtime_ns))
        assert "pOtassium" == load(folder).labs["potassium"].label


def test_a_fault_is_never_hidden_and_never_kept(folder: Path) -> None:
    """Faulty files are refused each time, and the sound file from before is of no use to them."""
    before = compiled_file(folder).read_bytes()
    replace(folder / "version.toml", 'version = "1.0"', "version = 1")
    for _ in range(2):
        with pytest.raises(KnowledgeError, match="must be a text"):
            load(folder)
    assert before == compiled_file(folder).read_bytes()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_damaged_file_is_passed_over_and_written_anew(folder: Path, data: st.DataObject) -> None:
    """A flipped bit or a cut anywhere, its head included."""
    path = compiled_file(folder)
    sound = path.read_bytes()
    if data.draw(st.booleans(), label="cut"):
        damaged = sound[: data.draw(st.integers(0, len(sound) - 1))]
    else:
        place = data.draw(st.integers(0, len(sound) - 1))
        bit = 1 << data.draw(st.integers(0, 7))
        damaged = sound[:place] + bytes([sound[place] ^ bit]) + sound[place + 1 :]
    path.write_bytes(damaged)
    assert PLAIN == load(folder)
    assert damaged != compiled_file(folder).read_bytes()


@pytest.mark.parametrize("content", [b"", b"\x80", b"crampcheck compiled knowledge 1\n", b"x" * 99])
def test_a_foreign_file_is_passed_over(folder: Path, content: bytes) -> None:
    """Something else under that name."""
    compiled_file(folder).write_bytes(content)
    assert PLAIN == load(folder)
    assert len(compiled_file(folder).read_bytes()) > len(content)


def test_one_of_another_knowledge_is_passed_over(folder: Path, tmp_path: Path) -> None:
    """A sound file, copied from elsewhere."""
    other = copy_of_tiny(tmp_path / "other")
    replace(other / "version.toml", 'version = "1.0"', 'version = "2.0"')
    shutil.rmtree(other / FOLDER, ignore_errors=True)
    assert "2.0" == load(other).version
    shutil.copy(compiled_file(other), compiled_file(folder))
    assert PLAIN == load(folder)


@pytest.mark.parametrize("in_the_way", ["file", "folder"])
def test_where_nothing_can_be_written_it_works_without(folder: Path, in_the_way: str) -> None:
    """A file where the folder belongs, a folder where the file belongs: nothing is said of it."""
    path = compiled_file(folder)
    path.unlink()
    if in_the_way == "folder":
        path.mkdir()
    else:
        path.parent.rmdir()
        path.parent.write_text("in the way")
    assert PLAIN == load(folder) == load(folder)
    assert "folder" != in_the_way or [path] == list(path.parent.iterdir())


def test_a_folder_that_is_closed_to_us_works_without(tmp_path: Path) -> None:
    """Where the system lets us try: root may write anywhere."""
    copy = copy_of_tiny(tmp_path)
    shutil.rmtree(copy / FOLDER, ignore_errors=True)
    copy.chmod(0o555)
    try:
        if os.access(copy, os.W_OK):
            pytest.skip("this user may write into a folder that is closed")
        assert PLAIN == load(copy)
        assert not (copy / FOLDER).exists()
    finally:
        copy.chmod(0o755)


def test_with_an_overlay_it_is_of_both(folder: Path, tmp_path: Path) -> None:
    """Each overlay has its own file, and the knowledge without one keeps its own."""
    path = overlay(tmp_path / "site", change("rule", 'id = "low-potassium"\noff = true'))
    first = load(folder, overlay=path)
    assert first == load(folder, overlay=path)
    assert "low-potassium" not in {rule.id for rule in first.rules}
    overlay(tmp_path / "site", change("rule", 'id = "with-quinine"\noff = true'))
    second = load(folder, overlay=path)
    assert {"with-quinine"} == {rule.id for rule in second.switched_off}
    assert PLAIN == load(folder)
    assert 2 == len(list((folder / FOLDER).iterdir()))


def test_overlays_that_were_tried_do_not_pile_up(folder: Path, tmp_path: Path) -> None:
    """The last that were built are kept, and the knowledge without an overlay always."""
    off = change("rule", 'id = "low-potassium"\noff = true')
    places = [overlay(tmp_path / f"site-{number}", off) for number in range(compiled.KEPT + 3)]
    for place in places:
        load(folder, overlay=place)
    kept = {path.name for path in (folder / FOLDER).iterdir()}
    assert 1 + compiled.KEPT == len(kept)
    assert compiled_name(None) in kept
    assert {compiled_name(place) for place in places[-compiled.KEPT :]} <= kept


LOAD = """
import sys
from pathlib import Path
from knowledge.load import load
folder = Path(sys.argv[1])
for turn in range(12):
    for path in folder.glob(".compiled/*.msgpack"):
        if turn % 3 == 2:
            path.write_bytes(path.read_bytes()[:turn * 500])
    assert load(folder).version == "1.0"
    assert len(load(folder).rules) == 4
"""


def test_processes_that_load_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Several load and damage the file by turns; each gets the whole knowledge every time."""
    copy = copy_of_tiny(tmp_path)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", LOAD, copy], cwd=REPOSITORY, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    said = [process.communicate(timeout=120)[1] for process in started]
    assert [0] * 4 == [process.returncode for process in started], said
    assert [] == list((copy / FOLDER).glob("*.tmp"))


HEAD = """
from knowledge.load import DATA, load
load()
print(next((DATA / ".compiled").iterdir()).read_bytes()[:64].hex())
"""


def test_other_code_makes_another_file(tmp_path: Path) -> None:
    """After an upgrade nothing that older code has built is used."""
    ignored = shutil.ignore_patterns("__pycache__", FOLDER)
    shutil.copytree(REPOSITORY / "knowledge", tmp_path / "knowledge", ignore=ignored)

    def head() -> str:
        command = [sys.executable, "-c", HEAD]
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        return subprocess.check_output(command, env=environment, cwd=tmp_path, text=True)

    first = head()
    assert first == head()
    with (tmp_path / "knowledge" / "fact_text.py").open("a") as module:
        module.write("# upgraded\n")
    assert first != head()
