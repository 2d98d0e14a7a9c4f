"""The attributes of the behaviour card, in SQL, against plain Python on random items."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from importlib import resources

import duckdb
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from netterms.kernel.calendar import add_months
from netterms.scoring import rules, scorecard
from netterms.scoring.scorecard_sql import compile_sql

D = Decimal
AS_OF = date(2026, 8, 31)
TEXT = (resources.files("netterms.scoring") / "sql" / "behaviour.sql").read_text("utf-8")


def ask(items, as_of=AS_OF):
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE item (buyer VARCHAR, currency VARCHAR, issued_on DATE, due_on DATE,"
        " amount_minor BIGINT, open_minor BIGINT, settled_on DATE)"
    )
    if items:
        connection.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?)", items)
    found = connection.execute(TEXT, {"as_of": as_of})
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {(row.pop("buyer"), row.pop("currency")): row for row in rows}


def share(top, bottom, places):
    return rules.rounded(Fraction(top, bottom), places) if bottom else None


def months_between(start, end):
    return 12 * (end.year - start.year) + end.month - start.month - (end.day < start.day)


def expected(items, as_of):
    """One buyer and currency; `items` are (issued, due, amount, open, settled)."""
    known = [i for i in items if i[0] <= as_of and i[2] > 0]
    settled = [i for i in known if i[4] and i[4] <= as_of]
    still = [(*i[:3], i[2] if i[4] else i[3]) for i in known if not (i[4] and i[4] <= as_of)]
    overdue = [i for i in still if i[3] > 0 and i[1] < as_of]

    def within(months, until=0):
        start, end = add_months(as_of, -months), add_months(as_of, -until)
        return [i for i in settled if start < i[4] <= end]

    def mean_days(some):
        return Fraction(sum((i[4] - i[1]).days for i in some), len(some)) if some else None

    seen = [rules.Experience(i[2], (i[4] - i[1]).days) for i in within(24)]
    seen += [rules.Experience(i[3], (as_of - i[1]).days) for i in overdue]
    year = within(12)
    recent, before = mean_days(within(6)), mean_days(within(18, 6))
    late = len(overdue) + sum(i[4] > i[1] for i in year)
    open_total = sum(i[3] for i in still)
    return {
        "payment_index": rules.payment_index(seen),
        "payment_experiences": len(seen),
        "late_share": share(late, len(overdue) + len(year), 4),
        "average_days_late_recent": None if recent is None else rules.rounded(recent, 2),
        "worst_open_days_past_due": max([(as_of - i[1]).days for i in overdue], default=0),
        "overdue_share_of_open": share(sum(i[3] for i in overdue), open_total, 4),
        "trend_days_late": (
            None if recent is None or before is None else rules.rounded(recent - before, 2)
        ),
        "relationship_months": months_between(min(i[0] for i in known), as_of),
    }


@st.composite
def items(draw):
    issued = AS_OF - timedelta(draw(st.integers(-40, 1100)))
    due = issued + timedelta(draw(st.integers(0, 120)))
    amount = draw(st.sampled_from([1, 3, 7, -500]) | st.integers(1, 10**12))
    settled = None
    left = amount
    if draw(st.booleans()):
        settled, left = due + timedelta(draw(st.integers(-40, 250))), 0
        settled = max(settled, issued)
    elif amount > 0:
        left = draw(st.integers(1, amount))
    buyer, currency = draw(st.sampled_from(["a", "b"])), draw(st.sampled_from(["USD", "JPY"]))
    return buyer, currency, issued, due, amount, left, settled


@settings(max_examples=60, deadline=None)
@given(st.lists(items(), max_size=30))
def test_sql_equals_plain_python(rows):
    by_key = {}
    for buyer, currency, *rest in rows:
        by_key.setdefault((buyer, currency), []).append(rest)
    want = {
        key: expected(some, AS_OF)
        for key, some in by_key.items()
        if any(i[0] <= AS_OF and i[2] > 0 for i in some)
    }
    assert ask(rows) == want


@settings(max_examples=30, deadline=None)
@given(st.lists(items(), max_size=20))
def test_nothing_after_the_date_leaks_in(rows):
    def blind(row):
        """The item as it stood on the date: a later settlement is not known."""
        later = row[6] is not None and row[6] > AS_OF
        return (*row[:5], row[4], None) if later else row

    assert ask(rows) == ask([blind(row) for row in rows if row[2] <= AS_OF])


def test_amounts_of_a_large_book_do_not_overflow():
    rows = [("a", "USD", date(2026, 1, 1), date(2026, 1, 31), 10**15, 10**15, None)] * 1000
    assert ask(rows)["a", "USD"]["overdue_share_of_open"] == 1


def test_the_points_in_the_file_are_the_generated_ones():
    assert " ".join(rules.scaled_points_sql("days_late").split()) in " ".join(TEXT.split())


def test_the_columns_are_the_attributes_of_the_card():
    card = scorecard.built_in("payment_behaviour_v1")
    row = ask([("a", "USD", AS_OF, AS_OF, 100, 100, None)])["a", "USD"]
    assert set(row) == {a.name for a in card.attributes}


def test_behaviour_and_card_work_as_one_statement():
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE item AS SELECT 'a' AS buyer, 'USD' AS currency,"
        " DATE '2026-05-01' AS issued_on, DATE '2026-05-31' AS due_on,"
        " 100 AS amount_minor, 100 AS open_minor,"
        " CAST(NULL AS DATE) AS settled_on"
    )
    text = compile_sql(scorecard.built_in("payment_behaviour_v1"), f"({TEXT})")
    found = connection.execute(text, {"as_of": AS_OF})
    row = dict(zip([c[0] for c in found.description], found.fetchone(), strict=True))
    assert row["worst_open_days_past_due"] == 92
    assert row["grade"] == 9
    assert row["confidence"] == D("0.30")


def test_other_engines_understand_the_file():
    for dialect in ("postgres", "spark"):
        assert sqlglot.transpile(TEXT, read="duckdb", write=dialect)
