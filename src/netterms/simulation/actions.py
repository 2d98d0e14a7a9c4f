"""Fill a seller's book from a simulated economy, by the use cases that people and files use.

First the book as it stood ten business days before someone looks, then day by day what came in and
what was heard. Every part is done once (`store.runs`): a crash is gone on from by the next call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from netterms.buyers.accounts import set_bank_account
from netterms.buyers.actions import BuyerFacts, introduce, update_facts
from netterms.buyers.duplicates import find_duplicates
from netterms.buyers.particulars import add_address, add_contact, add_identifier
from netterms.buyers.queries import buyer, buyer_by_number
from netterms.collection.moves import PlanMove, PlanState
from netterms.collection.plans import move_plan, propose_plan
from netterms.collection.promises import Channel, PromiseGiven, record_promise
from netterms.insurance.policies import grant_limits, open_policy
from netterms.kernel.context import Context
from netterms.kernel.events import Plain
from netterms.kernel.money import Money, exponent
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.actions import grant_limit
from netterms.receivables.actions import SourceFile, import_invoices
from netterms.receivables.disputes import (
    DisputeOutcome,
    DisputeReason,
    raise_dispute,
    settle_dispute,
)
from netterms.receivables.matching.actions import match_lines
from netterms.receivables.matching.loading import load_statements
from netterms.reports.actions import order_report
from netterms.screening.actions import decide, propose
from netterms.screening.moves import HitState
from netterms.screening.queries import hits_of
from netterms.simulation.accounts import accounts_of
from netterms.simulation.banking import ACCOUNT, statement_of
from netterms.simulation.cover import limits, schedules
from netterms.simulation.economy import Economy
from netterms.simulation.news import News, NewsKind, news
from netterms.simulation.particulars import (
    account_of,
    address_of,
    changed_account,
    contact_of,
    numbers_of,
    twice,
)
from netterms.simulation.queries import (
    RUN,
    Started,
    Undecided,
    balance_of,
    buyer_ids,
    delivered_before,
    invoice,
    open_dispute,
    open_invoices,
    overdue_invoices,
    started,
    undecided,
)
from netterms.simulation.staging import known_on, sha256, staged
from netterms.simulation.trade import trade
from netterms.simulation.visits import visit_to
from netterms.statements.actions import record_statements
from netterms.statements.visits import record_visit
from netterms.store.runs import Step, StepDone, run

GOOD_GRADE = 6
HEAD_ROOM = Decimal("1.2")
LIMIT_STEP_MAJOR = 5_000
# Who looks at names on a list: one says what it is, another agrees.
FIRST_EYES, SECOND_EYES = "compliance@harbour-vale.example", "credit@harbour-vale.example"
MORNING = time(7, tzinfo=UTC)
Told = Callable[[StepDone], None]
# Made when it is first needed: a book that is up to date needs none.
World = Callable[[], Economy]


def begin(ctx: Context, seed: int, base: date, today: date) -> Started:
    """How the seller's book was begun or, when it is empty, how it would be."""
    return started(ctx) or Started(seed, today, base)


def fill(ctx: Context, begun: Started, world: World, told: Told | None = None) -> None:
    """Bring the book as known on `begun.base` into an empty seller: once, part by part."""
    steps = (
        Step("book", lambda at: _import(at, world(), None) | _marks(begun)),
        Step("facts", lambda at: {"buyers": update_facts(at, _facts(world()))}),
        Step("cover", lambda at: {"limits": _insure(at, world())}),
        Step("history", lambda at: _hear(at, _heard(world(), None, begun.base))),
        Step("companies", lambda at: _get_to_know(at, world())),
    )
    run(on(ctx, begun.base), RUN, steps, told)


def deliver(ctx: Context, world: World, told: Told | None = None) -> None:
    """Bring in what came since the last delivery before `ctx.today`: invoices, money and news."""
    before = delivered_before(ctx, ctx.today)
    assert before is not None, "fill the book first"

    def act(at: Context) -> dict[str, Plain]:
        return _import(at, world(), before) | _hear(at, _heard(world(), before, at.today))

    run(ctx, RUN, (Step("deliveries", act),), told)


