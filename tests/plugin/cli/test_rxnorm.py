"""`crampcheck knowledge import-rxnorm`, and every door with the release that it loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.terminology.release.opening import SqliteRelease
from plugin import pipeline
from plugin.app import create_app
from plugin.config import settings_from_environment
from tests.plugin.cli.conftest import Run
from tests.plugin.hook_calls import TODAY, URL, call, order, patient, potassium, prefetch
from tests.plugin.screening.conftest import lines, ndjson
from tests.rxnorm import small
from tests.rxnorm.small import small_release

ZIP = "RxNorm_full_11022026.zip"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
BARE = {"coding": [{"system": RXNORM, "code": str(small.HCTZ_LOSARTAN)}]}
ORDER = order("", medicationCodeableConcept=BARE)
RECORD = ndjson([patient(), ORDER, potassium(3.1)])
LABEL = "RxNorm full of 2026-11-02 (20AA_261102F)"


def _load_anew() -> None:
    """As the next command does, which is another process."""
    pipeline._MADE.clear()


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of this test; the knowledge is loaded anew for it."""
    monkeypatch.setenv("CRAMPCHECK_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(pipeline, "_MADE", {})
    return tmp_path / "data"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return small_release().zip(tmp_path / ZIP)


@pytest.fixture
def loaded(crampcheck: Run, published: Path, data: Path) -> Path:
    """The index of an import."""
    assert 0 == crampcheck("knowledge", "import-rxnorm", published).code
    _load_anew()
    return data / "rxnorm.sqlite"


def test_an_import_says_what_was_loaded_and_where(
    crampcheck: Run, published: Path, data: Path
) -> None:
    """On standard output; nothing else is on standard error, as that is no terminal."""
    ran = crampcheck("knowledge", "import-rxnorm", published)
    assert (0, "") == (ran.code, ran.err)
    assert ran.out.startswith(f"Imported {LABEL} into {data / 'rxnorm.sqlite'}: ")
    assert "1 NDC, 3 codes of other systems" in ran.out
    assert ["rxnorm.sqlite"] == [path.name for path in data.iterdir()]


def test_an_older_release_may_take_the_place_of_a_newer_one_and_that_is_said(
    crampcheck: Run, loaded: Path, tmp_path: Path
) -> None:
    """A site may have its reasons; a newer one says which it replaced, and nothing more."""
    older = small_release("20AA_261005F").zip(tmp_path / "RxNorm_full_10052026.zip")
    ran = crampcheck("knowledge", "import-rxnorm", older)
    assert 0 == ran.code
    assert f"It takes the place of {LABEL}, which was newer." in ran.out
    again = crampcheck("knowledge", "import-rxnorm", tmp_path / ZIP).out
    assert "takes the place of RxNorm full of 2026-10-05 (20AA_261005F)." in again


def test_list_says_which_release_is_loaded_and_how_much_it_holds(
    crampcheck: Run, loaded: Path
) -> None:
    """Version and date, when it was imported, and the counts."""
    said = crampcheck("knowledge", "list").out.splitlines()
    info = SqliteRelease(loaded).info
    assert f"RxNorm release: {LABEL}, imported {info.imported}" == said[-2]
    counts = info.counts
    assert f"{counts['concepts']} RxNorm codes ({counts['retired']} of them retired" in said[-1]
    assert "RxNorm release: none loaded" not in said


def test_check_lists_codes_of_ours_that_the_release_tells_otherwise(
    crampcheck: Run, published: Path, tmp_path: Path
) -> None:
    """That fails nothing; without a release there is nothing to compare with."""
    assert "tells otherwise" not in crampcheck("knowledge", "check").out
    text = small_release()
    text.lines["RXNCONSO.RRF"][0] = text.lines["RXNCONSO.RRF"][0].replace("furosemide", "other")
    crampcheck("knowledge", "import-rxnorm", text.zip(tmp_path / "other.zip"))
    _load_anew()
    ran = crampcheck("knowledge", "check")
    assert (0, "") == (ran.code, ran.err)
    assert "no fault" in ran.out
    assert f"RxNorm codes that {LABEL} tells otherwise: " in ran.out
    assert "ingredients/loop-diuretic.toml: furosemide, 4603: it is other (IN)" in ran.out
    assert "hydrochlorothiazide, 5487" not in ran.out
    assert "bumetanide, 1808: not held" in ran.out


def test_resolve_reads_product_codes_once_a_release_is_loaded(
    crampcheck: Run, published: Path
) -> None:
    """Bare before: unread."""
    asked = json.dumps(BARE).encode()
    before = json.loads(crampcheck("resolve", stdin=asked).out)
    assert ([], "code-not-known") == (before["ingredients"], before["reason"])
    crampcheck("knowledge", "import-rxnorm", published)
    _load_anew()
    after = json.loads(crampcheck("resolve", stdin=asked).out)
    both = ["hydrochlorothiazide", "losartan"]
    assert {"ingredients": both, "linked": both, "match": "code", "reason": None} == after


def test_assess_flags_a_drug_that_only_its_product_code_names(
    crampcheck: Run, published: Path
) -> None:
    """Before the import it is unread, and said; after it, it is a finding."""
    arguments = ("assess", "-", "--as-of", TODAY, "--format", "json")
    before = json.loads(crampcheck(*arguments, stdin=RECORD).out)
    assert ["code-not-known"] == [one["reason"] for one in before["unread"]]
    assert [] == before["findings"]
    crampcheck("knowledge", "import-rxnorm", published)
    _load_anew()
    after = json.loads(crampcheck(*arguments, stdin=RECORD).out)
    assert [] == after["unread"]
    assert {"hydrochlorothiazide"} <= {
        name for one in after["findings"] for name in one["ingredients"]
    }


@pytest.mark.parametrize("workers", [1, 2])
def test_screen_uses_the_release_in_every_worker(
    crampcheck: Run, loaded: Path, tmp_path: Path, workers: int
) -> None:
    """Also in processes of their own."""
    source, out = tmp_path / "export", tmp_path / "out"
    source.mkdir()
    (source / "all.ndjson").write_bytes(RECORD)
    ran = crampcheck("screen", source, "--out", out, "--as-of", TODAY, "--workers", workers)
    assert 0 == ran.code
    [assessment] = lines(out / "assessments.ndjson")
    assert ["hydrochlorothiazide", "losartan"] == assessment["medications"][0]["ingredients"]


def _cards() -> str:
    app = create_app(settings_from_environment(), today=lambda: TODAY)
    body = call(prefetch(ORDER))
    response = app.test_client().post(URL, data=body, content_type="application/json")
    return json.dumps(response.get_json()["cards"])


def test_the_service_uses_the_release(crampcheck: Run, published: Path) -> None:
    """The card that said that a code could not be read is gone, and `/readyz` names the release."""
    assert "only a product code" in _cards()
    crampcheck("knowledge", "import-rxnorm", published)
    _load_anew()
    assert "only a product code" not in _cards()
    ready = create_app(settings_from_environment()).test_client().get("/readyz").get_json()
    assert LABEL == ready["rxnorm_release"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            str(small.HCTZ_LOSARTAN),
            f"RxNorm {small.HCTZ_LOSARTAN}, by {LABEL}: hydrochlorothiazide",
        ),
        ("63304-0624-10", f"NDC 63304-0624-10, by {LABEL}: furosemide 20 MG Oral Tablet (SCD)."),
        ("63304-0624-99", "It is read by the other packages of its product."),
        (str(small.MERGED), "RxNorm has retired it."),
        (str(small.REPLACED), "has no name of its own"),
        (str(small.FUROSEMIDE_40), "Ingredients: furosemide (RxNorm 4603)."),
        (str(small.FUROSEMIDE_40), "Tier 1: may raise a card alone."),
        (str(small.APIXABAN_PACK), "apixaban - a drug that this knowledge says nothing about"),
        (small.UNII_FUROSEMIDE, "Tier 1: may raise a card alone."),
    ],
)
def test_explain_says_what_a_product_code_is(
    crampcheck: Run, loaded: Path, asked: str, said: str
) -> None:
    """Then what is known of its ingredients."""
    ran = crampcheck("explain", asked)
    assert (0, "") == (ran.code, ran.err)
    assert said in " ".join(ran.out.split())


