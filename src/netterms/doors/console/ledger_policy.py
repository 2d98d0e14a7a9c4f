"""The seller's rules of the books: write-offs without a second person, small differences."""

from __future__ import annotations

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
from netterms.kernel.money import Money
from netterms.kernel.reasons import checked_reason
from netterms.receivables.ledger_policy import (
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
    known = ledger_policies(ctx)
    in_force = known[0].policy if known else LedgerPolicy()
    if request.method == "POST":
        ctx.require(Permission.MANAGE_POLICY)
        new = set_ledger_policy(ctx, _typed(request), forms.reason(request.POST))
        said = _("The rules of the books are in force.") if new else _("Nothing changed.")
        messages.success(request, said)
        return redirect("ledger_policy")
    return render(
        request,
        "console/ledger_policy.html",
        {
            "typed": _shown(in_force, currency),
            "currency": currency,
            "in_force": in_force,
            "known": known,
            "examples": [_example(in_force, Money.of(each, currency)) for each in EXAMPLES],
            "may_change": Permission.MANAGE_POLICY in ctx.may,
        },
    )


def _typed(request: PageRequest) -> LedgerPolicy:
    form, currency, ask = request.POST, request.membership.currency, forms.Asking()

    def amount(name: str) -> int | None:
        return ask(lambda: forms.needed(name, forms.minor(form, name, currency)))

    collector, manager = amount("collector_minor"), amount("manager_minor")
    share = ask(lambda: forms.needed("small_percent", forms.percent(form, "small_percent")))
    most = ask(lambda: forms.needed_whole(form, "small_minor"))
    ask(lambda: checked_reason(forms.reason(form)))
    ask.say()
    assert collector is not None
    assert manager is not None
    assert share is not None
    assert most is not None
    return LedgerPolicy(collector, manager, share, most)


def _shown(policy: LedgerPolicy, currency: str) -> dict[str, str]:
    """As it is typed."""
    return {
        "collector_minor": f"{Money(policy.collector_minor, currency).major:f}",
        "manager_minor": f"{Money(policy.manager_minor, currency).major:f}",
        "small_percent": formats.plain(policy.small_percent),
        "small_minor": str(policy.small_minor),
    }


def _example(policy: LedgerPolicy, amount: Money) -> tuple[Money, Money]:
    """An invoice, and the largest difference that is small beside a payment of it."""
    return amount, policy.tolerance.of(OpenInvoice(InvoiceKind.INVOICE, amount, amount))
