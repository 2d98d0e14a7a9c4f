"""Handing a case to an agency or a lawyer, keeping what they need, and taking it back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from netterms.buyers.queries import buyer as buyer_of
from netterms.collection.legal import events, pack, queries
from netterms.collection.legal.rules import BROUGHT, Paper, fee_schedules, lacking
from netterms.collection.letters.actions import Press, Wanted, draft
from netterms.collection.letters.rules import Template
from netterms.collection.moves import CASE_MOVES, CaseMove, CaseState
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.media import kind_of
from netterms.kernel.mends import Mend
from netterms.kernel.moves import after
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.receivables.evidence import MOST_BYTES, safe_name
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

LONGEST = 200
STATEMENT_DAYS = 3 * 366
KINDS = ("agency", "lawyer")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def add_partner(
    ctx: Context, kind: str, name: str, *, email: str = "", country: str = "",
    fee_schedule: str = "", note: str = "",
) -> UUID:  # fmt: skip
    """Enter an agency or a lawyer; the same name again is the same one. VALUE_INVALID."""
    ctx.require(Permission.MANAGE_POLICY)
    schedules = [one.name for one in fee_schedules()]
    if kind not in KINDS:
        raise invalid("kind", kind, Mend.ONE_OF, allowed=", ".join(KINDS))
    if not name.strip():
        raise invalid("name", "", Mend.GIVE_IT)
    for field, text in (("name", name), ("email", email), ("note", note)):
        if len(text) > LONGEST or "\0" in text:
            raise invalid(field, "…", Mend.CHARACTERS, least=0, most=LONGEST)
    if email and not EMAIL.fullmatch(email):
        raise invalid("email", email, Mend.EMAIL)
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise invalid("country", country, Mend.COUNTRY_CODE)
    if fee_schedule and fee_schedule not in schedules:
        raise invalid("fee_schedule", fee_schedule, Mend.ONE_OF, allowed=", ".join(schedules))
    with book(ctx):
        made = new_id(ctx.now)
        added = sql.execute(
            """
            insert into collection_partner (seller_id, id, kind, name, email, country,
                                            fee_schedule, note, added_on)
            values (%(seller)s, %(id)s, %(kind)s, %(name)s, %(email)s, %(country)s,
                    %(fee_schedule)s, %(note)s, %(today)s)
            on conflict (seller_id, name) do nothing
            """,
            {
                "seller": ctx.seller,
                "id": made,
                "kind": kind,
                "name": name.strip(),
                "email": email,
                "country": country,
                "fee_schedule": fee_schedule,
                "note": note,
                "today": ctx.today,
            },
        )
        if added:
            record(ctx, events.PartnerAdded(made, name.strip(), kind))
            return made
        known = sql.value(
            "select id from collection_partner where seller_id = %(seller)s and name = %(name)s",
            {"seller": ctx.seller, "name": name.strip()},
        )
        return UUID(str(known))


def keep_paper(ctx: Context, buyer_id: UUID, paper: Paper, name: str, content: bytes) -> UUID:
    """Keep a file for a hand-over; the same bytes are the same file. NOT_FOUND, VALUE_INVALID."""
    ctx.require(Permission.COLLECT)
    if paper not in BROUGHT:
        raise invalid("paper", paper, Mend.ONE_OF, allowed=", ".join(sorted(BROUGHT)))
    kind = kind_of(content)
    if kind is None:
        raise invalid("file", name[:50], Mend.ONE_OF, allowed="PDF, JPEG, PNG, WebP")
    if len(content) > MOST_BYTES:
        raise invalid("file", name[:50], Mend.AT_MOST, most=f"{MOST_BYTES // 2**20} MB")
    digest, made = sha256(content).hexdigest(), new_id(ctx.now)
    with book(ctx):
        buyer_of(ctx, buyer_id)
        known = {"seller": ctx.seller, "buyer": buyer_id, "paper": paper.value, "sha256": digest}
        added = sql.execute(
            """
            insert into case_paper (seller_id, id, buyer_id, paper, name, kind, content, sha256,
                                    added_by, added_at)
            values (%(seller)s, %(id)s, %(buyer)s, %(paper)s, %(name)s, %(kind)s, %(content)s,
                    %(sha256)s, %(actor)s, %(now)s)
            on conflict (seller_id, buyer_id, paper, sha256) do nothing
            """,
            known
            | {
                "id": made,
                "name": safe_name(name, kind),
                "kind": kind,
                "content": content,
                "actor": ctx.actor,
                "now": ctx.now,
            },
        )
        if added:
            record(ctx, events.PaperKept(buyer_id, paper.value, safe_name(name, kind), digest))
            return made
        before = sql.value(
            "select id from case_paper where seller_id = %(seller)s and buyer_id = %(buyer)s"
            " and paper = %(paper)s and sha256 = %(sha256)s",
            known,
        )
        return UUID(str(before))


def hand_over(
    ctx: Context,
    buyer_id: UUID,
    partner_id: UUID,
    reasons: Mapping[Paper, str],
    key: str,
    press: Press,
) -> UUID:
    """Hand a buyer's open case over with its pack; the same key gives the same hand-over.

    HAND_OVER_INCOMPLETE names the papers that are missing without a reason; NOT_FOUND for a buyer
    without an open case or an unknown partner; MOVE_NOT_ALLOWED when it was handed over already.
    The pack names people: it takes READ_PERSONAL.
    """
    ctx.require(Permission.COLLECT)
    ctx.require(Permission.READ_PERSONAL)
    if not 1 <= len(key) <= 255:
        raise invalid("key", key, Mend.CHARACTERS, least=1, most=255)
    said = {paper: checked_reason(text, "reason", least=0) for paper, text in reasons.items()}
    with book(ctx):
        case = _open_case(ctx, buyer_id)
        known = sql.row(
            "select id, buyer_id from hand_over where seller_id = %(seller)s and key = %(key)s",
            {"seller": ctx.seller, "key": key},
        )
        if known is not None:
            if known["buyer_id"] != buyer_id:
                raise Refusal(Code.KEY_REUSED, field="idempotency_key", key=key)
            return UUID(str(known["id"]))
        partner = _partner(ctx, partner_id)
        state = after(CASE_MOVES, CaseState(case["state"]), CaseMove.HAND_OVER)
        missing = lacking(queries.checklist(ctx, buyer_id))
        silent = [paper.value for paper in missing if not said.get(paper)]
        if silent:
            raise Refusal(Code.HAND_OVER_INCOMPLETE, papers=silent)
        told = {paper.value: said[paper] for paper in missing}
        asked = {one.currency: one.owed.minor for one in queries.outlooks(ctx, buyer_id)}
        archive = _archive(ctx, buyer_id, partner, told, press)
        return _keep(ctx, case, partner_id, key, told, asked, archive, state)


def _archive(
    ctx: Context, buyer_id: UUID, partner: str, reasons: dict[str, str], press: Press
) -> bytes:
    buyer = buyer_of(ctx, buyer_id)
    since = ctx.today - timedelta(days=STATEMENT_DAYS)
    statement = draft(ctx, Wanted(buyer_id, Template.STATEMENT, since=since))
    found = pack.entries(ctx, buyer, press(statement.documents))
    size = sum(len(entry.content) for entry in found)
    if size > pack.MOST_BYTES:
        raise invalid("file", f"{size // 2**20} MB", Mend.AT_MOST, most="200 MB")
    told = {
        "debtor": buyer.name,
        "buyer_number": buyer.buyer_number,
        "handed_over_to": partner,
        "handed_over_on": ctx.today.isoformat(),
        "handed_over_by": ctx.actor,
    }
    return pack.zipped(found, told, reasons, ctx.today)


def _keep(
    ctx: Context, case: dict[str, Any], partner: UUID, key: str, reasons: dict[str, str],
    asked: dict[str, int], archive: bytes, state: CaseState,
) -> UUID:  # fmt: skip
    made, digest = new_id(ctx.now), sha256(archive).hexdigest()
    sql.execute(
        """
        insert into hand_over (seller_id, id, buyer_id, case_id, partner_id, key, handed_on,
                               handed_by, handed_at, reasons, asked, archive, sha256)
        values (%(seller)s, %(id)s, %(buyer)s, %(case)s, %(partner)s, %(key)s, %(today)s,
                %(actor)s, %(now)s, %(reasons)s, %(asked)s, %(archive)s, %(sha256)s)
        """,
        {
            "seller": ctx.seller,
            "id": made,
            "buyer": case["buyer_id"],
            "case": case["id"],
            "partner": partner,
            "key": key,
            "today": ctx.today,
            "actor": ctx.actor,
            "now": ctx.now,
            "reasons": Jsonb(reasons),
            "asked": Jsonb(asked),
            "archive": archive,
            "sha256": digest,
        },
    )
    _move(ctx, case["id"], state)
    # Two who chase the same buyer is one too many.
    sql.execute(
        "update collection_action set state = 'cancelled', outcome = 'handed_over'"
        " where seller_id = %(seller)s and case_id = %(case)s and state in ('planned', 'failed')"
        " and step in ('email_reminder', 'call', 'letter', 'legal_step')",
        {"seller": ctx.seller, "case": case["id"]},
    )
    record(
        ctx,
        events.CaseHandedOver(case["buyer_id"], made, partner, dict(asked), dict(reasons), digest),
    )
    return made


def take_back(ctx: Context, buyer_id: UUID, why: str) -> None:
    """The case comes back from the agency or lawyer. NOT_FOUND, MOVE_NOT_ALLOWED, VALUE_INVALID."""
    ctx.require(Permission.COLLECT)
    reason = checked_reason(why)
    with book(ctx):
        case = _open_case(ctx, buyer_id)
        state = after(CASE_MOVES, CaseState(case["state"]), CaseMove.TAKE_BACK)
        found = sql.row(
            "update hand_over set taken_back_on = %(today)s, taken_back_by = %(actor)s,"
            " taken_back_why = %(why)s where seller_id = %(seller)s and case_id = %(case)s"
            " and taken_back_on is null returning id",
            {
                "today": ctx.today,
                "actor": ctx.actor,
                "why": reason,
                "seller": ctx.seller,
                "case": case["id"],
            },
        )
        _move(ctx, case["id"], state)
        if found is not None:
            record(ctx, events.CaseTakenBack(buyer_id, found["id"], reason))


def _open_case(ctx: Context, buyer_id: UUID) -> dict[str, Any]:
    found = sql.row(
        "select id, buyer_id, state from collection_case where seller_id = %(seller)s"
        " and buyer_id = %(buyer)s and closed_on is null for update",
        {"seller": ctx.seller, "buyer": buyer_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="case", value=str(buyer_id))
    return found


def _partner(ctx: Context, partner_id: UUID) -> str:
    found = sql.value(
        "select name from collection_partner where seller_id = %(seller)s and id = %(id)s"
        " and ended_on is null",
        {"seller": ctx.seller, "id": partner_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="partner", value=str(partner_id))
    return str(found)


def _move(ctx: Context, case_id: UUID, state: CaseState) -> None:
    sql.execute(
        "update collection_case set state = %(state)s where seller_id = %(seller)s and id = %(id)s",
        {"state": state.value, "seller": ctx.seller, "id": case_id},
    )
