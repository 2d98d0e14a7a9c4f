"""The limit rules compiled to portable SQL: a whole book in one pass, equal to `rules.recommend`.

Amounts are minor units below 10^15 (the exact division needs that head room).
"""

# Text is built from settings (numbers) and our own column names only.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from netterms.kernel.money import DEFAULT_EXPONENT, EXPONENTS
from netterms.limits.formulas import Formula, heuristic_percent_sql
from netterms.limits.rules import (
    DAYS_IN_YEAR,
    MONTHS_IN_YEAR,
    SHARE_PLACES,
    GradeShares,
    LimitReason,
    LimitSettings,
)

_UNIT = 10**SHARE_PLACES
# Amounts of which a share is a cap.
_SHARED = ("need", "tangible_net_worth", "annual_turnover", "seller_annual_sales")
_NO_ACCOUNTS = "tangible_net_worth_minor IS NULL AND annual_turnover_minor IS NULL"


def need_sql(
    settings: LimitSettings, sales: str = "annual_sales_minor", days: str = "credit_days"
) -> str:
    """`rules.limit_needed` as an expression (BIGINT minor units) over two columns and `currency`.

    Sales of zero or more; NULL when either column is.
    """
    step = f"(CAST({_minor_units('currency')} AS BIGINT) * {settings.need_step_major})"
    year = f"({step} * {DAYS_IN_YEAR})"
    used = f"(CAST({sales} AS DECIMAL(38, 0)) * {days})"
    return f"{_floor_division(f'({used} + {year} - 1)', year)} * {step}"


def pace_sql(yearly: str, peak: str = "peak_minor") -> str:
    """`rules.busiest_pace` of a year's sales and those of the busiest month, as an expression."""
    return f"GREATEST({yearly}, {MONTHS_IN_YEAR} * {peak})"


def recommend_sql(
    settings: LimitSettings,
    source: str = "limit_facts",
    keep: Sequence[str] = ("buyer", "currency"),
    fence: str = "",
) -> str:
    """A SELECT over `source` with the `keep` columns, `limit_minor` and `limit_reasons`.

    `source` is a table or a bracketed query with the columns need_minor, grade,
    tangible_net_worth_minor, annual_turnover_minor, seller_annual_sales_minor,
    insured_limit_minor, sanctions_hit (boolean) and open_stage; where the settings choose them
    also median_reference_doubled (twice the median trade reference in minor units) and the fields
    of `formulas.Trading`, NULL for not known. `limit_reasons` is the codes of
    `LimitReason` joined by commas, in the order of `rules.recommend`. `fence` (OFFSET 0) keeps
    PostgreSQL from working out a layer anew for every use of it; other engines need none.
    """
    caps = _caps(settings)
    stops = _stops(settings)
    columns = ", ".join(keep)
    sized = f"SELECT *, {_sizes()} FROM {source} AS facts"
    named = ", ".join(f"{text} AS cap_{code.value}" for code, text in caps)
    stopped = " OR ".join(test for _, test in stops)
    capped = (
        f"SELECT *, {named}, CASE WHEN {stopped} THEN 1 ELSE 0 END AS is_stopped"
        f" FROM ({sized} {fence}) AS sized"
    )
    least = ", ".join(f"cap_{code.value}" for code, _ in caps)
    bounded = f"SELECT *, LEAST({least}) AS smallest_cap FROM ({capped} {fence}) AS capped"
    bound = " ".join(
        f"WHEN cap_{code.value} = smallest_cap THEN '{code.value}'" for code, _ in caps
    )
    reasons = _joined([f"CASE {bound} END", *_remarks(settings)])
    why_stopped = _joined(f"CASE WHEN {test} THEN '{code.value}' END" for code, test in stops)
    return (
        f"SELECT {columns}, "
        "CASE WHEN is_stopped = 1 THEN 0 ELSE smallest_cap END AS limit_minor, "
        f"CASE WHEN is_stopped = 1 THEN {why_stopped} ELSE {reasons} END AS limit_reasons "
        f"FROM ({bounded} {fence}) AS bounded"
    )


def _remarks(settings: LimitSettings) -> list[str]:
    """What is not known, and which formula chosen bounds nothing for that."""
    tests = [(_NO_ACCOUNTS, LimitReason.ACCOUNTS_UNKNOWN)]
    for formula, cap, remark in (
        (Formula.THREE_WAY, LimitReason.THREE_WAY, LimitReason.REFERENCES_UNKNOWN),
        (Formula.HEURISTIC, LimitReason.HEURISTIC, LimitReason.TRADING_UNKNOWN),
    ):
        if formula in settings.formulas:
            tests.append((f"cap_{cap.value} IS NULL", remark))
    return [f"CASE WHEN {test} THEN '{remark.value}' END" for test, remark in tests]


def _sizes() -> str:
    """Each amount, never below zero, and how many whole units of a share's last place it has.

    NULL stays NULL: an unknown amount is no cap.
    """
    columns = []
    for name in _SHARED:
        amount = f"CASE WHEN {name}_minor < 0 THEN 0 ELSE CAST({name}_minor AS BIGINT) END"
        columns += [f"{amount} AS {name}_amount", f"{_floor(amount, str(_UNIT))} AS {name}_units"]
    return ", ".join(columns)


