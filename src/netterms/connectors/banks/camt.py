"""ISO 20022 cash management: camt.053 (statement), camt.052 (interim report), camt.054 (notice).

All versions from 2 on, told by their element names: namespaces differ by version, names hardly do.
Source: the message definition reports of ISO 20022, "Bank-to-Customer Cash Management".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lxml import etree

from netterms.connectors.markup import all_at, decimal, first_at, name_of, text_at
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.matching.statement import (
    Line,
    Report,
    Statement,
    minor_of,
    one_currency,
    unreadable,
)

# The element below `Document`, what it is, and the element of one account in it.
MESSAGES = {
    "BkToCstmrStmt": (Report.STATEMENT, "camt.053", "Stmt"),
    "BkToCstmrAcctRpt": (Report.INTERIM, "camt.052", "Rpt"),
    "BkToCstmrDbtCdtNtfctn": (Report.NOTICE, "camt.054", "Ntfctn"),
}
# Booked opening and closing balance; where a bank sends PRCD it is the close of the day before.
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_NOT_GIVEN = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF"})
_REMITTANCE = ("RmtInf/Ustrd", "RmtInf/Strd/RfrdDocInf/Nb", "RmtInf/Strd/AddtlRmtInf")
_MORE = ("AddtlTxInf",)


def read(root: etree._Element) -> list[Statement]:
    """Every account's part of a message.

    BANK_STATEMENT_INCOMPLETE when there is none; BANK_STATEMENT_VALUE_UNREADABLE,
    BANK_STATEMENT_CURRENCIES.
    """
    message = next((child for child in root if name_of(child) in MESSAGES), None)
    if message is None:
        raise Refusal(Code.FILE_UNREADABLE)
    report, format_, part = MESSAGES[name_of(message)]
    found = [_statement(element, report, format_) for element in all_at(message, part)]
    if not found:
        raise Refusal(Code.BANK_STATEMENT_INCOMPLETE, field="bank_statement")
    return found


def _statement(element: etree._Element, report: Report, format_: str) -> Statement:
    account = text_at(element, "Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id")
    balances = {
        kind: balance
        for balance in all_at(element, "Bal")
        if (kind := text_at(balance, "Tp/CdOrPrtry/Cd")) in (*_OPENING, *_CLOSING)
    }
    entries = [entry for entry in all_at(element, "Ntry") if _booked(entry, report)]
    told = [_currency(thing) for thing in (*balances.values(), *entries)]
    if report is Report.STATEMENT:
        currency = one_currency(account, [text_at(element, "Acct/Ccy"), *told])
    else:
        currency = text_at(element, "Acct/Ccy") or next(iter(told), "")
    opening = next((balances[kind] for kind in _OPENING if kind in balances), None)
    closing = next((balances[kind] for kind in _CLOSING if kind in balances), None)
    # An interim report is refused in any case: its lines may be in any currency and state.
    made_on = _day(element, "CreDtTm")
    lines = [] if report is Report.INTERIM else [ln for e in entries for ln in _lines(e, made_on)]
    return Statement(
        report,
        format_,
        account.replace(" ", ""),
        currency,
        text_at(element, "LglSeqNb", "ElctrncSeqNb", "Id"),
        None if opening is None else _signed(opening, "Bal"),
        None if closing is None else _signed(closing, "Bal"),
        lines,
    )


def _booked(entry: etree._Element, report: Report) -> bool:
    """Whether an entry counts: a statement may name pending ones and information beside."""
    return report is not Report.STATEMENT or text_at(entry, "Sts/Cd", "Sts") in ("BOOK", "")


def _currency(element: etree._Element) -> str:
    amount = first_at(element, "Amt")
    return "" if amount is None else str(amount.get("Ccy", ""))


def _signed(element: etree._Element, place: str) -> int:
    """The amount of a balance or entry. With a reversal the indicator tells its own direction."""
    amount = _amount(first_at(element, "Amt"), place)
    mark = text_at(element, "CdtDbtInd")
    if mark not in ("CRDT", "DBIT"):
        raise unreadable(f"{place}/CdtDbtInd", mark)
    return amount if mark == "CRDT" else -amount


def _amount(element: etree._Element | None, place: str) -> int:
    text = "" if element is None else (element.text or "").strip()
    amount = decimal(text)
    if element is None or amount is None or amount < 0:
        raise unreadable(f"{place}/Amt", text)
    return minor_of(amount, str(element.get("Ccy", "")), f"{place}/Amt")


def _day(element: etree._Element, name: str) -> date | None:
    text = text_at(element, f"{name}/Dt", f"{name}/DtTm", name)
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise unreadable(name, text) from error


def _lines(entry: etree._Element, made_on: date | None) -> Iterator[Line]:
    """One line an entry, or one a transaction where a collective entry tells all its parts.

    `made_on` is the day of a message that names no day of booking.
    """
    minor = _signed(entry, "Ntry")
    value_on = _day(entry, "ValDt")
    booked_on = _day(entry, "BookgDt") or value_on or made_on
    if booked_on is None:
        raise unreadable("Ntry/BookgDt", "")
    reversal = text_at(entry, "RvslInd") in ("true", "1")
    parts = all_at(entry, "NtryDtls/TxDtls")
    amounts = [_part(part, entry) for part in parts]
    if len(parts) < 2 or None in amounts or sum(filter(None, amounts)) != minor:
        detail = parts[0] if len(parts) == 1 else None
        yield _line(entry, detail, booked_on, value_on, minor, reversal=reversal, all_of=parts)
        return
    for part, amount in zip(parts, amounts, strict=True):
        assert amount is not None
        yield _line(entry, part, booked_on, value_on, amount, reversal=reversal, all_of=[part])


def _part(part: etree._Element, entry: etree._Element) -> int | None:
    """The amount of one transaction of a collective entry, if it is in the account's currency."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        amount = first_at(part, path)
        if amount is not None and amount.get("Ccy") == _currency(entry):
            minor = _amount(amount, "TxDtls")
            mark = text_at(part, "CdtDbtInd") or text_at(entry, "CdtDbtInd")
            return minor if mark == "CRDT" else -minor
    return None


