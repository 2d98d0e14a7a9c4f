"""The seller's rules of the books: write-offs without a second person, small differences."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page
from netterms.doors.look import formats
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import invalid
from netterms.receivables.ledger_policy import (
    SETTINGS,
    LedgerPolicy,
    ledger_policies,
    set_ledger_policy,
)
from netterms.receivables.rules import InvoiceKind, OpenInvoice

# Two invoices, in major units: one where the percentage is the bound, and one where the amount is.
EXAMPLES = ("1000", "100000")


@require_http_methods(["GET", "POST"])
@page
def overview(request: PageRequest) -> HttpResponse:
    """The policy in force with each setting explained, what it means, and those before it."""
    ctx, currency = request.ctx, request.membership.currency
    errors: dict[str, str] = {}
    known = ledger_policies(ctx)
    in_force = known[0].policy if known else LedgerPolicy()
    typed = _shown(in_force, currency)
    if request.method == "POST":
        ctx.require(Permission.MANAGE_POLICY)
        typed = {name: forms.text(request.POST, name, 501) for name in (*SETTINGS, "why")}
        ask = forms.Asking(errors, {*SETTINGS, "why"})
        policy = _typed(typed, currency, ask)
        if policy is not None:
            new = ask("why", lambda: set_ledger_policy(ctx, policy, typed["why"]))
            if not errors:
                said = _("The rules of the books are in force.") if new else _("Nothing changed.")
                messages.success(request, said)
                return redirect("ledger_policy")
    return render(
        request,
        "console/ledger_policy.html",
        {
            "typed": typed,
            "errors": errors,
            "currency": currency,
            "in_force": in_force,
            "known": known,
            "examples": [_example(in_force, Money.of(each, currency)) for each in EXAMPLES],
            "may_change": Permission.MANAGE_POLICY in ctx.may,
        },
    )


def _typed(typed: dict[str, str], currency: str, ask: forms.Asking) -> LedgerPolicy | None:
    def amount(name: str) -> int:
        return forms.needed(name, forms.minor(typed, name, currency, name))

    def percent() -> Decimal:
        return forms.needed("small_percent", forms.percent(typed, "small_percent"))

    def units() -> int:
        if not typed["small_minor"]:
            raise invalid("small_minor", "", Mend.GIVE_IT)
        return forms.whole(typed, "small_minor", "small_minor", 0)

    collector = ask("collector_minor", lambda: amount("collector_minor"))
    manager = ask("manager_minor", lambda: amount("manager_minor"))
    share, most = ask("small_percent", percent), ask("small_minor", units)
    if collector is None or manager is None or share is None or most is None:
        return None
    return LedgerPolicy(collector, manager, share, most)


def _shown(policy: LedgerPolicy, currency: str) -> dict[str, str]:
    """As it is typed."""
    return {
        "collector_minor": f"{Money(policy.collector_minor, currency).major:f}",
        "manager_minor": f"{Money(policy.manager_minor, currency).major:f}",
        "small_percent": formats.plain(policy.small_percent),
        "small_minor": str(policy.small_minor),
        "why": "",
    }


def _example(policy: LedgerPolicy, amount: Money) -> tuple[Money, Money]:
    """An invoice, and the largest difference that is small beside a payment of it."""
    return amount, policy.tolerance.of(OpenInvoice(InvoiceKind.INVOICE, amount, amount))
