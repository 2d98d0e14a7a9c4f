"""Amounts in cells: which separator is the decimal one, and the SQL that reads them.

Plain numbers take the fast way, a cast. The others (grouping, signs, currencies, brackets) are
read once per different text, in SQL, and joined back.
"""

# ruff: noqa: S608  (SQL is put together from column positions and escaped literals only)

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import duckdb

from netterms.kernel.money import exponent
from netterms.receivables.intake.guess import Column
from netterms.receivables.intake.reasons import Note, NoteCode
from netterms.receivables.intake.sqltext import HALF_WIDTH, fill, literal, literals
from netterms.receivables.intake.units import ONE
from netterms.receivables.intake.words import (
    EMPTY_WORDS,
    NO_AMOUNTS,
    SHARED_SIGNS,
    UNIT_WORDS,
    currency_code,
)

_AMBIGUOUS = r"'^\s*[-+]?[1-9][0-9]{0,2}[.][0-9]{3}\s*$'"


# Forms with a comma that are clear in themselves: 1,234.56 and 1.234,56 or 1234,5.
_CLEAR_POINT = r"'-?[0-9]{1,3}(,[0-9]{3})+[.][0-9]{1,2}'"
_CLEAR_COMMA = r"'-?([0-9]{1,3}([.][0-9]{3})+|[0-9]+),[0-9]{1,2}'"


@dataclass(frozen=True, slots=True)
class AmountReading:
    """How one amount column is read. `table` holds the slow cells; "" when there are none.

    `style` is "point" or "comma". `dots` and `commas` tell whether the fast way may and must read
    cells with a point and with a comma.
    """

    style: str
    dots: bool
    commas: bool
    unit: Decimal
    table: str

    def fast(self, cell: str) -> str:
        """SQL for a plain number in `cell` as DECIMAL(18,6), exact, else NULL."""
        if not self.table and not self.commas:
            return f"try_cast({cell} AS DECIMAL(18,6))"
        return _fast(cell, dots=self.dots, unit=self.unit, commas=self.commas)


def _fast(cell: str, *, dots: bool, unit: Decimal, commas: bool = True) -> str:
    if unit != 1:
        return "CAST(NULL AS DECIMAL(18,6))"
    exact = f"OR length({cell}) - strpos({cell}, '.') <= 6" if dots else ""
    plain = (
        f"WHEN (strpos({cell}, '.') = 0 {exact}) AND strpos({cell}, '_') = 0 "
        f"THEN try_cast({cell} AS DECIMAL(18,6))"
    )
    english, german = f"replace({cell}, ',', '')", f"replace(replace({cell}, '.', ''), ',', '.')"
    grouped = (
        f"WHEN strpos({cell}, ',') > 0 THEN CASE "
        f"WHEN regexp_full_match({cell}, {_CLEAR_POINT}) THEN try_cast({english} AS DECIMAL(18,6)) "
        f"WHEN regexp_full_match({cell}, {_CLEAR_COMMA}) THEN try_cast({german} AS DECIMAL(18,6)) "
        "END "
    )
    return f"CASE {grouped if commas else ''}{plain} END"


_FAST_VOTES = f"""
SELECT count(*) FILTER (WHERE plain AND dot > comma AND NOT unclear),
    count(*) FILTER (WHERE plain AND comma > dot), count(*) FILTER (WHERE plain AND comma > 0),
    count(*) FILTER (WHERE plain AND unclear),
    count(*) FILTER (WHERE plain AND dot + comma = 0 AND size >= 4),
    min(c) FILTER (WHERE plain AND unclear), count(*) FILTER (WHERE NOT plain)
FROM (SELECT c, dot, comma, size, ({{fast}}) IS NOT NULL AS plain,
             dot > 1 AND size - dot BETWEEN 3 AND 6 AND size < 14
                 AND regexp_matches(c, {_AMBIGUOUS}) AS unclear
      FROM (SELECT {{cell}} AS c, strpos({{cell}}, '.') AS dot, strpos({{cell}}, ',') AS comma,
                   length({{cell}}) AS size
            FROM intake_raw WHERE {{cell}} IS NOT NULL))
"""

