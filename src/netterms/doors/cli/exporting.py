"""`netterms export`: the journal as plain-text accounting, and a buyer's account."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.report import Screen
from netterms.kernel.calendar import add_months
from netterms.receivables.ledger_text import Format

exports = typer.Typer(no_args_is_help=True)
Seller = Annotated[
    str | None, typer.Option(help="Name or id of the seller; default: the only one.")
]
Day = datetime | None
MONTHS = 3


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


class Shape(StrEnum):
    """What a statement of account is written as."""

    TEXT = "text"
    CSV = "csv"
    PDF = "pdf"


@exports.command("account")
def account(
    buyer: Annotated[str, typer.Argument(help="Number of the buyer.")],
    format: Annotated[  # noqa: A002 - the word on the command line
        Shape, typer.Option(help="A table for the screen, csv, or pdf.")
    ] = Shape.TEXT,
    since: Annotated[
        Day, typer.Option(formats=["%Y-%m-%d"], help="First day; default: three months earlier.")
    ] = None,
    until: Annotated[
        Day, typer.Option(formats=["%Y-%m-%d"], help="Last day of bookings; default: today.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write; a PDF needs one. Default: standard output.")
    ] = None,
    seller: Seller = None,
) -> None:
    """Write the statement of a buyer's account: what moved it, by currency."""
    screen = Screen()
    with answering(screen):
        if format is Shape.PDF and out is None:
            raise typer.BadParameter(_("A PDF needs a file: say which with --out."))
        open_book()
        ctx = operator(seller)
        from netterms.access.queries import seller_name
        from netterms.buyers.queries import buyer_by_number
        from netterms.doors.cli import account_text
        from netterms.receivables.queries import buyer_statement

        who = buyer_by_number(ctx, buyer)
        last = until.date() if until else ctx.today
        first = since.date() if since else add_months(last, -MONTHS)
        found = buyer_statement(ctx, who.id, first, last)
        if format is Shape.TEXT:
            text = account_text.as_text(who.name, first, last, found)
        elif format is Shape.CSV:
            text = account_text.as_csv(found)
        else:
            from netterms.doors.console.account_statement import as_pdf

            assert out is not None
            write_whole(out, as_pdf(who.name, seller_name(ctx), first, last, found))
        if format is not Shape.PDF:
            if out is None:
                sys.stdout.write(text)
                return
            write_whole(out, text.encode())
        screen.say(_("Written: %(file)s") % {"file": out})


def write_whole(out: Path, content: bytes) -> None:
    """The file is there whole or not at all."""
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def _write(file: TextIO, lines: Iterable[str]) -> None:
    for line in lines:
        file.write(line + "\n")
