"""A release as it is published is read; a broken one changes nothing and says what is wrong."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.terminology.release.build import Step, import_release
from knowledge.terminology.release.faults import IndexNotWritten, ReleaseUnreadable
from knowledge.terminology.release.layout import FILES, REL
from knowledge.terminology.release.opening import SqliteRelease
from knowledge.terminology.release.rows import rows
from tests.knowledge.terminology.release.conftest import NOW, imported
from tests.rxnorm import small
from tests.rxnorm.rrf import ReleaseText
from tests.rxnorm.small import small_release

ZIP = "RxNorm_full_11022026.zip"
Files = dict[str, bytes]


def drugs(release: SqliteRelease, code: int) -> list[str]:
    found = release.of_code("rxnorm", str(code))
    assert found is not None
    return [one.name for one in found.ingredients]


def _zip(text: ReleaseText, path: Path) -> Path:
    return text.zip(path / ZIP)


def _folder(text: ReleaseText, path: Path) -> Path:
    return text.folder(path / "unpacked")


def _rrf_folder_itself(text: ReleaseText, path: Path) -> Path:
    return text.folder(path / "rrf", below=".")


def _unpacked_below_its_name(text: ReleaseText, path: Path) -> Path:
    return text.folder(path / "downloads", below="RxNorm_full_11022026/rrf")


def _small_letters(text: ReleaseText, path: Path) -> Path:
    files = {name.lower(): content for name, content in text.files().items()}
    return text.folder(path / "unpacked", files)


def _windows(text: ReleaseText, path: Path) -> Path:
    return text.folder(path / "unpacked", text.files(end="\r\n"))


def _byte_order_mark(text: ReleaseText, path: Path) -> Path:
    return text.zip(path / ZIP, text.files(mark=b"\xef\xbb\xbf"))


def _no_last_line_end(text: ReleaseText, path: Path) -> Path:
    return text.zip(path / ZIP, {n: content[:-1] for n, content in text.files().items()})


def _only_the_needed(text: ReleaseText, path: Path) -> Path:
    needed = {layout.name for layout in FILES if layout.required}
    return text.zip(path / ZIP, {n: c for n, c in text.files().items() if n in needed})


@pytest.mark.parametrize(
    "write",
    [
        _zip, _folder, _rrf_folder_itself, _unpacked_below_its_name, _small_letters, _windows,
        _byte_order_mark, _no_last_line_end, _only_the_needed,
    ],
)  # fmt: skip
def test_a_release_is_read_in_whatever_shape_it_comes(
    write: Callable[[ReleaseText, Path], Path], tmp_path: Path
) -> None:
    """Zip or folder, line ends of Unix or Windows, with or without the files that may be absent."""
    release = imported(write(small_release(), tmp_path), tmp_path)
    assert ["hydrochlorothiazide", "losartan"] == drugs(release, small.HYZAAR)
    assert release.named("zzyzxol") is not None
    assert release.info.counts["ndc"] == 1


def test_the_whole_is_read_and_not_the_subset_that_lies_beside_it(tmp_path: Path) -> None:
    """A full release holds the prescribable subset in a folder of its own."""
    whole, subset = small_release(), small_release()
    subset.concept(99_000_001, "BN", "only in the subset")
    files = {f"rrf/{name}": content for name, content in whole.files().items()}
    files |= {f"prescribe/rrf/{name}": content for name, content in subset.files().items()}
    release = imported(whole.zip(tmp_path / ZIP, files, below=""), tmp_path)
    assert ("full", None) == (release.info.subset, release.named("only in the subset"))


@pytest.mark.parametrize(
    ("name", "below", "subset"),
    [
        ("RxNorm_full_prescribe_11022026.zip", "rrf/", "prescribe"),
        ("release.zip", "prescribe/rrf/", "prescribe"),
        ("RxNorm_weekly_11022026.zip", "rrf/", "weekly"),
    ],
)
def test_a_subset_is_read_and_named(tmp_path: Path, name: str, below: str, subset: str) -> None:
    """Whoever lists the knowledge sees that it is not the whole."""
    release = imported(small_release().zip(tmp_path / name, below=below), tmp_path)
    assert subset == release.info.subset
    assert ["furosemide"] == drugs(release, small.FUROSEMIDE_40)


def test_version_and_date_are_those_that_the_release_tells(tmp_path: Path) -> None:
    """Of its readme first, then of its name, then of its version."""
    text = small_release("20AA_261005F")
    readme = {"Readme_Full_11022026.txt": b"about"}
    files = {f"rrf/{name}": content for name, content in text.files().items()}
    for path, content, date in (
        (tmp_path / "release.zip", files | readme, "2026-11-02"),
        (tmp_path / "RxNorm_full_12072026.zip", files, "2026-12-07"),
        (tmp_path / "release.zip", files, "2026-10-05"),
    ):
        info = imported(text.zip(path, content, below=""), tmp_path).info
        assert (date, "20AA_261005F", NOW) == (info.date, info.version, info.imported)


def test_progress_is_told_by_file_and_bytes(tmp_path: Path) -> None:
    """Each file is read to its end."""
    steps: list[Step] = []
    import_release(_zip(small_release(), tmp_path), tmp_path / "index", NOW, steps.append)
    ends = {step.stage.split()[0] for step in steps if step.done == step.total}
    assert {layout.name for layout in FILES} == ends


def _without(name: str) -> Callable[[Files], Files]:
    return lambda files: {held: content for held, content in files.items() if held != name}


def _changed(name: str, change: Callable[[bytes], bytes]) -> Callable[[Files], Files]:
    return lambda files: {**files, name: change(files[name])}


def _line(number: int, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def changed(content: bytes) -> bytes:
        lines = content.split(b"\n")
        lines[number - 1] = change(lines[number - 1])
        return b"\n".join(lines)

    return changed


_ENDLESS = Random(1).randbytes(3 << 20).hex().encode()  # noqa: S311 - not a secret
BROKEN = [
    ("no-names", _without("RXNCONSO.RRF"), r"RXNCONSO\.RRF is not in it"),
    ("no-relations", _without("RXNREL.RRF"), r"RXNREL\.RRF is missing"),
    ("no-attributes", _without("RXNSAT.RRF"), r"RXNSAT\.RRF is missing"),
    ("empty", _changed("RXNREL.RRF", lambda _: b""), r"RXNREL\.RRF: is empty"),
    (
        "line-cut-in-the-middle",
        _changed("RXNCONSO.RRF", _line(5, lambda line: line[:30])),
        r"RXNCONSO\.RRF, line 5: has 12 columns.*cut short.*a release has 18",
    ),
    (
        "a-column-too-many",
        _changed("RXNREL.RRF", _line(7, lambda line: line + b"x|")),
        r"RXNREL\.RRF, line 7: has 17 columns, and a release has 16",
    ),
    (
        "an-empty-line",
        _changed("RXNSAT.RRF", lambda content: content + b"\n"),
        r"RXNSAT\.RRF, line 2: has 0 columns",
    ),
    (
        "not-utf-8",
        _changed("RXNCONSO.RRF", _line(4, lambda line: line.replace(b"a", b"\xe9", 1))),
        r"RXNCONSO\.RRF, line 4: is not UTF-8 \(byte 0xe9\)",
    ),
    (
        "no-code-in-a-line",
        _changed("RXNCONSO.RRF", _line(3, lambda line: b"C" + line)),
        r"RXNCONSO\.RRF, line 3: begins with 'C\d+' where a RxCUI belongs",
    ),
    (
        "ends-in-a-line",
        _changed("RXNREL.RRF", lambda content: content[:-9]),
        r"RXNREL\.RRF, line \d+: has \d+ columns, the last of them cut short",
    ),
    (
        "ends-at-the-end-of-a-line",
        _changed("RXNREL.RRF", lambda content: b"".join(content.splitlines(True)[:20])),
        r"RXNREL\.RRF: leads from \d+ of \d+ products \(such as RxCUI \d+\) to no ingredient",
    ),
    (
        "names-end-early",
        _changed("RXNCONSO.RRF", lambda content: b"".join(content.splitlines(True)[:18])),
        r"RXNCONSO\.RRF: lacks \d+ of the \d+ concepts that RXNREL\.RRF leads to",
    ),
    (
        "ingredients-only",
        _changed("RXNCONSO.RRF", lambda content: b"".join(content.splitlines(True)[:4])),
        r"RXNCONSO\.RRF: holds no products",
    ),
    (
        "no-ndc",
        _changed("RXNSAT.RRF", lambda content: content.replace(b"|NDC|", b"|XYZ|")),
        r"RXNSAT\.RRF: holds no NDC",
    ),
    (
        "an-optional-file-is-broken",
        _changed("RXNATOMARCHIVE.RRF", lambda content: content.replace(b"|", b";")),
        r"RXNATOMARCHIVE\.RRF, line 1: has 1 columns",
    ),
    (
        "one-endless-line",
        _changed("RXNREL.RRF", lambda _: _ENDLESS),
        r"RXNREL\.RRF, line 1: is longer than any line of a release",
    ),
]


@pytest.mark.parametrize(
    ("change", "said"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
@pytest.mark.parametrize("shape", ["zip", "folder"])
def test_a_broken_release_changes_nothing_and_says_what_is_wrong(
    tmp_path: Path, change: Callable[[Files], Files], said: str, shape: str
) -> None:
    """File, line, fault and remedy; the earlier index still answers, byte for byte the same."""
    index = tmp_path / "index" / "rxnorm.sqlite"
    import_release(_zip(small_release(), tmp_path), index, NOW)
    before = index.read_bytes()
    text = small_release()
    files = change(text.files())
    broken = (
        text.zip(tmp_path / "broken.zip", files)
        if shape == "zip"
        else text.folder(tmp_path / "broken", files)
    )
    with pytest.raises(ReleaseUnreadable) as raised:
        import_release(broken, index, NOW)
    message = raised.value.message
    assert re.search(said, message)
    assert re.search("fetch (it|the release) again|name the zip", message)
    assert before == index.read_bytes()
    assert ["rxnorm.sqlite"] == [path.name for path in index.parent.iterdir()]


_SOUND = small_release().files()


@given(st.sampled_from(sorted(_SOUND)), st.integers(0, 10_000), st.binary(max_size=4))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_put_in_anywhere_are_read_or_refused(
    tmp_path: Path, name: str, at: int, noise: bytes
) -> None:
    """Never with another error, and the index is never half a one."""
    content = _SOUND[name]
    where = at % len(content)
    noisy = {**_SOUND, name: content[:where] + noise + content[where + 1 :]}
    index = tmp_path / "index.sqlite"
    index.unlink(missing_ok=True)
    try:
        import_release(small_release().folder(tmp_path / "noisy", noisy), index, NOW)
    except ReleaseUnreadable:
        assert not index.exists()
    else:
        assert SqliteRelease(index).info.counts["concepts"] > 20


@given(st.binary(max_size=300))
def test_noise_is_no_file_of_a_release(noise: bytes) -> None:
    """Whatever the bytes are, unless they are lines of such a file."""
    with suppress(ReleaseUnreadable):
        assert all(17 == len(columns) for columns in rows(BytesIO(noise), REL))


def test_a_zip_that_is_cut_short_or_damaged_is_said(tmp_path: Path) -> None:
    """At its end, and in the middle of a file that is packed in it."""
    whole = _zip(small_release(), tmp_path).read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[: len(whole) // 2])
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(whole[:300] + bytes(20) + whole[320:])
    empty = tmp_path / "empty.zip"
    empty.touch()
    for path, said in ((cut, "is no zip"), (damaged, "is damaged in the zip"), (empty, "no zip")):
        with pytest.raises(ReleaseUnreadable, match=said) as raised:
            import_release(path, tmp_path / "index", NOW)
        assert path.name in raised.value.message
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize("name", ["../RXNSAT.RRF", "/etc/passwd", "rrf/../../x", "..\\x"])
def test_a_zip_with_names_outside_of_it_is_refused(tmp_path: Path, name: str) -> None:
    """NLM's have none, so it is not NLM's."""
    path = _zip(small_release(), tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(ReleaseUnreadable, match="a file outside of its folder"):
        import_release(path, tmp_path / "index", NOW)


def test_a_zip_that_unpacks_to_far_more_than_it_holds_is_refused(tmp_path: Path) -> None:
    """Before anything of it is unpacked."""
    path = small_release().zip(tmp_path / ZIP, {"RXNCONSO.RRF": b"|" * (64 << 20)})
    with pytest.raises(ReleaseUnreadable, match="would unpack to 67108864 bytes"):
        import_release(path, tmp_path / "index", NOW)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    """The flag of the entry says so."""
    path = _zip(small_release(), tmp_path)
    content = bytearray(path.read_bytes())
    for start in (m.start() for m in re.finditer(b"PK\x01\x02", bytes(content))):
        content[start + 8 : start + 10] = struct.pack("<H", 1)
    path.write_bytes(bytes(content))
    with pytest.raises(ReleaseUnreadable, match="is encrypted"):
        import_release(path, tmp_path / "index", NOW)


def test_a_source_that_is_not_there_or_no_release_is_said(tmp_path: Path) -> None:
    """A path, a folder without a release, and a folder with two."""
    for path, said in (
        (tmp_path / "none.zip", r"none\.zip: cannot be read \(no such file"),
        (tmp_path, r"RXNCONSO\.RRF is not in it"),
    ):
        with pytest.raises(ReleaseUnreadable, match=said):
            import_release(path, tmp_path / "index", NOW)
    for name in ("a", "b"):
        small_release().folder(tmp_path / "two", below=f"{name}/rrf")
    with pytest.raises(ReleaseUnreadable, match=r"more than one release \(a/rrf and b/rrf\)"):
        import_release(tmp_path / "two", tmp_path / "index", NOW)


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "data").touch()
    path = _zip(small_release(), tmp_path)
    with pytest.raises(IndexNotWritten, match=r"cannot be written \(.*CRAMPCHECK_DATA"):
        import_release(path, tmp_path / "data" / "rxnorm.sqlite", NOW)
