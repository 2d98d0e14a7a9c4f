"""Reads behind letters: what they say, who they are from, what was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from netterms.buyers.profile import KeptAddress, addresses_of
from netterms.buyers.queries import Buyer
from netterms.collection.letters.rules import (
    FORMAL,
    OF_ITEMS,
    Account,
    Basis,
    Claimed,
    Item,
    Movement,
    Party,
    Template,
    language_of,
)
from netterms.kernel.context import Context, Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.queries import buyer_statement
from netterms.receivables.statement import Statement
from netterms.store import sql
from netterms.store.tenancy import book
from netterms.terms.actions import Claimable, claimable
from netterms.terms.jurisdictions import Cell, jurisdictions
from netterms.terms.queries import buyer_terms, rate_table, terms_policy
from netterms.terms.rates import RateTable
from netterms.terms.rules import Applied, OneRate, Parties, applied, late_interest

ADDRESS_ORDER = ("registered", "billing", "other", "delivery")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who letters are from. `address` and `payee` are lines."""

    legal_name: str = ""
    address: str = ""
    registration: str = ""
    payee: str = ""
    contact: str = ""
    signatory: str = ""
    signatory_role: str = ""
    contract_language: str = ""


@dataclass(frozen=True, slots=True)
class BuyerLetters:
    """What was said of letters to a buyer; '' leaves it to the buyer, its country or the seller."""

    language: str = ""
    contract_language: str = ""
    contract_number: str = ""
    is_person: bool = False


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter in a list."""

    id: UUID
    template: str
    language: str
    also_language: str
    written_on: date
    deadline: date | None
    title: str
    state: str
    sent_to: str
    sent_at: datetime | None
    written_by: str
    outcome: str


@dataclass(frozen=True, slots=True)
class KeptLetter(LetterLine):
    """A letter with what it says; `content` are its documents, `asked` minor units by currency."""

    buyer_id: UUID
    content: list[dict[str, Any]]
    asked: dict[str, int]
    sha256: str


LINE = (
    "id, template, language, also_language, written_on, deadline, title, state, sent_to, sent_at,"
    " written_by, outcome"
)


def letterhead(ctx: Context) -> Letterhead | None:
    """Who letters are from; None while nobody has said."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select legal_name, address, registration, payee, contact, signatory, signatory_role,"
            " contract_language"
            " from letterhead where seller_id = %(seller)s",
            {"seller": ctx.seller},
        )
    return sql.typed(found, Letterhead)[0] if found else None


def buyer_letters(ctx: Context, buyer_id: UUID) -> BuyerLetters:
    """What was said of letters to a buyer."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            "select language, contract_language, contract_number, is_person from buyer_letters"
            " where seller_id = %(seller)s and buyer_id = %(buyer)s",
            {"seller": ctx.seller, "buyer": buyer_id},
        )
    return sql.typed(found, BuyerLetters)[0] if found else BuyerLetters()


def letters_of(
    ctx: Context, buyer_id: UUID, most: int = 50, *, after: UUID | None = None
) -> list[LetterLine]:
    """Letters to a buyer, the newest first; those that follow `after` in that order."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            f"select {LINE} from letter"  # noqa: S608 - our own columns
            " where seller_id = %(seller)s and buyer_id = %(buyer)s"
            " and (%(after)s::uuid is null or id < %(after)s)"
            " order by id desc limit %(most)s",
            {"seller": ctx.seller, "buyer": buyer_id, "after": after, "most": most},
        )
    return sql.typed(found, LetterLine)


def letter(ctx: Context, letter_id: UUID) -> KeptLetter:
    """One letter; NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.rows(
            f"select {LINE}, buyer_id, content, asked, sha256 from letter"  # noqa: S608 - ours
            " where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": letter_id},
        )
    if not found:
        raise Refusal(Code.NOT_FOUND, field="letter", value=str(letter_id))
    return sql.typed(found, KeptLetter)[0]


def is_written(ctx: Context, key: str) -> bool:
    """Whether there is a letter of that key already."""
    ctx.require(Permission.READ)
    with book(ctx):
        return bool(
            sql.value(
                "select exists (select from letter where seller_id = %(seller)s and key = %(key)s)",
                {"seller": ctx.seller, "key": key},
            )
        )


def letter_pdf(ctx: Context, letter_id: UUID) -> bytes:
    """The PDF of a letter as it was written; NOT_FOUND."""
    ctx.require(Permission.READ)
    with book(ctx):
        found = sql.value(
            "select pdf from letter where seller_id = %(seller)s and id = %(id)s",
            {"seller": ctx.seller, "id": letter_id},
        )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="letter", value=str(letter_id))
    return bytes(found)


def language_for(buyer: Buyer, said: BuyerLetters) -> str:
    """The language letters to a buyer are in."""
    place = jurisdictions().get(buyer.country)
    return language_of(said.language, buyer.language, place.languages if place else ())


def buyer_party(ctx: Context, buyer: Buyer) -> Party:
    """A buyer's legal name with its registered address, else another one."""
    places = sorted(addresses_of(ctx, buyer.id), key=lambda one: ADDRESS_ORDER.index(one.kind))
    address = _lines(places[0]) if places else ()
    country = places[0].country if places else ""
    return Party(buyer.name, address, buyer.registration_number, country)


