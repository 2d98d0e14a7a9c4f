"""`netterms buyers`: find and show buyers, look companies up, find one company twice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.bad_rows import stop_at
from netterms.doors.cli.opening import FAILED, DryRun, answering, open_book, operator
from netterms.doors.cli.people import SellerOption
from netterms.doors.cli.report import Screen

if TYPE_CHECKING:
    from netterms.buyers.accounts import KeptAccount
    from netterms.buyers.particulars import Address, Contact
    from netterms.buyers.ports import RegisteredCompany

# Where `netterms serve` answers when nobody says otherwise.
LOCAL = "http://127.0.0.1:8000"
buyers = typer.Typer(
    no_args_is_help=True, help="Find and show buyers; look companies up; find duplicates."
)


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
    buyer: Annotated[
        str,
        typer.Option(
            "--buyer", help="With --number: keep what it says of this buyer's insolvency."
        ),
    ] = "",
    seller: SellerOption = None,
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
            [(c.name, c.number, c.country, c.registration, c.state) for c in found],
        )
        if buyer and number:
            _keep_answer(screen, seller, buyer, found[0])


@buyers.command("notices")
def notices(
    buyer: Annotated[str, typer.Argument(help="The buyer's number.")],
    seller: SellerOption = None,
) -> None:
    """Show what was heard of a buyer's insolvency."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.buyers.insolvency import notices_of
        from netterms.buyers.queries import buyer_by_number

        screen.table(
            _("Notices of insolvency"),
            (_("Id"), _("Kind"), _("Dated"), _("Known since"), _("Source"), _("Withdrawn")),
            [
                (
                    one.id,
                    one.kind,
                    one.dated_on,
                    one.known_on,
                    " ".join(filter(None, (one.source, one.reference, one.words))),
                    one.withdrawn_on or "",
                )
                for one in notices_of(ctx, buyer_by_number(ctx, buyer).id)
            ],
        )


@buyers.command("load-notices")
def load_notices(
    file: Annotated[Path, typer.Argument(help="List of notices: .csv, .xlsx or .parquet.")],
    dry_run: DryRun = False,
    seller: SellerOption = None,
) -> None:
    """Enter notices of insolvency, all of them or none. Again changes nothing."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.buyers.insolvency import flaws, record_notices
        from netterms.connectors.notices import read

        found = read(file)
        stop_at(screen, found.all_bad(flaws(ctx, found.lines)))
        if dry_run:
            screen.say(_("Notices that can be entered: %(n)s.") % {"n": f"{len(found.lines):,}"})
            screen.say(_("Nothing was written: this was a dry run."))
            return
        done = record_notices(ctx, found.lines)
        told = {
            "new": f"{done.new:,}", "known": f"{done.known:,}", "gone": f"{done.withdrawn:,}",
        }  # fmt: skip
        screen.say(_("Notices entered: %(new)s. Known: %(known)s. Withdrawn: %(gone)s.") % told)


@buyers.command("withdraw-notice")
def withdraw(
    notice: Annotated[UUID, typer.Argument(help="Its id, as `netterms buyers notices` shows it.")],
    why: Annotated[str, typer.Option(help="Why, for whoever asks later.")],
    seller: SellerOption = None,
) -> None:
    """Take a notice of insolvency back. What was held for it stays held."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.buyers.insolvency import withdraw_notice

        withdraw_notice(ctx, notice, why)
        screen.say(
            _("The notice is withdrawn. What was held for it stays held until somebody opens it.")
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


@buyers.command("search")
def search(
    text: Annotated[str, typer.Argument(help="A name or a number, as you know it.")],
    seller: SellerOption = None,
    most: Annotated[int, typer.Option(min=1, max=200, help="So many at most.")] = 20,
) -> None:
    """Find buyers by name, other name or number; slips of typing do not matter."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.buyers.queries import search as found_by

        found = found_by(ctx, text, most)
        if not found:
            screen.say(_("No buyer matches."))
            return
        screen.table(
            _("Buyers"),
            (_("Number"), _("Name"), _("Country"), _("Fits"), _("Score")),
            [(one.buyer_number, one.name, one.country, one.said, one.score) for one in found],
        )


@buyers.command("show")
def show(
    buyer: Annotated[str, typer.Argument(help="The buyer's number.")],
    seller: SellerOption = None,
) -> None:
    """Show who a buyer is: numbers, names, addresses, contacts, accounts, facts and group."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.buyers import groups, queries
        from netterms.buyers.profile import profile
        from netterms.scoring.queries import company_facts

        one = queries.buyer(ctx, queries.buyer_by_number(ctx, buyer).id)
        known = profile(ctx, one.id)
        facts = company_facts(ctx, one.id)
        told = facts.facts if facts else None
        screen.table(
            f"{one.name} ({one.buyer_number})",
            (_("Field"), _("Value")),
            [
                (_("Country"), one.country),
                (_("Registration number"), one.registration_number),
                (_("Sector"), one.sector),
                (_("E-mail"), one.email),
                (_("Founded"), (told and told.founded_on) or ""),
                (_("Employees"), "" if told is None or told.employees is None else told.employees),
                *((f"{n.kind} {n.country}".strip(), n.value) for n in known.identifiers),
                *((_("Other name"), name.name) for name in known.aliases),
                *((_("Address"), _place(place)) for place in known.addresses),
                *((_("Contact"), _person(person)) for person in known.contacts or ()),
                *((_("Bank account"), _account(account)) for account in known.accounts),
            ],
        )
        tree = groups.group_of(ctx, one.id)
        if len(tree) > 1:
            screen.table(
                _("Group"),
                (_("Name"), _("Number"), _("Country")),
                [("  " * each.depth + each.name, each.buyer_number, each.country) for each in tree],
            )


@buyers.command("link")
def link(
    buyer: Annotated[str, typer.Argument(help="The buyer's number.")],
    seller: SellerOption = None,
) -> None:
    """Make a link to a buyer's own page: its account, how to pay, promise, dispute, instalments."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.buyers.queries import buyer_by_number
        from netterms.collection.links import make_link
        from netterms.site.config import config

        token = make_link(ctx, buyer_by_number(ctx, buyer).id)
        # Whole, as wide as it is: it is there to be copied.
        typer.echo(f"{config().public_url or LOCAL}/p/{token}/")


def _keep_answer(
    screen: Screen, seller: str | None, number: str, company: RegisteredCompany
) -> None:
    open_book()
    ctx = operator(seller)
    from netterms.buyers.insolvency import record_answer
    from netterms.buyers.queries import buyer_by_number

    kind = record_answer(ctx, buyer_by_number(ctx, number).id, company)
    said = {
        None: _("The register says nothing of an insolvency."),
        "sign": _("Kept for %(buyer)s: a sign of an insolvency."),
        "opened": _("Kept for %(buyer)s: insolvency proceedings are open."),
    }
    screen.say(said[kind] % {"buyer": number})


def _place(place: Address) -> str:
    city = f"{place.postal_code} {place.city}".strip()
    return ", ".join(part for part in (*place.lines.splitlines(), city, place.country) if part)


def _person(person: Contact) -> str:
    return ", ".join(
        part for part in (person.name, person.role, person.email, person.phone) if part
    )


def _account(account: KeptAccount) -> str:
    parts = [account.number, account.bank_code, account.holder]
    if account.to_confirm:
        parts.append(_("to be confirmed"))
    return ", ".join(part for part in parts if part)
