"""Registration numbers: one spelling, and check digits where there are any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.buyers.numbers import CHECKED, NumberCheck, check, normalised


@pytest.mark.parametrize(
    ("country", "typed", "stored", "said"),
    [
        ("FR", "552 008 443", "552008443", NumberCheck.VALID),
        ("FR", "552 008 444", "552008444", NumberCheck.INVALID),
        ("CN", "91110000600037341l", "91110000600037341L", NumberCheck.VALID),
        ("DK", "DK 13585628", "13585628", NumberCheck.VALID),
        ("DK", "13585628", "13585628", NumberCheck.VALID),
        ("CH", "CHE-100.155.212", "CHE100155212", NumberCheck.VALID),
        ("DE", "HRB 12345 B", "HRB12345B", NumberCheck.UNCHECKED),
        ("GB", "０１２３４５６７", "01234567", NumberCheck.UNCHECKED),
        ("DE", " -/. ", "", NumberCheck.UNCHECKED),
    ],
)
def test_one_spelling_and_what_the_digits_say(country, typed, stored, said):
    assert normalised(country, typed) == stored
    assert check(country, typed) is said


@given(st.sampled_from([*CHECKED, "DE", "US"]), st.text(max_size=60))
def test_any_text_has_one_spelling_and_keeps_its_verdict(country, typed):
    stored = normalised(country, typed)
    assert normalised(country, stored) == stored
    assert check(country, stored) is check(country, typed)
