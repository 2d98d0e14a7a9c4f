"""The ratios of `rules.py` as the portable question `sql/ratios.sql`, from the same definitions.

python -c "from netterms.statements.rules_sql import ratios_sql; print(ratios_sql(), end='')"
"""

from __future__ import annotations

from netterms.statements.rules import CAP, DAYS_A_YEAR, RATIOS, Ratio

HEAD = """\
-- The ratios of each buyer's latest annual accounts: one row a buyer, NULL where not computable.
-- Written by statements/rules_sql.py from the ratios of statements/rules.py; a test compares them.
--
-- It reads the relation `accounts`: one row a version of a statement, an item a column in minor
-- units. Of versions known on $as_of the latest period counts, the company's own before the
-- group's, the longer before the shorter, the last version.
-- Ratios are whole-number divisions, rounded half away from zero: Python agrees exactly.
-- Each OFFSET 0 keeps PostgreSQL from working out a row's values anew for every use of them.
WITH known AS (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY buyer ORDER BY period_end DESC, consolidated, months DESC, version DESC
    ) AS place
  FROM accounts
  WHERE known_on <= $as_of AND period_end <= $as_of
),
fractions AS (
  -- Every ratio as numerator (with its decimals in it) over denominator, NULL where there is none.
  SELECT
    buyer,
    period_end,
"""
MIDDLE = """
  FROM known
  WHERE place = 1
  OFFSET 0
),
capped AS (
  -- Beyond a hundred million a ratio says no more.
  SELECT
    buyer,
    period_end,
"""
FOOT = """
  FROM fractions
  OFFSET 0
)
-- round_half_up(a / b) = floor((2a + b) / 2b) for a, b > 0; floor(x / y) = (x - mod(x, y)) / y is a
-- division without a rest, so ROUND only takes the noise of binary numbers off it.
SELECT
  buyer,
"""
AGE = """\
  CAST(12 * (EXTRACT(YEAR FROM CAST($as_of AS DATE) + INTERVAL 1 DAY)
             - EXTRACT(YEAR FROM period_end + INTERVAL 1 DAY))
    + EXTRACT(MONTH FROM CAST($as_of AS DATE) + INTERVAL 1 DAY)
    - EXTRACT(MONTH FROM period_end + INTERVAL 1 DAY)
    - CASE WHEN EXTRACT(DAY FROM CAST($as_of AS DATE) + INTERVAL 1 DAY)
                < EXTRACT(DAY FROM period_end + INTERVAL 1 DAY) THEN 1 ELSE 0 END AS BIGINT)
    AS statement_age_months
FROM capped
"""


def ratios_sql() -> str:
    """The text of the portable question."""
    return (
        HEAD
        + ",\n".join(_fraction(ratio) for ratio in RATIOS)
        + MIDDLE
        + ",\n".join(_capped(ratio) for ratio in RATIOS)
        + FOOT
        + "".join(_divided(ratio) + ",\n" for ratio in RATIOS)
        + AGE
    )


def _fraction(ratio: Ratio) -> str:
    top = " + ".join(_wide(name) for name in ratio.top)
    top += "".join(f" - {_wide(name)}" for name in ratio.less)
    top = f"({top})" if len(ratio.items) > 2 else top
    bottom = f"CASE WHEN {ratio.bottom} > 0 THEN {_wide(ratio.bottom)} END"
    scale = 10**ratio.places
    if ratio.days:
        # From the left: two small numbers together would not fit.
        top, bottom = f"{top} * {scale * DAYS_A_YEAR} * months", f"12 * ({bottom})"
    elif ratio.flow:
        top, bottom = f"{scale * 12} * {top}", f"months * ({bottom})"
    else:
        top = f"{scale} * {top}"
    return f"    {top} AS {ratio.name}_top,\n    {bottom} AS {ratio.name}_bottom"


def _wide(name: str) -> str:
    return f"CAST({name} AS DECIMAL(38, 0))"


def _capped(ratio: Ratio) -> str:
    name, most = ratio.name, CAP * 10**ratio.places
    bound = f"{most} * {name}_bottom"
    return (
        f"    CASE WHEN {name}_top > {bound} THEN {bound}\n"
        f"         WHEN {name}_top < -{bound} THEN -{bound}\n"
        f"         ELSE {name}_top END AS {name}_top,\n"
        f"    {name}_bottom"
    )


def _divided(ratio: Ratio) -> str:
    top, bottom = f"ABS({ratio.name}_top)", f"{ratio.name}_bottom"
    twice = f"2 * {top} + {bottom}"
    whole = (
        f"ROUND(CAST({twice} - MOD({twice}, 2 * {bottom}) AS DOUBLE)\n"
        f"    / CAST(2 * {bottom} AS DOUBLE))"
    )
    signed = f"CAST(SIGN({ratio.name}_top) * {whole} / {10**ratio.places}"
    return f"  {signed}\n    AS DECIMAL(18, {ratio.places})) AS {ratio.name}"
