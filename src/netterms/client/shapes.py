"""From the JSON of the API to values. What does not fit raises, and is told as AnswerUnreadable."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from netterms.client.values import (
    BuyerScore,
    FoundBuyer,
    HeldOn,
    Hint,
    Invoice,
    JudgedOrder,
    Line,
    LineChange,
    LineDetail,
    LineStatus,
    LineWanted,
    Moment,
    Money,
    Moved,
    Order,
    OrderDetail,
    OrderState,
    ScoreReason,
    Terms,
    TopUp,
)

Json = Mapping[str, Any]


def order(said: Json, *, replayed: bool = False) -> Order:
    """An order as every answer and event has it."""
    return Order(**_order(said), replayed=replayed)


def judged_order(said: Json, *, replayed: bool = False) -> JudgedOrder:
    """The order of a buyer that may be new."""
    score = said["score"]
    return JudgedOrder(
        **_order(said), replayed=replayed, score=None if score is None else _buyer_score(score)
    )


def found_buyer(said: Json) -> FoundBuyer:
    """A buyer that a search found."""
    return FoundBuyer(
        id=UUID(said["id"]),
        buyer_number=said["buyer_number"],
        name=said["name"],
        country=said["country"],
        said=said["said"],
        score=said["score"],
    )


def moved(said: Json, *, replayed: bool = False) -> Moved:
    """What a move answers."""
    currency = said["currency"]
    papers = tuple(_invoice(each, currency) for each in said.get("invoices", ()))
    amount = Money(said.get("amount_moved_minor") or 0, currency)
    return Moved(order(said, replayed=replayed), said["outcome"], amount, papers)


def order_detail(said: Json) -> OrderDetail:
    """One order with everything that happened to it."""
    at = said["credit_line"]
    return OrderDetail(
        **_order(said),
        events=tuple(_moment(each) for each in said["events"]),
        invoices=tuple(_invoice(each, said["currency"]) for each in said["invoices"]),
        credit_line=line(at) if at is not None else None,
    )


def line(said: Json) -> Line:
    """A credit line."""
    return Line(**_line(said))


def line_detail(said: Json) -> LineDetail:
    """A credit line with its history."""
    changes = tuple(
        LineChange(
            id=UUID(each["id"]),
            happened_at=datetime.fromisoformat(each["happened_at"]),
            business_date=date.fromisoformat(each["business_date"]),
            actor=each["actor"],
            why=each["why"],
            before=each["before"],
            after=each["after"],
        )
        for each in said["history"]
    )
    return LineDetail(**_line(said), history=changes)


def line_said(wanted: LineWanted) -> dict[str, Any]:
    """What is sent to set a line. ValueError for two currencies in one."""
    currency = wanted.limit.currency
    parts = [wanted.insured, wanted.top_up.amount if wanted.top_up else None]
    if any(part is not None and part.currency != currency for part in parts):
        raise ValueError("a line has one currency")
    top_up = wanted.top_up
    said = {"minor": top_up.amount.minor, "until": top_up.until.isoformat()} if top_up else None
    return {
        "limit_minor": wanted.limit.minor,
        "status": wanted.status.value,
        "top_up": said,
        "insured_minor": wanted.insured.minor if wanted.insured else 0,
        "terms": {
            "net_days": wanted.terms.net_days,
            "discount_percent": float(wanted.terms.discount_percent),
            "discount_days": wanted.terms.discount_days,
            "instalments": wanted.terms.instalments,
        },
    }


def _order(said: Json) -> dict[str, Any]:
    currency = said["currency"]
    terms, at = said["terms"], said["line"]
    return {
        "id": UUID(said["id"]),
        "order_number": said["order_number"],
        "buyer_id": UUID(said["buyer_id"]),
        "state": OrderState(said["state"]),
        "reasons": tuple(said["reasons"]),
        # What was answered, or told by a webhook, before these were there has neither.
        "would_change": tuple(_hint(each, currency) for each in said.get("would_change", ())),
        "amount": Money(said["amount_minor"], currency),
        "authorised": Money(said["authorised_minor"], currency),
        "captured": Money(said["captured_minor"], currency),
        "refunded": Money(said["refunded_minor"], currency),
        "line": _held_on(at) if at is not None else None,
        "terms": _terms(terms) if terms is not None else None,
        "due_on": tuple(map(date.fromisoformat, (terms or {}).get("due_on") or ())),
        "created_at": datetime.fromisoformat(said["created_at"]),
        "expires_at": datetime.fromisoformat(said["expires_at"]),
        "version": said["version"],
    }


def _buyer_score(said: Json) -> BuyerScore:
    return BuyerScore(
        currency=said["currency"],
        scored_on=date.fromisoformat(said["scored_on"]),
        scorecard=said["scorecard"],
        score=Decimal(str(said["score"])),
        probability_of_default=Decimal(str(said["probability_of_default"])),
        grade=said["grade"],
        confidence=Decimal(str(said["confidence"])),
        reasons=tuple(ScoreReason(**each) for each in said["reasons"]),
    )


def _hint(said: Json, currency: str) -> Hint:
    left = said["amount_minor"]
    return Hint(said["action"], Money(left, currency) if left is not None else None)


def _held_on(said: Json) -> HeldOn:
    currency, rate, left = said["currency"], said["rate"], said["available_minor"]
    return HeldOn(
        currency=currency,
        rate=Decimal(rate) if rate is not None else None,
        rate_on=_day(said["rate_on"]),
        held=Money(said["held_minor"], currency),
        available=Money(left, currency) if left is not None else None,
    )


def _line(said: Json) -> dict[str, Any]:
    currency, top_up = said["currency"], said["top_up"]

    def money(name: str) -> Money:
        return Money(said[f"{name}_minor"], currency)

    return {
        "buyer_id": UUID(said["buyer_id"]),
        "currency": currency,
        "status": LineStatus(said["status"]),
        "limit": money("limit"),
        "top_up": TopUp(Money(top_up["minor"], currency), date.fromisoformat(top_up["until"]))
        if top_up
        else None,
        "insured": money("insured"),
        "held": money("held"),
        "owed": money("owed"),
        "available": money("available"),
        "terms": _terms(said["terms"]),
        "version": said["version"],
    }


def _terms(said: Json) -> Terms:
    return Terms(
        net_days=said["net_days"],
        instalments=said["instalments"],
        discount_percent=Decimal(said["discount_percent"]),
        discount_days=said["discount_days"],
    )


def _invoice(said: Json, currency: str) -> Invoice:
    left = said.get("open_minor")
    return Invoice(
        id=UUID(said["id"]),
        invoice_number=said["invoice_number"],
        kind=said["kind"],
        amount=Money(said["amount_minor"], currency),
        open=Money(left, currency) if left is not None else None,
        issued_on=date.fromisoformat(said["issued_on"]),
        due_on=date.fromisoformat(said["due_on"]),
        settled_on=_day(said.get("settled_on")),
    )


def _moment(said: Json) -> Moment:
    return Moment(
        id=UUID(said["id"]),
        happened_at=datetime.fromisoformat(said["happened_at"]),
        business_date=date.fromisoformat(said["business_date"]),
        actor=said["actor"],
        why=said["why"],
        kind=said["kind"],
        facts=said["facts"],
    )


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said is not None else None
