"""From raw cells to the tables `staged` and `bad`."""

from __future__ import annotations

# ruff: noqa: S608  (SQL is put together from column positions and escaped literals only)
import duckdb

from netterms.receivables.intake.checks import BIT_OF, CHECKS, TWICE_BIT
from netterms.receivables.intake.reasons import Note, NoteCode, Reason, message
from netterms.receivables.intake.sqltext import literal, text
from netterms.receivables.intake.typed import (
    BARE,
    CANCELLED,
    KEEP,
    REPEAT,
    TOTAL,
    TOTAL_WORD,
    TRAILER,
    WORKING_COLUMNS,
    ZERO,
    Plan,
    typed_statement,
)

# More than this share of buyer cells must be empty before a group's name is filled down: the
# second figure when at least so many are.
_FILL_SHARE, _FILL_SHARE_OF_MANY, _MANY = 1 / 3, 0.2, 5
_FILL_ROWS = 2  # one empty cell alone is a mistake, not a group
_CONTENT = (
    "company_code, buyer_number, buyer_name, country, email, currency, invoice_number, kind, "
    "issued_on, due_on, amount_minor, open_minor, settled_on, tangible_net_worth_minor, "
    "annual_turnover_minor"
)
BAD_TABLE = (
    "CREATE OR REPLACE TABLE bad (row_no BIGINT, column_name VARCHAR, value VARCHAR, "
    "reason VARCHAR, mend VARCHAR)"
)
_OK = f"skip = {KEEP} AND mask = 0"


def stage(
    connection: duckdb.DuckDBPyConnection, plan: Plan, first_row: int
) -> tuple[int, int, list[Note]]:
    """Make `staged` and `bad`; answers their numbers of rows and what to tell.

    `first_row` is the row number of the first row of `intake_raw` as the user counts.
    """
    notes = _cells(connection, plan, first_row)
    connection.execute(typed_statement(plan))
    _settle_trailer(connection)
    _settle_bare_rows(connection, plan)
    notes += _number(connection, plan)
    notes += _repeats(connection)
    bad_rows = _bad(connection, plan)
    notes += _told(connection, plan)
    connection.execute(f"DELETE FROM staged WHERE NOT ({_OK})")
    for column in WORKING_COLUMNS:
        connection.execute(f"ALTER TABLE staged DROP COLUMN {column}")
    rows = _count(connection, "SELECT count(*) FROM staged")
    return rows, bad_rows, notes


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])


def _cells(connection: duckdb.DuckDBPyConnection, plan: Plan, first_row: int) -> list[Note]:
    """Make the view `intake_cells`: raw cells with their row numbers, buyers filled down."""
    numbered = f"SELECT rowid + {first_row} AS row_no, * FROM intake_raw"
    buyers = {name: cell for name in ("buyer_number", "buyer_name") if (cell := plan.cell(name))}
    filled = _filled_down(connection, plan, buyers)
    if filled:
        plan.fill_down = True
        anchor = " OR ".join(f"{text(cell)} IS NOT NULL" for cell in buyers.values())
        no_total = " AND ".join(
            f"NOT regexp_matches(lower(coalesce({cell}, '')), {TOTAL_WORD})"
            for cell in buyers.values()
        )
        columns = ", ".join(
            f"coalesce({text(cell)}, last_value(CASE WHEN ({anchor}) AND {no_total} THEN "
            f"coalesce({cell}, '') END IGNORE NULLS) OVER (ORDER BY row_no)) AS filled_{name}"
            for name, cell in buyers.items()
        )
        numbered = f"SELECT x.*, {columns} FROM ({numbered}) x"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE intake_filled AS {numbered}")
        numbered = "SELECT * FROM intake_filled"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW intake_cells AS {numbered}")
    return [Note(NoteCode.BUYER_FILLED_DOWN, count=filled)] if filled else []


