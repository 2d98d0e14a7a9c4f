"""SWIFT MT940 (statement) and MT942 (interim report), with the dialects of German, Dutch, Polish
and Hungarian banks.

Source: SWIFT, "Category 9 - Cash Management and Customer Status", MT940 and MT942; the
structured field 86 with its `?20` codes is that of the German banking industry (DFÜ agreement,
annex 3), `/EREF/` that of Dutch banks, field NS that of banks with their own national structure.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.matching.statement import (
    Line,
    Report,
    Statement,
    minor_of,
    one_currency,
    unreadable,
)

_TAG = re.compile(r":(\d\d[A-Z]?|NS):")
_END = re.compile(r"^-\}?\s*$")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})?(\d{1,15}(?:,\d*)?)")
# Value day, booking day, mark, third letter of the currency, amount, type, the payer's reference,
# the bank's reference.
_ENTRY = re.compile(
    r"(\d{6})(\d{4})?(R?[CD])([A-Z])?(\d{1,15}(?:,\d*)?)([NFS][A-Z0-9 ]{3})?([^\n]*)"
)
_CODES = re.compile(r"\?(\d\d)")
_SLASHES = re.compile(r"/([A-Z]{4})/")
_START = "\x1f"  # where a subfield begins: only there, or after a blank, a SEPA word is one
_SEPA = re.compile(
    r"(?:^|(?<=[\s\x1f]))(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|COAM|OAMT|MTLG|IBAN|BIC)[+:]\s*"
)
_NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED", "EREF", "KREF+", "KREF"})
_SHORTEST_REFERENCE = 3
# A subfield of this length goes on in the next one; a shorter one ends its line.
_SUBFIELD = 27
_POLISH = re.compile(r"\bOD: (.*?)\s*; TYT\.: ?(.*?)\s*(?:; ?TNR|$)", re.DOTALL)
_POLISH_ACCOUNT = re.compile(r"\bZ RACH\.:\s*(\d{26})")


@dataclass(slots=True)
class _Message:
    """The fields of one statement, in order: tag, its text, the line of the file it begins at."""

    fields: list[tuple[str, str, int]] = field(default_factory=list)

    def first(self, *tags: str) -> tuple[str, int]:
        return next(((text, at) for tag, text, at in self.fields if tag in tags), ("", 0))

    def has(self, *tags: str) -> bool:
        return any(tag in tags for tag, _, _ in self.fields)


def looks_like(text: str) -> bool:
    """Whether a text has the fields of such a message at the beginning of its lines."""
    return bool(re.search(r"^\s*(\{1:.*\{4:)?:20:", text, re.MULTILINE)) and ":25:" in text


def read(text: str) -> list[Statement]:
    """Every statement of a file.

    BANK_STATEMENT_INCOMPLETE when there is none; BANK_STATEMENT_VALUE_UNREADABLE names the
    field and the line.
    """
    found = [_statement(message) for message in _messages(text)]
    if not found:
        raise Refusal(Code.BANK_STATEMENT_INCOMPLETE, field="bank_statement")
    return found


def _messages(text: str) -> list[_Message]:
    messages: list[_Message] = []
    within = False
    for at, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if line.startswith("{1:"):
            line = line.rpartition("{4:")[2]  # the SWIFT envelope
        if tag := _TAG.match(line):
            if tag[1] == "20":
                messages.append(_Message())
            within = bool(messages)
            if within:
                messages[-1].fields.append((tag[1], line[tag.end() :], at))
        elif _END.match(line):
            within = False
        elif within:
            name, told, first = messages[-1].fields[-1]
            messages[-1].fields[-1] = (name, f"{told}\n{line}", first)
    return [message for message in messages if message.has("25", "60F", "60M", "61")]


def _statement(message: _Message) -> Statement:
    if message.has("13D", "34F", "90C", "90D") and not message.has("60F", "60M"):
        return Statement(Report.INTERIM, "MT942", _account(message), "")
    accounts = [text for tag, text, _ in message.fields if tag == "25"]
    if len(accounts) > 1:
        raise unreadable(":25:", accounts[1].split("\n")[0])
    account = _account(message)
    opening = _balance(message, "60F", "60M")
    closing = _balance(message, "62F", "62M")
    told = [balance[0] for balance in (opening, closing) if balance]
    currency = one_currency(account, told) if told else ""
    lines = _lines(message, currency) if currency else []
    return Statement(
        Report.STATEMENT,
        "MT940",
        account,
        currency,
        message.first("28C", "28")[0].split("\n")[0].strip(),
        _minor(opening, currency, ":60:"),
        _minor(closing, currency, ":62:"),
        lines,
    )


def _account(message: _Message) -> str:
    return message.first("25")[0].split("\n")[0].replace(" ", "").strip()


def _balance(message: _Message, *tags: str) -> tuple[str, Decimal] | None:
    text, at = message.first(*tags)
    if not at:
        return None
    found = _BALANCE.match(text.strip())
    if not found:
        raise unreadable(f":{tags[0][:2]}: ({at})", text)
    mark, _, currency, amount = found.groups()
    value = _number(amount)
    return currency or "", value if mark == "C" else -value


def _minor(balance: tuple[str, Decimal] | None, currency: str, place: str) -> int | None:
    return None if balance is None else minor_of(balance[1], currency, place)


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ".").rstrip(".") or "0")


def _lines(message: _Message, currency: str) -> list[Line]:
    lines: list[Line] = []
    for tag, text, at in message.fields:
        if tag == "61":
            lines.append(_entry(text, at, currency))
        elif tag in ("86", "NS") and lines:
            lines[-1] = _told(lines[-1], text, structured=tag == "NS")
        elif tag.startswith("62"):
            break  # what follows speaks of the account, not of an entry
    return lines


def _entry(text: str, at: int, currency: str) -> Line:
    first, _, more = text.partition("\n")
    found = _ENTRY.match(first.strip())
    if not found:
        raise unreadable(f":61: ({at})", first)
    value, booked, mark, _, amount, _, references = found.groups()
    value_on = _value_day(value, at)
    minor = minor_of(_number(amount), currency, f":61: ({at})")
    # RC takes a credit back: it is a debit. RD takes a debit back.
    incoming = mark in ("C", "RD")
    of_payer, _, of_bank = references.partition("//")
    reference, _, name = of_payer.partition("  ")
    reference = reference.strip()
    reference = "" if len(reference) < _SHORTEST_REFERENCE else reference
    return Line(
        _booking_day(booked, value_on) if booked else value_on,
        minor if incoming else -minor,
        value_on,
        mark.startswith("R"),
        " ".join(name.split()),
        "",
        "" if reference in _NO_REFERENCE else reference,
        "",
        of_bank.strip(),
        " ".join(more.split()),
    )


def _value_day(text: str, at: int) -> date:
    """A day yymmdd. Banks that count 30 days a month write 30 February: it is the month's last."""
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    year += 2000 if year < 80 else 1900
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        raise unreadable(f":61: ({at})", text)
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _booking_day(text: str, value_on: date) -> date:
    """A day mmdd, in the year that brings it nearest to the value day."""
    month, day = int(text[:2]), int(text[2:])
    days = []
    for year in (value_on.year - 1, value_on.year, value_on.year + 1):
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return min(days, key=lambda found: abs((found - value_on).days), default=value_on)


