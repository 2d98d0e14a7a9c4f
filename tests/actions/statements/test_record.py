"""Entering accounts: versions, refusals that name the line, and what follows for the buyer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from netterms.buyers import queries as buyers
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.statements.actions import Told, flaws, record_statement, record_statements
from netterms.statements.chart import NAMES
from netterms.statements.failure import Lack, Model, Want
from netterms.statements.queries import (
    judged,
    ratios_of_peers,
    statement,
    statements_of,
)
from netterms.statements.rules import Flaw, Standard, ratios
from netterms.store import sql
from netterms.store.tenancy import book
from tests.rules.statements.books import END, YEAR_BEFORE, accounts

LATER = date(2026, 3, 31)


def buyer(ctx, number="B-1") -> UUID:
    made = uuid4()
    with book(ctx):
        sql.execute(
            "insert into buyer (seller_id, id, buyer_number, name, country)"
            " values (%(seller)s, %(id)s, %(number)s, 'Buyer', 'DE')",
            {"seller": ctx.seller, "id": made, "number": number},
        )
    return made


def told(end=END, months=12, **changed) -> Told:
    items = {
        "current_assets": 500, "intangible_assets": 100, "total_assets": 1000,
        "current_liabilities": 300, "total_liabilities": 600, "equity": 400, "revenue": 1500,
        "net_income": 100, "tax": 20, "interest": 30,
    }  # fmt: skip
    return Told(accounts(end, "EUR", months, **(items | changed)), Standard.IFRS, source="register")


def ratios_as_of(ctx, of, day):
    """A buyer's ratios, as another of its sector is told of them."""
    other = buyer(ctx, f"beside on {day}")
    with book(ctx):
        sql.execute(
            "update buyer set sector = 'steel' where id = any(%(two)s)", {"two": [of, other]}
        )
    return ratios_of_peers(ctx, other, day, most=10)


def kinds(ctx) -> list[str]:
    with book(ctx):
        return [line["kind"] for line in sql.rows("select kind from event order by id")]


def test_the_table_has_a_column_for_each_line_of_the_chart(database):
    found = sql.rows(
        "select attname::text as name from pg_attribute where attrelid = 'statement'::regclass"
        " and atttypid = 'bigint'::regtype and attnum > 0 order by attnum"
    )
    assert [line["name"] for line in found] == ["scale", *NAMES]


def test_accounts_are_kept_with_what_follows_from_them(ctx):
    of = buyer(ctx)
    done = record_statement(ctx, of, told())
    [kept] = statements_of(ctx, of)
    assert (kept.id, kept.version, kept.corrects, done.new) == (done.id, 1, None, True)
    assert kept.accounts.items["ebit"] == 150_00
    assert "statements.statement_recorded" in kinds(ctx)


def test_net_worth_and_turnover_follow_from_the_newest_statement(ctx):
    of = buyer(ctx)
    record_statement(ctx, of, told())
    record_statement(ctx, of, told(YEAR_BEFORE, revenue=1200))
    known = buyers.buyer(ctx, of)
    assert known.accounts_currency == "EUR"
    assert known.tangible_net_worth_minor == 300_00
    assert known.annual_turnover_minor == 1500_00
    record_statement(ctx, of, told(LATER, months=3, revenue=500))
    assert buyers.buyer(ctx, of).annual_turnover_minor == 2000_00


def test_the_same_again_changes_nothing(ctx):
    of = buyer(ctx)
    first = record_statement(ctx, of, told())
    again = record_statement(ctx, of, told())
    assert again == replace(first, new=False)
    assert kinds(ctx).count("statements.statement_recorded") == 1


def test_a_correction_is_a_new_version_that_points_back(ctx):
    of = buyer(ctx)
    first = record_statement(ctx, of, told())
    second = record_statement(ctx, of, told(revenue=1600))
    [kept] = statements_of(ctx, of)
    assert (second.version, kept.corrects) == (2, first.id)
    assert statement(ctx, first.id).accounts.items["revenue"] == 1500_00
    assert buyers.buyer(ctx, of).annual_turnover_minor == 1600_00


def test_a_group_and_its_company_stand_side_by_side(ctx):
    of = buyer(ctx)
    record_statement(ctx, of, replace(told(revenue=9000), consolidated=True))
    record_statement(ctx, of, told())
    assert [s.consolidated for s in statements_of(ctx, of)] == [False, True]
    # The company is the debtor.
    assert buyers.buyer(ctx, of).annual_turnover_minor == 1500_00
    [line] = ratios_as_of(ctx, of, ctx.today)
    assert line["sales_to_assets"] == ratios(told().accounts)["sales_to_assets"]


def test_a_key_answers_the_second_time(ctx):
    of = buyer(ctx)
    first = record_statement(ctx, of, told(), key="k-1")
    assert record_statement(ctx, of, told(), key="k-1") == replace(first, new=False)
    with pytest.raises(Refusal) as no:
        record_statement(ctx, of, told(revenue=1), key="k-1")
    assert no.value.code is Code.KEY_REUSED


