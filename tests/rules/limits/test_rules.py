"""The recommended limit: examples, stops, and the same rule as SQL."""

from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction
from statistics import median

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from netterms.kernel.money import Money
from netterms.limits.formulas import (
    Formula,
    Pays,
    Trading,
    heuristic,
    heuristic_percent,
    three_way,
)
from netterms.limits.rules import (
    SENTENCES,
    GradeShares,
    LimitFacts,
    LimitReason,
    LimitSettings,
    busiest_pace,
    credit_need,
    limit_needed,
    recommend,
)
from netterms.limits.rules_sql import need_sql, pace_sql, recommend_sql

SETTINGS = LimitSettings()
GRADE_B = 4


def usd(amount):
    return Money.of(amount, "USD")


def codes(recommendation):
    return [reason.code for reason in recommendation.reasons]


def test_ex_1_12_limit_needed():
    assert credit_need(usd(240_000), 60) == usd("39452.05")
    assert limit_needed(usd(240_000), 60) == usd(40_000)


@pytest.mark.parametrize(
    ("amount", "currency", "need"),
    [("240000", "JPY", "40000"), ("240000", "KWD", "40000"), ("6083.34", "USD", "2000")],
)
def test_tci_06_rounds_up_in_the_currencys_own_units(amount, currency, need):
    assert limit_needed(Money.of(amount, currency), 60) == Money.of(need, currency)


def test_tci_06_takes_the_busiest_month_for_seasonal_trade():
    assert busiest_pace(usd(240_000), usd(20_000)) == usd(240_000)
    assert busiest_pace(usd(240_000), usd(20_001)) == usd(240_012)
    # All of a year in one month: what is owed then, and not a twelfth of it.
    assert limit_needed(busiest_pace(usd(100_000), usd(100_000)), 30) == usd(99_000)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_the_pace_in_sql_equals_python(year, month):
    [(found,)] = duckdb.execute(
        f"SELECT {pace_sql('CAST(? AS DECIMAL(38, 0))', 'CAST(? AS DECIMAL(38, 0))')}",
        [year, month],
    ).fetchall()
    assert found == busiest_pace(Money(year, "USD"), Money(month, "USD")).minor


def test_a_whole_number_of_thousands_is_not_rounded_up():
    assert limit_needed(usd(365_000), 20) == usd(20_000)
    assert limit_needed(usd(0), 20) == usd(0)


def test_ex_3_9_capacity_is_the_smallest_of_need_net_worth_and_turnover():
    facts = LimitFacts(
        need=usd(50_000),
        grade=GRADE_B,
        tangible_net_worth=usd(80_000),
        annual_turnover=usd(700_000),
    )
    got = recommend(facts, SETTINGS)
    assert got.limit == usd(28_000)
    assert codes(got) == [LimitReason.NET_WORTH]
    assert {c.code: c.value for c in got.caps}[LimitReason.TURNOVER] == usd(35_000)


REFERENCES = (usd(75_000), usd(40_000), usd(60_000))
# A table row each: 5 + 5 + 5 + 5 + 5 - 5.
TRADING = Trading(
    share_of_need=Decimal("0.30"),
    pays=Pays.ON_TIME,
    age_years=Decimal(5),
    margin=Decimal("0.08"),
    current_ratio=Decimal("1.8"),
    debt_ratio=Decimal("0.60"),
)


def test_ex_3_10_mean_of_net_worth_references_and_need():
    assert three_way(usd(800_000), REFERENCES, usd(70_000)) == usd(70_000)
    facts = LimitFacts(
        need=usd(70_000), grade=2, tangible_net_worth=usd(800_000), trade_references=REFERENCES
    )
    chosen = replace(SETTINGS, formulas=frozenset({Formula.THREE_WAY}))
    assert (LimitReason.THREE_WAY, usd(70_000)) in [
        (cap.code, cap.value) for cap in recommend(facts, chosen).caps
    ]


def test_ex_3_11_heuristic_table():
    assert heuristic_percent(TRADING) == 20
    assert heuristic(usd(400_000), TRADING) == usd(80_000)
    facts = LimitFacts(need=usd(90_000), grade=2, tangible_net_worth=usd(400_000), trading=TRADING)
    got = recommend(facts, replace(SETTINGS, formulas=frozenset({Formula.HEURISTIC})))
    assert (got.limit, codes(got)) == (usd(80_000), [LimitReason.HEURISTIC])


