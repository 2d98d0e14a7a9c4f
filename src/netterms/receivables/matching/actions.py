"""Match lines of bank statements to invoices: a whole batch, or one by a person; and undo."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from netterms.buyers.actions import index_names
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.money import Money
from netterms.kernel.reasons import checked_reason
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables import events, payments
from netterms.receivables.ledger_policy import policy_in_force
from netterms.receivables.matching import returns
from netterms.receivables.matching.batch import Batch, send
from netterms.receivables.matching.money_back import MatchKind
from netterms.receivables.matching.points import Reason
from netterms.receivables.ports import ExpectedMoney, nothing_expected
from netterms.receivables.rules import Part
from netterms.store import sql
from netterms.store.outbox import record, stamp
from netterms.store.tenancy import book, once_more

MANY = 5_000  # decided lines, from which whole tables are joined rather than rows looked up


@dataclass(frozen=True, slots=True)
class Matched:
    """What a batch did with lines that brought money in, and those of money back that it knows."""

    lines: int
    posted: int
    proposed: int

    @property
    def unknown(self) -> int:
        """Lines for which nothing likely was found."""
        return self.lines - self.posted - self.proposed


@once_more
def match_lines(ctx: Context, expected_money: ExpectedMoney = nothing_expected) -> Matched:
    """Match every open line at once: post what is sure, propose what is likely, leave the rest.

    `expected_money` tells what rooms above wait for; `wiring.match_bank_lines` gives it.

    One transaction. Safe to repeat: what is posted stays, proposals are made anew.
    """
    ctx.require(Permission.BOOK)
    index_names(ctx)
    batch = new_id(ctx.now)
    params = stamp(ctx) | {"batch": batch}
    with book(ctx):
        sql.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"match {ctx.seller}"]
        )
        sql.execute("set local work_mem = '256MB'")
        paid = _match_paid(ctx, params, expected_money)
        # After them: what a line brought another of the same statement may take back.
        back = _match_back(ctx, batch)
        matched = Matched(
            paid.lines + back.lines, paid.posted + back.posted, paid.proposed + back.proposed
        )
        if matched.lines:
            record(ctx, events.LinesMatched(batch, matched.lines, matched.posted, matched.proposed))
    return matched


def _match_paid(ctx: Context, params: dict[str, Any], expected_money: ExpectedMoney) -> Matched:
    """Lines that bring buyers' money in."""
    lines = sql.execute(sql.statement("receivables/match_lines"), params)
    if not lines:
        sql.execute("drop table match_line")
        return Matched(0, 0, 0)
    sql.execute(sql.statement("receivables/match_buyers"), params)
    sql.execute("analyze match_line; analyze match_buyer")
    sql.execute(sql.statement("receivables/match_open"), params)
    sql.execute("analyze match_open")
    tolerance = policy_in_force(ctx).tolerance
    decided = Batch(params, tolerance, expected_money(ctx)).decide()
    send(decided)
    posted, proposed = _post(params, many=len(decided) >= MANY)
    sql.execute("drop table match_line, match_buyer, match_open, match_decided, match_part")
    return Matched(lines, posted, proposed)


def _match_back(ctx: Context, batch: UUID) -> Matched:
    """Propose what lines of money that goes back are, and post the sure ones.

    These are few, and each undoes what another did: they are posted one by one.
    """
    found = returns.likeliest(ctx)
    posted = 0
    for match_id in returns.keep(ctx, batch, found):
        try:
            with book(ctx):
                match, line = _locked(ctx, match_id)
                _post_back(ctx, line, match)
        except Refusal:
            continue  # what it gives back has gone elsewhere: a person decides
        posted += 1
    return Matched(len(found), posted, len(found) - posted)


def _post_back(ctx: Context, line: dict[str, Any], match: dict[str, Any]) -> UUID:
    payment = returns.post(ctx, line, match)
    _decide(ctx, match["id"], "posted", payment)
    _mark(ctx, line["id"], "posted")
    return payment


