"""The book as a whole."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Router, Schema

from netterms.doors.api.shapes import ApiRequest, Day, Money, day_shown, money
from netterms.kernel.money import Money as Amount
from netterms.portfolio import live
from netterms.portfolio.rules import Bucket

router = Router(tags=["portfolio"])


class BookFigures(Schema):
    """Figures of one currency. Rates and shares are fractions, days are days."""

    currency: str
    open: Money
    credits: Money
    overdue: Money
    open_count: int
    overdue_count: int
    late_rate: float | None
    average_days_late: float | None
    dso: float | None
    dso_countback: float | None
    best_possible_dso: float | None
    collection_effectiveness: float | None
    turnover: float | None
    herfindahl_index: float | None


class Dashboard(Schema):
    """The book on a day."""

    as_of: date
    currencies: list[BookFigures]


class AgeingBucket(Schema):
    """Open invoices by days past the original due date."""

    bucket: str
    open: Money
    invoices: int


class CurrencyAgeing(Schema):
    """The ageing of one currency; `balance` is open and credits, and the journal says the same."""

    currency: str
    buckets: list[AgeingBucket]
    open: Money
    credits: Money
    balance: Money
    journal: Money


class Ageing(Schema):
    """What is open on a day."""

    as_of: date
    currencies: list[CurrencyAgeing]


@router.get("/dashboard", response=Dashboard, summary="Figures of the book")
def dashboard(request: ApiRequest, as_of: Day | None = None) -> dict[str, Any]:
    """Open, overdue, DSO and how buyers pay, by currency."""
    day = day_shown(request.auth, as_of)
    found = live.figures(request.auth, day)
    return {"as_of": day, "currencies": [_figures(code, block) for code, block in found.items()]}


@router.get("/ageing", response=Ageing, summary="Ageing of the book")
def ageing(request: ApiRequest, as_of: Day | None = None) -> dict[str, Any]:
    """Open invoices by days past due, by currency. Credits stand apart."""
    day = day_shown(request.auth, as_of)
    found = live.ageing(request.auth, day)
    return {"as_of": day, "currencies": [_aged(aged) for aged in found.values()]}


def _figures(currency: str, block: dict[str, Any]) -> dict[str, Any]:
    def exact(text: str) -> Money:
        return money(Amount.of(text, currency).minor, currency)

    return {
        "currency": currency,
        "open": exact(block["open_total"]),
        "credits": exact(block["credits_total"]),
        "overdue": exact(block["overdue_total"]),
        "open_count": block["open_count"],
        "overdue_count": block["overdue_count"],
        "late_rate": block["late_rate"],
        "average_days_late": block["average_days_late"],
        "dso": block["dso"]["simple"],
        "dso_countback": block["dso"]["countback"],
        "best_possible_dso": block["dso"]["best"],
        "collection_effectiveness": block["cei"],
        "turnover": block["turnover"],
        "herfindahl_index": block["hhi"],
    }


def _aged(aged: live.Ageing) -> dict[str, Any]:
    code = aged.currency
    return {
        "currency": code,
        "buckets": [
            {"bucket": b, "open": money(aged.amounts[b], code), "invoices": aged.counts[b]}
            for b in Bucket
        ],
        "open": money(aged.total_minor, code),
        "credits": money(aged.credits_minor, code),
        "balance": money(aged.balance_minor, code),
        "journal": money(aged.journal_minor, code),
    }
