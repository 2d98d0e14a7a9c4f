"""What is heard of an insolvency: kept from the day it is known, until it is taken back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from netterms.buyers.actions import BuyerFacts, update_facts
from netterms.buyers.insolvency import (
    Listed,
    Notice,
    NoticeKind,
    notices_of,
    record_answer,
    record_notice,
    record_notices,
    state_kind,
    withdraw_notice,
)
from netterms.buyers.ports import RegisteredCompany
from netterms.buyers.queries import buyer as buyer_of
from netterms.kernel.context import Permission
from netterms.kernel.refusal import Code, Refusal
from tests.actions.books import on
from tests.actions.small_book import kinds, put, rows

DAY = timedelta(days=1)
GAZETTE = Notice(NoticeKind.OPENED, date(2026, 5, 20), "The Gazette", "4711", "Winding-up order")


@pytest.fixture
def buyer(ctx):
    return put(ctx, "1", "A", 100, due_on=date(2026, 3, 1))[0]


def standing(ctx, buyer):
    return [one for one in notices_of(ctx, buyer) if one.withdrawn_on is None]


def test_opened_proceedings_are_the_day_of_insolvency_until_they_are_taken_back(ctx, buyer):
    sign = record_notice(ctx, buyer, replace(GAZETTE, kind=NoticeKind.SIGN), key="s")[0]
    assert buyer_of(ctx, buyer).insolvent_on is None
    opened, repeated = record_notice(ctx, buyer, GAZETTE, key="k")
    assert (repeated, record_notice(ctx, buyer, GAZETTE, key="k")) == (False, (opened, True))
    # The same told again, by another way, is the same.
    assert record_notice(ctx, buyer, GAZETTE)[0] == opened
    assert buyer_of(ctx, buyer).insolvent_on == GAZETTE.dated_on
    later = on(ctx, ctx.today + DAY)
    with pytest.raises(Refusal) as refused:
        withdraw_notice(later, opened, " ")
    assert refused.value.facts["field"] == "why"
    assert withdraw_notice(later, opened, "The court set it aside", key="w") is False
    assert withdraw_notice(later, opened, "The court set it aside", key="w") is True
    assert buyer_of(ctx, buyer).insolvent_on is None
    assert [one.id for one in standing(ctx, buyer)] == [sign]
    [gone] = [one for one in notices_of(ctx, buyer) if one.id == opened]
    assert (gone.withdrawn_on, gone.withdrawn_why) == (later.today, "The court set it aside")
    told = [kind for kind in kinds(ctx) if kind.startswith("buyers.insol")]
    assert told == ["buyers.insolvency_noticed"] * 2 + ["buyers.insolvency_withdrawn"]
    assert kinds(ctx).count("buyers.buyer_insolvent") == 1
    with pytest.raises(Refusal) as refused:
        withdraw_notice(later, opened, "again")
    assert refused.value.code is Code.NOT_FOUND


def test_a_day_entered_with_the_master_data_is_a_notice_and_the_last_day_told_counts(ctx, buyer):
    for day in (date(2026, 5, 1), date(2026, 5, 3)):
        update_facts(ctx, [BuyerFacts("1", insolvent_on=day)])
    [kept] = standing(ctx, buyer)
    assert (kept.kind, kept.dated_on, kept.source) == ("opened", date(2026, 5, 3), "")
    # The earliest that stands is the day.
    first = record_notice(ctx, buyer, replace(GAZETTE, dated_on=date(2026, 4, 1)))[0]
    assert buyer_of(ctx, buyer).insolvent_on == date(2026, 4, 1)
    withdraw_notice(ctx, first, "another company")
    assert buyer_of(ctx, buyer).insolvent_on == date(2026, 5, 3)


def test_a_later_day_of_the_master_data_changes_nothing_while_an_earlier_notice_stands(ctx, buyer):
    first = record_notice(ctx, buyer, replace(GAZETTE, dated_on=date(2026, 4, 1)))[0]
    later = BuyerFacts("1", insolvent_on=date(2026, 5, 3))
    assert update_facts(ctx, [later]) == 0
    assert buyer_of(ctx, buyer).insolvent_on == date(2026, 4, 1)
    # An earlier one counts, and can be made later again: as far as the notice.
    assert update_facts(ctx, [replace(later, insolvent_on=date(2026, 3, 1))]) == 1
    assert buyer_of(ctx, buyer).insolvent_on == date(2026, 3, 1)
    assert update_facts(ctx, [later]) == 1
    assert buyer_of(ctx, buyer).insolvent_on == date(2026, 4, 1)
    assert update_facts(ctx, [later]) == 0
    withdraw_notice(ctx, first, "another company")
    assert buyer_of(ctx, buyer).insolvent_on == date(2026, 5, 3)


def test_a_list_is_entered_whole_once_and_takes_back(ctx, buyer):
    other = put(ctx, "2", "B", 100, due_on=date(2026, 3, 1))[0]
    sign = Notice(NoticeKind.SIGN, date(2026, 5, 2), "gazette.csv", "9", "petition")
    lines = [Listed("1", GAZETTE), Listed("2", sign), Listed("2", replace(sign, reference="10"))]
    assert vars_of(record_notices(ctx, lines)) == (3, 0, 0)
    assert vars_of(record_notices(ctx, lines)) == (0, 3, 0)
    assert buyer_of(ctx, buyer).insolvent_on == GAZETTE.dated_on
    back = [replace(line, withdrawn="dismissed") for line in lines[:2]]
    assert vars_of(record_notices(ctx, [*back, lines[2]])) == (0, 1, 2)
    assert buyer_of(ctx, buyer).insolvent_on is None
    assert [one.reference for one in standing(ctx, other)] == ["10"]
    with pytest.raises(Refusal) as refused:
        record_notices(ctx, [Listed("1", sign), Listed("7", sign)])
    assert (refused.value.facts["field"], refused.value.facts["value"]) == ("buyer_number", "7")
    assert not standing(ctx, buyer)


def vars_of(entered):
    return entered.new, entered.known, entered.withdrawn


def test_a_registers_answer_is_kept_once_changed_and_withdrawn(ctx, buyer):
    told = RegisteredCompany("companies-house", "companies_house", "00000006", "A", status="active")
    assert record_answer(ctx, buyer, told) is None
    strike = replace(told, status_detail="active-proposal-to-strike-off")
    for _ in range(2):
        assert record_answer(ctx, buyer, strike) is NoticeKind.SIGN
    [kept] = standing(ctx, buyer)
    assert (kept.source, kept.reference) == ("companies-house", "00000006")
    assert kept.words == "active, active-proposal-to-strike-off"
    other = record_notice(ctx, buyer, replace(GAZETTE, kind=NoticeKind.SIGN))[0]
    later = on(ctx, ctx.today + DAY)
    assert record_answer(later, buyer, replace(told, status="liquidation")) is NoticeKind.OPENED
    assert buyer_of(ctx, buyer).insolvent_on == later.today
    assert {one.kind for one in standing(ctx, buyer)} == {"opened", "sign"}
    # The register takes back what it said, and nothing that others said.
    assert record_answer(later, buyer, told) is None
    assert [one.id for one in standing(ctx, buyer)] == [other]
    assert buyer_of(ctx, buyer).insolvent_on is None


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("active",), None),
        (("ACTIVE", ""), None),
        (("In Liquidation",), NoticeKind.OPENED),
        (("insolvency-proceedings", ""), NoticeKind.OPENED),
        (("active", "active-proposal-to-strike-off"), NoticeKind.SIGN),
        (("INACTIVE", "BANKRUPTCY"), NoticeKind.OPENED),
        (("INACTIVE",), NoticeKind.SIGN),
        (("破产清算",), NoticeKind.OPENED),
        (("converted-closed",), None),
    ],
)
def test_words_of_registers(words, kind):
    assert state_kind(*words) is kind


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"dated_on": date(2027, 1, 1)}, "dated_on"),
        ({"source": " "}, "source"),
        ({"reference": "x" * 201}, "reference"),
        ({"words": "a\nb"}, "note"),
    ],
)
def test_what_cannot_be_a_notice_is_refused_by_field(ctx, buyer, change, field):
    with pytest.raises(Refusal) as refused:
        record_notice(ctx, buyer, replace(GAZETTE, **change))
    assert refused.value.facts["field"] == field


def test_walls_and_permissions(ctx, new_seller, buyer):
    notice = record_notice(ctx, buyer, GAZETTE)[0]
    other = new_seller("Other")
    for act in (
        lambda: record_notice(other, buyer, GAZETTE),
        lambda: withdraw_notice(other, notice, "mine"),
        lambda: withdraw_notice(ctx, notice, "of another", of=notice),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code is Code.NOT_FOUND
    reader = replace(ctx, may=frozenset({Permission.READ}))
    for act in (
        lambda: record_notice(reader, buyer, GAZETTE),
        lambda: withdraw_notice(reader, notice, "no"),
        lambda: record_notices(reader, []),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code is Code.NOT_ALLOWED
    assert notices_of(other, buyer) == []
    assert len(rows(ctx, "select 1 from insolvency_notice")) == 1