_PARTS = rf"""
CREATE OR REPLACE TEMP TABLE {{table}} AS
WITH slow AS (
    SELECT DISTINCT {{cell}} AS cell FROM intake_raw WHERE {{cell}} IS NOT NULL AND ({{fast}}) IS NULL
), plain AS (
    SELECT cell, regexp_replace(regexp_replace(upper({HALF_WIDTH.format("cell")}),
        '([A-Z])[.]', '\1', 'g'), '^''+', '') AS text FROM slow
), body AS (
    SELECT cell, text, rtrim(regexp_extract(text, '[.,]?[0-9][0-9., '']*'), ' ''') AS spaced FROM plain
), parts AS (
    SELECT cell, text, spaced,
        CASE WHEN regexp_matches(spaced, '^[0-9]{{1,3}}([ ''][0-9]{{3}})+([.,][0-9]*)?$')
             THEN translate(spaced, ' ''', '') ELSE spaced END AS body,
        replace(text, spaced, ' ') AS rest
    FROM body
)
SELECT cell, text, body,
    regexp_matches(text, '[(][^()]*[0-9][^()]*[)]') OR regexp_matches(rest, '-|(^|[^A-Z])CR$|贷$')
        AS negative,
    trim(regexp_replace(translate(rest, '()-+:', '    '), '\s(CR|DR|贷|借)$|^(CR|DR)$', '')) AS token,
    CASE WHEN contains(body, ',') AND contains(body, '.')
             THEN CASE WHEN regexp_matches(body, '[.][0-9]*$') THEN 'point' ELSE 'comma' END
         WHEN regexp_matches(body, '[.].*[.]') THEN 'comma'
         WHEN regexp_matches(body, ',.*,') THEN 'point'
         WHEN contains(spaced, ' ') OR contains(spaced, '''') OR NOT regexp_matches(body, '^[1-9][0-9]{{0,2}}[.,][0-9]{{3}}$')
             THEN CASE WHEN contains(body, '.') THEN 'point' WHEN contains(body, ',') THEN 'comma' END
         WHEN contains(body, '.') THEN 'unclear dot' ELSE 'unclear comma' END AS form
FROM parts
"""  # noqa: E501

_SLOW_VOTES = """
SELECT count(*) FILTER (WHERE form = 'point'), count(*) FILTER (WHERE form = 'comma'),
    count(*) FILTER (WHERE form LIKE 'unclear%'), min(body) FILTER (WHERE form LIKE 'unclear%')
FROM {table}
"""

_POINT = r"'^([0-9]+|[0-9]{1,3}(,[0-9]{3})+|[0-9]{1,2}(,[0-9]{2})*,[0-9]{3})?([.][0-9]*)?$'"
_COMMA = r"'^([0-9]+|[0-9]{1,3}([.][0-9]{3})+)?(,[0-9]*)?$'"


def read_amounts(
    connection: duckdb.DuckDBPyConnection,
    column: Column,
    unit: Decimal,
    currency: str,
    home: str,
    *,
    typed: bool,
) -> tuple[AmountReading, list[Note]]:
    """Decide how one amount column is read, from all its cells, and read the slow ones.

    A separator with other than three digits behind it is the decimal one; the last of two kinds
    is; one that stands twice is not. Only where no cell decides: three digits behind a separator
    are thousands, unless the currency has three decimals or the cells come from a workbook
    (`typed`), where they are numbers. `home` is what signs of several currencies mean.
    """
    cell, table = f"c{column.index}", f"intake_amount_{column.field}"
    point, comma, commas, fast_unclear, plain_long, example, slow = connection.execute(
        fill(_FAST_VOTES, cell=cell, fast=_fast("c", dots=True, unit=ONE))
    ).fetchall()[0]
    unclear = 0
    if slow:
        fast = _fast(cell, dots=True, unit=ONE)
        connection.execute(fill(_PARTS, table=table, cell=cell, fast=fast))
        slow_point, slow_comma, unclear, slow_example = connection.execute(
            fill(_SLOW_VOTES, table=table)
        ).fetchall()[0]
        point, comma, example = point + slow_point, comma + slow_comma, slow_example or example
    style, notes = _style(
        column, point, comma, (unclear, fast_unclear, plain_long),
        example, currency, typed=typed,
    )  # fmt: skip
    dots = style == "point" or not fast_unclear or (style == "decimal")
    if unit != 1 or not dots:  # cells that the fast way could read go the slow way too
        fast = _fast(cell, dots=dots, unit=unit)
        connection.execute(fill(_PARTS, table=table, cell=cell, fast=fast))
        slow = 1
    if slow:
        _fix(connection, table, style, unit, column.heading, home)
    if unit != 1:
        notes.append(Note(NoteCode.AMOUNT_UNIT, heading=column.heading, unit=f"{unit:,}"))
    shown = "comma" if style == "comma" else "point"
    return AmountReading(shown, dots, commas > 0, unit, table if slow else ""), notes


