"""What a buyer sees and does on its own page. This file is the wall around it.

A `Visit` may do nothing by itself. Each function here names the visit's own buyer to a use case,
and looks first whether the invoice or plan that was named is that buyer's: one of another buyer is
not found, just as one that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from netterms.buyers import queries as buyers
from netterms.collection import events, plan_reads, queries
from netterms.collection.given import check_within, checked_text
from netterms.collection.instalments import Acceptance as PlanAcceptance
from netterms.collection.instalments import accept, propose
from netterms.collection.links import Visit
from netterms.collection.page import PageSettings, PayAccount, page_settings, pay_accounts
from netterms.collection.payment_reference import creditor_reference
from netterms.collection.plan_offers import Drawn, Offer, draw_up, standard_offer
from netterms.collection.plan_reads import Plan, PlanInstalment
from netterms.collection.promises import Channel, PromiseGiven, record_promise
from netterms.early_payment import queries as early_payment
from netterms.early_payment.actions import Acceptance
from netterms.early_payment.actions import accept as accept_offer
from netterms.early_payment.rules import Channel as EarlyChannel
from netterms.early_payment.rules import Offer as EarlyOffer
from netterms.early_payment.rules import State
from netterms.kernel.calendar import add_months
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import Plain
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.receivables.disputes import DisputeReason, raise_dispute
from netterms.receivables.evidence import attach
from netterms.receivables.queries import buyer_statement
from netterms.receivables.statement import Statement
from netterms.store import sql
from netterms.store.keys import done_once
from netterms.store.outbox import record
from netterms.store.tenancy import book
from netterms.terms.actions import Claimable, claimable

MAY = frozenset({Permission.READ, Permission.COLLECT})
MOST_INVOICES, STATEMENT_MONTHS = 500, 12
MOST_FILES = 3
# Convention: a person asks for a few things a day, not for more.
MOST_REQUESTS, REQUEST_HOURS = 10, 24
LONGEST_NAME, LONGEST_NOTE, LONGEST_ADDRESS = 120, 2_000, 200


class RequestKind(StrEnum):
    """What a buyer may ask for."""

    INVOICE_COPY = "invoice_copy"
    DELIVERY_PROOF = "delivery_proof"
    STATEMENT = "statement"
    TAX_DOCUMENT = "tax_document"
    CALL_BACK = "call_back"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An open invoice or credit note on the page. `claim` is None while it is not late."""

    id: UUID
    number: str
    kind: str
    currency: str
    issued_on: date
    due_on: date
    amount_minor: int
    open_minor: int
    disputed_minor: int
    days_late: int
    claim: Claimable | None
    in_plan: bool


@dataclass(frozen=True, slots=True)
class Due:
    """What a buyer owes in one currency, credits taken off; `to` is where it is paid, if told.

    `reserved`: the interest rests on a fact of the country that nobody read in full.
    """

    currency: str
    open_minor: int
    late_minor: int
    interest_minor: int
    to: PayAccount | None
    reserved: bool = False


@dataclass(frozen=True, slots=True)
class AskedFor:
    """Something a buyer asked for."""

    id: UUID
    kind: str
    note: str
    asked_by: str
    answer_to: str
    asked_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlanChosen:
    """What a buyer chose for its plan; None is the seller's own."""

    currency: str
    months: int | None = None
    down: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A buyer's page: everything that is on it."""

    seller: str
    seller_email: str
    buyer: str
    buyer_number: str
    language: str
    country: str
    reference: str
    as_of: date
    settings: PageSettings
    dues: tuple[Due, ...]
    lines: tuple[OpenLine, ...]
    promises: tuple[queries.PromiseLine, ...]
    disputes: tuple[queries.DisputeLine, ...]
    plans: tuple[Plan, ...]
    requests: tuple[AskedFor, ...]
    early: tuple[early_payment.Acceptance, ...]


