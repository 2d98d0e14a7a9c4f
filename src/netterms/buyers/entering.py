"""Any particular of a buyer, entered once under a key: for doors where requests are repeated."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from netterms.buyers.accounts import BankAccount, set_bank_account
from netterms.buyers.particulars import (
    GIVEN_KINDS,
    Address,
    AliasKind,
    Contact,
    add_address,
    add_alias,
    add_contact,
    add_identifier,
    params,
)
from netterms.kernel.context import Context, Permission
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import invalid
from netterms.store import sql
from netterms.store.keys import done_once


@dataclass(frozen=True, slots=True)
class NewIdentifier:
    """A number as somebody types it."""

    kind: str
    value: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class NewAlias:
    """Another name as somebody types it."""

    name: str
    kind: str = AliasKind.OTHER


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account, in place of another if it `replaces` one."""

    account: BankAccount
    replaces: UUID | None = None


New = NewIdentifier | NewAlias | Contact | Address | NewAccount


def enter(ctx: Context, buyer_id: UUID, told: New, key: str = "") -> tuple[str, bool]:
    """Keep a particular of the buyer once under `key`; whether `key` had brought it before.

    Answers its id, of an identifier its one spelling. VALUE_INVALID, NOT_FOUND, KEY_REUSED.
    """
    ctx.require(Permission.IMPORT)
    request = {"buyer": buyer_id, type(told).__name__: asdict(told)}
    answer, repeated = done_once(ctx, key, request, lambda: _entered(ctx, buyer_id, told))
    return str(answer), repeated


def _entered(ctx: Context, buyer_id: UUID, told: New) -> str:
    match told:
        case NewIdentifier():
            return add_identifier(ctx, buyer_id, told.kind, told.value, told.country).value
        case NewAlias():
            if told.kind not in GIVEN_KINDS:
                raise invalid("kind", told.kind, Mend.ONE_OF, allowed=", ".join(GIVEN_KINDS))
            new = add_alias(ctx, buyer_id, told.name, AliasKind(told.kind))
            return str(new or _alias_called(ctx, buyer_id, told.name.strip()))
        case Contact():
            return str(add_contact(ctx, buyer_id, told))
        case Address():
            return str(add_address(ctx, buyer_id, told))
        case NewAccount():
            return str(set_bank_account(ctx, buyer_id, told.account, replaces=told.replaces))


def _alias_called(ctx: Context, buyer_id: UUID, name: str) -> UUID:
    found: UUID = sql.value(
        "select id from buyer_alias"
        " where seller_id = %(seller)s and buyer_id = %(buyer)s and name = %(name)s",
        params(ctx, buyer_id) | {"name": name},
    )
    return found
