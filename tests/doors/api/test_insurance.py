"""Insurance by the API: a policy and its limits entered once, read, changed and ended."""

from __future__ import annotations

import pytest

from netterms.insurance.actions import refresh_deadlines
from netterms.insurance.queries import policies
from tests.actions.small_book import put
from tests.doors.api.test_webhooks import caller

POLICY = {
    "insurer": "Northlight",
    "policy_number": "NL-7",
    "currency": "EUR",
    "starts_on": "2026-01-01",
    "ends_on": "2036-12-31",
    "terms": {"insured_pct_named": "85.5", "waiting_period": {"length": 180, "unit": "days"}},
}
LIMIT = {"buyer_number": "B-1", "amount_minor": 5_000_00, "starts_on": "2026-01-01"}
AT = "insurance/policies"


@pytest.fixture
def call(ctx):
    return caller(ctx, "read", "manage_policy")


def entered(call, **changes):
    return call("POST", AT, POLICY | changes, key="p-1").json()["id"]


def test_a_policy_and_its_limits_are_entered_once_and_read(ctx, call):
    put(ctx, "B-1", "I-1", 100_00, due_on=ctx.today)
    policy = entered(call)
    assert entered(call) == policy
    assert len(policies(ctx, ctx.today)) == 1
    again = call("POST", AT, POLICY, key="p-2")
    assert (again.status_code, again.json()["errors"][0]["field"]) == (422, "policy_number")
    told = call("GET", f"{AT}/{policy}").json()
    assert told["terms"]["insured_pct_named"] == "85.5"
    assert told["terms"]["mep"] == 60
    assert not told["terms_are_fixed"]
    limits = {"limits": [LIMIT]}
    first = call("POST", f"{AT}/{policy}/limits", limits, key="l-1")
    second = call("POST", f"{AT}/{policy}/limits", limits, key="l-2")
    assert (first.status_code, first.json()) == (201, {"new": 1, "known": 0})
    assert second.json() == {"new": 0, "known": 1}
    [limit] = call("GET", f"{AT}/{policy}/limits").json()["items"]
    assert limit["amount"] == {"minor": 5_000_00, "currency": "EUR"}
    ends = {"ends_on": "2030-12-31"}
    for number, address in enumerate((f"insurance/limits/{limit['id']}/end", f"{AT}/{policy}/end")):
        done = call("POST", address, ends, key=f"e-{number}")
        assert done.status_code == 201, done.json()
    assert call("GET", AT).json()["items"][0]["ends_on"] == "2030-12-31"


def test_terms_that_count_are_fixed_and_a_renewal_takes_the_limits_over(ctx, call):
    put(ctx, "B-1", "I-1", 100_00, due_on=ctx.today.replace(month=3))
    policy = entered(call)
    call("POST", f"{AT}/{policy}/limits", {"limits": [LIMIT]}, key="l-1")
    done = call("POST", f"{AT}/{policy}/terms", {"mep": 45}, key="t-1")
    assert done.status_code == 201
    refresh_deadlines(ctx)
    refused = call("POST", f"{AT}/{policy}/terms", {"mep": 50}, key="t-2")
    assert (refused.status_code, refused.json()["code"]) == (409, "move_not_allowed")
    renewal = POLICY | {"starts_on": "2026-07-01", "ends_on": "2037-06-30"}
    made = call("POST", f"{AT}/{policy}/renewals", renewal, key="r-1")
    assert call("GET", f"{AT}/{made.json()['id']}/limits").json()["total"] == 1


@pytest.mark.parametrize(
    ("address", "body", "field"),
    [
        ("", POLICY | {"currency": "XXX"}, "currency"),
        ("", POLICY | {"ends_on": "2026-01-01"}, "ends_on"),
        ("", POLICY | {"terms": {"mep": 4_000}}, "terms.mep"),
        ("", POLICY | {"terms": {"mepp": 4}}, "terms.mepp"),
        ("/{id}/limits", {"limits": [LIMIT | {"buyer_number": "B-9"}]}, "buyer_number"),
        (
            "/{id}/limits",
            {"limits": [LIMIT, LIMIT | {"amount_minor": -1}]},
            "limits.1.amount_minor",
        ),
        ("/{id}/limits", {"limits": [LIMIT | {"starts_on": "2040-01-01"}]}, "starts_on"),
        ("/{id}/end", {"ends_on": "2025-01-01"}, "ends_on"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(ctx, call, address, body, field):
    put(ctx, "B-1", "I-1", 100_00, due_on=ctx.today)
    where = AT + address.format(id=entered(call) if address else "")
    said = call("POST", where, body, key="k")
    assert said.status_code in {404, 422}
    assert said.json()["errors"][0]["field"] == field


def test_reading_does_not_let_write(ctx):
    said = caller(ctx, "read")("POST", AT, POLICY, key="p-1")
    assert said.status_code == 403
