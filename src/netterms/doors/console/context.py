"""What the page frame shows on every page: where one can go, and whose book it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

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
    nav: list[dict[str, Any]] = []
    for heading, places in _sections(may):
        if heading:
            nav.append({"heading": heading})
        for name, label in places:
            url = reverse(name)
            current = path == url if name == "dashboard" else path.startswith(url)
            nav.append({"url": url, "label": label, "current": current})
    return nav


def _sections(may: frozenset[Permission]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The places in the order of the loop: know and sell, get paid, keep the books, run it."""
    mail = [("mail", _("Mail"))] if Permission.READ_PERSONAL in may else []
    access = [("keys", _("API keys")), ("webhooks", _("Webhooks"))]
    write = [("invoice_new", pgettext("to write or take in", "Invoices"))]
    return [
        ("", [("dashboard", _("Overview")), ("work", _("Work list"))]),
        (
            pgettext("in the menu", "Credit"),
            [
                ("buyers", _("Buyers")),
                ("orders", _("Orders")),
                ("scores", _("Scores")),
                ("screening", _("Sanctions")),
                ("terms", _("Terms")),
                ("insurance", _("Insurance")),
            ],
        ),
        (
            _("Collection"),
            [
                ("ageing", _("Ageing")),
                ("disputes", _("Disputes")),
                ("plans", _("Payment plans")),
                *mail,
                ("ladder", _("Ladder")),
                ("deadlines", _("Policy deadlines")),
            ],
        ),
        (
            _("Money"),
            [
                *(write if Permission.BOOK in may else []),
                ("payments", _("Payments")),
                ("bank", _("Bank statements")),
                ("books", _("Books")),
            ],
        ),
        (
            _("Operation"),
            [
                ("runs", _("Business days")),
                *(access if Permission.MANAGE_ACCESS in may else []),
            ],
        ),
    ]
