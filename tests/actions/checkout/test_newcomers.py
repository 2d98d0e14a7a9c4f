"""A new buyer at checkout: found or opened, judged by the policy in force, answered once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netterms.buyers.actions import Introduction
from netterms.checkout.actions import authorise, move, order_of
from netterms.checkout.moves import OrderMove
from netterms.checkout.newcomers import NewBuyerRequest, authorise_newcomer
from netterms.checkout.policies import draft, in_force, put_in_force, version, versions
from netterms.checkout.policy import Bound, Doubt, Facts, Largest, Policy, Screened, Starter, decide
from netterms.checkout.queries import (
    Declined,
    OrderFilter,
    declined_since,
    order_answer,
    order_answers,
)
from netterms.checkout.requests import MoveRequest, OrderRequest
from netterms.checkout.trials import judge, try_policy, verdict_params
from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.lines import LineTerms, set_line
from netterms.limits.queries import lines_of
from netterms.statements.actions import record_statement
from netterms.store import sql
from netterms.store.tenancy import book
from tests.actions.books import buyer_id, change, insolvent, rows, sanctioned, value
from tests.actions.statements.test_record import told as accounts_of
from tests.rules.checkout.test_policy import facts as any_facts
from tests.rules.checkout.test_policy import policies as any_policy

SIREN = "552 008 443"
# A seller who trusts a new buyer of France with up to 1,000 euros, unscreened and ungraded.
TRUSTING = Policy(
    auto_approve=(Bound("EUR", 10, 1_000_00),),
    starter=(Starter("EUR", "FR", 10, 2_000_00),),
    review=(Doubt.NAME_DIFFERS, Doubt.NAME_KNOWN, Doubt.FREE_MAIL, Doubt.EMAIL_DIFFERS),
    net_days=14,
)
MAIL = "achats@dubois.example"


def ask(key="k1", number="n1", minor=500_00, **more) -> NewBuyerRequest:
    told = {"country": "FR", "registration_number": SIREN, "name": "Dubois SARL", "email": MAIL}
    fields = {name: more.pop(name, of) for name, of in told.items()}
    return NewBuyerRequest(key, number, Introduction(**fields), Money(minor, "EUR"), **more)


@pytest.fixture
def trusting(ctx):
    put_in_force(ctx, draft(ctx, TRUSTING, "test"), "test")
    return ctx


def counted(ctx):
    return tuple(
        value(ctx, f"select count(*) from {table}")
        for table in ("buyer", "credit_line", "credit_order", "newcomer_decision")
    )


def test_without_a_policy_a_person_decides_and_nothing_claims_a_screening(ctx):
    answer = authorise_newcomer(ctx, ask())
    order = answer.order
    assert (answer.status, order["state"]) == (201, "pending")
    assert set(order["reasons"]) >= {"not_screened", "no_grade", "over_auto_approval"}
    assert counted(ctx) == (1, 0, 1, 1)
    [kept] = rows(ctx, "select * from newcomer_decision")
    assert kept["policy_version"] == 0
    assert kept["facts"]["screened"] == "unknown"
    [event] = rows(ctx, "select facts from event where kind = 'checkout.order_pending'")
    assert event["facts"] == order
    # A person opens a line and says yes: the buyer hears of it by the same event as any order.
    set_line(ctx, buyer_id(ctx, "FR-552008443"), "EUR", LineTerms(1_000_00), "looked at")
    yes = MoveRequest("yes", order_of(answer), OrderMove.APPROVE)
    assert move(ctx, [yes])[0].order["state"] == "authorised"


def test_a_policy_that_trusts_opens_a_starter_line_and_authorises_at_once(trusting):
    order = authorise_newcomer(trusting, ask()).order
    assert (order["state"], order["authorised_minor"]) == ("authorised", 500_00)
    assert order["terms"]["net_days"] == 14
    line = lines_of(trusting, buyer_id(trusting, "FR-552008443"))["EUR"]
    assert (line.terms.limit_minor, line.held_minor) == (2_000_00, 500_00)
    [opened] = rows(trusting, "select facts from event where kind = 'limits.line_opened'")
    assert opened["facts"]["why"] == "starter_limit"
    # The line now holds the buyer, not the bounds for new ones.
    more = authorise_newcomer(trusting, ask("k2", "n2", 1_400_00)).order
    assert more["state"] == "authorised"
    full = authorise_newcomer(trusting, ask("k3", "n3", 200_00)).order
    assert (full["state"], full["reasons"]) == ("pending", ["over_limit"])
    assert counted(trusting) == (1, 1, 3, 3)


def test_a_new_buyer_hears_what_would_change_the_answer_also_later(trusting):
    asked = ask(minor=1_500_00, name="Dubois S.A.R.L.", email="dubois@gmail.com")
    order = authorise_newcomer(trusting, asked).order
    assert (order["state"], order["reasons"]) == ("pending", ["free_mail", "over_auto_approval"])
    hints = [
        {"action": "ask_less", "amount_minor": 1_000_00},
        {"action": "give_company_email", "amount_minor": None},
    ]
    assert order["would_change"] == hints
    assert order_answer(trusting, UUID(order["id"]))["would_change"] == hints
    nobody = OrderRequest("k2", "n2", UUID(order["buyer_id"]), Money(1, "EUR"))
    declined = authorise(trusting, [nobody])[0].order
    assert [hint["action"] for hint in declined["would_change"]] == [
        "ask_review",
        "introduce_buyer",
    ]
    listed = {each["id"]: each for each in order_answers(trusting, OrderFilter())}
    assert listed[declined["id"]]["would_change"] == declined["would_change"]


def test_every_event_of_a_new_buyer_is_told_in_the_buyers_own_order(trusting):
    authorise_newcomer(trusting, ask())
    authorise_newcomer(trusting, ask("k2", "n2", 1_00, name="Somebody else"))
    found = rows(
        trusting,
        "select kind, coalesce(facts ->> 'buyer_id', subject_id::text) as queue from event"
        " where kind <> 'access.seller_opened' and kind not like 'checkout.policy%%'",
    )
    assert {row["queue"] for row in found} == {str(buyer_id(trusting, "FR-552008443"))}
    assert "checkout.newcomer_judged" in {row["kind"] for row in found}


def test_a_key_for_checkout_alone_is_enough_and_none_is_not(trusting):
    shop = replace(trusting, may=frozenset({Permission.CHECKOUT}))
    assert authorise_newcomer(shop, ask()).order["state"] == "authorised"
    with pytest.raises(Refusal) as refused:
        authorise_newcomer(replace(trusting, may=frozenset({Permission.READ})), ask("k2", "n2"))
    assert refused.value.code is Code.NOT_ALLOWED


@pytest.mark.parametrize("pending", [True, False])
def test_the_same_key_gives_the_same_words_and_another_request_is_refused(
    ctx, trusting, pending, request
):
    first = authorise_newcomer(ctx, ask(minor=5_000_00 if pending else 500_00))
    before = counted(ctx)
    # Another spelling of the number is the same request.
    spelt = ask(minor=5_000_00 if pending else 500_00, registration_number="552008443")
    again = authorise_newcomer(ctx, spelt)
    assert (again.status, again.body) == (200, first.body)
    for other in (ask(minor=1), ask(number="n9"), ask(name="Durand SA")):
        with pytest.raises(Refusal) as refused:
            authorise_newcomer(ctx, other)
        assert refused.value.code is Code.KEY_REUSED
    assert counted(ctx) == before


def test_a_refused_order_leaves_no_buyer_and_no_line_behind(trusting):
    authorise_newcomer(trusting, ask())
    before = counted(trusting)
    for minor in (100_00, 9_000_00):
        with pytest.raises(Refusal) as refused:
            authorise_newcomer(
                trusting, ask("k2", "n1", minor, registration_number="732829320", name="Other")
            )
        assert refused.value.code is Code.ORDER_NUMBER_TAKEN
    assert counted(trusting) == before


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"registration_number": "552 008 444"}, "registration_number"),
        ({"registration_number": "-"}, "registration_number"),
        ({"country": "France"}, "country"),
        ({"country": "fr"}, "country"),
        ({"name": " "}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"email": "nonsense"}, "email"),
        ({"email": "a@b@c.example"}, "email"),
        ({"minor": 0}, "amount"),
        ({"key": ""}, "idempotency_key"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(ctx, told, field):
    with pytest.raises(Refusal) as refused:
        authorise_newcomer(ctx, ask(**told))
    assert (refused.value.code, refused.value.facts["field"]) == (Code.VALUE_INVALID, field)
    assert counted(ctx) == (0, 0, 0, 0)


def test_somebody_who_uses_a_known_companys_number_meets_a_person(trusting):
    authorise_newcomer(trusting, ask())
    for told, reason in (
        ({"name": "Dupont SA"}, "name_differs"),
        ({"email": "a@elsewhere.example"}, "email_differs"),
        ({"email": "dubois@gmail.com"}, "free_mail"),
    ):
        order = authorise_newcomer(trusting, ask(reason, reason, 1_00, **told)).order
        assert order["state"] == "pending", told
        assert reason in order["reasons"]
    # Nothing of what was said changed the buyer.
    assert rows(trusting, "select name, email from buyer") == [
        {"name": "Dubois SARL", "email": MAIL}
    ]


def test_a_buyer_of_the_book_who_comes_as_a_new_one_meets_a_person(trusting):
    change(
        trusting,
        "insert into buyer (seller_id, buyer_number, name, country)"
        " values (%(seller)s, 'FR-552008443', 'DUBOIS sarl', 'FR')",
    )
    order = authorise_newcomer(trusting, ask()).order
    assert (order["state"], order["reasons"]) == ("pending", ["name_known"])
    # The number a list had given to another buyer stays that buyer's.
    assert value(trusting, "select count(distinct buyer_number) from buyer") == 2


@pytest.mark.parametrize(
    ("mark", "reason"), [(sanctioned, "sanctions_hit"), (insolvent, "insolvent")]
)
def test_a_sanctioned_or_insolvent_buyer_is_declined_whatever_its_line_has_left(
    trusting, mark, reason
):
    authorise_newcomer(trusting, ask())
    mark(trusting, "FR-552008443")
    order = authorise_newcomer(trusting, ask("k2", "n2", 1_00)).order
    assert (order["state"], order["reasons"]) == ("declined", [reason])


def test_sixteen_calls_at_once_make_one_buyer_one_line_and_one_order_a_number(trusting):
    def call(n):
        try:
            return authorise_newcomer(trusting, ask(f"k{n % 4}", f"n{n % 4}", 400_00)).order
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(call, range(16)))
    assert counted(trusting) == (1, 1, 4, 4)
    assert len({answer["id"] for answer in answers}) == 4
    line = lines_of(trusting, buyer_id(trusting, "FR-552008443"))["EUR"]
    assert line.held_minor == 1_600_00


def test_every_version_of_the_policy_stays_and_an_older_one_can_count_again(ctx):
    assert in_force(ctx).version == 0
    first, second = draft(ctx, TRUSTING, "one"), draft(ctx, replace(TRUSTING, net_days=7), "two")
    assert (first, second) == (1, 2)
    assert draft(ctx, replace(TRUSTING, net_days=7), "the same") == 2
    assert in_force(ctx).version == 0
    for number in (2, 1, 1):
        put_in_force(ctx, number, "tried on past orders")
        assert in_force(ctx).version == number
    assert version(ctx, 1).policy == TRUSTING
    assert [v.version for v in versions(ctx)] == [2, 1]
    assert value(ctx, "select count(*) from checkout_policy_in_force") == 2
    with pytest.raises(Refusal) as refused:
        put_in_force(ctx, 3, "x")
    assert refused.value.code is Code.NOT_FOUND
    with pytest.raises(Refusal) as refused:
        put_in_force(ctx, 2, " ")
    assert refused.value.code is Code.VALUE_INVALID
    with pytest.raises(Refusal) as refused:
        draft(replace(ctx, may=frozenset({Permission.READ})), TRUSTING, "x")
    assert refused.value.code is Code.NOT_ALLOWED


GIVEN = """
select n as id, country, currency, amount_minor, grade, screened, insolvent, has_line,
       string_to_array(doubts, ',') as doubts
