"""An index is replaced whole or not at all, whoever reads it meanwhile."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.terminology.concept import Coding, Concept
from knowledge.terminology.release.build import import_release
from knowledge.terminology.release.faults import IndexDamaged, IndexNotWritten
from knowledge.terminology.release.opening import SqliteRelease, open_index
from knowledge.terminology.release.replacing import replacing
from knowledge.terminology.resolver import Resolver
from tests.knowledge.terminology.conftest import few_drugs
from tests.knowledge.terminology.release.conftest import NOW
from tests.rxnorm import small
from tests.rxnorm.rrf import ReleaseText
from tests.rxnorm.small import small_release

REPOSITORY = Path(__file__).parents[4]
NEW_BRAND = 90_005_001


def newer_release() -> ReleaseText:
    """One more brand, so that the two can be told apart."""
    text = small_release("20AA_261207F")
    text.concept(NEW_BRAND, "BN", "Qqvvxol")
    text.relation(NEW_BRAND, "tradename_of", small.FUROSEMIDE)
    return text


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The index of the older release."""
    index = tmp_path / "data" / "rxnorm.sqlite"
    import_release(small_release().zip(tmp_path / "old.zip"), index, NOW)
    return index


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a spoilt index is to be written; the whole one is beside it, as `.whole`."""
    folder = tmp_path_factory.mktemp("spoilt")
    index = folder / "rxnorm.sqlite"
    import_release(small_release().zip(folder / "old.zip"), index, NOW)
    return index.rename(index.with_suffix(".whole")).with_suffix(".sqlite")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """The newer release."""
    return newer_release().zip(tmp_path / "new.zip")


_STOPS_IN_THE_MIDDLE = """
import sys, time
from pathlib import Path
from knowledge.terminology.release.build import import_release

def on_step(step):
    if step.stage == "RXNREL.RRF":
        print("in the middle", flush=True)
        time.sleep(600)

import_release(Path(sys.argv[1]), Path(sys.argv[2]), "now", on_step)
"""


def test_an_import_that_is_killed_leaves_the_old_index_answering(old: Path, new: Path) -> None:
    """What it had written lies beside, and is not taken for the index."""
    process = subprocess.Popen(
        [sys.executable, "-c", _STOPS_IN_THE_MIDDLE, str(new), str(old)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    assert b"in the middle\n" == process.stdout.readline()
    part = old.with_name("rxnorm.sqlite.part")
    assert part.exists()
    process.kill()
    process.wait()
    process.stdout.close()
    assert part.exists()
    assert SqliteRelease(old).of_code("rxnorm", str(NEW_BRAND)) is None
    assert SqliteRelease(old).of_code("rxnorm", str(small.HYZAAR)) is not None


def test_the_next_import_clears_what_a_killed_one_left(old: Path, new: Path) -> None:
    """Nothing but the index stays in the folder."""
    old.with_name("rxnorm.sqlite.part").write_bytes(b"half of an index")
    import_release(new, old, NOW)
    assert ["rxnorm.sqlite"] == [path.name for path in old.parent.iterdir()]
    assert SqliteRelease(old).of_code("rxnorm", str(NEW_BRAND)) is not None


def test_a_second_import_at_the_same_time_is_refused(old: Path, new: Path) -> None:
    """The first goes on undisturbed."""
    with replacing(old) as part:
        part.write_bytes(b"the first")
        with pytest.raises(IndexNotWritten, match="another import is under way"):
            import_release(new, old, NOW)
        assert b"the first" == part.read_bytes()
    assert b"the first" == old.read_bytes()


def _write_half(index: Path) -> None:
    with replacing(index) as part:
        part.write_bytes(b"half")
        raise KeyboardInterrupt


def test_an_interrupt_leaves_nothing_behind(old: Path) -> None:
    """Ctrl-C while the index is written."""
    before = old.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        _write_half(old)
    assert before == old.read_bytes()
    assert ["rxnorm.sqlite"] == [path.name for path in old.parent.iterdir()]


def _ask(index: Path, ready: Any, stop: Any, answers: Any) -> None:
    """A worker: asks for a code of both releases and one of the newer, over and over."""
    release = SqliteRelease(index)
    seen: set[tuple[bool, bool]] = set()
    ready.release()
    while not stop.is_set():
        for code in (small.HYZAAR, NEW_BRAND):
            known = release.of_code("rxnorm", str(code)) is not None
            seen.add((code == NEW_BRAND, known))
    answers.put(seen)


def test_workers_answer_by_the_release_that_they_opened_while_it_is_replaced(
    old: Path, new: Path
) -> None:
    """No error, no mixture; who opens the index afterwards answers by the newer."""
    context = multiprocessing.get_context("spawn")
    ready, stop, answers = context.Semaphore(0), context.Event(), context.Queue()
    workers = [context.Process(target=_ask, args=(old, ready, stop, answers)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for _ in workers:
        assert ready.acquire(timeout=60)
    import_release(new, old, NOW)
    time.sleep(0.05)
    stop.set()
    seen = [answers.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    assert [{(False, True), (True, False)}] * 2 == seen
    assert SqliteRelease(old).of_code("rxnorm", str(NEW_BRAND)) is not None


def test_threads_share_one_release(old: Path) -> None:
    """The same answers, whoever asks."""
    resolver = Resolver(few_drugs(), SqliteRelease(old))
    codes = [small.HYZAAR, small.FUROSEMIDE_40, small.APIXABAN_PACK, small.MERGED] * 50
    barrier = threading.Barrier(4)

    def ask(_: int) -> list[tuple[str, ...]]:
        barrier.wait()
        return [
            resolver.resolve(Concept((Coding("rxnorm", str(code)),), str(n))).ingredients
            for n, code in enumerate(codes)
        ]

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(ask, range(4))
    assert all(first == other for other in others)
    assert ("hydrochlorothiazide", "losartan") == first[0]


def test_a_forked_process_opens_the_index_anew(old: Path) -> None:
    """As gunicorn's workers are forked from a parent that has it open."""
    release = SqliteRelease(old)
    assert release.of_code("rxnorm", str(small.HYZAAR)) is not None
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    ask = context.Process(
        target=lambda: answers.put(release.of_code("rxnorm", str(small.FUROSEMIDE_40)))
    )
    ask.start()
    found = answers.get(timeout=60)
    ask.join()
    assert ["furosemide"] == [one.name for one in found.ingredients]


