"""What all pages share: sign-in first, a book to read, and a refusal said once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.views.defaults import server_error

from netterms.doors.console.middleware import PageRequest
from netterms.doors.look.sentences import sentence
from netterms.kernel.refusal import Code, Refusal
from netterms.portfolio.live import as_of
from netterms.store.postgres.base import RETRY_SECONDS, is_away

View = Callable[..., HttpResponse]
PER_PAGE = 50


def page(view: View) -> View:
    """A page of the console: for members only, and with refusals as pages or messages."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if getattr(request, "membership", None) is None:
            return render(request, "console/no_seller.html", status=403)
        asked = cast("PageRequest", request)
        try:
            asked.as_of = as_of(asked.ctx)
            return view(asked, *args, **kwargs)
        except Refusal as refusal:
            return _refused(asked, refusal)

    return guarded


def broken(request: HttpRequest) -> HttpResponse:
    """The page for an error nobody caught; a database that is away is no error of ours."""
    if not is_away(sys.exc_info()[1]):
        return server_error(request)
    # Without the request: whose it is would be read from the database.
    page = get_template("503.html").render()
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})


def _refused(request: PageRequest, refusal: Refusal) -> HttpResponse:
    if refusal.code is Code.NOT_FOUND:
        return render(request, "404.html", status=404)
    if refusal.code is Code.NOT_ALLOWED:
        return render(request, "403.html", {"said": sentence(refusal)}, status=403)
    messages.error(request, sentence(refusal))
    return redirect(request.path if request.method == "GET" else "dashboard")


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
