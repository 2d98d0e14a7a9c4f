"""A small book with everything a page shows, written straight into the tables."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from netterms.kernel.calendar import add_months
from netterms.kernel.context import Context
from netterms.kernel.ids import new_id
from netterms.store import sql
from netterms.store.tenancy import book

NAMES = [
    "Nordlicht Maschinenbau GmbH",
    "Atelier Dubois & Fils SARL",
    "<b>Bold</b> & 'Quoted' Trading",
    "深圳华强电子有限公司",
    "Ferreira Têxteis Lda",
    "Polska Stal Sp. z o.o.",
    "Lakeshore Components Inc",
    "Van der Meer Logistiek BV",
    "شركة الخليج للتجارة",
    "O'Neill Agri-Foods Ltd",
]
COUNTRIES = ["DE", "FR", "US", "CN", "PT", "PL", "US", "NL", "AE", "IE"]
STAGE_FIRST_DAYS = {4: 91, 3: 61, 2: 31, 1: 1}
STEPS = {1: "email_reminder", 2: "call", 3: "legal_step", 4: "claim_file"}


@dataclass
class Book:
    """What was written."""

    ctx: Context
    buyers: list[UUID] = field(default_factory=list)
    invoices: list[UUID] = field(default_factory=list)
    actions: list[UUID] = field(default_factory=list)
    open_minor: int = 0


def insert(table: str, **values: object) -> None:
    columns = ", ".join(values)
    places = ", ".join(f"%({name})s" for name in values)
    sql.execute(f"insert into {table} ({columns}) values ({places})", values)


def measured(ctx: Context) -> None:
    """Two months of figures of the card in force and of a challenger."""
    for back in (1, 0):
        month = add_months(ctx.today.replace(day=1), -back)
        for role, card in (("champion", "payment_behaviour_v1"), ("challenger", "own_v1")):
            of = {"seller_id": ctx.seller, "month": month, "role": role, "card": card}
            of |= {"measured_on": month, "since": month - timedelta(days=365), "cases": 200}
            insert("score_figure", **of, figure="score_shift", value="0.31", concern="alarm")
            insert(
                "score_figure",
                **of,
                figure="attribute_shift",
                part="late_share",
                value="0.02",
                concern="ok",
            )
            insert("score_figure", **of, figure="auc", value=None, defaults=3, concern="ok")
            insert(
                "score_figure",
                **of,
                figure="calibration",
                part="7",
                value="0.0150",
                expected="0.0700",
                low="0.0051",
                high="0.0432",
                defaults=3,
                concern="watch",
            )


def stage_of(days: int) -> int:
    return next((s for s, first in STAGE_FIRST_DAYS.items() if days >= first), 0)


def fill(ctx: Context, buyers: int = 24) -> Book:
    """A book of `buyers` buyers with a year of invoices; the same every time but for the ids."""
    dice = random.Random(7)
    made = Book(ctx)
    with book(ctx):
        policy = new_id(ctx.now)
        insert(
            "insurance_policy",
            seller_id=ctx.seller,
            id=policy,
            insurer="Example Credit Insurance",
            policy_number="TCI-100200",
            currency="EUR",
            starts_on=ctx.today - timedelta(days=200),
            ends_on=ctx.today + timedelta(days=165),
            terms=Jsonb({"currency": "EUR"}),
        )
        for number in range(buyers):
            _buyer(made, dice, number, policy)
        for day in range(3):
            _run(ctx, day)
        measured(ctx)
    return made


def _buyer(made: Book, dice: random.Random, number: int, policy: UUID) -> None:
    ctx = made.ctx
    buyer = new_id(ctx.now)
    made.buyers.append(buyer)
    suffix = f" {number // len(NAMES) + 1}" if number >= len(NAMES) else ""
    insert(
        "buyer",
        seller_id=ctx.seller,
        id=buyer,
        buyer_number=f"{10000 + number}",
        name=NAMES[number % len(NAMES)] + suffix,
        country=COUNTRIES[number % len(COUNTRIES)],
        email=f"accounts{number}@example.com",
        key_account=number % 5 == 0,
    )
    currency = "USD" if number % 6 == 5 else "EUR"
    worst = (0, UUID(int=0), "")
    lateness = dice.choice([-10, 5, 20, 45, 70, 100, 130])
    for k in range(14):
        issued = ctx.today - timedelta(days=20 + 26 * k + dice.randrange(10))
        due = issued + timedelta(days=30)
        amount = dice.randrange(50_000, 4_000_000)
        days = (ctx.today - due).days
        is_open = days <= lateness
        invoice = _invoice(made, buyer, f"R-{number:03}-{k:02}", currency, issued, due, amount)
        if not is_open:
            paid = min(ctx.today, due + timedelta(days=max(-5, lateness // 3)))
            _pay(made, buyer, invoice, currency, amount, paid)
        elif days > worst[0]:
            worst = (days, invoice, f"R-{number:03}-{k:02}")
    _risk(made, dice, buyer, currency, worst[0])
    if worst[0]:
        _late(made, buyer, worst[1], worst[0], policy, currency)


def _invoice(made, buyer, number, currency, issued, due, amount) -> UUID:
    ctx = made.ctx
    invoice = new_id(ctx.now)
    made.invoices.append(invoice)
    made.open_minor += amount
    insert(
        "invoice",
        seller_id=ctx.seller,
        id=invoice,
        buyer_id=buyer,
        invoice_number=number,
        kind="invoice",
        currency=currency,
        amount_minor=amount,
        open_minor=amount,
        issued_on=issued,
        due_on=due,
        state="open",
    )
    _book(ctx, invoice, "invoice", issued, "receivable", "sales", currency, amount, buyer)
    days = (ctx.today - due).days
    if stage_of(days):
        insert(
            "invoice_stage",
            seller_id=ctx.seller,
            invoice_id=invoice,
            buyer_id=buyer,
            due_on=due,
            stage=stage_of(days),
            since=due + timedelta(days=STAGE_FIRST_DAYS[stage_of(days)]),
        )
    return invoice


def _pay(made, buyer, invoice, currency, amount, paid) -> None:
    ctx = made.ctx
    payment = new_id(ctx.now)
    insert(
        "payment",
        seller_id=ctx.seller,
        id=payment,
        buyer_id=buyer,
        kind="receipt",
        currency=currency,
        amount_minor=amount,
        paid_on=paid,
        # As one that an import brought: its lines of the journal are written here.
        import_id=payment,
    )
    insert(
        "allocation",
        seller_id=ctx.seller,
        invoice_id=invoice,
        payment_id=payment,
        amount_minor=amount,
        allocated_on=paid,
    )
    sql.execute(
        "update invoice set open_minor = 0, state = 'paid', settled_on = %(paid)s"
        " where seller_id = %(seller)s and id = %(id)s",
        {"paid": paid, "seller": ctx.seller, "id": invoice},
    )
    sql.execute(
        "delete from invoice_stage where seller_id = %(seller)s and invoice_id = %(id)s",
        {"seller": ctx.seller, "id": invoice},
    )
    made.open_minor -= amount
    _book(ctx, payment, "payment", paid, "bank", "receivable", currency, amount, buyer)


def _book(ctx, source, kind, on, debit, credit, currency, amount, buyer) -> None:
    insert(
        "journal_entry",
        seller_id=ctx.seller,
        source_id=source,
        source_kind=kind,
        booked_on=on,
        debit_account=debit,
        credit_account=credit,
        currency=currency,
        amount_minor=amount,
        buyer_id=buyer,
    )


def _risk(made, dice, buyer, currency, days) -> None:
    ctx = made.ctx
    grade = min(9, 2 + stage_of(days) * 2)
    for back in range(6, -1, -1):
        insert(
            "score",
            seller_id=ctx.seller,
            buyer_id=buyer,
            currency=currency,
            scored_on=ctx.today - timedelta(days=back),
            scorecard="payment_behaviour_v1",
            score=620 - 20 * grade,
            pd="0.0321",
            grade=max(1, min(9, grade - dice.randrange(2))) if back else grade,
            payment_index="71.25",
            confidence="0.8",
            attributes=Jsonb({"worst_open_days_past_due": days, "payment_index": "71.25"}),
            reasons=Jsonb(["open_overdue", "pays_late"] if days else ["nothing_overdue"]),
        )
    insert(
        "limit_decision",
        seller_id=ctx.seller,
        buyer_id=buyer,
        currency=currency,
        decided_on=ctx.today,
        recommended_minor=10_000_000,
        granted_minor=8_000_000,
        grade=grade,
        decided_by="day",
        reasons=Jsonb(["need_share"]),
    )


def _late(made, buyer, invoice, days, policy, currency) -> None:
    ctx = made.ctx
    case, action = new_id(ctx.now), new_id(ctx.now)
    made.actions.append(action)
    stage = stage_of(days)
    insert(
        "collection_case",
        seller_id=ctx.seller,
        id=case,
        buyer_id=buyer,
        stage=stage,
        opened_on=ctx.today - timedelta(days=days),
        stage_since=ctx.today - timedelta(days=days - STAGE_FIRST_DAYS[stage]),
    )
    insert(
        "collection_action",
        seller_id=ctx.seller,
        id=action,
        case_id=case,
        buyer_id=buyer,
        stage=stage,
        step=STEPS[stage],
        planned_on=ctx.today,
        due_on=ctx.today - timedelta(days=1) if stage == 3 else ctx.today,
        facts=Jsonb({}),
    )
    insert(
        "policy_deadline",
        seller_id=ctx.seller,
        policy_id=policy,
        buyer_id=buyer,
        invoice_id=invoice,
        kind="overdue_notice",
        due_on=ctx.today + timedelta(days=90 - days),
        rule="TCI-10",
    )
    insert(
        "insured_limit",
        seller_id=ctx.seller,
        policy_id=policy,
        buyer_id=buyer,
        kind="named",
        amount_minor=5_000_000,
        starts_on=ctx.today - timedelta(days=100),
    )
    insert(
        "alert",
        seller_id=ctx.seller,
        buyer_id=buyer,
        kind="deadline_near" if stage > 2 else "payment_slower",
        severity=min(3, stage),
        raised_on=ctx.today,
        facts=Jsonb({}),
    )
    insert(
        "promise",
        seller_id=ctx.seller,
        buyer_id=buyer,
        currency=currency,
        amount_minor=250_000,
        made_on=ctx.today,
        promised_for=ctx.today + timedelta(days=7),
        payer="Ms Example",
        channel="phone",
    )
    insert(
        "dispute",
        seller_id=ctx.seller,
        invoice_id=invoice,
        reason="quality",
        amount_minor=10_000,
        raised_on=ctx.today - timedelta(days=2),
    )
    insert(
        "event",
        seller_id=ctx.seller,
        happened_at=ctx.now,
        business_date=ctx.today,
        actor="day",
        kind="collection.case_opened",
        subject_id=case,
        facts=Jsonb({"stage": stage}),
    )


def _run(ctx: Context, back: int) -> None:
    for order, step in enumerate(("score", "limits", "stages", "deadlines", "actions")):
        insert(
            "run_step",
            seller_id=ctx.seller,
            run="day",
            business_date=ctx.today - timedelta(days=back),
            step=step,
            finished_at=ctx.now - timedelta(days=back) + timedelta(seconds=order),
            seconds="0.125",
            facts=Jsonb({"buyers": 1200 + order, "changed": order}),
        )