def account(visit: Visit) -> Account:
    """The buyer's account as it stands today."""
    ctx, buyer_id = _acting(visit), visit.buyer_id
    with book(ctx):
        buyer = buyers.buyer(ctx, buyer_id)
        seller = sql.row(
            "select name, email from seller where seller_id = %(seller)s", {"seller": ctx.seller}
        )
        assert seller is not None
        lines = _lines(ctx, buyer_id)
        return Account(
            seller=seller["name"],
            seller_email=seller["email"],
            buyer=buyer.name,
            buyer_number=buyer.buyer_number,
            language=buyer.language,
            country=buyer.country,
            reference=creditor_reference(buyer.buyer_number, buyer.id),
            as_of=ctx.today,
            settings=page_settings(ctx),
            dues=_dues(lines, pay_accounts(ctx)),
            lines=lines,
            promises=tuple(queries.promises_of(ctx, buyer_id)),
            disputes=tuple(queries.disputes_of(ctx, buyer_id)),
            plans=tuple(
                each for each in plan_reads.plans(ctx, buyer_id=buyer_id)
                if each.state not in {"declined", "replanned"}
            ),
            requests=tuple(requests_of(ctx, buyer_id)),
            early=tuple(
                each for each in early_payment.acceptances(ctx, buyer_id=buyer_id)
                if each.state == State.ACCEPTED
            ),
        )  # fmt: skip


def statement(visit: Visit) -> list[Statement]:
    """What moved the account in the last twelve months, one statement a currency."""
    since = add_months(visit.ctx.today, -STATEMENT_MONTHS)
    return buyer_statement(_acting(visit), visit.buyer_id, since, visit.ctx.today)


def promise(visit: Visit, key: str, amount: Money, by: date, payer: str) -> None:
    """The buyer promises to pay. As `record_promise`; AMOUNT_OUT_OF_RANGE over the debt."""
    ctx = _acting(visit)
    owed = next((d for d in account(visit).dues if d.currency == amount.currency), None)
    if owed is None or not 0 < amount.minor <= owed.open_minor:
        most = owed.open_minor if owed else 0
        raise Refusal(
            Code.AMOUNT_OUT_OF_RANGE, least_minor=1, most_minor=most, currency=amount.currency
        )
    given = PromiseGiven(visit.buyer_id, amount, by, payer, Channel.PAGE)
    _once(visit, ctx, key, given, lambda: str(record_promise(ctx, given)))


def dispute(
    visit: Visit,
    key: str,
    invoice_id: UUID,
    reason: DisputeReason,
    amount: Money | None,
    note: str,
    files: Sequence[tuple[str, bytes]] = (),
) -> None:
    """The buyer disputes `amount` of an invoice, or all that is open; files are kept with it.

    NOT_FOUND for an invoice that is not this buyer's. Refusals as of `raise_dispute` and `attach`;
    with any of them nothing is written.
    """
    ctx = _acting(visit)
    if len(files) > MOST_FILES:
        raise invalid("evidence", len(files), Mend.AT_MOST, most=MOST_FILES)
    line = next((each for each in _lines(ctx, visit.buyer_id) if each.id == invoice_id), None)
    if line is None or line.kind == "credit_note":
        raise Refusal(Code.NOT_FOUND, field="invoice", value=str(invoice_id))
    free = Money(line.open_minor - line.disputed_minor, line.currency)

    def act() -> Plain:
        found = raise_dispute(ctx, invoice_id, reason, amount or free, note)
        for name, content in files:
            attach(ctx, found, name, content)
        return str(found)

    asked = (invoice_id, reason.value, amount, note, [name for name, _ in files])
    _once(visit, ctx, key, asked, act)


