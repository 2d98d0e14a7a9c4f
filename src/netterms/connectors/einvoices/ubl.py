"""UBL 2.1 invoices and credit notes as EN 16931 uses them (CEN/TS 16931-3-2)."""

from __future__ import annotations

from decimal import Decimal

from lxml import etree

from netterms.connectors.einvoices.model import EInvoice, Line, Party, Tax
from netterms.connectors.einvoices.values import amount, day
from netterms.connectors.markup import all_at, first_at, name_of, text_at


def read(root: etree._Element) -> EInvoice:
    """The document; EINVOICE_VALUE_UNREADABLE names the element."""
    credit = name_of(root) == "CreditNote"
    currency = text_at(root, "DocumentCurrencyCode")
    totals = first_at(root, "LegalMonetaryTotal")
    taxes = [
        total
        for total in all_at(root, "TaxTotal")
        if _currency(total, "TaxAmount") in (currency, "") or not currency
    ]
    allowances: list[Decimal] = []
    charges: list[Decimal] = []
    for each in all_at(root, "AllowanceCharge"):
        found = amount(each, "Amount")
        if found is not None:
            is_charge = text_at(each, "ChargeIndicator") in ("true", "1")
            (charges if is_charge else allowances).append(found)
    return EInvoice(
        "UBL",
        text_at(root, "CustomizationID"),
        text_at(root, "ID"),
        text_at(root, "CreditNoteTypeCode" if credit else "InvoiceTypeCode"),
        day(root, "IssueDate"),
        day(root, "DueDate") or day(root, "PaymentMeans/PaymentDueDate"),
        text_at(root, "PaymentTerms/Note"),
        currency,
        _party(root, "AccountingSupplierParty"),
        _party(root, "AccountingCustomerParty"),
        text_at(root, "OrderReference/ID"),
        text_at(root, "BillingReference/InvoiceDocumentReference/ID"),
        tuple(allowances),
        tuple(charges),
        tuple(_tax(each) for total in taxes for each in all_at(total, "TaxSubtotal")),
        tuple(_line(each, credit=credit) for each in all_at(root, _LINE[credit])),
        amount(totals, "LineExtensionAmount"),
        amount(totals, "AllowanceTotalAmount"),
        amount(totals, "ChargeTotalAmount"),
        amount(totals, "TaxExclusiveAmount"),
        _sum(taxes),
        amount(totals, "TaxInclusiveAmount"),
        amount(totals, "PrepaidAmount"),
        amount(totals, "PayableRoundingAmount"),
        amount(totals, "PayableAmount"),
    )


_LINE = {False: "InvoiceLine", True: "CreditNoteLine"}


def _sum(taxes: list[etree._Element]) -> Decimal | None:
    """The tax in the document's currency; of two such totals (one too many) the sum is none's."""
    told = [found for each in taxes if (found := amount(each, "TaxAmount")) is not None]
    return sum(told, Decimal(0)) if told else None


def _currency(element: etree._Element, path: str) -> str:
    found = first_at(element, path)
    return "" if found is None else str(found.get("currencyID", ""))


def _party(root: etree._Element, path: str) -> Party:
    party = first_at(root, f"{path}/Party")
    if party is None:
        return Party()
    return Party(
        text_at(party, "PartyLegalEntity/RegistrationName", "PartyName/Name"),
        text_at(party, "PostalAddress/Country/IdentificationCode"),
        first_at(party, "PostalAddress") is not None,
        text_at(party, "PartyTaxScheme/CompanyID"),
        text_at(party, "PartyLegalEntity/CompanyID"),
        text_at(party, "Contact/ElectronicMail"),
    )


def _tax(element: etree._Element) -> Tax:
    return Tax(
        amount(element, "TaxableAmount"),
        amount(element, "TaxAmount"),
        text_at(element, "TaxCategory/ID"),
        amount(element, "TaxCategory/Percent"),
    )


def _line(element: etree._Element, *, credit: bool) -> Line:
    quantity = "CreditedQuantity" if credit else "InvoicedQuantity"
    told = first_at(element, quantity)
    return Line(
        text_at(element, "ID"),
        amount(element, quantity),
        "" if told is None else str(told.get("unitCode", "")),
        amount(element, "LineExtensionAmount"),
        text_at(element, "Item/Name"),
        amount(element, "Price/PriceAmount"),
        text_at(element, "Item/ClassifiedTaxCategory/ID"),
        amount(element, "Item/ClassifiedTaxCategory/Percent"),
    )
