"""`netterms buyers`: look companies up in a register, and find one company twice in the book."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import FAILED, answering, open_book, operator
from netterms.doors.cli.people import SellerOption
from netterms.doors.cli.report import Screen

buyers = typer.Typer(no_args_is_help=True, help="Look companies up; find duplicates.")


@buyers.command("look-up")
def look_up(
    wanted: Annotated[str, typer.Argument(help="A name, or with --number a number.")],
    source: Annotated[str, typer.Option("--in", help="gleif or companies-house.")] = "gleif",
    file: Annotated[
        Path | None, typer.Option(help="A list instead: CSV or Parquet with number and name.")
    ] = None,
    number: Annotated[bool, typer.Option("--number", help="It is a number, no name.")] = False,
    country: Annotated[str, typer.Option(help="ISO 3166 code; default: any.")] = "",
    most: Annotated[int, typer.Option(min=1, max=100, help="So many at most.")] = 10,
) -> None:
    """Ask a register of companies who is behind a number or a name."""
    screen = Screen()
    with answering(screen):
        from netterms.buyers.ports import RegistryError
        from netterms.connectors.registry import open_registry
        from netterms.site.config import config

        registry = open_registry(config(), source, file)
        try:
            if number:
                one = registry.by_number(wanted)
                found = [] if one is None else [one]
            else:
                found = registry.by_name(wanted, country.upper(), most)
        except RegistryError as error:
            screen.warn(_("The register gave no answer (%(why)s).") % {"why": error}, "bold red")
            raise typer.Exit(FAILED) from None
        if not found:
            screen.say(_("The register knows no such company."))
            return
        screen.table(
            _("Companies"),
            (_("Name"), _("Number"), _("Country"), _("Registration number"), _("Status")),
            [(c.name, c.number, c.country, c.registration, c.status) for c in found],
        )


@buyers.command("duplicates")
def duplicates(seller: SellerOption = None) -> None:
    """Propose pairs of buyers that may be one company; decide them in the console."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.buyers.duplicates import find_duplicates, pairs

        find_duplicates(ctx)
        screen.table(
            _("Pairs that may be one company"),
            (_("Score"), _("Buyer"), _("Number"), _("Buyer"), _("Number")),
            [
                (p.score, p.one.name, p.one.buyer_number, p.other.name, p.other.buyer_number)
                for p in pairs(ctx)
            ],
        )
