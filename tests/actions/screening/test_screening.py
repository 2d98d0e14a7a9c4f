"""Buyers against lists: found, looked at again when either changes, decided by two people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from netterms.buyers.actions import Introduction, introduce, mark_sanctioned
from netterms.buyers.duplicates import merge, unmerge
from netterms.buyers.particulars import AliasKind, add_alias, add_identifier
from netterms.kernel.context import Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.lines import LineStatus, LineTerms, set_line
from netterms.limits.queries import lines_of
from netterms.screening import actions, queries
from netterms.screening.actions import decide, propose, screen_buyer, screen_buyers
from netterms.screening.moves import HitState
from netterms.screening.rules import ListKind
from netterms.store import sql
from netterms.store.tenancy import book
from tests.actions.screening.conftest import HERON, PERSON, STORK
from tests.actions.small_book import kinds, rows

LEI = "5493001KJTIIGC8Y1R12"


def buyer(ctx, name, country="DE", number="X1"):
    return introduce(ctx, Introduction(country, number, name)).id


def rename(ctx, buyer_id, name):
    with book(ctx):
        sql.execute(
            "update buyer set name = %(name)s where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": buyer_id, "name": name},
        )


def states(ctx, buyer_id):
    return [(hit.entry_id, hit.state) for hit in queries.hits_of(ctx, buyer_id)]


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Blue Heron Shipping LLC", "IR"),
        ("BLUE  HERON SHIPPING GmbH", "IR"),
        ("Shipping Blue Heron", ""),
        ("Blue Herron Shipping Ltd.", "IR"),
        ("青鹭航运", "IR"),
        ("Blue Heron Lines", "AE"),
    ],
)
def test_spellings_of_a_listed_name_are_found(ctx, load, name, country):
    load(HERON, STORK)
    found = buyer(ctx, name, country or "IR")
    assert screen_buyers(ctx) == {"buyers": 1, "found": 1, "gone": 0}
    [hit] = queries.hits_of(ctx, found)
    assert (hit.entry_id, hit.state, hit.listed_name in HERON.names) == (
        "9001",
        HitState.OPEN,
        True,
    )
    assert kinds(ctx)[-1] == "screening.hit_found"


def test_other_scripts_are_found(ctx, load):
    load(HERON, STORK)
    found = buyer(ctx, "Belyi Aist Demo", "BY")
    screen_buyers(ctx)
    assert states(ctx, found) == [("9002", HitState.OPEN)]


@pytest.mark.parametrize("name", ["Red Kite Bakery", "Green Valley Dairy", "青岛食品有限公司"])
def test_others_are_not(ctx, load, name):
    load(HERON, STORK, PERSON)
    buyer(ctx, name)
    assert screen_buyers(ctx) == {"buyers": 1, "found": 0, "gone": 0}


def test_the_same_number_is_found_whatever_the_name(ctx, load):
    load(replace(HERON, numbers=(f"LEI {LEI}", "IR 103204455")))
    found = buyer(ctx, "Quite Another Name", "IR", "IR-1032.04455")
    screen_buyers(ctx)
    [hit] = queries.hits_of(ctx, found)
    assert (hit.score, hit.points["number"]) == (100, 100)


def test_other_names_and_numbers_of_a_buyer_are_held_against_the_lists(ctx, load):
    load(HERON)
    found = buyer(ctx, "Red Kite Bakery", "IR")
    assert screen_buyers(ctx)["found"] == 0
    add_alias(ctx, found, "青鹭航运有限公司", AliasKind.SCRIPT)
    assert screen_buyers(ctx) == {"buyers": 1, "found": 1, "gone": 0}
    [hit] = queries.hits_of(ctx, found)
    assert hit.listed_name == "青鹭航运有限公司"
    other = buyer(ctx, "Grey Gull Bakery", "IR", "X3")
    add_identifier(ctx, other, "tax", "IR103204455", "IR")
    screen_buyers(ctx)
    [hit] = queries.hits_of(ctx, other)
    assert hit.score == 100


def test_who_was_looked_at_is_not_looked_at_again_until_buyer_or_list_changes(ctx, load):
    load(HERON)
    found = buyer(ctx, "Red Kite Bakery")
    assert screen_buyers(ctx)["buyers"] == 1
    assert screen_buyers(ctx)["buyers"] == 0
    rename(ctx, found, "Blue Heron Lines")
    assert screen_buyers(ctx) == {"buyers": 1, "found": 1, "gone": 0}
    load(STORK)
    assert screen_buyers(ctx) == {"buyers": 1, "found": 0, "gone": 1}
    assert states(ctx, found) == [("9001", HitState.GONE)]
    load(HERON, STORK)
    assert screen_buyers(ctx) == {"buyers": 1, "found": 1, "gone": 0}


def test_lists_of_several_publishers_are_in_force_together(ctx, load):
    load(HERON)
    load(replace(HERON, id="U1"), kind=ListKind.UN)
    found = buyer(ctx, "Blue Heron Lines", "IR")
    screen_buyers(ctx)
    assert {(h.kind, h.entry_id) for h in queries.hits_of(ctx, found)} == {
        ("ofac", "9001"), ("un", "U1"),
    }  # fmt: skip
    assert [each.kind for each in queries.lists_in_force()] == ["ofac", "un"]


def test_a_list_of_one_seller_is_not_held_against_the_buyers_of_another(ctx, load, new_seller):
    load(HERON, for_all=False)
    neighbour = new_seller()
    for each in (ctx, neighbour):
        buyer(each, "Blue Heron Lines", "IR")
    assert screen_buyers(ctx)["found"] == 1
    assert screen_buyers(neighbour) == {"buyers": 0, "found": 0, "gone": 0}
    assert queries.lists_in_force(neighbour.seller) == []
    assert queries.standing(neighbour).screened == 0
    # Lists that all share come beside it, and one of its kind replaces it.
    load(STORK, kind=ListKind.UN)
    assert screen_buyers(ctx)["gone"] == 0
    assert screen_buyers(neighbour) == {"buyers": 1, "found": 0, "gone": 0}
    load(STORK)
    assert screen_buyers(ctx)["gone"] == 1


def test_loading_the_same_file_again_changes_nothing(ctx, load):
    first = load(HERON, STORK, sha="a" * 64)
    assert (first.entries, first.new, first.repeated) == (2, 2, False)
    assert load(HERON, STORK, sha="a" * 64).repeated
    later = load(replace(HERON, countries=("SY",)), PERSON, sha="b" * 64)
    assert (later.new, later.changed, later.removed) == (1, 1, 1)


def other(ctx):
    return replace(ctx, actor="second")


def test_one_proposes_and_another_one_decides(ctx, load):
    load(HERON)
    found = buyer(ctx, "Blue Heron Lines", "IR")
    screen_buyers(ctx)
    with book(ctx):
        set_line(ctx, found, "EUR", LineTerms(100_000), "test")
    [hit] = queries.undecided(ctx, most=10)
    propose(ctx, hit.id, same=True, why="same address")
    with pytest.raises(Refusal) as refused:
        decide(ctx, hit.id, agree=True)
    assert refused.value.code is Code.SAME_PERSON
    assert lines_of(ctx, found)["EUR"].terms.status is LineStatus.OPEN
    decide(other(ctx), hit.id, agree=True)
    [line] = rows(ctx, "select sanctions_hit from buyer")
    assert line == {"sanctions_hit": True}
    # No order of it from now on.
    assert lines_of(ctx, found)["EUR"].terms.status is LineStatus.ON_HOLD
    assert queries.undecided(ctx, most=10) == []
    told = queries.hit(ctx, hit.id)
    assert (told.state, told.proposed_by, told.decided_by, told.why) == (
        HitState.CONFIRMED, "test", "second", "same address",
    )  # fmt: skip
    # An error is mended by two as well.
    propose(other(ctx), hit.id, same=False, why="another company after all")
    assert rows(ctx, "select sanctions_hit from buyer") == [{"sanctions_hit": True}]
    decide(ctx, hit.id, agree=True)
    assert rows(ctx, "select sanctions_hit from buyer") == [{"sanctions_hit": False}]


def test_who_does_not_agree_opens_it_again(ctx, load):
    load(HERON)
    found = buyer(ctx, "Blue Heron Lines", "IR")
    screen_buyers(ctx)
    [hit] = queries.undecided(ctx, most=10)
    propose(ctx, hit.id, same=False, why="other city")
    decide(other(ctx), hit.id, agree=False)
    assert states(ctx, found) == [("9001", HitState.OPEN)]
    assert queries.hit(ctx, hit.id).why == ""


def test_a_cleared_hit_stays_cleared_until_buyer_or_entry_changes(ctx, load):
    load(HERON)
    found = buyer(ctx, "Blue Heron Lines", "IR")
    screen_buyers(ctx)
    [hit] = queries.undecided(ctx, most=10)
    propose(ctx, hit.id, same=False, why="other city")
    decide(other(ctx), hit.id, agree=True)
    load(HERON, STORK)
    assert screen_buyers(ctx)["found"] == 0
    assert states(ctx, found) == [("9001", HitState.CLEARED)]
    load(replace(HERON, numbers=("77",)))
    assert screen_buyers(ctx)["found"] == 1
    assert states(ctx, found) == [("9001", HitState.OPEN)]


def test_refusals_name_what_to_mend(ctx, load):
    load(HERON)
    buyer(ctx, "Blue Heron Lines", "IR")
    screen_buyers(ctx)
    [hit] = queries.undecided(ctx, most=10)
    with pytest.raises(Refusal) as refused:
        propose(ctx, hit.id, same=True, why=" ")
    assert (refused.value.code, refused.value.facts["field"]) == (Code.VALUE_INVALID, "why")
    with pytest.raises(Refusal) as refused:
        decide(ctx, ctx.seller, agree=True)
    assert refused.value.code is Code.NOT_FOUND
    with pytest.raises(Refusal) as refused:
        propose(replace(ctx, may=frozenset({Permission.READ})), hit.id, same=True, why="x")
    assert refused.value.code is Code.NOT_ALLOWED


def test_nothing_is_said_while_no_list_is_loaded(ctx):
    found = buyer(ctx, "Blue Heron Lines")
    assert screen_buyer(ctx, found) is None
    assert screen_buyers(ctx) == {"buyers": 0, "found": 0, "gone": 0}


def test_one_buyer_is_screened_at_once(ctx, load):
    load(HERON)
    bad, good = buyer(ctx, "Blue Heron Lines", "IR"), buyer(ctx, "Red Kite Bakery", number="X2")
    assert screen_buyer(ctx, bad) is True
    assert screen_buyer(ctx, good) is False
    [hit] = queries.hits_of(ctx, bad)
    propose(ctx, hit.id, same=False, why="other city")
    assert screen_buyer(ctx, bad) is True
    decide(other(ctx), hit.id, agree=True)
    assert screen_buyer(ctx, bad) is False


def test_a_buyer_that_changes_while_it_is_compared_is_left_for_the_next_time(
    ctx, load, monkeypatch
):
    load(HERON)
    found = buyer(ctx, "Red Kite Bakery")
    compare = actions._hits

    def slowly(waiting, lists):
        rename(ctx, found, "Blue Heron Lines")
        return compare(waiting, lists)

    monkeypatch.setattr(actions, "_hits", slowly)
    assert screen_buyers(ctx) == {"buyers": 0, "found": 0, "gone": 0}
    monkeypatch.undo()
    assert screen_buyers(ctx) == {"buyers": 1, "found": 1, "gone": 0}


def test_sellers_do_not_see_each_others_hits(ctx, new_seller, load):
    load(HERON)
    found = buyer(ctx, "Blue Heron Lines", "IR")
    screen_buyers(ctx)
    stranger = new_seller()
    assert queries.undecided(stranger, most=10) == []
    [hit] = queries.hits_of(ctx, found)
    with pytest.raises(Refusal) as refused:
        propose(stranger, hit.id, same=True, why="x")
    assert refused.value.code is Code.NOT_FOUND


def test_a_load_cannot_be_changed_by_the_application(ctx, load):
    load(HERON)
    for text in ("update watchlist set title = 'x'", "delete from watchlist_entry"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            sql.execute(text)


def test_a_decision_by_one_person_cannot_be_written(ctx, load):
    load(HERON)
    buyer(ctx, "Blue Heron Lines", "IR")
    screen_buyers(ctx)
    with pytest.raises(DatabaseError, match="check constraint"), book(ctx):
        sql.execute(
            "update screening_hit set state = 'cleared', proposed_by = 'a', decided_by = 'a',"
            " decided_on = %(day)s where seller_id = %(seller)s",
            {"seller": ctx.seller, "day": date(2026, 6, 1)},
        )


def test_no_line_is_opened_for_a_sanctioned_buyer(ctx):
    found = buyer(ctx, "Red Kite Bakery")
    with book(ctx):
        mark_sanctioned(ctx, [found], hit=True)
    with pytest.raises(Refusal) as refused, book(ctx):
        set_line(ctx, found, "EUR", LineTerms(100), "test")
    assert refused.value.facts["mend"] == "keep_shut"


def sanctioned(ctx):
    found = rows(ctx, "select name from buyer where sanctions_hit order by name")
    return [line["name"] for line in found]


def test_merged_buyers_are_one_company_to_the_lists(ctx, load):
    load(HERON)
    stays = buyer(ctx, "Red Kite Bakery")
    gone = buyer(ctx, "Blue Heron Lines", "IR", "X2")
    screen_buyers(ctx)
    with book(ctx):
        set_line(ctx, stays, "EUR", LineTerms(100_000), "test")
    [hit] = queries.hits_of(ctx, gone)
    propose(ctx, hit.id, same=True, why="same address")
    decide(other(ctx), hit.id, agree=True)
    assert sanctioned(ctx) == ["Blue Heron Lines"]
    merge(ctx, stays, gone, "one tax number")
    assert sanctioned(ctx) == ["Blue Heron Lines", "Red Kite Bakery"]
    assert lines_of(ctx, stays)["EUR"].terms.status is LineStatus.ON_HOLD
    unmerge(ctx, gone)
    assert sanctioned(ctx) == ["Blue Heron Lines"]
    # What is decided while they are one holds for both, too.
    merge(ctx, stays, gone, "one tax number after all")
    propose(ctx, hit.id, same=False, why="another company")
    decide(other(ctx), hit.id, agree=True)
    assert sanctioned(ctx) == []
