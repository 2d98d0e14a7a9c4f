"""Reads of models and forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.store import sql
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model of the seller's buyers, with what it reached on its own test."""

    id: UUID
    version: str
    trained_on: date
    trained_by: str
    invoices: int
    trees: dict[str, Any]
    measures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class InvoiceForecast:
    """When an open invoice is expected to be paid; the chances are fractions."""

    invoice_id: UUID
    expected_on: date
    late_chance: Decimal
    late_30_chance: Decimal


def newest_model(ctx: Context) -> StoredModel | None:
    """The seller's newest model, or None before the first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select id, version, trained_on, trained_by, invoices, trees, measures
            from payer_model
            where seller_id = %(seller)s
            order by trained_at desc, id desc
            limit 1
            """,
            {"seller": ctx.seller},
        )
    return sql.typed(found, StoredModel)[0] if found else None


def forecasts_of(ctx: Context, buyer_id: UUID, as_of: date) -> dict[UUID, InvoiceForecast]:
    """Forecasts of the buyer's open invoices on `as_of`, by invoice."""
    return _forecasts(ctx, as_of, buyer_id, None)


def forecasts_among(
    ctx: Context, invoices: Sequence[UUID], as_of: date
) -> dict[UUID, InvoiceForecast]:
    """Forecasts of those of `invoices` that are open on `as_of`, by invoice."""
    return _forecasts(ctx, as_of, None, list(invoices))


def _forecasts(
    ctx: Context, as_of: date, buyer_id: UUID | None, invoices: list[UUID] | None
) -> dict[UUID, InvoiceForecast]:
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.read(
            "scoring.payers/forecasts",
            InvoiceForecast,
            {"seller": ctx.seller, "as_of": as_of, "buyer": buyer_id, "invoices": invoices},
        )
    return {forecast.invoice_id: forecast for forecast in found}
