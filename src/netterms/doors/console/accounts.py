"""How people get an account: by invitation, never by signing up themselves."""

import logging
from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from django.http import Http404, HttpRequest

log = logging.getLogger(__name__)


class InvitationOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - same for all
        return False

    def _get_login_attempts_cache_key(
        self,
        request: HttpRequest,  # noqa: ARG002 - the library's has the host in it, which a visitor names
        **credentials: Any,  # noqa: ANN401 - as the library has it
    ) -> str:
        return str(credentials.get("email", "")).lower()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:
            # The page says the same for every address: whoever runs this reads why none came.
            # What a mail server answers has the address in it.
            log.error("%s was not sent: %s", template_prefix, type(error).__name__)


def absent(_request: HttpRequest, *_where: str) -> NoReturn:
    """An address of the library that there is not here."""
    raise Http404
