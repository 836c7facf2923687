"""A pattern names the files of a source, by the rules that hold for a folder."""

from __future__ import annotations

import glob
import os
import tempfile
import threading
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.errors import InputUnreadable
from plugin.screening.source.chunks import WHOLE, batches, plan
from plugin.screening.source.listing import Source, find
from tests.plugin.cli.conftest import Run, crampcheck
from tests.plugin.golden import case
from tests.plugin.screening.conftest import AS_OF, Export, export, lines

__all__ = ["crampcheck", "export"]  # fixtures that the tests below name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files at three depths, and some of each kind that is not read."""
    for name in (
        "a.ndjson", "b.json", "notes.txt", ".c.ndjson",
        "2026/d.ndjson", "2026/q1/e.ndjson.gz", "2026/q1/f.ndjson.zst", "2026/.git/g.ndjson",
        "parts.ndjson/part-0", "odd[1].ndjson",
    ):  # fmt: skip
        path = tmp_path / "s" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"{}")
    return tmp_path / "s"


def names(source: Source) -> list[str]:
    return [file.name for file in source.files]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.json", ["b.json"]),
        ("[ab].*json", ["a.ndjson", "b.json"]),
        ("*.ndjson", ["a.ndjson", "odd[1].ndjson", "parts.ndjson/part-0"]),
        ("*/*.ndjson", ["2026/d.ndjson"]),
        ("**/?.ndjson", ["2026/d.ndjson", "a.ndjson"]),
        ("**/*.ndjson.*", ["2026/q1/e.ndjson.gz", "2026/q1/f.ndjson.zst"]),
        ("2026/**", ["d.ndjson", "q1/e.ndjson.gz", "q1/f.ndjson.zst"]),
        ("20*/**/q1/*", ["2026/q1/e.ndjson.gz", "2026/q1/f.ndjson.zst"]),
        ("2026/*", ["d.ndjson", "q1/e.ndjson.gz", "q1/f.ndjson.zst"]),
        (".*.ndjson", [".c.ndjson"]),
        ("*.txt", ["notes.txt"]),
        ("odd[[]1].ndjson", ["odd[1].ndjson"]),
        ("odd[1].ndjson", ["odd[1].ndjson"]),
    ],
)
def test_a_pattern_names_its_files(folder: Path, pattern: str, expected: list[str]) -> None:
    """`*`, `?`, `[...]` within a name, `**` over folders; a folder that is meant is read whole.

    The last row is a file that is there under that very name.
    """
    found = find(str(folder / pattern))
    assert expected == names(found)
    assert () == found.not_read


def test_what_a_pattern_means_and_is_not_read_is_named(folder: Path, tmp_path: Path) -> None:
    """Hidden, passed over by its ending, a link to a folder or to nothing: as in a folder."""
    (folder / "linked").symlink_to(tmp_path)
    (folder / "gone.ndjson").symlink_to(tmp_path / "nothing")
    found = find(str(folder / "**" / "*"))
    assert (".c.ndjson", "2026/.git") == found.hidden
    assert ("notes.txt",) == found.passed_over
    assert ["gone.ndjson", "linked"] == [missing.name for missing in found.not_read]
    assert 7 == len(found.files)


NAMES = ("a", "b", "ab", "a.b", ".a", "b.gz")
PARTS = ("*", "**", "?", "a*", "[ab]", "[!a]*", "*.*", ".*", *NAMES)
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4)


@settings(max_examples=100, deadline=None)
@given(
    tree=st.lists(paths, max_size=8), parts=st.lists(st.sampled_from(PARTS), min_size=1, max_size=4)
)
def test_a_pattern_means_what_it_means_to_the_standard_library(
    tree: list[list[str]], parts: list[str]
) -> None:
    """For any tree: the files that `glob` names, and those in the folders that it names."""
    pattern = "/".join(parts)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for path in tree:
            whole = folder.joinpath(*path)
            if not any(one.is_file() for one in whole.parents) and not whole.exists():
                whole.parent.mkdir(parents=True, exist_ok=True)
                whole.write_bytes(b"{}")
        expected: set[Path] = set()
        for name in glob.glob(pattern, root_dir=folder, recursive=True):
            within = [name, *glob.glob(f"{name}/**", root_dir=folder, recursive=True)]
            expected |= {folder / one for one in within if (folder / one).is_file()}
        try:
            found = {file.path for file in find(f"{place}/{pattern}").files}
        except InputUnreadable:
            found = set()
    assert expected == found


def test_a_pipe_is_opened_once_and_not_to_plan(tmp_path: Path) -> None:
    """What a shell puts in the place of `<(...)`: whoever opens it twice has nothing to read."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    (file,) = find(str(path)).files
    (chunk,) = plan([file], 1)
    assert file.read_once
    assert WHOLE == chunk.end
    writer = threading.Thread(target=path.write_bytes, args=(zstandard.compress(b"{}\n[]"),))
    writer.start()
    assert [[b"{}"], [b"[]"]] == [batch.lines for batch in batches(chunk)]
    writer.join()


def test_a_link_that_a_pattern_names_in_full_is_followed(folder: Path, tmp_path: Path) -> None:
    """`current/*.ndjson` is what somebody meant, wherever `current` leads."""
    (tmp_path / "current").symlink_to(folder)
    assert "a.ndjson" in names(find(str(tmp_path / "current" / "*.ndjson")))
    assert ["s/2026/d.ndjson"] == names(find(str(tmp_path / "[s]" / "2026" / "*.ndjson")))


@pytest.mark.parametrize("pattern", ["*.xml", "nowhere/*", "a.ndjson/*", ".h*", "*.tsv"])
def test_a_pattern_that_means_nothing_is_said(folder: Path, pattern: str) -> None:
    """With the pattern and the remedy."""
    with pytest.raises(InputUnreadable, match=r"no file to read has such a name.*in quotes"):
        find(str(folder / pattern))


def test_a_run_over_a_pattern(crampcheck: Run, export: Export, tmp_path: Path) -> None:
    """The same answers as over the file itself; nothing else is read."""
    source = export({"x/a.ndjson.gz": case("on-hold-order").resources, "x/b.json": b"{oops\n"})
    ran = crampcheck("screen", source / "**/*.ndjson*", "--out", tmp_path / "o", "--as-of", AS_OF)
    assert 0 == ran.code
    assert ["Patient/lena"] == [
        row["patient"] for row in lines(tmp_path / "o" / "assessments.ndjson")
    ]
