"""`netterms bank`: bank statements into the book, and their lines matched to invoices."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.report import Screen

bank = typer.Typer(no_args_is_help=True, help="Bank statements: load them, match their lines.")
SELLER = typer.Option(help="Name or id of the seller; default: the only one.")


@bank.command("load")
def load(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="camt.053 or MT940, a bank's list as .csv or .xlsx, or a .zip of them."
        ),
    ],
    account: Annotated[
        str, typer.Option(help="Number of the account, where a list does not name it.")
    ] = "",
    currency: Annotated[
        str, typer.Option(help="ISO 4217 code, where a list does not name it.")
    ] = "",
    seller: Annotated[str | None, SELLER] = None,
) -> None:
    """Take bank statements into the book. Safe to repeat: every line is taken in once."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.connectors import banks
        from netterms.receivables.matching.loading import load_statements

        for file in files:
            screen.step(file.name)
            found = banks.read(file, account=account, currency=currency)
            with file.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            done = load_statements(ctx, found, file.name, sha256)
            screen.say(
                _("%(file)s: statements %(statements)s, lines new %(new)s, known %(known)s.")
                % {
                    "file": file.name,
                    "statements": len(found),
                    "new": done.lines_new,
                    "known": done.lines_known,
                }
            )


@bank.command("match")
def match(seller: Annotated[str | None, SELLER] = None) -> None:
    """Match open lines to invoices: post what is sure, propose what is likely."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.wiring import match_bank_lines

        done = match_bank_lines(ctx)
        screen.say(
            _("Lines: %(lines)s. Posted: %(posted)s. Proposed: %(proposed)s. Unknown: %(unknown)s.")
            % {
                "lines": done.lines,
                "posted": done.posted,
                "proposed": done.proposed,
                "unknown": done.unknown,
            }
        )
