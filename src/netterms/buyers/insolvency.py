"""What is heard of a buyer's insolvency: a sign of one, or that proceedings were opened.

A notice counts from the day it is entered, whatever day it is dated, and until it is withdrawn. It
is never edited or deleted. A buyer's day of insolvency is that of its earliest notice of opened
proceedings that stands; without one it has none.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from netterms.buyers import events
from netterms.buyers.known import Lock, ids_by_number, require_buyer
from netterms.buyers.particulars import LONGEST, checked_text
from netterms.buyers.ports import RegisteredCompany
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Event, plain
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.store import sql
from netterms.store.keys import done_once
from netterms.store.outbox import record_all
from netterms.store.tenancy import book, once_more

FIRST_DAY = date(1990, 1, 1)
MOST_NOTICES = 100_000


class NoticeKind(StrEnum):
    """SIGN: a petition, a warning, a company struck off. OPENED: formal proceedings."""

    SIGN = "sign"
    OPENED = "opened"


# Words of registers for the state of a company, in lower case with hyphens. Which of them mean that
# a creditor has lost, and which only warn, is our convention: a register says nothing of it.
OPENED_STATES = frozenset({
    "administration", "bankrupt", "bankruptcy", "in-administration", "in-bankruptcy",
    "in-liquidation", "in-receivership", "insolvency", "insolvency-proceedings", "insolvent",
    "liquidation", "receivership", "voluntary-arrangement", "破产", "破产清算", "清算", "清算中",
})  # fmt: skip
SIGN_STATES = frozenset({
    "active-proposal-to-strike-off", "ceased", "closed", "deregistered", "dissolution", "dissolved",
    "inactive", "proposal-to-strike-off", "removed", "struck-off", "吊销", "注销", "歇业",
})  # fmt: skip


MERGED = "merged"
# Why the program itself withdraws a notice.
UNMERGED = "unmerged"
# Wound up by its members, who declared that all debts can be paid: no insolvency, but who winds up
# buys on credit no more. (Insolvency Act 1986, sections 89 and 90.)
SOLVENT_LIQUIDATION = "members-voluntary-liquidation"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as told. `source`: who told; `reference`: its number or address there."""

    kind: NoticeKind
    dated_on: date
    source: str
    reference: str = ""
    words: str = ""

    def check(self, today: date) -> None:
        """VALUE_INVALID names the field, its value and what would mend it."""
        if not FIRST_DAY <= self.dated_on <= today:
            raise invalid("dated_on", self.dated_on, Mend.BETWEEN, least=FIRST_DAY, most=today)
        checked_text("source", self.source, least=1)
        checked_text("reference", self.reference)
        checked_text("note", self.words)


@dataclass(frozen=True, slots=True)
class KnownNotice:
    """A notice as the book has it. It counted from `known_on`, and until `withdrawn_on` if that is.

    `source` is empty where a day of insolvency was entered with the master data.
    """

    id: UUID
    buyer_id: UUID
    kind: str
    dated_on: date
    source: str
    reference: str
    words: str
    known_on: date
    entered_by: str
    withdrawn_on: date | None
    withdrawn_by: str | None
    withdrawn_why: str | None


@dataclass(frozen=True, slots=True)
class Entered:
    """How many notices of a list are new, how many the book had, how many it takes back."""

    new: int
    known: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list: a buyer's notice, or with `withdrawn` why such a one is taken back."""

    buyer_number: str
    notice: Notice
    withdrawn: str = ""

    def check(self, today: date, known: Container[str]) -> None:
        """VALUE_INVALID, as of a notice; also for a buyer whose number is not `known`."""
        if self.buyer_number not in known:
            raise invalid("buyer_number", self.buyer_number, Mend.KNOWN_BUYER)
        self.notice.check(today)
        checked_text("why", self.withdrawn)