def bank(ctx: Context, world: World, told: Told | None = None) -> None:
    """Read the bank's statement of the day and match its lines; once a day."""

    def act(at: Context) -> dict[str, Plain]:
        statement = statement_of(world(), at.today, open_invoices(at), balance_of(at, ACCOUNT))
        if statement is None:
            return {"lines": 0}
        fingerprint = sha256(asdict(line) for line in statement.lines)
        loaded = load_statements(at, [statement], f"simulated-{at.today}.xml", fingerprint)
        matched = match_lines(at)
        return {
            "lines": loaded.lines_new,
            "posted": matched.posted,
            "proposed": matched.proposed,
        }

    run(ctx, RUN, (Step("bank", act),), told)


def decide_limits(ctx: Context, told: Told | None = None) -> None:
    """Decide, as a credit manager would, on every recommendation that waits: once a day."""

    def act(at: Context) -> dict[str, Plain]:
        waiting = undecided(at)
        for each in waiting:
            grant_limit(at, each.buyer_id, _decision(each), _("Head room above what is in use."))
        return {"decided": len(waiting)}

    run(ctx, RUN, (Step("limits", act),), told)


def sell(ctx: Context, world: World, told: Told | None = None) -> None:
    """One day at the shop's checkout: lines, orders and what became of earlier ones; once a day."""
    run(ctx, RUN, (Step("orders", lambda at: trade(at, world())),), told)


