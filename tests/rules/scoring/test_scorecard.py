"""Reading a card, applying it, and the same card as SQL."""

import json
import time
from decimal import Decimal
from importlib import resources

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from netterms.kernel.refusal import Code, Refusal
from netterms.scoring import scorecard, sentences
from netterms.scoring.scorecard import evaluate
from netterms.scoring.scorecard_sql import compile_sql
from netterms.scoring.training.attributes import FINANCIAL, STATEMENT_AGE

D = Decimal
CARD = scorecard.built_in("payment_behaviour_v1")
NAMES = [a.name for a in CARD.attributes]
UNKNOWN = dict.fromkeys(NAMES)
PROMPT = {
    "payment_index": D("80.00"),
    "payment_experiences": 48,
    "late_share": D("0.0200"),
    "average_days_late_recent": D("-1.50"),
    "worst_open_days_past_due": 0,
    "overdue_share_of_open": D(0),
    "trend_days_late": D("0.40"),
    "relationship_months": 61,
}
AVERAGE = {
    "payment_index": D("75.10"),
    "payment_experiences": 22,
    "late_share": D("0.4200"),
    "average_days_late_recent": D("7.00"),
    "worst_open_days_past_due": 9,
    "overdue_share_of_open": D("0.1800"),
    "trend_days_late": D("1.00"),
    "relationship_months": 30,
}
CHRONIC = {
    "payment_index": D("49.90"),
    "payment_experiences": 22,
    "late_share": D("0.9500"),
    "average_days_late_recent": D("30.00"),
    "worst_open_days_past_due": 30,
    "overdue_share_of_open": D("0.4500"),
    "trend_days_late": D("1.00"),
    "relationship_months": 30,
}


def raw_card():
    file = resources.files("netterms.scoring") / "data" / "payment_behaviour_v1.json"
    return json.loads(file.read_text("utf-8"))


def test_built_in_card_says_that_it_is_expert_judgement():
    assert CARD.name == "payment_behaviour_v1"
    assert CARD.provenance["kind"] == "expert"
    assert "not trained" in CARD.provenance["statement"]
    assert CARD.provenance["date"]


BUILT_IN = sorted(
    file.name.removesuffix(".json")
    for file in (resources.files("netterms.scoring") / "data").iterdir()
    # Beside cards there are lists of them, and tables of countries and sectors.
    if file.name.endswith(".json") and "base_points" in file.read_text("utf-8")
)


def texts(card):
    return {m.text for code, m in card.meanings.items() if code != scorecard.DEFAULTED}


def test_every_sentence_is_there_to_be_translated():
    said = set().union(*(texts(scorecard.built_in(name)) for name in BUILT_IN))
    trainable = {w.text for a in (*FINANCIAL, STATEMENT_AGE) for w in a.wordings}
    assert said | trainable == set(sentences.SENTENCES)


def test_a_prompt_long_standing_payer_is_grade_2_or_3():
    assert evaluate(CARD, PROMPT).grade == 2
    assert evaluate(CARD, PROMPT | {"payment_experiences": 8, "relationship_months": 14}).grade == 3


def test_an_average_payer_is_grade_4_or_5():
    assert evaluate(CARD, AVERAGE).grade in {4, 5}


def test_a_payer_always_30_days_late_is_grade_7():
    scored = evaluate(CARD, CHRONIC)
    assert scored.grade == 7
    assert [r.code for r in scored.reasons][:3] == ["pays_late", "often_late", "recently_late"]


@pytest.mark.parametrize("otherwise", [PROMPT, AVERAGE, CHRONIC])
def test_more_than_90_days_open_is_grade_8_or_9(otherwise):
    scored = evaluate(CARD, otherwise | {"worst_open_days_past_due": 91})
    assert scored.grade in {8, 9}
    assert scored.reasons[0].code == "open_overdue"


