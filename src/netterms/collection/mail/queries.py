"""Reads of incoming mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class MailLine:
    """A message as it is listed and read; `buyer_name` is None while it waits."""

    id: UUID
    kind: str
    from_address: str
    from_name: str
    subject: str
    said_at: datetime | None
    received_at: datetime
    text: str
    is_cut: bool
    state: str
    found_by: str
    handled_by: str
    buyer_id: UUID | None
    buyer_name: str | None
    letter_id: UUID | None


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file of a message, without its bytes."""

    mail_id: UUID
    place: int
    name: str
    kind: str
    bytes: int
    left_out: str


LINES = """
select m.id, m.kind, m.from_address, m.from_name, m.subject, m.said_at, m.received_at, m.text,
       m.is_cut, m.state, m.found_by, m.handled_by, m.buyer_id, b.name as buyer_name, m.letter_id
from mail_message m
left join buyer b on b.seller_id = m.seller_id and b.id = m.buyer_id
where m.seller_id = %(seller)s and {which}
order by m.received_at desc, m.id desc limit %(most)s
"""


def mail_of(ctx: Context, buyer_id: UUID, most: int = 50) -> list[MailLine]:
    """Messages of a buyer, the newest first; for who may READ_PERSONAL."""
    return _lines(ctx, "m.buyer_id = %(buyer)s", most, buyer=buyer_id)


def waiting_mail(ctx: Context, most: int = 200) -> list[MailLine]:
    """Messages that fit no buyer, the newest first; for who may READ_PERSONAL."""
    return _lines(ctx, "m.state = 'waiting'", most)


def _lines(ctx: Context, which: str, most: int, **params: object) -> list[MailLine]:
    ctx.require(Permission.READ_PERSONAL)
    with book(ctx):
        found = sql.rows(LINES.format(which=which), {"seller": ctx.seller, "most": most, **params})
    return sql.typed(found, MailLine)


def files_of(ctx: Context, mails: list[UUID]) -> dict[UUID, list[FileLine]]:
    """Files by message, without their bytes."""
    ctx.require(Permission.READ_PERSONAL)
    with book(ctx):
        found = sql.rows(
            "select mail_id, place, name, kind, bytes, left_out from mail_file"
            " where seller_id = %(seller)s and mail_id = any(%(mails)s) order by mail_id, place",
            {"seller": ctx.seller, "mails": mails},
        )
    by_mail: dict[UUID, list[FileLine]] = {}
    for line in sql.typed(found, FileLine):
        by_mail.setdefault(line.mail_id, []).append(line)
    return by_mail


def file_content(ctx: Context, mail_id: UUID, place: int) -> tuple[str, str, bytes]:
    """Name, media type by content, and bytes of a file that is kept; NOT_FOUND."""
    ctx.require(Permission.READ_PERSONAL)
    with book(ctx):
        found = sql.row(
            "select name, kind, content from mail_file where seller_id = %(seller)s"
            " and mail_id = %(mail)s and place = %(place)s and content is not null",
            {"seller": ctx.seller, "mail": mail_id, "place": place},
        )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="file", value=str(place))
    return found["name"], found["kind"], bytes(found["content"])


def bounced(ctx: Context, addresses: list[str]) -> dict[str, str]:
    """Those of the addresses that mail came back from, with the reason."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select distinct on (address) address, reason from mail_bounce"
            " where seller_id = %(seller)s and cleared_on is null and address = any(%(wanted)s)"
            " order by address, bounced_on desc",
            {"seller": ctx.seller, "wanted": [address.lower() for address in addresses]},
        )
    return {line["address"]: line["reason"] for line in found}