def state_kind(*words: str) -> NoticeKind | None:
    """What a register's words for the state of a company say of its insolvency, the worst first."""
    said = {"-".join(word.lower().replace("_", " ").replace("-", " ").split()) for word in words}
    if SOLVENT_LIQUIDATION in said and said <= {SOLVENT_LIQUIDATION, "liquidation"}:
        return NoticeKind.SIGN
    if said & OPENED_STATES:
        return NoticeKind.OPENED
    # Who went into another company is gone, and no debtor of anybody.
    if MERGED in said:
        return None
    return NoticeKind.SIGN if said & SIGN_STATES else None


@once_more
def record_notice(
    ctx: Context, buyer_id: UUID, notice: Notice, *, key: str = ""
) -> tuple[UUID, bool]:
    """Keep a notice from today on; its id, and whether `key` had brought it before.

    One that stands already, with the same kind, day, source and reference, changes nothing. Opened
    proceedings are the buyer's day of insolvency. NOT_FOUND, VALUE_INVALID.
    """
    ctx.require(Permission.IMPORT)
    notice.check(ctx.today)

    def act() -> str:
        require_buyer(ctx, buyer_id, Lock.NO_KEY_UPDATE)
        known = [one for one in _standing(ctx, [buyer_id]) if _same(one, notice)]
        return str(known[0].id if known else _enter(ctx, [(buyer_id, notice)])[0])

    found, repeated = done_once(ctx, key, {"notice_of": buyer_id, "notice": notice}, act)
    return UUID(str(found)), repeated


@once_more
def withdraw_notice(
    ctx: Context, notice_id: UUID, why: str, *, of: UUID | None = None, key: str = ""
) -> bool:
    """Take a notice back: it was wrong, or the court did. Whether `key` had done so before.

    What was held for it stays held until a person opens it. `of`: the buyer it must be of.
    NOT_FOUND for one that does not stand; VALUE_INVALID without a reason.
    """
    ctx.require(Permission.SET_LIMIT)
    reason = checked_reason(why, most=LONGEST)

    def act() -> None:
        buyer: UUID | None = sql.value(
            "select buyer_id from insolvency_notice where seller_id = %(seller)s"
            " and id = %(id)s and coalesce(buyer_id = %(of)s::uuid, true)",
            {"seller": ctx.seller, "id": notice_id, "of": of},
        )
        if buyer is None:
            raise Refusal(Code.NOT_FOUND, field="reference", value=str(notice_id))
        require_buyer(ctx, buyer, Lock.NO_KEY_UPDATE)
        if not _withdraw(ctx, {notice_id: reason}):
            raise Refusal(Code.NOT_FOUND, field="reference", value=str(notice_id))

    return done_once(ctx, key, {"withdraw": notice_id, "why": reason}, act)[1]


def flaws(ctx: Context, lines: Sequence[Listed]) -> list[tuple[int, Refusal]]:
    """What of a list cannot be entered, each with its place in it."""
    ctx.require(Permission.READ)
    with book(ctx):
        known = ids_by_number(ctx, (line.buyer_number for line in lines))
    found: list[tuple[int, Refusal]] = []
    for place, line in enumerate(lines):
        try:
            line.check(ctx.today, known)
        except Refusal as refusal:
            found.append((place, refusal))
    return found


@once_more
def record_notices(ctx: Context, lines: Sequence[Listed]) -> Entered:
    """Enter a list of notices, all of them or none; a second time changes nothing.

    A line that says why it is `withdrawn` takes back the one that stands with its kind, day, source
    and reference. VALUE_INVALID names the field of the first that cannot be entered (`flaws` has
    all of them).
    """
    ctx.require(Permission.IMPORT)
    if len(lines) > MOST_NOTICES:
        raise invalid("lines", len(lines), Mend.AT_MOST, most=MOST_NOTICES)
    with book(ctx):
        of = ids_by_number(ctx, (line.buyer_number for line in lines), Lock.NO_KEY_UPDATE)
        for line in lines:
            line.check(ctx.today, of)
        if any(line.withdrawn for line in lines):
            ctx.require(Permission.SET_LIMIT)
        standing = {_mark(one.buyer_id, one): one.id for one in _standing(ctx, of.values())}
        told = {_mark(of[line.buyer_number], line.notice): line for line in lines}
        gone = {
            standing[mark]: line.withdrawn
            for mark, line in told.items()
            if line.withdrawn and mark in standing
        }
        new = [
            (of[line.buyer_number], line.notice)
            for mark, line in told.items()
            if not line.withdrawn and mark not in standing
        ]
        _withdraw(ctx, gone)
        _enter(ctx, new)
    return Entered(len(new), len(lines) - len(new) - len(gone), len(gone))


