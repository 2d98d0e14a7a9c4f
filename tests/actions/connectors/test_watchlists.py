"""Each public format is read into the same shape; what is no list is refused."""

from __future__ import annotations

import csv

import pytest

from netterms.connectors import watchlists
from netterms.connectors.watchlists.shaping import country, day
from netterms.kernel.refusal import Code, Refusal
from netterms.screening.rules import Entry, ListKind, Party
from tests.actions.connectors import listed

WITH_ENTITIES = listed.EU_XML.replace("<export", '<!DOCTYPE x [<!ENTITY a "b">]><export')
# The same behind more than what tells one list from another.
LATE_ENTITIES = f"<!-- <export {'x' * 5000} -->" + WITH_ENTITIES.partition("?>")[2]


def read(tmp_path, text, name="list.xml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    return watchlists.read(path)


def test_ofac_xml(tmp_path):
    found = read(tmp_path, listed.OFAC_XML)
    assert (found.kind, found.published_on) == (ListKind.OFAC, "2026-11-20")
    company, person = found.entries
    assert company == Entry(
        id="9001",
        party=Party.COMPANY,
        names=("BLUE HERON SHIPPING LLC", "BLUE HERON LINES", "青鹭航运有限公司"),
        countries=("IR",),
        numbers=("IR-10 320 4455",),
        programmes=("IRAN", "SDGT"),
        remarks="Linked To: GREEN HERON.",
    )
    assert (person.party, person.names, person.countries) == (
        Party.PERSON,
        ("Ivan PETROVSKY-DEMO",),
        ("RU",),
    )


def test_ofac_csv(tmp_path):
    company, person = read(tmp_path, listed.OFAC_CSV, "sdn.csv").entries
    assert (company.id, company.party) == ("9001", Party.COMPANY)
    assert company.names == ("BLUE HERON SHIPPING LLC", "BLUE HERON LINES")
    assert company.numbers == ("IR103204455",)
    assert (company.countries, company.programmes) == (("IR",), ("IRAN", "SDGT"))
    assert (person.party, person.names) == (Party.PERSON, ("Ivan PETROVSKY-DEMO",))


def test_un_xml(tmp_path):
    found = read(tmp_path, listed.UN_XML)
    assert (found.kind, found.published_on) == (ListKind.UN, "2026-11-19")
    person, company = found.entries
    assert person.names == ("AMINA DEMO SAHELI", "Amina Saheli")
    assert (person.party, person.countries, person.numbers) == (
        Party.PERSON,
        ("ML",),
        ("ML 445566",),
    )
    assert (company.id, company.countries) == ("70002", ("KP",))
    assert company.names == ("PAEKDU DEMO TRADING CORPORATION", "Paekdu General Demo")


def test_eu_xml(tmp_path):
    found = read(tmp_path, listed.EU_XML)
    assert (found.kind, found.published_on) == (ListKind.EU, "2026-11-18")
    company, person = found.entries
    assert company.names == ("Белый Аист Демо ОАО", "White Stork Demo JSC")
    assert (company.id, company.countries, company.numbers, company.programmes) == (
        "EU.1.23",
        ("BY",),
        ("190 123 456",),
        ("BLR",),
    )
    assert (person.party, person.countries) == (Party.PERSON, ())


def test_opensanctions_csv(tmp_path):
    found = read(tmp_path, listed.OPENSANCTIONS_CSV, "targets.simple.csv")
    assert (found.kind, found.published_on) == (ListKind.OPENSANCTIONS, "2026-11-17")
    company, vessel = found.entries
    assert company.names == ("Golden Delta Demo FZE", "Golden Delta", "ГОЛДЕН ДЕЛЬТА ДЕМО")
    assert (company.countries, company.numbers) == (
        ("AE", "RU"),
        ("LEI 5493001KJTIIGC8Y1R12", "778899"),
    )
    assert vessel.party is Party.OTHER


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.FILE_UNREADABLE),
        ("hello", Code.FILE_UNREADABLE),
        ("<html></html>", Code.FILE_UNREADABLE),
        (listed.OFAC_XML[: len(listed.OFAC_XML) // 2], Code.FILE_UNREADABLE),
        (WITH_ENTITIES, Code.FILE_UNREADABLE),
        (LATE_ENTITIES, Code.FILE_UNREADABLE),
        ("<sdnList></sdnList>", Code.FILE_EMPTY),
        ("<sdnList><sdnEntry><lastName>A</lastName></sdnEntry></sdnList>", Code.FILE_EMPTY),
        (listed.OFAC_CSV[: listed.OFAC_CSV.rindex(",")], Code.FILE_UNREADABLE),
        (listed.OPENSANCTIONS_CSV.splitlines(keepends=True)[0], Code.FILE_EMPTY),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused(tmp_path, text, code):
    with pytest.raises(Refusal) as refused:
        read(tmp_path, text)
    assert refused.value.code is code
    assert refused.value.facts["file"] == "list.xml"


def test_a_long_cell_and_a_zero_byte_are_read_and_other_readers_keep_their_bound(tmp_path):
    before = csv.field_size_limit()
    row = '9003,"HER\0ON","entity",' + "-0-," * 8 + f'"{"x" * 200_000}"\n'
    *_, last = read(tmp_path, listed.OFAC_CSV.replace("\x1a", "") + row, "sdn.csv").entries
    assert (last.id, last.names, len(last.remarks)) == ("9003", ("HERON",), 200_000)
    read(tmp_path, listed.OPENSANCTIONS_CSV)
    assert csv.field_size_limit() == before


def test_a_file_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(watchlists, "MOST_BYTES", 100)
    with pytest.raises(Refusal) as refused:
        read(tmp_path, listed.UN_XML)
    assert refused.value.code is Code.FILE_TOO_LARGE


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Iran", "IR"),
        ("iran, islamic republic of", "IR"),
        ("Korea, North", "KP"),
        ("Russia", "RU"),
        ("de", "DE"),
        ("Burma", "MM"),
        ("Atlantis", ""),
        ("", ""),
    ],
)
def test_countries_as_publishers_write_them(written, code):
    assert country(written) == code


def test_days():
    assert [day("11/20/2026"), day("2026-11-19T00:00:01Z"), day("soon")] == [
        "2026-11-20", "2026-11-19", "",
    ]  # fmt: skip
