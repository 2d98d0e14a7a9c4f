"""The book as a whole: the overview, and the ageing down to the buyers in a bucket."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from netterms.collection import queries as collection
from netterms.collection import ranking
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import PER_PAGE, page, paged
from netterms.doors.look import formats
from netterms.insurance import queries as insurance
from netterms.kernel.money import Money, half_up
from netterms.monitoring import queries as monitoring
from netterms.portfolio import live
from netterms.portfolio.rules import Bucket
from netterms.scoring import queries as scoring
from netterms.scoring.monthly import concerns

DAYS_AHEAD = 14
# SCR-15 needs a loss given default; until one is learnt from the book, the usual unsecured figure.
LOSS_GIVEN_DEFAULT = Decimal("0.60")
TOP_SHOWN = 8
LEGAL_FROM = 3


@require_GET
@page
def dashboard(request: PageRequest) -> HttpResponse:
    """How the book stands: key figures, ageing, months, work of the day, alerts, last run."""
    figures = live.figures(request.ctx, request.as_of)
    currency = _chosen(request, list(figures))
    block = figures.get(currency)
    stages = _stages(request)
    return render(
        request,
        "console/dashboard.html",
        {
            "currencies": list(figures),
            "currency": currency,
            "book": block,
            "kpis": _kpis(request, currency, block, stages) if block else [],
            "top": (block or {}).get("top20", [])[:TOP_SHOWN],
            "stages": stages,
            "alerts": monitoring.open_alerts(request.ctx),
            "score_concerns": concerns(request.ctx, request.as_of),
            "last_run": next(iter(monitoring.days_run(request.ctx, most=1)), None),
        },
    )


@require_GET
@page
def ageing(request: PageRequest) -> HttpResponse:
    """What is open by days past due, in each currency, beside the journal's own balance."""
    aged = live.ageing(request.ctx, request.as_of)
    # The order of the overview: most open invoices first.
    currencies = sorted(aged, key=lambda code: (-aged[code].count, code))
    currency = _chosen(request, currencies)
    shown = aged.get(currency)
    # The bar takes amounts in major units, as a report has them.
    major = {k: Money(v, currency).major for k, v in shown.amounts.items()} if shown else {}
    return render(
        request,
        "console/ageing.html",
        {"currencies": currencies, "currency": currency, "aged": shown, "major": major},
    )


@require_GET
@page
def bucket(request: PageRequest, currency: str, name: str) -> HttpResponse:
    """The buyers whose open invoices fall into one bucket."""
    aged = live.ageing(request.ctx, request.as_of).get(currency)
    if aged is None or name not in list(Bucket):
        raise Http404
    first, last = live.bucket_days(Bucket(name))

    def read(most: int, skip: int) -> list[collection.BucketLine]:
        return collection.in_bucket(
            request.ctx, request.as_of, currency, first, last, most=most, skip=skip
        )

    counted = collection.count_in_bucket(request.ctx, request.as_of, currency, first, last)
    return render(
        request,
        "console/bucket.html",
        {
            "currency": currency,
            "bucket": name,
            "total": aged.amounts[name],
            "count": aged.counts[name],
            "aged": aged,
            **paged(request, counted, read, PER_PAGE),
        },
    )


def _chosen(request: PageRequest, currencies: list[str]) -> str:
    """The currency asked for, else the one with most open invoices."""
    asked = request.GET.get("currency", "")
    first = currencies[0] if currencies else request.membership.currency
    return asked if asked in currencies else first


def _kpis(
    request: PageRequest, currency: str, block: dict[str, Any], stages: list[dict[str, int]]
) -> list[dict[str, Any]]:
    """The headline figures, each with what it means and where it comes from."""
    whole, late = Decimal(block["open_total"]), Decimal(block["overdue_total"])
    share = formats.percent(late / whole if whole else 0)
    ageing_url = f"{reverse('ageing')}?currency={currency}"
    count = block["open_count"]
    figures = [
        {
            "label": _("Open"),
            "value": formats.money_short(whole, currency),
            "exact": formats.exact(whole, currency),
            "note": ngettext("%(n)s invoice", "%(n)s invoices", count)
            % {"n": formats.number(count)},
            "url": ageing_url,
        },
        {
            "label": _("Overdue"),
            "value": formats.money_short(late, currency),
            "exact": formats.exact(late, currency),
            "note": _("%(share)s of what is open") % {"share": share},
            "url": ageing_url,
        },
        *_behaviour(block),
        {
            "label": _("Buyers at stage 3 or 4"),
            "value": formats.number(sum(s["buyers"] for s in stages if s["stage"] >= LEGAL_FROM)),
            "note": _("legal steps and claims"),
            "url": f"{reverse('buyers')}?sort=days",
        },
        _deadlines(request),
    ]
    loss = _expected_loss(request, currency)
    if loss is not None:
        lgd = formats.percent(LOSS_GIVEN_DEFAULT, 0)
        note = _("PD × open × loss of %(lgd)s, uninsured") % {"lgd": lgd}
        value, exact = formats.money_short(loss, currency), formats.exact(loss, currency)
        figures.append({"label": _("Expected loss"), "value": value, "exact": exact, "note": note})
    return figures


def _behaviour(block: dict[str, Any]) -> list[dict[str, str]]:
    """How long the money takes and how often it is late; both need invoices that were settled."""
    dso, late_by = block["dso"], block["average_days_late"]
    unknown = _("needs settled invoices")
    best = _("%(days)s if all were paid on time") % {"days": formats.number(dso["best"], 1)}
    by_days = _("by %(days)s days on average") % {"days": formats.number(late_by, 1)}
    return [
        {
            "label": _("DSO, days"),
            "value": formats.number(dso["simple"], 1),
            "note": unknown if dso["best"] is None else best,
        },
        {
            "label": _("Paid late"),
            "value": formats.percent(block["late_rate"]),
            "note": unknown if late_by is None else by_days,
        },
    ]


def _deadlines(request: PageRequest) -> dict[str, str]:
    near = insurance.count_deadlines(request.ctx, request.as_of + timedelta(days=DAYS_AHEAD))
    return {
        "label": _("Policy deadlines"),
        "value": formats.number(near),
        "note": _("in the next %(days)s days") % {"days": DAYS_AHEAD},
        "url": reverse("deadlines"),
        "tone": "warn" if near else "",
    }


def _expected_loss(request: PageRequest, currency: str) -> int | None:
    """SCR-15 before insurance, in minor units; None before anything was scored."""
    weighted = scoring.probable_defaults(request.ctx, request.as_of).get(currency)
    return None if weighted is None else half_up(weighted * LOSS_GIVEN_DEFAULT)


def _stages(request: PageRequest) -> list[dict[str, int]]:
    """Each stage with its buyers and what people are to do today, as the work list counts it."""
    buyers = collection.stage_counts(request.ctx)
    work = ranking.task_counts(request.ctx, request.as_of)
    return [
        {"stage": stage, "buyers": buyers.get(stage, 0), "work": work.get(stage, 0)}
        for stage in (1, 2, 3, 4)
    ]