@once_more
def record_answer(ctx: Context, buyer_id: UUID, company: RegisteredCompany) -> NoticeKind | None:
    """Keep what a register's answer says of the buyer's insolvency, dated today; what it says.

    Asked again with the same answer nothing changes; where the register no longer says so, what it
    said is withdrawn. NOT_FOUND.
    """
    ctx.require(Permission.IMPORT)
    kind = state_kind(company.status, company.status_detail)
    with book(ctx):
        require_buyer(ctx, buyer_id, Lock.NO_KEY_UPDATE)
        said = [one for one in _standing(ctx, [buyer_id]) if one.source == company.source]
        _withdraw(ctx, {one.id: company.state or "–" for one in said if one.kind != kind})
        if kind is not None and not any(one.kind == kind for one in said):
            told = Notice(kind, ctx.today, company.source, company.number, company.state)
            told.check(ctx.today)
            _enter(ctx, [(buyer_id, told)])
    return kind


def notices_of(ctx: Context, buyer_id: UUID) -> list[KnownNotice]:
    """A buyer's notices, those that were withdrawn too, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        return _read(ctx, [buyer_id])


def opened_elsewhere(ctx: Context, buyers: Iterable[UUID]) -> dict[UUID, date]:
    """The first day of opened proceedings that others told than who enters the master data."""
    # The newest come first, so that the earliest of each is what stays.
    return {
        one.buyer_id: one.dated_on
        for one in _standing(ctx, buyers)
        if one.kind == NoticeKind.OPENED and one.source
    }


def carry_over(ctx: Context, gone: UUID, keep: UUID) -> list[UUID]:
    """What stands of `gone` is said of `keep`, too, the same company: ids of what is new to it.

    Call it inside the seller's book, with both locked.
    """
    standing = _standing(ctx, [gone, keep])
    known = {_mark(keep, one) for one in standing if one.buyer_id == keep}
    new = [
        Notice(NoticeKind(one.kind), one.dated_on, one.source, one.reference, one.words)
        for one in standing
        if one.buyer_id == gone and _mark(keep, one) not in known
    ]
    return _enter(ctx, [(keep, notice) for notice in new])


def take_back(ctx: Context, carried: Sequence[UUID]) -> None:
    """Withdraw what was carried over, where it still stands: the two are not one company."""
    _withdraw(ctx, dict.fromkeys(carried, UNMERGED))


def note_entered(ctx: Context, days: Mapping[UUID, date]) -> None:
    """Days of insolvency entered with the master data are notices, too.

    The day told last takes the place of one told so before; the buyer's own column is written by
    the caller, who tells of it, too: the earlier of this and what is `opened_elsewhere`.
    """
    if days:
        lines = _stamp(ctx) | {"buyers": list(days), "days": list(days.values())}
        sql.execute(_CORRECT, lines)
        sql.execute(_NOTE, lines)


def _enter(ctx: Context, new: Sequence[tuple[UUID, Notice]]) -> list[UUID]:
    ids = [new_id(ctx.now) for _ in new]
    lines = [
        (
            ctx.seller, number, buyer, told.kind.value, told.dated_on, told.source.strip(),
            told.reference.strip(), told.words.strip(), ctx.today, ctx.actor, ctx.now,
        )
        for number, (buyer, told) in zip(ids, new, strict=True)
    ]  # fmt: skip
    if lines:
        sql.execute_many(_INSERT, lines)
        record_all(ctx, [events.InsolvencyNoticed(line[2], line[1], *line[3:7]) for line in lines])
        _count(ctx, [buyer for buyer, told in new if told.kind is NoticeKind.OPENED])
    return ids


def _withdraw(ctx: Context, why: Mapping[UUID, str]) -> int:
    gone = sql.rows(
        """
        update insolvency_notice n
        set withdrawn_on = %(today)s, withdrawn_by = %(actor)s, withdrawn_why = w.why
        from unnest(%(ids)s::uuid[], %(why)s::text[]) w(id, why)
        where n.seller_id = %(seller)s and n.id = w.id and n.withdrawn_on is null
        returning n.id, n.buyer_id, n.kind, w.why
        """,
        _stamp(ctx) | {"ids": list(why), "why": list(why.values())},
    )
    record_all(
        ctx,
        [events.InsolvencyWithdrawn(n["buyer_id"], n["id"], n["kind"], n["why"]) for n in gone],
    )
    _count(ctx, [one["buyer_id"] for one in gone if one["kind"] == NoticeKind.OPENED])
    return len(gone)


def _count(ctx: Context, buyers: Sequence[UUID]) -> None:
    """Bring the buyers' days of insolvency along, and tell of those that changed."""
    if not buyers:
        return
    told: list[Event] = []
    for line in sql.rows(_COUNT, {"seller": ctx.seller, "buyers": list(buyers)}):
        before, after = ({"insolvent_on": plain(line[when])} for when in ("before", "after"))
        told.append(events.BuyerFactsUpdated(line["id"], before, after))
        if line["after"] is not None:
            told.append(events.BuyerInsolvent(line["id"], line["after"]))
    record_all(ctx, told)


