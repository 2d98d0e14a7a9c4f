"""Payment plans: the list, one with its schedule and progress, a new one, and the moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from netterms.buyers import queries as buyers
from netterms.collection import instalments, plan_ends, plan_reads, plan_settling, queries
from netterms.collection.instalments import Acceptance
from netterms.collection.moves import PlanState
from netterms.collection.page import page_settings
from netterms.collection.plan_offers import Offer, draw_up, standard_offer
from netterms.collection.promises import Channel
from netterms.doors.console import forms, plan_words, stories
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, page, paged
from netterms.doors.look import formats
from netterms.doors.look.names import PLAN_STATES
from netterms.kernel.context import Context, Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.keyed import keyed
from netterms.terms.schedules import Shape

CONDITIONS = ("currency", "down_percent", "months", "yearly_percent", "shape", "retention")
OPEN = {PlanState.PROPOSED, PlanState.AWAITING_INSURER_CONSENT}


@require_GET
@page
def listing(request: PageRequest) -> HttpResponse:
    """Every plan with a schedule: on the table first, then what runs, then what is over."""
    asked = request.GET.get("state", "")
    state = asked if asked in PLAN_STATES else ""

    def read(most: int, skip: int) -> list[plan_reads.Plan]:
        return plan_reads.plans(request.ctx, state=state, most=most, skip=skip)

    counted = plan_reads.count_plans(request.ctx, state)
    told = {"state": state, "states": PLAN_STATES, **paged(request, counted, read)}
    return render(request, "console/plans.html", told)


@require_GET
@page
def one(request: PageRequest, plan_id: UUID) -> HttpResponse:
    """One plan: the schedule, what came in, who agreed, and what may be done now."""
    ctx = request.ctx
    plan = plan_reads.plan(ctx, plan_id)
    return render(
        request,
        "console/plan.html",
        {
            "plan": plan,
            "instalments": plan_reads.instalments_of(ctx, plan_id),
            "invoices": plan_reads.invoices_of(ctx, plan_id),
            "proposed_by": stories.who(plan.proposed_by),
            "on_table": plan.state in OPEN,
            "waiting": plan_settling.waiting_money(ctx, plan_id),
            "replaceable": plan.state in {PlanState.RUNNING, PlanState.ACCELERATED},
            "settings": page_settings(ctx),
            "may_book": Permission.BOOK in ctx.may,
            "awaits_consent": plan.state == PlanState.AWAITING_INSURER_CONSENT,
            "may_collect": Permission.COLLECT in ctx.may,
            "channels": plan_words.CHANNELS,
            "checks": instalments.standing_checks(ctx, plan_id),
        },
    )


@form_on("plan", "plan_id")
def do(request: PageRequest, plan_id: UUID, move: str) -> HttpResponse:
    """Accept for the buyer, approve, note the consent, decline, end, replace, settle money."""
    moves: dict[str, Callable[[], object]] = {
        "accept": lambda: instalments.accept(ctx, plan_id, _acceptance(request, plan_id)),
        "approve": lambda: instalments.approve(ctx, plan_id),
        "consent": lambda: instalments.note_consent(ctx, plan_id, note),
        "decline": lambda: instalments.decline(ctx, plan_id, note),
        "complete": lambda: plan_ends.close_paid(ctx, plan_id),
        "cancel": lambda: plan_ends.cancel(ctx, plan_id, note),
        "money": lambda: plan_settling.settle_receipt(ctx, plan_id, _payment(request)),
        "replan": lambda: plan_ends.replan(ctx, plan_id, _new_terms(request, plan_id)),
    }
    ctx, note, shown = request.ctx, forms.text(request.POST, "note"), plan_id
    if move not in moves:
        raise Refusal(Code.NOT_FOUND, field="plan", value=move)
    made = moves[move]()
    if move == "replan":
        # It goes on with the new one.
        shown = UUID(str(made))
    messages.success(request, _("Done. It is in the buyer's history."))
    return redirect("plan", shown)


def _payment(request: PageRequest) -> UUID:
    typed = forms.text(request.POST, "payment", 36)
    try:
        return UUID(typed)
    except ValueError as error:
        raise Refusal(Code.NOT_FOUND, field="payment", value=typed) from error


def _new_terms(request: PageRequest, plan_id: UUID) -> plan_ends.NewTerms:
    form, before = request.POST, plan_reads.plan(request.ctx, plan_id)
    return plan_ends.NewTerms(
        forms.whole(form, "months", before.months),
        forms.whole(form, "down_percent", 0),
        forms.needed("yearly_percent", forms.percent(form, "yearly_percent")),
        Shape(before.shape),
    )


def _acceptance(request: PageRequest, plan_id: UUID) -> Acceptance:
    """As a person took it down: by telephone, letter, e-mail or at a visit."""
    plan = plan_reads.plan(request.ctx, plan_id)
    how = request.POST.get("how", "")
    words = _("Taken down by %(who)s: the buyer acknowledges that it owes %(amount)s. %(note)s") % {
        "who": request.ctx.actor,
        "amount": formats.money(plan.debt_minor, plan.currency),
        "note": forms.text(request.POST, "note"),
    }
    # Without a word of what was acknowledged nothing is: the use case refuses it.
    text = words if request.POST.get("agreed") else ""
    return Acceptance(
        forms.text(request.POST, "name", 121),
        Channel(how) if how in set(Channel) else Channel.PHONE,
        text.strip(),
    )


@require_http_methods(["GET", "POST"])
@page
def propose(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """Draw a plan up for what is late in one currency, look at it, put it to the buyer."""
    if request.method == "POST":
        return _proposed(request, buyer_id)
    ctx = request.ctx
    buyer = buyers.buyer(ctx, buyer_id)
    late = _late(ctx, buyer_id)
    codes = sorted({line.currency for line in late})
    currency = request.GET.get("currency", "") or (codes[0] if codes else "")
    offer = _offer(request, buyer_id, late, currency)
    drawn = draw_up(ctx, offer) if late else None
    return render(
        request,
        "console/plan_new.html",
        {
            "buyer": buyer,
            "codes": codes,
            "currency": currency,
            "offer": offer,
            "drawn": drawn,
            "total": drawn.debt + drawn.interest if drawn else None,
            "shapes": plan_words.PLAN_SHAPES,
            "settings": page_settings(ctx),
            "key": forms.new_key(),
            "may_collect": Permission.COLLECT in ctx.may,
        },
    )


def _proposed(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    ctx, form = request.ctx, request.POST
    currency = forms.text(form, "currency", 3)

    def act() -> UUID:
        return instalments.propose(ctx, _offer(request, buyer_id, _late(ctx, buyer_id), currency))

    # By the conditions: once it is on the table, its invoices are not there to be named again.
    asked = {"plan_of": buyer_id, **{name: form.get(name, "") for name in CONDITIONS}}
    plan, _new = keyed(ctx, forms.text(form, "key", 100) or forms.new_key(), asked, act)
    messages.success(request, _("Proposed. The buyer finds it on its page."))
    return redirect("plan", plan)


def _late(ctx: Context, buyer_id: UUID) -> list[queries.InvoiceLine]:
    """What is past due, not wholly disputed and in no plan."""
    planned = plan_reads.planned_invoices(ctx, buyer_id)
    return [
        line
        for line in queries.invoice_lines(ctx, ctx.today, buyer_id=buyer_id)
        if line.kind != "credit_note"
        and line.due_on < ctx.today
        and line.open_minor > line.disputed_minor
        and line.id not in planned
    ]


def _offer(
    request: PageRequest, buyer_id: UUID, late: Sequence[queries.InvoiceLine], currency: str
) -> Offer:
    mine = [line.id for line in late if line.currency == currency]
    usual = standard_offer(request.ctx, buyer_id, mine)
    form = request.POST if request.method == "POST" else request.GET
    shape, rate = form.get("shape", ""), forms.percent(form, "yearly_percent")
    price = forms.minor(form, "retention", currency)
    return Offer(
        usual.buyer_id,
        usual.invoices,
        forms.whole(form, "months", usual.months),
        forms.whole(form, "down_percent", usual.down_percent),
        usual.yearly_percent if rate is None else rate,
        Shape(shape) if shape in set(Shape) else usual.shape,
        Money(price, currency) if price else None,
    )
