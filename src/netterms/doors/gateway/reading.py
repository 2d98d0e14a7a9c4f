"""From the bytes of a request to what is asked of an order, or a refusal that names the field."""

from __future__ import annotations

import re
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from netterms.checkout.moves import OrderMove
from netterms.checkout.requests import MOST_MINOR, MoveRequest, OrderRequest, in_utc
from netterms.doors.api.hot import (
    MOST_IN_A_BATCH,
    MOVES,
    Amend,
    Batch,
    KeyedOrder,
    NewOrder,
    Paper,
    RawBatch,
)
from netterms.doors.api.sent import read, value_at
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES, Money
from netterms.kernel.refusal import Code, Refusal, invalid

Shape = TypeVar("Shape")
PLACE = re.compile(r" - at `\$(.*)`$")
MISSING = re.compile(r"Object missing required field `(\w+)`")
UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
EXPECTED = re.compile(
    r"Expected `(\w+)(?: \| null)?`( of length)?(?: (>=|<=) (\S+)| matching regex '(.*)')?"
    r"|Invalid (?:RFC3339 encoded )?(\w+)"
)
# Also text that is not UTF-8, which JSON has to be.
UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
# What msgspec says of a number that no machine's integer holds.
BEYOND = re.compile(r"(?:Integer value|Number) out of range")
TYPES = {
    "array": Mend.LIST,
    "bool": Mend.TRUE_OR_FALSE,
    "date": Mend.DAY,
    "datetime": Mend.INSTANT,
    "int": Mend.WHOLE_NUMBER,
    "object": Mend.OBJECT,
    "str": Mend.TEXT,
    "uuid": Mend.ID,
}

_DECODERS: dict[type[Any], msgspec.json.Decoder[Any]] = {
    shape: msgspec.json.Decoder(shape)
    for shape in (NewOrder, KeyedOrder, Batch, RawBatch, *MOVES.values())
}


def decoded(shape: type[Shape], body: bytes) -> Shape:
    """`body` as `shape`. BODY_UNREADABLE where it is not JSON, else VALUE_INVALID."""
    try:
        found: Shape = _DECODERS[shape].decode(body)
    except msgspec.ValidationError as error:
        raise _named(str(error), body, shape) from None
    except UNREADABLE as error:
        raise Refusal(Code.BODY_UNREADABLE, field="body", value=str(error)) from None
    return found


def order(key: str, body: bytes) -> OrderRequest:
    """The request for credit in `body`, checked."""
    return _order(key, decoded(NewOrder, body))


def batch(body: bytes) -> list[OrderRequest | Exception]:
    """The requests of a batch, in their order; of one that cannot be read why, mostly a Refusal."""
    try:
        whole = _DECODERS[Batch].decode(body)
        return [_tried(each) for each in whole.orders]
    except UNREADABLE:
        # At least one is wrong: which, and what is wrong with it, is found one by one.
        return [_tried(each) for each in decoded(RawBatch, body).orders]


def move(key: str, order_id: UUID, word: str, body: bytes) -> MoveRequest:
    """The move `word` on an order, checked. No body is an empty one."""
    asked = decoded(MOVES[word], body or b"{}")
    amount, number, issued_on = None, None, None
    if isinstance(asked, Amend):
        amount = asked.amount_minor
    elif isinstance(asked, Paper):
        amount, number, issued_on = asked.amount_minor, asked.invoice_number, asked.issued_on
    found = MoveRequest(key, order_id, OrderMove(word), amount, number, issued_on)
    found.check()
    return found


def _tried(each: KeyedOrder | msgspec.Raw) -> OrderRequest | Exception:
    try:
        found = decoded(KeyedOrder, bytes(each)) if isinstance(each, msgspec.Raw) else each
        return _order(found.idempotency_key, found)
    except Exception as error:  # noqa: BLE001 - also our own mistake may spoil this one only
        return error


def _order(key: str, asked: NewOrder) -> OrderRequest:
    if asked.amount.currency not in CURRENCIES:
        raise invalid("amount.currency", asked.amount.currency, Mend.CURRENCY_CODE)
    found = OrderRequest(
        key,
        asked.order_number,
        asked.buyer_id,
        Money(asked.amount.minor, asked.amount.currency),
        asked.partial,
        asked.review,
        in_utc(asked.expires_at),
    )
    found.check()
    return found


def _named(said: str, body: bytes, shape: type[Any]) -> Refusal:
    """The refusal of what msgspec says: `Expected `int`, got `str` - at `$.amount.minor``.

    BODY_UNREADABLE where more is wrong with it: msgspec stops at the first mistake.
    """
    place = PLACE.search(said)
    path = [part for part in re.split(r"[.\[\]]", place[1] if place else "") if part]
    reason = PLACE.sub("", said)
    mend: Mend
    facts: dict[str, object] = {}
    if found := MISSING.match(reason):
        path, mend = [*path, found[1]], Mend.GIVE_IT
    elif found := UNKNOWN.match(reason):
        path, mend = [*path, found[1]], Mend.LEAVE_OUT
        if len(path) == 1 and shape.__struct_fields__:
            mend, facts = Mend.LEAVE_OUT_OR, {"allowed": ", ".join(shape.__struct_fields__)}
    elif path[-1:] == ["currency"]:
        mend = Mend.CURRENCY_CODE
    elif path == ["orders"]:
        mend, facts = Mend.ITEMS, {"least": 1, "most": MOST_IN_A_BATCH}
    else:
        mend, facts = _mend(reason)
    field, value = ".".join(path) or "body", value_at(read(body), path)
    return Refusal(Code.VALUE_INVALID, field=field, value=value, mend=mend, **facts)


def _mend(reason: str) -> tuple[Mend, dict[str, object]]:
    """What msgspec expected, as a code and its facts."""
    if BEYOND.match(reason):
        return Mend.BETWEEN, {"least": 1, "most": MOST_MINOR}
    found = EXPECTED.match(reason)
    if found is None:
        return Mend.AS_DOCUMENTED, {}
    kind, sized, bound, figure, pattern, unreadable = found.groups()
    if pattern:
        return Mend.FITTING, {"pattern": pattern}
    if bound == ">=":
        # Nothing has to be longer than one.
        return Mend.GIVE_IT if sized else Mend.AT_LEAST, {"least": figure}
    if bound:
        return Mend.CHARACTERS if sized else Mend.AT_MOST, {"least": 1, "most": figure}
    return TYPES.get((kind or unreadable).lower(), Mend.AS_DOCUMENTED), {}
