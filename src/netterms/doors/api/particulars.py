"""Who a buyer is: its numbers, other names, people, places and bank accounts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from netterms.buyers import accounts, entering, insolvency, profile
from netterms.buyers import particulars as use
from netterms.buyers.identifiers import KINDS, Identifier
from netterms.buyers.numbers import LONGEST, NumberCheck
from netterms.buyers.particulars import LONGEST_LINES, AddressKind, AliasKind
from netterms.buyers.queries import buyer
from netterms.doors.api.shapes import (
    KEYED,
    ApiRequest,
    CountryCode,
    Day,
    Id,
    Problem,
    key_of,
    status_of,
)
from netterms.kernel.context import Permission

router = Router(tags=["buyers"])
ONE = Annotated[str, Field(min_length=1, max_length=use.LONGEST, pattern="^[^\\x00]+$")]
ANY = Annotated[str, Field(max_length=use.LONGEST, pattern="^[^\\x00]*$")]
# As it is typed, with spaces and dots.
TYPED = Annotated[str, Field(min_length=1, max_length=2 * LONGEST, pattern="^[^\\x00]+$")]
KIND = Annotated[str, Field(json_schema_extra={"enum": list(KINDS)})]


def _like(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [example]})


class IdentifierWanted(Schema):
    """A number as it is written. `country` may lack where the kind has one country or none."""

    model_config = _like({"kind": "vat", "country": "DE", "value": "DE 136 695 976"})

    kind: KIND
    value: TYPED
    country: CountryCode = ""


class IdentifierShown(Schema):
    """A number in its one spelling; `valid`: its check digits hold, no register was asked."""

    kind: str
    country: str
    value: str
    checked: NumberCheck
    added_on: date


class AliasWanted(Schema):
    """Another name, in any script; `former`: it had the name before."""

    model_config = _like({"name": "北风贸易有限公司", "kind": "script"})

    name: ONE
    kind: Annotated[str, Field(json_schema_extra={"enum": list(use.GIVEN_KINDS)})] = "other"


class AliasShown(Schema):
    """Another name; `merged` is that of a buyer that turned out to be this one."""

    id: UUID
    name: str
    kind: AliasKind
    added_on: date


class ContactWanted(Schema):
    """A person at the buyer."""

    model_config = _like(
        {"name": "Ms Example", "role": "Accounts payable", "email": "ap@example.com",
         "phone": "+49 40 123456", "language": "en"}
    )  # fmt: skip

    name: ONE
    role: ANY = ""
    email: ANY = ""
    phone: ANY = ""
    language: Annotated[str, Field(json_schema_extra={"enum": list(use.LANGUAGES)})] = ""


class ContactShown(Schema):
    """A person at the buyer."""

    id: UUID
    name: str
    role: str
    email: str
    phone: str
    language: str
    added_on: date


class AddressWanted(Schema):
    """A place in any script; `lines` is all but code, city and country."""

    model_config = _like(
        {"kind": "billing", "lines": "Hafenstr. 1", "postal_code": "20457", "city": "Hamburg",
         "country": "DE"}
    )  # fmt: skip

    kind: AddressKind
    lines: Annotated[str, Field(min_length=1, max_length=LONGEST_LINES, pattern="^[^\\x00]+$")]
    postal_code: ANY = ""
    city: ANY = ""
    country: CountryCode = ""


class AddressShown(Schema):
    """A place of the buyer."""

    id: UUID
    kind: AddressKind
    lines: str
    postal_code: str
    city: str
    country: str
    added_on: date


class AccountWanted(Schema):
    """An IBAN, or the number that a bank of `country` gave, with its bank code.

    `replaces`: the id of the account that ends when this one is confirmed; until then both stand.
    """

    model_config = _like({"number": "DE89 3704 0044 0532 0130 00", "holder": "Nordwind GmbH"})

    number: TYPED
    country: CountryCode = ""
    bank_code: Annotated[str, Field(max_length=40)] = ""
    holder: ANY = ""
    replaces: UUID | None = None


class AccountShown(Schema):
    """An account in use. `to_confirm`: it was changed, and nobody has called a known number yet.

    Without the permission `read_personal` the number is its last four signs. `confirmed_alone`: by
    the one person there is, in the console; a program never confirms so.
    """

    id: UUID
    country: str
    iban: bool
    number: str
    bank_code: str
    holder: str
    added_on: date
    added_by: str
    to_confirm: bool
    replaces: UUID | None
    confirmed_on: date | None
    confirmed_by: str | None
    confirmed_alone: bool


class Decided(Schema):
    """How it was found out: whom was called, at which number known from where."""

    model_config = _like({"how": "Called the number of the contract: they know the account."})

    how: ONE


class Kept(Schema):
    """What was kept."""

    id: UUID


class IdentifierKept(Schema):
    """The number in the one spelling in which it was kept."""

    value: str


class Identifiers(Schema):
    """A buyer's numbers, by kind."""

    items: list[IdentifierShown]


