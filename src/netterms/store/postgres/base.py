"""Django's connections to PostgreSQL: an embedded server that died is started again for them."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError
from django.db.backends.postgresql import base

from netterms.site.config import config
from netterms.store import server

# Who was told that the database is away may ask again after so long.
RETRY_SECONDS = 2
# SQLSTATE classes of a connection that is gone, of a server that stops, and one that is full.
_GONE = ("08", "57P", "53300")


class UnreachableError(OperationalError):
    """No connection could be opened: nothing was asked of the database."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Finds the embedded server at every connection, since it may have been started anew."""

    def get_connection_params(self) -> dict[str, Any]:
        """Where to connect; UnreachableError when the embedded server does not run in time."""
        found: dict[str, Any] = super().get_connection_params()
        if not config().embedded:
            return found
        try:
            running = server.reach(config().home)
        except server.ServerAwayError as error:
            raise UnreachableError(str(error)) from error
        return found | {"host": running.host, "port": running.port}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:  # noqa: ANN401 - Django's
        """A connection; UnreachableError where the server takes none."""
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError as error:
            raise UnreachableError(str(error)) from error


def is_away(error: BaseException | None) -> bool:
    """Whether `error` says that the database is away, or went away while it was asked."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, UnreachableError) or state is None or state.startswith(_GONE)