def _lines(place: KeptAddress) -> tuple[str, ...]:
    city = f"{place.postal_code} {place.city}".strip()
    lines = (*place.lines.splitlines(), city)
    return tuple(line.strip() for line in lines if line.strip())


def items_of(ctx: Context, buyer: Buyer, template: Template) -> tuple[Item, ...]:
    """What a letter may ask for; notices with interest as far as it may be claimed (LAW-09)."""
    if template not in OF_ITEMS:
        return ()
    with book(ctx):
        found = sql.rows(
            sql.statement("collection/letter_items"),
            {"seller": ctx.seller, "buyer": buyer.id, "as_of": ctx.today},
        )
    claims = _claims(ctx, buyer, found) if template in FORMAL and found else {}
    return tuple(_item(line, claims.get(line["id"])) for line in found)


def _item(line: dict[str, Any], claimed: Claimed | None) -> Item:
    currency = line["currency"]
    vat = line["tax_minor"]
    return Item(
        number=line["invoice_number"],
        issued_on=line["issued_on"],
        due_on=line["due_on"],
        amount=Money(line["amount_minor"], currency),
        open=Money(line["open_minor"] - line["disputed_minor"], currency),
        vat=None if vat is None else Money(vat, currency),
        claimed=claimed,
    )


def _claims(ctx: Context, buyer: Buyer, found: list[dict[str, Any]]) -> dict[UUID, Claimed]:
    """Interest by invoice. One that is partly disputed claims none until that is settled."""
    wanted = [line["id"] for line in found if not line["disputed_minor"]]
    if not wanted:
        return {}
    policy, agreed = terms_policy(ctx), buyer_terms(ctx, buyer.id)
    contract = agreed.contract_percent
    contract = policy.contract_percent if contract is None else contract
    place = jurisdictions().get(buyer.country)
    parties = Parties(policy.creditor_small, agreed.debtor_large)
    rates, said = rate_table(ctx), claimable(ctx, wanted, ctx.today)
    lines = {line["id"]: line for line in found}

    def claimed(invoice: UUID, one: Claimable) -> Claimed:
        line, basis = lines[invoice], None
        if place is not None:
            rule = applied(
                place, parties, line["due_on"], contract_percent=contract, one_rate=policy.one_rate
            )
            basis = _basis(rule, one, line, ctx.today, rates, policy.one_rate)
        return Claimed(one.interest, one.compensation, one.daily, basis, _unverified(one, basis))

    return {
        invoice: claimed(invoice, one)
        for invoice, one in said.items()
        if one.interest.minor or one.compensation.minor
    }


def _unverified(one: Claimable, basis: Basis | None) -> bool:
    """Whether a sum of the claim rests on a fact of the country that nobody read in full."""
    doubted = set(one.basis.get("unverified", ()))
    by_statute = one.interest.minor and not (basis and basis.contract)
    return bool(
        (one.compensation.minor and Cell.COMPENSATION in doubted)
        or (by_statute and doubted - {Cell.COMPENSATION})
    )


def _basis(
    rule: Applied, one: Claimable, line: dict[str, Any], today: date, rates: RateTable,
    one_rate: OneRate | None,
) -> Basis | None:  # fmt: skip
    if rule.law is None or one.why is not None:
        return None
    country = str(one.basis.get("country", ""))
    run = late_interest(
        rule.law, Money(line["open_minor"], line["currency"]), line["due_on"], today, rates,
        one_rate=one_rate or OneRate.START,
    )  # fmt: skip
    if rule.by_contract:
        return Basis(country, run.percent, contract=True)
    if not rule.law.series or rule.law.multiple != 1:
        return Basis(country, run.percent)
    return Basis(country, run.percent, run.percent - rule.law.margin, rule.law.margin)


def accounts_of(ctx: Context, buyer: Buyer, since: date) -> tuple[Account, ...]:
    """The buyer's account by currency from `since` until today."""
    return tuple(map(_account, buyer_statement(ctx, buyer.id, since, ctx.today)))


def _account(told: Statement) -> Account:
    def money(minor: int) -> Money:
        return Money(minor, told.currency)

    return Account(
        told.since,
        told.until,
        money(told.opening_minor),
        money(told.closing_minor),
        tuple(
            Movement(
                line.booked_on, line.kind, line.document, money(line.minor),
                money(line.balance_minor),
            )
            for line in told.lines
        ),
    )  # fmt: skip


def reminders_before(ctx: Context, action_id: UUID) -> int:
    """How many reminders of a case left before this one."""
    with book(ctx):
        return int(
            sql.value(
                "select count(*) from collection_action a join collection_action b"
                " on b.seller_id = a.seller_id and b.case_id = a.case_id"
                " and b.step = 'email_reminder' and b.state = 'done' and b.id <> a.id"
                " where a.seller_id = %(seller)s and a.id = %(action)s",
                {"seller": ctx.seller, "action": action_id},
            )
        )