def _caps(settings: LimitSettings) -> list[tuple[LimitReason, str]]:
    need = _by_grade(settings, "need")
    return [
        (LimitReason.NEED, "need_amount"),
        (LimitReason.NEED_SHARE, f"CASE WHEN {_NO_ACCOUNTS} THEN {_share('need', need)} END"),
        *_capacity_caps(settings),
        (LimitReason.INSURED, _covered(settings.tolerated_uninsured_share)),
        (
            LimitReason.CONCENTRATION,
            _share("seller_annual_sales", _whole(settings.concentration_share)),
        ),
    ]


def _capacity_caps(settings: LimitSettings) -> list[tuple[LimitReason, str]]:
    worth, caps = "tangible_net_worth", []
    if Formula.CAPACITY in settings.formulas:
        caps = [
            (LimitReason.NET_WORTH, _share(worth, _by_grade(settings, "net_worth"))),
            (LimitReason.TURNOVER, _share("annual_turnover", _by_grade(settings, "turnover"))),
        ]
    if settings.net_worth_rule is not None:
        caps.append((LimitReason.NET_WORTH_RULE, _share(worth, _whole(settings.net_worth_rule))))
    if Formula.THREE_WAY in settings.formulas:
        caps.append((LimitReason.THREE_WAY, _three_way()))
    if Formula.HEURISTIC in settings.formulas:
        percent = f"({heuristic_percent_sql()}) * {_UNIT // 100}"
        caps.append((LimitReason.HEURISTIC, _share(worth, percent)))
    return caps


def _three_way() -> str:
    """(net worth / 10 + median + need) / 3, half-up: floor((2a + b) / 2b) with b = 60.

    The median of two references in the middle may be half a unit, so it comes doubled.
    """
    top = (
        "(2 * CAST(tangible_net_worth_amount AS DECIMAL(38, 0))"
        " + 10 * CAST(median_reference_doubled AS DECIMAL(38, 0))"
        " + 20 * CAST(need_amount AS DECIMAL(38, 0)))"
    )
    return f"CAST({_floor_division(f'(2 * {top} + 60)', '120')} AS BIGINT)"


def _by_grade(settings: LimitSettings, name: str) -> str:
    def share(row: GradeShares) -> Decimal:
        return {"need": row.need, "net_worth": row.net_worth, "turnover": row.turnover}[name]

    arms = " ".join(
        f"WHEN grade = {grade} THEN {_whole(share(row))}" for grade, row in settings.shares.items()
    )
    return f"CASE {arms} END"


def _whole(share: Decimal) -> str:
    """A share in whole units of its last place, so that everything is whole numbers."""
    return str(int(share * _UNIT))


def _share(name: str, share: str) -> str:
    """Half-up share of an amount: of its whole units, and of what is left of them."""
    left = f"({name}_amount - {_UNIT} * {name}_units) * ({share}) + {_UNIT // 2}"
    return f"{name}_units * ({share}) + {_floor(left, str(_UNIT))}"


def _covered(tolerated: Decimal) -> str:
    """Insured limit / (1 - tolerated share), half-up: floor((2a + b) / 2b)."""
    kept = int((1 - tolerated) * _UNIT)
    if kept == _UNIT:
        return "CAST(insured_limit_minor AS BIGINT)"
    top = f"(CAST(insured_limit_minor AS DECIMAL(38, 0)) * {2 * _UNIT} + {kept})"
    return f"CAST({_floor_division(top, str(2 * kept))} AS BIGINT)"


def _floor(top: str, bottom: str) -> str:
    """Floor of two whole numbers, above by 0 or more and below 2^53.

    Their binary quotient is rounded rightly, and the true one is a whole number or further from
    the next than that rounding.
    """
    return f"CAST(FLOOR(CAST({top} AS DOUBLE) / CAST({bottom} AS DOUBLE)) AS BIGINT)"


def _floor_division(top: str, bottom: str) -> str:
    """Floor of two whole numbers, above by 0 or more; the same on every engine.

    The rest is taken off first, so the division is without one and ROUND only removes the noise
    of binary numbers.
    """
    whole = f"CAST({top} - MOD({top}, {bottom}) AS DOUBLE)"
    return f"CAST(ROUND({whole} / CAST({bottom} AS DOUBLE)) AS BIGINT)"


def _stops(settings: LimitSettings) -> list[tuple[LimitReason, str]]:
    return [
        (LimitReason.SANCTIONS_HIT, "sanctions_hit"),
        (LimitReason.GRADE_UNKNOWN, "grade IS NULL"),
        (LimitReason.GRADE_TOO_WEAK, f"grade >= {settings.stop_from_grade}"),
        (LimitReason.STAGE_TOO_LATE, f"open_stage >= {settings.stop_from_stage}"),
    ]


def _joined(codes: Iterable[str]) -> str:
    return f"CONCAT_WS(',', {', '.join(codes)})"


def _minor_units(currency: str) -> str:
    """Minor units in one major unit of the currency (ISO 4217)."""
    places: dict[int, list[str]] = {}
    for code, exponent in EXPONENTS.items():
        places.setdefault(exponent, []).append(f"'{code}'")
    arms = " ".join(
        f"WHEN {currency} IN ({', '.join(codes)}) THEN {10**exponent}"
        for exponent, codes in sorted(places.items())
    )
    return f"CASE {arms} ELSE {10**DEFAULT_EXPONENT} END"