class Aliases(Schema):
    """A buyer's other names, the newest first."""

    items: list[AliasShown]


class Contacts(Schema):
    """The people at a buyer, the newest first."""

    items: list[ContactShown]


class Addresses(Schema):
    """A buyer's places, the newest first."""

    items: list[AddressShown]


class BankAccounts(Schema):
    """A buyer's bank accounts in use, the newest first."""

    items: list[AccountShown]


KEPT: dict[Any, Any] = {200: Kept, 201: Kept}
GONE: dict[Any, Any] = {204: None}


@router.get("/buyers/{buyer_id}/identifiers", response=Identifiers, summary="Numbers of a buyer")
def identifiers(request: ApiRequest, buyer_id: Id) -> dict[str, Any]:
    """Register, tax and other numbers, each in its one spelling."""
    buyer(request.auth, buyer_id)
    return {"items": profile.identifiers_of(request.auth, buyer_id)}


@router.post(
    "/buyers/{buyer_id}/identifiers",
    response={200: IdentifierKept, 201: IdentifierKept},
    openapi_extra=KEYED,
    summary="Add a number",
)
def add_identifier(
    request: ApiRequest, response: HttpResponse, buyer_id: Id, wanted: IdentifierWanted
) -> Status[dict[str, Any]]:
    """A number whose check digits are wrong is refused; the same again changes nothing."""
    told = entering.NewIdentifier(wanted.kind, wanted.value, wanted.country)
    value, repeated = entering.enter(request.auth, buyer_id, told, key_of(request))
    return Status(status_of(response, repeated=repeated), {"value": value})


@router.delete("/buyers/{buyer_id}/identifiers", response=GONE, summary="Remove a number")
def remove_identifier(
    request: ApiRequest, buyer_id: Id, kind: KIND, value: TYPED, country: CountryCode = ""
) -> Status[None]:
    """Take a number away that was kept by mistake, by kind, country and value as they are kept."""
    told = Identifier(kind, country, value, NumberCheck.UNCHECKED)
    use.remove_identifier(request.auth, buyer_id, told)
    return Status(204, None)


@router.get("/buyers/{buyer_id}/aliases", response=Aliases, summary="Other names of a buyer")
def aliases(request: ApiRequest, buyer_id: Id) -> dict[str, Any]:
    """Every name a search finds it by, beside its own."""
    buyer(request.auth, buyer_id)
    return {"items": profile.aliases_of(request.auth, buyer_id)}


@router.post(
    "/buyers/{buyer_id}/aliases", response=KEPT, openapi_extra=KEYED, summary="Add another name"
)
def add_alias(
    request: ApiRequest, response: HttpResponse, buyer_id: Id, wanted: AliasWanted
) -> Status[dict[str, Any]]:
    """A name that is known already is kept once."""
    return _entered(request, response, buyer_id, entering.NewAlias(wanted.name, wanted.kind))


@router.delete(
    "/buyers/{buyer_id}/aliases/{alias_id}", response=GONE, summary="Delete another name"
)
def delete_alias(request: ApiRequest, buyer_id: Id, alias_id: Id) -> Status[None]:
    """The name of a merged buyer goes with the merge alone."""
    use.forget(request.auth, "alias", alias_id, buyer_id)
    return Status(204, None)


