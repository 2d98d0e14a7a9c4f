"""Reads of the terms room: rates in force, the seller's policy, what was agreed with a buyer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book
from netterms.terms.jurisdictions import (
    Cell,
    Jurisdiction,
    Standing,
    jurisdictions,
    shipped_rates,
)
from netterms.terms.offers import Recommendation, recommend, statutory_limit
from netterms.terms.rates import Rate, RateTable, table
from netterms.terms.rules import OneRate, Parties

SHIPPED_BY = "netterms"


@dataclass(frozen=True, slots=True)
class LoadedRate:
    """A reference rate in force, and who brought it. Shipped ones have no `loaded_at`."""

    series: str
    valid_from: date
    percent: Decimal
    known_until: date
    source: str
    loaded_by: str
    loaded_at: datetime | None


@dataclass(frozen=True, slots=True)
class TermsPolicy:
    """What the seller says of itself and its terms. None: nobody has said.

    `contract_percent` and `cost_of_money` are percent a year; `custom_days` the days customary in
    a sector.
    """

    creditor_small: bool | None = None
    one_rate: OneRate | None = None
    cost_of_money: Decimal | None = None
    contract_percent: Decimal | None = None
    standard_days: int = 30
    custom_days: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BuyerTerms:
    """What counts for one buyer: whether it is a large enterprise, and the rate agreed with it."""

    debtor_large: bool | None = None
    contract_percent: Decimal | None = None


def places(ctx: Context) -> Mapping[str, Jurisdiction]:
    """Every jurisdiction on file by its code."""
    ctx.require(Permission.READ)
    return jurisdictions()


def place(ctx: Context, country: str) -> Jurisdiction:
    """One jurisdiction; NOT_FOUND."""
    ctx.require(Permission.READ)
    return place_of(country)


def place_of(country: str) -> Jurisdiction:
    """The jurisdiction of an ISO 3166 code; NOT_FOUND."""
    found = jurisdictions().get(country)
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="country", value=country)
    return found


def rates_in_force(ctx: Context, series: str = "") -> list[LoadedRate]:
    """Shipped and loaded rates by series and day, the newest first; a loaded one comes first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.typed(
            sql.rows(
                """
                select distinct on (series, valid_from) series, valid_from, percent, known_until,
                       source, loaded_by, loaded_at
                from reference_rate
                where seller_id = %(seller)s and (%(series)s = '' or series = %(series)s)
                order by series, valid_from, id desc
                """,
                {"seller": ctx.seller, "series": series},
            ),
            LoadedRate,
        )
    rates = {
        (rate.series, rate.valid_from): LoadedRate(
            rate.series, rate.valid_from, rate.percent, rate.known_until, rate.source, SHIPPED_BY,
            None,
        )
        for rate in shipped_rates()
        if series in ("", rate.series)
    } | {(rate.series, rate.valid_from): rate for rate in found}  # fmt: skip
    newest_first = sorted(rates.values(), key=lambda rate: rate.valid_from, reverse=True)
    return sorted(newest_first, key=lambda rate: rate.series)


def rate_table(ctx: Context) -> RateTable:
    """The reference rates that count for this seller."""
    return table(
        Rate(rate.series, rate.valid_from, rate.percent, rate.known_until)
        for rate in rates_in_force(ctx)
    )


def terms_policy(ctx: Context) -> TermsPolicy:
    """The seller's policy of terms; nothing said where it has none."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.row(
            "select creditor_small, one_rate, cost_of_money, contract_percent, standard_days,"
            " custom_days from terms_policy where seller_id = %(seller)s",
            {"seller": ctx.seller},
        )
    if found is None:
        return TermsPolicy()
    one_rate = OneRate(found["one_rate"]) if found["one_rate"] else None
    return TermsPolicy(**found | {"one_rate": one_rate})


def buyer_terms(ctx: Context, buyer_id: UUID) -> BuyerTerms:
    """What was said of a buyer; nothing where nobody has."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select debtor_large, contract_percent from buyer_terms"
            " where seller_id = %(seller)s and buyer_id = %(buyer)s",
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    return sql.typed(found, BuyerTerms)[0] if found else BuyerTerms()


def basis(place: Jurisdiction) -> dict[str, Any]:
    """What a claim rests on: the country's source, its date, and which cells nobody checked."""
    return {
        "country": place.country,
        "source": place.source,
        "as_of": place.as_of,
        "confidence": place.confidence,
        "unverified": [
            cell.value
            for cell in (Cell.INTEREST, Cell.MARGIN, Cell.REFERENCE, Cell.COMPENSATION)
            if place.standing(cell) is not Standing.CHECKED
        ],
    }


def recommended_term(
    ctx: Context, buyer_id: UUID, *, grade: int | None, policy_days: int | None
) -> Recommendation:
    """A term for a buyer, with everything it was measured by; NOT_FOUND.

    `grade` and `policy_days` (the longest credit period of a policy that covers it) are known to
    rooms above this one.
    """
    ctx.require(Permission.READ)
    with book(ctx):
        buyer = sql.row(
            "select country, sector from buyer where seller_id = %(seller)s and id = %(buyer)s",
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    if buyer is None:
        raise Refusal(Code.NOT_FOUND, field="buyer", value=str(buyer_id))
    policy = terms_policy(ctx)
    parties = Parties(policy.creditor_small, buyer_terms(ctx, buyer_id).debtor_large)
    return recommend(
        grade=grade,
        custom_days=policy.custom_days.get(buyer["sector"] or ""),
        standard_days=policy.standard_days,
        policy_days=policy_days,
        statute=statutory_limit(jurisdictions().get(buyer["country"]), parties),
        cost_of_money=policy.cost_of_money,
    )
