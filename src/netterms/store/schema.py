"""Bring the database's tables up to date, as their owner."""

from __future__ import annotations

import sys

from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from netterms.site.config import config
from netterms.store import server


def open_database() -> None:
    """Make the database reachable: start or join the embedded server where there is no other."""
    if config().embedded:
        server.start(config().home)


class NewerTablesError(RuntimeError):
    """The tables were made by a newer program; the message is the migration this one lacks."""


def is_up_to_date() -> bool:
    """Whether no migration is missing. NewerTablesError where one is applied that we do not know.

    To work on would be to guess what the newer program keeps where.
    """
    executor = MigrationExecutor(connections["owner"])
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    applied = set(executor.loader.applied_migrations)
    connections["owner"].close()
    # Only ours: another package may give up a migration of its own.
    rooms = {app.label for app in apps.get_app_configs() if app.name.startswith("netterms.")}
    unknown = sorted(
        key for key in applied - set(executor.loader.disk_migrations) if key[0] in rooms
    )
    if unknown:
        raise NewerTablesError(".".join(unknown[-1]))
    return not missing


def migrate(*, quiet: bool = True) -> None:
    """Apply every migration that is missing. Safe to repeat."""
    call_command("migrate", database="owner", verbosity=0 if quiet else 1, stdout=sys.stderr)
    connections["owner"].close()
