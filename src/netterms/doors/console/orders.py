"""Orders on credit: the list, what waits for a person, and one order's life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from netterms.checkout import actions, pending, queries
from netterms.checkout.moves import ORDER_MOVES, OrderMove, OrderState
from netterms.checkout.queries import OrderFilter
from netterms.checkout.requests import LONGEST_KEY, LONGEST_NUMBER, MoveRequest
from netterms.doors.console import event_words, forms, rates, stories, words
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, id_in, page, paged
from netterms.kernel.context import Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.limits import queries as limits
from netterms.scoring import queries as scoring

TONES = {
    "checkout.order_authorised": "ok",
    "checkout.order_approved": "ok",
    "checkout.order_captured": "ok",
    "checkout.order_pending": "warn",
    "checkout.order_amend_declined": "warn",
    "checkout.order_approve_declined": "warn",
    "checkout.order_expired": "warn",
    "checkout.order_declined": "bad",
}
BY_PEOPLE = actions.DECIDED_BY_PEOPLE


@require_GET
@page
def listing(request: PageRequest) -> HttpResponse:
    """Orders by number, buyer or state, the newest first."""
    ask = request.GET
    asked = OrderFilter(
        text=forms.text(ask, "q", 200),
        state=OrderState(ask["state"]) if ask.get("state") in list(OrderState) else None,
        buyer_id=id_in(ask.get("buyer", "")),
    )

    def read(most: int, skip: int) -> list[queries.Order]:
        return queries.orders(request.ctx, asked, most=most, skip=skip)

    return render(
        request,
        "console/orders.html",
        {
            "asked": asked,
            "filtered": asked != OrderFilter(),
            "states": [state.value for state in OrderState],
            "waiting": queries.count_pending(request.ctx),
            **rates.shown(request.ctx.today),
            **paged(request, queries.count_orders(request.ctx, asked), read),
        },
    )


@require_GET
@page
def queue(request: PageRequest) -> HttpResponse:
    """Orders that wait for a person, those that expire first on top of the newest page."""
    asked = OrderFilter(state=OrderState.PENDING)

    def read(most: int, skip: int) -> list[dict[str, Any]]:
        found = queries.orders(request.ctx, asked, most=most, skip=skip)
        return _waiting(request, found)

    counted = queries.count_pending(request.ctx)
    context = {
        "waiting": counted,
        "may_decide": Permission.SET_LIMIT in request.ctx.may,
        **rates.shown(request.ctx.today),
    }
    return render(request, "console/orders_queue.html", context | paged(request, counted, read))


@require_GET
@page
def one(request: PageRequest, order_id: UUID) -> HttpResponse:
    """One order: amounts, line, papers, what may be done, and every event."""
    ctx = request.ctx
    order = queries.order(ctx, order_id)
    life = queries.life_of(ctx, order_id)
    held_on = order.line_currency or pending.line_currency(ctx, order.buyer_id, order.currency)
    grades = scoring.grades_of(ctx, [order.buyer_id], request.as_of)
    return render(
        request,
        "console/orders_one.html",
        {
            "order": order,
            "open_minor": order.authorised_minor - order.captured_minor,
            "kept_minor": order.captured_minor - order.refunded_minor,
            "held_on": held_on,
            "line": limits.lines_of(ctx, order.buyer_id).get(held_on),
            "grade": _grade(grades[order.buyer_id], held_on),
            "papers": queries.papers_of(ctx, order_id),
            "moves": _moves(request, order),
            "hints": queries.hints_of(order, life),
            "life": [_moment(event) for event in reversed(life)],
        },
    )


@form_on("order", "order_id")
def do(request: PageRequest, order_id: UUID, move: str) -> HttpResponse:
    """A person moves an order: void, amend, capture, refund, approve or decline it."""
    if move not in DONE:
        raise Refusal(Code.NOT_FOUND, field="move", value=move)
    order = queries.order(request.ctx, order_id)
    try:
        answer = _done(request, order, OrderMove(move))
        _say(request, OrderMove(move), answer.order)
    except Refusal as refusal:
        # A program counts in minor units; a person reads money.
        refusal.facts.setdefault("currency", order.currency)
        raise
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/orders/")
    return redirect(back) if safe else redirect("order", order_id)


def _done(request: PageRequest, order: queries.Order, move: OrderMove) -> actions.Answer:
    form = request.POST
    ctx = replace(request.ctx, why=forms.text(form, "why"))
    key = forms.text(form, "key", LONGEST_KEY + 1)
    if move is OrderMove.APPROVE:
        held_on = pending.line_currency(ctx, order.buyer_id, order.currency)
        limit = forms.minor(form, "limit", held_on)
        seen = forms.minor(form, "seen", held_on)
        return pending.approve(ctx, pending.Approval(key, order.id, limit, seen))
    number = forms.text(form, "invoice_number", LONGEST_NUMBER + 1) or None
    amount = forms.minor(form, "amount", order.currency)
    return actions.move(ctx, [MoveRequest(key, order.id, move, amount, number)])[0]


def _say(request: PageRequest, move: OrderMove, answered: Mapping[str, Any]) -> None:
    said = stories.detail(f"checkout.order_{move}_declined", dict(answered))
    if answered["outcome"] == "done":
        messages.success(request, _("Done: %(what)s.") % {"what": DONE[move]()})
    elif move is OrderMove.APPROVE:
        messages.error(
            request, _("The order still waits: there is no room. %(why)s") % {"why": said}
        )
    else:
        messages.error(request, _("Nothing was changed: there is no room. %(why)s") % {"why": said})


# What a person may do, in the order it is offered in, and how it is said when it is done.
DONE = {
    OrderMove.APPROVE: lambda: _("the order is granted"),
    OrderMove.DECLINE: lambda: _("the order is declined"),
    OrderMove.CAPTURE: lambda: _("the invoice is written"),
    OrderMove.AMEND: lambda: _("the amount is changed"),
    OrderMove.VOID: lambda: _("the order is cancelled"),
    OrderMove.REFUND: lambda: _("the credit note is written"),
}


def _moves(request: PageRequest, order: queries.Order) -> list[dict[str, str]]:
    """What this person may do with the order now, each with a key of its own form."""
    may = request.ctx.may
    return [
        {"name": move.value, "key": forms.new_key()}
        for move in DONE
        if (order.state, move) in ORDER_MOVES
        # An order with nothing left to credit has no refund.
        and not (move is OrderMove.REFUND and order.captured_minor == order.refunded_minor)
        and (Permission.SET_LIMIT if move in BY_PEOPLE else Permission.CHECKOUT) in may
    ]


def _waiting(request: PageRequest, orders: list[queries.Order]) -> list[dict[str, Any]]:
    """Each order with its line and its buyer's grade, read for all of them at once."""
    ctx = request.ctx
    buyers = list({order.buyer_id for order in orders})
    held = pending.lines_for(ctx, [(order.buyer_id, order.currency) for order in orders])
    lines = limits.lines_of_buyers(ctx, buyers)
    grades = scoring.grades_of(ctx, buyers, request.as_of)
    rows = []
    for order in orders:
        held_on = held.get((order.buyer_id, order.currency), order.currency)
        row = {
            "order": order,
            "held_on": held_on,
            "line": lines[order.buyer_id].get(held_on),
            "grade": _grade(grades[order.buyer_id], held_on),
            "approve_key": forms.new_key(),
            "decline_key": forms.new_key(),
        }
        rows.append(row)
    return rows


def _grade(grades: Mapping[str, int], currency: str) -> int | None:
    """The grade in the line's currency, else the buyer's first in any."""
    return grades.get(currency, next(iter(grades.values()), None))


def _moment(event: queries.OrderEvent) -> dict[str, Any]:
    return {
        "at": event.happened_at,
        "what": event_words.EVENTS.get(event.kind) or words.plain(event.kind).capitalize(),
        "detail": stories.detail(event.kind, event.facts),
        "why": event.why,
        "who": event.actor,
        "tone": TONES.get(event.kind, ""),
    }
