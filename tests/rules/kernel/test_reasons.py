"""Why a person did something: one line that can be read."""

import pytest

from netterms.kernel.mends import Mend
from netterms.kernel.reasons import LONGEST_REASON, checked_reason
from netterms.kernel.refusal import Code, Refusal


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  The bank asked for it. ", "The bank asked for it."),
        ("First line\r\nsecond\tline", "First line second line"),
        ("银行要求\u3000已确认", "银行要求 已确认"),
        ("x" * LONGEST_REASON, "x" * LONGEST_REASON),
    ],
)
def test_a_reason_is_one_line(given, kept):
    assert checked_reason(given) == kept


@pytest.mark.parametrize(
    ("given", "mend"),
    [
        ("", Mend.SAY_WHY),
        (" \n\t ", Mend.SAY_WHY),
        ("x" * (LONGEST_REASON + 1), Mend.CHARACTERS),
        ("a\0b", Mend.CHARACTERS),
        ("a\ud800b", Mend.CHARACTERS),
    ],
)
def test_what_is_no_reason_is_refused_with_its_mend(given, mend):
    with pytest.raises(Refusal) as refused:
        checked_reason(given, "reason")
    assert refused.value.code is Code.VALUE_INVALID
    assert refused.value.facts["field"] == "reason"
    assert refused.value.facts["mend"] is mend


def test_a_draft_needs_no_reason_but_a_readable_one():
    assert checked_reason(" ", least=0) == ""
    with pytest.raises(Refusal):
        checked_reason("a\0b", least=0)


def test_a_room_may_keep_less():
    assert checked_reason("x" * 200, most=200) == "x" * 200
    with pytest.raises(Refusal) as refused:
        checked_reason("x" * 201, most=200)
    assert refused.value.facts["most"] == 200
