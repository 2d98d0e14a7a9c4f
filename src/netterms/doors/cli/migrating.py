"""`netterms migrate`: bring the database's tables up to date."""

from __future__ import annotations

from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering, reach_database
from netterms.doors.cli.report import Screen


def migrate() -> None:
    """Bring the database's tables up to date. Safe to repeat."""
    screen = Screen()
    with answering(screen):
        from netterms.store import schema

        reach_database()
        # Also where nothing is missing it says so; data of a newer program it leaves alone.
        schema.is_up_to_date()
        schema.migrate(quiet=False)
        screen.say(_("The tables are up to date."))
