"""The SQL that turns raw cells into typed rows, and says of each row what is wrong with it.

One statement makes `staged` with a row for every raw row: `skip` (why it is left out) and `mask`
(one bit for every check that fails); what is not to be staged is deleted afterwards. It is built in
layers: cells read, amounts in minor units, the derivations of dates and open amounts, the checks.
"""

from __future__ import annotations

# ruff: noqa: S608  (SQL is put together from column positions and escaped literals only)
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from netterms.kernel.money import exponent
from netterms.receivables.intake import lookups
from netterms.receivables.intake.amounts import AmountReading
from netterms.receivables.intake.checks import CHECKS
from netterms.receivables.intake.dates import DateReading
from netterms.receivables.intake.guess import Column
from netterms.receivables.intake.sqltext import literal, literals, text
from netterms.receivables.intake.synonyms import AMOUNT_FIELDS, DATE_FIELDS
from netterms.receivables.intake.words import EMPTY_TEXTS, FORMULA_ERRORS, NO_AMOUNTS

_MOST = 10**15  # in major units: no invoice is larger, and sums stay far from overflow

WORKING_COLUMNS = ("assumed", "finer", "due_made", "issue_made", "skip", "mask")

BLIND_CURRENCY = "USD"  # taken where nothing at all speaks of a currency

# Why a row is left out without being bad.
KEEP, BLANK, TOTAL, BARE, HEADING, CANCELLED, ZERO, REPEAT, TRAILER = range(9)
TOTAL_WORD = (
    r"'^\s*([合总總小共累]\s*[计計]|本页|本頁|小结|totals?\b|grand total|sub-?\s?total|"
    r"sum\b|summe|gesamt)'"
)


@dataclass(slots=True)
class Plan:
    """Everything decided about a file, from which the SQL is built."""

    columns: Mapping[str, Column]
    loaded: list[int]  # positions of the columns in intake_raw
    last_heading: str
    dates: Mapping[str, DateReading]
    amounts: Mapping[str, AmountReading]
    heading_currency: str = ""
    heading_definite: bool = False  # whether no other currency can be meant by it
    stated_currency: str = ""  # by a line above or below the table
    given_currency: str = ""
    seller_currency: str = ""
    default_currency: str = BLIND_CURRENCY
    currencies: list[str] = field(default_factory=list)  # all that can occur
    plain: frozenset[str] = frozenset()  # text fields whose cells need no cleaning
    formulas: bool = False  # whether a workbook holds formulas without a result
    fill_down: bool = False
    today: date | None = None  # for a book: what is dated later is bad

    @property
    def home_currency(self) -> str:
        """What a sign that several currencies share means, where it can; "" says nothing of it."""
        return self.given_currency or self.stated_currency or self.seller_currency

    @property
    def usual_currency(self) -> str:
        """What rows that name none are in."""
        said = self.heading_currency or self.stated_currency
        return said or self.given_currency or self.default_currency

    def cell(self, name: str) -> str | None:
        """SQL for the raw cell of a field, or None where the file has none."""
        column = self.columns.get(name)
        return None if column is None or column.constant is not None else f"x.c{column.index}"

    def constant(self, name: str) -> str | None:
        column = self.columns.get(name)
        return None if column is None else column.constant


def _text_of(plan: Plan, name: str) -> str:
    """SQL for a field's text: NULL when empty."""
    cell = plan.cell(name)
    value = plan.constant(name)
    if value is not None:
        return literal(value)
    if cell is None:
        return "CAST(NULL AS VARCHAR)"
    if name in plan.plain:
        return cell
    cleaned = f"CASE WHEN {cell} NOT IN ({literals(EMPTY_TEXTS)}) THEN {text(cell)} END"
    return f"regexp_replace({cleaned}, '^([0-9]+)[.]0+$', '\\1')"


