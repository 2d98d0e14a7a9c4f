from __future__ import annotations

from babel import Locale

from netterms.kernel.countries import COUNTRIES

# What the Unicode consortium has beside countries: parts of some, groups of some, and none.
NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


def test_countries_are_those_that_the_unicode_consortium_knows():
    known = {code for code in Locale("en").territories if len(code) == 2 and code.isalpha()}
    assert known - NO_COUNTRIES == COUNTRIES
