"""Keeping mail that came in, once each, and what people do with what fits nobody."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from netterms.collection.mail import events
from netterms.collection.mail.ports import Incoming, MailKind, MailReader
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.kernel.ids import new_id
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.runs import alone
from netterms.store.tenancy import book

# Our own Message-IDs begin with the id of a letter or an action.
OURS = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@")
MOST_REFERENCES = 50


def fetch_mail(ctx: Context, reader: MailReader) -> dict[str, Plain]:
    """Bring in what is new in a mailbox; nothing outside is called inside a transaction.

    Each message is kept in a transaction of its own with how far the mailbox was read, so that
    after a crash it goes on where it stopped; a message that is known by its Message-ID is passed
    over. ALREADY_RUNNING while another process reads for this seller.
    """
    ctx.require(Permission.COLLECT)
    counts = {"attached": 0, "waiting": 0, "bounced": 0, "known": 0}
    with alone(ctx, "mail"):
        for fetched in reader.after(_read_until(ctx, reader)):
            with book(ctx):
                counts[_keep(ctx, fetched.message)] += 1
                _note_read(ctx, reader, fetched.uid)
    return dict(counts)


def _read_until(ctx: Context, reader: MailReader) -> int:
    with book(ctx):
        found = sql.row(
            "select uid_validity, last_uid from mail_box"
            " where seller_id = %(seller)s and box = %(box)s",
            {"seller": ctx.seller, "box": reader.box},
        )
    if found is None or found["uid_validity"] != reader.uid_validity:
        return 0
    return int(found["last_uid"])


def _note_read(ctx: Context, reader: MailReader, uid: int) -> None:
    sql.execute(
        """
        insert into mail_box (seller_id, box, uid_validity, last_uid, read_at)
        values (%(seller)s, %(box)s, %(validity)s, %(uid)s, %(now)s)
        on conflict (seller_id, box) do update set
          (uid_validity, last_uid, read_at) =
          (excluded.uid_validity, excluded.last_uid, excluded.read_at)
        """,
        {
            "seller": ctx.seller,
            "box": reader.box,
            "validity": reader.uid_validity,
            "uid": uid,
            "now": ctx.now,
        },
    )


def _keep(ctx: Context, message: Incoming) -> str:
    known = sql.value(
        "select id from mail_message where seller_id = %(seller)s and message_id = %(id)s",
        {"seller": ctx.seller, "id": message.message_id},
    )
    if known is not None:
        return "known"
    found = _by_reference(ctx, message) or _by_address(ctx, message) or {}
    mail = new_id(ctx.now)
    sql.execute(
        """
        insert into mail_message (seller_id, id, message_id, kind, from_address, from_name, subject,
                                  said_at, received_at, text, is_cut, buyer_id, case_id, letter_id,
                                  action_id, state, found_by)
        values (%(seller)s, %(id)s, %(message_id)s, %(kind)s, %(from_address)s, %(from_name)s,
                %(subject)s, %(said_at)s, %(now)s, %(text)s, %(is_cut)s, %(buyer)s,
                (select c.id from collection_case c where c.seller_id = %(seller)s
                 and c.buyer_id = %(buyer)s and c.closed_on is null),
                %(letter)s, %(action)s, %(state)s, %(found_by)s)
        """,
        {
            "seller": ctx.seller,
            "id": mail,
            "message_id": message.message_id,
            "kind": message.kind.value,
            "from_address": message.from_address,
            "from_name": message.from_name,
            "subject": message.subject,
            "said_at": message.said_at,
            "now": ctx.now,
            "text": message.text,
            "is_cut": message.is_cut,
            "buyer": found.get("buyer_id"),
            "letter": found.get("letter_id"),
            "action": found.get("action_id"),
            "state": "attached" if found else "waiting",
            "found_by": found.get("found_by", ""),
        },
    )
    _keep_files(ctx, mail, message)
    if message.kind is MailKind.BOUNCE:
        _note_bounces(ctx, mail, message)
    what = message.kind.value
    if not found:
        record(ctx, events.MailWaiting(mail, what))
        return "waiting"
    record(ctx, events.MailReceived(found["buyer_id"], mail, what, found["found_by"]))
    return "bounced" if message.kind is MailKind.BOUNCE else "attached"


def _by_reference(ctx: Context, message: Incoming) -> dict[str, Any] | None:
    """By the letter or reminder that it answers: nobody else knows its Message-ID."""
    ids = [found.group(1) for text in message.references if (found := OURS.match(text.lower()))]
    if not ids:
        return None
    return sql.row(
        """
        select buyer_id, letter_id, action_id, 'reference' as found_by
        from (
          select l.buyer_id, l.id as letter_id, null::uuid as action_id, l.id as ours
          from letter l where l.seller_id = %(seller)s and l.id = any(%(ids)s::uuid[])
          union all
          select a.buyer_id, null, a.id, a.id
          from collection_action a where a.seller_id = %(seller)s and a.id = any(%(ids)s::uuid[])
        ) o
        order by array_position(%(ids)s::uuid[], ours) limit 1
        """,
        {"seller": ctx.seller, "ids": ids[:MOST_REFERENCES]},
    )


def _by_address(ctx: Context, message: Incoming) -> dict[str, Any] | None:
    """By the sender's address, where exactly one buyer has it; of a bounce, by who it was to.

    Anybody can write any sender: so the message is shown with the buyer and moves nothing.
    """
    wanted = message.bounced if message.kind is MailKind.BOUNCE else (message.from_address,)
    found = sql.rows(
        """
        select b.id as buyer_id from buyer b
        where b.seller_id = %(seller)s and lower(b.email) = any(%(wanted)s)
        union
        select c.buyer_id from buyer_contact c
        where c.seller_id = %(seller)s and lower(c.email) = any(%(wanted)s)
        limit 2
        """,
        {"seller": ctx.seller, "wanted": [one.lower() for one in wanted if one]},
    )
    return found[0] | {"found_by": "address"} if len(found) == 1 else None


def _keep_files(ctx: Context, mail: UUID, message: Incoming) -> None:
    sql.execute_many(
        "insert into mail_file (seller_id, mail_id, place, name, kind, bytes, content, sha256,"
        " left_out) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            (ctx.seller, mail, place, file.name, file.kind, file.size, file.content, file.sha256,
             file.left_out.value)
            for place, file in enumerate(message.files, 1)
        ],
    )  # fmt: skip


def _note_bounces(ctx: Context, mail: UUID, message: Incoming) -> None:
    """Only an address that we wrote to can come back: a forged report marks no other."""
    noted = sql.rows(
        """
        insert into mail_bounce (seller_id, address, reason, bounced_on, mail_id)
        select %(seller)s, address, %(reason)s, %(today)s, %(mail)s
        from unnest(%(addresses)s::text[]) as address
        where exists (select from letter where seller_id = %(seller)s
                      and lower(sent_to) = address)
           or exists (select from buyer where seller_id = %(seller)s and lower(email) = address)
        returning address
        """,
        {
            "seller": ctx.seller,
            "addresses": sorted({one.lower() for one in message.bounced if one}),
            "reason": message.bounce_reason,
            "today": ctx.today,
            "mail": mail,
        },
    )
    told = [events.AddressBounced(mail, one["address"], message.bounce_reason) for one in noted]
    record(ctx, *told)


def attach_mail(ctx: Context, mail_id: UUID, buyer_id: UUID) -> None:
    """A person says whose message it is. NOT_FOUND."""
    ctx.require(Permission.COLLECT)
    with book(ctx):
        kind = _waiting(ctx, mail_id)
        changed = sql.execute(
            """
            update mail_message m set buyer_id = b.id, state = 'attached', found_by = 'person',
              handled_by = %(actor)s,
              case_id = (select c.id from collection_case c where c.seller_id = m.seller_id
                         and c.buyer_id = b.id and c.closed_on is null)
            from buyer b
            where b.seller_id = m.seller_id and b.id = %(buyer)s
              and m.seller_id = %(seller)s and m.id = %(id)s
            """,
            {"seller": ctx.seller, "id": mail_id, "buyer": buyer_id, "actor": ctx.actor},
        )
        if not changed:
            raise Refusal(Code.NOT_FOUND, field="buyer", value=str(buyer_id))
        record(ctx, events.MailReceived(buyer_id, mail_id, kind, "person"))


def put_mail_away(ctx: Context, mail_id: UUID) -> None:
    """A person says that a message is nothing of ours. NOT_FOUND."""
    ctx.require(Permission.COLLECT)
    with book(ctx):
        _waiting(ctx, mail_id)
        sql.execute(
            "update mail_message set state = 'put_away', handled_by = %(actor)s"
            " where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": mail_id, "actor": ctx.actor},
        )
        record(ctx, events.MailPutAway(mail_id))


def _waiting(ctx: Context, mail_id: UUID) -> str:
    kind = sql.value(
        "select kind from mail_message where seller_id = %(seller)s and id = %(id)s"
        " and state = 'waiting' for update",
        {"seller": ctx.seller, "id": mail_id},
    )
    if kind is None:
        raise Refusal(Code.NOT_FOUND, field="mail", value=str(mail_id))
    return str(kind)


def clear_bounce(ctx: Context, address: str) -> None:
    """A person says that an address works again. NOT_FOUND where it was not marked."""
    ctx.require(Permission.COLLECT)
    with book(ctx):
        changed = sql.execute(
            "update mail_bounce set cleared_on = %(today)s, cleared_by = %(actor)s"
            " where seller_id = %(seller)s and address = %(address)s and cleared_on is null",
            {
                "today": ctx.today,
                "actor": ctx.actor,
                "seller": ctx.seller,
                "address": address.strip().lower(),
            },
        )
        if not changed:
            raise Refusal(Code.NOT_FOUND, field="email", value=address)
        record(ctx, events.AddressCleared(ctx.seller, address.strip().lower()))
