"""The command `netterms`. Each subcommand is a module, loaded only when it is the one asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from netterms import __version__
from netterms.doors.cli import helping

# Name, module and function (or group of subcommands), and the line `netterms --help` shows.
COMMANDS = (
    ("report", "report:report", "Turn an invoice list into a receivables report. No database."),
    ("replay", "replaying:replay", "Hold limits against the past: what they would have stopped."),
    ("demo", "demo:demo", "A demonstration seller, its business days, and the console."),
    ("serve", "serve:serve", "Serve the console and the API."),
    ("import", "importing:import_file", "Bring an invoice list into a seller's book."),
    ("day", "day:day", "Run a seller's business day."),
    ("screen", "lists:screen_buyers", "Hold a seller's buyers against the sanctions lists."),
    ("letter", "letters:letter", "Write a letter to a buyer as PDF."),
    ("letterhead", "letters:letterhead", "Say who letters to buyers are from."),
    ("work", "work:work", "Send webhooks and held reminders, let orders expire, until stopped."),
    ("rates", "rates:rates", "Bring in exchange rates of the European Central Bank."),
    ("migrate", "migrating:migrate", "Bring the database's tables up to date."),
)
GROUPS = (
    ("bank", "bank:bank", "Bank statements: load them, match their lines."),
    ("buyers", "buyers:buyers", "Find and show buyers; look companies up; find duplicates."),
    ("insurance", "insurance:insurance", "Insurance policies, and limits from a list."),
    ("seller", "people:sellers", "Open sellers and list them."),
    ("lists", "lists:lists", "Load sanctions lists and show them."),
    ("user", "people:users", "Let people in."),
    ("key", "people:keys", "Let programs in."),
    ("score", "scores:app", "Train, measure and run scorecards and models."),
    ("ladder", "ladder:ladder", "Show the ladder; try a version on the book."),
    ("export", "exporting:exports", "Write the journal or a buyer's account into a file."),
    ("limits", "limits:limits", "How limits are recommended; limits of other suppliers."),
    ("mail", "mail:mail", "Read answers to letters from a mailbox."),
    ("statements", "statements:statements", "Annual accounts of buyers."),
    ("terms", "terms:terms", "Late interest, its rates, countries' rules."),
)


def main() -> None:
    """Run `netterms` with the words of the command line."""
    command = typer.main.get_command(application(sys.argv[1:]))
    helping.translate(command)
    helping.translate_typer()
    command()


def texts() -> list[str]:
    """Every help text of every command, and what Typer adds."""
    found: list[str] = []

    def keep(text: str) -> str:
        found.append(text)
        return text

    for name, *_ in (*COMMANDS, *GROUPS):
        helping.replace(typer.main.get_command(application([name])), keep)
    return list(dict.fromkeys([*found, *helping.OF_HELP, *helping.OF_ERRORS]))


def application(words: Sequence[str]) -> typer.Typer:
    """The application for `words`. Commands they do not ask for are known by name only."""
    asked = next((word for word in words if not word.startswith("-")), "")
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(netterms)
    for name, where, line in COMMANDS:
        act = _load(where) if name == asked else _unloaded
        app.command(name, short_help=line)(act)
    for name, where, line in GROUPS:
        group = _load(where) if name == asked else typer.Typer()
        app.add_typer(group, name=name, short_help=line)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


def netterms(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", is_eager=True, callback=_version),
    ] = False,
) -> None:
    """Sell to businesses on credit without losing the money."""


def _load(where: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a command or a group
    module, _, name = where.partition(":")
    return getattr(import_module(f"{__name__}.{module}"), name)


def _unloaded() -> None:
    raise AssertionError("a command that was not asked for")