def _mark(buyer_id: UUID, notice: Notice | KnownNotice) -> tuple[object, ...]:
    """What makes two notices of a buyer one."""
    source, reference = notice.source.strip(), notice.reference.strip()
    return (buyer_id, notice.kind, notice.dated_on, source, reference)


def _same(known: KnownNotice, told: Notice) -> bool:
    return _mark(known.buyer_id, known) == _mark(known.buyer_id, told)


def _standing(ctx: Context, buyers: Iterable[UUID]) -> list[KnownNotice]:
    return [one for one in _read(ctx, buyers) if one.withdrawn_on is None]


def _read(ctx: Context, buyers: Iterable[UUID]) -> list[KnownNotice]:
    found = sql.rows(_READ, {"seller": ctx.seller, "buyers": list(buyers)})
    return sql.typed(found, KnownNotice)


def _stamp(ctx: Context) -> dict[str, Any]:
    return {"seller": ctx.seller, "today": ctx.today, "actor": ctx.actor, "now": ctx.now}


_READ = """
select id, buyer_id, kind, dated_on, source, reference, words, known_on, entered_by, withdrawn_on,
       withdrawn_by, withdrawn_why
from insolvency_notice where seller_id = %(seller)s and buyer_id = any(%(buyers)s)
order by dated_on desc, id desc
"""
_INSERT = """
insert into insolvency_notice (seller_id, id, buyer_id, kind, dated_on, source, reference, words,
                               known_on, entered_by, entered_at)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_COUNT = """
update buyer b set insolvent_on = n.after
from (select x.id, x.insolvent_on as before,
             (select min(dated_on) from insolvency_notice
              where seller_id = x.seller_id and buyer_id = x.id and kind = 'opened'
                and withdrawn_on is null) as after
      from buyer x where x.seller_id = %(seller)s and x.id = any(%(buyers)s)) n
where b.seller_id = %(seller)s and b.id = n.id and n.before is distinct from n.after
returning b.id, n.before, n.after
"""
_CORRECT = """
update insolvency_notice
set withdrawn_on = %(today)s, withdrawn_by = %(actor)s, withdrawn_why = 'other_day'
where seller_id = %(seller)s and buyer_id = any(%(buyers)s::uuid[]) and kind = 'opened'
  and source = '' and withdrawn_on is null
"""
_NOTE = """
insert into insolvency_notice (seller_id, buyer_id, kind, dated_on, source, known_on, entered_by,
                               entered_at)
select %(seller)s, n.buyer, 'opened', n.day, '', %(today)s, %(actor)s, %(now)s
from unnest(%(buyers)s::uuid[], %(days)s::date[]) n(buyer, day)
"""
