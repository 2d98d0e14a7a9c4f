"""Insurance in the console: a policy and its limits entered, changed and ended by a person."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest

from netterms.access.rules import Role
from netterms.doors.console.insurance_terms import typed_of
from netterms.insurance.actions import refresh_deadlines
from netterms.insurance.queries import limits_of, policies
from netterms.insurance.terms import PolicyTerms
from tests.actions.small_book import put

DAY = date(2026, 3, 1)
FORM = typed_of(PolicyTerms("EUR")) | {
    "insurer": "Northlight",
    "policy_number": "NL-7",
    "currency": "eur",
    "starts_on": "2026-01-01",
    "ends_on": "2036-12-31",
    "key": "console/1",
}


@pytest.fixture
def buyer(ctx):
    return put(ctx, "B-1", "I-1", 100_00, due_on=DAY)[0]


def entered(ctx, client, **changes):
    """The page of the policy that was entered, and its id."""
    page = client.post("/insurance/new/", FORM | changes, follow=True)
    return page.content.decode(), policies(ctx, DAY)[0].id


def test_a_policy_is_entered_and_says_its_terms_with_their_rules(ctx, signed_in, buyer):
    client = signed_in(ctx)
    html, _ = entered(ctx, client, mep="45", hand_over_days="", threshold_minor="1,250.50")
    entered(ctx, client, mep="45", hand_over_days="", threshold_minor="1,250.50")
    [policy] = policies(ctx, DAY)
    assert (policy.terms.mep, policy.terms.hand_over_days) == (45, None)
    assert policy.terms.threshold_minor == 1_250_50
    assert re.search(r"Maximum extension period</td><td>45 days</td><td[^>]*>TCI-09", html)
    assert "not asked for" in html
    assert "€1,250.50" in html
    assert (
        "最长延展期"
        in signed_in(ctx, language="zh-hans").get(f"/insurance/{policy.id}/").content.decode()
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"insurer": " "}, "insurer is missing"),
        ({"insured_pct_named": "101"}, "is 101. to mend it: give"),
        ({"mep": ""}, "maximum extension period is missing"),
        ({"mep": "x"}, "x is not a valid value for maximum extension period"),
        ({"threshold_minor": "1.234,5"}, "not a valid value for threshold"),
        ({"waiting_period_unit": "moons"}, "a length with its unit"),
        ({"ends_on": "2025-01-01"}, "a day after the policy starts"),
        ({"currency": "XXX"}, "three capital letters"),
    ],
)
def test_what_cannot_be_is_said_and_the_form_keeps_what_was_typed(ctx, signed_in, changes, said):
    page = signed_in(ctx).post("/insurance/new/", FORM | {"mep": "44"} | changes)
    html = page.content.decode()
    assert said in html.casefold()
    assert 'value="NL-7"' in html
    assert policies(ctx, DAY) == []


def test_a_limit_is_entered_and_withdrawn_and_the_policy_ends(ctx, signed_in, buyer):
    client = signed_in(ctx)
    _, policy = entered(ctx, client)
    at = f"/insurance/{policy}/"
    limit = {"buyer_number": "B-1", "amount": "5,000", "kind": "named", "starts_on": "2026-01-01"}
    for told, said in (
        (limit | {"buyer_number": "B-9"}, "There is no buyer number B-9."),
        (limit | {"amount": ""}, "Nothing was given for Limit in EUR"),
        (limit | {"granted_until": "2025-01-01"}, "2025-01-01 is not a valid value for"),
        (limit, "The limit is entered."),
        (limit, "The book has this limit already."),
    ):
        assert said in client.post(at + "grant/", told, follow=True).content.decode()
    [[granted], _] = limits_of(ctx, policy, ctx.today)
    assert granted.amount_minor == 5_000_00
    assert "€5,000.00" in client.get(f"/buyers/{buyer}/").content.decode()
    end = f"{at}limits/{granted.id}/end/"
    html = client.post(end, {"ends_on": "2020-01-01"}, follow=True).content.decode()
    assert "give 2026-01-01 to 2036-12-31" in html
    html = client.post(end, {"ends_on": "2026-06-01"}, follow=True).content.decode()
    assert "The limit ends on that day." in html
    html = client.post(at + "end/", {"ends_on": "2026-07-01"}, follow=True).content.decode()
    assert "The policy ends on that day" in html
    assert client.post(at + "burn/").status_code == 404


def test_terms_are_corrected_until_they_count_then_the_policy_is_renewed(ctx, signed_in, buyer):
    client = signed_in(ctx)
    _, policy = entered(ctx, client)
    at = f"/insurance/{policy}/"
    assert client.post(at + "terms/", FORM | {"mep": "50"}).status_code == 302
    assert policies(ctx, DAY)[0].terms.mep == 50
    told = {"buyer_number": "B-1", "amount": "5", "kind": "named", "starts_on": "2026-01-01"}
    client.post(at + "grant/", told)
    refresh_deadlines(ctx)
    html = client.post(at + "terms/", FORM).content.decode()
    assert "renew the policy with the new ones" in html
    html = client.get(at).content.decode()
    assert "Correct the terms" not in html
    assert "Overdue notice to the insurer" in html
    renewal = FORM | {"starts_on": "2026-08-01", "ends_on": "2037-07-31", "key": "console/2"}
    assert "its limits go on" in client.post(at + "renew/", renewal, follow=True).content.decode()
    assert [one.limits for one in policies(ctx, date(2026, 8, 1))] == [1, 0]


def sent(text, **more):
    file = BytesIO(text.encode())
    file.name = "limits.csv"
    return {"file": file, **more}


def test_a_file_is_looked_at_then_entered_whole_and_again_changes_nothing(ctx, signed_in, buyer):
    client = signed_in(ctx)
    _, policy = entered(ctx, client)
    at = f"/insurance/{policy}/file/"
    bad = "Debtor,Limit,From\nB-1,x,2026-01-01\n<b>B</b>,7,2026-01-01\n"
    html = client.post(at, sent(bad, enter="1")).content.decode()
    assert "2 cells cannot be used" in html
    assert re.search(r"2</td><td><bdi>Limit</bdi></td><td><bdi>x</bdi>", html)
    assert "&lt;b&gt;B&lt;/b&gt;" in html
    good = "Debtor;Limit\nB-1;7.000,50\n"
    html = client.post(at, sent(good, starts_on="2026-01-01")).content.decode()
    assert "1 limit can be entered" in html
    assert limits_of(ctx, policy, DAY)[1] == 0
    for told in ("Limits entered: 1. Known already: 0.", "Limits entered: 0. Known already: 1."):
        page = client.post(at, sent(good, starts_on="2026-01-01", enter="1"), follow=True)
        assert told in page.content.decode()
    assert limits_of(ctx, policy, DAY)[0][0].amount_minor == 7_000_50
    assert "no row" in client.post(at, sent("a,b\n1,2\n")).content.decode().lower()


def test_who_may_not_change_policies_reads_them_only(ctx, signed_in, buyer):
    _, policy = entered(ctx, signed_in(ctx))
    reader = signed_in(ctx, role=Role.READER)
    assert "Enter a limit" not in reader.get(f"/insurance/{policy}/").content.decode()
    for address in ("new/", f"{policy}/terms/", f"{policy}/renew/", f"{policy}/file/"):
        assert reader.get(f"/insurance/{address}").status_code == 403
    for move in ("grant", "end"):
        assert reader.post(f"/insurance/{policy}/{move}/").status_code == 403
