"""Files that a dispute rests on: photographs and documents, known by their content, kept inside."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.media import SUFFIXES, kind_of
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables import events
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

MOST_BYTES, MOST_FILES = 5 * 2**20, 20
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file of a dispute, without its bytes."""

    id: UUID
    name: str
    kind: str
    bytes: int
    sha256: str
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Content:
    """A file with its bytes: `kind` is its media type by its content, whatever its name says."""

    name: str
    kind: str
    content: bytes


def safe_name(given: str, kind: str) -> str:
    """A name without folders, control or other odd characters, with the suffix of its kind."""
    bare = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", bare)
    stem = re.sub(r"[^\w .,()+-]", "_", stem).strip(" .")
    return (stem[:LONGEST_NAME] or "file") + SUFFIXES[kind]


def attach(ctx: Context, dispute_id: UUID, name: str, content: bytes) -> UUID:
    """Keep a file with a dispute; the same bytes again are the same file. Returns its id.

    NOT_FOUND for an unknown dispute; VALUE_INVALID for what is too large, too many, or not a PDF,
    JPEG, PNG or WebP by its content.
    """
    ctx.require(Permission.COLLECT)
    kind = kind_of(content)
    if kind is None:
        raise _invalid(name[:50], Mend.ONE_OF, allowed="PDF, JPEG, PNG, WebP")
    if len(content) > MOST_BYTES:
        raise _invalid(name[:50], Mend.AT_MOST, most=f"{MOST_BYTES // 2**20} MB")
    digest = sha256(content).hexdigest()
    with book(ctx):
        dispute = sql.row(
            "select invoice_id from dispute"
            " where seller_id = %(seller)s and id = %(id)s for update",
            {"seller": ctx.seller, "id": dispute_id},
        )
        if dispute is None:
            raise Refusal(Code.NOT_FOUND, field="dispute", value=str(dispute_id))
        known = sql.rows(
            "select id, sha256 from dispute_file"
            " where seller_id = %(seller)s and dispute_id = %(id)s",
            {"seller": ctx.seller, "id": dispute_id},
        )
        for line in known:
            if line["sha256"] == digest:
                same: UUID = line["id"]
                return same
        if len(known) >= MOST_FILES:
            raise _invalid(len(known) + 1, Mend.AT_MOST, most=MOST_FILES)
        number = new_id(ctx.now)
        shown = safe_name(name, kind)
        sql.execute(
            """
            insert into dispute_file (seller_id, id, dispute_id, name, kind, content, sha256,
                                      added_by, added_at)
            values (%(seller)s, %(id)s, %(dispute)s, %(name)s, %(kind)s, %(content)s, %(sha256)s,
                    %(actor)s, %(now)s)
            """,
            {
                "seller": ctx.seller,
                "id": number,
                "dispute": dispute_id,
                "name": shown,
                "kind": kind,
                "content": content,
                "sha256": digest,
                "actor": ctx.actor,
                "now": ctx.now,
            },
        )
        record(ctx, events.EvidenceAdded(dispute["invoice_id"], dispute_id, number, shown, digest))
    return number


def evidence_of(ctx: Context, dispute_id: UUID) -> list[Evidence]:
    """Files of a dispute, in the order they came."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select id, name, kind, length(content) as bytes, sha256::text as sha256, added_by,"
            " added_at from dispute_file"
            " where seller_id = %(seller)s and dispute_id = %(id)s order by id",
            {"seller": ctx.seller, "id": dispute_id},
        )
    return sql.typed(found, Evidence)


def evidence_of_buyer(ctx: Context, buyer_id: UUID) -> dict[str, list[Evidence]]:
    """Files of all disputes of a buyer, by invoice number, the newest last."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select i.invoice_number, f.id, f.name, f.kind, length(f.content) as bytes,
                   f.sha256::text as sha256, f.added_by, f.added_at
            from dispute_file f
            join dispute d on d.seller_id = f.seller_id and d.id = f.dispute_id
            join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id
            where f.seller_id = %(seller)s and i.buyer_id = %(buyer)s order by f.id
            """,
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    by_number: dict[str, list[Evidence]] = {}
    for line, one in zip(found, sql.typed(found, Evidence), strict=True):
        by_number.setdefault(line["invoice_number"], []).append(one)
    return by_number


def evidence_file(ctx: Context, file_id: UUID) -> Content:
    """A file with its bytes; NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.row(
            "select name, kind, content from dispute_file"
            " where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": file_id},
        )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="evidence", value=str(file_id))
    return Content(found["name"], found["kind"], bytes(found["content"]))


def _invalid(value: object, mend: Mend, **facts: object) -> Refusal:
    return Refusal(Code.VALUE_INVALID, field="evidence", value=str(value), mend=mend, **facts)