def _known_text(plan: Plan, name: str, meaning: str = "text") -> str:
    """SQL for the text of a field that has a lookup table, or for its stable number."""
    value = plan.constant(name)
    if value is not None:
        return literal(value)
    return f"t_{name}.{meaning}" if plan.cell(name) else "CAST(NULL AS VARCHAR)"


def _joins(plan: Plan) -> str:
    cells = {name: plan.cell(name) for name in plan.columns}
    joins = [
        f"LEFT JOIN intake_word_{name} w_{name} ON {cells[name]} = w_{name}.cell"
        for name in ("currency", "country", "kind", "status", "terms")
        if cells.get(name)
    ]
    joins += [
        f"LEFT JOIN intake_text_{name} t_{name} ON {_buyer(plan, name)} = t_{name}.cell"
        for name in ("company_code", "buyer_number", "buyer_name")
        if cells.get(name)
    ]
    readings: dict[str, AmountReading | DateReading] = {**plan.dates, **plan.amounts}
    joins += [
        f"LEFT JOIN {reading.table} f_{name} ON {cells[name]} = f_{name}.cell"
        for name, reading in readings.items()
        if reading.table
    ]
    return "\n".join(joins)


def _buyer(plan: Plan, name: str) -> str:
    filled = plan.fill_down and name != "company_code"
    return f"x.filled_{name}" if filled else str(plan.cell(name))


def _word(plan: Plan, name: str, meaning: str, sql_type: str) -> str:
    """SQL for the meaning of a word column, of a constant, or NULL."""
    if plan.cell(name):
        return f"w_{name}.{meaning}"
    value = plan.constant(name)
    found = lookups.constant(name, value)[meaning] if value is not None else None
    shown = "NULL" if found is None else literal(str(found))
    return f"CAST({shown} AS {sql_type})"


def _word_set(plan: Plan, name: str) -> str:
    cell = plan.cell(name)
    if cell is None:
        return "false" if plan.constant(name) is None else "true"
    return f"({cell} IS NOT NULL AND NOT coalesce(w_{name}.blank, false))"


def _date_columns(plan: Plan) -> list[str]:
    lines = []
    for name in DATE_FIELDS:
        cell = plan.cell(name)
        if cell is None:
            lines += [f"CAST(NULL AS DATE) AS {name}_read", f"false AS {name}_bad"]
            continue
        reading = plan.dates[name]
        if not reading.table:
            lines += [f"{reading.value(cell, '')} AS {name}_read", f"false AS {name}_bad"]
            continue
        lines.append(f"{reading.value(cell, f'f_{name}')} AS {name}_read")
        lines.append(
            f"({name}_read IS NULL AND NOT {reading.blank(cell, f'f_{name}')}) AS {name}_bad"
        )
    return lines


def _amount_columns(plan: Plan) -> list[str]:
    lines = []
    for name in AMOUNT_FIELDS:
        cell = plan.cell(name)
        if cell is None:
            lines += [f"CAST(NULL AS DECIMAL(18,6)) AS {name}_fast", f"false AS {name}_set"]
            lines.append(f"CAST(NULL AS DECIMAL(38,12)) AS {name}_slow")
            continue
        reading = plan.amounts[name]
        lines.append(f"{reading.fast(cell)} AS {name}_fast")
        if reading.table:
            lines.append(f"f_{name}.value AS {name}_slow")
            lines.append(
                f"({cell} IS NOT NULL AND NOT coalesce(f_{name}.blank, false)) AS {name}_set"
            )
        else:
            lines.append(f"CAST(NULL AS DECIMAL(38,12)) AS {name}_slow")
            lines.append(f"({cell} IS NOT NULL) AS {name}_set")
    return lines


