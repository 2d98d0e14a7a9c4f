"""One company twice in the book: found, decided by a person, and taken back without a trace."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from netterms.buyers import particulars
from netterms.buyers.actions import BuyerFacts, Introduction, introduce, update_facts
from netterms.buyers.duplicates import find_duplicates, merge, not_the_same, pairs, unmerge
from netterms.buyers.insolvency import Notice, NoticeKind, notices_of, record_notice
from netterms.buyers.queries import buyer as buyer_of
from netterms.buyers.queries import search
from netterms.kernel.ids import new_id
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book
from tests.actions.small_book import kinds, put, rows

NAMES = {
    "1": "Nordwind Handels GmbH",
    "2": "NORDWIND HANDEL AG",
    "3": "Südwind Logistik",
    "4": "Bank of China",
    "5": "Bank of Chad",
    "6": "深圳市腾讯计算机系统有限公司",
    "7": "深圳市腾讯计算机系统",
}


@pytest.fixture
def named(ctx):
    found = {}
    for number in NAMES:
        found[number], _ = put(ctx, number, f"A{number}", 100, due_on=date(2026, 3, 1))
    with book(ctx):
        for number, name in NAMES.items():
            sql.execute(
                "update buyer set name = %(name)s, email = '' where buyer_number = %(n)s",
                {"name": name, "n": number},
            )
    return found


def proposed(ctx):
    return {
        frozenset((pair.one.buyer_number, pair.other.buyer_number)): pair for pair in pairs(ctx)
    }


def facts(ctx):
    """All that a merge could touch, and all that it must not."""
    return [
        rows(ctx, f"select * from {table} order by 1, 2, 3")
        for table in ("buyer", "buyer_alias", "invoice", "journal_entry", "credit_line")
    ]


def test_like_names_and_same_numbers_are_proposed_once(ctx, named):
    particulars.add_identifier(ctx, named["3"], "duns", "150483782")
    particulars.add_identifier(ctx, named["5"], "duns", "150483782")
    assert find_duplicates(ctx)["new"] == 3
    found = proposed(ctx)
    assert set(found) == {frozenset("12"), frozenset("67"), frozenset("35")}
    assert found[frozenset("35")].reasons[0] == "identifier"
    assert found[frozenset("67")].score == 98
    assert find_duplicates(ctx)["new"] == 0


def test_what_does_not_hold_any_more_is_no_proposal(ctx, named):
    find_duplicates(ctx)
    with book(ctx):
        sql.execute("update buyer set name = 'Boreas' where buyer_number = '2'")
    find_duplicates(ctx)
    assert set(proposed(ctx)) == {frozenset("67")}


def test_what_a_person_said_is_not_asked_again(ctx, named):
    find_duplicates(ctx)
    not_the_same(ctx, named["1"], named["2"])
    find_duplicates(ctx)
    assert set(proposed(ctx)) == {frozenset("67")}
    [refused] = pairs(ctx, "refused")
    assert (refused.decided_by, refused.decided_on) == ("test", ctx.today)
    assert kinds(ctx).count("buyers.duplicate_refused") == 1


def test_a_merge_moves_no_paper_and_is_taken_back_whole(ctx, named):
    find_duplicates(ctx)
    search(ctx, "Nordwind")
    before = facts(ctx)
    merge(ctx, named["1"], named["2"], "same company")
    _, _, *papers = before
    assert facts(ctx)[2:] == papers
    # Whoever looks for the one finds the other, once.
    assert [f.id for f in search(ctx, "NORDWIND HANDEL")] == [named["1"]]
    assert [f.id for f in search(ctx, "2")] == [named["1"]]
    assert set(proposed(ctx)) == {frozenset("67")}
    [merged] = pairs(ctx, "merged")
    assert merged.merged_into == named["1"]
    [line] = rows(ctx, "select parent_id from buyer where buyer_number = '2'")
    assert line["parent_id"] == named["1"]
    unmerge(ctx, named["2"])
    assert facts(ctx) == before
    assert set(proposed(ctx)) == {frozenset("12"), frozenset("67")}
    found = {f.id for f in search(ctx, "NORDWIND HANDEL")}
    assert found == {named["1"], named["2"]}
    with pytest.raises(Refusal) as refused:
        unmerge(ctx, named["2"])
    assert refused.value.code is Code.NOT_FOUND
    assert kinds(ctx).count("buyers.buyers_merged") == 1
    assert kinds(ctx).count("buyers.buyers_unmerged") == 1


def test_an_insolvency_of_the_one_that_goes_is_one_of_the_one_that_stays(ctx, named):
    """The two are one company; the one that stays would buy on credit on."""
    day = ctx.today - timedelta(days=3)
    update_facts(ctx, [BuyerFacts("2", insolvent_on=day)])
    sign = Notice(NoticeKind.SIGN, day, "The Gazette", "4711", "petition")
    for number in ("1", "2"):
        record_notice(ctx, named[number], sign)
    record_notice(ctx, named["2"], Notice(NoticeKind.SIGN, day, "a supplier"))
    merge(ctx, named["1"], named["2"], "same")
    assert buyer_of(ctx, named["1"]).insolvent_on == day
    found = [(one.kind, one.source) for one in notices_of(ctx, named["1"])]
    assert sorted(found) == [("opened", ""), ("sign", "The Gazette"), ("sign", "a supplier")]
    [told] = rows(
        ctx,
        "select facts from event where kind = 'buyers.buyer_insolvent' and subject_id = %(id)s",
        id=named["1"],
    )
    assert told["facts"]["insolvent_on"] == day.isoformat()
    unmerge(ctx, named["2"])
    assert buyer_of(ctx, named["1"]).insolvent_on is None
    assert buyer_of(ctx, named["2"]).insolvent_on == day
    standing = [one for one in notices_of(ctx, named["1"]) if one.withdrawn_on is None]
    assert [one.source for one in standing] == ["The Gazette"]


def test_who_introduces_itself_by_a_merged_number_is_served_as_the_other(ctx, named):
    told = Introduction("DE", "HRB 1", "Nordwind")
    opened = introduce(ctx, told)
    merge(ctx, named["1"], opened.id, "same")
    again = introduce(ctx, told)
    assert (again.id, again.new) == (named["1"], False)


@pytest.mark.parametrize(("keep", "gone"), [("1", "1"), ("3", "2"), ("2", "3"), ("3", "1")])
def test_a_merge_into_itself_or_with_a_merged_one_is_refused(ctx, named, keep, gone):
    merge(ctx, named["1"], named["2"], "same")
    before = facts(ctx)
    with pytest.raises(Refusal) as refused:
        merge(ctx, named[keep], named[gone], "same")
    assert refused.value.code is Code.VALUE_INVALID
    assert facts(ctx) == before


def test_nothing_is_merged_with_another_sellers_buyer(ctx, named, new_seller):
    other = new_seller()
    for act in (
        lambda: merge(other, named["1"], named["2"], "x"),
        lambda: not_the_same(other, named["1"], named["2"]),
        lambda: unmerge(other, named["2"]),
        lambda: merge(ctx, named["1"], new_id(ctx.now), "x"),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code is Code.NOT_FOUND
    find_duplicates(ctx)
    assert pairs(other) == []