def test_no_history_is_grade_5_or_6_with_low_confidence():
    scored = evaluate(CARD, UNKNOWN)
    assert scored.grade in {5, 6}
    assert scored.confidence <= D("0.30")
    assert scored.reasons[0].code == "no_payments"
    assert all(r.direction == "lowered" for r in scored.reasons)


def test_only_a_default_gives_grade_10():
    assert all(
        scorecard.grade(scorecard.rounded_pd(CARD.scaling, score)) < 10 for score in CARD.scores
    )
    scored = evaluate(CARD, PROMPT, defaulted=True)
    assert (scored.grade, scored.pd) == (10, 1)
    assert scored.reasons[0].code == scorecard.DEFAULTED


def test_points_add_up_and_reasons_carry_value_and_sentence():
    scored = evaluate(CARD, CHRONIC)
    assert scored.score == CARD.base_points + sum(scored.points.values())
    often = next(r for r in scored.reasons if r.code == "often_late")
    assert (
        often.text % {"value": often.shown}
        == "95% of the invoices of the last 12 months were late."
    )
    assert CARD.meanings["often_late"].attribute == "late_share"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "days", ""),
        (D("12.00"), "days", "12"),
        (D("12.34"), "days", "12.3"),
        (D("0.0450"), "share", "5%"),
        (7, "count", "7"),
    ],
)
def test_values_as_a_person_reads_them(value, unit, text):
    assert scorecard.shown(value, unit) == text


def broken(change):
    raw = raw_card()
    change(raw)
    return json.dumps(raw)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda c: c.pop("scaling"), "scaling"),
        (lambda c: c["attributes"][0].pop("bins"), "bins"),
        (lambda c: c["attributes"][0]["bins"][0].update(points=1.5), "json"),
        (lambda c: c["attributes"][0]["bins"][0].update(up_to="NaN"), "json"),
        (lambda c: c["attributes"][0]["bins"][0].update(up_to=3), "json"),
        (
            lambda c: c["attributes"][0]["bins"][0].update(up_to="99"),
            "worst_open_days_past_due.bins",
        ),
        (lambda c: c["attributes"][0]["bins"].pop(), "worst_open_days_past_due.bins"),
        (lambda c: c["attributes"][0].update(unit="furlong"), "worst_open_days_past_due.unit"),
        (lambda c: c["attributes"][0].update(name="x; drop table"), "name"),
        (lambda c: c["attributes"][1]["missing"].update(code="it's"), "name"),
        (lambda c: c["attributes"][1].update(name="late_share"), "attributes"),
        (lambda c: c["attributes"][1]["missing"].update(code="pays_late"), "code"),
        (lambda c: c["confidence"].update(attribute="nothing"), "confidence.attribute"),
        (lambda c: c["confidence"].update(missing="1.5"), "confidence"),
        (lambda c: c["scaling"].update(pdo="0"), "scaling"),
        (lambda c: c["attributes"][0]["bins"][-1].update(points=-900), "points"),
    ],
)
def test_a_wrong_card_is_refused_by_field(change, field):
    with pytest.raises(Refusal) as refused:
        scorecard.parse(broken(change))
    assert refused.value.code is Code.SCORECARD_INVALID
    assert refused.value.facts["field"] == field
    assert refused.value.facts["mend"]


def test_a_card_that_is_no_json_is_refused():
    with pytest.raises(Refusal):
        scorecard.parse("[")


def bounds_of(attribute):
    edges = [b.up_to for b in attribute.bins if b.up_to is not None]
    near = [e + d for e in edges for d in (D("-0.01"), D(0), D("0.01"))]
    return st.none() | st.sampled_from(near) | st.decimals(-50, 300, places=2)


FACTS = st.fixed_dictionaries({a.name: bounds_of(a) for a in CARD.attributes})


@given(FACTS, st.sampled_from(NAMES))
def test_reasons_are_ordered_and_one_sided(facts, name):
    scored = evaluate(CARD, facts)
    assert scored.score in CARD.scores
    lost = [r.points for r in scored.reasons if r.direction == "lowered"]
    assert lost == sorted(lost, reverse=True)
    told = [r.attribute for r in scored.reasons]
    assert len(set(told)) == len(told)