def _post(params: dict[str, Any], *, many: bool) -> tuple[int, int]:
    """Write what was decided; how many were posted and proposed."""
    sql.execute(sql.statement("receivables/match_settle"), params)
    sql.execute(
        "delete from bank_match m using match_line l where m.seller_id = %(seller)s"
        " and m.line_id = l.id and m.state = 'proposed'",
        params,
    )
    sql.execute(sql.statement("receivables/match_keep"), params)
    sql.execute("analyze bank_match")
    with sql.by_hash() if many else nullcontext():
        if sql.execute(sql.statement("receivables/match_payments"), params):
            # The planner must not take thousands of new rows for none.
            sql.execute("analyze payment")
        sql.execute(sql.statement("receivables/match_allocations"), params)
        sql.execute(sql.statement("receivables/match_mark"), params)
        sql.execute(sql.statement("receivables/match_learn"), params)
        sql.execute(sql.statement("receivables/match_tell"), params)
    found = sql.row(
        "select count(*) filter (where state = 'posted') as posted,"
        " count(*) filter (where state = 'proposed') as proposed"
        " from bank_match where seller_id = %(seller)s and batch_id = %(batch)s",
        params,
    )
    assert found is not None
    return found["posted"], found["proposed"]


@once_more
def confirm(ctx: Context, match_id: UUID) -> UUID:
    """Post a proposal as it stands. Returns the payment that moved the money.

    NOT_FOUND; MOVE_NOT_ALLOWED when it is no proposal any more; AMOUNT_OUT_OF_RANGE when its
    invoices are no longer open by so much.
    """
    ctx.require(Permission.BOOK)
    with book(ctx):
        match, line = _locked(ctx, match_id)
        if match["state"] != "proposed":
            raise Refusal(Code.MOVE_NOT_ALLOWED, state=match["state"], move="confirm")
        if match["kind"] != MatchKind.PAYMENT:
            payment = _post_back(ctx, line, match)
            record(ctx, events.MatchConfirmed(match_id, payment, match["buyer_id"], by_hand=False))
            return payment
        parts = [
            Part(
                UUID(part["invoice"]),
                Money(part["taken"], line["currency"]),
                _some(part["discount"], line["currency"]),
                _some(part["write_off"], line["currency"]),
            )
            for part in match["parts"]
        ]
        return _post_one(ctx, line, match, parts, by_hand=False)


@once_more
def match_by_hand(ctx: Context, line_id: UUID, buyer_id: UUID, parts: Sequence[Part]) -> UUID:
    """Post a line to a buyer as a person says; without parts all of it stays unallocated.

    Returns the match. NOT_FOUND; MOVE_NOT_ALLOWED for a line that is posted already;
    VALUE_INVALID and AMOUNT_OUT_OF_RANGE as `payments.allocate` has them.
    """
    ctx.require(Permission.BOOK)
    with book(ctx):
        line = _line(ctx, line_id)
        _refuse_posted(line, "match")
        if line["amount_minor"] < 0:
            raise Refusal(Code.MOVE_NOT_ALLOWED, state=line["state"], move="match")
        sql.execute(
            "delete from bank_match where seller_id = %(seller)s and line_id = %(line)s"
            " and state = 'proposed'",
            {"seller": ctx.seller, "line": line_id},
        )
        match_id = new_id(ctx.now)
        sql.execute(
            "insert into bank_match (seller_id, id, line_id, buyer_id, state, score, reasons,"
            " parts)"
            " select %(seller)s, %(id)s, %(line)s, b.id, 'proposed', 100, '{by_hand}', %(parts)s"
            " from buyer b where b.seller_id = %(seller)s and b.id = %(buyer)s",
            {
                "seller": ctx.seller,
                "id": match_id,
                "line": line_id,
                "buyer": buyer_id,
                "parts": _as_json(parts),
            },
        )
        match = {
            "id": match_id,
            "buyer_id": buyer_id,
            "kind": MatchKind.PAYMENT,
            "reasons": ["by_hand"],
        }
        _post_one(ctx, line, match, parts, by_hand=True)
    return match_id


def decline(ctx: Context, match_id: UUID) -> None:
    """Say that a proposal is wrong: it is not made again. NOT_FOUND, MOVE_NOT_ALLOWED."""
    ctx.require(Permission.BOOK)
    with book(ctx):
        match, line = _locked(ctx, match_id)
        if match["state"] != "proposed":
            raise Refusal(Code.MOVE_NOT_ALLOWED, state=match["state"], move="decline")
        _decide(ctx, match_id, "declined", None)
        _mark(ctx, line["id"], "open")
        record(ctx, events.MatchDeclined(match_id, match["buyer_id"]))