from unnest(%(n)s::int[], %(country)s::text[], %(currency)s::text[], %(amount)s::bigint[],
            %(grade)s::int[], %(screened)s::text[], %(insolvent)s::boolean[],
            %(has_line)s::boolean[], %(doubts)s::text[])
  f(n, country, currency, amount_minor, grade, screened, insolvent, has_line, doubts)
"""


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(any_policy, st.lists(any_facts, min_size=1, max_size=8))
def test_the_database_judges_as_the_rule_does(ctx, policy, buyers):
    given_rows = {
        "n": list(range(len(buyers))),
        "country": [f.country for f in buyers],
        "currency": [f.currency for f in buyers],
        "amount": [f.amount_minor for f in buyers],
        "grade": [f.grade for f in buyers],
        "screened": [f.screened.value for f in buyers],
        "insolvent": [f.insolvent for f in buyers],
        "has_line": [f.has_line for f in buyers],
        "doubts": [",".join(f.doubts) for f in buyers],
    }
    with book(ctx):
        found = sql.rows(judge(GIVEN), given_rows | verdict_params(policy))
    said = {r["id"]: (r["verdict"], r["starter_minor"], tuple(r["reasons"])) for r in found}
    for n, buyer in enumerate(buyers):
        verdict = decide(policy, buyer)
        assert said[n] == (verdict.decision.value, verdict.starter_minor, verdict.reasons)


def test_a_policy_is_tried_on_past_orders_with_how_they_ended(ctx):
    change(
        ctx,
        "insert into buyer (seller_id, buyer_number, name, country, email)"
        " values (%(seller)s, '100', 'Old', 'FR', 'a@old.example')",
    )
    old = buyer_id(ctx, "100")
    change(
        ctx,
        "insert into score (seller_id, buyer_id, currency, scored_on, scorecard, score, pd, grade,"
        " confidence, attributes, reasons) values (%(seller)s, %(buyer)s, 'EUR', '2026-01-01', 'x',"
        " 500, 0.01, 3, 1, '{}', '[]')",
        buyer=old,
    )
    set_line(ctx, old, "EUR", LineTerms(100_000_00, net_days=30), "test")
    then = replace(ctx, now=ctx.now - timedelta(days=60), today=ctx.today - timedelta(days=60))
    for n, minor in enumerate((500_00, 700_00, 5_000_00)):
        asked = OrderRequest(f"o{n}", f"o{n}", old, Money(minor, "EUR"))
        order = order_of(authorise(then, [asked])[0])
        if n:
            move(then, [MoveRequest(f"c{n}", order, OrderMove.CAPTURE)])
    # The smaller of the two invoices was paid in time, the larger is still open.
    change(
        ctx,
        "update invoice set open_minor = 0, state = 'paid', settled_on = due_on"
        " where amount_minor = 70000",
    )
    new = authorise_newcomer(ctx, ask(minor=100_00, email="x@gmail.com")).order
    assert new["state"] == "pending"
    trial = try_policy(ctx, replace(TRUSTING, countries=("FR",)))
    outcomes = {
        o.verdict: (o.currency, o.orders, o.amount_minor, o.late_orders, o.late_minor)
        for o in trial.outcomes
    }
    assert outcomes == {
        "approve": ("EUR", 2, 1_200_00, 0, 0),
        "review": ("EUR", 2, 5_100_00, 1, 5_000_00),
    }
    assert {(r.reason, r.orders) for r in trial.reasons} == {
        ("over_auto_approval", 1),
        ("over_starter_limit", 1),
        ("free_mail", 1),
    }
    weak = try_policy(ctx, Policy(countries=("DE",), largest=(Largest("EUR", 1),)))
    assert [(o.verdict, o.orders) for o in weak.outcomes] == [("decline", 4)]
    # Trying changes nothing.
    assert in_force(ctx).version == 0
    assert versions(ctx) == []


def by_grade(*bounds: tuple[int, int]) -> Policy:
    """A policy that lets up to so much pass at once for a grade up to this one."""
    return Policy(
        auto_approve=tuple(Bound("EUR", grade, most) for grade, most in bounds),
        starter=tuple(Starter("EUR", "", grade, 2 * most) for grade, most in bounds),
        review=(Doubt.NO_GRADE,),
    )


def known_company(ctx, number="FR-552008443", registered="552008443", **items):
    """A company of the book without an invoice, with accounts."""
    change(
        ctx,
        "insert into buyer (seller_id, buyer_number, name, country, registration_number, email)"
        " values (%(seller)s, %(number)s, 'Dubois SARL', 'FR', %(registered)s, %(mail)s)",
        number=number,
        registered=registered,
        mail=MAIL,
    )
    record_statement(ctx, buyer_id(ctx, number), accounts_of(**items))


def test_a_stranger_is_scored_in_the_same_call_and_a_person_looks_since_nothing_is_known(ctx):
    put_in_force(ctx, draft(ctx, by_grade((9, 1_000_00)), "test"), "test")
    answer = authorise_newcomer(ctx, ask())
    assert (answer.order["state"], answer.order["reasons"]) == ("pending", ["no_grade"])
    [score] = rows(ctx, "select * from score")
    assert (score["scorecard"], score["grade"], score["confidence"]) == ("blocks_v2", 5, 0)
    assert score["scored_on"] == ctx.today
    assert answer.score["grade"] == 5
    assert answer.score["reasons"] == ["nothing_known"]
    [kept] = rows(ctx, "select facts, score from newcomer_decision")
    assert kept["facts"]["grade"] == 5
    assert kept["score"] == answer.score
    [event] = rows(ctx, "select facts from event where kind = 'checkout.newcomer_judged'")
    assert event["facts"]["grade"] == 5
    # The same words the second time, and no second score.
    again = authorise_newcomer(ctx, ask())
    assert (again.body, again.score) == (answer.body, answer.score)
    assert len(rows(ctx, "select * from score")) == 1


@pytest.mark.parametrize(
    ("items", "state", "reasons"),
    [
        ({"net_income": 120, "equity": 700, "total_liabilities": 300}, "authorised", []),
        ({"net_income": 30}, "pending", ["over_auto_approval", "over_starter_limit"]),
        (
            {"net_income": -300, "equity": -100, "total_liabilities": 1100, "current_assets": 60},
            "declined",
            ["grade_too_weak"],
        ),
    ],
)
def test_the_grade_of_what_is_known_decides_by_the_policys_bounds(ctx, items, state, reasons):
    policy = replace(by_grade((3, 1_000_00), (6, 200_00)), decline_from_grade=8)
    put_in_force(ctx, draft(ctx, policy, "test"), "test")
    known_company(ctx, **items)
    answer = authorise_newcomer(ctx, ask())
    assert (answer.order["state"], answer.order["reasons"]) == (state, reasons)
    assert Decimal(answer.score["confidence"]) > 0
    assert any("net_income" in code for code in answer.score["reasons"])
    [score] = rows(ctx, "select * from score")
    assert (score["grade"], score["reasons"]) == (answer.score["grade"], answer.score["reasons"])


def test_a_score_that_is_there_is_the_one_that_counts(ctx):
    put_in_force(ctx, draft(ctx, by_grade((9, 1_000_00)), "test"), "test")
    known_company(ctx)
    yesterday = replace(ctx, today=ctx.today - timedelta(days=1))
    change(
        ctx,
        "insert into score (seller_id, buyer_id, currency, scored_on, scorecard, score, pd, grade,"
        " confidence, attributes, reasons) values (%(seller)s, %(buyer)s, 'USD', %(day)s,"
        " 'payment_behaviour_v1', 640, 0.004, 3, 0.9, '{}', '[]')",
        buyer=buyer_id(ctx, "FR-552008443"),
        day=yesterday.today,
    )
    answer = authorise_newcomer(ctx, ask())
    assert (answer.order["state"], answer.score["grade"]) == ("authorised", 3)
    assert answer.score["currency"] == "USD"
    assert value(ctx, "select count(*) from score") == 1


@pytest.mark.parametrize(
    ("worst", "review", "verdict"),
    [(4, (), "review"), (5, (), "approve"), (5, (Doubt.NO_GRADE,), "review")],
)
def test_a_trial_grades_who_was_never_scored_as_a_call_would(ctx, worst, review, verdict):
    policy = replace(by_grade((worst, 1_000_00)), review=review)
    change(
        ctx,
        "insert into buyer (seller_id, buyer_number, name, country)"
        " values (%(seller)s, 'FR-552008443', 'Dubois SARL', 'FR')",
    )
    of = buyer_id(ctx, "FR-552008443")
    set_line(ctx, of, "EUR", LineTerms(1_000_00), "test")
    authorise(ctx, [OrderRequest("k0", "n0", of, Money(500_00, "EUR"))])
    assert [o.verdict for o in try_policy(ctx, policy).outcomes] == [verdict]
    # A stranger of today is judged the same.
    put_in_force(ctx, draft(ctx, policy, "test"), "test")
    stranger = ask(number="n1", registration_number="732829320", name="Other")
    state = authorise_newcomer(ctx, stranger).order["state"]
    assert state == {"approve": "authorised", "review": "pending"}[verdict]


def test_ordinary_orders_are_not_scored(trusting):
    authorise_newcomer(trusting, ask())
    before = value(trusting, "select count(*) from score")
    asked = OrderRequest("k2", "n2", buyer_id(trusting, "FR-552008443"), Money(1_00, "EUR"))
    with CaptureQueriesContext(connection) as said:
        assert authorise(trusting, [asked])[0].order["state"] == "authorised"
    assert value(trusting, "select count(*) from score") == before
    text = " ".join(query["sql"].lower() for query in said.captured_queries)
    assert "authorise_orders" in text
    assert not any(word in text for word in ("score", "screening", "statement"))


def test_facts_are_kept_so_that_the_decision_can_be_made_again(trusting):
    authorise_newcomer(trusting, ask(email="x@gmail.com"))
    [kept] = rows(trusting, "select * from newcomer_decision")
    facts = kept["facts"]
    again = Facts(
        **facts
        | {
            "screened": Screened(facts["screened"]),
            "doubts": tuple(Doubt(name) for name in facts["doubts"]),
        }
    )
    verdict = decide(version(trusting, kept["policy_version"]).policy, again)
    assert (verdict.decision, list(verdict.reasons)) == (kept["verdict"], kept["reasons"])


def test_those_declined_are_counted_by_orders_and_by_newcomers(ctx, trusting, new_seller):
    authorise_newcomer(trusting, ask())
    declined_from = trusting.today
    counted = declined_since(trusting, declined_from)
    assert counted == Declined(orders=1, orders_declined=0, newcomers=1, newcomers_declined=0)
    # The same newcomer is declined a second order: it is a newcomer that was let in.
    full = authorise_newcomer(trusting, ask("k2", "n2", 90_000_00))
    move(trusting, [MoveRequest("no", order_of(full), OrderMove.DECLINE)])
    assert declined_since(trusting, declined_from) == Declined(2, 1, 1, 0)
    put_in_force(ctx, draft(ctx, Policy(), "test"), "test")
    other = ask("k3", "n3", 500_00, registration_number="443 061 841", name="Autre SA", email="")
    move(
        trusting, [MoveRequest("no2", order_of(authorise_newcomer(ctx, other)), OrderMove.DECLINE)]
    )
    assert declined_since(trusting, declined_from) == Declined(3, 2, 2, 1)
    assert declined_since(trusting, declined_from + timedelta(days=2)) == Declined(0, 0, 0, 0)
    assert declined_since(new_seller(name="Stranger"), declined_from) == Declined(0, 0, 0, 0)
