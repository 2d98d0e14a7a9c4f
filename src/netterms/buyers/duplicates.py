"""One company twice in the book: find the pairs, let a person decide, and take it back.

A merge moves no paper: the journal is never edited. The buyer that goes points to the one that
stays and stands below it, so that caps count both; its name becomes another name of that one, and
what is known of its insolvency is known of that one, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from netterms.buyers import events, insolvency
from netterms.buyers.actions import index_names
from netterms.buyers.groups import stands_below
from netterms.buyers.likeness import Side, compare
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal
from netterms.store import sql
from netterms.store.keys import done_once
from netterms.store.outbox import record
from netterms.store.tenancy import book, once_more

# A key that more buyers share than this says nothing about two of them.
MOST_SHARING = 40


@dataclass(frozen=True, slots=True)
class Half:
    """One buyer of a pair, as a person compares it; `identifiers` have `kind` and `value`."""

    id: UUID
    buyer_number: str
    name: str
    country: str
    email: str
    registration_number: str
    identifiers: list[dict[str, str]]
    aliases: list[str]
    addresses: list[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two buyers that may be one company, or are: `state` is proposed, refused or merged."""

    one: Half
    other: Half
    score: int
    reasons: list[str]
    state: str
    merged_into: UUID | None
    decided_on: date | None
    decided_by: str | None


def find_duplicates(ctx: Context) -> dict[str, Plain]:
    """Look through the whole book and propose pairs; a pair that a person decided is not looked at.

    Proposals that do not hold any more go.
    """
    ctx.require(Permission.IMPORT)
    with book(ctx):
        index_names(ctx)
        params = {"seller": ctx.seller, "most_sharing": MOST_SHARING}
        candidates = sql.rows(sql.statement("buyers/duplicate_candidates"), params)
        sides = _sides(ctx, {line[end] for line in candidates for end in ("one_id", "other_id")})
        found = []
        for line in candidates:
            likeness = compare(sides[line["one_id"]], sides[line["other_id"]], line["reasons"])
            if likeness.proposed:
                ids = {"one_id": str(line["one_id"]), "other_id": str(line["other_id"])}
                found.append({**ids, "score": likeness.score, "reasons": list(likeness.reasons)})
        # What is not found again is no proposal any more: score 0 is shown to nobody.
        sql.execute(
            """
            update duplicate_pair p set score = 0
            where seller_id = %(seller)s and state = 'proposed' and not exists (
              select from jsonb_to_recordset(%(found)s) as n(one_id uuid, other_id uuid)
              where n.one_id = p.one_id and n.other_id = p.other_id)
            """,
            {"seller": ctx.seller, "found": Jsonb(found)},
        )
        new = sql.value(
            KEEP_PAIRS, {"seller": ctx.seller, "today": ctx.today, "found": Jsonb(found)}
        )
    return {"compared": len(candidates), "pairs": len(found), "new": int(new)}


KEEP_PAIRS = """
with kept as (
  insert into duplicate_pair (seller_id, one_id, other_id, score, reasons, state, found_on)
  select %(seller)s, one_id, other_id, score, reasons, 'proposed', %(today)s
  from jsonb_to_recordset(%(found)s)
    as n(one_id uuid, other_id uuid, score smallint, reasons text[])
  on conflict (seller_id, one_id, other_id)
    do update set score = excluded.score, reasons = excluded.reasons
  returning found_on, (xmax = 0) as fresh
)
select count(*) filter (where fresh) from kept
"""


def _sides(ctx: Context, buyers: set[UUID]) -> dict[UUID, Side]:
    found = sql.rows(
        """
        select b.id, b.country, b.registration_number,
               b.name || coalesce(
                 array_agg(distinct a.name) filter (where a.name is not null), '{}') as names
        from buyer b left join buyer_alias a on a.seller_id = b.seller_id and a.buyer_id = b.id
        where b.seller_id = %(seller)s and b.id = any(%(ids)s)
        group by b.id, b.country, b.registration_number, b.name
        """,
        {"seller": ctx.seller, "ids": list(buyers)},
    )
    return {
        line["id"]: Side(tuple(line["names"]), line["country"], line["registration_number"])
        for line in found
    }