def ask(visit: Visit, key: str, kind: RequestKind, note: str, by: str, answer_to: str) -> None:
    """The buyer asks for a document or a call. VALUE_INVALID names what is missing or too much."""
    ctx = _acting(visit)
    by = checked_text("asked_by", by, LONGEST_NAME, least=1)
    note = checked_text("note", note, LONGEST_NOTE)
    answer_to = checked_text("answer_to", answer_to, LONGEST_ADDRESS)

    def act() -> Plain:
        params = {"seller": ctx.seller, "buyer": visit.buyer_id}
        lately = ctx.now - timedelta(hours=REQUEST_HOURS)
        many = sql.value(
            "select count(*) from buyer_request where seller_id = %(seller)s"
            " and buyer_id = %(buyer)s and asked_at > %(lately)s",
            params | {"lately": lately},
        )
        if many >= MOST_REQUESTS:
            raise invalid("request", many + 1, Mend.AT_MOST, most=MOST_REQUESTS)
        request = new_id(ctx.now)
        sql.execute(
            """
            insert into buyer_request (seller_id, id, buyer_id, kind, note, asked_by, answer_to,
                                       asked_at)
            values (%(seller)s, %(id)s, %(buyer)s, %(kind)s, %(note)s, %(by)s, %(answer_to)s,
                    %(now)s)
            """,
            params
            | {
                "id": request,
                "kind": kind.value,
                "note": note,
                "by": by,
                "answer_to": answer_to,
                "now": ctx.now,
            },
        )
        record(ctx, events.BuyerAsked(visit.buyer_id, request, kind.value, by))
        return str(request)

    _once(visit, ctx, key, (kind.value, note, by, answer_to), act)


def plan_offer(visit: Visit, currency: str, months: int | None, down: int | None) -> Offer:
    """The offer a buyer may make for all that is late in a currency and in no plan yet.

    VALUE_INVALID for fewer than one or more than the seller's months, or a smaller down payment;
    NOT_FOUND where nothing is late, or the seller offers no plans here.
    """
    ctx = _acting(visit)
    settings = page_settings(ctx)
    late = [
        line.id
        for line in _lines(ctx, visit.buyer_id)
        if line.currency == currency and line.days_late > 0 and not line.in_plan
        and line.open_minor > line.disputed_minor
    ]  # fmt: skip
    if not late or not settings.plans_offered:
        raise Refusal(Code.NOT_FOUND, field="plan", value="")
    offer = standard_offer(ctx, visit.buyer_id, late)
    offer = replace(
        offer,
        months=offer.months if months is None else months,
        down_percent=offer.down_percent if down is None else down,
    )
    check_within("months", offer.months, 1, settings.most_months)
    check_within("down_percent", offer.down_percent, settings.least_down_percent, 90)
    return offer


def draw_plan(visit: Visit, offer: Offer) -> Drawn:
    """The schedule of an offer, as the buyer sees it before it proposes it."""
    return draw_up(_acting(visit), replace(offer, buyer_id=visit.buyer_id))


def propose_plan(
    visit: Visit,
    key: str,
    chosen: PlanChosen,
    by: str,
    acknowledge: Callable[[Offer, Drawn], str],
) -> UUID:
    """The buyer proposes a plan and acknowledges the debt; the seller has yet to approve it.

    `acknowledge` gives the words it does that with, of what is proposed. Errors as of `plan_offer`.
    """
    ctx = _acting(visit)

    def act() -> Plain:
        mine = plan_offer(visit, chosen.currency, chosen.months, chosen.down)
        words = acknowledge(mine, draw_plan(visit, mine))
        plan = propose(ctx, mine, approved=False)
        accept(ctx, plan, PlanAcceptance(by, Channel.PAGE, words))
        return str(plan)

    # By what was chosen: sent twice, it finds nothing left to plan.
    answer = _once(visit, ctx, key, (chosen, by), act)
    return UUID(str(answer))


def plan_of(visit: Visit, plan_id: UUID) -> tuple[Plan, list[PlanInstalment]]:
    """One of the buyer's plans with its schedule; NOT_FOUND for any other."""
    ctx = _acting(visit)
    found = plan_reads.plan(ctx, plan_id)
    if found.buyer_id != visit.buyer_id:
        raise Refusal(Code.NOT_FOUND, field="plan", value=str(plan_id))
    return found, plan_reads.instalments_of(ctx, plan_id)


def accept_plan(visit: Visit, plan_id: UUID, by: str, acknowledgment: str) -> None:
    """The buyer accepts the seller's plan. Errors as of `plan_of` and `accept`; repeatable."""
    plan_of(visit, plan_id)
    accept(_acting(visit), plan_id, PlanAcceptance(by, Channel.PAGE, acknowledgment))


def early_offer(visit: Visit) -> EarlyOffer:
    """What the buyer may pay early for less and has not accepted yet, the first due first."""
    ctx = _acting(visit)
    found = early_payment.acceptances(ctx, buyer_id=visit.buyer_id)
    taken = {each.invoice_id for each in found if each.state == State.ACCEPTED}
    offer = early_payment.offer(ctx, buyer_id=visit.buyer_id)
    return replace(offer, debts=[each for each in offer.debts if each.invoice_id not in taken])


