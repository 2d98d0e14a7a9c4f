"""Every cell of the researched table of law beside the checkout, against what is shipped.

Read here with the csv and json modules alone. Where the project differs on purpose, `ON_PURPOSE`
says so, and decision 13 says why.
"""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("NETTERMS_RULES_DIR", ROOT.parent / "shared" / "rules"))
SHIPPED = ROOT / "src/netterms/terms/data/jurisdictions.json"
pytestmark = pytest.mark.skipif(
    not (FOLDER / "jurisdictions.csv").is_file(), reason="the law table is not beside the checkout"
)
DIRECTIVE = (
    " | Directive 2011/7/EU http://www.legislation.gov.uk/eudr/2011/7/article/2?view=plain"
    " (min. reference+8, checked)"
)
SAME = {
    "name": None,  # from CLDR, in the reader's language
    "currency": "currency",
    "statutory_interest_rule": "remark",
    "reference_rate": "reference_note",
    "fixed_compensation": "compensation_note",
    "rot_enforceable": "retention",
    "court_order_procedure": "court_order",
    "as_of": "as_of",
    "confidence": "confidence",
}
CELLS = {
    "statutory_interest_rule": "interest",
    "statutory_margin_pct": "margin",
    "reference_rate": "reference",
    "fixed_compensation": "compensation",
    "max_term_days": "max_term",
    "limitation_years": "limitation",
    "rot_enforceable": "retention",
    "court_order_procedure": "court_order",
}
# Margins that are not those of the table: a rate that changes is a series of dated rates, and a
# rule that lacks something is not worked out. An empty margin of a multiple or a yearly rate is 0.
ON_PURPOSE = {
    "BJ": ["0"], "BR": [], "CI": ["0"], "IN": ["0"], "JP": ["14.6", "0"], "RS": [], "SA": [],
    "SN": ["0"], "TH": ["5"], "TR": ["0"], "UA": [],
}  # fmt: skip
# The amounts of the compensation cell that are shipped as figures: of tiers that nobody
# re-checked the lowest, and no share of the debt.
FIGURES = {
    "CL": [], "CO": [], "CZ": ["1200 CZK"], "DK": ["310 DKK"],
    "GB": ["40 GBP", "70 GBP", "100 GBP"],
    "HU": ["40 EUR"], "IE": ["40 EUR"], "NO": ["400 NOK"], "PL": ["40 EUR", "70 EUR", "100 EUR"],
    "RO": ["40 EUR"], "RS": ["20000 RSD"], "SE": ["450 SEK"], "TR": ["2020 TRY"],
}  # fmt: skip


def read(name):
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return {row["iso2"]: row for row in csv.DictReader(file)}


def number(cell):
    found = re.match(r"\d+", cell)
    return int(found[0]) if found else None


@pytest.fixture(scope="module")
def shipped():
    return {place["country"]: place for place in json.loads(SHIPPED.read_text(encoding="utf-8"))}


def test_every_cell_of_the_table_is_shipped_as_it_stands(shipped):
    rows, wrong = read("jurisdictions.csv"), []
    assert list(rows) == list(shipped)
    for code, row in rows.items():
        place = shipped[code]
        expected = {name: row[column] for column, name in SAME.items() if name}
        expected["languages"] = row["letter_language"].split("/")
        source = row["source"]
        expected["source"] = source.removesuffix(DIRECTIVE)
        expected["directive"] = source.endswith(DIRECTIVE)
        for column, note in (("max_term_days", "max_term_note"),
                             ("limitation_years", "limitation_note")):  # fmt: skip
            expected[column] = number(row[column])
            expected[note] = row[column] if row[column] != str(number(row[column]) or "") else ""
        margins = [row["statutory_margin_pct"]] if row["statutory_margin_pct"] else []
        expected["margins"] = ON_PURPOSE.get(code, margins)
        figures = ["40 EUR"] if row["fixed_compensation"] == "EUR 40 per invoice" else []
        expected["figures"] = FIGURES.get(code, figures)
        found = {name: place.get(name, "") for name in expected} | {
            "directive": place.get("directive", False),
            "max_term_days": place.get("max_term_days"),
            "limitation_years": place.get("limitation_years"),
            "margins": [law["margin"] for law in place.get("laws", ())],
            "figures": [
                f"{tier['amount']} {tier['currency']}" for tier in place.get("compensation", ())
            ],
        }
        wrong += [
            (code, name, value, found[name])
            for name, value in expected.items()
            if found[name] != value
        ]
    assert wrong == []


def test_a_cell_is_checked_only_where_the_list_of_what_was_read_has_it(shipped):
    """A column with brackets was read for what they name: that is a part."""
    for code, row in read("jurisdictions-checked.csv").items():
        named = re.split(r",(?![^(]*\))", row["fields_read_in_stored_text"])
        columns = [one.partition("(") for one in named if one]
        place = shipped[code]
        whole = {CELLS[column] for column, bracket, _ in columns if not bracket}
        part = {CELLS[column] for column, bracket, _ in columns if bracket}
        assert (code, set(place.get("checked", ()))) == (code, whole)
        assert (code, set(place.get("partly", ()))) == (code, part)