def pairs(ctx: Context, state: str = "proposed", most: int = 50, skip: int = 0) -> list[Pair]:
    """Pairs in a state: proposals by score, decisions the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            """
            select p.one_id, p.other_id, p.score, p.reasons, p.state, p.decided_on, p.decided_by,
                   coalesce(a.merged_into, b.merged_into) as merged_into
            from duplicate_pair p
            join buyer a on a.seller_id = p.seller_id and a.id = p.one_id
            join buyer b on b.seller_id = p.seller_id and b.id = p.other_id
            where p.seller_id = %(seller)s and p.state = %(state)s
              and (p.state <> 'proposed'
                   or (p.score > 0 and a.merged_into is null and b.merged_into is null))
            order by p.decided_on desc nulls last, p.score desc, p.one_id, p.other_id
            limit %(most)s offset %(skip)s
            """,
            {"seller": ctx.seller, "state": state, "most": most, "skip": skip},
        )
        ids = {line[end] for line in found for end in ("one_id", "other_id")}
        halves = {
            half.id: half
            for half in sql.read(
                "buyers/duplicate_halves", Half, {"seller": ctx.seller, "ids": list(ids)}
            )
        }
    return [
        Pair(halves[line.pop("one_id")], halves[line.pop("other_id")], **line) for line in found
    ]


class Verdict(StrEnum):
    """What a person says of a pair."""

    MERGE = "merge"
    PART = "part"
    UNDO = "undo"


def decide(
    ctx: Context, verdict: Verdict, keep: UUID, other: UUID, why: str = "", key: str = ""
) -> bool:
    """Merge `other` into `keep`, say that they are two, or take the merge back, once under `key`.

    Whether `key` had done it before. NOT_FOUND, VALUE_INVALID, KEY_REUSED.
    """
    ctx.require(Permission.IMPORT)

    def act() -> None:
        if verdict is Verdict.MERGE:
            merge(ctx, keep, other, why)
        elif verdict is Verdict.PART:
            not_the_same(ctx, keep, other)
        else:
            unmerge(ctx, other, keep)

    return done_once(ctx, key, {verdict.value: [keep, other], "why": why}, act)[1]


@once_more
def merge(ctx: Context, keep: UUID, gone: UUID, why: str) -> None:
    """Say that `gone` is the company `keep`. NOT_FOUND; VALUE_INVALID for one merged already."""
    ctx.require(Permission.IMPORT)
    reason = checked_reason(why, least=0)
    with book(ctx):
        known = _locked(ctx, keep, gone)
        if keep == gone or stands_below(ctx, keep, gone):
            raise _not_this_one(known[gone]["buyer_number"])
        for line in known.values():
            if line["merged_into"] is not None:
                raise _not_this_one(line["buyer_number"])
        if sql.value(HAS_MERGED, {"seller": ctx.seller, "id": gone}):
            raise _not_this_one(known[gone]["buyer_number"])
        alias = sql.value(
            """
            insert into buyer_alias (seller_id, id, buyer_id, name, kind, added_on)
            values (%(seller)s, %(id)s, %(keep)s, %(name)s, 'merged', %(today)s)
            on conflict do nothing returning id
            """,
            {
                "seller": ctx.seller,
                "id": new_id(ctx.now),
                "keep": keep,
                "name": known[gone]["name"],
                "today": ctx.today,
            },
        )
        _point(ctx, gone, keep, keep)
        notices = insolvency.carry_over(ctx, gone, keep)
        _decide(ctx, keep, gone, "merged", known[gone]["parent_id"], alias, notices)
        record(
            ctx,
            events.BuyersMerged(keep, gone, reason),
            events.BuyersRegrouped(ctx.seller, (gone,)),
        )


HAS_MERGED = (
    "select exists (select from buyer where seller_id = %(seller)s and merged_into = %(id)s)"
)


def not_the_same(ctx: Context, one: UUID, other: UUID) -> None:
    """Say that two buyers are two companies; they are not proposed again. NOT_FOUND."""
    ctx.require(Permission.IMPORT)
    with book(ctx):
        known = _locked(ctx, one, other)
        for line in known.values():
            if line["merged_into"] in {one, other}:
                raise _not_this_one(line["buyer_number"])
        _decide(ctx, one, other, "refused", None, None)
        record(ctx, events.DuplicateRefused(one, other))


@once_more
def unmerge(ctx: Context, gone: UUID, stays: UUID | None = None) -> None:
    """Take a merge (into `stays`, if named) back; the pair is a proposal again. NOT_FOUND.

    All is as it was, but for a parent that somebody set since.
    """
    ctx.require(Permission.IMPORT)
    with book(ctx):
        keep = sql.value(
            "select merged_into from buyer where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": gone},
        )
        if keep is None or stays not in {None, keep}:
            raise Refusal(Code.NOT_FOUND, field="buyer", value=str(gone))
        known = _locked(ctx, keep, gone)
        pair = sql.row(
            """
            select parent_before, alias_id, notices from duplicate_pair
            where seller_id = %(seller)s and one_id = least(%(keep)s::uuid, %(gone)s::uuid)
              and other_id = greatest(%(keep)s::uuid, %(gone)s::uuid)
            """,
            {"seller": ctx.seller, "keep": keep, "gone": gone},
        )
        assert pair is not None
        # A parent that somebody set since is theirs.
        moved = known[gone]["parent_id"] != keep
        parent = known[gone]["parent_id"] if moved else pair["parent_before"]
        _point(ctx, gone, None, parent)
        sql.execute(
            "delete from buyer_alias where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": pair["alias_id"]},
        )
        insolvency.take_back(ctx, pair["notices"])
        _decide(ctx, keep, gone, "proposed", None, None)
        record(
            ctx,
            events.BuyersUnmerged(keep, gone),
            events.BuyersRegrouped(ctx.seller, (gone,)),
        )


def _point(ctx: Context, gone: UUID, keep: UUID | None, parent: UUID | None) -> None:
    sql.execute(
        "update buyer set merged_into = %(keep)s, parent_id = %(parent)s"
        " where seller_id = %(seller)s and id = %(gone)s",
        {"seller": ctx.seller, "gone": gone, "keep": keep, "parent": parent},
    )


def _decide(
    ctx: Context,
    one: UUID,
    other: UUID,
    state: str,
    parent: UUID | None,
    alias: UUID | None,
    notices: Sequence[UUID] = (),
) -> None:
    sql.execute(
        """
        insert into duplicate_pair (seller_id, one_id, other_id, score, reasons, state, found_on,
                                    decided_on, decided_by, parent_before, alias_id, notices)
        values (%(seller)s, least(%(one)s::uuid, %(other)s), greatest(%(one)s::uuid, %(other)s),
                100, '{}', %(state)s, %(today)s, %(decided)s, %(by)s, %(parent)s, %(alias)s,
                %(notices)s)
        on conflict (seller_id, one_id, other_id) do update
        set state = excluded.state, decided_on = excluded.decided_on,
            decided_by = excluded.decided_by, parent_before = excluded.parent_before,
            alias_id = excluded.alias_id, notices = excluded.notices
        """,
        {
            "seller": ctx.seller,
            "one": one,
            "other": other,
            "state": state,
            "today": ctx.today,
            "decided": None if state == "proposed" else ctx.today,
            "by": None if state == "proposed" else ctx.actor,
            "parent": parent,
            "alias": alias,
            "notices": list(notices),
        },
    )


def _locked(ctx: Context, *buyers: UUID) -> dict[UUID, dict[str, Any]]:
    found = sql.rows(
        """
        select id, buyer_number, name, parent_id, merged_into from buyer
        where seller_id = %(seller)s and id = any(%(ids)s) order by id for no key update
        """,
        {"seller": ctx.seller, "ids": list(buyers)},
    )
    known = {line["id"]: line for line in found}
    for buyer in buyers:
        if buyer not in known:
            raise Refusal(Code.NOT_FOUND, field="buyer", value=str(buyer))
    return known


def _not_this_one(number: str) -> Refusal:
    return Refusal(Code.VALUE_INVALID, field="buyer", value=number, mend=Mend.ANOTHER_BUYER)
