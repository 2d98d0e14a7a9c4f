"""Buyers: the list, and everything about one."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from netterms.buyers import queries as buyers
from netterms.buyers.accounts import accounts_of
from netterms.collection import queries as collection
from netterms.collection.queries import Balance, BuyerFilter, InvoiceLine, Sort
from netterms.doors.console import account_policy, stories, terms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page, paged, whole_number
from netterms.doors.look import sentences
from netterms.insurance import queries as insurance
from netterms.kernel.context import Permission
from netterms.limits import queries as limits
from netterms.monitoring import queries as monitoring
from netterms.reports import queries as reports
from netterms.scoring import queries as scoring
from netterms.scoring.payers import queries as payers
from netterms.scoring.scorecard import CARD

INVOICES_SHOWN = 500


@require_GET
@page
def listing(request: PageRequest) -> HttpResponse:
    """Buyers by name or number, grade, stage or country, in the order asked for."""
    ask = request.GET
    asked = BuyerFilter(
        text=ask.get("q", "").strip()[:200].replace("\x00", ""),
        country=ask.get("country", "")[:2].upper().replace("\x00", ""),
        currency=ask.get("currency", "")[:3].upper().replace("\x00", ""),
        grade=whole_number(ask.get("grade", ""), 1, 10),
        stage=whole_number(ask.get("stage", ""), 0, 4),
    )
    sort = Sort(ask["sort"]) if ask.get("sort") in list(Sort) else Sort.OPEN

    def read(most: int, skip: int) -> list[collection.BuyerLine]:
        return collection.buyer_lines(
            request.ctx, request.as_of, asked, sort=sort, most=most, skip=skip
        )

    counted = collection.count_buyer_lines(request.ctx, request.as_of, asked)
    kept = ask.copy()
    kept.pop("page", None)
    kept.pop("sort", None)
    return render(
        request,
        "console/buyers.html",
        {
            "asked": asked,
            "sort": sort.value,
            "kept": kept.urlencode(),
            "filtered": asked != BuyerFilter(),
            "countries": buyers.countries(request.ctx),
            "currencies": collection.currencies(request.ctx),
            "grades": range(1, 11),
            "stages": range(5),
            **paged(request, counted, read),
        },
    )


@require_GET
@page
def one(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """One buyer: risk, credit line, open invoices, case, deadlines, and what happened."""
    ctx, day = request.ctx, request.as_of
    buyer = buyers.buyer(ctx, buyer_id)
    case = collection.case_of(ctx, buyer_id)
    invoices = collection.invoice_lines(ctx, day, buyer_id=buyer_id, most=INVOICES_SHOWN)
    invoices.sort(key=lambda line: (line.due_on, line.invoice_number))
    # Sums are of every invoice, not of those that the page has room for.
    balances = collection.balances_of(ctx, day, buyer_id)
    credit_lines = limits.lines_of(ctx, buyer_id)
    forecasts = payers.forecasts_of(ctx, buyer_id, day)
    subjects = [buyer_id, *([case.id] if case else []), *(line.id for line in invoices)]
    return render(
        request,
        "console/buyer.html",
        {
            "buyer": buyer,
            "stays": buyers.stays_for(ctx, buyer),
            "reports": reports.reports_of(ctx, buyer_id, most=1),
            "report_key": uuid4(),
            "case": case,
            "stage": case.stage if case and case.closed_on is None else 0,
            "invoices": [_invoice(line, day, forecasts.get(line.id)) for line in invoices],
            "cut": sum(balance.items for balance in balances) > len(invoices),
            "lines": _lines(request, buyer_id, balances),
            "credit_lines": credit_lines.values(),
            "credit_lined": credit_lines.keys(),
            "open_in": request.membership.currency,
            "may_open": Permission.SET_LIMIT in ctx.may,
            "may_book": Permission.BOOK in ctx.may,
            "terms": terms.panel(request, buyer, day),
            "cover": insurance.insured_limits(ctx, buyer_id, day),
            "actions": collection.actions_of(ctx, buyer_id),
            "deadlines": insurance.open_deadlines(ctx, buyer_id=buyer_id),
            "promises": collection.promises_of(ctx, buyer_id),
            "disputes": collection.disputes_of(ctx, buyer_id),
            "alerts": monitoring.open_alerts(ctx, buyer_id=buyer_id),
            "waiting": account_policy.waiting(ctx, accounts_of(ctx, buyer_id)),
            "may_confirm": Permission.SET_LIMIT in ctx.may,
            "me": ctx.actor,
            "events": stories.told(monitoring.timeline(ctx, subjects)),
        },
    )


def _invoice(
    line: InvoiceLine, day: date, forecast: payers.InvoiceForecast | None
) -> dict[str, Any]:
    days_past_due = (day - line.due_on).days if line.open_minor > 0 else 0
    return {"line": line, "days_past_due": days_past_due, "forecast": forecast}


def _lines(request: PageRequest, buyer_id: UUID, balances: list[Balance]) -> list[dict[str, Any]]:
    """Grade and credit line of each currency the buyer has a score, a limit or a balance in."""
    ctx, day = request.ctx, request.as_of
    history = scoring.score_history(ctx, buyer_id, day)
    decisions = limits.decisions_in_force(ctx, buyer_id, day)
    cover: dict[str, int] = {}
    for limit in insurance.insured_limits(ctx, buyer_id, day):
        cover[limit.currency] = cover.get(limit.currency, 0) + limit.amount_minor
    owed = {balance.currency: balance for balance in balances}
    return [
        _line(
            owed.get(currency) or Balance(currency, 0, 0, 0, 0, 0),
            history.get(currency, []),
            decisions.get(currency),
            cover.get(currency),
        )
        for currency in sorted({*history, *decisions, *owed})
    ]


def _line(
    balance: Balance,
    history: list[scoring.StoredScore],
    decision: limits.Decision | None,
    insured_minor: int | None,
) -> dict[str, Any]:
    owed = max(0, balance.open_minor + balance.credits_minor)
    score = history[-1] if history else None
    why_limit = _limit_reasons(decision, score, balance.stage)
    limit = decision.limit_minor if decision else None
    reasons = (
        sentences.score_reasons(score.scorecard, score.attributes, score.reasons) if score else []
    )
    return {
        "currency": balance.currency,
        "score": score,
        "lowered": [r["text"] for r in reasons if r["direction"] == "lowered"],
        "raised": [r["text"] for r in reasons if r["direction"] == "raised"],
        "grades": [s.grade for s in history],
        "first_scored_on": history[0].scored_on if history else None,
        "decision": decision,
        "granted_by": stories.who(decision.granted_by) if decision and decision.granted_by else "",
        "limit": limit,
        # A person's words are kept after the program's reasons, and are no reasons of its own.
        "granted_why": " · ".join(r["text"] for r in why_limit if not r["code"]),
        "limit_reasons": [r["text"] for r in why_limit if r["code"]],
        "owed": owed,
        "credits": balance.credits_minor,
        "overdue": balance.overdue_minor,
        "available": None if limit is None else max(0, limit - owed),
        "over": None if limit is None else max(0, owed - limit),
        "insured": None if insured_minor is None else min(insured_minor, owed),
    }


def _limit_reasons(
    decision: limits.Decision | None, score: scoring.StoredScore | None, stage: int
) -> list[dict[str, Any]]:
    if decision is None:
        return []
    # Without a score behind it, a limit is told in the words of this card.
    card = score.scorecard if score else CARD
    return sentences.limit_reasons(card, decision.reasons, decision.grade, stage)
