"""What every address of the buyer's page passes: the link, the language, the headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from netterms.collection import portal
from netterms.collection.links import Visit, open_link
from netterms.doors.look import typed
from netterms.doors.look.refused import Sent, filled, wrongs_of
from netterms.doors.portal.language import LANGUAGES, known, language, of_browser
from netterms.doors.portal.said import said
from netterms.kernel.clock import SystemClock
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money, exponent
from netterms.kernel.refusal import Code, Refusal, invalid

# Three files of five megabytes, and the rest of the form.
MOST_BYTES = 16 * 2**20
LONGEST_TYPED = 2_000
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store, private",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Named = TypeVar("Named", bound=StrEnum)
STATUS = {Code.NOT_FOUND: 404, Code.TOO_MANY_REQUESTS: 429}


@dataclass(frozen=True, slots=True)
class Guest:
    """A request that came by a link that opens: who, where from, what is on its page."""

    request: HttpRequest
    token: str
    visit: Visit
    account: portal.Account
    # Whether a form was refused, and its page is to be shown again.
    again: bool = False
    # What is wrong with it, where the page has no such form any more.
    refused: str = ""

    @property
    def asked(self) -> Mapping[str, str]:
        """What the address asks for and the form that was sent; refused, the language alone."""
        told: dict[str, str] = self.request.GET.dict() | self.request.POST.dict()
        if self.again and self.request.method == "GET":
            return {"lang": told.get("lang", "")}
        return told

    @property
    def form(self) -> Mapping[str, str]:
        """What was typed."""
        return self.request.POST

    @property
    def is_sent(self) -> bool:
        """Whether a form was sent."""
        return self.request.method == "POST" and not self.again

    def render(self, template: str, told: Mapping[str, Any]) -> HttpResponse:
        """A page with what all of them show."""
        context = {
            "a": self.account,
            "token": self.token,
            "tail": self._tail(),
            "form_key": str(uuid4()),
            "language": translation.get_language(),
            "languages": LANGUAGES,
            "path": self.request.path,
            "refused": self.refused,
            **told,
        }
        return HttpResponse(get_template(f"portal/{template}.html").render(context))

    def home(self, done: str) -> HttpResponse:
        """Back to the account, where it is said what was done."""
        return self.to("portal", {"done": done})

    def to(self, name: str, query: Mapping[str, str], **where: object) -> HttpResponse:
        """Another address of the same page, in the same language."""
        chosen = self.asked.get("lang")
        query = {**query, **({"lang": chosen} if chosen else {})}
        url = reverse(name, kwargs={"token": self.token, **where})
        return HttpResponseRedirect(f"{url}?{urlencode(query)}" if query else url)

    def _tail(self) -> str:
        chosen = self.asked.get("lang", "")
        return "?" + urlencode({"lang": chosen}) if chosen in LANGUAGES else ""


Page = Callable[..., HttpResponse]


def entrance(page: Page) -> Page:
    """Only by a link that opens. No cookie, no session: the link is all there is to know."""

    @csrf_exempt
    @wraps(page)
    def guarded(request: HttpRequest, token: str, **where: object) -> HttpResponse:
        response = _answer(request, token, page, where)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return guarded


def _answer(
    request: HttpRequest, token: str, page: Page, where: Mapping[str, object]
) -> HttpResponse:
    chosen = request.GET.get("lang", "")
    # Whose a link was that opens nothing, nobody knows: its reader's browser says the language.
    read = known(chosen) or of_browser(request.headers.get("Accept-Language", ""))
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST"})
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return _shut(read, 413)
    try:
        visit = open_link(
            token,
            SystemClock().now(),
            request.META.get("REMOTE_ADDR", ""),
            acts=request.method == "POST",
        )
        shown = portal.account(visit)
    except Refusal as refusal:
        return _shut(read, STATUS.get(refusal.code, 422))
    spoken = language(chosen, shown.language, shown.country)
    with translation.override(spoken):
        try:
            response = _shown(Guest(request, token, visit, shown), page, where)
        except Refusal as refusal:
            return _shut(spoken, STATUS.get(refusal.code, 422))
        response.headers["Content-Language"] = spoken
        return response


def _shut(chosen: str, status: int) -> HttpResponse:
    """The page of a link that opens nothing; it does not tell why."""
    spoken = language(chosen, "", "")
    with translation.override(spoken):
        text = {
            413: _("What was sent is too large."),
            429: _("Too many requests came by this link. Please try again later."),
        }.get(status, _("Please ask the company that sent it for a new one."))
        told = {"language": spoken, "text": text, "is_link": status == 404}
        page = get_template("portal/shut.html").render(told)
    response = HttpResponse(page, status=status)
    response.headers["Content-Language"] = spoken
    return response


def _shown(guest: Guest, page: Page, where: Mapping[str, object]) -> HttpResponse:
    """The page; with a form that is refused in it, unless the refusal is no fault of the form."""
    try:
        return page(guest, **where)
    except Refusal as refusal:
        if refusal.code in {Code.NOT_ALLOWED, Code.NOT_FOUND} or not guest.asked:
            raise
        wrong = wrongs_of(refusal, said)
    again = replace(guest, again=True)
    shown = page(again, **where).content.decode()
    text = filled(shown, guest.request.path, Sent.of(guest.request), wrong)
    if text is None:
        text = page(replace(again, refused=wrong[0].plain), **where).content.decode()
    return HttpResponse(text, status=422)


def amount(form: Mapping[str, str], name: str, currency: str) -> Money:
    """An amount that was typed; VALUE_INVALID for any other text, and for none."""
    found = typed.money(form, name, currency)
    if found is None:
        raise invalid(name, "", Mend.GIVE_IT)
    return found


def day(form: Mapping[str, str], name: str) -> date:
    """A day as a date field sends it; VALUE_INVALID for any other text, and for none."""
    found = typed.day(form, name)
    if found is None:
        raise invalid(name, "", Mend.GIVE_IT)
    return found


def one_of(form: Mapping[str, str], name: str, names: type[Named]) -> Named:
    """The one that was chosen; VALUE_INVALID for none."""
    told = text(form, name, 50)
    try:
        return names(told)
    except ValueError as error:
        raise invalid(name, told, Mend.GIVE_IT) from error


def text(form: Mapping[str, str], name: str, most: int = LONGEST_TYPED) -> str:
    """The text typed, without what no database keeps."""
    return typed.text(form, name, most)


def plain_amount(minor: int, currency: str) -> str:
    """An amount as a number field holds it: `1234.50`."""
    return f"{Money(minor, currency).major:.{exponent(currency)}f}"