def _style(
    column: Column, point: int, comma: int, unclear: tuple[int, int, int], example: str,
    currency: str, *, typed: bool,
) -> tuple[str, list[Note]]:  # fmt: skip
    """Style by evidence: "point" or "comma"; else what an unclear separator is taken as."""
    notes = []
    if point and comma:
        notes.append(Note(NoteCode.AMOUNT_MIXED, heading=column.heading))
    if point or comma:
        return ("point" if point >= comma else "comma"), notes
    slow, fast, plain_long = unclear
    if not slow and not fast:
        return "point", notes
    if exponent(currency) >= 3:
        style = "decimal"
    elif fast and (typed or plain_long):
        style = "point"  # a real number, or whole thousands stand elsewhere without a separator
    else:
        style = "thousands"
    taken = "thousands" if style == "thousands" else "decimal"
    notes.append(
        Note(
            NoteCode.AMOUNT_AMBIGUOUS, heading=column.heading, example=example.strip(), taken=taken
        )
    )
    return style, notes


def _form(style: str) -> str:
    """SQL for the form ("point" or "comma") an unclear cell takes under `style`."""
    if style in ("point", "comma"):
        return f"'{style}'"
    dot = "point" if style == "decimal" else "comma"
    comma = "comma" if style == "decimal" else "point"
    return f"CASE WHEN form = 'unclear dot' THEN '{dot}' ELSE '{comma}' END"


def _fix(
    connection: duckdb.DuckDBPyConnection, table: str, style: str, unit: Decimal, heading: str,
    home: str,
) -> None:  # fmt: skip
    """Turn the parts in `table` into values: cell, value, currency, strong, blank."""
    tokens = connection.execute(
        f"SELECT DISTINCT token FROM {table} WHERE length(token) <= 24 LIMIT 5000"
    ).fetchall()
    known = [row for (token,) in tokens if (row := _token(token, home)) is not None]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE intake_token "
        "(token VARCHAR, currency VARCHAR, strong BOOLEAN, unit DECIMAL(18,2))"
    )
    if known:
        connection.executemany("INSERT INTO intake_token VALUES (?, ?, ?, ?)", known)
    form = f"CASE WHEN form LIKE 'unclear%' THEN {_form(style)} ELSE coalesce(form, 'point') END"
    empty = literals(word for word in EMPTY_WORDS if word not in NO_AMOUNTS)
    # Where the column has a unit, a cell may repeat it; with another unit it is no amount.
    factor = (
        "coalesce(unit, 1)"
        if unit == ONE
        else f"CASE WHEN coalesce(unit, {unit}) = {unit} THEN {unit} END"
    )
    connection.execute(f"""
CREATE OR REPLACE TEMP TABLE {table} AS
WITH formed AS (SELECT *, {form} AS shape FROM {table}),
read AS (
    SELECT f.*, t.currency, t.strong, t.unit,
        CASE WHEN t.token IS NULL OR body = '' THEN NULL
             WHEN shape = 'point' AND regexp_matches(body, {_POINT})
                 THEN try_cast(replace(body, ',', '') AS DECIMAL(30,12))
             WHEN shape = 'comma' AND regexp_matches(body, {_COMMA})
                 THEN try_cast(replace(replace(body, '.', ''), ',', '.') AS DECIMAL(30,12))
        END AS size
    FROM formed f LEFT JOIN intake_token t ON f.token = t.token
)
SELECT cell,
    TRY(CAST(CASE WHEN negative THEN -size ELSE size END AS DECIMAL(38,12))
        * CAST({factor} AS DECIMAL(18,2))) AS value,
    coalesce(currency, '') AS currency, coalesce(strong, false) AS strong,
    text = '' OR trim(cell) IN ({empty}) OR cell = {literal(heading)} AS blank
FROM read""")


def _token(token: str, home: str) -> tuple[str, str, bool, int | None] | None:
    """What stands beside the number: its currency, whether that is definite, and a unit."""
    rest = token.replace("整", "").strip()
    unit = 1 if rest.endswith(("元", "圆")) else None
    for word, size in UNIT_WORDS.items():
        if rest.startswith(word):
            rest, unit = rest[len(word) :].strip(), size
            break
    if rest in ("", "'"):
        return token, "", False, unit
    parts = [rest] if currency_code(rest) else rest.split()
    codes = [(currency_code(part, home), part in SHARED_SIGNS) for part in parts]
    if not all(code for code, _ in codes):
        return None
    definite = {code for code, shared in codes if not shared}
    if len(definite) > 1:
        return None
    code = definite.pop() if definite else codes[0][0]
    return token, code, any(not shared for _, shared in codes), unit
