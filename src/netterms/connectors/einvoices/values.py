"""Amounts and days in the elements of e-invoices, strictly."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from lxml import etree

from netterms.connectors.markup import decimal, first_at, name_of
from netterms.kernel.refusal import Code, Refusal

LARGEST = Decimal(10) ** 15


def amount(element: etree._Element | None, path: str) -> Decimal | None:
    """The number at `path` (of the element itself where it is empty), None where none stands."""
    found = element if element is None or not path else first_at(element, path)
    if found is None:
        return None
    text = (found.text or "").strip()
    value = decimal(text)
    if value is None or abs(value) >= LARGEST:
        raise _unreadable(found, text)
    return value


def day(element: etree._Element, path: str) -> date | None:
    """The day at `path`, as 2026-03-01 or 20260301, None where none stands."""
    found = first_at(element, path)
    text = "" if found is None else (found.text or "").strip()
    if found is None or not text:
        return None
    parts = re.match(r"(\d{4})-?(\d{2})-?(\d{2})", text)
    try:
        return date(*map(int, parts.groups())) if parts else date.fromisoformat(text)
    except ValueError as error:
        raise _unreadable(found, text) from error


def _unreadable(element: etree._Element, text: str) -> Refusal:
    return Refusal(Code.EINVOICE_VALUE_UNREADABLE, place=name_of(element), value=text[:80])
