"""`netterms lists` and `netterms screen`: load sanctions lists, hold buyers against them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.report import Screen

lists = typer.Typer(no_args_is_help=True, help="Load sanctions lists and show them.")


@lists.command("load")
def load(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="OFAC SDN (.xml, .csv), UN or EU (.xml), OpenSanctions targets.simple.csv."
        ),
    ],
    seller: Annotated[
        str | None, typer.Option(help="Name or id of the seller; default: the only one.")
    ] = None,
) -> None:
    """Put sanctions lists in force, for all sellers. Safe to repeat."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.connectors import watchlists
        from netterms.screening.actions import load_watchlist

        for file in files:
            screen.step(file.name)
            found = watchlists.read(file)
            with file.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            done = load_watchlist(ctx, found, file.name, sha256)
            told = {"title": found.title, "entries": f"{done.entries:,}", "new": f"{done.new:,}",
                    "changed": f"{done.changed:,}", "removed": f"{done.removed:,}"}  # fmt: skip
            if done.repeated:
                screen.say(_("%(title)s: this file is in force already.") % told)
            else:
                screen.say(
                    _(
                        "%(title)s: %(entries)s entries in force;"
                        " new %(new)s, changed %(changed)s, removed %(removed)s."
                    )
                    % told
                )


@lists.command("show")
def show() -> None:
    """Show the sanctions lists in force."""
    screen = Screen()
    with answering(screen):
        open_book()
        from netterms.screening.queries import lists_in_force

        screen.table(
            _("Sanctions lists"),
            (_("List"), _("Published"), _("Entries"), _("Loaded"), _("File")),
            [
                (each.title, each.published_on or "", f"{each.entries:,}",
                 each.loaded_at.date().isoformat(), each.file_name)
                for each in lists_in_force()
            ],
        )  # fmt: skip


def screen_buyers(
    seller: Annotated[
        str | None, typer.Option(help="Name or id of the seller; default: the only one.")
    ] = None,
) -> None:
    """Hold buyers against the sanctions lists: those that changed, all when a list changed."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.screening.actions import screen_buyers
        from netterms.screening.queries import lists_in_force, standing

        if not lists_in_force(ctx.seller):
            screen.warn(_("No sanctions list is loaded: bring one in with netterms lists load."))
            raise typer.Exit(1)
        done = screen_buyers(ctx)
        now = standing(ctx)
        screen.say(
            _("Buyers looked at: %(buyers)s. New hits: %(found)s. Undecided: %(undecided)s.")
            % {"buyers": done["buyers"], "found": done["found"], "undecided": now.undecided}
        )
