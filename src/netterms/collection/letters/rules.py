"""What a letter holds, which days it gives, in which language it is, and what it lacks (COL-04).

Pure: facts in, verdict out. Interest comes in as worked out by the terms room.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from netterms.kernel.calendar import add_days
from netterms.kernel.money import Money, total


class Template(StrEnum):
    """Every letter there is wording for."""

    REMINDER_1 = "reminder_1"
    REMINDER_2 = "reminder_2"
    REMINDER_3 = "reminder_3"
    CALL_FOLLOW_UP = "call_follow_up"
    FORMAL_NOTICE = "formal_notice"
    FINAL_NOTICE = "final_notice"
    STATEMENT = "statement"
    PLAN_PROPOSAL = "plan_proposal"
    THANK_YOU = "thank_you"


# Notices with interest, a last day and a consequence: nothing of COL-04 may be lacking.
FORMAL = frozenset({Template.FORMAL_NOTICE, Template.FINAL_NOTICE})
# Letters that list what is late.
OF_ITEMS = FORMAL | {
    Template.REMINDER_1,
    Template.REMINDER_2,
    Template.REMINDER_3,
    Template.CALL_FOLLOW_UP,
}
# From these on a letter names a day to pay by.
WITH_DEADLINE = FORMAL | {Template.REMINDER_2, Template.REMINDER_3, Template.PLAN_PROPOSAL}
REMINDERS = (Template.REMINDER_1, Template.REMINDER_2, Template.REMINDER_3)

LANGUAGES = ("en", "zh", "de", "fr", "es", "it", "pt", "nl", "pl", "tr", "ja", "ko", "ar")
DEFAULT_LANGUAGE = "en"


class Missing(StrEnum):
    """What a letter lacks."""

    SELLER_NAME = "seller_name"
    SELLER_ADDRESS = "seller_address"
    BUYER_NAME = "buyer_name"
    BUYER_ADDRESS = "buyer_address"
    ITEMS = "items"
    PAYEE = "payee"
    CONTACT = "contact"
    SIGNATORY = "signatory"
    NOTE = "note"
    INSTALMENTS = "instalments"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a letter: legal name, address as lines, number in a register or ''.

    `country`, where told, is a code: the letter prints its name in the letter's language.
    """

    name: str
    address: tuple[str, ...] = ()
    registration: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Basis:
    """Why and how interest runs, in percent a year. `reference` None: a fixed rate.

    `contract`: agreed between the parties.
    """

    country: str
    percent: Decimal
    reference: Decimal | None = None
    margin: Decimal | None = None
    contract: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """Interest and compensation of one invoice, and what another day adds.

    `unverified`: nobody read the law's text for all that is claimed.
    """

    interest: Money
    compensation: Money
    daily: Money
    basis: Basis | None
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A late invoice. `open` is the undisputed part; `vat` None where nobody told.

    `claimed` is None where no interest may be claimed (LAW-09), or none is worked out.
    """

    number: str
    issued_on: date
    due_on: date
    amount: Money
    open: Money
    vat: Money | None = None
    claimed: Claimed | None = None

    @property
    def credited(self) -> Money:
        """Paid, credited or in dispute: what is not asked for."""
        return self.amount - self.open


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of a statement of account."""

    booked_on: date
    kind: str
    document: str
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Account:
    """A statement of account in one currency."""

    since: date
    until: date
    opening: Money
    closing: Money
    movements: tuple[Movement, ...]


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part of a payment plan that is proposed."""

    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """Everything a letter says. `payee` is the account to pay to, as lines."""

    template: Template
    written_on: date
    deadline: date
    seller: Party
    buyer: Party
    buyer_number: str
    contact: str = ""
    signatory: str = ""
    signatory_role: str = ""
    payee: tuple[str, ...] = ()
    contract: str = ""
    note: str = ""
    items: tuple[Item, ...] = ()
    accounts: tuple[Account, ...] = ()
    instalments: tuple[Instalment, ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """What is asked for in one currency."""

    open: Money
    interest: Money
    compensation: Money
    daily: Money

    @property
    def total(self) -> Money:
        """All of it."""
        return self.open + self.interest + self.compensation


def language_of(said: str, buyer: str, place: Sequence[str]) -> str:
    """The language of a letter: what was said of letters, else of the buyer, else its country's.

    `en` of a buyer is what an import writes where nobody told, so the country's goes before it.
    """
    for tag in (said, buyer if _short(buyer) != DEFAULT_LANGUAGE else "", *place, buyer):
        if _short(tag) in LANGUAGES:
            return _short(tag)
    return DEFAULT_LANGUAGE


def languages_of(template: Template, reader: str, contract: str) -> tuple[str, ...]:
    """A formal notice is also in the contract's language (COL-04)."""
    also = _short(contract)
    if template in FORMAL and also in LANGUAGES and also != reader:
        return reader, also
    return (reader,)


