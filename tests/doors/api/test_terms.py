"""Terms by the API: countries, rates, a quote, and what a buyer owes besides."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

import pytest

from netterms.terms import rate_file
from netterms.terms.actions import load_rates
from netterms.terms.jurisdictions import series_names
from tests.actions.small_book import put
from tests.doors.api.test_webhooks import caller
from tests.doors.console.test_terms import CSV


@pytest.fixture
def ask(ctx):
    call = caller(ctx, "read")

    def asked(path, **query):
        return call("GET", f"{path}?{urlencode(query)}" if query else path)

    return asked


INVOICE = {
    "country": "DE", "currency": "EUR", "amount_minor": 10_000_00, "due_on": "2026-05-02",
    "until": "2026-06-01",
}  # fmt: skip


def test_countries_say_what_is_unverified(ask):
    items = {each["country"]: each for each in ask("terms/jurisdictions").json()["items"]}
    assert len(items) == 92
    assert items["DE"] == ask("terms/jurisdictions/DE").json()
    assert items["DE"]["standing"]["margin"] == "checked"
    assert items["DE"]["standing"]["limitation"] == "unverified"
    assert items["GB"]["announced"][0].startswith("Announced, not law: base rate + 8 points")
    assert items["DE"]["announced"] == []
    assert items["SA"]["refused"] == "not_enforceable"
    assert ask("terms/jurisdictions/XX").status_code == 404


def test_a_quote_says_why_not_and_then_how_much(ctx, ask):
    before = ask("terms/interest", **INVOICE).json()
    assert (before["why"], before["interest"]["minor"]) == ("rate_past_last_date", 0)
    assert before["compensation"] == {"minor": 4000, "currency": "EUR"}
    assert "2025-12-31" in before["said"]
    load_rates(ctx, rate_file.read(CSV, "rates.csv", series_names()))
    after = ask("terms/interest", **INVOICE).json()
    assert (after["why"], after["interest"]["minor"], after["daily"]["minor"]) == (None, 8441, 281)
    assert [(line["days"], line["percent"]) for line in after["lines"]] == [(30, "10.27")]
    assert "interest" in after["unverified"]
    newest = ask("terms/rates", series="DE_BASE").json()["items"][0]
    assert (newest["valid_from"], newest["loaded_by"]) == ("2026-01-01", "test")
    daily = ask("terms/interest", **INVOICE, method="daily").json()
    assert daily["interest"]["minor"] == 8430


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "EUX"},
        {"amount_minor": 0},
        {"due_on": "1.5.2026"},
        {"due_on": "1926-05-02"},
        {"contract_percent": "1001"},
        {"method": "weekly"},
    ],
)
def test_a_wrong_question_is_refused(ask, wrong):
    assert ask("terms/interest", **INVOICE | wrong).status_code == 422


def test_a_country_that_is_not_on_file_is_not_found(ask):
    assert ask("terms/interest", **INVOICE | {"country": "XX"}).status_code == 404


def test_what_a_buyer_owes_besides(ctx, ask):
    buyer, invoice = put(ctx, "A", "R-1", 1_000_000, due_on=date(2026, 5, 2))
    put(ctx, "A", "R-2", 1_000_000, due_on=date(2026, 7, 1))
    load_rates(ctx, rate_file.read(CSV, "rates.csv", series_names()))
    [item] = ask(f"buyers/{buyer}/claims", as_of="2026-06-01").json()["items"]
    assert item == {
        "invoice_id": str(invoice),
        "interest": {"minor": 8441, "currency": "EUR"},
        "daily": {"minor": 281, "currency": "EUR"},
        "compensation": {"minor": 4000, "currency": "EUR"},
        "why": None,
        "unverified": ["interest"],
    }
