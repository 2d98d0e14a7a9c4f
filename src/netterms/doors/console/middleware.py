"""What every request passes: a strict content security policy, and whose book it is in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from netterms.access.queries import Membership, chosen, member_context, memberships_of
from netterms.kernel.clock import SystemClock
from netterms.kernel.context import Context

if TYPE_CHECKING:
    from netterms.access.models import User

Answer = Callable[[HttpRequest], HttpResponse]
SELLER_KEY = "seller"
# Programs come by a key and buyers by a link: nobody's session counts there.
WITHOUT_SESSION = ("/v1/", "/p/")
# `data:` is for the picture of the second factor's secret, which is drawn on the server.
POLICY = (
    "default-src 'self'; script-src 'none'; img-src 'self' data:; object-src 'none';"
    " base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


class PageRequest(HttpRequest):
    """A request of a signed-in member: whose book, what they may do, and the day shown."""

    user: User
    ctx: Context
    as_of: date
    membership: Membership
    memberships: list[Membership]


class ContentSecurityPolicy:
    """Nothing from elsewhere, no script, no inline style, no frame."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class CurrentSeller:
    """Puts a signed-in person into the book they chose, and into their language."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(WITHOUT_SESSION) and request.user.is_authenticated:
            self._enter(request)
            self._speak(request)
        return self.answer(request)

    def _enter(self, request: HttpRequest) -> None:
        memberships = memberships_of(int(request.user.pk or 0))
        membership = chosen(memberships, _seller_in(request))
        request.memberships = memberships  # type: ignore[attr-defined]
        request.membership = membership  # type: ignore[attr-defined]
        if membership is not None:
            context = member_context(membership, request.user.get_username(), SystemClock().now())
            request.ctx = context  # type: ignore[attr-defined]

    def _speak(self, request: HttpRequest) -> None:
        # A language chosen on this device goes before the one kept with the person.
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            language = request.user.language  # type: ignore[union-attr]
            translation.activate(language)
            request.LANGUAGE_CODE = language


def _seller_in(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.session.get(SELLER_KEY, ""))
    except ValueError:
        return None
