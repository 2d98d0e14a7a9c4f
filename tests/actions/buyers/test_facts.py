"""Master data changes are checked, written once and told with before and after."""

from dataclasses import replace
from datetime import date

import pytest

from netterms.buyers.actions import BuyerFacts, update_facts
from netterms.buyers.queries import buyer
from netterms.kernel.context import Permission
from netterms.kernel.refusal import Code, Refusal
from tests.actions.small_book import kinds, put, rows

DUE = date(2026, 3, 1)


def test_facts_are_written_once_and_told(ctx):
    child, _ = put(ctx, "1", "A", 100, due_on=DUE)
    parent, _ = put(ctx, "2", "B", 100, due_on=DUE)
    told = BuyerFacts(
        "1",
        language="zh-hans",
        email="new@b1.example",
        key_account=True,
        insolvent_on=date(2026, 5, 1),
        parent="2",
    )
    assert update_facts(ctx, [told]) == 1
    found = buyer(ctx, child)
    assert (found.language, found.email, found.key_account) == ("zh-hans", "new@b1.example", True)
    assert found.insolvent_on == date(2026, 5, 1)
    [line] = rows(ctx, "select parent_id from buyer where buyer_number = '1'")
    assert line["parent_id"] == parent
    assert update_facts(ctx, [told]) == 0
    assert kinds(ctx).count("buyers.facts_updated") == 1
    assert kinds(ctx)[-1] == "buyers.buyer_insolvent"
    [event] = rows(ctx, "select facts from event where kind = 'buyers.facts_updated'")
    assert event["facts"]["before"]["language"] == "en"
    assert event["facts"]["after"]["email"] == "new@b1.example"


def test_none_leaves_a_field_as_it_is(ctx):
    put(ctx, "1", "A", 100, due_on=DUE)
    update_facts(ctx, [BuyerFacts("1", key_account=True)])
    update_facts(ctx, [BuyerFacts("1", language="zh-hans")])
    [line] = rows(ctx, "select key_account, language, email from buyer")
    assert line == {"key_account": True, "language": "zh-hans", "email": "ap@b1.example"}


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        (BuyerFacts("9"), Code.NOT_FOUND, "buyer_number"),
        (BuyerFacts("1", parent="9"), Code.NOT_FOUND, "buyer_number"),
        (BuyerFacts("1", parent="1"), Code.VALUE_INVALID, "parent"),
        (BuyerFacts("1", language="fr"), Code.VALUE_INVALID, "language"),
        (BuyerFacts("1", insolvent_on=date(2027, 1, 1)), Code.VALUE_INVALID, "insolvent_on"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(ctx, facts, code, field):
    put(ctx, "1", "A", 100, due_on=DUE)
    with pytest.raises(Refusal) as refused:
        update_facts(ctx, [BuyerFacts("1", key_account=True), facts])
    assert refused.value.code is code
    assert refused.value.facts["field"] == field
    assert rows(ctx, "select key_account from buyer") == [{"key_account": False}]


def test_it_needs_the_permission_to_import(ctx):
    with pytest.raises(Refusal, match="not_allowed"):
        update_facts(replace(ctx, may=frozenset({Permission.READ})), [])


def test_other_sellers_are_out_of_reach(ctx, new_seller):
    put(ctx, "1", "A", 100, due_on=DUE)
    other = new_seller()
    with pytest.raises(Refusal, match="not_found"):
        update_facts(other, [BuyerFacts("1", key_account=True)])
