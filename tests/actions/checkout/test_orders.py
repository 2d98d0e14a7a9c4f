"""Random histories: what the database decides for arrays is what the rules decide one by one."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netterms.checkout.actions import Answer, authorise, expire_orders, move
from netterms.checkout.moves import ORDER_MOVES, OrderMove, OrderState
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.checkout.rules import Cap, decide
from netterms.checkout.rules import Line as CreditLine
from netterms.kernel.money import Money
from netterms.limits.lines import LineTerms, set_line
from netterms.store import sql
from netterms.store.tenancy import book
from tests.actions.books import Line, bring_in, buyer_id, change, rows

CURRENCIES = ("EUR", "USD", "JPY")
STEPS = 10


@dataclass
class World:
    """What the rules think the book holds."""

    ctx: object
    buyers: list[UUID]
    lines: dict[tuple[UUID, str], CreditLine]
    caps: dict[UUID, Cap]
    rates: dict[tuple[str, str], Fraction]
    answered: dict[str, tuple[str, Answer]]
    orders: list[dict]


def world(ctx, dice: random.Random) -> World:
    with book(ctx):
        for code, per_euro in (("USD", "1.0873"), ("JPY", "163.21")):
            sql.execute(
                "insert into exchange_rate values (%(code)s, %(day)s, %(rate)s, 'test')"
                " on conflict do nothing",
                {"code": code, "day": ctx.today, "rate": per_euro},
            )
        rates = {
            (a, b): Fraction(sql.value("select minor_rate(%s, %s, %s)", [a, b, ctx.today]))
            for a in CURRENCIES
            for b in CURRENCIES
        }
    buyers, caps, lines = [uuid4() for _ in range(3)], {}, {}
    for key, kind in zip(sorted(uuid4() for _ in range(2)), ("group", "country"), strict=True):
        caps[key] = Cap(kind, dice.randint(0, 3000), 0)
        change(
            ctx,
            "insert into exposure_cap (seller_id, id, kind, key, limit_minor)"
            f" values ('{ctx.seller}', '{key}', '{kind}', 'x', {caps[key].limit_minor})",
        )
    for n, buyer in enumerate(buyers):
        change(
            ctx,
            "insert into buyer (seller_id, id, buyer_number, name)"
            f" values ('{ctx.seller}', '{buyer}', '{n}', 'B')",
        )
        for code in ("EUR", "USD"):
            if dice.random() < 0.7:
                lines[buyer, code] = _line(ctx, dice, buyer, code, list(caps), rates)
    return World(ctx, buyers, lines, caps, rates, {}, [])


def _line(ctx, dice, buyer, code, caps, rates) -> CreditLine:
    line = CreditLine(
        status=dice.choice(["open"] * 6 + ["on_hold", "closed"]),
        limit_minor=dice.randint(0, 2000),
        held_minor=0,
        owed_minor=0,
        top_up_minor=dice.choice([0, 0, 300]),
        cap_rate=rates[code, "EUR"] if dice.random() < 0.9 else None,
        cap_ids=tuple(cap for cap in caps if dice.random() < 0.6),
    )
    rate = "null" if line.cap_rate is None else f"minor_rate('{code}', 'EUR', '{ctx.today}')"
    until = f"'{ctx.today}'" if line.top_up_minor else "null"
    change(
        ctx,
        "insert into credit_line (seller_id, buyer_id, currency, status, limit_minor, top_up_minor,"
        " top_up_until, cap_ids, cap_rate, instalments) values (%(seller)s, %(buyer)s, %(code)s,"
        f" %(status)s, %(limit)s, %(top_up)s, {until}, %(caps)s, {rate}, %(parts)s)",
        buyer=buyer,
        code=code,
        status=line.status,
        limit=line.limit_minor,
        top_up=line.top_up_minor,
        caps=list(line.cap_ids),
        parts=dice.choice([1, 1, 3]),
    )
    return line


def ask(w: World, dice: random.Random) -> None:
    """One array of requests for credit: each answer must be the rules' own."""
    asked = [
        OrderRequest(
            key=f"k{dice.randint(0, 30)}",
            order_number=f"n{dice.randint(0, 60)}",
            buyer_id=dice.choice(w.buyers),
            amount=Money(dice.randint(1, 1500), dice.choice(("EUR", *CURRENCIES))),
            partial=dice.random() < 0.4,
            review=dice.random() < 0.3,
        )
        for _ in range(dice.randint(1, 6))
    ]
    here: dict[str, tuple[str, Answer]] = {}
    for request, answer in zip(asked, authorise(w.ctx, asked), strict=True):
        before = w.answered.get(request.key) or here.get(request.key)
        here.setdefault(request.key, (request.fingerprint(), answer))
        if before:
            same = before[0] == request.fingerprint()
            assert answer.body == before[1].body if same else "key_reused" in answer.body
            assert answer.status == (
                409 if not same else 200 if before[1].status < 400 else before[1].status
            )
        elif any(order["order_number"] == request.order_number for order in w.orders):
            assert (answer.status, answer.body) == (409, '{"code": "order_number_taken"}')
        else:
            w.answered[request.key] = here[request.key]
            w.orders.append(answer.order)
            expect(w, request, answer)


