"""report.json as a whole: its shape, its sums, and what it says of thin files."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from netterms.kernel.money import Money
from netterms.limits.rules import (
    LimitFacts,
    LimitSettings,
    busiest_pace,
    limit_needed,
    recommend,
)
from netterms.portfolio.report import build
from netterms.portfolio.texts import Action, next_action
from tests.rules.portfolio.staged_file import Line, staged

AS_OF = date(2026, 5, 31)


def day(back: int) -> date:
    return AS_OF - timedelta(days=back)


def regular(buyer: str, late: int, amount: int = 100_00, **more: Any) -> list[Line]:
    """Two years of monthly invoices at 30 days, each paid `late` days after it is due."""
    return [
        Line(buyer, day(back), day(back - 30), amount, 0, day(back - 30 - late), **more)
        for back in range(60 + late, 730, 30)
    ]


BOOK = [
    *regular("good", 0, 900_00),
    *regular("slow", 25),
    Line("good", day(10), day(-20), 500_00, 500_00),
    Line("slow", day(80), day(50), 300_00, 120_00),
    Line("slow", day(20), day(-10), 80_00, 80_00),
    Line("bad", day(200), day(170), 700_00, 700_00),
    Line("bad", day(15), day(15), 50_00, 50_00, kind="credit_note"),
    Line("yen", day(40), day(10), 7_000, 7_000, currency="JPY", country="JP"),
]


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return build(staged(BOOK), AS_OF, "en", "book.csv")


def test_it_is_json_and_money_is_strings(report: dict[str, Any]) -> None:
    again = json.loads(json.dumps(report))
    assert again == report
    assert report["as_of"] == "2026-05-31"
    assert report["source"]["file"] == "book.csv"
    assert list(report["currencies"]) == ["EUR", "JPY"]
    euro = report["currencies"]["EUR"]
    assert euro["open_total"] == "1400.00"
    assert euro["overdue_total"] == "820.00"
    assert euro["credits_total"] == "-50.00"
    assert (euro["open_count"], euro["overdue_count"]) == (4, 2)
    assert report["currencies"]["JPY"]["open_total"] == "7000"


def test_parts_add_up_to_the_totals(report: dict[str, Any]) -> None:
    for block in report["currencies"].values():
        total = Decimal(block["open_total"])
        assert list(block["ageing"]) == ["current", "1-30", "31-60", "61-90", "91-120", "over-120"]
        assert sum(map(Decimal, block["ageing"].values())) == total
        assert sum(block["ageing_counts"].values()) == block["open_count"]
        assert sum(Decimal(b["open"]) for b in block["buyers"]) == total
        assert sum(Decimal(c["open"]) for c in block["countries"]) == total
        late = sum(Decimal(b["overdue"]) for b in block["buyers"])
        assert late == Decimal(block["overdue_total"])
        assert late == sum(Decimal(c["overdue"]) for c in block["chase_today"])


def test_dso_three_ways_fit_together(report: dict[str, Any]) -> None:
    dso = report["currencies"]["EUR"]["dso"]
    assert dso["days"] == 365
    assert dso["simple"] == pytest.approx(dso["best"] + dso["add"], abs=0.011)
    expected = Decimal(dso["receivables"]) / Decimal(dso["sales"]) * dso["days"]
    assert dso["simple"] == pytest.approx(float(expected), abs=0.005)


def test_every_buyer_is_graded_with_reasons(report: dict[str, Any]) -> None:
    buyers = {b["buyer"]: b for b in report["currencies"]["EUR"]["buyers"]}
    assert set(buyers) == {"good", "slow", "bad"}
    assert buyers["good"]["grade"] < buyers["slow"]["grade"] < buyers["bad"]["grade"]
    assert buyers["good"]["payment_index"] == 80
    assert buyers["slow"]["stage"] == 2
    assert buyers["bad"]["stage"] == 4
    for buyer in buyers.values():
        assert buyer["reasons"]
        assert all(r["text"] and "%(" not in r["text"] for r in buyer["reasons"])
        assert {r["direction"] for r in buyer["reasons"]} <= {"lowered", "raised"}


def test_limits_are_those_of_the_rules(report: dict[str, Any]) -> None:
    buyers = {b["buyer"]: b for b in report["currencies"]["EUR"]["buyers"]}
    settings = LimitSettings()
    since = day(365)
    sales = {
        name: sum(x.amount for x in BOOK if x.buyer == name and x.issued_on > since)
        for name in ("good", "slow")
    }
    everything = sum(
        x.amount
        for x in BOOK
        if x.currency == "EUR" and x.kind == "invoice" and x.issued_on > since
    )
    # An invoice of 900 every 30 days: two of them fell into January.
    pace = busiest_pace(Money(sales["good"], "EUR"), Money(1_800_00, "EUR"))
    need = limit_needed(pace, 30, settings)
    facts = LimitFacts(need, buyers["good"]["grade"], seller_annual_sales=Money(everything, "EUR"))
    expected = recommend(facts, settings)
    assert buyers["good"]["recommended_limit"] == str(expected.limit.major)
    assert [r["code"] for r in buyers["good"]["limit_reasons"]] == [
        r.code for r in expected.reasons
    ]
    assert buyers["bad"]["recommended_limit"] == "0.00"
    assert {r["code"] for r in buyers["bad"]["limit_reasons"]} >= {"stage_too_late"}


def test_chase_list_is_sorted_and_says_what_to_do(report: dict[str, Any]) -> None:
    chase = report["currencies"]["EUR"]["chase_today"]
    assert [(c["buyer"], c["stage"], c["action"]) for c in chase] == [
        ("bad", 4, "claim_file"),
        ("slow", 2, "letter"),
    ]
    assert chase[1]["why"] == "An invoice is 50 days past due."


def test_a_file_of_open_invoices_has_no_rates() -> None:
    report = build(staged([Line("a", day(90), day(60), 100, 100)]), AS_OF, "en")
    block = report["currencies"]["EUR"]
    assert block["late_rate"] is None
    assert block["dso"]["simple"] is None
    assert block["cei"] is None
    assert any("open invoices only" in note for note in report["source"]["notes"])


def test_the_book_is_seen_as_it_stood_on_the_day() -> None:
    """An invoice paid later is open on the day; one issued later is not there, and that is said."""
    lines = [
        Line("a", day(50), day(20), 100_00, 0, AS_OF + timedelta(days=5)),
        Line("a", day(90), day(60), 10_00, 0, day(61)),
        Line("a", AS_OF + timedelta(days=1), AS_OF + timedelta(days=31), 999_00, 999_00),
    ]
    report = build(staged(lines), AS_OF, "en")
    assert report["currencies"]["EUR"]["open_total"] == "100.00"
    assert "1 row is dated after 2026-05-31 and is left out." in report["source"]["notes"]


def test_an_empty_file_is_an_empty_report() -> None:
    assert build(staged([]), AS_OF, "en")["currencies"] == {}


def test_accounts_of_any_row_bound_the_limit() -> None:
    lines = regular("rich", 0, 50_000_00)
    small = [*lines[:-1], Line(**{**vars(lines[-1]), "net_worth": 1_000_00})]
    block = build(staged([*small, *regular("other", 0, 500_000_00)]), AS_OF, "en")["currencies"][
        "EUR"
    ]
    rich = next(b for b in block["buyers"] if b["buyer"] == "rich")
    assert rich["limit_reasons"][0]["code"] == "net_worth"
    assert Decimal(rich["recommended_limit"]) < 1_000


@pytest.mark.parametrize(
    ("stage", "days", "action"),
    [
        (1, 1, Action.EMAIL_REMINDER),
        (2, 31, Action.CALL),
        (2, 45, Action.CALL),
        (2, 46, Action.LETTER),
        (3, 61, Action.LEGAL_STEP),
        (4, 91, Action.CLAIM_FILE),
    ],
)
def test_the_next_action_follows_the_ladder(stage: int, days: int, action: Action) -> None:
    assert next_action(stage, days) is action
