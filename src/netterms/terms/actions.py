"""Loading reference rates, saying what the seller's terms are, and what may be claimed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from netterms.buyers.known import Lock, require_buyer
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import plain
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.portable import translated
from netterms.store.tenancy import book
from netterms.terms import events, queries
from netterms.terms.jurisdictions import jurisdictions
from netterms.terms.queries import BuyerTerms, TermsPolicy
from netterms.terms.rates import DECIMALS, Rate
from netterms.terms.rules import Why
from netterms.terms.rules_sql import TABLES, compounding, tables

MOST_PERCENT = 1000
MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Claimable:
    """What may be claimed for an invoice. The compensation may be in another currency.

    `daily` is what one more day adds. `why` tells why no interest is claimed: None when it is.
    `basis` are the facts of a sentence about it: country, source and its date, what is unverified.
    """

    interest: Money
    compensation: Money
    daily: Money
    why: Why | None = None
    basis: dict[str, Any] = field(default_factory=dict)

    @property
    def refused(self) -> str | None:
        """`why` as a code."""
        return self.why.value if self.why else None


def claimable(
    ctx: Context, invoice_ids: Collection[UUID] | None, as_of: date
) -> dict[UUID, Claimable]:
    """Interest and compensation of late invoices as known on `as_of`, all in one pass.

    None asks for the whole book. An invoice that was never late is not in the answer.
    """
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(*question(ctx, invoice_ids, as_of))
    return {UUID(line["debt"]): _claimable(line) for line in found}


def question(
    ctx: Context, invoice_ids: Collection[UUID] | None, as_of: date
) -> tuple[str, dict[str, Any]]:
    """The statement behind `claimable` and its values; run it inside the seller's book."""
    wanted = None if invoice_ids is None else list(invoice_ids)
    params: dict[str, Any] = {"as_of": as_of, "invoices": wanted}
    debts = sql.statement("terms/debts")
    asked = sql.rows(
        "select distinct country,"  # noqa: S608 - the statement is ours
        f" case when country = any(%(compounding)s) then due_on end as start from ({debts}) d",
        params | {"compounding": compounding(jurisdictions())},
    )
    places = {
        code: place
        for code, place in jurisdictions().items()
        if code in {line["country"] for line in asked}
    }
    told = tables(
        places,
        queries.rate_table(ctx),
        one_rate=queries.terms_policy(ctx).one_rate,
        starts={line["start"] for line in asked} - {None},
        until=as_of,
    ).rows()
    return claims_text(debts), params | {
        name: Jsonb([plain(row) for row in rows]) for name, rows in told.items()
    }


def claims_text(debts: str) -> str:
    """`claims.sql` for PostgreSQL over the SELECT `debts`; takes the tables of rules as JSON."""
    relations = ", ".join(
        f"{name} as not materialized (select * from"  # noqa: S608 - the names are ours
        f" jsonb_to_recordset(%({name})s) as x({_columns(columns)}))"
        for name, columns in TABLES.items()
    )
    return translated(sql.statement("terms/claims"), debts, f"{relations}, debt")


def _columns(columns: Any) -> str:  # noqa: ANN401 - a mapping of names to types
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def _claimable(line: dict[str, Any]) -> Claimable:
    place = jurisdictions().get(line["country"])
    return Claimable(
        interest=Money(line["interest_minor"], line["currency"]),
        compensation=Money(line["compensation_minor"], line["compensation_currency"]),
        daily=Money(line["daily_minor"], line["currency"]),
        why=Why(line["refused"]) if line["refused"] else None,
        basis=queries.basis(place) if place else {},
    )