def test_a_worker_of_a_run_insists_on_the_release_of_its_parent(old: Path, new: Path) -> None:
    """All patients of one run are read by one release, or it is said."""
    sent = pickle.dumps(SqliteRelease(old))
    same = pickle.loads(sent)  # noqa: S301 - our own
    assert same.of_code("rxnorm", str(small.HYZAAR)) is not None
    import_release(new, old, NOW)
    other = pickle.loads(sent)  # noqa: S301
    with pytest.raises(IndexDamaged, match="another RxNorm release was imported while this run"):
        other.of_code("rxnorm", str(small.HYZAAR))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content[:-4096], "cut short"),
        (lambda content: content[:50], "cut short"),
        (lambda _: b"", "cut short"),
        (lambda _: b"not an index at all" * 100, "no index"),
        (lambda content: content.replace(b"CrRx", b"Xxxx"), "no index of RxNorm"),
        (lambda content: content.replace(b'"build"', b'"bulid"'), "cannot be used"),
        (lambda content: content.replace(b"probe", b"prboe"), "made by another version"),
        (lambda content: content[:100] + bytes(4000) + content[4100:], "cannot be used"),
        (lambda content: content.replace(b"CREATE TABLE meta", b"CREATE T\xa1BLE meta"), "used"),
    ],
)
def test_an_index_that_is_damaged_is_said_when_it_is_opened(
    old: Path, change: Any, said: str
) -> None:
    """With the remedy; nothing is answered by what may be half of it."""
    old.write_bytes(change(old.read_bytes()))
    with pytest.raises(IndexDamaged, match=said) as raised:
        open_index(old)
    assert "import the RxNorm release again" in raised.value.message


def _ask_for_many(release: SqliteRelease) -> None:
    for code in (*small.PRODUCTS, *range(small.MADE_UP, small.MADE_UP + 300)):
        release.of_code("rxnorm", str(code))


def test_an_index_that_breaks_while_it_is_asked_is_said(old: Path) -> None:
    """A fault of the disk is no "not found"."""
    release = SqliteRelease(old)
    content = old.read_bytes()
    old.write_bytes(content[:4096] + bytes(len(content) - 4096))
    with pytest.raises(IndexDamaged, match="cannot be used"):
        _ask_for_many(release)


@pytest.mark.parametrize("value", [b"\xff", "46o3", "0"])
def test_an_index_that_holds_what_no_import_writes_is_said(old: Path, value: str | bytes) -> None:
    """Bytes for a text, or no number for an ingredient's."""
    with sqlite3.connect(old) as connection:
        connection.execute("UPDATE contents SET ingredients = ?", (value,))
    with pytest.raises(IndexDamaged, match="cannot be used"):
        _ask_for_many(SqliteRelease(old))


@given(at=st.integers(100, 10**9), byte=st.integers(0, 255), asked=st.data())
def test_a_spoilt_byte_is_a_damaged_index_or_no_fault(
    spoilt: Path, at: int, byte: int, asked: st.DataObject
) -> None:
    """Never any other exception, whatever is asked."""
    content = bytearray(spoilt.with_suffix(".whole").read_bytes())
    content[100 + at % (len(content) - 100)] = byte
    spoilt.write_bytes(content)
    code = str(asked.draw(st.sampled_from(sorted(small.PRODUCTS))))
    with suppress(IndexDamaged):
        release = SqliteRelease(spoilt)
        release.of_code("rxnorm", code)
        release.of_code("ndc", small.NDC_FUROSEMIDE)
        release.named("furosemide")


def test_where_there_is_no_index_there_is_no_release(tmp_path: Path) -> None:
    """That is no fault."""
    assert open_index(tmp_path / "rxnorm.sqlite") is None
