"""`netterms letter`: a letter to a buyer as PDF. `netterms letterhead`: who letters are from."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer
from django.utils.translation import gettext as _

from netterms.collection.letters.rules import Template
from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.report import Screen

Seller = Annotated[
    str | None, typer.Option(help="Name or id of the seller; default: the only one.")
]


def letter(
    buyer: Annotated[str, typer.Argument(help="Number of the buyer.")],
    template: Annotated[Template, typer.Option(help="Kind of letter.")],
    out: Annotated[Path, typer.Option(help="The .pdf file to write.")],
    lang: Annotated[
        str, typer.Option(help="Language, such as de; default: the buyer's or its country's.")
    ] = "",
    deadline: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day to pay; default: by kind of letter."),
    ] = None,
    note: Annotated[str, typer.Option(help="What was said on the telephone.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write the file only; the book keeps nothing.")
    ] = False,
    send: Annotated[bool, typer.Option("--send", help="Send it by e-mail, too.")] = False,
    seller: Seller = None,
) -> None:
    """Write a letter to a buyer as PDF, and keep it with the buyer."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.buyers.queries import buyer_by_number
        from netterms.collection.letters import actions, queries
        from netterms.connectors.letters import press
        from netterms.connectors.mail import open_mailer
        from netterms.site.config import config

        wanted = actions.Wanted(
            buyer_by_number(ctx, buyer).id,
            template,
            lang,
            deadline.date() if deadline else None,
            note,
        )
        if dry_run:
            out.write_bytes(press(actions.draft(ctx, wanted).documents))
            screen.say(_("Written: %(file)s") % {"file": out})
            return
        made = actions.write_letter(ctx, wanted, f"cli/{uuid4()}", press)
        out.write_bytes(queries.letter_pdf(ctx, made))
        screen.say(_("Written: %(file)s") % {"file": out})
        if send:
            settings = config()
            with open_mailer(settings) as mailer:
                state = actions.send_letter(ctx, made, mailer, settings.mail_from)
            kept = queries.letter(ctx, made)
            if state == "sent":
                screen.say(_("Sent to %(address)s.") % {"address": kept.sent_to})
            else:
                screen.warn(_("Not sent: %(reason)s") % {"reason": kept.outcome}, "bold red")
                raise typer.Exit(1)


def letterhead(
    legal_name: Annotated[str | None, typer.Option(help="The seller's legal name.")] = None,
    address: Annotated[str | None, typer.Option(help=r"Its address; \n begins a line.")] = None,
    registration: Annotated[str | None, typer.Option(help="Its registration number.")] = None,
    payee: Annotated[
        str | None, typer.Option(help=r"The account to pay to; \n begins a line.")
    ] = None,
    contact: Annotated[
        str | None, typer.Option(help="E-mail address or telephone for questions and disputes.")
    ] = None,
    signatory: Annotated[str | None, typer.Option(help="Who signs.")] = None,
    signatory_role: Annotated[str | None, typer.Option(help="Position of who signs.")] = None,
    contract_language: Annotated[
        str | None, typer.Option(help="Language of your contracts, such as en.")
    ] = None,
    seller: Seller = None,
) -> None:
    """Say who letters are from. What is not given stays; without any, show it."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from dataclasses import asdict, replace

        from netterms.collection.letters import actions, queries
        from netterms.doors.look.field_names import FIELDS

        given = {
            "legal_name": legal_name,
            "address": _lines(address),
            "registration": registration,
            "payee": _lines(payee),
            "contact": contact,
            "signatory": signatory,
            "signatory_role": signatory_role,
            "contract_language": contract_language,
        }
        changes = {name: text for name, text in given.items() if text is not None}
        head = queries.letterhead(ctx) or queries.Letterhead()
        if changes:
            head = replace(head, **changes)
            actions.set_letterhead(ctx, head)
        rows = [
            (str(FIELDS[name]), str(value).replace("\n", ", "))
            for name, value in asdict(head).items()
            if name in given
        ]
        screen.table(_("Letterhead"), (_("Field"), _("Value")), rows)


def _lines(text: str | None) -> str | None:
    return None if text is None else text.replace("\\n", "\n")