def _filled_down(connection: duckdb.DuckDBPyConnection, plan: Plan, buyers: dict[str, str]) -> int:
    """How many rows get the buyer above them: 0 unless the sheet evidently groups by buyer.

    Evident means: rows with an amount begin with a named buyer, a good share of them has none, and
    hardly any buyer is named in two places.
    """
    empty = " AND ".join(f"({cell} IS NULL OR {cell} < '!')" for cell in buyers.values())
    money = [cell for name in ("amount", "open_amount") if (cell := plan.cell(name))]
    dates = [cell for name in ("issued_on", "due_on") if (cell := plan.cell(name))]
    # blanks sort before "!": cheaper than trimming every cell
    real = " AND ".join(
        "(" + " OR ".join(f"{cell} > '!'" for cell in cells) + ")" for cells in (money, dates)
    )
    rows, nameless = connection.execute(
        f"SELECT count(*), count(*) FILTER (WHERE {empty}) FROM intake_raw x WHERE {real}"
    ).fetchall()[0]
    share = _FILL_SHARE_OF_MANY if nameless >= _MANY else _FILL_SHARE
    if nameless < _FILL_ROWS or nameless <= share * rows:
        return 0
    key = f"concat_ws('|', {', '.join(buyers.values())})"
    first_named, named, different = connection.execute(f"""
SELECT arg_min(named, row), count(*) FILTER (WHERE named), count(DISTINCT key) FILTER (WHERE named)
FROM (SELECT rowid AS row, NOT ({empty}) AS named, {key} AS key FROM intake_raw x
      WHERE ({real}) OR NOT ({empty}))""").fetchall()[0]
    return int(nameless) if first_named and different >= 0.9 * named else 0


