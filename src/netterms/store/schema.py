"""Bring the database's tables up to date, as their owner."""

from __future__ import annotations

import sys

from django.core.management import call_command
from django.db import connections

from netterms.site.config import config
from netterms.store import server


def open_database() -> None:
    """Make the database reachable: start or join the embedded server where there is no other."""
    if config().embedded:
        server.start(config().home)


def migrate(*, quiet: bool = True) -> None:
    """Apply every migration that is missing. Safe to repeat."""
    call_command("migrate", database="owner", verbosity=0 if quiet else 1, stdout=sys.stderr)
    connections["owner"].close()
