"""Visits to a buyer's place: what a person saw there, its verdict, and photographs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from netterms.buyers.known import require_buyer
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.media import PICTURES, kind_of
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.statements import events
from netterms.statements.rules import FIRST_DAY
from netterms.store import keys, sql
from netterms.store.outbox import record
from netterms.store.tenancy import book, once_more

BEST, WORST = 1, 5
MOST_STAFF = 10_000_000
LONGEST_TEXT, LONGEST_VISITOR = 2_000, 100
MOST_PHOTOS, MOST_BYTES = 8, 5 * 2**20
TEXTS = ("premises", "stock", "machines", "order_book", "management", "notes")


@dataclass(frozen=True, slots=True)
class Visit:
    """What was seen. `verdict` from 1 (sound in everything) to 5 (do not sell on credit)."""

    visited_on: date
    visitor: str
    verdict: int
    staff: int | None = None
    premises: str = ""
    stock: str = ""
    machines: str = ""
    order_book: str = ""
    management: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class KnownVisit:
    """A visit as entered, with the ids of its photographs in their order."""

    id: UUID
    visit: Visit
    entered_by: str
    photos: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph: its media type and its bytes."""

    kind: str
    content: bytes


@once_more
def record_visit(
    ctx: Context, buyer_id: UUID, visit: Visit, photos: Sequence[bytes] = (), *, key: str
) -> UUID:
    """Enter a visit; returns its id. The same `key` again is done once.

    NOT_FOUND for a buyer the seller does not have; VALUE_INVALID names the field.
    """
    ctx.require(Permission.IMPORT)
    _check(ctx, visit)
    kinds = [_kind(number, photo) for number, photo in enumerate(photos, 1)]
    if len(photos) > MOST_PHOTOS:
        raise invalid("photos", len(photos), Mend.AT_MOST, most=MOST_PHOTOS)
    asked = {
        "visit_of": buyer_id,
        "visit": visit,
        "photos": [sha256(photo).hexdigest() for photo in photos],
    }

    def act() -> str:
        return str(_add(ctx, buyer_id, visit, list(zip(kinds, photos, strict=True))))

    with book(ctx):
        return UUID(str(keys.once(ctx, key, asked, act)))


def visits_of(ctx: Context, buyer_id: UUID) -> list[KnownVisit]:
    """A buyer's visits, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select v.id, v.visited_on, v.visitor, v.verdict, v.staff, v.premises, v.stock,
                   v.machines, v.order_book, v.management, v.notes, v.entered_by,
                   array(
                     select p.id from site_photo p
                     where p.seller_id = v.seller_id and p.visit_id = v.id order by p.place
                   ) as photos
            from site_visit v
            where v.seller_id = %(seller)s and v.buyer_id = %(buyer)s
            order by v.visited_on desc, v.id desc
            """,
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    seen = ("visited_on", "visitor", "verdict", "staff", *TEXTS)
    return [
        KnownVisit(
            line["id"],
            Visit(**{name: line[name] for name in seen}),
            line["entered_by"],
            tuple(line["photos"]),
        )
        for line in found
    ]


def photo(ctx: Context, photo_id: UUID) -> Photo:
    """A photograph of a visit; NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.row(
            "select kind, content from site_photo where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": photo_id},
        )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="photos", value=str(photo_id))
    return Photo(found["kind"], bytes(found["content"]))


def _add(ctx: Context, buyer_id: UUID, visit: Visit, photos: list[tuple[str, bytes]]) -> UUID:
    require_buyer(ctx, buyer_id)
    line = {
        "seller_id": ctx.seller,
        "id": new_id(ctx.now),
        "buyer_id": buyer_id,
        "visited_on": visit.visited_on,
        "visitor": visit.visitor.strip(),
        "verdict": visit.verdict,
        "staff": visit.staff,
        **{name: getattr(visit, name).strip() for name in TEXTS},
        "entered_by": ctx.actor,
        "entered_at": ctx.now,
    }
    sql.execute(INSERT, line)
    lines = [
        (ctx.seller, line["id"], place, kind, content)
        for place, (kind, content) in enumerate(photos)
    ]
    if lines:
        sql.execute_many(
            "insert into site_photo (seller_id, visit_id, place, kind, content)"
            " values (%s, %s, %s, %s, %s)",
            lines,
        )
    record(ctx, events.SiteVisited(buyer_id, line["id"], visit.visited_on, visit.verdict))
    return line["id"]  # type: ignore[no-any-return]


INSERT = """
insert into site_visit (seller_id, id, buyer_id, visited_on, visitor, verdict, staff, premises,
                        stock, machines, order_book, management, notes, entered_by, entered_at)
values (%(seller_id)s, %(id)s, %(buyer_id)s, %(visited_on)s, %(visitor)s, %(verdict)s, %(staff)s,
        %(premises)s, %(stock)s, %(machines)s, %(order_book)s, %(management)s, %(notes)s,
        %(entered_by)s, %(entered_at)s)
"""


def _check(ctx: Context, visit: Visit) -> None:
    if not FIRST_DAY <= visit.visited_on <= ctx.today:
        raise invalid("visited_on", visit.visited_on, Mend.BETWEEN, least=FIRST_DAY, most=ctx.today)
    if not BEST <= visit.verdict <= WORST:
        raise invalid("verdict", visit.verdict, Mend.BETWEEN, least=BEST, most=WORST)
    if visit.staff is not None and not 0 <= visit.staff <= MOST_STAFF:
        raise invalid("staff", visit.staff, Mend.BETWEEN, least=0, most=MOST_STAFF)
    visitor = visit.visitor.strip()
    if not 1 <= len(visitor) <= LONGEST_VISITOR or not visitor.isprintable():
        raise invalid("visitor", visitor, Mend.CHARACTERS, least=1, most=LONGEST_VISITOR)
    for name in TEXTS:
        if len(getattr(visit, name)) > LONGEST_TEXT:
            raise invalid(name, "…", Mend.CHARACTERS, least=0, most=LONGEST_TEXT)


def _kind(number: int, content: bytes) -> str:
    kind = kind_of(content, PICTURES)
    if kind is None:
        raise invalid("photos", number, Mend.ONE_OF, allowed="JPEG, PNG, WebP")
    if len(content) > MOST_BYTES:
        raise invalid("photos", number, Mend.AT_MOST, most=f"{MOST_BYTES // 2**20} MB")
    return kind