def test_scr_11_is_never_below_zero_and_takes_the_bounds_as_written():
    worst = Trading(
        Decimal("0.2499"), Pays.LATE, Decimal("2.9"), Decimal("0.0499"), Decimal("1.49"),
        Decimal("0.5001"),
    )  # fmt: skip
    assert heuristic_percent(worst) == 0
    best = Trading(
        Decimal("0.5001"), Pays.DISCOUNT, Decimal("10.1"), Decimal("0.1401"), Decimal("2.21"),
        Decimal("0.2999"),
    )  # fmt: skip
    assert heuristic_percent(best) == 60
    middle = Trading(
        Decimal("0.25"), Pays.ON_TIME, Decimal(10), Decimal("0.05"), Decimal("2.2"),
        Decimal("0.50"),
    )  # fmt: skip
    assert heuristic_percent(middle) == 30


def test_scr_13_only_the_formulas_chosen_bound_and_only_where_their_facts_are_known():
    facts = LimitFacts(
        need=usd(90_000), grade=GRADE_B, tangible_net_worth=usd(100_000), trading=TRADING
    )
    assert codes(recommend(facts, SETTINGS)) == [LimitReason.NET_WORTH]
    none = replace(SETTINGS, formulas=frozenset())
    assert recommend(facts, none).limit == usd(90_000)
    all_three = replace(SETTINGS, formulas=frozenset(Formula))
    assert recommend(facts, all_three).limit == usd(20_000)
    # No reference is known: that mean cannot be taken.
    assert LimitReason.THREE_WAY not in [c.code for c in recommend(facts, all_three).caps]


def test_scr_09_ten_percent_of_net_worth_when_chosen_and_of_the_sellers_sales():
    facts = LimitFacts(need=usd(50_000), grade=GRADE_B, tangible_net_worth=usd(80_000))
    got = recommend(facts, replace(SETTINGS, net_worth_rule=Decimal("0.10")))
    assert (got.limit, codes(got)) == (usd(8_000), [LimitReason.NET_WORTH_RULE])
    got = recommend(replace(facts, seller_annual_sales=usd(70_000)), SETTINGS)
    assert (got.limit, codes(got)) == (usd(7_000), [LimitReason.CONCENTRATION])


def test_scr_13_insured_limit_over_the_share_that_may_stay_uninsured():
    facts = LimitFacts(
        need=usd(50_000), grade=1, tangible_net_worth=usd(900_000), insured_limit=usd(20_000)
    )
    assert recommend(facts, SETTINGS).limit == usd(20_000)
    tolerant = replace(SETTINGS, tolerated_uninsured_share=Decimal("0.3"))
    got = recommend(facts, tolerant)
    assert (got.limit, codes(got)) == (usd("28571.43"), [LimitReason.INSURED])
    assert not recommend(replace(facts, insured_limit=usd(0)), tolerant).limit


@pytest.mark.parametrize(
    ("grade", "limit"), [(1, 50_000), (5, 50_000), (6, 37_500), (7, 25_000), (8, 12_500)]
)
def test_without_accounts_the_grade_gives_a_share_of_the_need_and_says_so(grade, limit):
    got = recommend(LimitFacts(need=usd(50_000), grade=grade), SETTINGS)
    assert got.limit == usd(limit)
    first = LimitReason.NEED if grade <= 5 else LimitReason.NEED_SHARE
    assert codes(got) == [first, LimitReason.ACCOUNTS_UNKNOWN]


def test_half_of_the_accounts_is_better_than_none():
    got = recommend(LimitFacts(need=usd(50_000), grade=8, annual_turnover=usd(10**6)), SETTINGS)
    assert (got.limit, codes(got)) == (usd(10_000), [LimitReason.TURNOVER])


def test_a_negative_net_worth_bears_nothing():
    facts = LimitFacts(need=usd(50_000), grade=3, tangible_net_worth=usd(-1))
    assert not recommend(facts, SETTINGS).limit