def _short(tag: str) -> str:
    return tag.strip().lower().replace("_", "-").partition("-")[0]


def window_days(template: Template, *, person: bool) -> int:
    """Days a letter gives, from `windows.json`."""
    return int(_windows()["days"][template.value]["person" if person else "company"])


def deadline(template: Template, written_on: date, *, person: bool) -> date:
    """The last day a letter names: COL-04 gives a company 14 days, a person 30."""
    return add_days(written_on, window_days(template, person=person))


@cache
def _windows() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        (files("netterms.collection.letters") / "windows.json").read_text(encoding="utf-8")
    )
    return told


def missing(facts: LetterFacts) -> tuple[Missing, ...]:
    """What has to be there before the letter may be written; empty when it is complete."""
    formal = facts.template in FORMAL
    lacking = {
        Missing.SELLER_NAME: not facts.seller.name.strip(),
        Missing.SELLER_ADDRESS: formal and not facts.seller.address,
        Missing.BUYER_NAME: not facts.buyer.name.strip(),
        Missing.BUYER_ADDRESS: formal and not facts.buyer.address,
        Missing.ITEMS: facts.template in OF_ITEMS and not facts.items,
        Missing.PAYEE: formal and not facts.payee,
        Missing.CONTACT: formal and not facts.contact.strip(),
        Missing.SIGNATORY: formal and not facts.signatory.strip(),
        Missing.NOTE: facts.template is Template.CALL_FOLLOW_UP and not facts.note.strip(),
        Missing.INSTALMENTS: facts.template is Template.PLAN_PROPOSAL and not facts.instalments,
        Missing.STATEMENT: facts.template is Template.STATEMENT and not facts.accounts,
    }
    return tuple(what for what, lacks in lacking.items() if lacks)


def sums(items: Iterable[Item]) -> list[Sum]:
    """What is asked for by currency; compensation in another one is a line of its own."""
    known = list(items)
    claims = [item.claimed for item in known if item.claimed]
    currencies = {item.open.currency for item in known}
    currencies |= {claim.compensation.currency for claim in claims if claim.compensation.minor}
    return [
        Sum(
            open=_of(code, (item.open for item in known)),
            interest=_of(code, (claim.interest for claim in claims)),
            compensation=_of(code, (claim.compensation for claim in claims)),
            daily=_of(code, (claim.daily for claim in claims)),
        )
        for code in sorted(currencies)
    ]


def _of(currency: str, amounts: Iterable[Money]) -> Money:
    return total((money for money in amounts if money.currency == currency), currency)


def bases(items: Iterable[Item]) -> list[Basis]:
    """Each rate that interest of the items runs at, once."""
    found = [
        item.claimed.basis
        for item in items
        if item.claimed and item.claimed.basis and item.claimed.interest.minor
    ]
    return list(dict.fromkeys(found))


def reminder_number(sent_before: int) -> Template:
    """First, second or third reminder; the third again after it."""
    return REMINDERS[min(sent_before, len(REMINDERS) - 1)]