def _decision(each: Undecided) -> Money:
    """A good payer gets head room above what it uses; a weak one gets what was recommended."""
    if each.grade > GOOD_GRADE:
        return each.recommended
    step = LIMIT_STEP_MAJOR * 10 ** exponent(each.owed.currency)
    wanted = max(each.recommended, each.owed).share(HEAD_ROOM).minor
    return Money(-(-wanted // step) * step, each.owed.currency)


def on(ctx: Context, day: date) -> Context:
    """The same caller on the morning of another day."""
    if day == ctx.today:
        return ctx
    return replace(ctx, today=day, now=datetime.combine(day, MORNING))


def _marks(begun: Started) -> dict[str, Plain]:
    return {"seed": begun.seed, "anchor": begun.anchor.isoformat()}


def _heard(world: Economy, since: date | None, day: date) -> list[News]:
    return [each for each in news(world) if each.day <= day and (since is None or each.day > since)]


def _import(ctx: Context, world: Economy, since: date | None) -> dict[str, Plain]:
    rows = known_on(world, ctx.today, since)
    source = SourceFile(
        name=f"simulated-{ctx.today}.csv",
        sha256=sha256(rows),
        mapping={},
        rows_read=len(rows),
        rows_bad=0,
    )
    connection = staged(rows)
    try:
        done = import_invoices(ctx, connection, source)
    finally:
        connection.close()
    return {"invoices": done.invoices_new, "payments": done.payments_new}


def _facts(world: Economy) -> list[BuyerFacts]:
    return [
        BuyerFacts(
            buyer.number,
            language=buyer.language,
            key_account=buyer.key_account,
            parent=buyer.parent,
            sector=buyer.sector,
        )
        for buyer in world.buyers
    ]


def _get_to_know(ctx: Context, world: Economy) -> dict[str, Plain]:
    """Numbers of all buyers, more of those who tell their accounts, and two duplicates."""
    ids = buyer_ids(ctx)
    told = accounts_of(world, ctx.today)
    for place, profile in enumerate(world.buyers):
        known = ids[profile.number]
        for number in numbers_of(profile, place):
            add_identifier(ctx, known, number.kind, number.value, number.country)
        if profile.key_account or profile.number in told:
            add_address(ctx, known, address_of(profile, place))
            add_contact(ctx, known, contact_of(profile, place))
            set_bank_account(ctx, known, account_of(profile, place))
    for buyer_number, years in told.items():
        record_statements(ctx, ids[buyer_number], years)
    for stranger in twice(world):
        introduce(ctx, stranger)
    return {"accounts": len(told)} | find_duplicates(ctx)


def _insure(ctx: Context, world: Economy) -> int:
    return sum(
        grant_limits(ctx, open_policy(ctx, schedule), limits(world, schedule.terms.currency)).new
        for schedule in schedules(world)
    )


def _hear(ctx: Context, heard: Iterable[News]) -> dict[str, Plain]:
    """Act on news as a person would, each on its own day; what no longer matters is passed over."""
    counts = {kind.value: 0 for kind in NewsKind}
    for each in heard:
        counts[each.kind] += _ACTS[each.kind](on(ctx, each.day), each)
    return dict(counts)


def _raise(ctx: Context, each: News) -> bool:
    known = invoice(ctx, each.invoice)
    if known is None:
        return False
    amount = Money(min(each.amount_minor, known.open.minor), known.open.currency)
    raise_dispute(ctx, known.id, DisputeReason(each.word), amount)
    return True


def _settle(ctx: Context, each: News) -> bool:
    dispute = open_dispute(ctx, each.invoice)
    if dispute is None:
        return False
    settle_dispute(ctx, dispute, DisputeOutcome.CONFIRMED)
    return True


def _promise(ctx: Context, each: News) -> bool:
    known = invoice(ctx, each.invoice)
    if known is None or each.until is None:
        return False
    try:
        record_promise(
            ctx, PromiseGiven(known.buyer_id, known.open, each.until, each.word, Channel.PHONE)
        )
    except Refusal as refusal:
        if refusal.code is not Code.VALUE_INVALID:
            raise
        # COL-02 says no to this promise: the collector says so on the phone, and nothing is noted.
        return False
    return True


def _agree(ctx: Context, each: News) -> bool:
    late = overdue_invoices(ctx, each.buyer)
    if not late or each.until is None:
        return False
    plan, state = propose_plan(ctx, late[0].buyer_id, [line.id for line in late], each.until)
    assert state in {PlanState.PROPOSED, PlanState.AWAITING_INSURER_CONSENT}
    move_plan(ctx, plan, PlanMove.ACCEPT)
    move_plan(ctx, plan, PlanMove.START)
    return True


def _fail(ctx: Context, each: News) -> bool:
    return bool(update_facts(ctx, [BuyerFacts(each.buyer, insolvent_on=each.day)]))


def _visit(ctx: Context, each: News) -> bool:
    known = buyer_by_number(ctx, each.buyer)
    record_visit(
        ctx, known.id, visit_to(each.buyer, each.day), key=f"visit/{each.buyer}/{each.day}"
    )
    return True


def _change_account(ctx: Context, each: News) -> bool:
    """A letter names another account than the one the buyer has always paid from."""
    known = buyer(ctx, buyer_by_number(ctx, each.buyer).id)
    set_bank_account(ctx, known.id, changed_account(known.name, known.country))
    return True


def _confirm(ctx: Context, each: News) -> bool:
    hit = _look(ctx, each)
    if hit is not None:
        decide(replace(ctx, actor=SECOND_EYES), hit, agree=True)
    return hit is not None


def _look(ctx: Context, each: News) -> UUID | None:
    """One person says that the buyer is the listed company; None where nothing waits."""
    hits = hits_of(ctx, buyer_by_number(ctx, each.buyer).id)
    hit = next((hit.id for hit in hits if hit.state == HitState.OPEN), None)
    if hit is not None:
        why = _("Made up: same name, same country, and the owner confirmed the address.")
        propose(replace(ctx, actor=FIRST_EYES), hit, same=True, why=why)
    return hit


def _report(ctx: Context, each: News) -> bool:
    known = buyer_by_number(ctx, each.buyer)
    order_report(ctx, known.id, f"report/{each.buyer}/{each.day}")
    return True


_ACTS: dict[NewsKind, Callable[[Context, News], bool]] = {
    NewsKind.DISPUTE_RAISED: _raise,
    NewsKind.DISPUTE_SETTLED: _settle,
    NewsKind.PROMISE: _promise,
    NewsKind.PLAN: _agree,
    NewsKind.INSOLVENT: _fail,
    NewsKind.VISIT: _visit,
    NewsKind.ACCOUNT_CHANGED: _change_account,
    NewsKind.LISTED_CONFIRMED: _confirm,
    NewsKind.LISTED_PROPOSED: lambda ctx, each: _look(ctx, each) is not None,
    NewsKind.REPORT: _report,
}
