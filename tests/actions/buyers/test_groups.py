"""Who belongs to whom: the tree from the ultimate parent down, and no company below itself."""

from __future__ import annotations

from datetime import date

import pytest

from netterms.buyers.actions import BuyerFacts, Introduction, introduce, update_facts
from netterms.buyers.duplicates import merge
from netterms.buyers.groups import group_of, set_parent, stands_below
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from tests.actions.small_book import kinds, put, rows


@pytest.fixture
def four(ctx):
    """Top, its two daughters, and a daughter of the first."""
    found = [put(ctx, number, f"A{number}", 100, due_on=date(2026, 3, 1))[0] for number in "1234"]
    for lower, upper in ((1, 0), (2, 0), (3, 1)):
        set_parent(ctx, found[lower], found[upper])
    return found


def test_a_group_is_a_tree_from_the_ultimate_parent_down(ctx, four):
    for one in four:
        tree = group_of(ctx, one)
        assert [(m.id, m.depth) for m in tree] == [
            (four[0], 0), (four[1], 1), (four[3], 2), (four[2], 1),
        ]  # fmt: skip
    assert tree[1].parent_id == four[0]
    assert stands_below(ctx, four[3], four[0])
    assert not stands_below(ctx, four[0], four[3])


def test_a_parent_is_taken_away_and_tells_caps(ctx, four):
    set_parent(ctx, four[1], None)
    assert [m.id for m in group_of(ctx, four[3])] == [four[1], four[3]]
    assert [m.id for m in group_of(ctx, four[0])] == [four[0], four[2]]
    assert kinds(ctx).count("buyers.buyers_regrouped") == 4
    set_parent(ctx, four[1], None)
    assert kinds(ctx).count("buyers.buyers_regrouped") == 4


def test_no_company_stands_below_itself(ctx, four):
    before = kinds(ctx)
    for lower, upper in ((0, 3), (0, 1), (1, 3)):
        with pytest.raises(Refusal) as refused:
            set_parent(ctx, four[lower], four[upper])
        assert refused.value.facts["mend"] is Mend.NOT_BELOW_IT
    with pytest.raises(Refusal) as refused:
        update_facts(ctx, [BuyerFacts("1", parent="2"), BuyerFacts("2", parent="1")])
    assert refused.value.facts["mend"] is Mend.NOT_BELOW_IT
    with pytest.raises(Refusal):
        merge(ctx, four[3], four[0], "a company cannot be one that stands below it")
    assert kinds(ctx) == before


def test_only_buyers_of_the_seller_have_groups(ctx, new_seller, four):
    other = new_seller("Other")
    for act in (
        lambda: group_of(other, four[0]),
        lambda: set_parent(other, four[0], None),
        lambda: set_parent(ctx, four[0], new_id(ctx.now)),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code is Code.NOT_FOUND


def test_a_loop_of_an_older_book_is_shown_and_ends(ctx, four):
    from netterms.store import sql
    from netterms.store.tenancy import book

    with book(ctx):
        sql.execute("update buyer set parent_id = %(p)s where id = %(b)s",
                    {"p": four[3], "b": four[0]})  # fmt: skip
    assert {m.id for m in group_of(ctx, four[1])} == set(four)


def test_a_country_stands_fast_where_a_register_number_is_of_it(ctx, four):
    update_facts(ctx, [BuyerFacts("1", country="FR", email="a@b.example")])
    assert rows(ctx, "select country from buyer where buyer_number = '1'")[0]["country"] == "FR"
    introduce(ctx, Introduction("FR", "732829320", "Bor\u00e9e SA"))
    with pytest.raises(Refusal) as refused:
        update_facts(ctx, [BuyerFacts("FR-732829320", country="DE")])
    assert refused.value.facts["allowed"] == "FR"
    for field, value, mend in (
        ("email", "nobody", Mend.EMAIL),
        ("country", "x", Mend.COUNTRY_CODE),
        ("country", "UK", Mend.COUNTRY_CODE),
    ):
        with pytest.raises(Refusal) as refused:
            update_facts(ctx, [BuyerFacts("1", **{field: value})])
        assert (refused.value.facts["field"], refused.value.facts["mend"]) == (field, mend)
