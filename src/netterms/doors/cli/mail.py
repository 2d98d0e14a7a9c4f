"""`netterms mail`: read the mailbox that answers to letters come to."""

from __future__ import annotations

from typing import Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import FAILED, answering, open_book, operator
from netterms.doors.cli.report import Screen

mail = typer.Typer(no_args_is_help=True, help="Answers to letters.")
Seller = Annotated[
    str | None, typer.Option(help="Name or id of the seller; default: the only one.")
]


@mail.command("fetch")
def fetch(seller: Seller = None) -> None:
    """Bring in what is new in the mailbox. Safe to repeat."""
    screen = Screen()
    with answering(screen):
        open_book()
        from netterms.collection.mail.actions import fetch_mail
        from netterms.collection.ports import MailError
        from netterms.connectors.mail import imap_reader
        from netterms.site.config import config

        settings = config().imap
        if settings is None:
            screen.warn(_("No mailbox is set: NETTERMS_IMAP_HOST is empty."), "bold red")
            raise typer.Exit(FAILED)
        # One mailbox is one seller's: another one's letters are not to be read into this book.
        ctx = operator(seller or settings.seller or None)
        if settings.seller and settings.seller != str(ctx.seller):
            screen.warn(_("The mailbox is another seller's."), "bold red")
            raise typer.Exit(FAILED)
        try:
            with imap_reader(settings) as reader:
                told = fetch_mail(ctx, reader)
        except MailError as error:
            screen.warn(_("The mailbox cannot be read: %(reason)s") % {"reason": error}, "bold red")
            raise typer.Exit(FAILED) from None
        screen.say(
            _(
                "%(attached)s messages are with their buyers, %(waiting)s wait for a person,"
                " %(bounced)s came back, %(known)s were known."
            )
            % told
        )
