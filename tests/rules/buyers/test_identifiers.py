"""Numbers of companies, of every kind and country: one spelling, and check digits."""

from __future__ import annotations

from importlib import import_module

import pytest

from netterms.buyers import identifiers
from netterms.buyers.identifiers import CHECKED, KINDS, identifier
from netterms.buyers.numbers import NumberCheck
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal


@pytest.mark.parametrize(
    ("kind", "country", "module"),
    [(kind, country, name) for kind, by in CHECKED.items() for country, name in by.items()],
)
def test_every_kind_and_country_has_a_module_that_reads_it(kind, country, module):
    known = import_module(f"stdnum.{module}")
    assert callable(known.is_valid)
    assert callable(known.compact)
    with pytest.raises(Refusal) as refused:
        identifier(kind, country, "!x!" * 3)
    assert refused.value.facts["field"] == "identifier"


@pytest.mark.parametrize(
    ("kind", "country", "value", "kept"),
    [
        ("vat", "DE", "DE 136.695 976", "136695976"),
        ("vat", "FR", "FR 40 303 265 045", "40303265045"),
        ("vat", "NL", "NL4495445B01", "004495445B01"),
        ("lei", "", "213800kud8l8s6ibo0 36".replace(" ", ""), None),
        ("siren", "", "552 008 443", "552008443"),
        ("siret", "FR", "73282932000074", "73282932000074"),
        ("uscc", "", "91110000600037341L", "91110000600037341L"),
        ("abn", "", "83 914 571 673", "83914571673"),
        ("cnpj", "", "16.727.230/0001-97", "16727230000197"),
        ("ein", "", "91-1144442", "911144442"),
        ("gstin", "IN", "27AAPFU0939F1ZV", "27AAPFU0939F1ZV"),
        ("companies_house", "", "445790", "00445790"),
        ("companies_house", "GB", "sc 123456", "SC123456"),
        ("duns", "", "15-048-3782", "150483782"),
        ("registration", "DE", "HRB 4711", "HRB4711"),
    ],
)
def test_a_number_has_one_spelling(kind, country, value, kept):
    if kept is None:
        with pytest.raises(Refusal):
            identifier(kind, country, value)
        return
    found = identifier(kind, country, value)
    assert found.value == kept
    again = identifier(kind, found.country, found.value)
    assert again == found


def test_what_has_no_check_digits_is_unchecked():
    assert identifier("duns", "", "150483782").checked is NumberCheck.UNCHECKED
    assert identifier("vat", "US", "12-3456789").checked is NumberCheck.UNCHECKED
    assert identifier("vat", "DE", "136695976").checked is NumberCheck.VALID


@pytest.mark.parametrize(
    ("kind", "country", "value", "field", "mend"),
    [
        ("vat", "DE", "136695978", "identifier", Mend.CHECK_DIGITS),
        ("uscc", "CN", "91110000600037342L", "identifier", Mend.CHECK_DIGITS),
        ("duns", "", "123", "identifier", Mend.FITTING),
        ("duns", "", "  ", "identifier", Mend.LETTERS_AND_DIGITS),
        ("vat", "", "136695976", "country", Mend.COUNTRY_CODE),
        ("ein", "DE", "91-1144442", "country", Mend.ONE_OF),
        ("passport", "DE", "1", "kind", Mend.ONE_OF),
    ],
)
def test_a_wrong_number_is_refused_with_what_mends_it(kind, country, value, field, mend):
    with pytest.raises(Refusal) as refused:
        identifier(kind, country, value)
    assert refused.value.code is Code.VALUE_INVALID
    assert refused.value.facts["field"] == field
    assert refused.value.facts["mend"] is mend


def test_there_are_numbers_of_more_than_eighty_countries():
    countries = {country for by in CHECKED.values() for country in by} - {identifiers.EVERYWHERE}
    assert len(countries) > 80
    assert len(KINDS) == len(set(KINDS))