@once_more
def undo(ctx: Context, match_id: UUID, reason: str) -> None:
    """Take a posted match back: every balance is as it was, and the line is open again.

    What it settled is undone, and its money leaves the buyer's account by a payment the other way
    that points back. NOT_FOUND; MOVE_NOT_ALLOWED when it is not posted; AMOUNT_OUT_OF_RANGE when
    part of the money has gone elsewhere since; VALUE_INVALID without a reason.
    """
    ctx.require(Permission.BOOK)
    reason = checked_reason(reason)
    with book(ctx):
        match, line = _locked(ctx, match_id)
        if match["state"] != "posted":
            raise Refusal(Code.MOVE_NOT_ALLOWED, state=match["state"], move="undo")
        payment, buyer = match["payment_id"], match["buyer_id"]
        if match["kind"] in (MatchKind.RETURNED, MatchKind.REFUND):
            returns.undo(ctx, match, reason)
        else:
            _undo_receipts(ctx, line, payment, reason)
        _decide(ctx, match_id, "undone", payment, reason)
        _mark(ctx, line["id"], "open")
        if _teaches(line, match):
            sql.execute(
                "update known_payer set times = greatest(0, times - 1)"
                " where seller_id = %(seller)s and account = %(account)s and buyer_id = %(buyer)s",
                {"seller": ctx.seller, "account": line["payer_account"], "buyer": buyer},
            )
        record(ctx, events.MatchUndone(match_id, payment, buyer, reason))


def _undo_receipts(ctx: Context, line: dict[str, Any], payment: UUID, reason: str) -> None:
    """Let out again what a line brought, of each firm of a group, and undo what it settled."""
    for receipt in returns.receipts_beside(ctx, payment):
        payments.undo_all(ctx, receipt["id"], reason)
        payments.record_payment(
            ctx,
            payments.PaymentIn(
                receipt["buyer_id"],
                Money(receipt["amount_minor"], line["currency"]),
                line["booked_on"],
                reference=reason,
                kind="refund",
                channel="bank",
                refund_of=receipt["id"],
            ),
        )


def set_aside(ctx: Context, line_id: UUID, *, aside: bool) -> None:
    """Say that a line is no buyer's payment (or is one after all). NOT_FOUND, MOVE_NOT_ALLOWED."""
    ctx.require(Permission.BOOK)
    with book(ctx):
        line = _line(ctx, line_id)
        _refuse_posted(line, "set_aside")
        sql.execute(
            "delete from bank_match where seller_id = %(seller)s and line_id = %(line)s"
            " and state = 'proposed'",
            {"seller": ctx.seller, "line": line_id},
        )
        _mark(ctx, line_id, "set_aside" if aside else "open")
        record(ctx, events.LineSetAside(line_id, aside))


def _post_one(
    ctx: Context,
    line: dict[str, Any],
    match: dict[str, Any],
    parts: Sequence[Part],
    *,
    by_hand: bool,
) -> UUID:
    """Book the line: one receipt, or one for each firm of a group whose invoices it pays."""
    match_id, buyer_id = match["id"], match["buyer_id"]
    made = {}
    for buyer, (minor, own) in _shares(ctx, line, buyer_id, parts).items():
        made[buyer] = payments.record_payment(
            ctx,
            payments.PaymentIn(
                buyer,
                Money(minor, line["currency"]),
                line["booked_on"],
                reference=returns.reference_of(line),
                channel="bank",
                source_id=match_id,
            ),
        )
        if own:
            payments.allocate(ctx, made[buyer], own)
    payment = made.get(buyer_id) or next(iter(made.values()))
    _decide(ctx, match_id, "posted", payment)
    _mark(ctx, line["id"], "posted")
    if _teaches(line, match):
        sql.execute(
            "insert into known_payer as known (seller_id, account, buyer_id, times, last_on)"
            " values (%(seller)s, %(account)s, %(buyer)s, 1, %(on)s)"
            " on conflict (seller_id, account, buyer_id) do update set times = known.times + 1,"
            " last_on = greatest(known.last_on, excluded.last_on)",
            {
                "seller": ctx.seller,
                "account": line["payer_account"],
                "buyer": buyer_id,
                "on": line["booked_on"],
            },
        )
    record(ctx, events.MatchConfirmed(match_id, payment, buyer_id, by_hand))
    return payment


