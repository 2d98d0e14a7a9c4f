"""The rules of the books: what is in force is shown; a change is checked by field and kept."""

from __future__ import annotations

import re

from netterms.access.rules import Role
from netterms.receivables.ledger_policy import LedgerPolicy, ledger_policies, set_ledger_policy
from tests.actions.books import value

RULES = "/books/rules/"
SET = {
    "collector_minor": "250.00",
    "manager_minor": "5,000",
    "small_percent": "0.5",
    "small_minor": "2000",
    "why": "a small firm",
}


def errors(page):
    return re.findall(r'class="errors"[^>]*>([^<]*)<', page)


def test_a_change_is_in_force_from_now_on_and_the_same_again_changes_nothing(ctx, signed_in):
    client = signed_in(ctx)
    page = client.get(RULES).content.decode()
    assert "€1,000.00" in page
    assert "our convention" in page
    assert client.get("/books/").content.decode().count(RULES) == 1
    for _ in range(2):
        assert client.post(RULES, SET).status_code == 302
    [kept] = ledger_policies(ctx)
    assert kept.policy.collector_minor == 25_000
    assert kept.policy.manager_minor == 500_000
    assert kept.policy.small_minor == 2_000
    page = client.get(RULES).content.decode()
    assert "a small firm" in page
    # 0.5 % of 1,000; of 100,000 the amount is the bound.
    assert "up to €5.00 is small" in page
    assert "up to €20.00 is small" in page
    assert (
        value(ctx, "select count(*) from event where kind = 'receivables.ledger_policy_set'") == 1
    )


def test_each_setting_says_what_is_wrong_with_it(ctx, signed_in):
    client = signed_in(ctx)
    wrong = {
        "collector_minor": "",
        "manager_minor": "1,0",
        "small_percent": "x",
        "small_minor": "1.5",
    }
    assert len(errors(client.post(RULES, SET | wrong).content.decode())) == 4
    for changes, word in (
        ({"collector_minor": "6000"}, "collector"),
        ({"small_percent": "11"}, "percent"),
        ({"small_percent": "0.333"}, "0.01"),
        ({"why": " "}, "reason"),
    ):
        [said] = errors(client.post(RULES, SET | changes).content.decode())
        assert word in said.casefold()
    assert ledger_policies(ctx) == []


def test_who_may_not_manage_policies_reads_them(ctx, signed_in):
    client = signed_in(ctx, role=Role.COLLECTOR)
    set_ledger_policy(ctx, LedgerPolicy(collector_minor=7_00), "<b>Bold</b>")
    page = client.get(RULES).content.decode()
    assert 'value="7.00" disabled' in page
    assert "<b>Bold</b>" not in page
    assert client.post(RULES, SET).status_code == 403
