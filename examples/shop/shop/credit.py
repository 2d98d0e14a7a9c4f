"""All that the shop says to netterms. Keys follow from the order: asked twice is done once."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.db import transaction

from netterms.client import Client, Money, NewBuyer, Retries
from netterms.client import Order as Credit
from shop.models import Order


@cache
def client() -> Client:
    """One for all threads. At a till nobody waits for minutes."""
    return Client(settings.NETTERMS_API_KEY, settings.NETTERMS_URL, retries=Retries(deadline=15))


def ask(order: Order) -> None:
    """May the company have this on credit? The answer is kept with the order."""
    company, key = order.company, f"shop/{order.token}"
    amount = Money(order.total_minor, order.currency)
    if company.buyer_id:
        said = client().authorise(order.number, company.buyer_id, amount, idempotency_key=key)
    else:
        who = NewBuyer(
            company.country, company.registration_number, company.name, company.user.email
        )
        said = client().new_buyer_order(who, order.number, amount, idempotency_key=key)
    keep(order.number, said)


def ship(order: Order) -> None:
    """The goods leave: netterms invoices them."""
    assert order.credit_id is not None, "asked for credit before"
    done = client().capture(order.credit_id, idempotency_key=f"ship/{order.token}")
    keep(order.number, done.order)
    for paper in done.invoices:
        Order.objects.filter(pk=order.pk).update(
            invoice_number=paper.invoice_number, due_on=paper.due_on
        )


def keep(number: str, said: Credit) -> None:
    """Note what netterms says of an order; older news than we have, or of another's, is none."""
    with transaction.atomic():
        order = Order.objects.select_for_update().filter(number=number).first()
        if order is None or said.version < order.credit_version:
            return
        order.credit_id, order.credit_version = said.id, said.version
        order.state, order.reasons = said.state.value, list(said.reasons)
        left = said.line.available if said.line else None
        order.available_minor = left.minor if left and left.currency == order.currency else None
        order.net_days = said.terms.net_days if said.terms else None
        order.save()
        if said.state in {"authorised", "captured"} and not order.company.buyer_id:
            order.company.buyer_id = said.buyer_id
            order.company.save()
