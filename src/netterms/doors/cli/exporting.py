"""`netterms export`: the journal as plain-text accounting, and a buyer's account."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.report import Screen
from netterms.receivables.ledger_text import Format

exports = typer.Typer(no_args_is_help=True)
Seller = Annotated[
    str | None, typer.Option(help="Name or id of the seller; default: the only one.")
]
Day = datetime | None


@exports.command("journal")
def journal(
    format: Annotated[  # noqa: A002 - the word on the command line
        Format, typer.Option(help="Whose text: hledger or beancount.")
    ] = Format.HLEDGER,
    out: Annotated[
        Path | None, typer.Option(help="File to write; default: standard output.")
    ] = None,
    until: Annotated[
        Day, typer.Option(formats=["%Y-%m-%d"], help="Last day of bookings; default: today.")
    ] = None,
    seller: Seller = None,
) -> None:
    """Write the journal as plain-text accounting."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.receivables import queries

        last = until.date() if until else ctx.today
        lines = queries.journal_text(ctx, last, format)
        if out is None:
            _write(sys.stdout, lines)
            return
        # Whole or not at all: a journal cut short would balance, too.
        partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
        try:
            with partial.open("w", encoding="utf-8") as file:
                _write(file, lines)
            partial.replace(out)
        finally:
            partial.unlink(missing_ok=True)
        screen.say(_("Journal until %(day)s: %(file)s") % {"day": last, "file": out})


def _write(file: TextIO, lines: Iterable[str]) -> None:
    for line in lines:
        file.write(line + "\n")