def _formula_columns(plan: Plan) -> list[str]:
    """Whether each field's cell is a formula without a result, or one that failed."""
    lines = []
    for name in plan.columns:
        cell = plan.cell(name)
        reading = plan.amounts.get(name) or plan.dates.get(name)
        failed = NO_AMOUNTS if name in plan.amounts else FORMULA_ERRORS
        if cell and reading and reading.table:
            found = f"(starts_with({cell}, '=') OR {cell} IN ({literals(failed)}))"
        else:
            found = f"starts_with({cell}, '=')" if cell and plan.formulas else "false"
        lines.append(f"coalesce({found}, false) AS {name}_formula")
    return lines


def _sign(plan: Plan, *, strong: bool) -> str:
    """SQL for the currency that stands in the amount cells of the row."""
    wanted = "" if strong else "NOT "
    signs = [
        f"CASE WHEN {wanted}f_{name}.strong THEN nullif(f_{name}.currency, '') END"
        for name in ("amount", "open_amount")
        if name in plan.amounts and plan.amounts[name].table
    ]
    return f"coalesce({', '.join(signs)})" if signs else "CAST(NULL AS VARCHAR)"


def _heading_sign(plan: Plan) -> str:
    return literal(plan.heading_currency) if plan.heading_definite else "NULL"


def _skip(plan: Plan) -> str:
    """SQL for why a row is left out, by its raw cells. Only rows without a date are suspected."""
    mapped = [plan.cell(name) for name in plan.columns]
    cells = [cell for cell in mapped if cell]
    blank = " AND ".join(f"{text(cell)} IS NULL" for cell in cells)
    words = " OR ".join(
        f"regexp_matches(lower(coalesce(x.c{k}, '')), {TOTAL_WORD})" for k in plan.loaded
    )
    raw_buyer = [cell for name in ("buyer_number", "buyer_name") if (cell := plan.cell(name))]
    no_buyer = " AND ".join(f"{text(cell)} IS NULL" for cell in raw_buyer)
    money = plan.columns.get("amount") or plan.columns["open_amount"]
    number = f"(invoice_cell IS NULL OR regexp_matches(lower(invoice_cell), {TOTAL_WORD}))"
    trailer = _trailer(plan)
    return f"""CASE WHEN issued_on_read IS NOT NULL OR due_on_read IS NOT NULL THEN {KEEP}
        WHEN {blank} THEN {BLANK}
        WHEN {number} AND ({words}) THEN {TOTAL}
        WHEN x.c{money.index} = {literal(money.heading)} THEN {HEADING}
        WHEN (issued_on_bad OR due_on_bad) AND {trailer} THEN {TRAILER}
        WHEN issued_on_bad OR due_on_bad THEN {KEEP}
        WHEN {no_buyer} AND invoice_cell IS NULL AND (amount_set OR open_amount_set) THEN {TOTAL}
        WHEN NOT amount_set AND NOT open_amount_set AND invoice_cell IS NULL THEN {BARE}
        WHEN {trailer} THEN {TRAILER}
        ELSE {KEEP} END"""


def _trailer(plan: Plan) -> str:
    """SQL for whether a row may be words below the table, such as "Prepared by Anna".

    Few of its cells are filled, and where an invoice has its number, dates and amounts there is no
    digit and no formula: what was meant as a value and cannot be read is for a person to mend.
    """
    filled = " + ".join(f"CAST({text(f'x.c{k}')} IS NOT NULL AS INTEGER)" for k in plan.loaded)
    values = ("invoice_number", *DATE_FIELDS, *AMOUNT_FIELDS)
    cells = [cell for name in values if (cell := plan.cell(name))]
    # half-width, full-width and any other digits
    wordy = [f"NOT regexp_matches(coalesce({cell}, ''), '^=|\\p{{Nd}}')" for cell in cells]
    failed = [f"NOT {name}_formula" for name in values if name in plan.columns]
    few = f"2 * ({filled}) <= {len(plan.loaded)}"
    return "(" + " AND ".join(["x.surplus IS NULL", few, *wordy, *failed]) + ")"


