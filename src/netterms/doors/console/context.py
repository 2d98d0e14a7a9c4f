"""What the page frame shows on every page: where one can go, and whose book it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from netterms.kernel.context import Permission


def console(request: HttpRequest) -> dict[str, Any]:
    """`nav`, `seller` and `sellers` for the frame; nothing for a visitor who is not signed in."""
    membership = getattr(request, "membership", None)
    if membership is None:
        return {}
    return {
        "nav": _nav(request.path, request.ctx.may),  # type: ignore[attr-defined]
        "seller": membership,
        "sellers": request.memberships,  # type: ignore[attr-defined]
        "as_of": getattr(request, "as_of", None),
    }


def _nav(path: str, may: frozenset[Permission]) -> list[dict[str, Any]]:
    places = [
        ("dashboard", _("Overview")),
        ("work", _("Work list")),
        ("ladder", _("Ladder")),
        ("plans", _("Payment plans")),
        ("orders", _("Orders")),
        ("buyers", _("Buyers")),
        ("payments", _("Payments")),
        ("disputes", _("Disputes")),
        ("ageing", _("Ageing")),
        ("bank", _("Bank")),
        ("deadlines", _("Policy deadlines")),
        ("terms", _("Terms")),
        ("screening", _("Sanctions")),
        ("scores", _("Scores")),
        ("books", _("Books")),
        ("runs", _("Business days")),
    ]
    if Permission.READ_PERSONAL in may:
        places.insert(2, ("mail", _("Mail")))
    if Permission.MANAGE_ACCESS in may:
        places += [("keys", _("API keys")), ("webhooks", _("Webhooks"))]
    nav = []
    for name, label in places:
        url = reverse(name)
        current = path == url if name == "dashboard" else path.startswith(url)
        nav.append({"url": url, "label": label, "current": current})
    return nav