def accept_early(
    visit: Visit, key: str, invoices: Sequence[UUID], pay_by: date, pay: Money, by: str
) -> None:
    """The buyer accepts to pay less by a day. Refusals as of `early_payment.actions.accept`."""
    ctx = _acting(visit)
    given = Acceptance(tuple(invoices), pay_by, pay, by, EarlyChannel.PAGE)
    _once(visit, ctx, key, given, lambda: str(accept_offer(ctx, visit.buyer_id, given)))


def requests_of(ctx: Context, buyer_id: UUID, most: int = 20) -> list[AskedFor]:
    """What a buyer asked for, the newest first."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select * from buyer_request where seller_id = %(seller)s and buyer_id = %(buyer)s"
            " order by asked_at desc, id desc limit %(most)s",
            {"seller": ctx.seller, "buyer": buyer_id, "most": most},
        )
    return sql.typed(found, AskedFor)


def answer_request(ctx: Context, request_id: UUID) -> None:
    """Note that somebody saw to it. Again changes nothing. NOT_FOUND."""
    ctx.require(Permission.COLLECT)
    with book(ctx):
        found = sql.row(
            "select buyer_id, answered_at from buyer_request"
            " where seller_id = %(seller)s and id = %(id)s for update",
            {"seller": ctx.seller, "id": request_id},
        )
        if found is None:
            raise Refusal(Code.NOT_FOUND, field="request", value=str(request_id))
        if found["answered_at"] is None:
            sql.execute(
                "update buyer_request set answered_at = %(now)s, answered_by = %(actor)s"
                " where seller_id = %(seller)s and id = %(id)s",
                {"seller": ctx.seller, "id": request_id, "now": ctx.now, "actor": ctx.actor},
            )
            record(ctx, events.BuyerAnswered(found["buyer_id"], request_id))


def _acting(visit: Visit) -> Context:
    return replace(visit.ctx, may=MAY)


def _once(visit: Visit, ctx: Context, key: str, asked: object, act: Callable[[], Plain]) -> Plain:
    # The link is part of the key: nobody hits on the keys of another.
    answer, _ = done_once(ctx, f"page/{visit.link_id}/{key}", asked, act)
    return answer


def _lines(ctx: Context, buyer_id: UUID) -> tuple[OpenLine, ...]:
    found = queries.invoice_lines(ctx, ctx.today, buyer_id=buyer_id, most=MOST_INVOICES)
    late = [line.id for line in found if line.kind != "credit_note" and line.due_on < ctx.today]
    claims = claimable(ctx, late, ctx.today) if late else {}
    planned = plan_reads.planned_invoices(ctx, buyer_id)
    lines = [
        OpenLine(
            id=line.id,
            number=line.invoice_number,
            kind=line.kind,
            currency=line.currency,
            issued_on=line.issued_on,
            due_on=line.due_on,
            amount_minor=line.amount_minor,
            open_minor=line.open_minor,
            disputed_minor=line.disputed_minor,
            days_late=max(0, (ctx.today - line.due_on).days) if line.id in late else 0,
            claim=claims.get(line.id),
            in_plan=line.id in planned,
        )
        for line in found
    ]
    return tuple(sorted(lines, key=lambda line: (line.currency, line.due_on, line.number)))


def _dues(lines: Sequence[OpenLine], accounts: dict[str, PayAccount]) -> tuple[Due, ...]:
    found = []
    for currency in sorted({line.currency for line in lines}):
        mine = [line for line in lines if line.currency == currency]
        claims = [line.claim for line in mine if line.claim and line.claim.interest.minor]
        found.append(
            Due(
                currency=currency,
                open_minor=max(0, sum(line.open_minor for line in mine)),
                late_minor=sum(line.open_minor for line in mine if line.days_late),
                interest_minor=sum(claim.interest.minor for claim in claims),
                to=accounts.get(currency),
                reserved=any(claim.basis.get("unverified") for claim in claims),
            )
        )
    return tuple(found)
