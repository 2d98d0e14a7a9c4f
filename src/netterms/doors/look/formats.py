"""Numbers, money and dates as a reader of the active language expects them (Babel's CLDR data).

English is the region-neutral `en` ("1,234.56", "Nov 23, 2026"), Chinese is `zh_Hans_CN`. Nothing
here rounds money: an amount prints with its currency's own ISO 4217 decimal places.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from unicodedata import combining, normalize

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import (
    NumberPattern,
    format_compact_currency,
    format_compact_decimal,
    get_currency_name,
    get_currency_symbol,
    parse_pattern,
)
from django.utils.translation import get_language

from netterms.kernel.money import Money, exponent

NOTHING = "–"
# Beside English and Chinese, what buyers read their own page in.
OF_BUYERS = frozenset({"de", "es", "fr"})
Amount = Money | int | str | Decimal | None
Figure = int | str | float | Decimal | None


def locale() -> Locale:
    """The Babel locale of Django's active language."""
    return _locale(get_language() or "en")


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    short = language.lower().partition("-")[0]
    return Locale.parse("zh_Hans_CN" if short == "zh" else short if short in OF_BUYERS else "en")


def major(amount: Money | int | str | Decimal, currency: str) -> Decimal:
    """Major units of Money, of an int in minor units, or of a decimal (string) in major units."""
    if isinstance(amount, Money):
        return amount.major
    if isinstance(amount, int):
        return Money(amount, currency).major
    if isinstance(amount, float):
        raise TypeError("money is never a float")
    return Decimal(amount)


@lru_cache(maxsize=256)
def _pattern(where: Locale, currency: str, *, symbol: bool) -> NumberPattern:
    base = where.currency_formats["standard"].pattern if symbol else "#,##0.00"
    places = exponent(currency)
    return parse_pattern(base.replace("0.00", "0." + "0" * places if places else "0"))


def money(amount: Amount, currency: str = "") -> str:
    """An exact amount with its currency sign, e.g. `$1,234.56`."""
    return _money(amount, currency, symbol=True)


def bare_amount(amount: Amount, currency: str = "") -> str:
    """An exact amount without the sign, for a column that names its currency."""
    return _money(amount, currency, symbol=False)


def _money(amount: Amount, currency: str, *, symbol: bool) -> str:
    if amount is None or amount == "":
        return NOTHING
    currency = amount.currency if isinstance(amount, Money) else currency
    where = locale()
    pattern = _pattern(where, currency, symbol=symbol)
    value = major(amount, currency)
    text = str(pattern.apply(value, where, currency=currency, currency_digits=False))
    sign = get_currency_symbol(currency, where) if symbol and currency else ""
    if sign[-1:].isalpha():  # "KWD 1.234": letters keep a space from digits, as CLDR asks
        text = text.replace(sign, f"{sign}\xa0")
    return text


def money_short(amount: Amount, currency: str = "") -> str:
    """A rounded amount for headlines and axes, e.g. `$12.3M` or `US$1230万`."""
    if amount is None or amount == "":
        return NOTHING
    currency = amount.currency if isinstance(amount, Money) else currency
    value = major(amount, currency)
    digits = 0 if abs(value) < 1000 else 2 if abs(value) >= 1_000_000 else 1
    return format_compact_currency(value, currency, locale=locale(), fraction_digits=digits)


def exact(amount: Amount, currency: str = "") -> str:
    """The amount for a program, whatever the language: `-1234567.80`; empty when there is none."""
    if amount is None or amount == "":
        return ""
    currency = amount.currency if isinstance(amount, Money) else currency
    return f"{major(amount, currency):.{exponent(currency)}f}"


def currency_name(currency: str) -> str:
    """The currency's name, e.g. `US Dollar`."""
    return get_currency_name(currency, locale=locale())


def short(value: float | Decimal) -> str:
    """A rounded number for an axis, e.g. `1.5M`."""
    return format_compact_decimal(value, locale=locale(), fraction_digits=1)


def number(value: Figure, places: int = 0) -> str:
    """A number with grouping and a fixed number of decimal places."""
    return _figure(value, places, "")


def plain(value: Decimal) -> str:
    """As it is typed, without the zeros at its end: `2.500000` is 2.5."""
    return f"{value.normalize():f}"


def percent(value: Figure, places: int = 1) -> str:
    """A fraction as a percentage: 0.253 is `25.3%`."""
    return _figure(value, places, "%")


def percents(value: Decimal) -> str:
    """A percentage with the decimals that it has: 12.50 is `12.5%`."""
    shown = value.normalize()
    return percent(shown / 100, max(0, -int(shown.as_tuple().exponent)))


def _figure(value: Figure, places: int, unit: str) -> str:
    if value is None or value == "":
        return NOTHING
    return _shown(str(value), places, unit, locale())


@lru_cache(maxsize=4096)
def _shown(value: str, places: int, unit: str, where: Locale) -> str:
    """The same figures stand in a table again and again."""
    pattern = parse_pattern("#,##0" + ("." + "0" * places if places else "") + unit)
    return str(pattern.apply(Decimal(value), where))


def day(value: date | str | None, width: str = "medium") -> str:
    """A date (or its ISO text) in words of `width`: short, medium, long or full."""
    if not value:
        return NOTHING
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    return format_date(value, format=width, locale=locale())


def month(value: str, *, with_year: bool = True) -> str:
    """The month `YYYY-MM` as `Jan 2026`, or `Jan` alone."""
    first = date.fromisoformat(f"{value[:7]}-01")
    return format_skeleton("yMMM" if with_year else "MMM", first, locale=locale())


def place_of(name: str) -> bytes:
    """The key that sorts names as a reader expects: without accents, Chinese by its pinyin.

    GB 2312, which GB 18030 contains, orders the common characters by pinyin.
    """
    plain = "".join(c for c in normalize("NFKD", name.casefold()) if not combining(c))
    return plain.encode("gb18030")


def country(code: str | None) -> str:
    """The name of an ISO 3166 alpha-2 country, or the code itself when there is none."""
    if not code:
        return NOTHING
    return str(locale().territories.get(code.upper(), code))