def in_sql(rows):
    """`rows` of (facts, defaulted), scored by DuckDB in the same order."""
    connection = duckdb.connect()
    columns = ", ".join(f"{name} DECIMAL(18, 4)" for name in NAMES)
    connection.execute(f"CREATE TABLE behaviour (place INTEGER, in_default BOOLEAN, {columns})")
    holes = ", ".join("?" for _ in range(len(NAMES) + 2))
    connection.executemany(
        f"INSERT INTO behaviour VALUES ({holes})",
        [[i, defaulted, *(facts[n] for n in NAMES)] for i, (facts, defaulted) in enumerate(rows)],
    )
    text = compile_sql(CARD, keep=("place",), defaulted="in_default")
    found = connection.execute(f"SELECT * FROM ({text}) AS s ORDER BY place")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(FACTS, st.booleans()), min_size=1, max_size=25))
def test_python_and_sql_agree_exactly(rows):
    for (facts, defaulted), got in zip(rows, in_sql(rows), strict=True):
        want = evaluate(CARD, facts, defaulted=defaulted)
        lowered = [r.code for r in want.reasons if r.direction == "lowered"]
        raised = [r.code for r in want.reasons if r.direction == "raised"]
        assert (got["score"], got["pd"], got["grade"]) == (want.score, want.pd, want.grade)
        assert got["confidence"] == want.confidence
        assert [got[f"reason_{n}"] for n in (1, 2, 3)] == (lowered + [None] * 3)[:3]
        assert [got[f"raised_{n}"] for n in (1, 2)] == (raised + [None] * 2)[:2]


def test_every_score_has_the_same_pd_and_grade_in_sql():
    # One attribute made to give every score there is: no score may round or grade differently.
    raw = raw_card()
    first = raw["attributes"][0]
    low, high = CARD.scores[0] - CARD.base_points, CARD.scores[-1] - CARD.base_points
    first["bins"] = [{"up_to": str(p), "points": p} for p in range(low, high)]
    first["bins"].append({"up_to": None, "points": high})
    for other in raw["attributes"][1:]:
        other["bins"] = [{"up_to": None, "points": 0}]
        other["missing_points"] = 0
    card = scorecard.parse(json.dumps(raw))
    rest = ", ".join(f"CAST(NULL AS INTEGER) AS {name}" for name in NAMES[1:])
    source = f"(SELECT i AS {NAMES[0]}, {rest} FROM range({low}, {high + 1}) t(i))"
    rows = duckdb.connect().execute(
        f"SELECT score, pd, grade FROM ({compile_sql(card, source, keep=())}) AS s"
    )
    found = {score: (pd, grade) for score, pd, grade in rows.fetchall()}
    assert set(found) == set(card.scores)
    for score, (pd, grade) in found.items():
        assert pd == scorecard.rounded_pd(card.scaling, score)
        assert grade == scorecard.grade(pd)


def test_the_sql_is_understood_by_the_other_engines():
    for dialect in ("postgres", "spark"):
        translated = sqlglot.transpile(compile_sql(CARD), read="duckdb", write=dialect)
        assert sqlglot.parse_one(translated[0], read=dialect)


def test_a_million_buyers_take_seconds():
    columns = ", ".join(
        f"CAST((i * {7919 + 2 * k} % 12000) / 100 AS DECIMAL(9, 2)) AS {name}"
        for k, name in enumerate(NAMES)
    )
    connection = duckdb.connect()
    connection.execute(
        f"CREATE TABLE behaviour AS SELECT i AS buyer, {columns} FROM range(1000000) t(i)"
    )
    started = time.monotonic()
    connection.execute(f"CREATE TABLE scored AS {compile_sql(CARD, keep=('buyer',))}")
    assert time.monotonic() - started < 20
    assert connection.execute("SELECT count(*) FROM scored").fetchone() == (1_000_000,)
