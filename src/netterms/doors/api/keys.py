"""Who calls: an API key in the Authorization header."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from netterms.access.queries import context_for_key
from netterms.kernel.clock import SystemClock
from netterms.kernel.context import Context

LONGEST_KEY = 200


class ApiKey(HttpBearer):
    """`Authorization: Bearer nt_...`; the key decides whose book it is and what may be done."""

    def authenticate(self, request: HttpRequest, token: str) -> Context | None:  # noqa: ARG002
        """The key's context; a key that is unknown or revoked is refused by `context_for_key`."""
        if len(token) > LONGEST_KEY:
            return None
        return context_for_key(token, SystemClock().now())