def _read_layer(plan: Plan) -> str:
    number = _known_text(plan, "buyer_number", "number")
    made = _known_text(plan, "buyer_name", "number")
    email = plan.cell("email")
    mail = f"CASE WHEN strpos({email}, '@') > 0 THEN {text(email)} END" if email else "NULL"
    lines = [
        "x.row_no",
        "x.surplus",
        f"coalesce({_known_text(plan, 'company_code')}, '') AS company_code",
        f"coalesce({number}, {made}) AS buyer_number",
        f"coalesce({_known_text(plan, 'buyer_name')}, {number}) AS buyer_name",
        f"coalesce({_word(plan, 'country', 'code', 'VARCHAR')}, '') AS country",
        f"coalesce({mail}, '') AS email",
        f"{_word(plan, 'currency', 'code', 'VARCHAR')} AS currency_word",
        f"{_word_set(plan, 'currency')} AS currency_set",
        f"{_sign(plan, strong=True)} AS strong_sign",
        f"{_sign(plan, strong=False)} AS weak_sign",
        f"CAST({_heading_sign(plan)} AS VARCHAR) AS heading_sign",
        f"{_text_of(plan, 'invoice_number')} AS invoice_cell",
        f"{_text_of(plan, 'sequence')} AS sequence_cell",
        f"{_word(plan, 'kind', 'word', 'VARCHAR')} AS kind_word",
        f"{_word(plan, 'status', 'word', 'VARCHAR')} AS status_word",
        f"{_word_set(plan, 'status')} AS status_set",
        f"{_word(plan, 'terms', 'days', 'INTEGER')} AS terms_days",
        f"{_word(plan, 'terms', 'month_end', 'BOOLEAN')} AS month_end",
        f"{_word_set(plan, 'terms')} AS terms_set",
        *_date_columns(plan),
        *_amount_columns(plan),
        *_formula_columns(plan),
        f"CAST({literal(str(plan.today)) if plan.today else 'NULL'} AS DATE) AS today",
        f"{_skip(plan)} AS skip",
    ]
    return "SELECT " + ",\n    ".join(lines) + f"\nFROM intake_cells x\n{_joins(plan)}"


def _minor(name: str, places: int) -> str:
    factor = 10**places
    if places <= 2:  # fits: the fast way reads at most twelve digits before the point
        fast = f"CAST(CAST({name}_fast AS DECIMAL(18,{places})) * {factor} AS BIGINT)"
    else:
        fast = f"TRY_CAST(CAST({name}_fast AS DECIMAL(38,{places})) * {factor} AS BIGINT)"
    slow = f"TRY_CAST(TRY(round({name}_slow, {places}) * {factor}) AS BIGINT)"
    bounded = f"CASE WHEN abs({name}_slow) < {_MOST} THEN {slow} END"
    return f"coalesce({fast}, {bounded})"


def _by_exponent(plan: Plan, expression: str, name: str) -> str:
    """SQL that depends on the currency's exponent; `expression` has a blank for it."""
    places = sorted({exponent(code) for code in plan.currencies} | {2})
    written = {p: expression.format(p) if expression else _minor(name, p) for p in places}
    if len(places) == 1:
        return written[places[0]]
    cases = []
    for p in places:
        if p != 2:
            codes = [code for code in plan.currencies if exponent(code) == p]
            cases.append(f"WHEN currency IN ({literals(codes)}) THEN {written[p]}")
    return f"CASE {' '.join(cases)} ELSE {written[2]} END"


def _minor_layer(plan: Plan) -> str:
    choices = ["currency_word", "strong_sign", "weak_sign"]
    if plan.heading_currency:
        choices[1:1] = [literal(plan.heading_currency)]
    if plan.stated_currency:
        choices[-1:-1] = [literal(plan.stated_currency)]
    if plan.given_currency:
        choices[-1:-1] = [literal(plan.given_currency)]
    known = f"coalesce({', '.join(choices)})"
    minors = [f"{_by_exponent(plan, '', name)} AS {name}_signed" for name in AMOUNT_FIELDS]
    finer = _by_exponent(
        plan,
        "(CAST(amount_fast AS DECIMAL(18,{0})) <> amount_fast "
        "OR round(amount_slow, {0}) <> amount_slow)",
        "amount",
    )
    return f"""SELECT *, {", ".join(minors)}, coalesce({finer}, false) AS finer
FROM (SELECT *, {known} IS NULL AS assumed,
    coalesce({known}, {literal(plan.default_currency)}) AS currency FROM read)"""