def test_a_broken_release_is_11_and_the_old_one_stays(
    crampcheck: Run, loaded: Path, tmp_path: Path
) -> None:
    """One sentence, with file, line, fault and remedy."""
    before = loaded.read_bytes()
    files = small_release().files()
    files["RXNREL.RRF"] = files["RXNREL.RRF"][:-9]
    ran = crampcheck("knowledge", "import-rxnorm", small_release().zip(tmp_path / "b.zip", files))
    assert (11, "") == (ran.code, ran.out)
    assert ran.err.startswith("crampcheck: RXNREL.RRF, line ")
    assert "fetch the release again from NLM" in ran.err
    assert before == loaded.read_bytes()


def test_a_release_that_is_not_there_is_11(crampcheck: Run, tmp_path: Path) -> None:
    """The path is named, and what to name instead."""
    ran = crampcheck("knowledge", "import-rxnorm", tmp_path / "none.zip")
    assert (11, "") == (ran.code, ran.out)
    assert "none.zip: cannot be read (no such file or directory)" in ran.err


def test_a_data_folder_that_cannot_be_written_to_is_1(
    crampcheck: Run, published: Path, data: Path
) -> None:
    """It is no fault of the release."""
    data.touch()
    ran = crampcheck("knowledge", "import-rxnorm", published)
    assert (1, "") == (ran.code, ran.out)
    assert "the index cannot be written" in ran.err


