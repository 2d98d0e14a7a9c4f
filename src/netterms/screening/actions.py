"""Loading lists, holding buyers against them, and what people decide of a hit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from psycopg.types.json import Jsonb

from netterms.access.queries import same_person
from netterms.buyers.actions import mark_sanctioned
from netterms.buyers.events import BuyersMerged, BuyersUnmerged
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain, plain
from netterms.kernel.ids import new_id
from netterms.kernel.moves import after
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal
from netterms.screening import events
from netterms.screening.moves import HIT_MOVES, HitMove, HitState
from netterms.screening.queries import lists_in_force
from netterms.screening.rules import THRESHOLD, Entry, Match, Party, Watchlist, match
from netterms.store import sql
from netterms.store.outbox import record, stamp
from netterms.store.tenancy import book

if TYPE_CHECKING:
    from netterms.screening.matching import Names

# A buyer and all that turned out to be the same company. A join on either would read every buyer.
COMPANY = """
with stays as (
  select coalesce(merged_into, id) as id from buyer
  where seller_id = %(seller)s and id = %(id)s
)
select id from stays
union all
select b.id from stays join buyer b on b.seller_id = %(seller)s and b.merged_into = stays.id
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load brought. `repeated`: the newest load of this kind was the same file."""

    version: int
    entries: int
    new: int
    changed: int
    removed: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class Screened:
    """Buyers looked at, and hits that a person has to look at now."""

    buyers: int
    found: int
    gone: int


def load_watchlist(
    ctx: Context, found: Watchlist, file_name: str, sha256: str, *, for_all: bool = True
) -> Loaded:
    """Put a list in force for all sellers, or for this one alone; the load before stays readable.

    Safe to repeat.
    """
    ctx.require(Permission.MANAGE_POLICY)
    with transaction.atomic():
        # One load of a kind at a time.
        sql.value(
            "select pg_advisory_xact_lock(hashtextextended('watchlist/' || %(kind)s, 0))",
            {"kind": found.kind.value},
        )
        newest = sql.row(
            "select version, sha256, entries from watchlist where kind = %(kind)s"
            " and only_for is not distinct from %(only)s order by version desc limit 1",
            {"kind": found.kind.value, "only": None if for_all else ctx.seller},
        )
        if newest is not None and newest["sha256"] == sha256:
            return Loaded(newest["version"], newest["entries"], 0, 0, 0, repeated=True)
        version = _add_load(ctx, found, file_name, sha256, None if for_all else ctx.seller)
        _add_entries(version, found.entries)
        told = sql.row(
            sql.statement("screening/load_told"),
            {"version": version, "before": newest["version"] if newest else 0},
        )
    assert told is not None
    return Loaded(version, len(_distinct(found.entries)), **told, repeated=False)


def _add_load(
    ctx: Context, found: Watchlist, file_name: str, sha256: str, only_for: UUID | None
) -> int:
    version: int = sql.value(
        """
        insert into watchlist (kind, title, published_on, file_name, sha256, entries, loaded_at,
                               loaded_by, only_for)
        values (%(kind)s, %(title)s, %(published)s, %(file)s, %(sha)s, %(entries)s, %(now)s,
                %(actor)s, %(only)s)
        returning version
        """,
        {
            "kind": found.kind.value,
            "title": found.title,
            "published": found.published_on or None,
            "file": file_name,
            "sha": sha256,
            "entries": len(_distinct(found.entries)),
            "now": ctx.now,
            "actor": ctx.actor,
            "only": only_for,
        },
    )
    return version


def _distinct(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Entries with a name, by id; of two with one id the last."""
    return {entry.id: entry for entry in entries if entry.id and entry.names}


def _add_entries(version: int, entries: Sequence[Entry]) -> None:
    sql.execute_many(
        "insert into watchlist_entry (version, id, party, names, countries, numbers, programmes,"
        " remarks, fingerprint) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            (
                version,
                entry.id,
                entry.party.value,
                list(entry.names),
                list(entry.countries),
                list(entry.numbers),
                list(entry.programmes),
                entry.remarks,
                _fingerprint(entry),
            )
            for entry in _distinct(entries).values()
        ],
    )


def _fingerprint(entry: Entry) -> str:
    told = json.dumps(
        [entry.party.value, entry.names, entry.countries, entry.numbers, entry.programmes],
        ensure_ascii=False,
    )
    return hashlib.md5(told.encode(), usedforsecurity=False).hexdigest()


def screen_buyers(ctx: Context) -> dict[str, Plain]:
    """Hold against the lists who was not looked at since buyer or lists changed.

    The comparing is done outside a transaction: it may take minutes. What is written is what was
    compared: a buyer that changed meanwhile is left for the next time.
    """
    ctx.require(Permission.RUN_DAY)
    lists = _lists(ctx)
    if lists is None:
        return {"buyers": 0, "found": 0, "gone": 0}
    with book(ctx):
        waiting = sql.rows(
            sql.statement("screening/to_screen"), {"seller": ctx.seller, "version": lists.version}
        )
    done = Screened(0, 0, 0)
    if waiting:
        done = _keep(ctx, lists, waiting, _hits(waiting, lists))
    return {"buyers": done.buyers, "found": done.found, "gone": done.gone}


