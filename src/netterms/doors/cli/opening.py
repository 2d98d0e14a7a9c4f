"""What every command with a book needs: Django, the database, the seller, a told "no"."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils import translation
from django.utils.translation import gettext as _

from netterms.doors.cli.report import REFUSED, Screen, _language, _tell_refusal
from netterms.kernel.clock import SystemClock, business_date
from netterms.kernel.context import EVERYTHING, Context
from netterms.kernel.refusal import Code, Refusal

if TYPE_CHECKING:
    from netterms.access.queries import Seller

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Check the file against the book; write nothing.")
]
FAILED = 1
NAMES_SHOWN = 10


@contextmanager
def answering(screen: Screen) -> Iterator[None]:
    """Speak the terminal's language; a refusal becomes a sentence and exit code 2."""
    start_django()
    from netterms.store.server import ServerWontStartError

    with translation.override(_language(None)):
        try:
            yield
        except Refusal as refusal:
            _tell_refusal(screen, refusal)
            raise typer.Exit(REFUSED) from None
        except ServerWontStartError as error:
            screen.warn(str(error), "bold red")
            raise typer.Exit(FAILED) from None


def start_django() -> None:
    """Load Django with the site's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "netterms.site.settings")
    import django

    django.setup()


def open_book() -> None:
    """Reach the database. The embedded one belongs to us: its tables are brought up to date too."""
    from netterms.site.config import config
    from netterms.store.schema import migrate, open_database

    open_database()
    if config().embedded and _tables_missing():
        migrate()


def _tables_missing() -> bool:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    missing = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    connections["owner"].close()
    return missing


def operator(wanted: str | None) -> Context:
    """What the person at this terminal does for seller `wanted` (name or id), or the only one."""
    seller = _chosen(wanted)
    now = SystemClock().now()
    return Context(
        seller=seller.seller_id,
        actor=f"cli:{_login()}",
        today=business_date(now, seller.time_zone),
        now=now,
        may=EVERYTHING,
    )


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


def _chosen(wanted: str | None) -> Seller:
    from netterms.access.queries import every_seller

    known = every_seller()
    if wanted is not None:
        # A book for tests has its seller's name, and is meant only by its id.
        found = [s for s in every_seller(tests=True) if wanted.casefold() == str(s.seller_id)]
        if found:
            return found[0]
    if wanted is None:
        if len(known) == 1:
            return known[0]
        if not known:
            mend = _("add one: netterms seller add")
            raise Refusal(Code.NOT_FOUND, field="seller", value="", mend=mend)
        raise Refusal(Code.VALUE_INVALID, field="seller", value="", mend=_named(known))
    found = [s for s in known if wanted.casefold() == s.name.casefold()]
    if len(found) != 1:
        raise Refusal(Code.NOT_FOUND, field="seller", value=wanted, mend=_named(found or known))
    return found[0]


def _named(sellers: list[Seller]) -> str:
    shown = "; ".join(f"{s.name} ({s.seller_id})" for s in sellers[:NAMES_SHOWN])
    return _("say which with --seller: %(sellers)s") % {"sellers": shown}
