"""How limits are recommended: the policy in force, the ones before and to come, a new one."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from netterms.doors.console import forms, words
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page
from netterms.doors.look import formats
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import invalid
from netterms.kernel.versions import in_force
from netterms.limits.formulas import Formula
from netterms.limits.policy import STARTING, LimitPolicy, limit_policies, set_limit_policy

PERCENT = Decimal(100)


@require_http_methods(["GET", "POST"])
@page
def overview(request: PageRequest) -> HttpResponse:
    """The policy in force in a form, and every version."""
    if request.method == "POST":
        _set(request)
        messages.success(request, _("Kept. From its day on every limit is looked at again."))
        return redirect("limit_policy")
    versions = limit_policies(request.ctx)
    now = in_force(versions, request.ctx.today, STARTING)
    chosen = now.policy.formulas
    context = {
        "formulas": [(f.value, words.FORMULAS[f], f.value in chosen) for f in Formula],
        "now": now,
        "versions": [(one, _in_words(one.policy)) for one in versions],
        "shares": {name: _percent(getattr(now.policy, name)) for name in SHARES},
        "today": request.ctx.today,
        "key": forms.new_key(),
        "may_change": Permission.MANAGE_POLICY in request.ctx.may,
    }
    return render(request, "console/limit_policy.html", context)


SHARES = ("concentration_share", "tolerated_uninsured_share", "net_worth_rule")


def _set(request: PageRequest) -> None:
    form = request.POST
    shares = {name: forms.percent(form, name) for name in SHARES}
    for name in SHARES[:2]:
        forms.needed(name, shares[name])
    given = {name: None if share is None else share / PERCENT for name, share in shares.items()}
    chosen = form.getlist("formulas")
    wrong = next((name for name in chosen if name not in set(Formula)), None)
    if wrong is not None:
        raise invalid("formulas", wrong, Mend.ONE_OF, allowed=", ".join(Formula))
    policy = LimitPolicy(
        frozenset(map(Formula, chosen)),
        given["net_worth_rule"],
        given["concentration_share"] or Decimal(0),
        given["tolerated_uninsured_share"] or Decimal(0),
    )
    on = forms.day(form, "in_force_on") or request.ctx.today
    key = forms.text(form, "key", 100) or forms.new_key()
    set_limit_policy(request.ctx, policy, on, forms.reason(form), key=key)


def _percent(share: Decimal | None) -> str:
    return "" if share is None else formats.plain(share * PERCENT)


def _shown(share: Decimal) -> str:
    return formats.percents(share * PERCENT)


def _in_words(policy: LimitPolicy) -> list[str]:
    said = [str(words.FORMULAS[f]) for f in Formula if f in policy.formulas]
    said.append(_("concentration %(percent)s") % {"percent": _shown(policy.concentration_share)})
    if policy.tolerated_uninsured_share:
        uninsured = _shown(policy.tolerated_uninsured_share)
        said.append(_("%(percent)s uninsured") % {"percent": uninsured})
    if policy.net_worth_rule is not None:
        worth = _shown(policy.net_worth_rule)
        said.append(_("%(percent)s of net worth") % {"percent": worth})
    return said
