"""What every command with a book needs: Django, the database, the seller, a told "no"."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from django.utils import translation
from django.utils.translation import gettext as _

from netterms.doors.cli.report import (
    REFUSED,
    Screen,
    _language,
    _tell_refusal,
    start_without_home,
)
from netterms.kernel.clock import SystemClock, business_date
from netterms.kernel.context import EVERYTHING, Context
from netterms.kernel.refusal import Code, Refusal
from netterms.site.config import ConfigError

if TYPE_CHECKING:
    from django.db import DatabaseError

    from netterms.access.queries import Seller

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Check the file against the book; write nothing.")
]
FAILED = 1
UNDEFINED_TABLE, NOT_ALLOWED = "42P01", "42501"
NAMES_SHOWN = 10


@contextmanager
def answering(screen: Screen) -> Iterator[None]:
    """Speak the terminal's language; a refusal becomes a sentence and exit code 2.

    What keeps the book from being opened becomes one, too, and exit code 1.
    """
    try:
        start_django()
    except (ConfigError, OSError) as error:
        _refuse_settings(screen, error)
    from django.db import OperationalError, ProgrammingError

    from netterms.access.queries import NotTheOwnerError
    from netterms.store.schema import NewerTablesError

    with translation.override(_language(None)):
        try:
            yield
        except Refusal as refusal:
            _tell_refusal(screen, refusal)
            raise typer.Exit(REFUSED) from None
        except CannotOpenError as error:
            _fail(screen, str(error))
        except NewerTablesError as error:
            newer = _(
                "This data was last used by a newer netterms (%(migration)s): update this one."
            )
            _fail(screen, newer % {"migration": error})
        except NotTheOwnerError:
            owner = _("DATABASE_OWNER_URL has to be set, too: this login sees no seller.")
            _fail(screen, owner)
        except (OperationalError, ProgrammingError) as error:
            _fail(screen, _database_error(error))


def _database_error(error: DatabaseError) -> str:
    """What the database lacks, in a sentence; an error of ours is raised on."""
    from django.db import ProgrammingError

    state = getattr(error.__cause__, "sqlstate", None)
    if state == UNDEFINED_TABLE:
        return _("Tables of the database are missing. To mend it: netterms migrate.")
    if isinstance(error, ProgrammingError) and state != NOT_ALLOWED:
        raise error
    return _("The database does not do it: %(why)s") % {"why": _first_line(error)}


class CannotOpenError(RuntimeError):
    """The embedded database cannot be reached; the message is a sentence."""


def _fail(screen: Screen, words: str) -> NoReturn:
    screen.warn(words, "bold red")
    raise typer.Exit(FAILED) from None


def _refuse_settings(screen: Screen, error: ConfigError | OSError) -> NoReturn:
    """Django has no settings then: it gets those of a command without a book, to speak."""
    start_without_home()
    with translation.override(_language(None)):
        if isinstance(error, OSError):
            _fail(screen, _no_home(error))
        facts = {"variable": error.variable, "mend": _(error.mend) % error.facts}
        _fail(screen, _("%(variable)s has to be %(mend)s.") % facts)


def _no_home(error: OSError) -> str:
    facts = {"path": error.filename, "why": error.strerror or error}
    return _("%(path)s cannot be used: %(why)s. NETTERMS_HOME names another folder.") % facts


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def start_django() -> None:
    """Load Django with the site's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "netterms.site.settings")
    import django

    django.setup()


def open_book() -> None:
    """Reach the database. The embedded one belongs to us: its tables are brought up to date too."""
    from netterms.site.config import config
    from netterms.store.schema import is_up_to_date, migrate

    reach_database()
    if config().embedded and not is_up_to_date():
        migrate()


def reach_database() -> None:
    """Start or join the embedded server, where there is no other; CannotOpenError if it fails."""
    from netterms.store.schema import open_database
    from netterms.store.server import CannotBeMadeError, ServerWontStartError

    try:
        open_database()
    except ServerWontStartError as error:
        why = _("The embedded database did not start. Why is in its log: %(log)s")
        raise CannotOpenError(why % {"log": error.log}) from error
    except CannotBeMadeError as error:
        why = _("No database can be made in %(folder)s: it needs 100 MB and the right to write.")
        raise CannotOpenError(why % {"folder": error.data}) from error
    except OSError as error:
        raise CannotOpenError(_no_home(error)) from error


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
