"""Money: integer minor units of one ISO 4217 currency. Never a float, never two currencies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

# ISO 4217 currencies whose minor unit is not the hundredth. Source: ISO 4217 list one.
NO_DECIMALS = (
    *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"),
    *("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
)
THREE_DECIMALS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
FOUR_DECIMALS = ("CLF", "UYW")
EXPONENTS = {
    **dict.fromkeys(NO_DECIMALS, 0),
    **dict.fromkeys(THREE_DECIMALS, 3),
    **dict.fromkeys(FOUR_DECIMALS, 4),
}
DEFAULT_EXPONENT = 2
# The currencies in use, and the units of account with a minor unit. Source: ISO 4217 list one.
ISO_4217 = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP"
    " BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB"
    " EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD"
    " JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP"
    " MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR"
    " RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND"
    " TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF"
    " YER ZAR ZMW ZWG"
)
CURRENCIES = frozenset(ISO_4217.split())


def exponent(currency: str) -> int:
    """Number of decimal places of the currency's minor unit."""
    return EXPONENTS.get(currency, DEFAULT_EXPONENT)


def half_up(amount: Decimal | Fraction) -> int:
    """Round to the nearest integer, halves away from zero: the one rounding rule for money."""
    if isinstance(amount, Fraction):
        whole, rest = divmod(abs(amount.numerator), amount.denominator)
        whole += 2 * rest >= amount.denominator
        return whole if amount >= 0 else -whole
    return int(amount.to_integral_value(rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units (cents, yen, fils) of `currency` (three capital letters)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        assert isinstance(self.minor, int), "money is whole minor units"
        assert len(self.currency) == 3, self.currency
        assert self.currency.isupper(), self.currency

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Money:
        """Money from an amount in major units, e.g. `Money.of("12.34", "EUR")`.

        An amount finer than the currency's minor unit is a ValueError: it must be rounded by a
        rule, not by accident.
        """
        minor = Decimal(amount).scaleb(exponent(currency))
        if minor != minor.to_integral_value():
            raise ValueError(f"{amount} {currency} is finer than its minor unit")
        return cls(int(minor), currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def share(self, fraction: Decimal | Fraction) -> Money:
        """The amount times `fraction`, rounded half-up once."""
        if isinstance(fraction, Fraction):
            return Money(half_up(self.minor * fraction), self.currency)
        return Money(half_up(Fraction(self.minor) * Fraction(fraction)), self.currency)

    def split(self, parts: int) -> tuple[Money, ...]:
        """Cut into `parts` amounts that differ by at most one minor unit and lose nothing."""
        each, rest = divmod(self.minor, parts)
        return tuple(Money(each + (k < rest), self.currency) for k in range(parts))

    def _same(self, other: Money) -> None:
        assert self.currency == other.currency, f"{self.currency} meets {other.currency}"

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __gt__(self, other: Money) -> bool:
        return other < self

    def __ge__(self, other: Money) -> bool:
        return other <= self

    def __str__(self) -> str:
        return f"{self.major} {self.currency}"


def zero(currency: str) -> Money:
    """No money in `currency`."""
    return Money(0, currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Sum of amounts that are all in `currency`."""
    result = zero(currency)
    for amount in amounts:
        result += amount
    return result