@pytest.mark.parametrize(
    ("change", "code", "value"),
    [
        ({"grade": 9}, LimitReason.GRADE_TOO_WEAK, 9),
        ({"grade": 10}, LimitReason.GRADE_TOO_WEAK, 10),
        ({"grade": None}, LimitReason.GRADE_UNKNOWN, None),
        ({"sanctions_hit": True}, LimitReason.SANCTIONS_HIT, None),
        ({"open_stage": 3}, LimitReason.STAGE_TOO_LATE, 3),
        ({"open_stage": 4}, LimitReason.STAGE_TOO_LATE, 4),
    ],
)
def test_scr_13_what_makes_a_limit_zero(change, code, value):
    got = recommend(replace(LimitFacts(need=usd(50_000), grade=2), **change), SETTINGS)
    assert got.limit == usd(0)
    assert [(r.code, r.value) for r in got.reasons] == [(code, value)]


def test_every_stop_is_named():
    facts = LimitFacts(need=usd(1), grade=9, sanctions_hit=True, open_stage=4)
    assert codes(recommend(facts, SETTINGS)) == [
        LimitReason.SANCTIONS_HIT,
        LimitReason.GRADE_TOO_WEAK,
        LimitReason.STAGE_TOO_LATE,
    ]


def test_stage_2_still_gets_a_limit():
    facts = LimitFacts(need=usd(50_000), grade=2, open_stage=2)
    assert recommend(facts, SETTINGS).limit == usd(50_000)


def test_every_reason_has_a_sentence():
    assert set(SENTENCES) == set(LimitReason)


def test_two_currencies_never_meet():
    facts = LimitFacts(need=usd(1), grade=2, annual_turnover=Money(5, "EUR"))
    with pytest.raises(AssertionError):
        recommend(facts, SETTINGS)


def test_settings_refuse_shares_that_sql_could_not_hold():
    for wrong in (Decimal("0.12345"), Decimal(-1), Decimal(1)):
        with pytest.raises(AssertionError):
            LimitSettings(tolerated_uninsured_share=wrong)


AMOUNT = st.sampled_from([0, 1, 5, 15]) | st.integers(0, 10**14)
MONEY = AMOUNT.map(lambda minor: Money(minor, "USD"))
RATIO = st.integers(0, 60).map(lambda n: Decimal(5 * n).scaleb(-2))
FACTS = st.builds(
    LimitFacts,
    need=MONEY,
    grade=st.none() | st.integers(1, 10),
    tangible_net_worth=st.none() | MONEY | MONEY.map(lambda m: -m),
    annual_turnover=st.none() | MONEY,
    seller_annual_sales=st.none() | MONEY,
    insured_limit=st.none() | MONEY,
    sanctions_hit=st.booleans(),
    open_stage=st.integers(0, 4),
    trade_references=st.lists(MONEY, max_size=4).map(tuple),
    trading=st.none()
    | st.builds(
        Trading, RATIO, st.sampled_from(Pays), st.integers(0, 12).map(Decimal), RATIO, RATIO, RATIO
    ),
)
SHARE = st.integers(0, 10_000).map(lambda n: Decimal(n).scaleb(-4))
ANY_SETTINGS = st.builds(
    LimitSettings,
    formulas=st.frozensets(st.sampled_from(Formula)),
    shares=st.fixed_dictionaries(
        {grade: st.builds(GradeShares, SHARE, SHARE, SHARE) for grade in range(1, 11)}
    ),
    tolerated_uninsured_share=st.integers(0, 9_999).map(lambda n: Decimal(n).scaleb(-4)),
    concentration_share=SHARE,
    net_worth_rule=st.none() | SHARE,
    stop_from_grade=st.integers(2, 10),
    stop_from_stage=st.integers(1, 4),
)


@given(FACTS)
def test_a_limit_is_never_above_need_or_cover(facts):
    got = recommend(facts, SETTINGS)
    assert Money(0, "USD") <= got.limit <= facts.need
    if facts.insured_limit is not None:
        assert got.limit <= facts.insured_limit


