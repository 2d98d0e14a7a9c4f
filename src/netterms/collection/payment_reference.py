"""What a buyer writes into a bank transfer: a creditor reference and, for SEPA, a payment code.

Sources: ISO 11649 (structured creditor reference) and the European Payments Council's guideline
EPC069-12 (quick response code, data for the initiation of a SEPA credit transfer).
"""

from __future__ import annotations

import re
from uuid import UUID

from stdnum.iso7064 import mod_97_10

from netterms.kernel.money import Money

LONGEST_BODY = 21
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST_NAME = 70
LEAST_CENTS, MOST_CENTS = 1, 99_999_999_999
# Countries whose accounts take part in SEPA would be a list that ages: an IBAN in euro is enough.
SEPA_CURRENCY = "EUR"


def creditor_reference(buyer_number: str, buyer_id: UUID) -> str:
    """The buyer's own reference (ISO 11649): of its number, or of its id where that is too odd."""
    body = buyer_number.upper()
    if not re.fullmatch(rf"[0-9A-Z]{{1,{LONGEST_BODY}}}", body) or body != buyer_number:
        body = _base36(buyer_id.int)[-LONGEST_BODY:]
    return f"RF{mod_97_10.calc_check_digits(f'{body}RF')}{body}"


def spaced(reference: str) -> str:
    """In groups of four, as it is printed."""
    return " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))


def epc_code(holder: str, iban: str, bank_code: str, amount: Money, reference: str) -> str | None:
    """The text of the payment code (EPC069-12, version 002); None where there is none to be had.

    It is for euro alone, from one cent to 999,999,999.99.
    """
    if amount.currency != SEPA_CURRENCY or not LEAST_CENTS <= amount.minor <= MOST_CENTS:
        return None
    name = " ".join(holder.split())[:LONGEST_NAME]
    fields = (
        "BCD",
        "002",
        "1",
        "SCT",
        bank_code,
        name,
        iban,
        f"EUR{amount.major:.2f}",
        "",
        reference,
    )
    return "\n".join(fields)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = ALPHABET[rest] + digits
    return digits or "0"
