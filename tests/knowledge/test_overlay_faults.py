"""An overlay at fault: one error that lists everything, by file and key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.load import KnowledgeError, load
from tests.knowledge.knowledge_copy import TINY
from tests.knowledge.site_files import HEAD, change, overlay

TODAY = date(2026, 11, 22)
REVIEW, ABOUT = HEAD.split("[overlay]")
LOWERED = 'id = "low-potassium"\nlevel = "critical"'


def lab(analyte: str, system: str, code: str) -> str:
    return f'lab = "{analyte}"\nsystem = "{system}"\ncode = "{code}"\nname = "x"'


def drug(ingredients: str, system: str, code: str, name: str = "x") -> str:
    return f'ingredients = [{ingredients}]\nsystem = "{system}"\ncode = "{code}"\nname = "{name}"'


def refused(folder: Path, *changes: str, head: str = HEAD) -> list[str]:
    """Every fault, as `key: message`, of one error."""
    path = overlay(folder, *changes, head=head)
    with pytest.raises(KnowledgeError) as caught:
        load(TINY, overlay=path, as_of=TODAY, compiled=False)
    assert {"site.toml"} == {fault.file for fault in caught.value.faults}
    assert str(path) in str(caught.value)
    return [f"{fault.key}: {fault.message}" for fault in caught.value.faults]


@pytest.mark.parametrize(
    "table",
    [
        '[mitigation.potassium-review]\noffer_when = ["age>=18"]',
        "[mitigation.potassium-review]\nwithhold_when = []",
        "[group.never-propose]\nmembers = []\nnever_propose = false",
        '[term.cramp]\nall = ["age<18"]',
        "[lab.potassium]\ncuts = []",
        "[constant.current-result-days]\nvalue = 0",
        '[[ingredient]]\nname = "quinine"\ntier = "1"',
        '[[interaction]]\nid = "x"',
        '[[product]]\nname = "x"',
        'version = "1"',
    ],
)
def test_what_is_no_business_of_a_site_is_refused(tmp_path: Path, table: str) -> None:
    """Guard rails, sentences, drugs and cuts have no table in an overlay."""
    before = table.startswith("version")  # a key of no table stands before all tables
    (fault,) = refused(tmp_path, head=f"{table}\n{HEAD}" if before else HEAD + table)
    assert "is nothing that a site can change" in fault


@pytest.mark.parametrize(
    ("keys", "key", "says"),
    [
        ('id = "no-such-rule"\noff = true', "rule[0].id", "is not a declared rule"),
        ('id = "low-potasium"\noff = true', "rule[0].id", "did you mean low-potassium?"),
        ('id = "dose-cap"\nlevel = "urgent"', "rule[0].level", "info, warning, critical"),
        ('id = "dose-cap"\nlevel = "none"', "rule[0].level", "info, warning, critical"),
        ('id = "dose-cap"\nlevel = "warning"', "rule[0].level", "is at warning already"),
        ('id = "dose-cap"', "rule[0]", "needs either off = true or a level"),
        ('id = "dose-cap"\noff = false', "rule[0]", "needs either"),
        ('id = "dose-cap"\noff = true\nlevel = "info"', "rule[0]", "needs either"),
        ('id = "dose-cap"\noff = "yes"', "rule[0].off", "must be true or false"),
        ('id = "dose-cap"\noff = true', "rule[0].acknowledge_critical", "is missing"),
        (
            'id = "low-potassium"\noff = true\nacknowledge_critical = true',
            "rule[0].acknowledge_critical",
            "remove it",
        ),
        ('id = "dose-cap"\nlevel = "info"\nwhen = []', "rule[0].when", "is not a key"),
        ('id = "dose-cap"\nlevel = "info"\nsuggest = ["x"]', "rule[0].suggest", "not a key"),
    ],
)
def test_a_rule_that_cannot_be_changed_so_is_said(
    tmp_path: Path, keys: str, key: str, says: str
) -> None:
    """By key, with what is wrong."""
    (fault,) = refused(tmp_path, change("rule", keys))
    assert fault.startswith(f"{key}: ")
    assert says in fault


def test_a_critical_rule_is_not_lowered_unawares(tmp_path: Path) -> None:
    """Each of the shipped ones needs the word for it."""
    lowered = change("rule", 'id = "severe-low-magnesium"\nlevel = "warning"')
    with pytest.raises(KnowledgeError, match=r"rule\[0\]\.acknowledge_critical: is missing"):
        load(overlay=overlay(tmp_path, lowered), as_of=TODAY, compiled=False)


@pytest.mark.parametrize(
    ("signed", "key", "says"),
    [
        ('reason = "x"\ndate = 2026-11-01', "by", "is missing"),
        ('by = "x"\ndate = 2026-11-01', "reason", "is missing"),
        ('by = "x"\nreason = "x"', "date", "is missing"),
        ('by = ""\nreason = "x"\ndate = 2026-11-01', "by", "is empty"),
        ('by = "x"\nreason = " "\ndate = 2026-11-01', "reason", "is empty"),
        ('by = "x"\nreason = "for {drugs}"\ndate = 2026-11-01', "reason", "holds a brace"),
        ('by = "x"\nreason = "x"\ndate = "2026-11-01"', "date", "must be a date"),
        ('by = "x"\nreason = "x"\ndate = 2026-11-23', "date", "is after today, 2026-11-22"),
    ],
)
@pytest.mark.parametrize(
    "entry",
    [
        ("rule", 'id = "dose-cap"\nlevel = "info"'),
        ("lab_code", lab("potassium", "urn:x", "K")),
        ("order_code", lab("potassium", "urn:x", "K")),
        ("drug_code", drug('"quinine"', "urn:x", "Q")),
    ],
)
def test_every_change_is_signed(
    tmp_path: Path, entry: tuple[str, str], signed: str, key: str, says: str
) -> None:
    """A name, a reason and a date that has come, for whatever is changed."""
    table, keys = entry
    (fault,) = refused(tmp_path, change(table, keys, signed))
    assert fault.startswith(f"{table}[0].{key}: ")
    assert says in fault


def test_a_change_of_today_is_in_force(tmp_path: Path) -> None:
    """The day itself is not after it."""
    signed = f'by = "x"\nreason = "x"\ndate = {TODAY}'
    path = overlay(tmp_path, change("rule", 'id = "dose-cap"\nlevel = "info"', signed))
    assert load(TINY, overlay=path, as_of=TODAY, compiled=False).site


@pytest.mark.parametrize(
    ("table", "keys", "key", "says"),
    [
        ("lab_code", lab("kalium", "urn:x", "K"), "lab", "not a declared lab"),
        ("lab_code", lab("potassium", "urn:x y", "K"), "system", "no code system"),
        ("lab_code", lab("potassium", "our lab", "K"), "system", "no code system"),
        ("lab_code", lab("potassium", "http://loinc.org", "2823-3"), "system", "write loinc"),
        ("lab_code", lab("potassium", "loinc", "2823-4"), "code", "check digit"),
        ("lab_code", lab("potassium", "loinc", "2823-3"), "code", "means potassium already"),
        ("lab_code", lab("ck", "loinc", "2823-3"), "code", "already means potassium"),
        (
            "lab_code",
            lab("ck", "urn:x", "K") + "\ntrusted = [5, 4]",
            "trusted",
            "the lower first",
        ),
        ("order_code", lab("kalium", "urn:x", "K"), "lab", "not a declared lab"),
        ("drug_code", drug('"furosemid"', "urn:x", "1"), "ingredients", "not the name of"),
        ("drug_code", drug('"furosemide"', "rxnorm", "x"), "code", "a code of rxnorm"),
        ("drug_code", drug('"furosemide"', "rxnorm", "4603"), "code", "means furosemide already"),
        ("drug_code", drug('"quinine"', "rxnorm", "4603"), "code", "already means furosemide"),
        (
            "drug_code",
            drug('"furosemide"', "urn:x", "1", "Aldactone 25 mg"),
            "name",
            "reads as spironolactone",
        ),
        ("drug_code", drug("", "urn:x", "1"), "ingredients", "at least 1"),
        ("drug_code", drug('"quinine"', "urn:x", "1") + '\nroute = "up"', "route", "one of oral"),
    ],
)
def test_a_code_that_cannot_be_added_is_said(
    tmp_path: Path, table: str, keys: str, key: str, says: str
) -> None:
    """No code changes its meaning, and no slip passes for a code."""
    (fault,) = refused(tmp_path, change(table, keys))
    assert fault.startswith(f"{table}[0].{key}: ")
    assert says in fault


@pytest.mark.parametrize(
    ("table", "first", "second"),
    [
        ("lab_code", lab("potassium", "urn:x", "K"), lab("ck", "urn:x", "K")),
        ("drug_code", drug('"quinine"', "urn:x", "1"), drug('"digoxin"', "urn:X", "1")),
    ],
)
def test_one_code_of_a_site_has_one_meaning(
    tmp_path: Path, table: str, first: str, second: str
) -> None:
    """Within the overlay too."""
    (fault,) = refused(tmp_path, change(table, first), change(table, second))
    assert fault.startswith(f"{table}[1].code: ")
    assert "already means" in fault


def test_a_lab_is_ordered_under_one_code(tmp_path: Path) -> None:
    """Of two nobody could say which to send."""
    one, two = lab("ck", "urn:x", "1"), lab("ck", "urn:x", "2")
    (fault,) = refused(tmp_path, change("order_code", one), change("order_code", two))
    assert fault == "order_code[1].lab: ck has two order codes; keep one"


def test_a_rule_is_changed_once(tmp_path: Path) -> None:
    """Of two changes nobody could say which holds."""
    one = change("rule", 'id = "dose-cap"\nlevel = "info"')
    (fault,) = refused(tmp_path, one, one)
    assert fault == "rule[1]: dose-cap is changed in rule[0] too; keep one"


def test_all_faults_of_all_kinds_come_at_once(tmp_path: Path) -> None:
    """What one entry lacks does not hide what is wrong with another."""
    found = refused(
        tmp_path,
        "\n[jurisdiction]\nvalue = 'Mars'\nby = 'x'\nreason = 'x'\ndate = 2099-01-01\n",
        change("rule", 'id = "nothing"\noff = true'),
        change("rule", 'id = "dose-cap"\nlevel = "dire"', ""),
        change("lab_code", lab("kalium", "loinc", "1-1")),
        "\n[mitigation]\n",
    )
    assert [line.split(": ")[0] for line in found] == [
        "jurisdiction.date",
        "jurisdiction.value",
        "lab_code[0].code",
        "mitigation",
        "rule[0].id",
        "rule[1].by",
        "rule[1].date",
        "rule[1].level",
        "rule[1].reason",
    ]


def test_faults_of_the_data_files_come_with_those_of_the_overlay(tmp_path: Path) -> None:
    """As far as an overlay can be judged without them."""
    data = tmp_path / "data"
    data.mkdir()
    path = overlay(tmp_path / "site", change("rule", 'id = "x"\nlevel = "dire"'))
    with pytest.raises(KnowledgeError) as caught:
        load(data, overlay=path, compiled=False)
    found = {(fault.file, fault.key) for fault in caught.value.faults}
    assert {("labs.toml", ""), ("site.toml", "rule[0].level")} <= found


@pytest.mark.parametrize(
    ("head", "key", "says"),
    [
        (HEAD.replace('"example-hospital"', '"Example Hospital"'), "overlay.id", "not an id"),
        (HEAD.replace('label = "Example Hospital"', ""), "overlay.label", "is missing"),
        (HEAD.replace("Example Hospital", "{drugs}"), "overlay.label", "brace"),
        (REVIEW, "overlay", "is missing"),
        ("[overlay]" + ABOUT, "review", "is missing"),
        (HEAD.replace('reviewed_by = ""', 'reviewed_by = "P. Example"'), "review", "is the author"),
        ("[[overlay]]" + ABOUT + REVIEW, "overlay", "must be a table"),
        ("[rule]\n" + HEAD, "rule", "must be written as [[rule]]"),
        ("rule = [1]\n" + HEAD, "rule[0]", "must be a table"),
    ],
)
def test_a_head_that_does_not_do_is_said(tmp_path: Path, head: str, key: str, says: str) -> None:
    """The overlay has a name, and each of its files a review block as the data files have."""
    found = refused(tmp_path, head=head)
    assert any(line.startswith(key) and says in line for line in found), found


def test_an_overlay_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A wrong path is an error, and so is a folder without a file."""
    with pytest.raises(KnowledgeError, match="there is no such file or folder"):
        load(TINY, overlay=tmp_path / "nowhere", compiled=False)
    (tmp_path / "empty").mkdir()
    with pytest.raises(KnowledgeError, match=r"empty: overlay: is missing"):
        load(TINY, overlay=tmp_path / "empty", compiled=False)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Editors of Windows write one."""
    path = overlay(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    site = load(TINY, overlay=path, compiled=False).site
    assert (site and site.id) == "example-hospital"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[overlay", b"a = " + b"[" * 20000])
def test_an_overlay_that_is_no_toml_is_said(tmp_path: Path, content: bytes) -> None:
    """One fault, of the whole file."""
    path = tmp_path / "site.toml"
    path.write_bytes(content)
    with pytest.raises(KnowledgeError) as caught:
        load(TINY, overlay=path, compiled=False)
    assert [("site.toml", "")] == [(fault.file, fault.key) for fault in caught.value.faults]


@pytest.mark.parametrize(
    "system",
    ["http://loinc.org/", "HTTP://LOINC.ORG", "urn:oid:2.16.840.1.113883.6.1", "LOINC"],
)
def test_loinc_goes_by_its_short_name_alone(tmp_path: Path, system: str) -> None:
    """Under an address it would not be held against the codes that we have."""
    (fault,) = refused(tmp_path, change("lab_code", lab("potassium", system, "2160-0")))
    assert "write loinc" in fault


@pytest.mark.parametrize("route", ["ophthalmic", "topical", "otic"])
def test_a_local_route_that_the_name_does_not_tell_is_refused(tmp_path: Path, route: str) -> None:
    """It would hide a drug from every guard rail."""
    tablet = drug('"furosemide"', "urn:oid:1.2.3", "F40", "furosemide 40 mg tablet")
    plain = drug('"furosemide"', "urn:oid:1.2.3", "F41", "xq")
    for keys in (tablet, plain):
        (fault,) = refused(tmp_path, change("drug_code", f'{keys}\nroute = "{route}"'))
        assert fault.startswith("drug_code[0].route: ")
        assert "guard rail" not in fault
        assert "eye drops" in fault


def test_a_local_route_that_the_name_tells_is_taken(tmp_path: Path) -> None:
    """As a site codes its eye drops."""
    drops = drug('"furosemide"', "urn:oid:1.2.3", "F42", "furosemide eye drops")
    path = overlay(tmp_path, change("drug_code", f'{drops}\nroute = "ophthalmic"'))
    known = load(TINY, overlay=path, as_of=TODAY, compiled=False)
    assert ["ophthalmic"] == [one.route for one in known.site_drug_codes]


@pytest.mark.parametrize("key", ["by", "reason"])
def test_what_a_site_writes_is_one_line_that_can_be_shown(tmp_path: Path, key: str) -> None:
    """It stands in cards and tables."""
    signed = f'{key} = "x\\n\\u202e\\u0007"\n' + "".join(
        f'{other} = "x"\n' for other in ("by", "reason") if other != key
    )
    keys = lab("potassium", "urn:oid:1.2.3", "K")
    (fault,) = refused(tmp_path, change("lab_code", keys, f"{signed}date = 2026-11-01\n"))
    assert f"lab_code[0].{key}: must be one line of text that can be shown" == fault
    (fault,) = refused(tmp_path, head=HEAD.replace("Example Hospital", "Ex\\u202eample"))
    assert "overlay.label: must be one line of text that can be shown" == fault


def test_files_of_an_overlay_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    """Whichever came first would win in silence; the other file is named."""
    site = overlay(tmp_path / "site", jurisdiction("US"), change("rule", LOWERED)).parent
    second = jurisdiction("UK") + change("rule", LOWERED)
    (site / "two.toml").write_text(f"{REVIEW}{second}", encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load(TINY, overlay=site, as_of=TODAY, compiled=False)
    told = {fault.key: (fault.file, fault.message) for fault in caught.value.faults}
    assert ("site/two.toml", "is in site/site.toml already; keep one of the two") == (
        told["jurisdiction"]
    )
    assert "site/site.toml" in told["rule[0]"][1]


def jurisdiction(value: str) -> str:
    return change("jurisdiction", f'value = "{value}"').replace(
        "[[jurisdiction]]", "[jurisdiction]"
    )