@given(FACTS, st.integers(1, 9))
def test_a_worse_grade_never_gets_more(facts, grade):
    better, worse = (recommend(replace(facts, grade=g), SETTINGS).limit for g in (grade, grade + 1))
    assert worse <= better


COLUMNS = {
    "need_minor": "BIGINT",
    "grade": "INTEGER",
    "tangible_net_worth_minor": "BIGINT",
    "annual_turnover_minor": "BIGINT",
    "seller_annual_sales_minor": "BIGINT",
    "insured_limit_minor": "BIGINT",
    "sanctions_hit": "BOOLEAN",
    "open_stage": "INTEGER",
    "median_reference_doubled": "BIGINT",
    "share_of_need": "DECIMAL(9, 4)",
    "pays": "VARCHAR",
    "age_years": "DECIMAL(9, 2)",
    "margin": "DECIMAL(9, 4)",
    "current_ratio": "DECIMAL(9, 4)",
    "debt_ratio": "DECIMAL(9, 4)",
}


def as_row(place, facts):
    def minor(money):
        return None if money is None else money.minor

    return [
        place,
        facts.need.minor,
        facts.grade,
        minor(facts.tangible_net_worth),
        minor(facts.annual_turnover),
        minor(facts.seller_annual_sales),
        minor(facts.insured_limit),
        facts.sanctions_hit,
        facts.open_stage,
        *outside(facts),
    ]


def outside(facts):
    """What the formulas of outside facts read."""
    references = [r.minor for r in facts.trade_references]
    doubled = int(2 * Fraction(median(map(Fraction, references)))) if references else None
    trading = facts.trading
    if trading is None:
        return [doubled] + [None] * 6
    return [doubled, *(getattr(trading, field.name) for field in fields(Trading))]


@settings(max_examples=40, deadline=None)
@given(ANY_SETTINGS | st.just(SETTINGS), st.lists(FACTS, min_size=1, max_size=20))
def test_python_and_sql_agree(chosen, rows):
    connection = duckdb.connect()
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    connection.execute(f"CREATE TABLE limit_facts (place INTEGER, {columns})")
    holes = ", ".join("?" for _ in range(len(COLUMNS) + 1))
    connection.executemany(
        f"INSERT INTO limit_facts VALUES ({holes})",
        [as_row(place, facts) for place, facts in enumerate(rows)],
    )
    text = recommend_sql(chosen, keep=("place",))
    found = connection.execute(f"SELECT * FROM ({text}) AS s ORDER BY place").fetchall()
    want = [recommend(facts, chosen) for facts in rows]
    assert found == [
        (place, got.limit.minor, ",".join(reason.code for reason in got.reasons))
        for place, got in enumerate(want)
    ]


NEEDS = st.tuples(
    st.sampled_from(["USD", "JPY", "KWD", "CLF"]), st.integers(0, 10**14), st.integers(0, 400)
)


@settings(max_examples=30, deadline=None)
@given(st.lists(NEEDS, min_size=1, max_size=30))
def test_need_in_sql_equals_python(rows):
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE t (place INTEGER, currency VARCHAR, annual_sales_minor BIGINT,"
        " credit_days INTEGER)"
    )
    connection.executemany(
        "INSERT INTO t VALUES (?, ?, ?, ?)", [[i, *row] for i, row in enumerate(rows)]
    )
    found = connection.execute(f"SELECT {need_sql(SETTINGS)} FROM t ORDER BY place").fetchall()
    want = [limit_needed(Money(minor, currency), days).minor for currency, minor, days in rows]
    assert [minor for (minor,) in found] == want


@given(st.integers(0, 10**12), st.integers(0, 400))
def test_the_limit_needed_covers_the_need_and_wastes_less_than_a_step(minor, days):
    need = limit_needed(Money(minor, "USD"), days).minor
    exact = Fraction(minor * days, 365)
    assert exact <= need < exact + 100_000


def test_other_engines_understand_the_sql():
    for dialect in ("postgres", "spark"):
        every = replace(SETTINGS, formulas=frozenset(Formula))
        for text in (
            recommend_sql(SETTINGS),
            recommend_sql(every),
            f"SELECT {need_sql(SETTINGS)} FROM t",
        ):
            assert sqlglot.transpile(text, read="duckdb", write=dialect)
