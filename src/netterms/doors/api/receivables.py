"""Invoices and credit notes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Router, Schema

from netterms.collection import queries
from netterms.doors.api.shapes import (
    ApiRequest,
    CurrencyCode,
    Day,
    Flag,
    Id,
    Money,
    PageSize,
    day_shown,
    money,
    next_of,
)
from netterms.kernel.context import Context
from netterms.scoring.payers import queries as payers

router = Router(tags=["receivables"])


class Forecast(Schema):
    """When an open invoice is expected to be paid; the chances are fractions."""

    expected_on: date
    late_chance: Decimal
    late_30_chance: Decimal


class Invoice(Schema):
    """An invoice, or a credit note with negative amounts, as known on the day of the answer."""

    id: UUID
    buyer_id: UUID
    buyer_name: str
    invoice_number: str
    kind: str
    issued_on: date
    due_on: date
    days_past_due: int
    amount: Money
    open: Money
    disputed: Money
    settled_on: date | None
    stage: int
    forecast: Forecast | None


class Invoices(Schema):
    """A page of invoices; `next` is the cursor of the page after it."""

    as_of: date
    items: list[Invoice]
    next: UUID | None


@router.get("/invoices", response=Invoices, summary="List invoices")
def listing(
    request: ApiRequest,
    currency: CurrencyCode = "",
    only_open: Flag = True,
    as_of: Day | None = None,
    after: Id | None = None,
    limit: PageSize = 50,
) -> dict[str, Any]:
    """Invoices and credit notes in the order they were recorded in."""
    return invoices_page(
        request.auth, as_of, currency=currency, only_open=only_open, after=after, limit=limit
    )


def invoices_page(
    ctx: Context,
    asked_day: date | None,
    *,
    buyer_id: UUID | None = None,
    currency: str = "",
    only_open: bool,
    after: UUID | None,
    limit: int,
) -> dict[str, Any]:
    """A page of invoices, of one buyer where asked."""
    day = day_shown(ctx, asked_day)
    found = queries.invoice_lines(
        ctx,
        day,
        buyer_id=buyer_id,
        currency=currency,
        only_open=only_open,
        after=after,
        most=limit,
    )
    forecasts = payers.forecasts_among(ctx, [line.id for line in found], day)
    return {
        "as_of": day,
        "items": [_invoice(line, day, forecasts.get(line.id)) for line in found],
        "next": next_of([line.id for line in found], limit),
    }


def _invoice(
    line: queries.InvoiceLine, day: date, forecast: payers.InvoiceForecast | None
) -> dict[str, Any]:
    return {
        "id": line.id,
        "buyer_id": line.buyer_id,
        "buyer_name": line.buyer_name,
        "invoice_number": line.invoice_number,
        "kind": line.kind,
        "issued_on": line.issued_on,
        "due_on": line.due_on,
        "days_past_due": max(0, (day - line.due_on).days) if line.open_minor > 0 else 0,
        "amount": money(line.amount_minor, line.currency),
        "open": money(line.open_minor, line.currency),
        "disputed": money(line.disputed_minor, line.currency),
        "settled_on": line.settled_on,
        "stage": line.stage,
        "forecast": None
        if forecast is None
        else {
            "expected_on": forecast.expected_on,
            "late_chance": forecast.late_chance,
            "late_30_chance": forecast.late_30_chance,
        },
    }
