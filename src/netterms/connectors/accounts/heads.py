"""What stands around the lines of accounts: periods, unit, currency, standard, whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum, auto

from netterms.kernel.calendar import add_months
from netterms.receivables.intake.headings import currency_in, fold
from netterms.receivables.intake.units import in_line
from netterms.receivables.intake.words import currency_code
from netterms.statements.rules import SCALES, Standard

Rows = Sequence[Sequence[str]]


class Relative(Enum):
    """A column that names its period only beside the paper's own date."""

    CURRENT = auto()
    PRIOR = auto()


@dataclass(frozen=True, slots=True)
class Head:
    """What a sheet says of all its columns; None and "" where it says nothing."""

    end: date | None = None
    months: int | None = None
    currency: str = ""
    unit: Decimal | None = None
    standard: Standard | None = None
    consolidated: bool | None = None
    audited: bool | None = None
    form: bool = False  # a form of the Chinese standards, in which an empty line is nought

    def or_else(self, other: Head) -> Head:
        """What it says, and what it does not say as the other has it."""
        return Head(
            self.end or other.end,
            self.months or other.months,
            self.currency or other.currency,
            self.unit or other.unit,
            self.standard or other.standard,
            other.consolidated if self.consolidated is None else self.consolidated,
            other.audited if self.audited is None else self.audited,
            self.form,
        )


_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905 - a list
_MONTH = f"({'|'.join(_MONTH_NAMES)})[a-z]*\\.?"
_YEAR = r"((?:19|20)[0-9]{2})"
_DATES = (
    (re.compile(rf"{_YEAR}\s*年\s*([0-9]{{1,2}})\s*月\s*([0-9]{{1,2}})"), "ymd"),
    (re.compile(rf"{_YEAR}[/.-]([0-9]{{1,2}})[/.-]([0-9]{{1,2}})"), "ymd"),
    (re.compile(rf"([0-9]{{1,2}})[./]([0-9]{{1,2}})[./]{_YEAR}"), "dmy"),
    (re.compile(rf"([0-9]{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH}\s+{_YEAR}"), "dmy"),
    (re.compile(rf"{_MONTH}\s+([0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}"), "mdy"),
)
_YEAR_MONTH = re.compile(rf"{_YEAR}\s*年\s*(?:[0-9]{{1,2}}\s*[-至~]\s*)?([0-9]{{1,2}})\s*月")
_YEAR_ALONE = re.compile(rf"(?<![0-9]){_YEAR}(?:\.0)?(?![0-9])")
_CURRENT = re.compile(
    "期末余额|期末数|期末金额|^期末$|本期金额|本期数|本期发生额|^本期$|本年金额|本年累计|本年数|"
    "本年发生额|^本年$|current (?:year|period)|this year"
)
_PRIOR = re.compile(
    "期初余额|期初数|期初金额|^期初$|年初余额|年初数|上年年末|上年末|上期金额|上期数|上期发生额|"
    "^上期$|上年金额|上年同期|上年累计|上年数|^上年$|(?:prior|previous|last) (?:year|period)"
)
_SOME_MONTHS = re.compile(
    r"(?:年\s*|^)1\s*[-至~]\s*([0-9]{1,2})\s*月|"
    r"\b(three|six|nine|[369])[ -]months?\b|(half[ -]year)"
)
_NUMBERS = {"three": 3, "six": 6, "nine": 9}


def dates_in(text: str) -> list[date]:
    """Every whole date in a text; of a month its last day."""
    folded = fold(text).lower()
    found = []
    for pattern, order in _DATES:
        for parts in pattern.findall(folded):
            told = dict(zip(order, parts, strict=True))
            month = told["m"]
            number = int(month) if month.isdigit() else _MONTH_NAMES.index(month[:3]) + 1
            found += _day(int(told["y"]), number, int(told["d"]))
    if not found:
        for year, month in _YEAR_MONTH.findall(folded):
            found += _last_day(int(year), int(month))
    return found


