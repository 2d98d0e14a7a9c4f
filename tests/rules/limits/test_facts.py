"""What SCR-10 and SCR-11 ask of a buyer: out of the book's facts, in Python as in portable SQL."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import median

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from netterms.kernel.calendar import add_months
from netterms.kernel.money import Money
from netterms.limits.facts import (
    Known,
    TradeReference,
    counting,
    same_supplier,
    standing,
    trading,
)
from netterms.limits.facts_sql import trading_sql
from netterms.limits.formulas import Pays, Trading, heuristic_percent
from netterms.store import sql

TODAY = date(2026, 3, 31)
LINES = (
    "payables", "net_income", "revenue", "current_assets", "current_liabilities",
    "total_liabilities", "total_assets",
)  # fmt: skip
SOUND = Known(
    need_minor=30_000,
    payment_index=Decimal("80.00"),
    founded_on=date(2020, 4, 1),
    accounts=dict(zip(LINES, (100_000, 10, 100, 20, 10, 40, 100), strict=True)),
)


def test_every_fact_of_the_table_comes_from_the_book():
    known = trading(SOUND, TODAY)
    # A day short of six years: 71 months.
    assert known == Trading(
        Decimal("0.3000"), Pays.ON_TIME, Decimal("5.9167"), Decimal("0.1000"), Decimal("2.0000"),
        Decimal("0.4000"),
    )  # fmt: skip
    assert heuristic_percent(known) == 5 + 5 + 5 + 5 + 5 + 5


@pytest.mark.parametrize(
    ("index", "settled", "discounted", "pays"),
    [
        ("79.99", 100, 100, Pays.LATE),
        ("80", 100, 49, Pays.ON_TIME),
        ("80", 100, 50, Pays.DISCOUNT),
        ("95", 0, 0, Pays.ON_TIME),
    ],
)
def test_who_pays_on_terms_takes_a_discount_from_half_of_it_on(index, settled, discounted, pays):
    known = Known(30_000, Decimal(index), settled, discounted, SOUND.founded_on, SOUND.accounts)
    found = trading(known, TODAY)
    assert found is not None
    assert found.pays is pays


@pytest.mark.parametrize("line", LINES)
def test_one_line_not_known_and_there_is_no_answer(line):
    lines = {name: value for name, value in SOUND.accounts.items() if name != line}
    assert trading(Known(1, Decimal(80), founded_on=TODAY, accounts=lines), TODAY) is None


def test_of_each_supplier_the_newest_reference_counts_for_a_year():
    def told(supplier, minor, given_on, currency="EUR"):
        limit = None if minor is None else Money(minor, currency)
        return TradeReference(supplier, limit, given_on)

    year_ago = add_months(TODAY, -12)
    given_all = [
        told("A", 1, year_ago + timedelta(days=1)),
        told("B", 2, TODAY),
        told("B", 3, TODAY - timedelta(days=9)),
        told("C", 4, TODAY - timedelta(days=9)),
        told("C", None, TODAY - timedelta(days=1)),
        told("D", 5, year_ago),
        told("E", 6, TODAY, "USD"),
        told("F", 7, TODAY),
        told("F", 8, TODAY),
        told("G", 9, TODAY + timedelta(days=1)),
    ]
    assert {one.supplier for one in counting(given_all, TODAY)} == {"A", "B", "E", "F"}
    assert sorted(limit.minor for limit in standing(given_all, "EUR", TODAY)) == [1, 2, 8]


@pytest.mark.parametrize(
    "spellings",
    [
        ("ACME GmbH", "Acme Gmbh.", "acme", " Acme  G.m.b.H. "),
        ("广州明达贸易有限公司", "广州明达贸易有限责任公司"),
        ("Société Dupont & Fils S.A.", "SOCIETE DUPONT AND FILS"),
    ],
)
def test_a_supplier_is_one_however_its_name_is_spelt(spellings):
    given_all = [
        TradeReference(name, Money(nth, "EUR"), TODAY - timedelta(days=9 - nth))
        for nth, name in enumerate(spellings)
    ]
    other = TradeReference("Acme North GmbH", Money(50, "EUR"), TODAY)
    assert counting([*given_all, other], TODAY) == [given_all[-1], other]


def test_a_name_without_letters_is_itself():
    given_all = [TradeReference(name, Money(1, "EUR"), TODAY) for name in ("!!", "??")]
    assert counting(given_all, TODAY) == given_all


AMOUNT = st.sampled_from([0, 1, 5, 15]) | st.integers(0, 10**14)
SIGNED = AMOUNT | AMOUNT.map(lambda minor: -minor)
KNOWN = st.builds(
    Known,
    need_minor=AMOUNT,
    payment_index=st.none() | st.integers(7_900, 8_100).map(lambda n: Decimal(n).scaleb(-2)),
    settled_minor=st.sampled_from([0, 10]),
    discounted_minor=st.integers(0, 10),
    founded_on=st.none() | st.dates(date(2010, 1, 1), date(2026, 3, 31)),
    accounts=st.fixed_dictionaries({name: st.none() | SIGNED for name in LINES}).map(
        lambda lines: {name: value for name, value in lines.items() if value is not None}
    ),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(KNOWN, min_size=1, max_size=20), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_trading_in_sql_equals_python(rows, as_of):
    rows = [one for one in rows if one.founded_on is None or one.founded_on <= as_of]
    engine = duckdb.connect()
    engine.execute(
        "CREATE TABLE known (place INTEGER, buyer VARCHAR, currency VARCHAR, need_minor BIGINT,"
        " payment_index DECIMAL(9, 2), settled_minor BIGINT, discounted_minor BIGINT,"
        f" founded_on DATE, {', '.join(f'{name} BIGINT' for name in LINES)})"
    )
    for place, one in enumerate(rows):
        told = [
            place, f"{place:03}", "EUR", one.need_minor, one.payment_index, one.settled_minor,
            one.discounted_minor, one.founded_on, *(one.accounts.get(name) for name in LINES),
        ]  # fmt: skip
        engine.execute(f"INSERT INTO known VALUES ({', '.join('?' * len(told))})", told)
    found = engine.execute(
        "SELECT share_of_need, pays, age_years, margin, current_ratio, debt_ratio"
        f" FROM ({trading_sql('known')}) AS t ORDER BY buyer",
        {"as_of": as_of},
    ).fetchall()
    said = [None if None in line else Trading(line[0], Pays(line[1]), *line[2:]) for line in found]
    assert said == [trading(one, as_of) for one in rows]


REFERENCES = st.lists(
    st.builds(
        TradeReference,
        st.sampled_from(["Acme GmbH", "ACME Gmbh.", "B", "b", "C"]),
        st.none() | st.builds(Money, AMOUNT, st.sampled_from(["EUR", "USD"])),
        st.dates(date(2025, 3, 20), date(2026, 4, 5)),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(REFERENCES)
def test_the_median_of_references_in_sql_equals_python(told):
    engine = duckdb.connect()
    engine.execute(
        "CREATE TABLE reference (buyer VARCHAR, supplier VARCHAR, currency VARCHAR,"
        " limit_minor BIGINT, given_on DATE, entered VARCHAR)"
    )
    for place, one in enumerate(told):
        limit = (None, None) if one.limit is None else (one.limit.currency, one.limit.minor)
        line = ["1", same_supplier(one.supplier), *limit, one.given_on, f"{place:03}"]
        engine.execute("INSERT INTO reference VALUES (?, ?, ?, ?, ?, ?)", line)
    asked = {"as_of": TODAY, "since": add_months(TODAY, -12)}
    found = engine.execute(sql.in_duckdb("limits/references"), asked).fetchall()
    want = {}
    for currency in ("EUR", "USD"):
        limits = [Fraction(limit.minor) for limit in standing(told, currency, TODAY)]
        if limits:
            want[currency] = 2 * median(limits)
    assert {currency: doubled for _, currency, doubled in found} == want


def test_other_engines_understand_both():
    for dialect in ("postgres", "spark"):
        for text in (trading_sql("known"), sql.statement("limits/references")):
            assert sqlglot.transpile(text, read="duckdb", write=dialect)