@router.get("/buyers/{buyer_id}/contacts", response=Contacts, summary="People at a buyer")
def contacts(request: ApiRequest, buyer_id: Id) -> dict[str, Any]:
    """For keys that may `read_personal`."""
    request.auth.require(Permission.READ_PERSONAL)
    buyer(request.auth, buyer_id)
    return {"items": profile.contacts_of(request.auth, buyer_id)}


@router.post(
    "/buyers/{buyer_id}/contacts", response=KEPT, openapi_extra=KEYED, summary="Add a person"
)
def add_contact(
    request: ApiRequest, response: HttpResponse, buyer_id: Id, wanted: ContactWanted
) -> Status[dict[str, Any]]:
    """The event that tells of it names no one."""
    return _entered(request, response, buyer_id, use.Contact(**wanted.dict()))


@router.delete("/buyers/{buyer_id}/contacts/{contact_id}", response=GONE, summary="Forget a person")
def delete_contact(request: ApiRequest, buyer_id: Id, contact_id: Id) -> Status[None]:
    """Nothing of it is kept."""
    use.forget(request.auth, "contact", contact_id, buyer_id)
    return Status(204, None)


@router.get("/buyers/{buyer_id}/addresses", response=Addresses, summary="Addresses of a buyer")
def addresses(request: ApiRequest, buyer_id: Id) -> dict[str, Any]:
    """Registered, billing, delivery and other places."""
    buyer(request.auth, buyer_id)
    return {"items": profile.addresses_of(request.auth, buyer_id)}


@router.post(
    "/buyers/{buyer_id}/addresses", response=KEPT, openapi_extra=KEYED, summary="Add an address"
)
def add_address(
    request: ApiRequest, response: HttpResponse, buyer_id: Id, wanted: AddressWanted
) -> Status[dict[str, Any]]:
    """In any script."""
    told = use.Address(**wanted.dict() | {"kind": wanted.kind.value})
    return _entered(request, response, buyer_id, told)


@router.delete(
    "/buyers/{buyer_id}/addresses/{address_id}", response=GONE, summary="Delete an address"
)
def delete_address(request: ApiRequest, buyer_id: Id, address_id: Id) -> Status[None]:
    """To change one, add the new one and delete the old one."""
    use.forget(request.auth, "address", address_id, buyer_id)
    return Status(204, None)


@router.get(
    "/buyers/{buyer_id}/bank-accounts", response=BankAccounts, summary="Bank accounts of a buyer"
)
def bank_accounts(request: ApiRequest, buyer_id: Id) -> dict[str, Any]:
    """Pay or refund to none that is `to_confirm`."""
    buyer(request.auth, buyer_id)
    return {"items": accounts.accounts_of(request.auth, buyer_id)}


@router.post(
    "/buyers/{buyer_id}/bank-accounts",
    response=KEPT,
    openapi_extra=KEYED,
    summary="Add or change a bank account",
)
def add_bank_account(
    request: ApiRequest, response: HttpResponse, buyer_id: Id, wanted: AccountWanted
) -> Status[dict[str, Any]]:
    """An IBAN's check digits are checked. Any account but the first raises an alert.

    It stands until somebody confirms or rejects it.
    """
    account = accounts.BankAccount(wanted.number, wanted.country, wanted.bank_code, wanted.holder)
    return _entered(request, response, buyer_id, entering.NewAccount(account, wanted.replaces))


@router.post(
    "/buyers/{buyer_id}/bank-accounts/{account_id}/confirm",
    response=KEPT | {404: Problem},
    openapi_extra=KEYED,
    summary="Confirm a changed bank account",
)
def confirm(
    request: ApiRequest, response: HttpResponse, buyer_id: Id, account_id: Id, wanted: Decided
) -> Status[dict[str, Any]]:
    """After a call to a number known from elsewhere, by another one than who entered it."""
    repeated = accounts.confirm_bank_account(
        request.auth, account_id, wanted.how, of=buyer_id, key=key_of(request)
    )
    return Status(status_of(response, repeated=repeated), {"id": account_id})