def _told(line: Line, text: str, *, structured: bool) -> Line:
    """The line with what field 86 or NS says of it."""
    joined = text.replace("\n", "")
    if structured:
        return _national(line, text)
    if joined.lstrip()[3:4] == "?" or joined.lstrip()[:1] == "?":
        return _german(line, joined)
    if found := _POLISH.search(text.replace("\n", " ")):
        account = _POLISH_ACCOUNT.search(text.replace("\n", " "))
        return replace(
            line,
            name=_words(found[1]),
            account=account[1] if account else "",
            text=_words(line.text, found[2]),
        )
    if len(_SLASHES.findall(joined)) > 1:
        return _dutch(line, joined)
    return replace(line, text=_words(line.text, text))


def _national(line: Line, text: str) -> Line:
    told: dict[str, str] = {}
    for part in text.split("\n"):
        told[part[:2]] = f"{told.get(part[:2], '')} {part[2:]}"
    words = _words(*(told.get(f"{k:02d}", "") for k in (*range(1, 15), 17, 18)))
    name = _words(told.get("15", ""), told.get("16", "")) or line.name
    return replace(
        line, name=name, account=told.get("34", "").strip(), text=_words(line.text, words)
    )


def _german(line: Line, text: str) -> Line:
    told: dict[str, str] = {}
    parts = _CODES.split(text)
    for code, words in zip(parts[1::2], parts[2::2], strict=True):
        told.setdefault(code, "")
        told[code] += words
    fields = [told.get(f"{k}", "") for k in (*range(20, 30), *range(60, 64))]
    remittance = "".join(
        f"{_START}{words}{'' if len(words) == _SUBFIELD else ' '}" for words in fields if words
    )
    pieces = _SEPA.split(remittance)
    named = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    words = _words(pieces[0], named.get("SVWZ", ""), named.get("ABWA", ""), named.get("MTLG", ""))
    reference = _words(named.get("EREF", ""))
    return replace(
        line,
        name=_words(told.get("32", "") + told.get("33", "")) or line.name,
        account=told.get("31", "").replace(" ", "") or line.account,
        end_to_end=reference if reference.upper() not in _NO_REFERENCE else line.end_to_end,
        text=_words(line.text, words),
    )


def _dutch(line: Line, text: str) -> Line:
    pieces = _SLASHES.split(text)
    told = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    reference = told.get("EREF", "").strip().strip("/")
    return replace(
        line,
        name=_words(told.get("NAME", "")) or line.name,
        account=told.get("IBAN", "").strip().strip("/") or line.account,
        end_to_end=reference if reference.upper() not in _NO_REFERENCE else line.end_to_end,
        text=_words(line.text, told.get("REMI", ""), told.get("CREF", "")),
    )


def _words(*texts: str) -> str:
    return " ".join(" ".join(texts).replace(_START, "").split())
