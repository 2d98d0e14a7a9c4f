"""A bank statement as every format gives it, and whether it adds up. Pure.

Amounts are signed minor units of the account's currency: positive is money in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from netterms.kernel.money import Money, exponent
from netterms.kernel.refusal import Code, Refusal


class Report(StrEnum):
    """What a bank's message is: only a statement is booked."""

    STATEMENT = "statement"  # camt.053, MT940, a list of the account's movements
    INTERIM = "interim"  # camt.052, MT942: what it tells comes again in the statement
    NOTICE = "notice"  # camt.054: details of entries that a statement books


@dataclass(frozen=True, slots=True)
class Line:
    """One movement. Texts are empty where the bank says nothing.

    `reversal`: the bank takes back an earlier movement; the sign is that of this one.
    """

    booked_on: date
    minor: int
    value_on: date | None = None
    reversal: bool = False
    name: str = ""
    account: str = ""
    end_to_end: str = ""
    creditor_reference: str = ""
    bank_reference: str = ""
    text: str = ""
    balance_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What a bank says of one account; balances are None where the format has none."""

    report: Report
    format: str
    account: str
    currency: str
    number: str = ""
    opening_minor: int | None = None
    closing_minor: int | None = None
    lines: Sequence[Line] = field(default=())

    @property
    def moved_minor(self) -> int:
        """The sum of its lines."""
        return sum(line.minor for line in self.lines)


def minor_of(amount: Decimal, currency: str, place: str) -> int:
    """The amount in minor units.

    BANK_STATEMENT_VALUE_UNREADABLE when it is finer than the currency.
    """
    try:
        minor = amount.scaleb(exponent(currency))
        whole = int(minor)
    except (ArithmeticError, ValueError) as error:
        raise unreadable(place, amount) from error
    if minor != whole or abs(whole) >= 10**15:
        raise unreadable(place, amount)
    return whole


def unreadable(place: str, value: object) -> Refusal:
    """A value of a statement that cannot be what stands at `place`."""
    return Refusal(Code.BANK_STATEMENT_VALUE_UNREADABLE, place=place, value=str(value)[:80])


def one_currency(account: str, told: Iterable[str]) -> str:
    """The one currency of an account; BANK_STATEMENT_CURRENCIES when there are several, or none."""
    found = sorted({code for code in told if code})
    if len(found) != 1:
        raise Refusal(
            Code.BANK_STATEMENT_CURRENCIES, account=account, currencies=", ".join(found) or "–"
        )
    return found[0]


def check(statement: Statement) -> None:
    """Refuse what must not be booked.

    BANK_STATEMENT_INTERIM; BANK_STATEMENT_INCOMPLETE: no account or a balance is missing where
    the format has balances; BANK_STATEMENT_UNBALANCED: opening balance and lines do not make the
    closing balance.
    """
    if statement.report is Report.INTERIM:
        raise Refusal(Code.BANK_STATEMENT_INTERIM, format=statement.format)
    if not statement.account:
        raise Refusal(Code.BANK_STATEMENT_INCOMPLETE, field="bank_account")
    if statement.report is Report.STATEMENT:
        _check_balances(statement)


def _check_balances(statement: Statement) -> None:
    opening, closing = statement.opening_minor, statement.closing_minor
    if opening is None and closing is None and statement.format == "list":
        return  # a list without a column of balances cannot be checked, and says so
    for name, balance in (("opening_balance", opening), ("closing_balance", closing)):
        if balance is None:
            raise Refusal(Code.BANK_STATEMENT_INCOMPLETE, field=name)
    assert opening is not None
    assert closing is not None
    if opening + statement.moved_minor != closing:
        raise unbalanced(
            statement.account, statement.currency, opening, statement.moved_minor, closing
        )


def unbalanced(account: str, currency: str, opening: int, lines: int, closing: int) -> Refusal:
    """Opening balance and lines that do not make the closing balance, in minor units."""
    facts = {"opening": opening, "lines": lines, "expected": opening + lines, "closing": closing}
    shown = {name: str(Money(minor, currency)) for name, minor in facts.items()}
    return Refusal(Code.BANK_STATEMENT_UNBALANCED, account=account, **shown)