def load_rates(ctx: Context, rates: Sequence[Rate]) -> int:
    """Add reference rates; returns how many differ from what counted before. Safe to repeat."""
    ctx.require(Permission.MANAGE_POLICY)
    with book(ctx):
        before = {
            (rate.series, rate.valid_from): (rate.percent, rate.known_until)
            for rate in queries.rates_in_force(ctx)
        }
        new = [
            rate
            for rate in rates
            if before.get((rate.series, rate.valid_from)) != (rate.percent, rate.known_until)
        ]
        sql.execute_many(
            "insert into reference_rate (seller_id, series, valid_from, percent, known_until,"
            " source, loaded_at, loaded_by) values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (ctx.seller, r.series, r.valid_from, r.percent, r.known_until, r.source, ctx.now,
                 ctx.actor)
                for r in new
            ],
        )  # fmt: skip
        if new:
            named = tuple(sorted({rate.series for rate in new}))
            last = max(rate.known_until for rate in new)
            record(ctx, events.RatesLoaded(ctx.seller, len(new), named, last))
    return len(new)


def set_terms_policy(ctx: Context, policy: TermsPolicy) -> None:
    """Say what the seller is and what its terms are; VALUE_INVALID names a figure out of range."""
    ctx.require(Permission.MANAGE_POLICY)
    _percent("cost_of_money", policy.cost_of_money)
    _percent("contract_percent", policy.contract_percent)
    for days in (policy.standard_days, *policy.custom_days.values()):
        if not 0 <= days <= MOST_DAYS:
            raise Refusal(
                Code.VALUE_INVALID, field="days", value=days, mend=Mend.BETWEEN,
                least=0, most=MOST_DAYS,
            )  # fmt: skip
    with book(ctx):
        sql.value("select pg_advisory_xact_lock(hashtextextended('terms_policy/' || %(s)s, 0))",
                  {"s": str(ctx.seller)})  # fmt: skip
        before = queries.terms_policy(ctx)
        if before == policy:
            return
        sql.execute(
            """
            insert into terms_policy (seller_id, creditor_small, one_rate, cost_of_money,
                                      contract_percent, standard_days, custom_days)
            values (%(seller)s, %(creditor_small)s, %(one_rate)s, %(cost_of_money)s,
                    %(contract_percent)s, %(standard_days)s, %(custom)s)
            on conflict (seller_id) do update set
              (creditor_small, one_rate, cost_of_money, contract_percent, standard_days,
               custom_days) = (excluded.creditor_small, excluded.one_rate, excluded.cost_of_money,
               excluded.contract_percent, excluded.standard_days, excluded.custom_days)
            """,
            asdict(policy) | {"seller": ctx.seller, "custom": Jsonb(dict(policy.custom_days))},
        )
        record(ctx, events.TermsPolicyChanged(ctx.seller, asdict(before), asdict(policy)))


def set_buyer_terms(ctx: Context, buyer_id: UUID, terms: BuyerTerms) -> None:
    """Say how large a buyer is and what rate was agreed with it; NOT_FOUND, VALUE_INVALID."""
    ctx.require(Permission.MANAGE_POLICY)
    _percent("contract_percent", terms.contract_percent)
    with book(ctx):
        require_buyer(ctx, buyer_id, Lock.NO_KEY_UPDATE)
        before = queries.buyer_terms(ctx, buyer_id)
        if before == terms:
            return
        sql.execute(
            """
            insert into buyer_terms (seller_id, buyer_id, debtor_large, contract_percent)
            values (%(seller)s, %(buyer)s, %(debtor_large)s, %(contract_percent)s)
            on conflict (seller_id, buyer_id) do update set
              (debtor_large, contract_percent) = (excluded.debtor_large, excluded.contract_percent)
            """,
            asdict(terms) | {"seller": ctx.seller, "buyer": buyer_id},
        )
        record(ctx, events.BuyerTermsChanged(buyer_id, asdict(before), asdict(terms)))


def _percent(name: str, value: Decimal | None) -> None:
    if value is not None and not (
        value.is_finite() and 0 <= value <= MOST_PERCENT and value == round(value, DECIMALS)
    ):
        raise Refusal(
            Code.VALUE_INVALID, field=name, value=str(value), mend=Mend.BETWEEN,
            least=0, most=MOST_PERCENT,
        )  # fmt: skip
