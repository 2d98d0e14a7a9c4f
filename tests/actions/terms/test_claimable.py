"""What may be claimed on the live book: loaded rates, policy, parts paid, other sellers apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.disputes import (
    DisputeOutcome,
    DisputeReason,
    raise_dispute,
    settle_dispute,
)
from netterms.receivables.invoicing import issue, offset
from netterms.receivables.papers import LineIn, PaperIn
from netterms.receivables.payments import Part
from netterms.terms import queries, rate_file
from netterms.terms.actions import (
    claimable,
    load_rates,
    set_buyer_terms,
    set_terms_policy,
)
from netterms.terms.jurisdictions import series_names
from netterms.terms.queries import BuyerTerms, TermsPolicy
from netterms.terms.rules import Why
from tests.actions.books import on
from tests.actions.small_book import kinds, put, rows

AS_OF = date(2026, 6, 1)
CSV = b"""series,valid_from,rate_pct,known_until,source
DE_BASE,2026-01-01,1.27,,Deutsche Bundesbank
"""


def loaded(ctx, content=CSV):
    return load_rates(ctx, rate_file.read(content, "rates.csv", series_names()))


@pytest.fixture
def invoice(ctx):
    """EUR 10,000.00 of a German buyer, due 2026-05-02 and open."""
    return put(ctx, "A", "R-1", 1_000_000, due_on=date(2026, 5, 2))


def test_a_late_invoice_bears_interest_once_the_rate_is_loaded(ctx, invoice):
    before = claimable(ctx, [invoice[1]], AS_OF)[invoice[1]]
    assert (before.why, before.refused) == (Why.RATE_PAST_LAST_DATE, "rate_past_last_date")
    assert before.compensation == Money.of(40, "EUR")
    assert loaded(ctx) == 1
    after = claimable(ctx, [invoice[1]], AS_OF)[invoice[1]]
    # 30 days at 10.27 %.
    assert (after.interest, after.daily) == (Money(8441, "EUR"), Money(281, "EUR"))
    assert after.compensation == Money.of(40, "EUR")
    assert after.basis["unverified"] == ["interest"]
    assert claimable(ctx, None, AS_OF) == {invoice[1]: after}


def test_before_its_due_date_and_on_it_nothing_is_claimed(ctx, invoice):
    assert claimable(ctx, [invoice[1]], date(2026, 5, 2)) == {}


def test_what_was_paid_bears_interest_until_the_day_it_was_paid(ctx):
    loaded(ctx)
    _, half = put(ctx, "A", "R-2", 1_000_000, due_on=date(2026, 5, 2), paid=400_000)
    [paid_on] = [r["paid_on"] for r in rows(ctx, "select paid_on from payment")]
    found = claimable(ctx, [half], AS_OF)[half]
    late = max(0, (paid_on - date(2026, 5, 2)).days)
    assert found.interest.minor == round((600_000 * 30 + 400_000 * late) * Decimal("0.1027") / 365)
    assert found.daily == Money(169, "EUR")
    _, whole = put(
        ctx, "A", "R-3", 1_000_000, due_on=date(2026, 5, 2), paid=1_000_000,
        settled_on=date(2026, 5, 12),
    )  # fmt: skip
    found = claimable(ctx, [whole], AS_OF)[whole]
    # 10 days at 10.27 %, and a day more adds nothing.
    assert (found.interest, found.daily) == (Money(2814, "EUR"), Money(0, "EUR"))


def test_what_a_credit_note_of_the_invoice_took_back_bears_no_interest(ctx, invoice):
    loaded(ctx)
    buyer, number = invoice
    dispute = raise_dispute(ctx, number, DisputeReason.PRICE, Money(400_000, "EUR"))
    settle_dispute(on(ctx, AS_OF), dispute, DisputeOutcome.CREDITED)
    # 30 days at 10.27 % on EUR 6,000.00.
    assert claimable(ctx, [number], AS_OF)[number].interest == Money(5065, "EUR")
    # A credit note for something else pays like money, on its day.
    line = LineIn("bonus", Decimal(1), Decimal(1000), tax_category="O")
    paper = PaperIn(
        buyer, "", "EUR", AS_OF, AS_OF, (line,), kind="credit_note", reason="bonus of the year"
    )
    offset(on(ctx, AS_OF), issue(on(ctx, AS_OF), paper), [Part(number, Money(100_000, "EUR"))])
    assert claimable(ctx, [number], AS_OF)[number].interest == Money(5065, "EUR")


def test_an_agreed_rate_counts_the_buyers_own_before_the_standard_one(ctx, invoice):
    buyer, number = invoice
    set_terms_policy(ctx, TermsPolicy(contract_percent=Decimal("7.3")))
    assert claimable(ctx, [number], AS_OF)[number].interest == Money(6000, "EUR")
    set_buyer_terms(ctx, buyer, BuyerTerms(contract_percent=Decimal("14.6")))
    assert claimable(ctx, [number], AS_OF)[number].interest == Money(12000, "EUR")
    assert kinds(ctx)[-2:] == ["terms.policy_changed", "terms.buyer_terms_changed"]
    set_buyer_terms(ctx, buyer, BuyerTerms(contract_percent=Decimal("14.6")))
    assert kinds(ctx).count("terms.buyer_terms_changed") == 1


def test_what_parties_are_decides_where_the_law_asks(ctx):
    buyer, number = put(ctx, "C", "R-4", 1_000_000, due_on=date(2026, 5, 2))
    from netterms.store import sql
    from netterms.store.tenancy import book

    with book(ctx):
        sql.execute(
            "update buyer set country = 'CN' where seller_id = %(s)s and id = %(b)s",
            {"s": ctx.seller, "b": buyer},
        )
    assert claimable(ctx, [number], AS_OF)[number].why is Why.SCOPE_UNPROVEN
    set_terms_policy(ctx, TermsPolicy(creditor_small=True))
    set_buyer_terms(ctx, buyer, BuyerTerms(debtor_large=True))
    # 30 days at 0.05 % a day.
    assert claimable(ctx, [number], AS_OF)[number].interest == Money(15000, "EUR")


def test_another_sellers_rates_and_invoices_are_not_seen(ctx, new_seller, invoice):
    other = new_seller()
    loaded(other)
    assert claimable(other, [invoice[1]], AS_OF) == {}
    assert claimable(ctx, [invoice[1]], AS_OF)[invoice[1]].why is Why.RATE_PAST_LAST_DATE


def test_a_rate_loaded_twice_counts_once_and_a_corrected_one_counts(ctx, invoice):
    assert (loaded(ctx), loaded(ctx)) == (1, 0)
    assert loaded(ctx, CSV.replace(b"1.27", b"1.52")) == 1
    [newest, *_] = queries.rates_in_force(ctx, "DE_BASE")
    assert (newest.percent, newest.loaded_by) == (Decimal("1.52"), "test")
    assert len(rows(ctx, "select id from reference_rate")) == 2
    assert claimable(ctx, [invoice[1]], AS_OF)[invoice[1]].interest == Money(8647, "EUR")


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        (b"DE_BASE", b"XX_BASE", Code.ROWS_BAD, "series"),
        (b"2026-01-01", b"1.1.2026", Code.ROWS_BAD, "valid_from"),
        (b"1.27", b"NaN", Code.ROWS_BAD, "rate_pct"),
        (b"1.27", b"1.2345678", Code.ROWS_BAD, "rate_pct"),
        (b"1.27,", b"1.27,2025-12-31", Code.ROWS_BAD, "known_until"),
        (b"Deutsche Bundesbank", b"", Code.ROWS_BAD, "source"),
        (b"rate_pct", b"rate", Code.COLUMN_MISSING, "rate_pct"),
    ],
)
def test_a_file_that_is_wrong_says_where(old, new, code, field):
    with pytest.raises(Refusal) as refused:
        rate_file.read(CSV.replace(old, new), "rates.csv", series_names())
    assert (refused.value.code, refused.value.facts["field"]) == (code, field)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", Code.FILE_EMPTY),
        (b"\xff\xfe\x00", Code.FILE_UNREADABLE),
        (b"x" * (rate_file.MOST_BYTES + 1), Code.FILE_TOO_LARGE),
    ],
)
def test_what_is_no_file_of_rates_is_refused(content, code):
    with pytest.raises(Refusal) as refused:
        rate_file.read(content, "rates.csv", series_names())
    assert refused.value.code is code


@pytest.mark.parametrize(
    "policy",
    [
        TermsPolicy(cost_of_money=Decimal(-1)),
        TermsPolicy(contract_percent=Decimal(1001)),
        TermsPolicy(standard_days=366),
        TermsPolicy(custom_days={"46": -1}),
    ],
)
def test_a_policy_out_of_range_is_refused(ctx, policy):
    with pytest.raises(Refusal) as refused:
        set_terms_policy(ctx, policy)
    assert refused.value.code is Code.VALUE_INVALID


def test_only_who_may_changes_terms(ctx, invoice):
    reader = replace(ctx, may=frozenset({Permission.READ}))
    for change in (
        lambda: load_rates(reader, []),
        lambda: set_terms_policy(reader, TermsPolicy()),
        lambda: set_buyer_terms(reader, invoice[0], BuyerTerms()),
        lambda: claimable(replace(ctx, may=frozenset()), None, AS_OF),
    ):
        with pytest.raises(Refusal) as refused:
            change()
        assert refused.value.code is Code.NOT_ALLOWED


def test_terms_of_nobody_are_refused(ctx):
    with pytest.raises(Refusal) as refused:
        set_buyer_terms(ctx, ctx.seller, BuyerTerms())
    assert refused.value.code is Code.NOT_FOUND
