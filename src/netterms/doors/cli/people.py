"""`netterms seller`, `user` and `key`: open sellers, let people and programs in."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.report import Screen
from netterms.kernel.clock import SystemClock
from netterms.kernel.context import Permission

sellers = typer.Typer(no_args_is_help=True, help="Open sellers and list them.")
users = typer.Typer(no_args_is_help=True, help="Let people in.")
keys = typer.Typer(no_args_is_help=True, help="Let programs in.")

SellerOption = Annotated[
    str | None, typer.Option("--seller", help="Name or id of the seller; default: the only one.")
]


@sellers.command("add")
def add_seller(
    name: Annotated[str, typer.Argument(help="Name of the company that sells.")],
    country: Annotated[str, typer.Option(help="ISO 3166 code, e.g. DE.")],
    currency: Annotated[str, typer.Option(help="ISO 4217 code, e.g. EUR.")],
    time_zone: Annotated[str, typer.Option(help="IANA name, e.g. Asia/Shanghai.")] = "UTC",
    language: Annotated[str, typer.Option(help="en or zh-hans.")] = "en",
    email: Annotated[str, typer.Option(help="Where buyers answer to.")] = "",
) -> None:
    """Open a seller's empty book."""
    screen = Screen()
    with answering(screen):
        open_book()
        from netterms.access.actions import open_seller

        seller = open_seller(
            name, country.upper(), currency.upper(), SystemClock().now(), time_zone, language, email
        )
        screen.say(str(seller))


@sellers.command("list")
def list_sellers() -> None:
    """Show every seller of this installation."""
    screen = Screen()
    with answering(screen):
        open_book()
        from netterms.access.queries import every_seller

        screen.table(
            _("Sellers"),
            (_("Name"), _("Id"), _("Time zone")),
            [(s.name, s.seller_id, s.time_zone) for s in every_seller()],
        )


@users.command("add")
def add_user(
    email: Annotated[str, typer.Argument(help="Address the person signs in with.")],
    role: Annotated[
        str, typer.Option(help="owner, credit_manager, collector or reader.")
    ] = "reader",
    name: Annotated[str, typer.Option(help="Name of the person.")] = "",
    language: Annotated[str, typer.Option(help="en or zh-hans.")] = "en",
    seller: SellerOption = None,
) -> None:
    """Let a new person work for a seller. The password is asked, or read from standard input."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from django.db import transaction

        from netterms.access.actions import add_member, create_user

        with transaction.atomic():
            user = create_user(email, _password(), name, language)
            add_member(ctx, user, role)
        screen.say(_("%(email)s can sign in now.") % {"email": email})


@users.command("list")
def list_users(seller: SellerOption = None) -> None:
    """Show who works for a seller."""
    screen = Screen()
    with answering(screen):
        open_book()
        from netterms.access.queries import members

        screen.table(
            _("People"),
            (_("E-mail address"), _("Name"), _("Role")),
            [(m.email, m.name, m.role) for m in members(operator(seller))],
        )


@users.command("role")
def give_role(
    email: Annotated[str, typer.Argument(help="Address the person signs in with.")],
    role: Annotated[str, typer.Option(help="owner, credit_manager, collector or reader.")],
    seller: SellerOption = None,
) -> None:
    """Let a person who has an account work for a seller, or change what they may do."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.access.actions import add_member, user_by_email

        add_member(ctx, user_by_email(email), role)
        screen.say(_("%(email)s can sign in now.") % {"email": email})


@users.command("remove")
def remove_user(
    email: Annotated[str, typer.Argument(help="Address the person signs in with.")],
    seller: SellerOption = None,
) -> None:
    """Shut a person out of a seller's book, at once. What they did stays under their name."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.access.actions import remove_member, user_by_email

        remove_member(ctx, user_by_email(email))
        screen.say(_("%(email)s no longer works for this seller.") % {"email": email})


@users.command("password")
def change_password(
    email: Annotated[str, typer.Argument(help="Address the person signs in with.")],
    forget: Annotated[
        bool,
        typer.Option("--forget-second-factor", help="Forget a lost authenticator app, too."),
    ] = False,
) -> None:
    """Give a person who lost it another password: asked, or read from standard input."""
    screen = Screen()
    with answering(screen):
        open_book()
        from netterms.access.actions import set_password, user_by_email

        set_password(user_by_email(email), _password(), forget_second_factor=forget)
        screen.say(_("%(email)s can sign in now.") % {"email": email})


@keys.command("add")
def add_key(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[list[str], typer.Option(help=f"{', '.join(Permission)}; may be repeated.")],
    seller: SellerOption = None,
    test: Annotated[
        bool, typer.Option("--test", help="It opens the seller's book for tests.")
    ] = False,
) -> None:
    """Make an API key. Its secret is shown once and kept nowhere."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.access.actions import create_key

        # Plain, so that a script can take it.
        typer.echo(create_key(ctx, name, scope, test=test))


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(_("Password"), hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")