def screen_buyer(ctx: Context, buyer_id: UUID) -> bool | None:
    """Hold one buyer against the lists now, inside the caller's transaction.

    True when a hit is undecided or confirmed, False when nothing was found or all was cleared; None
    when no list is loaded. Its permission is the caller's.
    """
    lists = _lists(ctx)
    if lists is None:
        return None
    with book(ctx):
        waiting = sql.rows(
            sql.statement("screening/to_screen") + " and b.id = %(buyer)s",
            {"seller": ctx.seller, "version": lists.version, "buyer": buyer_id},
        )
        if waiting:
            _keep(ctx, lists, waiting, _hits(waiting, lists))
        return bool(
            sql.value(
                "select count(*) from screening_hit where seller_id = %(seller)s"
                " and buyer_id = %(buyer)s and state not in ('cleared', 'gone')",
                {"seller": ctx.seller, "buyer": buyer_id},
            )
        )


@dataclass(frozen=True)
class _Lists:
    """The lists in force, ready to compare: all names, and who has which number."""

    version: int
    entries: list[dict[str, Any]]
    names: Names
    numbers: dict[str, list[int]]


def _lists(ctx: Context) -> _Lists | None:
    versions = tuple(each.version for each in lists_in_force(ctx.seller))
    return _lists_of(versions) if versions else None


@lru_cache(maxsize=1)
def _lists_of(versions: tuple[int, ...]) -> _Lists:
    """Kept by a process as long as no newer list is loaded: reading them takes a second."""
    # Imported late: only who screens needs it.
    from netterms.screening.matching import Names

    entries = sql.rows(sql.statement("screening/in_force"), {"versions": list(versions)})
    written = [name for entry in entries for name in entry["names"]]
    owners = [position for position, entry in enumerate(entries) for _ in entry["names"]]
    numbers: dict[str, list[int]] = {}
    for position, entry in enumerate(entries):
        for number in entry["numbers"]:
            numbers.setdefault(_plain_number(number), []).append(position)
    numbers.pop("", None)
    return _Lists(max(versions), entries, Names(written, owners), numbers)


def _plain_number(number: str) -> str:
    return "".join(each for each in number.upper() if each.isalnum())


def _hits(waiting: Sequence[dict[str, Any]], lists: _Lists) -> Iterator[dict[str, Any]]:
    """One row a buyer and entry, the best of all their names."""
    from netterms.screening.matching import alike

    owners = [n for n, buyer in enumerate(waiting) for _ in buyer["names"]]
    asked = [name for buyer in waiting for name in buyer["names"]]
    # A person's own name may come in other words than a company's: look a little further down.
    found = ((owners[pair.asked], pair) for pair in alike(asked, lists.names, THRESHOLD))
    for position, pairs in groupby(found, key=lambda each: each[0]):
        best: dict[int, tuple[int, str]] = {}
        for _, pair in pairs:
            entry = lists.names.entries[pair.listed]
            best[entry] = max(
                best.get(entry, (0, "")), (pair.score, lists.names.written[pair.listed])
            )
        yield from _judged(waiting[position], lists, best)
    for buyer in waiting:
        yield from _same_numbers(buyer, lists)


def _judged(
    buyer: dict[str, Any], lists: _Lists, best: dict[int, tuple[int, str]]
) -> Iterator[dict[str, Any]]:
    for position, (similarity, listed) in best.items():
        entry = lists.entries[position]
        score = _score(buyer, entry, similarity, same_number=False)
        if score.score >= THRESHOLD:
            yield _row(buyer, entry, listed, score)


def _same_numbers(buyer: dict[str, Any], lists: _Lists) -> Iterator[dict[str, Any]]:
    known = {_plain_number(number) for number in buyer["numbers"]} - {""}
    positions = {position for number in known for position in lists.numbers.get(number, ())}
    for position in positions:
        entry = lists.entries[position]
        yield _row(buyer, entry, entry["names"][0], _score(buyer, entry, 0, same_number=True))


def _score(
    buyer: dict[str, Any], entry: dict[str, Any], similarity: int, *, same_number: bool
) -> Match:
    return match(
        similarity,
        same_number=same_number,
        buyer_country=buyer["country"],
        countries=entry["countries"],
        party=Party(entry["party"]),
    )


