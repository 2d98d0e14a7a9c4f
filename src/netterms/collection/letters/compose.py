"""Facts and wording become a document: lines, paragraphs and tables, ready to be set or mailed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from netterms.collection.letters.rules import (
    FORMAL,
    OF_ITEMS,
    Account,
    Basis,
    Item,
    LetterFacts,
    Party,
    Sum,
    Template,
    bases,
    sums,
)
from netterms.collection.letters.wording import Words, words
from netterms.kernel.calendar import days_past_due
from netterms.kernel.money import Money, exponent, total

LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB", "pt": "pt_PT"}
# Keeps an amount and a number the same way round inside a line that runs from right to left.
ISOLATE, END_ISOLATE = "\u2066", "\u2069"


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and cells; `texts` columns at the start are text, the rest figures."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int = 1
    last_is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a table, or pairs of a label and a value: exactly one of them."""

    text: str = ""
    table: Table | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A letter in one language."""

    language: str
    direction: str
    template: str
    version: int
    title: str
    day: str
    sender: tuple[str, ...]
    receiver: tuple[str, ...]
    references: tuple[tuple[str, str], ...]
    salutation: str
    blocks: tuple[Block, ...]
    sign_off: str
    signature: tuple[str, ...]
    page: str


def compose(facts: LetterFacts, language: str) -> Document:
    """The letter in one of the languages; it says nothing that is not among the facts."""
    return _Composer(facts, words(language)).document()


def as_text(document: Document) -> str:
    """The same for the body of an e-mail: plain, in short paragraphs, without columns."""
    parts = [document.salutation]
    for block in document.blocks:
        if block.table:
            parts += _table_as_text(block.table)
        elif block.pairs:
            parts.append("\n".join(f"{label}: {value}" for label, value in block.pairs))
        else:
            parts.append(block.text)
    parts += [document.sign_off, "\n".join(document.signature)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table_as_text(table: Table) -> list[str]:
    return [
        "\n".join(
            f"{heading}: {cell}" for heading, cell in zip(table.headings, row, strict=True) if cell
        )
        for row in table.rows
    ]


class _Composer:
    def __init__(self, facts: LetterFacts, said: Words) -> None:
        self.facts, self.said, self.labels = facts, said, said.labels
        self.locale = Locale.parse(LOCALES.get(said.language, said.language))
        self.wording = said.templates[facts.template]

    def document(self) -> Document:
        facts = self.facts
        return Document(
            language=self.said.language,
            direction=self.said.direction,
            template=facts.template.value,
            version=self.wording.version,
            title=self.wording.title,
            day=self.day(facts.written_on),
            sender=tuple(map(self.isolated, self.party(facts.seller))),
            receiver=tuple(map(self.isolated, self.party(facts.buyer))),
            references=tuple(self.references()),
            salutation=self.labels["salutation"],
            blocks=tuple(self.blocks()),
            sign_off=self.labels["sign_off"],
            signature=tuple(
                self.isolated(_line(text))
                for text in (facts.signatory, facts.signatory_role, facts.seller.name)
                if text.strip()
            ),
            page=self.labels["page"],
        )

    def references(self) -> Iterable[tuple[str, str]]:
        facts, formal = self.facts, self.facts.template in FORMAL
        if formal:
            yield self.labels["creditor"], self.isolated(", ".join(self.party(facts.seller)))
            yield self.labels["debtor"], self.isolated(", ".join(self.party(facts.buyer)))
        if facts.buyer_number:
            yield self.labels["customer_number"], self.isolated(_line(facts.buyer_number))
        if facts.contract:
            yield self.labels["contract"], self.isolated(_line(facts.contract))

    def blocks(self) -> Iterable[Block]:
        facts = self.facts
        yield from (Block(self.filled(text)) for text in self.wording.before)
        if facts.template in OF_ITEMS:
            yield from self.items()
        for account in facts.accounts:
            yield from self.account(account)
        if facts.instalments:
            yield self.instalments()
        yield from self.paying()
        yield from (Block(self.filled(text)) for text in self.wording.after)
        yield from self.asking()

    def items(self) -> Iterable[Block]:
        formal = self.facts.template in FORMAL
        items = sorted(self.facts.items, key=lambda item: (item.due_on, item.number))
        for one in sums(items):
            inside = [item for item in items if item.open.currency == one.open.currency]
            if inside:
                yield Block(table=self.formal_table(inside) if formal else self.table(inside))
        if formal:
            yield Block(self.put("as_of", date=self.day(self.facts.written_on)))
            yield from (self.rate(basis) for basis in bases(items))
            if any(item.claimed and item.claimed.unverified for item in items):
                yield Block(self.labels["reserve"])
        for one in sums(items):
            yield Block(pairs=tuple(self.totals(one, formal=formal)), strong=True)
            if formal and one.daily.minor:
                yield Block(self.put("daily", amount=self.money(one.daily)))

    def table(self, items: list[Item]) -> Table:
        label = self.labels
        return Table(
            tuple(label[name] for name in ("invoice", "issued", "due", "days", "open")),
            tuple(
                (
                    self.isolated(_line(item.number)),
                    self.short_day(item.issued_on),
                    self.short_day(item.due_on),
                    str(days_past_due(item.due_on, self.facts.written_on)),
                    self.money(item.open),
                )
                for item in items
            ),
            texts=3,
        )

    def formal_table(self, items: list[Item]) -> Table:
        label = self.labels
        with_vat = any(item.vat is not None for item in items)
        with_interest = any(item.claimed for item in items)
        names = ["invoice", "issued", "due", "amount"]
        names += ["vat"] * with_vat + ["credited", "open"]
        names += ["interest", "compensation"] * with_interest
        rows = []
        for item in items:
            row = [
                self.isolated(_line(item.number)),
                self.short_day(item.issued_on),
                self.short_day(item.due_on),
                self.figure(item.amount),
            ]
            if with_vat:
                row.append("–" if item.vat is None else self.figure(item.vat))
            row += [self.figure(item.credited), self.figure(item.open)]
            if with_interest:
                claim = item.claimed
                row.append(self.figure(claim.interest) if claim else "–")
                # It may be fixed in another currency than the debt is.
                row.append(self.money(claim.compensation) if claim else "–")
            rows.append(tuple(row))
        headings = {name: label[name] for name in names}
        headings["amount"] += f" {items[0].open.currency}"
        return Table(tuple(headings.values()), tuple(rows), texts=3)

    def rate(self, basis: Basis) -> Block:
        if basis.contract:
            said = self.labels["basis_contract"]
        elif basis.reference is not None and basis.margin is not None:
            said = self.put(
                "basis_statute",
                country=self.country(basis.country),
                reference=self.percent(basis.reference),
                margin=self.percent(basis.margin),
            )
        else:
            said = self.put("basis_fixed", country=self.country(basis.country))
        return Block(self.put("rate", percent=self.percent(basis.percent), basis=said))

    def totals(self, one: Sum, *, formal: bool) -> Iterable[tuple[str, str]]:
        if formal:
            for name, money in (
                ("open", one.open),
                ("interest", one.interest),
                ("compensation", one.compensation),
            ):
                if money.minor:
                    yield self.labels[name], self.money(money)
        yield self.labels["total"], self.money(one.total if formal else one.open)

    def account(self, account: Account) -> Iterable[Block]:
        label = self.labels
        rows = [
            (
                self.short_day(move.booked_on),
                label.get(f"kind_{move.kind}", move.kind),
                self.isolated(_line(move.document)),
                self.money(move.amount, signed=True),
                self.money(move.balance),
            )
            for move in account.movements
        ]
        first = (self.short_day(account.since), label["opening"], "", "")
        last = (self.short_day(account.until), label["closing"], "", "")
        yield Block(
            table=Table(
                (label["issued"], "", label["document"], label["movement"], label["balance"]),
                (
                    (*first, self.money(account.opening)),
                    *rows,
                    (*last, self.money(account.closing)),
                ),
                texts=3,
                last_is_sum=True,
            )
        )

    def instalments(self) -> Block:
        label = self.labels
        parts = self.facts.instalments
        currencies = sorted({part.amount.currency for part in parts})

        def in_currency(code: str) -> Iterable[Money]:
            return (part.amount for part in parts if part.amount.currency == code)

        rows = [
            (str(number), self.day(part.due_on), self.money(part.amount))
            for number, part in enumerate(parts, 1)
        ]
        rows += [
            (label["total"], "", self.money(total(in_currency(code), code))) for code in currencies
        ]
        return Block(
            table=Table(
                (label["instalment"], label["due"], label["amount"]),
                tuple(rows),
                texts=2,
                last_is_sum=True,
            )
        )

    def paying(self) -> Iterable[Block]:
        facts = self.facts
        if facts.template in {Template.THANK_YOU, Template.STATEMENT}:
            return
        if facts.template in FORMAL:
            asked = " + ".join(self.money(one.total) for one in sums(facts.items))
            yield Block(self.put("pay_by", total=asked, deadline=self.day(facts.deadline)))
        elif facts.payee:
            yield Block(self.labels["pay_to"])
        else:
            yield Block(self.labels["pay_invoices"])
        if facts.payee:
            yield Block("\n".join(self.isolated(_line(line)) for line in facts.payee), strong=True)

    def asking(self) -> Iterable[Block]:
        facts = self.facts
        if facts.template is Template.THANK_YOU:
            return
        contact = self.isolated(_line(facts.contact))
        if facts.template in FORMAL:
            yield Block(self.put("dispute", deadline=self.day(facts.deadline), contact=contact))
        elif contact:
            yield Block(self.put("ask", contact=contact))
        if facts.template in OF_ITEMS:
            yield Block(self.labels["paid"])

    def filled(self, text: str) -> str:
        facts = self.facts
        since = min((account.since for account in facts.accounts), default=facts.written_on)
        until = max((account.until for account in facts.accounts), default=facts.written_on)
        return text.format(
            deadline=self.day(facts.deadline),
            note=facts.note.strip(),
            since=self.day(since),
            until=self.day(until),
        )

    def put(self, label: str, **values: str) -> str:
        return self.labels[label].format(**values)

    def day(self, day: date) -> str:
        return format_date(day, "long", locale=self.locale)

    def short_day(self, day: date) -> str:
        return self.isolated(day.isoformat())

    def percent(self, value: Decimal) -> str:
        return str(format_decimal(value.normalize(), "#,##0.######", locale=self.locale))

    def party(self, party: Party) -> tuple[str, ...]:
        country = self.country(party.country) if party.country else ""
        lines = (party.name, *party.address, country, party.registration)
        return tuple(_line(line) for line in lines if line.strip())

    def country(self, code: str) -> str:
        return str(self.locale.territories.get(code, code))

    def money(self, money: Money, *, signed: bool = False) -> str:
        """With the ISO code: a letter crosses borders, where `$` may mean another dollar."""
        places = exponent(money.currency)
        pattern = "#,##0." + "0" * places if places else "#,##0"
        figure = format_decimal(abs(money.major), pattern, locale=self.locale)
        sign = "−" if money.minor < 0 else "+" if signed and money.minor else ""
        return self.isolated(f"{money.currency}\u00a0{sign}{figure}")

    def figure(self, money: Money) -> str:
        """Without the code, for a table that names it once."""
        return self.money(money).replace(f"{money.currency}\u00a0", "")

    def isolated(self, text: str) -> str:
        if text and self.said.direction == "rtl":
            return f"{ISOLATE}{text}{END_ISOLATE}"
        return text


def plain(document: Document) -> dict[str, Any]:
    """A document as values of JSON, to be kept and to be set."""
    return asdict(document)


def document_of(told: dict[str, Any]) -> Document:
    """A document that was kept."""
    blocks = tuple(
        Block(
            block["text"],
            _table_of(block["table"]) if block["table"] else None,
            _pairs(block["pairs"]),
            block["strong"],
        )
        for block in told["blocks"]
    )
    lists = {name: tuple(told[name]) for name in ("sender", "receiver", "signature")}
    return Document(**told | lists | {"references": _pairs(told["references"]), "blocks": blocks})


def _table_of(told: dict[str, Any]) -> Table:
    rows = tuple(tuple(row) for row in told["rows"])
    return Table(tuple(told["headings"]), rows, told["texts"], told["last_is_sum"])


def _pairs(told: Iterable[Iterable[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((label, value) for label, value in told)


def _line(text: str) -> str:
    """A name as one line: a line break in it must not pass for a paragraph of ours."""
    return " ".join(text.split())
