"""What all pages share: sign-in first, a book to read, and a refusal said once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import wraps
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.defaults import server_error

from netterms.doors.console import words
from netterms.doors.console.forms import Asking
from netterms.doors.console.middleware import PageRequest
from netterms.doors.look.refused import Refusals, Sent, Wrong, filled, wrongs_of
from netterms.doors.look.sentences import sentence
from netterms.kernel.refusal import Code, Refusal
from netterms.portfolio.live import as_of
from netterms.store.postgres.base import RETRY_SECONDS, is_away

View = Callable[..., HttpResponse]
PER_PAGE = 50
# Where a session keeps a form that was refused until its page is shown again.
KEPT = "refused"


def page(view: View) -> View:
    """A page of the console, for members only; a form of it that is refused is shown again."""
    return _guarded(view, None)


def form_on(name: str, *named: str) -> Callable[[View], View]:
    """The address of a form that stands on the page called `name`: it is sent and never read.

    `named` are the arguments of the address that the page's own address takes. Refused, it is
    shown again on the page it came from, and on this one where nobody knows from which.
    """
    return lambda view: require_POST(_guarded(view, _home(name, named)))


def file_on(name: str, *named: str) -> Callable[[View], View]:
    """The address of a file that the page called `name` gives; refused, that page says why."""
    return lambda view: require_GET(_guarded(view, _home(name, named)))


def _home(name: str, named: Sequence[str]) -> Callable[[dict[str, Any]], str]:
    return lambda where: reverse(name, args=[where[each] for each in named])


def _guarded(view: View, home: Callable[[dict[str, Any]], str] | None) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, **where: Any) -> HttpResponse:  # noqa: ANN401
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if getattr(request, "membership", None) is None:
            return render(request, "console/no_seller.html", status=403)
        asked = cast("PageRequest", request)
        try:
            asked.as_of = as_of(asked.ctx)
            if request.method == "GET" and KEPT in request.session:
                return _kept(asked, lambda: view(asked, **where))
            return view(asked, **where)
        except (Refusal, Refusals) as refusal:
            alone = _refused_alone(asked, refusal)
            if alone is not None:
                return alone
            wrong = wrongs_of(refusal, said)
        origin = _origin(asked, home(where) if home else request.get_full_path())
        sent = Sent.of(request)
        if urlsplit(origin).path != request.path:
            request.session[KEPT] = [urlsplit(origin).path, asdict(sent), list(map(asdict, wrong))]
            return redirect(origin)
        return _again(asked, sent, wrong, lambda: view(asked, **where))

    guarded.shows_a_page = home is None  # type: ignore[attr-defined]
    return guarded


def broken(request: HttpRequest) -> HttpResponse:
    """The page for an error nobody caught; a database that is away is no error of ours."""
    if not is_away(sys.exc_info()[1]):
        return server_error(request)
    # Without the request: whose it is would be read from the database.
    page = get_template("503.html").render()
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})


def _origin(request: PageRequest, home: str) -> str:
    """The page that the form stood on, as the browser tells it; `home` where it does not."""
    told = urlsplit(request.headers.get("Referer", ""))
    try:
        stood_on = told.netloc == request.get_host() and resolve(told.path).func
    except Resolver404:
        return home
    if not getattr(stood_on, "shows_a_page", False) or told.path == request.path:
        return home
    return urlunsplit(("", "", told.path, told.query, ""))


def _refused_alone(request: PageRequest, refusal: Refusal | Refusals) -> HttpResponse | None:
    """The page of a "no" that nothing in a form would mend; None for any other."""
    if not isinstance(refusal, Refusal):
        return None
    if refusal.code is Code.NOT_ALLOWED:
        return render(request, "403.html", {"said": sentence(refusal)}, status=403)
    typed = request.GET if request.method == "GET" else request.POST
    values = {value for _name, found in typed.lists() for value in found}
    # What a form should have named and did not is of the form, too.
    if request.method == "POST":
        values.add("")
    named = str(refusal.facts["value"]) if "value" in refusal.facts else None
    if refusal.code is Code.NOT_FOUND and named not in values:
        return render(request, "404.html", status=404)
    return None


def _kept(request: PageRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
    """The page with the form that was sent from it to another address, if there is one."""
    path, sent, wrong = request.session.pop(KEPT)
    if path != request.path:
        return view()
    return _again(request, Sent(**sent), [Wrong(**each) for each in wrong], view)


def _again(
    request: PageRequest, sent: Sent, wrong: Sequence[Wrong], view: Callable[[], HttpResponse]
) -> HttpResponse:
    """The page as it is to be read, with the refused form in it; else what is wrong at its top."""
    if request.method == "GET" and sent.path == request.path and sent.method == "get":
        if not request.GET:
            return _at_home(request, wrong)
        request.GET = QueryDict()
    request.method, request.POST = "GET", QueryDict()
    try:
        response = view()
        shown = response.status_code == HTTPStatus.OK and "html" in response.headers["Content-Type"]
        page = filled(response.content.decode(), request.path, sent, wrong) if shown else None
        if page is not None:
            response.content = page.encode()
            return response
        if not shown:
            return _at_home(request, wrong)
        for each in wrong:
            messages.error(request, each.plain)
        return view()
    except (Refusal, Refusals) as refusal:
        return _refused_alone(request, refusal) or _at_home(request, wrong)


def again(request: PageRequest, response: HttpResponse, ask: Asking) -> HttpResponse:
    """A page made of what was typed, with what was refused of it beside its fields."""
    if ask.refused:
        wrong = wrongs_of(Refusals(ask.refused), said)
        page = filled(response.content.decode(), request.path, Sent.of(request), wrong)
        assert page is not None, "the page has the form that it was made of"
        response.content = page.encode()
    return response


def said(refusal: Refusal, *, called: str = "") -> str:
    """The sentence; with what objects to a promise, and what of a file was wrong and where."""
    if refusal.code is Code.KEY_REUSED:
        # Somebody went back, changed the form and sent it once more.
        return _(
            "This form was sent before, with other values. Look at what that did;"
            " send it again to do this as well."
        )
    told = sentence(refusal, called=called)
    objections = refusal.facts.get("objections")
    if isinstance(objections, list):
        return " ".join([told, *(str(words.OBJECTIONS.get(one, one)) for one in objections)])
    if refusal.code is Code.ROWS_BAD and "value" in refusal.facts:
        where = _("Row %(row)s, %(field)s: “%(value)s”.") % {
            "row": refusal.facts["rows"][0],  # type: ignore[index]
            "field": refusal.facts["field"],
            "value": refusal.facts["value"],
        }
        return f"{told} {where}"
    return told


def _at_home(request: PageRequest, wrong: Sequence[Wrong]) -> HttpResponse:
    for each in wrong:
        messages.error(request, each.plain)
    return redirect("dashboard")


class Counted:
    """A list whose rows are read page by page from the database."""

    def __init__(self, count: int, read: Callable[[int, int], list[Any]]) -> None:
        """`read(most, skip)` gives the rows of one page."""
        self._count = count
        self._read = read

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, part: slice) -> list[Any]:
        return self._read(part.stop - part.start, part.start)


def paged(
    request: HttpRequest, count: int, read: Callable[[int, int], list[Any]], size: int = PER_PAGE
) -> dict[str, Any]:
    """`page` and `query` for `look/_pagination.html`; a page that does not exist is the nearest."""
    rows: Any = Counted(count, read)
    shown: Page[Any] = Paginator(rows, size).get_page(request.GET.get("page"))
    others = [(k, v) for k, v in request.GET.items() if k != "page" and v]
    return {"page": shown, "query": urlencode(others)}


def whole_number(text: str, low: int, high: int) -> int | None:
    """The number in `text` if it is one between `low` and `high`."""
    return int(text) if text.isascii() and text.isdigit() and low <= int(text) <= high else None


def id_in(text: str) -> UUID | None:
    """The id that a query or a form names; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