def expect(w: World, request: OrderRequest, answer: Answer) -> None:
    code = request.amount.currency
    held_on = code if (request.buyer_id, code) in w.lines else "EUR"
    line = w.lines.get((request.buyer_id, held_on))
    verdict = decide(
        line,
        [w.caps[cap] for cap in line.cap_ids] if line else [],
        request.amount.minor,
        w.rates[code, held_on],
        partial=request.partial,
    )
    said = answer.order
    no = "pending" if request.review else "declined"
    assert answer.status == 201
    assert said["state"] == ("authorised" if verdict.granted_minor else no)
    assert said["authorised_minor"] == verdict.granted_minor
    assert tuple(said["reasons"]) == verdict.reasons
    hints = {hint["action"]: hint["amount_minor"] for hint in said["would_change"]}
    if said["state"] == "declined":
        assert hints.pop("ask_less", 0) == verdict.grantable_minor
        assert "ask_review" in hints
        assert ("introduce_buyer" in hints) == ("no_line" in verdict.reasons)
        assert ("load_rates" in hints) == ("no_rate" in verdict.reasons)
        assert ("open_line" in hints) == bool({"line_on_hold", "line_closed"} & {*verdict.reasons})
    else:
        assert hints == {}
    if said["terms"] and said["line"]["rate_on"]:
        terms = said["terms"]
        assert terms["due_on"] == [
            (w.ctx.today + timedelta(days=n * terms["net_days"])).isoformat()
            for n in range(1, terms["instalments"] + 1)
        ]
    if line and verdict.granted_minor:
        grown = replace(line, held_minor=line.held_minor + verdict.held_minor)
        assert grown.available_minor >= 0
        w.lines[request.buyer_id, held_on] = grown
        for cap in line.cap_ids:
            used = w.caps[cap].used_minor + grown.capped_minor() - line.capped_minor()
            assert used <= w.caps[cap].limit_minor
            w.caps[cap] = replace(w.caps[cap], used_minor=used)


def go_on(w: World, dice: random.Random, step: int) -> None:
    """One array of moves on orders that exist: states follow the table."""
    asked = [
        MoveRequest(
            key=f"m{step}-{n}",
            order_id=UUID(dice.choice(w.orders)["id"]),
            move=dice.choice([*OrderMove, OrderMove.CAPTURE]),
            amount_minor=dice.choice([None, dice.randint(1, 900)]),
        )
        for n in range(dice.randint(1, 6))
    ]
    states = {
        r["id"]: OrderState(r["state"]) for r in rows(w.ctx, "select id, state from credit_order")
    }
    for request, answer in zip(asked, move(w.ctx, asked), strict=True):
        allowed = ORDER_MOVES.get((states[request.order_id], request.move))
        if answer.status == 201:
            state = OrderState(answer.order["state"])
            assert allowed is not None
            assert state in allowed or answer.order["outcome"] == "declined"
            states[request.order_id] = state
        else:
            assert ("move_not_allowed" in answer.body) == (allowed is None)