def _row(buyer: dict[str, Any], entry: dict[str, Any], listed: str, score: Match) -> dict[str, Any]:
    shown = ("party", "names", "countries", "numbers", "programmes", "remarks", "version")
    return {
        "buyer_id": buyer["id"],
        "buyer_fingerprint": buyer["fingerprint"],
        "kind": entry["kind"],
        "entry_id": entry["id"],
        "score": score.score,
        "points": {point.value: points for point, points in score.points.items()},
        "buyer_name": buyer["name"],
        "listed_name": listed,
        "entry": {name: entry[name] for name in shown},
        "seen": hashlib.md5(
            f"{buyer['fingerprint']}{entry['fingerprint']}".encode(), usedforsecurity=False
        ).hexdigest(),
    }


def _keep(
    ctx: Context,
    lists: _Lists,
    waiting: Sequence[dict[str, Any]],
    found: Iterator[dict[str, Any]],
) -> Screened:
    """Write what was found; of one buyer and entry the highest score."""
    best: dict[tuple[UUID, str, str], dict[str, Any]] = {}
    for line in found:
        key = (line["buyer_id"], line["kind"], line["entry_id"])
        if key not in best or best[key]["score"] < line["score"]:
            best[key] = line | {"id": new_id(ctx.now)}
    params = stamp(ctx) | {
        "version": lists.version,
        "buyers": Jsonb([plain({"id": b["id"], "fingerprint": b["fingerprint"]}) for b in waiting]),
        "hits": Jsonb(plain(list(best.values()))),
    }
    with book(ctx):
        screened = sql.value(sql.statement("screening/keep_screened"), params)
        kept = sql.row(sql.statement("screening/keep_hits"), params)
    assert kept is not None
    return Screened(screened, kept["found"], kept["gone"])


def propose(ctx: Context, hit_id: UUID, *, same: bool, why: str) -> None:
    """Say whether the buyer is the listed party. It counts when another person agrees.

    NOT_FOUND; MOVE_NOT_ALLOWED; VALUE_INVALID without a reason.
    """
    ctx.require(Permission.MANAGE_POLICY)
    reason = checked_reason(why)
    with book(ctx):
        line = _locked(ctx, hit_id)
        move = HitMove.PROPOSE_CONFIRM if same else HitMove.PROPOSE_CLEAR
        state = after(HIT_MOVES, HitState(line["state"]), move)
        sql.execute(
            "update screening_hit set state = %(state)s, proposed_by = %(actor)s, why = %(why)s,"
            " decided_by = null, decided_on = null where seller_id = %(seller)s and id = %(id)s",
            _facts(ctx, hit_id, state, reason),
        )
        record(ctx, events.HitProposed(line["buyer_id"], hit_id, state.value))


def decide(ctx: Context, hit_id: UUID, *, agree: bool) -> None:
    """A second person agrees with what was proposed, or opens the hit again.

    NOT_FOUND; MOVE_NOT_ALLOWED; SAME_PERSON for the one who proposed it.
    """
    ctx.require(Permission.MANAGE_POLICY)
    with book(ctx):
        line = _locked(ctx, hit_id)
        before = HitState(line["state"])
        state = after(HIT_MOVES, before, HitMove.AGREE if agree else HitMove.DISAGREE)
        if agree and same_person(ctx, line["proposed_by"], ctx.actor):
            raise Refusal(Code.SAME_PERSON, actor=ctx.actor)
        sql.execute(sql.statement("screening/decide"), _facts(ctx, hit_id, state, line["why"]))
        record(ctx, events.HitDecided(line["buyer_id"], hit_id, before.value, state.value))
        if agree:
            _mark_company(ctx, line["buyer_id"])


def mark_merged(ctx: Context, told: BuyersMerged | BuyersUnmerged) -> None:
    """What two people confirmed of a buyer holds for its whole company, as it now is."""
    _mark_company(ctx, told.subject)
    if isinstance(told, BuyersUnmerged):
        _mark_company(ctx, told.gone)


def _mark_company(ctx: Context, buyer_id: UUID) -> None:
    company = [line["id"] for line in sql.rows(COMPANY, {"seller": ctx.seller, "id": buyer_id})]
    hit = bool(
        sql.value(
            "select exists (select from screening_hit where seller_id = %(seller)s"
            " and buyer_id = any(%(buyers)s) and state = 'confirmed')",
            {"seller": ctx.seller, "buyers": company},
        )
    )
    mark_sanctioned(ctx, company, hit=hit)


def _facts(ctx: Context, hit_id: UUID, state: HitState, why: str) -> dict[str, Any]:
    today: date = ctx.today
    return {
        "seller": ctx.seller, "id": hit_id, "state": state.value, "actor": ctx.actor,
        "why": why, "today": today,
    }  # fmt: skip


def _locked(ctx: Context, hit_id: UUID) -> dict[str, Any]:
    found = sql.row(
        "select buyer_id, state, proposed_by, why from screening_hit"
        " where seller_id = %(seller)s and id = %(id)s for update",
        {"seller": ctx.seller, "id": hit_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="hit", value=str(hit_id))
    return found