@pytest.mark.parametrize("command", [("knowledge", "check"), ("resolve",), ("explain", "4603")])
def test_a_damaged_index_is_10_and_an_import_mends_it(
    crampcheck: Run, loaded: Path, published: Path, command: tuple[str, ...]
) -> None:
    """No command goes on as if there were none."""
    loaded.write_bytes(loaded.read_bytes()[:-1])
    ran = crampcheck(*command)
    assert (10, "") == (ran.code, ran.out)
    assert f"crampcheck: {loaded}: the index of the RxNorm release cannot be used" in ran.err
    assert 0 == crampcheck("knowledge", "import-rxnorm", published).code
    _load_anew()
    assert 0 == crampcheck(*command).code


def test_an_index_that_breaks_under_a_run_is_said_and_is_no_silence(
    crampcheck: Run, loaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`assess` ends with 10, and prints no answer."""
    pipeline.default_pipeline()  # opens the index
    content = loaded.read_bytes()
    loaded.write_bytes(content[:4096] + bytes(len(content) - 4096))
    ran = crampcheck("assess", "-", "--as-of", TODAY, stdin=RECORD)
    assert (10, "") == (ran.code, ran.out)
    assert "import the RxNorm release again" in ran.err


def test_the_index_may_lie_elsewhere(
    crampcheck: Run, published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CRAMPCHECK_RXNORM names it; a name without a file is said, as somebody expects it."""
    monkeypatch.setenv("CRAMPCHECK_RXNORM", str(tmp_path / "else" / "where.sqlite"))
    ran = crampcheck("knowledge", "list")
    assert (10, "") == (ran.code, ran.out)
    assert "CRAMPCHECK_RXNORM names this file, and it is not there" in ran.err
    assert 0 == crampcheck("knowledge", "import-rxnorm", published).code
    _load_anew()
    assert LABEL in crampcheck("knowledge", "list").out
    assert (tmp_path / "else" / "where.sqlite").is_file()
