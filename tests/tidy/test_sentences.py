"""Every refusal says something a person can act on."""

from __future__ import annotations

import pytest

from netterms.doors.look.sentences import SENTENCES, sentence
from netterms.kernel.refusal import Code, Refusal


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_sentence_that_never_breaks(code):
    said = sentence(Refusal(code))
    assert said.endswith(".")
    assert "%(" not in said


def test_there_is_no_sentence_without_a_code():
    assert set(SENTENCES) == set(Code)


def test_facts_and_what_mends_are_in_the_sentence():
    no = Refusal(Code.VALUE_INVALID, field="grade", value="11", mend="1 to 10.")
    assert sentence(no) == "11 is not a valid value for grade. To mend it: 1 to 10."


def test_long_lists_are_cut():
    said = sentence(Refusal(Code.CONFLICTING_NUMBER, rows=list(range(100)), numbers=["A"]))
    assert "0, 1, 2, 3, 4, …" in said