@router.post(
    "/buyers/{buyer_id}/bank-accounts/{account_id}/reject",
    response=KEPT | {404: Problem},
    openapi_extra=KEYED,
    summary="Reject a changed bank account",
)
def reject(
    request: ApiRequest, response: HttpResponse, buyer_id: Id, account_id: Id, wanted: Decided
) -> Status[dict[str, Any]]:
    """It ends, and the account that it was to replace stays in force."""
    repeated = accounts.reject_bank_account(
        request.auth, account_id, wanted.how, of=buyer_id, key=key_of(request)
    )
    return Status(status_of(response, repeated=repeated), {"id": account_id})


class NoticeWanted(Schema):
    """A sign of an insolvency, or that proceedings were opened. `reference`: its number there."""

    model_config = _like(
        {"kind": "opened", "dated_on": "2026-05-20", "source": "The Gazette", "reference": "4711"}
    )

    kind: insolvency.NoticeKind
    dated_on: Day
    source: ONE
    reference: ANY = ""
    words: ANY = ""


class NoticeShown(Schema):
    """A notice. It counts from `known_on`, and until `withdrawn_on` if that is."""

    id: UUID
    kind: insolvency.NoticeKind
    dated_on: date
    source: str
    reference: str
    words: str
    known_on: date
    entered_by: str
    withdrawn_on: date | None
    withdrawn_by: str | None
    withdrawn_why: str | None


class Notices(Schema):
    """A buyer's notices, those that were withdrawn too, the newest first."""

    items: list[NoticeShown]


class Withdrawn(Schema):
    """Why a notice is taken back."""

    model_config = _like({"why": "The court set the order aside."})

    why: ONE


@router.get(
    "/buyers/{buyer_id}/insolvency-notices",
    response=Notices,
    summary="What was heard of a buyer's insolvency",
)
def notices(request: ApiRequest, buyer_id: Id) -> dict[str, Any]:
    """Signs lower the score for a year; opened proceedings are a default."""
    buyer(request.auth, buyer_id)
    return {"items": insolvency.notices_of(request.auth, buyer_id)}


@router.post(
    "/buyers/{buyer_id}/insolvency-notices",
    response=KEPT | {404: Problem},
    openapi_extra=KEYED,
    summary="Enter a notice of insolvency",
)
def add_notice(
    request: ApiRequest, response: HttpResponse, buyer_id: Id, wanted: NoticeWanted
) -> Status[dict[str, Any]]:
    """The same notice again changes nothing. Opened proceedings hold the buyer's open lines."""
    told = insolvency.Notice(
        wanted.kind, wanted.dated_on, wanted.source, wanted.reference, wanted.words
    )
    kept, repeated = insolvency.record_notice(request.auth, buyer_id, told, key=key_of(request))
    return Status(status_of(response, repeated=repeated), {"id": kept})


@router.post(
    "/buyers/{buyer_id}/insolvency-notices/{notice_id}/withdraw",
    response=KEPT | {404: Problem},
    openapi_extra=KEYED,
    summary="Withdraw a notice of insolvency",
)
def withdraw(
    request: ApiRequest, response: HttpResponse, buyer_id: Id, notice_id: Id, wanted: Withdrawn
) -> Status[dict[str, Any]]:
    """It was wrong, or the court took it back. Lines on hold stay so until a person opens them."""
    repeated = insolvency.withdraw_notice(
        request.auth, notice_id, wanted.why, of=buyer_id, key=key_of(request)
    )
    return Status(status_of(response, repeated=repeated), {"id": notice_id})


def _entered(
    request: ApiRequest, response: HttpResponse, buyer_id: UUID, told: entering.New
) -> Status[dict[str, Any]]:
    kept, repeated = entering.enter(request.auth, buyer_id, told, key_of(request))
    return Status(status_of(response, repeated=repeated), {"id": kept})