@pytest.mark.parametrize(
    ("changed", "field", "mend"),
    [
        ({"equity": 380}, "total_assets", Mend.BALANCED),
        ({"cash": 700, "receivables": 0, "inventory": 0, "other_current_assets": 0},
         "current_assets", Mend.SUM_OF_PARTS),
        ({"payables": -5}, "payables", Mend.AT_LEAST),
    ],
)  # fmt: skip
def test_a_refusal_names_the_line(ctx, changed, field, mend):
    of = buyer(ctx)
    with pytest.raises(Refusal) as no:
        record_statement(ctx, of, told(**changed))
    assert (no.value.code, no.value.facts["field"]) == (Code.VALUE_INVALID, field)
    assert no.value.facts["mend"] is mend
    assert statements_of(ctx, of) == []


@pytest.mark.parametrize(
    ("end", "months", "field"), [(date(2027, 1, 1), 12, "period_end"), (END, 24, "months")]
)
def test_a_period_that_cannot_be(ctx, end, months, field):
    with pytest.raises(Refusal) as no:
        record_statement(ctx, buyer(ctx), told(end, months))
    assert no.value.facts["field"] == field


def test_an_item_that_the_chart_does_not_have(ctx):
    with pytest.raises(Refusal) as no:
        record_statement(ctx, buyer(ctx), told(goodwill_of_staff=1))
    assert (no.value.facts["field"], no.value.facts["value"]) == ("items", "goodwill_of_staff")


def test_a_jump_by_a_unit_is_confirmed_or_refused(ctx):
    of = buyer(ctx)
    record_statement(ctx, of, told(YEAR_BEFORE))
    now = told(
        current_assets=5 * 10**6,
        total_assets=10**7,
        current_liabilities=3 * 10**6,
        total_liabilities=6 * 10**6,
        equity=4 * 10**6,
        revenue=15 * 10**6,
    )
    with pytest.raises(Refusal) as no:
        record_statement(ctx, of, now)
    assert no.value.facts["mend"] is Mend.LOOK_AT_UNIT
    assert no.value.facts["expected"] == "1000.00"
    assert record_statement(ctx, of, replace(now, confirmed=True)).new
    newest, first = judged(ctx, of, {})
    assert newest.before == first.statement
    assert first.before is None
    # Of a German buyer of which no line of business is known.
    assert newest.fits.model is Model.Z_SERVICES
    assert newest.scores[Model.Z_SERVICES].wants == (Want(Lack.MISSING, "retained_earnings"),)


def test_a_buyer_the_seller_does_not_have(ctx, new_seller):
    theirs = buyer(new_seller(name="Another"))
    with pytest.raises(Refusal) as no:
        record_statement(ctx, theirs, told())
    assert no.value.code is Code.NOT_FOUND


def test_who_may_not_import_enters_nothing(ctx):
    reader = replace(ctx, may=frozenset({Permission.READ}))
    with pytest.raises(Refusal) as no:
        record_statement(reader, buyer(ctx), told())
    assert no.value.code is Code.NOT_ALLOWED


def test_what_was_not_known_yet_does_not_count(ctx):
    of = buyer(ctx)
    record_statement(ctx, of, told())
    assert ratios_as_of(ctx, of, date(2026, 5, 1)) == []
    assert len(ratios_as_of(ctx, of, ctx.today)) == 1


def test_several_years_come_in_whole_or_not_at_all(ctx):
    of = buyer(ctx)
    with pytest.raises(Refusal):
        record_statements(ctx, of, [told(YEAR_BEFORE), told(equity=1)])
    assert statements_of(ctx, of) == []
    done = record_statements(ctx, of, [told(YEAR_BEFORE), told()])
    assert [one.new for one in done] == [True, True]
    assert buyers.buyer(ctx, of).annual_turnover_minor == 1500_00


def test_flaws_are_told_for_each_period(ctx):
    of = buyer(ctx)
    found = flaws(ctx, of, [told(YEAR_BEFORE), told(equity=1)])
    assert [[f.flaw for f in each] for each in found] == [[], [Flaw.BALANCE]]


def test_ratios_of_peers_are_of_others_of_the_sector_with_accounts(ctx):
    steel = [buyer(ctx, f"S-{n}") for n in range(5)]
    wood = buyer(ctx, "W")
    with book(ctx):
        sql.execute("update buyer set sector = 'steel' where id <> %(wood)s", {"wood": wood})
    # The last of the sector has no accounts.
    for each in [*steel[:4], wood]:
        record_statement(ctx, each, told(), key=f"accounts of {each}")

    def peers(of, most=10):
        return {line["buyer"] for line in ratios_of_peers(ctx, of, ctx.today, most)}

    assert peers(steel[0]) == {str(each) for each in steel[1:4]}
    assert peers(steel[4]) == {str(each) for each in steel[:4]}
    # It has no sector: nobody is like it.
    assert peers(wood) == set()
    some = peers(steel[0], most=2)
    assert len(some) == 2
    assert some < peers(steel[0])
    assert peers(steel[0], most=2) == some
    assert ratios_of_peers(ctx, steel[0], date(2026, 1, 1), 10) == []
