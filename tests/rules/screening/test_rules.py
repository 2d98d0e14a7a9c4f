"""What speaks for and against the same party, and what people may do with a hit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.kernel.moves import after
from netterms.kernel.refusal import Code, Refusal
from netterms.screening.moves import HIT_MOVES, UNDECIDED, HitMove, HitState
from netterms.screening.rules import SAME_NUMBER, THRESHOLD, Party, Point, match

COUNTRIES = st.sampled_from(["", "DE", "IR", "RU"])


def of(similarity, **told):
    facts = {"same_number": False, "buyer_country": "", "countries": (), "party": Party.COMPANY}
    return match(similarity, **facts | told)


def test_the_same_number_is_the_same_party_whatever_its_name():
    assert of(0, same_number=True, buyer_country="DE", countries=("IR",)).score == SAME_NUMBER


def test_another_country_takes_points_and_the_same_is_said():
    assert of(95, buyer_country="DE", countries=("IR",)).score == 89
    found = of(95, buyer_country="IR", countries=("IR", "AE"))
    assert (found.score, found.points[Point.SAME_COUNTRY]) == (95, 0)
    # What is not known speaks neither for nor against.
    assert of(95, buyer_country="", countries=("IR",)).points == {Point.NAME: 95}


def test_a_person_with_exactly_the_name_is_still_looked_at():
    assert of(100, party=Party.PERSON).score >= THRESHOLD


@given(st.integers(0, 100), st.booleans(), COUNTRIES, st.lists(COUNTRIES), st.sampled_from(Party))
def test_a_score_is_between_0_and_100_and_grows_with_likeness(alike, number, home, known, party):
    told = {"same_number": number, "buyer_country": home, "countries": known, "party": party}
    scores = [of(n, **told).score for n in (0, alike, 100)]
    assert 0 <= scores[0] <= scores[1] <= scores[2] <= 100


def test_two_people_decide():
    proposed = after(HIT_MOVES, HitState.OPEN, HitMove.PROPOSE_CLEAR)
    assert after(HIT_MOVES, proposed, HitMove.AGREE) is HitState.CLEARED
    assert after(HIT_MOVES, proposed, HitMove.DISAGREE) is HitState.OPEN
    # Nobody decides alone, and nothing is decided that was not proposed.
    for state in (HitState.OPEN, HitState.GONE):
        with pytest.raises(Refusal) as refused:
            after(HIT_MOVES, state, HitMove.AGREE)
        assert refused.value.code is Code.MOVE_NOT_ALLOWED
    assert not {HitState.CLEARED, HitState.CONFIRMED, HitState.GONE} & set(UNDECIDED)