def _day(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []


def _last_day(year: int, month: int) -> list[date]:
    return [add_months(first, 1) - timedelta(days=1) for first in _day(year, month, 1)]


def period_of(heading: str, head: Head) -> date | Relative | None:
    """The period a column's heading names; None for a column that is none of amounts."""
    if found := dates_in(heading):
        return max(found)
    text = fold(heading).lower().replace("\n", " ").strip()
    joined = re.sub(r"\s+", "", text)
    if year := _YEAR_ALONE.search(text):
        end = head.end or date(2000, 12, 31)
        return add_months(date(int(year.group(1)), end.month, 1), 1) - timedelta(days=1)
    if _PRIOR.search(text) or _PRIOR.search(joined):
        return Relative.PRIOR
    if _CURRENT.search(text) or _CURRENT.search(joined):
        return Relative.CURRENT
    return None


# Captions of the head of our own template, and of papers like it; values stand to the right.
_CURRENCY_WORDS = frozenset({"currency", "币种", "货币"})
_UNIT_WORDS = frozenset({"unit", "unit of the amounts", "单位", "金额单位"})
_MONTH_WORDS = frozenset({"months of the period", "期间月数"})
_STANDARD_WORDS = frozenset({"accounting standard", "会计准则"})
_GROUP_WORDS = frozenset({"group accounts", "合并报表"})
_AUDITED_WORDS = frozenset({"audited", "经审计"})
SCALE_WORDS = {
    1: ("units", "元"),
    1_000: ("thousands", "千元"),
    10_000: ("ten thousands", "万元"),
    1_000_000: ("millions", "百万元"),
    100_000_000: ("hundred millions", "亿元"),
}
STANDARD_WORDS = {
    Standard.GB: ("Chinese standards (GB)", "中国企业会计准则"),
    Standard.IFRS: ("IFRS", "国际财务报告准则"),
    Standard.OTHER: ("other", "其他"),
}
YES, NO = ("yes", "是"), ("no", "否")
assert tuple(SCALE_WORDS) == SCALES


def head_of(name: str, above: Rows) -> Head:
    """What the name of a sheet and the rows above its lines say."""
    named = _named(above)
    lines = [name, *(" ".join(row) for row in above)]
    folded = [fold(line) for line in lines]
    whole = " ".join(folded).lower()
    found = [day for line in lines[1:] for day in dates_in(line)] or _years(folded)
    unit = _unit(named.get("unit", ""), folded)
    return Head(
        end=max(found) if found else None,
        months=_months(named.get("months", ""), whole),
        currency=_currency(named.get("currency", ""), folded),
        unit=unit,
        standard=_standard(named.get("standard", ""), whole),
        consolidated=_consolidated(named.get("group", ""), whole),
        audited=_audited(named.get("audited", ""), whole),
        # Our own template names the months of the period: there an empty line is not given.
        form="months" not in named and re.search("[一-鿿]{3}", whole) is not None,
    )


def _named(above: Rows) -> dict[str, str]:
    words = {
        "currency": _CURRENCY_WORDS, "unit": _UNIT_WORDS, "months": _MONTH_WORDS,
        "standard": _STANDARD_WORDS, "group": _GROUP_WORDS, "audited": _AUDITED_WORDS,
    }  # fmt: skip
    found = {}
    for row in above:
        cells = [cell.strip() for cell in row if cell.strip()]
        for name, spellings in words.items():
            if len(cells) > 1 and fold(cells[0]).lower().rstrip(":") in spellings:
                found[name] = cells[1]
    return found


def _years(folded: Iterable[str]) -> list[date]:
    """The last days of the years that lines name, where they name no day."""
    found = [int(year) for line in folded for year in re.findall(rf"{_YEAR}\s*年度?", line)]
    found += [
        int(year) for line in folded for year in re.findall(rf"(?:FY|year)\s*{_YEAR}", line, re.I)
    ]
    return [date(year, 12, 31) for year in found]


def _unit(told: str, folded: Sequence[str]) -> Decimal | None:
    for scale, words in SCALE_WORDS.items():
        if told.lower() in words:
            return Decimal(scale)
    return next((unit for line in folded if (unit := in_line(line)) is not None), None)


def _currency(told: str, folded: Sequence[str]) -> str:
    if told:
        return currency_code(told)
    for line in folded:
        code, definite, _ = currency_in(line)
        if definite:
            return code
    if any(re.search("单位|[一-鿿]{4}", line) for line in folded):
        return "CNY"
    return ""


def _months(told: str, whole: str) -> int | None:
    if told.removesuffix(".0").isdigit():
        return int(told.removesuffix(".0"))
    found = _SOME_MONTHS.search(whole)
    if not found:
        return None
    last, many, half = found.groups()
    return 6 if half else int(last) if last else _NUMBERS.get(many) or int(many)


def _standard(told: str, whole: str) -> Standard | None:
    for standard, words in STANDARD_WORDS.items():
        if told and told in words:
            return standard
    if re.search(r"\bifrs\b|international financial reporting|国际财务报告准则", whole):
        return Standard.IFRS
    return Standard.GB if re.search("[一-鿿]{3}", whole) else None


def _consolidated(told: str, whole: str) -> bool | None:
    if told:
        return told.lower() in YES
    if re.search("母公司|company only|parent company", whole):
        return False
    return True if re.search(r"合并|\bconsolidated\b", whole) else None


def _audited(told: str, whole: str) -> bool | None:
    if told:
        return told.lower() in YES
    if re.search(r"未经?审计|\bunaudited\b", whole):
        return False
    return True if re.search(r"[经已]审计|\baudited\b", whole) else None