def _line(
    entry: etree._Element,
    part: etree._Element | None,
    booked_on: date,
    value_on: date | None,
    minor: int,
    *,
    reversal: bool,
    all_of: list[etree._Element],
) -> Line:
    told = [
        " ".join((words.text or "").split())
        for detail in all_of
        for path in (*_REMITTANCE, *_MORE)
        for words in all_at(detail, path)
    ]
    told.append(text_at(entry, "AddtlNtryInf"))
    name, account = ("", "") if part is None else _other_side(part, incoming=minor >= 0)
    reference = "" if part is None else text_at(part, "Refs/EndToEndId")
    return Line(
        booked_on,
        minor,
        value_on,
        reversal,
        name,
        account.replace(" ", ""),
        "" if reference.upper() in _NOT_GIVEN else reference,
        "" if part is None else text_at(part, "RmtInf/Strd/CdtrRefInf/Ref"),
        _bank_reference(entry, part),
        " ".join(filter(None, told)),
    )


def _bank_reference(entry: etree._Element, part: etree._Element | None) -> str:
    of_part = "" if part is None else text_at(part, "Refs/AcctSvcrRef", "Refs/TxId")
    return of_part or text_at(entry, "AcctSvcrRef")


def _other_side(part: etree._Element, *, incoming: bool) -> tuple[str, str]:
    """Who paid, or was paid: name and account."""
    side = "Dbtr" if incoming else "Cdtr"
    parties = "RltdPties"
    name = text_at(
        part,
        f"{parties}/{side}/Nm",
        f"{parties}/{side}/Pty/Nm",
        f"{parties}/Ultmt{side}/Nm",
        f"{parties}/Ultmt{side}/Pty/Nm",
    )
    account = text_at(part, f"{parties}/{side}Acct/Id/IBAN", f"{parties}/{side}Acct/Id/Othr/Id")
    return name, account
