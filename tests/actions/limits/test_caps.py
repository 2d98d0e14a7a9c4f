"""Caps and lines: whatever happens, each cap is the sum of its lines, and stops what is over it."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netterms.buyers.actions import BuyerFacts, update_facts
from netterms.checkout.actions import authorise, move
from netterms.checkout.books import check_books
from netterms.checkout.moves import OrderMove
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.actions import grant_limit
from netterms.limits.caps import CapKind, caps, refresh_exposure, remove_cap, set_cap
from netterms.limits.lines import LineStatus, LineTerms, set_line, set_status, top_up
from netterms.limits.queries import decisions_in_force, line, line_history, lines_of
from tests.actions.books import (
    Line,
    bring_in,
    buyer_id,
    change,
    insolvent,
    kinds,
    on,
    rows,
    sanctioned,
)

NONE_WRONG = {"held_wrong": 0, "owed_wrong": 0, "caps_wrong": 0}


def opened(ctx, number: str, limit: int = 10_000, owed: int = 500, **more) -> UUID:
    bring_in(ctx, Line(buyer=number, number=f"I-{number}", amount=owed, **more))
    buyer = buyer_id(ctx, number)
    set_line(ctx, buyer, more.get("currency", "EUR"), LineTerms(limit_minor=limit))
    return buyer


def ask(ctx, buyer: UUID, minor: int, currency: str = "EUR") -> dict:
    [answer] = authorise(
        ctx, [OrderRequest(str(uuid4()), str(uuid4()), buyer, Money(minor, currency))]
    )
    return answer.order


def rate(ctx, code: str, per_euro: str, day=None) -> None:
    change(
        ctx,
        "insert into exchange_rate values (%(code)s, %(day)s, %(rate)s, 'test')"
        " on conflict do nothing",
        code=code,
        day=day or ctx.today,
        rate=per_euro,
    )


def score(ctx, buyer: UUID, currency: str, grade: int, day) -> None:
    change(
        ctx,
        "insert into score values (%(seller)s, %(buyer)s, %(code)s, %(day)s, 'x', 1, 0.1,"
        " %(grade)s, null, 1, '{}', '[]') on conflict do nothing",
        buyer=buyer,
        code=currency,
        day=day,
        grade=grade,
    )


def test_a_cap_on_a_country_binds_lines_there_and_is_freed_by_paying(ctx):
    here = opened(ctx, "1", country="DE")
    there = opened(ctx, "2", country="FR")
    cap = set_cap(ctx, CapKind.COUNTRY, "DE", 800)
    assert (cap.used_minor, cap.limit_minor) == (500, 800)
    no = ask(ctx, here, 301)
    assert (no["state"], no["reasons"]) == ("declined", ["over_country_cap"])
    assert ask(ctx, there, 301)["state"] == "authorised"
    assert ask(ctx, here, 300)["state"] == "authorised"
    assert caps(ctx)[0].used_minor == 800
    bring_in(ctx, Line(buyer="1", amount=500, number="I-1", open=100))
    assert caps(ctx)[0].used_minor == 400
    remove_cap(ctx, CapKind.COUNTRY, "DE")
    assert ask(ctx, here, 5000)["state"] == "authorised"
    assert check_books(ctx) == NONE_WRONG


def test_a_group_is_everyone_below_at_any_depth(ctx):
    ids = {number: opened(ctx, number, owed=100) for number in "12345"}
    update_facts(ctx, [BuyerFacts(n, parent=p) for n, p in (("2", "1"), ("3", "2"), ("4", "3"))])
    set_cap(ctx, CapKind.GROUP, str(ids["1"]), 1000)
    set_cap(ctx, CapKind.GROUP, str(ids["5"]), 1000)
    used = {cap.key: cap.used_minor for cap in caps(ctx)}
    assert used == {str(ids["1"]): 400, str(ids["5"]): 100}
    update_facts(ctx, [BuyerFacts("3", parent="5")])
    used = {cap.key: cap.used_minor for cap in caps(ctx)}
    assert used == {str(ids["1"]): 200, str(ids["5"]): 300}
    assert ask(ctx, ids["4"], 701)["reasons"] == ["over_group_cap"]
    assert ask(ctx, ids["4"], 700)["state"] == "authorised"
    # Companies cannot own each other: nobody stands below whom it stands above.
    with pytest.raises(Refusal) as refused:
        update_facts(ctx, [BuyerFacts("5", parent="4")])
    assert refused.value.facts["field"] == "parent"
    assert check_books(ctx) == NONE_WRONG


def test_a_sector_and_the_newest_grade_decide_who_counts(ctx):
    first, second = opened(ctx, "1", owed=100), opened(ctx, "2", owed=200)
    set_cap(ctx, CapKind.SECTOR, "retail", 1000)
    set_cap(ctx, CapKind.GRADE, "7", 1000)
    assert [cap.used_minor for cap in caps(ctx)] == [0, 0]
    update_facts(ctx, [BuyerFacts("1", sector="retail"), BuyerFacts("2", sector="wholesale")])
    score(ctx, first, "EUR", 7, ctx.today - timedelta(days=9))
    score(ctx, first, "EUR", 6, ctx.today)
    score(ctx, second, "USD", 7, ctx.today)
    assert refresh_exposure(ctx) == {"recounted": 0, "moved": 1}
    assert {cap.kind: cap.used_minor for cap in caps(ctx)} == {"grade": 200, "sector": 100}
    assert refresh_exposure(ctx) == {"recounted": 0, "moved": 0}


def test_a_line_abroad_counts_at_the_rate_of_the_day_and_stops_without_one(new_seller):
    ctx = new_seller(today=date(2031, 3, 3))
    rate(ctx, "USD", "1.25")
    buyer = opened(ctx, "1", owed=1000, currency="USD", due_on=ctx.today)
    set_cap(ctx, CapKind.COUNTRY, "DE", 1000)
    assert caps(ctx)[0].used_minor == 800
    later = on(ctx, ctx.today + timedelta(days=7))
    assert refresh_exposure(later)["moved"] == 0
    late = on(ctx, ctx.today + timedelta(days=8))
    assert refresh_exposure(late)["moved"] == 1
    assert ask(late, buyer, 1, "USD")["reasons"] == ["no_rate"]
    assert check_books(late) == NONE_WRONG


def test_what_cannot_be_a_cap_is_refused(ctx, new_seller):
    other = opened(new_seller(), "1")
    for kind, key in (
        ("country", "Germany"),
        ("country", "UK"),
        ("grade", "11"),
        ("sector", ""),
        ("group", "x"),
    ):
        with pytest.raises(Refusal) as refused:
            set_cap(ctx, CapKind(kind), key, 1)
        assert refused.value.code is Code.VALUE_INVALID
    for act in (
        lambda: set_cap(ctx, CapKind.GROUP, str(other), 1),
        lambda: remove_cap(ctx, CapKind.COUNTRY, "DE"),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code is Code.NOT_FOUND


def test_a_granted_limit_is_the_lines(ctx):
    bring_in(ctx, Line(buyer="1", amount=500))
    buyer = buyer_id(ctx, "1")
    grant_limit(ctx, buyer, Money(2000, "EUR"), "known")
    assert (line(ctx, buyer, "EUR").terms.limit_minor, line(ctx, buyer, "EUR").owed_minor) == (
        2000,
        500,
    )
    set_status(ctx, buyer, "EUR", LineStatus.CLOSED, "moved away")
    grant_limit(ctx, buyer, Money(3000, "EUR"), "back")
    assert line(ctx, buyer, "EUR").terms == LineTerms(3000, LineStatus.CLOSED)
    set_line(ctx, buyer, "EUR", LineTerms(4000), "by hand")
    assert decisions_in_force(ctx, buyer, ctx.today)["EUR"].granted_minor == 4000
    version = line(ctx, buyer, "EUR").version
    grant_limit(ctx, buyer, Money(4000, "EUR"), "again")
    assert line(ctx, buyer, "EUR").version == version
    assert [event.why for event in line_history(ctx, buyer, "EUR")] == [
        "by hand",
        "back",
        "moved away",
        "known",
    ]


def test_a_top_up_adds_until_its_end(ctx):
    buyer = opened(ctx, "1", limit=1000)
    until = ctx.today + timedelta(days=2)
    assert top_up(ctx, buyer, Money(300, "EUR"), until, "season").available_minor == 800
    assert ask(ctx, buyer, 800)["state"] == "authorised"
    assert lines_of(on(ctx, until), buyer)["EUR"].available_minor == 0
    assert lines_of(on(ctx, until + timedelta(days=1)), buyer)["EUR"].available_minor == -300
    assert top_up(ctx, buyer, Money(0, "EUR"), until, "over").terms.top_up_until is None
    for who, day in ((buyer, ctx.today - timedelta(days=1)), (uuid4(), until)):
        with pytest.raises(Refusal):
            top_up(ctx, who, Money(1, "EUR"), day, "")


def test_insolvency_holds_the_lines_and_a_sanctions_hit_opens_none(ctx):
    buyer, other = opened(ctx, "1"), opened(ctx, "2")
    set_status(ctx, other, "EUR", LineStatus.CLOSED, "gone")
    for number in "12":
        insolvent(ctx, number)
    assert ask(ctx, buyer, 1)["reasons"] == ["line_on_hold"]
    assert ask(ctx, other, 1)["reasons"] == ["line_closed"]
    assert "insolvency" in line_history(ctx, buyer, "EUR")[0].why
    grant_limit(ctx, buyer, Money(100, "USD"), "why not")
    assert line(ctx, buyer, "USD").terms.status is LineStatus.ON_HOLD
    assert set_status(ctx, buyer, "EUR", LineStatus.OPEN, "cash plan").terms.status == "open"
    sanctioned(ctx, "1")
    set_status(ctx, buyer, "EUR", LineStatus.ON_HOLD, "list")
    with pytest.raises(Refusal) as refused:
        set_status(ctx, buyer, "EUR", LineStatus.OPEN, "please")
    assert refused.value.facts["field"] == "status"


def test_the_check_of_the_day_tells_of_every_sum_that_is_wrong(ctx):
    opened(ctx, "1")
    set_cap(ctx, CapKind.COUNTRY, "DE", 1000)
    assert check_books(ctx) == NONE_WRONG
    change(ctx, "update credit_line set held_minor = 7, owed_minor = 8")
    assert check_books(ctx) == {"held_wrong": 1, "owed_wrong": 1, "caps_wrong": 1}
    assert kinds(ctx)[-1] == "checkout.books_differ"


def step(ctx, dice: random.Random, buyers: dict[str, UUID]) -> None:  # noqa: C901
    number = dice.choice(list(buyers))
    buyer, code = buyers[number], dice.choice(["EUR", "EUR", "USD"])
    act = dice.choice(
        ["line", "cap", "uncap", "parent", "sector", "import", "order", "order", "move", "grade"]
    )
    if act == "line":
        status = dice.choice([LineStatus.OPEN] * 4 + [LineStatus.ON_HOLD])
        set_line(ctx, buyer, code, LineTerms(dice.randint(0, 3000), status))
    elif act in {"cap", "uncap"}:
        kind = dice.choice(list(CapKind))
        keys = {
            "group": str(buyer),
            "country": dice.choice(["DE", "FR"]),
            "sector": "a",
            "grade": "3",
        }
        if act == "cap":
            set_cap(ctx, kind, keys[kind], dice.randint(0, 3000))
        elif any((cap.kind, cap.key) == (kind, keys[kind]) for cap in caps(ctx)):
            remove_cap(ctx, kind, keys[kind])
    elif act == "parent":
        parent = dice.choice([other for other in buyers if other != number])
        with suppress(Refusal):  # a loop of parents
            update_facts(ctx, [BuyerFacts(number, parent=parent)])
    elif act == "sector":
        update_facts(ctx, [BuyerFacts(n, sector=dice.choice(["a", "b", ""])) for n in buyers])
    elif act == "import":
        amount = dice.randint(1, 900)
        bring_in(
            ctx, Line(buyer=number, amount=amount, open=dice.randint(1, amount), currency=code)
        )
    elif act == "order":
        ask(ctx, buyer, dice.randint(1, 900), code)
    elif act == "grade":
        score(ctx, buyer, code, dice.choice([3, 4]), ctx.today)
        refresh_exposure(ctx)
    else:
        orders = rows(ctx, "select id from credit_order where held_minor > 0 order by id")
        kinds_of = [OrderMove.CAPTURE, OrderMove.VOID]
        if orders:
            request = MoveRequest(str(uuid4()), dice.choice(orders)["id"], dice.choice(kinds_of))
            move(ctx, [request])


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_random_histories_keep_every_sum(new_seller, seed):
    dice, ctx = random.Random(seed), new_seller()
    rate(ctx, "USD", "1.0873")
    for number in "1234":
        bring_in(ctx, Line(buyer=number, country=dice.choice(["DE", "FR"]), amount=50))
    buyers = {number: buyer_id(ctx, number) for number in "1234"}
    for _ in range(25):
        step(ctx, dice, buyers)
        assert check_books(ctx) == NONE_WRONG
        # Nobody is left in a cap it should not be in, nor out of one.
        assert not rows(ctx, "select * from wanted_caps(null, %(day)s)", day=ctx.today)
