"""How people get an account: by invitation, never by signing up themselves."""

from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from django.http import Http404, HttpRequest


class InvitationOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - same for all
        return False

    def _get_login_attempts_cache_key(
        self,
        request: HttpRequest,  # noqa: ARG002 - the library's has the host in it, which a visitor names
        **credentials: Any,  # noqa: ANN401 - as the library has it
    ) -> str:
        return str(credentials.get("email", "")).lower()


def absent(_request: HttpRequest, *_where: str) -> NoReturn:
    """An address of the library that there is not here."""
    raise Http404
