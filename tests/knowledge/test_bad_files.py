"""Files that are no data files at all: always faults by file, never another exception."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.load import Fault, KnowledgeError, load
from tests.knowledge.knowledge_copy import TINY, copy_of_tiny

FILES = sorted(path.relative_to(TINY).as_posix() for path in TINY.rglob("*.toml"))
LOOP, RULES = "ingredients/loop.toml", "rules/potassium.toml"
QUININE = "rule.with-quinine.when"
TEN_MEGABYTES = 10 * 1024 * 1024


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(KnowledgeError) as caught:
        load(folder, compiled=False)
    return caught.value.faults


@pytest.mark.parametrize("name", ["labs.toml", "rules/potassium.toml", "rules/more.toml"])
def test_a_folder_in_place_of_a_file_is_said_once(tmp_path: Path, name: str) -> None:
    """Not as a missing file as well, and without a fault for everything that it should hold."""
    folder = copy_of_tiny(tmp_path)
    (folder / name).unlink(missing_ok=True)
    (folder / name).mkdir()
    (fault,) = faults_of(folder)
    assert (name, "is a folder, and a file is needed here") == (fault.file, fault.message)


def test_a_file_in_place_of_a_folder_is_said(tmp_path: Path) -> None:
    """The folder is missing."""
    folder = copy_of_tiny(tmp_path)
    shutil.rmtree(folder / "rules")
    (folder / "rules").write_text("")
    (fault,) = faults_of(folder)
    assert ("rules", "is missing or empty") == (fault.file, fault.message.partition(";")[0])


def test_a_pipe_and_a_link_to_nothing_are_said(tmp_path: Path) -> None:
    """Reading a pipe would wait for ever."""
    folder = copy_of_tiny(tmp_path)
    os.mkfifo(folder / "rules" / "pipe.toml")
    (folder / "rules" / "link.toml").symlink_to(tmp_path / "nowhere")
    link, pipe = faults_of(folder)
    assert ("rules/link.toml", "cannot be read") == (link.file, link.message.partition(" (")[0])
    assert ("rules/pipe.toml", "is no regular file") == (pipe.file, pipe.message.partition(",")[0])


def test_a_file_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    """Where the system lets us try: root may read anything."""
    folder = copy_of_tiny(tmp_path)
    (folder / "labs.toml").chmod(0)
    if os.access(folder / "labs.toml", os.R_OK):
        pytest.skip("this user may read a file that is closed")
    (fault,) = faults_of(folder)
    assert ("labs.toml", "cannot be read (permission denied)") == (fault.file, fault.message)


@pytest.mark.parametrize(
    "nonsense",
    [
        bytes(range(256)) * (TEN_MEGABYTES // 256),
        b"x" * TEN_MEGABYTES,
        b"a = " + b"[" * TEN_MEGABYTES,
        b"\n" * TEN_MEGABYTES,
    ],
    ids=["noise", "letters", "brackets", "empty lines"],
)
def test_ten_megabytes_of_nonsense_are_one_fault(tmp_path: Path, nonsense: bytes) -> None:
    """Refused by their size, unread; what they should have held is not reported as missing."""
    folder = copy_of_tiny(tmp_path)
    (folder / "labs.toml").write_bytes(nonsense)
    (fault,) = faults_of(folder)
    assert "labs.toml" == fault.file
    assert f"has {len(nonsense)} bytes" in fault.message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "review: is missing"),
        (b"\x00", "is not valid TOML"),
        (b"\xef\xbb\xbf[review]", "is missing"),  # the mark itself is no fault
        (b"\xef\xbb\xbf\xef\xbb\xbf[review]", "is not valid TOML"),
        (b"\xff\xfe[\x00", "is not UTF-8"),
        (b"<html></html>", "is not valid TOML"),
        (b'{"review": {}}', "is not valid TOML"),
        (b"a = " + b"[" * 5000, "nested too deeply"),
        (b"a = " + b"{a=" * 5000, "nested too deeply"),
        (b"a = " + b"9" * 5000, "beyond bounds"),
        (b"a = 1e99999999999999999999", "beyond bounds"),
        (b"a = 2026-02-30", "is not valid TOML"),
    ],
)
def test_what_is_no_data_file_is_said(tmp_path: Path, text: bytes, says: str) -> None:
    """With the file, whatever its content."""
    folder = copy_of_tiny(tmp_path)
    (folder / "terms.toml").write_bytes(text)
    found = faults_of(folder)
    assert any(fault.file == "terms.toml" and says in str(fault) for fault in found), found


@pytest.mark.parametrize(
    ("file", "find", "by", "key"),
    [
        ("labs.toml", "cuts = [4, 10]", f"cuts = [4, {'9' * 400}]", "lab.ck.cuts[1]"),
        ("labs.toml", "cuts = [4, 10]", "cuts = [4, 1e99999]", "lab.ck.cuts[1]"),
        ("labs.toml", "factor = 1", "factor = 1e-9999", "lab.potassium.units[0].factor"),
        (LOOP, "rank = 120", f"rank = {'9' * 400}", "group.loop-diuretic.rank"),
        (RULES, '"age>=65"]', f'"age>={"6" * 5000}"]', f"{QUININE}[0][1]"),
        (RULES, '"age>=65"]', f'"drug:daily-dose>1{"0" * 99}mg"]', f"{QUININE}[0][1]"),
        (RULES, '"count:diuretic>=2"]', f'"count:diuretic>={"9" * 99}"]', f"{QUININE}[1]"),
    ],
)
def test_a_number_beyond_all_measure_is_refused(
    tmp_path: Path, file: str, find: str, by: str, key: str
) -> None:
    """By its key, and not by an overflow later on."""
    folder = copy_of_tiny(tmp_path)
    text = (folder / file).read_text(encoding="utf-8")
    assert find in text
    (folder / file).write_text(text.replace(find, by, 1), encoding="utf-8")
    assert (file, key) in {(fault.file, fault.key) for fault in faults_of(folder)}


WORDS = """
[ ] [[ ]] { } = " ''' , # . \\u0000 true nan -inf 1e400 0x1F 12:00 2026-01-02 2026-01-02T03:04:05Z
[review] [rule] [[rule]] rule=[] [group] id name=3 "" [[[]]] {} takes: potassium<
"""
PIECES = st.sampled_from(
    [*(word.encode() for word in WORDS.split()), b"\n", b"\r", b"\t", b'" "', b"\xff", b"9" * 99]
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_whatever_is_done_to_a_file_it_loads_or_gives_faults(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Pieces cut out, doubled, put in or exchanged: no other exception, no fault without words."""
    folder = copy_of_tiny(tmp_path_factory.mktemp("spoilt"))
    path = folder / data.draw(st.sampled_from(FILES))
    text = path.read_bytes()
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 40)))
        piece = data.draw(st.one_of(PIECES, st.just(b""), st.just(text[start:end] * 2)))
        text = text[:start] + piece + text[end:]
    path.write_bytes(text)
    try:
        loaded = load(folder)
    except KnowledgeError as error:
        faults = error.faults
    else:
        faults = ()
        assert loaded == load(folder) == load(folder, compiled=False)
    assert all(fault.file and fault.message.strip() for fault in faults)
    shutil.rmtree(folder)
