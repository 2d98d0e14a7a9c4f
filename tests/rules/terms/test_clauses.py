"""Clause sheets: complete in every language, careful in every country."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from netterms.terms.clauses import (
    Choice,
    Clause,
    Forum,
    Without,
    language_of,
    languages,
    parts,
    said,
    word,
)
from netterms.terms.jurisdictions import Cell, Standing, jurisdictions

PLACES = jurisdictions()
CHOICES = (
    Choice(30),
    Choice(0, Forum.ARBITRATION, Decimal("8.50"), "ICC", "Geneva"),
)


def sheet(country, choice, language):
    place = PLACES[country]
    found = {
        part.clause: said(part, language, place, choice, law="X", fixed_sum="Y")
        for part in parts(place, choice)
    }
    assert set(found) == set(Clause)
    return found


@pytest.mark.parametrize("language", languages())
def test_every_country_has_a_sheet_without_a_gap(language):
    for country in PLACES:
        for choice in CHOICES:
            for clause, text in sheet(country, choice, language).items():
                assert not re.search(r"[{}]|None|\(\)", text), (country, clause, text)
                if clause in (Clause.PAYMENT, Clause.DISPUTE, Clause.LAW):
                    assert text


def test_all_languages_have_the_same_texts():
    assert languages() == ["en", "zh", "de", "fr", "es", "it", "pt", "nl"]
    for language in languages():
        for name in ("title", "notice", "unverified"):
            assert word(name, language)
    assert len({word("payment", language) for language in languages()}) == len(languages())


def test_a_letter_language_without_a_sheet_is_english():
    assert [language_of(code) for code in ("zh-Hant", "pt", "ja")] == ["zh", "pt", "en"]


def without(country, choice=CHOICES[0]):
    return {part.clause: part.without for part in parts(PLACES[country], choice)}


def test_what_cannot_stand_is_left_out_with_the_reason():
    assert without("SA")[Clause.INTEREST] is Without.NOT_ENFORCEABLE
    assert without("SA", CHOICES[1])[Clause.INTEREST] is Without.NOT_ENFORCEABLE
    assert without("US")[Clause.INTEREST] is Without.NO_RATE
    assert without("CN")[Clause.INTEREST] is Without.SCOPE
    assert without("DK")[Clause.RETENTION] is Without.WEAK
    assert without("UY")[Clause.RETENTION] is Without.NONE_KNOWN
    assert without("GB", CHOICES[1])[Clause.COMPENSATION] is Without.NONE_KNOWN
    assert without("GB")[Clause.COMPENSATION] is None


def test_rates_stand_in_the_sheet_as_they_are():
    assert "9 percentage points" in sheet("DE", CHOICES[0], "en")[Clause.INTEREST]
    assert "5 % a year" in sheet("CH", CHOICES[0], "en")[Clause.INTEREST]
    assert "8.5 %" in sheet("DE", CHOICES[1], "en")[Clause.INTEREST]
    assert "statutory rate of its country" in sheet("TR", CHOICES[0], "en")[Clause.INTEREST]
    assert "assigns" in sheet("DE", CHOICES[0], "en")[Clause.RETENTION]


def test_a_clause_on_what_nobody_read_is_marked():
    for country, place in PLACES.items():
        for part in parts(place, CHOICES[0]):
            checked = all(place.standing(cell) is Standing.CHECKED for cell in part.cells)
            assert part.unverified is not checked, (country, part.clause)
    germany = {part.clause: part.unverified for part in parts(PLACES["DE"], CHOICES[0])}
    assert germany[Clause.RETENTION] is False
    assert PLACES["DE"].standing(Cell.INTEREST) is Standing.UNVERIFIED
    assert germany[Clause.INTEREST] is True
