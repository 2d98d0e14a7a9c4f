"""Pages, and the address where netterms tells what happened."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_required, user_passes_test
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from netterms.client import NettermsError, WebhookInvalid, verify
from shop import credit
from shop.catalogue import CURRENCY, PRODUCTS
from shop.models import Company, Item, Order

MOST_OF_ONE = 999
# What a reason means to the buyer, and what would change the answer.
REASONS = {
    "over_limit": _("This is more than your credit line has left."),
    "no_line": _("You have no credit line with us yet. Write to us and we look at it."),
    "line_on_hold": _("Your credit line is on hold. Usually an invoice is late: pay it first."),
    "line_closed": _("Your credit line is closed. Write to us to open it again."),
}
OTHER_REASON = _("We cannot give credit for this order right now. Write to us.")


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """What every page shows."""
    return {"in_basket": sum(_basket(request).values()), "currency": CURRENCY}


def _basket(request: HttpRequest) -> dict[str, int]:
    found = request.session.get("basket", {})
    return {sku: count for sku, count in found.items() if sku in PRODUCTS}


def _rows(basket: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "product": PRODUCTS[sku],
            "quantity": count,
            "price_minor": PRODUCTS[sku].price_minor,
            "sum_minor": count * PRODUCTS[sku].price_minor,
        }
        for sku, count in basket.items()
    ]


def catalogue(request: HttpRequest) -> HttpResponse:
    """All there is."""
    return render(request, "catalogue.html", {"products": PRODUCTS.values()})


def basket(request: HttpRequest) -> HttpResponse:
    """What was chosen; a POST sets how many of a product there are (`add`: that many more)."""
    chosen = _basket(request)
    if request.method == "POST":
        sku, said = request.POST.get("sku", ""), request.POST.get("quantity", "")
        if sku in PRODUCTS and said.isascii() and said.isdigit() and len(said) <= 6:
            count = int(said) + (chosen.get(sku, 0) if "add" in request.POST else 0)
            chosen[sku] = min(count, MOST_OF_ONE)
            request.session["basket"] = {s: n for s, n in chosen.items() if n}
        return redirect("basket")
    rows = _rows(chosen)
    total = sum(row["sum_minor"] for row in rows)
    # The same form sent twice is one order.
    context = {"rows": rows, "total_minor": total, "token": uuid.uuid4()}
    return render(request, "basket.html", context)


class NewCompany(forms.Form):
    """A company opens an account."""

    name = forms.CharField(label=_("Company"), max_length=200)
    country = forms.RegexField(
        "^[A-Z]{2}$", label=_("Country"), initial="DE", help_text=_("Two letters: DE, FR, CN")
    )
    registration_number = forms.CharField(label=_("Registration number"), max_length=80)
    email = forms.EmailField(label=_("E-mail"))
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput, validators=[validate_password]
    )

    def clean_email(self) -> str:
        """One account an address."""
        email = self.cleaned_data["email"].lower()
        if get_user_model().objects.filter(username=email).exists():
            raise forms.ValidationError(_("There is an account with this address."))
        return str(email)


def join(request: HttpRequest) -> HttpResponse:
    """Open an account."""
    form = NewCompany(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        with transaction.atomic():
            user = get_user_model().objects.create_user(
                told["email"], told["email"], told["password"]
            )
            Company.objects.create(
                user=user,
                name=told["name"],
                country=told["country"],
                registration_number=told["registration_number"],
            )
        login(request, user)
        return redirect("basket")
    return render(request, "join.html", {"form": form})


@require_POST
@login_required
def checkout(request: HttpRequest) -> HttpResponse:
    """Order what is in the basket, on invoice."""
    company = get_object_or_404(Company, user=request.user)
    try:
        token = uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        return redirect("basket")
    rows = _rows(_basket(request))
    made = Order.objects.filter(token=token, company=company).first()
    if made is None:
        if not rows:
            return redirect("basket")
        try:
            made = _made(token, company, rows)
        except IntegrityError:
            # Two clicks at one moment: the other one has made it.
            made = get_object_or_404(Order, token=token, company=company)
        request.session["basket"] = {}
    # The order is kept before anybody is asked: what gets lost on the way can be asked again.
    return _asked(request, made)


def _made(token: uuid.UUID, company: Company, rows: list[dict[str, Any]]) -> Order:
    with transaction.atomic():
        made = Order.objects.create(
            token=token,
            number=f"WEB-{now():%y%m%d}-{secrets.token_hex(4).upper()}",
            company=company,
            currency=CURRENCY,
            total_minor=sum(row["sum_minor"] for row in rows),
        )
        for row in rows:
            Item.objects.create(
                order=made,
                sku=row["product"].sku,
                quantity=row["quantity"],
                price_minor=row["price_minor"],
            )
    return made


def _asked(request: HttpRequest, order: Order) -> HttpResponse:
    try:
        credit.ask(order)
    except NettermsError as error:
        request.session["trouble"] = error.detail if error.status else ""
    return redirect("order", order.number)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "signed in"
    return request.user


def _own(request: HttpRequest, number: str) -> Order:
    orders = Order.objects.select_related("company")
    if not request.user.is_staff:
        orders = orders.filter(company__user=_person(request))
    return get_object_or_404(orders, number=number)


@login_required
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One order; a POST asks for credit again where no answer came."""
    found = _own(request, number)
    if request.method == "POST" and found.state == "asking":
        return _asked(request, found)
    items = [
        {
            "product": PRODUCTS[item.sku],
            "quantity": item.quantity,
            "price_minor": item.price_minor,
            "sum_minor": item.quantity * item.price_minor,
        }
        for item in found.items.all()
    ]
    reasons = list(dict.fromkeys(REASONS.get(code, OTHER_REASON) for code in found.reasons))
    trouble = request.session.pop("trouble", "")
    context = {"order": found, "rows": items, "reasons": reasons, "trouble": trouble}
    return render(request, "order.html", context)


@login_required
def orders(request: HttpRequest) -> HttpResponse:
    """A company's orders; for staff everybody's, with what can be shipped."""
    found = Order.objects.select_related("company").order_by("-pk")
    if not request.user.is_staff:
        found = found.filter(company__user=_person(request))
    return render(request, "orders.html", {"orders": found[:100]})


@require_POST
@user_passes_test(lambda user: user.is_staff)
def ship(request: HttpRequest, number: str) -> HttpResponse:
    """The goods leave the warehouse."""
    found = _own(request, number)
    try:
        credit.ship(found)
    except NettermsError as error:
        request.session["trouble"] = error.detail
    return redirect("order", number)


@csrf_exempt
@require_POST
def told(request: HttpRequest) -> HttpResponse:
    """A message of netterms. Only what it signed is believed."""
    try:
        secret = settings.WEBHOOK_SECRET_FILE.read_text()
        event = verify(secret, request.headers, request.body)
    except (OSError, WebhookInvalid):
        return HttpResponse(status=400)
    if event.order is not None:
        credit.keep(event.order.order_number, event.order)
    return HttpResponse(status=204)