def _settle_bare_rows(connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """Rows without amount, date and number: footers and group names stay out, others are bad."""
    if not _count(connection, f"SELECT count(*) FROM staged WHERE skip = {BARE}"):
        return
    if plan.fill_down:
        return
    bit = 1 << BIT_OF[Reason.AMOUNT_MISSING]
    connection.execute(f"""
UPDATE staged SET skip = {KEEP}, mask = {bit}
WHERE skip = {BARE} AND row_no < (SELECT max(row_no) FROM staged WHERE skip = {KEEP})""")


def _settle_trailer(connection: duckdb.DuckDBPyConnection) -> None:
    """Rows that may be words below the table are bad where an invoice stands below them.

    So they are where no invoice stands at all: nothing then tells which rows are words.
    """
    connection.execute(f"""
UPDATE staged SET skip = {KEEP} WHERE skip = {TRAILER} AND row_no < (
    SELECT coalesce(max(row_no), {1 << 62}) FROM staged WHERE skip IN ({KEEP}, {CANCELLED}, {ZERO}))
""")


_HASHED = (
    "concat_ws('|', buyer_number, issued_on, due_on, "
    "CASE WHEN kind = 'credit_note' THEN -amount_minor ELSE amount_minor END, currency)"
)


def _number(connection: duckdb.DuckDBPyConnection, plan: Plan) -> list[Note]:
    """Number the rows that have no invoice number: by their content, so that it stays the same."""
    notes = []
    if "sequence" in plan.columns and "invoice_number" not in plan.columns:
        notes.append(Note(NoteCode.NUMBER_FROM_SEQUENCE))
    missing = f"{_OK} AND invoice_number IS NULL"
    count = _count(connection, f"SELECT count(*) FROM staged WHERE {missing}")
    if not count:
        return notes
    made = f"'AUTO-' || upper(substr(md5({_HASHED}), 1, 16))"
    connection.execute(f"""
CREATE OR REPLACE TEMP TABLE intake_numbered AS
WITH made AS (SELECT row_no, company_code, {made} AS number FROM staged WHERE {missing}),
twice AS (SELECT company_code, number FROM made GROUP BY company_code, number HAVING count(*) > 1),
again AS (
    SELECT row_no, row_number() OVER (PARTITION BY company_code, number ORDER BY row_no) AS nth
    FROM made SEMI JOIN twice USING (company_code, number)
)
SELECT made.row_no, CASE WHEN nth > 1 THEN number || '-' || nth ELSE number END AS number
FROM made LEFT JOIN again USING (row_no)""")
    connection.execute("""
CREATE OR REPLACE TABLE staged AS
SELECT t.* REPLACE (coalesce(n.number, t.invoice_number) AS invoice_number)
FROM staged t LEFT JOIN intake_numbered n USING (row_no)""")
    return [*notes, Note(NoteCode.NUMBER_MADE, count=count)]


def _repeats(connection: duckdb.DuckDBPyConnection) -> list[Note]:
    """Leave exact repeats out; mark different rows that share a number."""
    rows, numbers = connection.execute(
        "SELECT count(*), count(DISTINCT hash(company_code, invoice_number)) "
        f"FROM staged WHERE {_OK}"
    ).fetchall()[0]
    if rows == numbers:
        return []
    connection.execute(f"""
CREATE OR REPLACE TEMP TABLE intake_twice AS
SELECT company_code, invoice_number FROM staged WHERE {_OK}
GROUP BY company_code, invoice_number HAVING count(*) > 1""")
    if not _count(connection, "SELECT count(*) FROM intake_twice"):
        return []
    connection.execute(f"""
CREATE OR REPLACE TEMP TABLE intake_repeated AS
WITH same AS (
    SELECT row_no, company_code, invoice_number, md5(CAST(row({_CONTENT}) AS VARCHAR)) AS content
    FROM staged SEMI JOIN intake_twice USING (company_code, invoice_number) WHERE {_OK}
)
SELECT row_no,
    row_number() OVER (PARTITION BY company_code, invoice_number, content ORDER BY row_no) > 1
        AS again,
    min(content) OVER (PARTITION BY company_code, invoice_number)
        <> max(content) OVER (PARTITION BY company_code, invoice_number) AS differs
FROM same""")
    connection.execute(f"""
UPDATE staged SET
    skip = CASE WHEN r.again THEN {REPEAT} ELSE staged.skip END,
    mask = CASE WHEN r.differs AND NOT r.again THEN {1 << TWICE_BIT} ELSE 0 END
FROM intake_repeated r WHERE r.row_no = staged.row_no AND (r.again OR r.differs)""")
    count = _count(connection, "SELECT count(*) FROM intake_repeated WHERE again")
    return [Note(NoteCode.REPEATS_SKIPPED, count=count)] if count else []


def _bad(connection: duckdb.DuckDBPyConnection, plan: Plan) -> int:
    """Make `bad` from the rows with a bit set; answers how many rows these are."""
    connection.execute(BAD_TABLE)
    connection.execute(f"""
CREATE OR REPLACE TEMP TABLE intake_bad AS
SELECT t.mask, x.* FROM intake_cells x JOIN staged t ON x.row_no = t.row_no
WHERE t.skip = {KEEP} AND t.mask <> 0""")
    count = _count(connection, "SELECT count(*) FROM intake_bad")
    if not count:
        return 0
    for bit, check in enumerate(CHECKS):
        column = next((plan.columns[name] for name in check.fields if name in plan.columns), None)
        heading = column.heading if column else ""
        value = f"coalesce(c{column.index}, '')" if column and column.constant is None else "''"
        if not check.fields:
            heading, value = plan.last_heading, "coalesce(surplus, '')"
        connection.execute(
            f"INSERT INTO bad SELECT row_no, {literal(heading)}, {value}, "
            f"{literal(check.reason)}, {literal(message(check.reason))} "
            f"FROM intake_bad WHERE mask & {1 << bit} <> 0 ORDER BY row_no"
        )
    return count


def due_before_issued(connection: duckdb.DuckDBPyConnection, where: str = "") -> list[Note]:
    """A note on staged rows that fall due before their own date: an advance, or a mistake."""
    count = _count(
        connection, f"SELECT count(*) FILTER (WHERE due_on < issued_on) FROM staged {where}"
    )
    return [Note(NoteCode.DUE_BEFORE_ISSUED, count=count)] if count else []


def _told(connection: duckdb.DuckDBPyConnection, plan: Plan) -> list[Note]:
    """Notes on what was left out, assumed or derived, with counts."""
    left = dict(connection.execute("SELECT skip, count(*) FROM staged GROUP BY skip").fetchall())
    assumed, due_made, issue_made, finer = connection.execute(f"""
SELECT count(*) FILTER (WHERE assumed), count(*) FILTER (WHERE due_made),
    count(*) FILTER (WHERE issue_made), count(*) FILTER (WHERE finer)
FROM staged WHERE {_OK}""").fetchall()[0]
    footers = left.get(TRAILER, 0) + (0 if plan.fill_down else left.get(BARE, 0))
    counts = {
        NoteCode.TOTALS_SKIPPED: left.get(TOTAL, 0),
        NoteCode.FOOTER_SKIPPED: footers,
        NoteCode.CANCELLED_SKIPPED: left.get(CANCELLED, 0),
        NoteCode.ZERO_SKIPPED: left.get(ZERO, 0),
        NoteCode.DUE_FROM_TERMS: due_made,
        NoteCode.ISSUE_DATE_MADE: issue_made,
        NoteCode.AMOUNT_ROUNDED: finer,
    }
    notes = [Note(code, count=count) for code, count in counts.items() if count]
    notes += due_before_issued(connection, f"WHERE {_OK}")
    if assumed:
        of_seller = plan.default_currency == plan.seller_currency
        code = NoteCode.CURRENCY_OF_SELLER if of_seller else NoteCode.CURRENCY_ASSUMED
        notes.append(Note(code, count=assumed, currency=plan.default_currency))
    if "buyer_number" not in plan.columns:
        notes.append(Note(NoteCode.BUYER_NUMBER_MADE))
    return notes