def _shares(
    ctx: Context, line: dict[str, Any], payer: UUID, parts: Sequence[Part]
) -> dict[UUID, tuple[int, list[Part]]]:
    """What of a line is each buyer's, with its parts; what is left over is the payer's.

    An invoice of a firm that is not of the payer's group stays with the payer: `allocate` refuses.
    """
    owners = {
        row["id"]: row["buyer_id"]
        for row in sql.rows(
            sql.statement("receivables/match_owners"),
            {
                "seller": ctx.seller,
                "payer": payer,
                "invoices": [part.invoice_id for part in parts],
            },
        )
    }
    shares: dict[UUID, tuple[int, list[Part]]] = {}
    for part in parts:
        owner = owners.get(part.invoice_id, payer)
        minor, own = shares.get(owner, (0, []))
        shares[owner] = minor + part.amount.minor, [*own, part]
    rest = line["amount_minor"] - sum(minor for minor, _ in shares.values())
    if rest or not shares:
        minor, own = shares.get(payer, (0, []))
        shares[payer] = minor + rest, own
    return shares


def _teaches(line: dict[str, Any], match: dict[str, Any]) -> bool:
    """Whether its account is the buyer's: of its payments, not where another of the group paid."""
    is_own = match["kind"] == MatchKind.PAYMENT and Reason.PAYER_GROUP not in match["reasons"]
    return is_own and bool(line["payer_account"])


def _some(minor: int, currency: str) -> Money | None:
    return Money(minor, currency) if minor else None


def _as_json(parts: Sequence[Part]) -> Any:  # noqa: ANN401 - psycopg's own
    from psycopg.types.json import Jsonb

    return Jsonb(
        [
            {
                "invoice": str(part.invoice_id),
                "taken": part.amount.minor,
                "discount": part.discount.minor if part.discount else 0,
                "write_off": part.write_off.minor if part.write_off else 0,
            }
            for part in parts
        ]
    )


def _locked(ctx: Context, match_id: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """The match and its line, locked in this order by every use case: the line first."""
    params = {"seller": ctx.seller, "id": match_id}
    line_id = sql.value(
        "select line_id from bank_match where seller_id = %(seller)s and id = %(id)s", params
    )
    if line_id is None:
        raise Refusal(Code.NOT_FOUND, field="match", value=str(match_id))
    line = _line(ctx, line_id)
    found = sql.row(
        "select id, line_id, buyer_id, state, reasons, parts, payment_id, kind, of_payment,"
        " charge_minor, undone_entries from bank_match"
        " where seller_id = %(seller)s and id = %(id)s for update",
        params,
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="match", value=str(match_id))
    return found, line


def _line(ctx: Context, line_id: UUID) -> dict[str, Any]:
    found = sql.row(
        "select id, booked_on, currency::text as currency, amount_minor, words, end_to_end,"
        " payer_name, payer_account, state from bank_line"
        " where seller_id = %(seller)s and id = %(id)s for update",
        {"seller": ctx.seller, "id": line_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="bank_line", value=str(line_id))
    return found


def _refuse_posted(line: dict[str, Any], move: str) -> None:
    if line["state"] in ("posted", "notice"):
        raise Refusal(Code.MOVE_NOT_ALLOWED, state=line["state"], move=move)


def _decide(ctx: Context, match_id: UUID, state: str, payment: UUID | None, why: str = "") -> None:
    sql.execute(
        "update bank_match set state = %(state)s, payment_id = %(payment)s, why = %(why)s,"
        " decided_by = %(actor)s, decided_at = %(now)s"
        " where seller_id = %(seller)s and id = %(id)s",
        stamp(ctx) | {"id": match_id, "state": state, "payment": payment, "why": why},
    )


def _mark(ctx: Context, line_id: UUID, state: str) -> None:
    sql.execute(
        "update bank_line set state = %(state)s where seller_id = %(seller)s and id = %(id)s",
        {"seller": ctx.seller, "id": line_id, "state": state},
    )
