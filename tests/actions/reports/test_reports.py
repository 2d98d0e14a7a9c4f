"""A credit report gathers what the book knows, says what is missing, and never changes."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError

from netterms.buyers.actions import BuyerFacts, update_facts
from netterms.buyers.duplicates import merge
from netterms.buyers.particulars import Address, add_address, add_alias, add_identifier
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.write_offs import WriteOffReason, write_off
from netterms.reports import queries
from netterms.reports.actions import order_report
from netterms.reports.content import MEMBERS_SHOWN
from netterms.reports.queries import reports_of
from netterms.scoring.actions import record_company_facts, refresh_scores
from netterms.scoring.company import CompanyFacts
from netterms.statements.actions import record_statement
from netterms.statements.visits import Visit, record_visit
from netterms.store import sql
from netterms.store.tenancy import book
from netterms.terms.jurisdictions import Cell, jurisdictions
from tests.actions.books import Line, bring_in, on
from tests.actions.small_book import kinds, rows
from tests.actions.statements.test_record import buyer as new_buyer
from tests.actions.statements.test_record import told

LINES = [
    Line("1", due_on=date(2026, 3, 10), amount=40_000, number="A1", settled_on=date(2026, 3, 20)),
    Line("1", due_on=date(2026, 3, 20), amount=10_000, number="A2", settled_on=date(2026, 3, 20)),
    Line("1", due_on=date(2026, 4, 30), amount=70_000, number="A3"),
    Line("2", due_on=date(2026, 4, 30), amount=5_000, number="B1"),
]


@pytest.fixture
def buyer(ctx):
    bring_in(ctx, *LINES)
    refresh_scores(ctx, since=None)
    [found] = rows(ctx, "select id from buyer where buyer_number = '1'")
    return found["id"]


def test_it_says_what_the_book_says(ctx, buyer):
    report, repeated = order_report(ctx, buyer, "key-1")
    assert not repeated
    [paid] = report.content["payment"]
    # Weighted by amount: (10 x 400 + 0 x 100) / 500.
    assert paid["months"] == [
        {"month": "2026-03-01", "invoices": 2, "amount_minor": 50_000, "days_late": "8.0",
         "late_share": "0.5000"}
    ]  # fmt: skip
    assert (paid["balance"]["open_minor"], paid["balance"]["overdue_minor"]) == (70_000, 70_000)
    [score] = report.content["scores"]
    [stored] = rows(ctx, "select * from score where buyer_id = %(b)s", b=buyer)
    assert (score["grade"], score["attributes"]) == (stored["grade"], stored["attributes"])
    assert score["history"] == [
        {"scored_on": "2026-06-01", "grade": stored["grade"], "pd": str(stored["pd"])}
    ]
    assert kinds(ctx)[-1] == "reports.report_ordered"


def test_a_number_of_any_kind_says_which_company_it_is(ctx, buyer):
    add_identifier(ctx, buyer, "duns", "150483782")
    content = order_report(ctx, buyer, "key-1")[0].content
    assert content["identity"]["numbers"] == [{"kind": "duns", "country": "", "value": "150483782"}]
    assert "registration_number" not in content["missing"]


def test_what_is_missing_is_named(ctx, buyer):
    report, _ = order_report(ctx, buyer, "key-1")
    assert report.content["missing"] == [
        "registration_number", "address", "sector", "screening", "accounts"
    ]  # fmt: skip
    update_facts(ctx, [BuyerFacts("1", key_account=True, sector="F")])
    later, _ = order_report(ctx, buyer, "key-2")
    assert later.content["missing"] == [
        "registration_number", "address", "screening", "accounts", "visit"
    ]  # fmt: skip


def test_a_group_is_shown_up_to_the_company_on_top(ctx, buyer):
    bring_in(ctx, Line("3", number="C1"))
    update_facts(ctx, [BuyerFacts("1", parent="2"), BuyerFacts("2", parent="3")])
    group = order_report(ctx, buyer, "key-1")[0].content["identity"]["group"]
    assert [each["buyer_number"] for each in group["above"]] == ["2", "3"]
    assert group["members"] == 3
    tree = [(each["buyer_number"], each["depth"]) for each in group["companies"]]
    assert tree == [("3", 0), ("2", 1), ("1", 2)]
    [top] = rows(ctx, "select id from buyer where buyer_number = '3'")
    group = order_report(ctx, top["id"], "key-2")[0].content["identity"]["group"]
    assert (group["above"], group["members"]) == ([], 3)


def test_nobody_stands_above_itself_in_a_loop_of_an_older_book(ctx, buyer):
    with book(ctx):
        sql.execute(
            "update buyer b set parent_id = p.id from buyer p where b.seller_id = %(seller)s"
            " and p.seller_id = b.seller_id and p.buyer_number <> b.buyer_number",
            {"seller": ctx.seller},
        )
    group = order_report(ctx, buyer, "key-1")[0].content["identity"]["group"]
    assert [each["buyer_number"] for each in group["above"]] == ["2"]
    assert group["members"] == 2


def test_a_large_group_is_cut_but_never_where_the_buyer_stands(ctx, buyer):
    """30 sisters come before it in the tree, and the company between it and the top too."""
    bring_in(ctx, *(Line(f"{n}", number=f"S{n}") for n in range(10, 40)))
    with book(ctx):
        sql.execute(
            "update buyer set name = case buyer_number when '1' then 'Zz' when '2' then 'Zy'"
            " else name end where seller_id = %(seller)s",
            {"seller": ctx.seller},
        )
    update_facts(
        ctx,
        [
            BuyerFacts("1", parent="2"),
            BuyerFacts("2", parent="10"),
            *(BuyerFacts(f"{n}", parent="10") for n in range(11, 40)),
        ],
    )
    group = order_report(ctx, buyer, "key-1")[0].content["identity"]["group"]
    shown = [each["buyer_number"] for each in group["companies"]]
    assert (group["members"], len(shown)) == (32, MEMBERS_SHOWN + 2)
    assert (shown[0], shown[-2:]) == ("10", ["2", "1"])


def test_one_that_turned_out_to_be_another_says_so_and_belongs_where_that_one_does(ctx, buyer):
    bring_in(ctx, Line("3", number="C1"))
    [keep, top] = (
        line["id"] for line in rows(ctx, "select id from buyer where buyer_number in ('2', '3')"
                                         " order by buyer_number")
    )  # fmt: skip
    update_facts(ctx, [BuyerFacts("2", parent="3")])
    assert order_report(ctx, buyer, "key-1")[0].content["identity"]["merged_into"] is None
    merge(ctx, keep, buyer, "one company")
    identity = order_report(ctx, buyer, "key-2")[0].content["identity"]
    assert identity["merged_into"]["buyer_number"] == "2"
    assert [each["buyer_number"] for each in identity["group"]["above"]] == ["3"]
    assert identity["group"]["members"] == 2
    stays = order_report(ctx, keep, "key-4")[0].content["identity"]
    assert [each["buyer_number"] for each in stays["merged"]] == ["1"]
    assert (stays["merged_into"], identity["merged"]) == (None, [])
    group = order_report(ctx, top, "key-3")[0].content["identity"]["group"]
    assert [each["buyer_number"] for each in group["companies"]] == ["3", "2"]


def test_what_was_written_off_was_not_paid(ctx, buyer):
    [lost] = rows(ctx, "select id from invoice where invoice_number = 'A3'")
    write_off(ctx, lost["id"], Money(70_000, "EUR"), WriteOffReason.UNCOLLECTABLE)
    later = on(ctx, date(2026, 6, 9))
    content = order_report(later, buyer, "key-1")[0].content
    [paid] = content["payment"]
    assert paid["written_off_minor"] == 70_000
    assert [(line["month"], line["invoices"]) for line in paid["months"]] == [("2026-03-01", 2)]
    # 10 and 0 days late, and 40 until today.
    [own] = content["surroundings"]["paid"]
    assert (own["invoices"], own["days_late"]) == (3, "16.7")


def test_a_key_orders_once_and_only_one_buyer(ctx, buyer):
    first, _ = order_report(ctx, buyer, "key-1")
    assert order_report(ctx, buyer, "key-1") == (first, True)
    [other] = rows(ctx, "select id from buyer where buyer_number = '2'")
    with pytest.raises(Refusal) as refused:
        order_report(ctx, other["id"], "key-1")
    assert refused.value.code is Code.KEY_REUSED
    assert [each.id for each in reports_of(ctx, buyer)] == [first.id]


def test_a_report_stays_as_it_was(ctx, buyer):
    before, _ = order_report(ctx, buyer, "key-1")
    update_facts(ctx, [BuyerFacts("1", key_account=True)])
    after, _ = order_report(ctx, buyer, "key-2")
    assert before.content["identity"]["key_account"] != after.content["identity"]["key_account"]
    assert order_report(ctx, buyer, "key-1")[0] == before
    for text in ("update credit_report set as_of = '2026-01-01'", "delete from credit_report"):
        with pytest.raises(DatabaseError), book(ctx):
            sql.execute(text)


def test_a_kept_report_holds_no_address_of_a_person(ctx, buyer):
    update_facts(ctx, [BuyerFacts("1", email="ann@buyer.example")])
    report, _ = order_report(ctx, buyer, "key-1")
    assert report.content["identity"]["has_email"] is True
    assert "ann@buyer.example" not in str(report.content)


def test_annual_accounts_stand_beside_those_of_the_sector(ctx, buyer):
    others = [new_buyer(ctx, f"S-{n}") for n in range(5)]
    with book(ctx):
        sql.execute(
            "update buyer set sector = 'steel' where seller_id = %(seller)s"
            " and id = any(%(buyers)s)",
            {"seller": ctx.seller, "buyers": [buyer, *others]},
        )
    for n, each in enumerate([buyer, *others]):
        record_statement(ctx, each, told(), key=f"accounts-{n}")
    content = order_report(ctx, buyer, "key-1")[0].content
    [period] = content["statements"]["periods"]
    assert period["items"]["total_assets"] == 1000_00
    assert content["statements"]["sector"]["buyers"] == 5
    # All of them have the same accounts: the median is the buyer's own.
    assert content["statements"]["sector"]["median"] == period["ratios"]
    assert {"altman_z_private", "ohlson_o"} <= period["models"].keys()
    assert "accounts" not in content["missing"]


def test_a_sector_of_few_says_nothing(ctx, buyer):
    record_statement(ctx, buyer, told(), key="accounts-1")
    assert order_report(ctx, buyer, "key-1")[0].content["statements"]["sector"] == {}


def test_country_and_sector_stand_with_how_others_there_pay(ctx, buyer):
    """Five others of the country paid one invoice each: two of them late, by 10 days and by 20."""
    paid = [date(2026, 5, day) for day in (1, 8, 10, 20, 30)]
    due = date(2026, 5, 10)
    bring_in(
        ctx,
        *(Line(f"N{n}", due_on=due, number=f"N{n}", settled_on=day) for n, day in enumerate(paid)),
        # Too old to count, and not due yet.
        Line("N0", due_on=date(2025, 6, 1), number="OLD", settled_on=date(2026, 5, 31)),
        Line("N0", due_on=date(2026, 6, 2), number="NEW"),
        Line("F1", due_on=due, number="F1", settled_on=date(2026, 5, 31), country="FR"),
    )
    update_facts(ctx, [BuyerFacts("1", sector="F"), BuyerFacts("F1", sector="F")])
    told = order_report(ctx, buyer, "key-1")[0].content["surroundings"]
    assert (told["country"], told["sector"]) == ("DE", "F")
    assert (told["points"]["table"], told["points"]["sector"]) == ("neutral", "0")
    standing = jurisdictions()["DE"].standing(Cell.MAX_TERM)
    assert told["law"]["max_term_days"] == {
        "value": 60, "scope": "all", "note": "", "standing": standing.value
    }  # fmt: skip
    assert told["law"]["limitation_years"]["value"] == 3
    own, country = told["paid"]
    # 10 and 0 days late, and 32 so far.
    assert own == {
        "scope": "buyer", "buyers": 1, "invoices": 3, "late_share": "0.6667", "days_late": "14.0",
        "sampled": False,
    }  # fmt: skip
    # With buyer 2, whose invoice of 30 April is 32 days late. One firm of the sector is no figure.
    assert country == {
        "scope": "country", "buyers": 6, "invoices": 6, "late_share": "0.5000", "days_late": "10.3",
        "sampled": False,
    }  # fmt: skip
    # The first table counts from November: odds of the sector times 1.25, 20 / ln 2 x ln 1.25 less.
    later = order_report(on(ctx, date(2026, 11, 20)), buyer, "key-2")[0].content["surroundings"]
    assert (later["points"]["country"], later["points"]["sector"]) == ("0", "-6.44")
    assert (later["points"]["table"], later["points"]["stale"]) == ("overlay_v1", False)


def test_one_company_is_one_of_the_others_and_none_of_its_own_others(ctx, buyer):
    """Six others; two are one company, and one is the buyer: four are too few to tell of."""
    due = date(2026, 5, 10)
    bring_in(ctx, *(Line(f"N{n}", due_on=due, number=f"N{n}") for n in range(3)))
    bring_in(ctx, Line("TWIN", due_on=due, number="T"), Line("N2B", due_on=due, number="N2B"))
    id_of = {line["buyer_number"]: line["id"] for line in rows(ctx, "select * from buyer")}
    told = order_report(ctx, buyer, "key-1")[0].content["surroundings"]["paid"]
    assert [(line["scope"], line["buyers"]) for line in told] == [("buyer", 1), ("country", 6)]
    merge(ctx, id_of["N2"], id_of["N2B"], "one company")
    told = order_report(ctx, buyer, "key-2")[0].content["surroundings"]["paid"]
    assert [(line["buyers"], line["invoices"]) for line in told] == [(1, 3), (5, 6)]
    merge(ctx, buyer, id_of["TWIN"], "one company")
    for key, one in (("key-3", buyer), ("key-4", id_of["TWIN"])):
        told = order_report(ctx, one, key)[0].content["surroundings"]["paid"]
        assert [line["scope"] for line in told] == ["buyer"]


def test_of_many_others_a_sample_is_asked_and_it_says_so(ctx, buyer, monkeypatch):
    monkeypatch.setattr(queries, "MOST_PEERS", 6)
    due = date(2026, 5, 10)
    bring_in(ctx, *(Line(f"N{n}", due_on=due, number=f"N{n}") for n in range(9)))
    told = [
        order_report(ctx, buyer, key)[0].content["surroundings"]["paid"][1]
        for key in ("key-1", "key-2")
    ]
    assert (told[0]["buyers"], told[0]["sampled"]) == (6, True)
    assert told[0] == told[1]


def test_the_longest_term_says_for_whom_it_is(ctx, buyer):
    update_facts(ctx, [BuyerFacts("1", country="CN")])
    law = order_report(ctx, buyer, "key-1")[0].content["surroundings"]["law"]
    assert law["max_term_days"]["scope"] == "small_creditor_large_debtor"
    update_facts(ctx, [BuyerFacts("1", country="MA")])
    law = order_report(ctx, buyer, "key-2")[0].content["surroundings"]["law"]
    assert law["max_term_days"]["note"] == "60 default; 120 agreed; 180 by decree"


def test_who_it_is_where_it_sits_and_what_a_visit_saw(ctx, buyer):
    add_alias(ctx, buyer, "Nord GmbH", "former")
    add_address(ctx, buyer, Address("billing", "c/o Meyer, Elbchaussee 9", "22765", "Altona", "DE"))
    add_address(ctx, buyer, Address("registered", "Hafenstr. 1", "20457", "Hamburg", "DE"))
    record_company_facts(ctx, buyer, CompanyFacts(date(2001, 5, 4), 12, source="register"))
    record_visit(ctx, buyer, Visit(date(2026, 5, 4), "Li Na", 4, 11, notes="rain"), key="visit-1")
    content = order_report(ctx, buyer, "key-1")[0].content
    identity = content["identity"]
    assert identity["aliases"] == [{"kind": "former", "name": "Nord GmbH"}]
    lines = {each["city"]: each["lines"] for each in identity["addresses"]}
    assert (identity["company"]["founded_on"], identity["company"]["employees"]) == (
        "2001-05-04",
        12,
    )
    # Of a place that is no seat the town alone, and nobody's name: a report is kept for good.
    assert lines == {"Hamburg": "Hafenstr. 1", "Altona": ""}
    assert "Elbchaussee" not in str(content)
    assert content["visit"] == {"visited_on": "2026-05-04", "verdict": 4, "staff": 11}
    assert "Li Na" not in str(content)