# An open amount that stands alone is the amount too: whether it is open then depends on the rest.
_DERIVED = """SELECT *,
    coalesce(amount_signed, CASE WHEN NOT amount_set
        THEN open_amount_signed + coalesce(paid_amount_signed, 0) END) AS whole,
    abs(whole) AS amount_minor,
    (coalesce(kind_word = 'credit_note', false) OR coalesce(whole < 0, false)) AS credit,
    coalesce(due_on_read, CASE WHEN NOT due_on_bad AND month_end THEN last_day(issued_on_read) + terms_days
                               WHEN NOT due_on_bad THEN issued_on_read + terms_days END) AS due_on,
    coalesce(issued_on_read, CASE WHEN NOT issued_on_bad AND terms_days IS NOT NULL AND NOT month_end
                                  THEN due_on_read - terms_days
                                  WHEN NOT issued_on_bad THEN due_on_read END) AS issued_on,
    CASE WHEN open_amount_signed IS NOT NULL
             AND (amount_set OR paid_amount_signed IS NOT NULL OR status_word = 'partial')
             THEN abs(open_amount_signed)
         WHEN paid_amount_signed IS NOT NULL THEN amount_minor - abs(paid_amount_signed)
         WHEN paid_on_read IS NOT NULL OR status_word = 'closed' THEN 0
         ELSE amount_minor END AS open_minor
FROM minor"""  # noqa: E501


def _skip_layer() -> str:
    return f"""SELECT * REPLACE (CASE
    WHEN skip IN ({KEEP}, {TRAILER}) AND (status_word = 'cancelled' OR kind_word = 'cancelled')
        THEN {CANCELLED}
    WHEN skip = {KEEP} AND amount_minor = 0 AND open_minor = 0
        AND (paid_on_read IS NOT NULL OR status_word = 'closed' OR open_amount_signed = 0)
        THEN {ZERO}
    ELSE skip END AS skip)
FROM derived"""


def typed_statement(plan: Plan) -> str:
    """The statement that makes `staged`, with working columns at its end, from `intake_cells`."""
    bits = " | ".join(
        f"CASE WHEN {check.condition} THEN {1 << bit} ELSE 0 END"
        for bit, check in enumerate(CHECKS)
        if not check.fields or any(name in plan.columns for name in check.fields)
    )
    return f"""CREATE OR REPLACE TABLE staged AS
WITH read AS ({_read_layer(plan)}),
minor AS ({_minor_layer(plan)}),
derived AS ({_DERIVED}),
judged AS ({_skip_layer()})
SELECT row_no, company_code, buyer_number, buyer_name, country, email, currency,
    CASE WHEN invoice_cell IS NOT NULL THEN invoice_cell
         WHEN sequence_cell IS NOT NULL THEN buyer_number || '-' || sequence_cell
    END AS invoice_number,
    CASE WHEN credit THEN 'credit_note' ELSE 'invoice' END AS kind, issued_on, due_on, amount_minor,
    open_minor, CASE WHEN open_minor = 0 THEN paid_on_read END AS settled_on,
    tangible_net_worth_signed AS tangible_net_worth_minor,
    annual_turnover_signed AS annual_turnover_minor,
    assumed, finer, due_on_read IS NULL AS due_made, issued_on_read IS NULL AS issue_made, skip,
    CASE WHEN skip IN ({KEEP}, {TRAILER}) THEN {bits} ELSE 0 END AS mask
FROM judged"""
