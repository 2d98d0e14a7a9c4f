"""The journal as plain-text accounting: one text that hledger and one that beancount accept.

Each source (an invoice, a payment, an allocation) is one transaction of balanced pairs. Amounts are
exact, to the currency's minor unit; nothing is priced or converted, so each currency balances.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from netterms.kernel.money import Money, exponent


class Format(StrEnum):
    """Whose text."""

    HLEDGER = "hledger"
    BEANCOUNT = "beancount"


# The same names for both: beancount wants one of five roots and capital letters.
ACCOUNTS = {
    "receivable": "Assets:Receivable",
    "bank": "Assets:Bank",
    "unallocated": "Liabilities:Unallocated",
    "sales_tax": "Liabilities:SalesTax",
    "sales": "Income:Sales",
    "interest": "Income:Interest",
    "exchange_difference": "Income:ExchangeDifference",
    "discount": "Expenses:Discount",
    "small_difference": "Expenses:SmallDifference",
    "bad_debt": "Expenses:BadDebt",
    "bank_charges": "Expenses:BankCharges",
    "exchange": "Equity:Exchange",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the journal, with what people call its source and its buyer."""

    source_id: UUID
    booked_on: date
    source_kind: str
    debit_account: str
    credit_account: str
    currency: str
    amount_minor: int
    document: str
    buyer_name: str
    reverses: UUID | None


def written(
    entries: Iterable[Entry], wanted: Format, first_day: date, currencies: Sequence[str]
) -> Iterator[str]:
    """The lines of the text. `entries` come in the order of their days and sources."""
    write = _hledger if wanted is Format.HLEDGER else _beancount
    yield from _opened(wanted, first_day, currencies)
    for _source, lines in groupby(entries, key=lambda line: (line.booked_on, line.source_id)):
        yield from write(list(lines))


def _opened(wanted: Format, first_day: date, currencies: Sequence[str]) -> Iterator[str]:
    if wanted is Format.BEANCOUNT:
        yield 'option "title" "netterms journal"'
        yield from (f"{first_day} open {account}" for account in ACCOUNTS.values())
    else:
        yield from (f"account {account}" for account in ACCOUNTS.values())
        yield from (f"commodity {_styled(currency)}" for currency in sorted(currencies))
    yield ""


def _hledger(lines: list[Entry]) -> Iterator[str]:
    head = lines[0]
    said = " ".join(filter(None, (head.source_kind, head.document)))
    # A semicolon would begin a comment, and a bar splits payee and note.
    yield f"{head.booked_on} * {_bare(head.buyer_name)} | {_bare(said)}  ; source:{head.source_id}"
    for account, amount in _postings(lines):
        yield f"    {account}  {amount}"
    yield ""


def _beancount(lines: list[Entry]) -> Iterator[str]:
    head = lines[0]
    said = " ".join(filter(None, (head.source_kind, head.document)))
    yield f"{head.booked_on} * {_quoted(head.buyer_name)} {_quoted(said)}"
    yield f"  source: {_quoted(str(head.source_id))}"
    if head.reverses is not None:
        yield f"  reverses: {_quoted(str(head.reverses))}"
    for account, amount in _postings(lines):
        yield f"  {account}  {amount}"
    yield ""


def _postings(lines: list[Entry]) -> Iterator[tuple[str, str]]:
    for line in lines:
        amount = Money(line.amount_minor, line.currency)
        yield ACCOUNTS[line.debit_account], f"{amount.major:f} {line.currency}"
        yield ACCOUNTS[line.credit_account], f"{(-amount).major:f} {line.currency}"


def _styled(currency: str) -> str:
    """How hledger is to write the currency: with its own decimals, and a mark even without any."""
    return f"1000.{'0' * exponent(currency)} {currency}"


def _bare(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[;|\x00-\x1f\x7f\u2028\u2029]", " ", text)).strip()


def _quoted(text: str) -> str:
    plain = re.sub(r"[\x00-\x1f\x7f\u2028\u2029]", " ", text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
