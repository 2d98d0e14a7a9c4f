"""Facts about buyers, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from netterms.kernel.events import Event, Plain


@dataclass(frozen=True, slots=True)
class BuyerFactsUpdated(Event):
    """Master data changed; `subject` is the buyer. Holds the changed fields only."""

    kind: ClassVar[str] = "buyers.facts_updated"
    before: dict[str, Plain]
    after: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class BuyerInsolvent(Event):
    """Insolvency proceedings over a buyer were opened; `subject` is the buyer."""

    kind: ClassVar[str] = "buyers.buyer_insolvent"
    insolvent_on: date


@dataclass(frozen=True, slots=True)
class InsolvencyNoticed(Event):
    """A sign of an insolvency was heard of, or that one was opened; `subject` is the buyer."""

    kind: ClassVar[str] = "buyers.insolvency_noticed"
    notice: UUID
    notice_kind: str
    dated_on: date
    source: str
    reference: str


@dataclass(frozen=True, slots=True)
class InsolvencyWithdrawn(Event):
    """Such a notice was wrong or was taken back; `subject` is the buyer."""

    kind: ClassVar[str] = "buyers.insolvency_withdrawn"
    notice: UUID
    notice_kind: str
    why: str


@dataclass(frozen=True, slots=True)
class BuyersRegrouped(Event):
    """Parents, sectors or countries of buyers changed together; `subject` is the seller."""

    kind: ClassVar[str] = "buyers.buyers_regrouped"
    buyers: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class BuyerIntroduced(Event):
    """A company not known before asked for credit at checkout; `subject` is the new buyer."""

    kind: ClassVar[str] = "buyers.buyer_introduced"
    name: str
    country: str
    registration_number: str


@dataclass(frozen=True, slots=True)
class BuyerSanctioned(Event):
    """Two people found that the buyer is a listed party (`hit`), or that it is not after all."""

    kind: ClassVar[str] = "buyers.buyer_sanctioned"
    hit: bool


@dataclass(frozen=True, slots=True)
class IdentifierAdded(Event):
    """A number of a buyer is known; `subject` is the buyer. `number_kind` says what number."""

    kind: ClassVar[str] = "buyers.identifier_added"
    number_kind: str
    country: str
    value: str


@dataclass(frozen=True, slots=True)
class IdentifierRemoved(Event):
    """A number was not the buyer's; `subject` is the buyer."""

    kind: ClassVar[str] = "buyers.identifier_removed"
    number_kind: str
    country: str
    value: str


@dataclass(frozen=True, slots=True)
class AliasAdded(Event):
    """Another name of a buyer is known; `subject` is the buyer."""

    kind: ClassVar[str] = "buyers.alias_added"
    name: str
    alias_kind: str


@dataclass(frozen=True, slots=True)
class ContactAdded(Event):
    """A person at a buyer is known; `subject` is the buyer. Names no one."""

    kind: ClassVar[str] = "buyers.contact_added"
    contact: UUID


@dataclass(frozen=True, slots=True)
class AddressAdded(Event):
    """A place of a buyer is known; `subject` is the buyer."""

    kind: ClassVar[str] = "buyers.address_added"
    address: UUID


@dataclass(frozen=True, slots=True)
class ParticularForgotten(Event):
    """An alias, a contact or an address was deleted; `subject` is the buyer."""

    kind: ClassVar[str] = "buyers.particular_forgotten"
    what: str
    particular: UUID


@dataclass(frozen=True, slots=True)
class BankAccountAdded(Event):
    """A buyer's first bank account is known; `subject` is the buyer. Accounts by their ends."""

    kind: ClassVar[str] = "buyers.bank_account_added"
    account: UUID
    number: str


@dataclass(frozen=True, slots=True)
class BankAccountChanged(Event):
    """A buyer that had an account has a new one, to be confirmed; `subject` is the buyer."""

    kind: ClassVar[str] = "buyers.bank_account_changed"
    account: UUID
    before: list[str]
    number: str


@dataclass(frozen=True, slots=True)
class BankAccountConfirmed(Event):
    """Somebody called a known number about a changed account; `subject` is the buyer.

    How stands beside the account: it may name a person.
    """

    kind: ClassVar[str] = "buyers.bank_account_confirmed"
    account: UUID
    # By the one person there is (`alone.py`).
    alone: bool = False


@dataclass(frozen=True, slots=True)
class BankAccountRejected(Event):
    """A changed account is not the buyer's; `subject` is the buyer. Accounts by their ends.

    `restored`: the account that it was to replace, which stays in force.
    """

    kind: ClassVar[str] = "buyers.bank_account_rejected"
    account: UUID
    number: str
    restored: UUID | None


@dataclass(frozen=True, slots=True)
class BuyersMerged(Event):
    """Two buyers turned out to be one company; `subject` stays, `gone` points to it."""

    kind: ClassVar[str] = "buyers.buyers_merged"
    gone: UUID
    why: str


@dataclass(frozen=True, slots=True)
class BuyersUnmerged(Event):
    """A merge was taken back; `subject` is the buyer that had stayed."""

    kind: ClassVar[str] = "buyers.buyers_unmerged"
    gone: UUID


@dataclass(frozen=True, slots=True)
class DuplicateRefused(Event):
    """Somebody said that two buyers are two companies; `subject` is one of them."""

    kind: ClassVar[str] = "buyers.duplicate_refused"
    other: UUID


@dataclass(frozen=True, slots=True)
class AccountPolicySet(Event):
    """Whether one person may confirm a changed account, and after how long; of the seller."""

    kind: ClassVar[str] = "buyers.account_policy_set"
    one_person: bool
    cooling_days: int
    why: str
