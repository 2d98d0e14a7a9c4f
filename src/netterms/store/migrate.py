"""Tables are written in SQL: a migration runs the `.sql` file of its own name, as the owner."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

from netterms.store.sql import statement


def function_file(name: str) -> migrations.RunSQL:
    """The operation that (re)makes the function of a statement, e.g. `checkout/move_orders`.

    The file says `create or replace`, so a later migration runs it again when its text has changed.
    """
    return migrations.RunSQL(statement(name), migrations.RunSQL.noop, elidable=False)


def sql_file(migration: str) -> migrations.RunSQL:
    """The operation that runs `0001_initial.sql` beside `0001_initial.py` (pass `__file__`)."""
    text = Path(migration).with_suffix(".sql").read_text(encoding="utf-8")
    return migrations.RunSQL(text, migrations.RunSQL.noop, elidable=False)
