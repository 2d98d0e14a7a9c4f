"""The rules of EN 16931 in words: what an e-invoice that breaks one lacks."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

RULES: dict[str, str] = {
    "BR-01": gettext_noop("the specification it keeps is missing (BT-24)"),
    "BR-02": gettext_noop("the invoice number is missing (BT-1)"),
    "BR-03": gettext_noop("the invoice date is missing (BT-2)"),
    "BR-04": gettext_noop("the type of the invoice is missing (BT-3)"),
    "BR-05": gettext_noop("the currency is missing (BT-5)"),
    "BR-06": gettext_noop("the seller's name is missing (BT-27)"),
    "BR-07": gettext_noop("the buyer's name is missing (BT-44)"),
    "BR-08": gettext_noop("the seller's address is missing (BG-5)"),
    "BR-09": gettext_noop("the seller's country is missing (BT-40)"),
    "BR-10": gettext_noop("the buyer's address is missing (BG-8)"),
    "BR-11": gettext_noop("the buyer's country is missing (BT-55)"),
    "BR-12": gettext_noop("the sum of the lines is missing (BT-106)"),
    "BR-13": gettext_noop("the total without VAT is missing (BT-109)"),
    "BR-14": gettext_noop("the total with VAT is missing (BT-112)"),
    "BR-15": gettext_noop("the amount due is missing (BT-115)"),
    "BR-16": gettext_noop("there is no line (BG-25)"),
    "BR-21": gettext_noop("a line has no number (BT-126)"),
    "BR-22": gettext_noop("a line has no quantity (BT-129)"),
    "BR-23": gettext_noop("a line has no unit (BT-130)"),
    "BR-24": gettext_noop("a line has no net amount (BT-131)"),
    "BR-25": gettext_noop("a line has no name of the goods (BT-153)"),
    "BR-26": gettext_noop("a line has no price (BT-146)"),
    "BR-27": gettext_noop("a price is below zero (BT-146)"),
    "BR-45": gettext_noop("a line of the VAT breakdown has no taxable amount (BT-116)"),
    "BR-46": gettext_noop("a line of the VAT breakdown has no tax (BT-117)"),
    "BR-47": gettext_noop("a line of the VAT breakdown has no category (BT-118)"),
    "BR-48": gettext_noop("a line of the VAT breakdown has no rate (BT-119)"),
    "BR-CL-01": gettext_noop("the type of the invoice is not in the code list (UNTDID 1001)"),
    "BR-CL-04": gettext_noop("the currency is not in the code list (ISO 4217)"),
    "BR-CL-17": gettext_noop("a VAT category is not in the code list (UNCL 5305)"),
    "BR-CL-18": gettext_noop("the VAT category of a line is not in the code list (UNCL 5305)"),
    "BR-CO-10": gettext_noop("the lines do not come to their sum (BT-106)"),
    "BR-CO-11": gettext_noop("the allowances do not come to their sum (BT-107)"),
    "BR-CO-12": gettext_noop("the charges do not come to their sum (BT-108)"),
    "BR-CO-13": gettext_noop(
        "the total without VAT is not lines less allowances plus charges (BT-109)"
    ),
    "BR-CO-14": gettext_noop("the VAT breakdown does not come to the total VAT (BT-110)"),
    "BR-CO-15": gettext_noop("the total with VAT is not the total without VAT plus VAT (BT-112)"),
    "BR-CO-16": gettext_noop(
        "the amount due is not the total less what was paid plus rounding (BT-115)"
    ),
    "BR-CO-17": gettext_noop("a VAT amount is not its taxable amount times the rate (BT-117)"),
    "BR-CO-18": gettext_noop("there is no VAT breakdown (BG-23)"),
    "BR-CO-25": gettext_noop("neither the due date nor the payment terms are told (BT-9, BT-20)"),
}


def told(rules: Iterable[str]) -> str:
    """Rules with their words, in the active language."""
    return "; ".join(f"{rule} {_(RULES[rule])}" for rule in rules)