def whole(w: World) -> None:
    """Held is the sum of orders, owed of invoices, caps of lines; each capture has its papers."""
    assert not rows(
        w.ctx,
        """
        select l.* from credit_line l
        where l.held_minor <> (select coalesce(sum(o.held_minor), 0) from credit_order o
                               where o.buyer_id = l.buyer_id and o.line_currency = l.currency)
        """,
    )
    with book(w.ctx):
        assert sql.value("select refresh_owed(null)") == 0
    assert not rows(
        w.ctx,
        """
        select x.id from exposure_cap x left join credit_line l on x.id = any (l.cap_ids)
        group by x.id, x.used_minor
        having x.used_minor <> coalesce(sum(capped_minor(held_minor, owed_minor, cap_rate)), 0)
        """,
    )
    assert not rows(
        w.ctx,
        """
        select o.id from credit_order o left join order_invoice j on j.order_id = o.id
        left join invoice i on i.id = j.invoice_id
        group by o.id, o.captured_minor, o.refunded_minor
        having (o.captured_minor, o.refunded_minor)
            <> (coalesce(sum(i.amount_minor) filter (where i.kind = 'invoice'), 0),
                coalesce(sum(i.amount_minor) filter (where i.kind = 'credit_note'), 0))
        """,
    )
    assert not rows(
        w.ctx,
        """
        select currency, sum(case kind when 'invoice' then open_minor else -open_minor end) as open
        from invoice group by currency
        except
        select currency,
               sum(case debit_account when 'receivable' then amount_minor else -amount_minor end)
        from journal_entry group by currency
        """,
    )
    for r in rows(w.ctx, "select * from credit_line"):
        key = r["buyer_id"], r["currency"]
        w.lines[key] = replace(w.lines[key], held_minor=r["held_minor"], owed_minor=r["owed_minor"])
    for r in rows(w.ctx, "select * from exposure_cap"):
        w.caps[r["id"]] = replace(w.caps[r["id"]], used_minor=r["used_minor"])


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_histories_are_what_the_rules_say(new_seller, seed):
    dice = random.Random(seed)
    w = world(new_seller(), dice)
    for step in range(STEPS):
        if dice.random() < 0.6 or not w.orders:
            ask(w, dice)
        else:
            go_on(w, dice, step)
        whole(w)


def test_the_database_allows_the_moves_of_the_table(ctx):
    known = {(r["state"], r["move"]) for r in rows(ctx, "select state, move from order_move")}
    assert known == {(state.value, step.value) for state, step in ORDER_MOVES}


def test_expired_orders_give_their_hold_back(ctx):
    w = world(ctx, random.Random(3))
    asked = [
        OrderRequest(f"e{n}", f"e{n}", buyer, Money(1, "EUR"), review=True)
        for n, buyer in enumerate(w.buyers)
    ]
    authorise(ctx, asked)
    assert expire_orders(ctx) == 0
    later = replace(ctx, now=ctx.now + timedelta(days=8))
    assert expire_orders(later) == len(asked)
    assert expire_orders(later) == 0
    assert {r["state"] for r in rows(ctx, "select state from credit_order")} == {"expired"}
    assert not rows(ctx, "select * from credit_line where held_minor > 0")


def test_an_import_counts_on_the_line_at_once(ctx):
    first = Line(buyer="7", amount=500, number="A")
    bring_in(ctx, first)
    buyer = buyer_id(ctx, "7")
    line = set_line(ctx, buyer, "EUR", LineTerms(limit_minor=1000))
    assert (line.owed_minor, line.available_minor) == (500, 500)
    bring_in(ctx, Line(buyer="7", amount=300, number="B"), replace(first, open=100))
    [order] = authorise(ctx, [OrderRequest("k", "n", buyer, Money(601, "EUR"), partial=True)])
    assert order.order["authorised_minor"] == 600
    assert order.order["reasons"] == ["over_limit"]
