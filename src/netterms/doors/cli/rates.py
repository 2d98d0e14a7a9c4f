"""`netterms rates`: bring in exchange rates of the European Central Bank."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering, open_book
from netterms.doors.cli.report import Screen


def rates(
    file: Annotated[
        Path | None,
        typer.Argument(help="eurofxref list of the ECB, CSV or zip; default: the one shipped."),
    ] = None,
) -> None:
    """Bring in euro reference rates of the European Central Bank. Safe to repeat."""
    screen = Screen()
    with answering(screen):
        open_book()
        from netterms.connectors import rates as connector
        from netterms.limits.rates import last_day, load_rates

        found = connector.read(file) if file else connector.shipped()
        added = load_rates(found)
        told = {"added": added, "day": last_day(), "source": connector.SOURCE}
        screen.say(_("%(added)s new rates; the last day is %(day)s. Source: %(source)s.") % told)
