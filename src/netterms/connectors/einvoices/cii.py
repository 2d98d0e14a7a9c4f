"""UN/CEFACT Cross Industry Invoice as EN 16931 uses it (CEN/TS 16931-3-3): ZUGFeRD, Factur-X."""

from __future__ import annotations

from decimal import Decimal

from lxml import etree

from netterms.connectors.einvoices.model import EInvoice, Line, Party, Tax
from netterms.connectors.einvoices.values import amount, day
from netterms.connectors.markup import all_at, first_at, text_at

_DEAL = "SupplyChainTradeTransaction"
_AGREEMENT = f"{_DEAL}/ApplicableHeaderTradeAgreement"
_SETTLEMENT = f"{_DEAL}/ApplicableHeaderTradeSettlement"
_TOTALS = f"{_SETTLEMENT}/SpecifiedTradeSettlementHeaderMonetarySummation"


def read(root: etree._Element) -> EInvoice:
    """The document; EINVOICE_VALUE_UNREADABLE names the element."""
    currency = text_at(root, f"{_SETTLEMENT}/InvoiceCurrencyCode")
    totals = first_at(root, _TOTALS)
    allowances: list[Decimal] = []
    charges: list[Decimal] = []
    for each in all_at(root, f"{_SETTLEMENT}/SpecifiedTradeAllowanceCharge"):
        found = amount(each, "ActualAmount")
        if found is not None:
            is_charge = text_at(each, "ChargeIndicator/Indicator") in ("true", "1")
            (charges if is_charge else allowances).append(found)
    logistics = all_at(root, f"{_SETTLEMENT}/SpecifiedLogisticsServiceCharge")
    charges += [told for each in logistics if (told := amount(each, "AppliedAmount")) is not None]
    return EInvoice(
        "CII",
        text_at(root, "ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID"),
        text_at(root, "ExchangedDocument/ID"),
        text_at(root, "ExchangedDocument/TypeCode"),
        day(root, "ExchangedDocument/IssueDateTime/DateTimeString"),
        day(root, f"{_SETTLEMENT}/SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString"),
        text_at(root, f"{_SETTLEMENT}/SpecifiedTradePaymentTerms/Description"),
        currency,
        _party(root, f"{_AGREEMENT}/SellerTradeParty"),
        _party(root, f"{_AGREEMENT}/BuyerTradeParty"),
        text_at(root, f"{_AGREEMENT}/BuyerOrderReferencedDocument/IssuerAssignedID"),
        text_at(root, f"{_SETTLEMENT}/InvoiceReferencedDocument/IssuerAssignedID"),
        tuple(allowances),
        tuple(charges),
        tuple(_tax(each) for each in all_at(root, f"{_SETTLEMENT}/ApplicableTradeTax")),
        tuple(_line(each) for each in all_at(root, f"{_DEAL}/IncludedSupplyChainTradeLineItem")),
        amount(totals, "LineTotalAmount"),
        amount(totals, "AllowanceTotalAmount"),
        amount(totals, "ChargeTotalAmount"),
        amount(totals, "TaxBasisTotalAmount"),
        _tax_total(totals, currency),
        amount(totals, "GrandTotalAmount"),
        amount(totals, "TotalPrepaidAmount"),
        amount(totals, "RoundingAmount"),
        amount(totals, "DuePayableAmount"),
    )


def _tax_total(totals: etree._Element | None, currency: str) -> Decimal | None:
    """The tax in the document's currency: it may stand there in the seller's as well."""
    if totals is None:
        return None
    told = all_at(totals, "TaxTotalAmount")
    own = [each for each in told if each.get("currencyID", currency) == currency]
    return amount(own[0], "") if own else None


def _party(root: etree._Element, path: str) -> Party:
    party = first_at(root, path)
    if party is None:
        return Party()
    return Party(
        text_at(party, "Name"),
        text_at(party, "PostalTradeAddress/CountryID"),
        first_at(party, "PostalTradeAddress") is not None,
        text_at(party, "SpecifiedTaxRegistration/ID"),
        text_at(party, "SpecifiedLegalOrganization/ID"),
        text_at(party, "DefinedTradeContact/EmailURIUniversalCommunication/URIID"),
    )


def _tax(element: etree._Element) -> Tax:
    return Tax(
        amount(element, "BasisAmount"),
        amount(element, "CalculatedAmount"),
        text_at(element, "CategoryCode"),
        amount(element, "RateApplicablePercent"),
    )


def _line(element: etree._Element) -> Line:
    quantity = first_at(element, "SpecifiedLineTradeDelivery/BilledQuantity")
    settlement = "SpecifiedLineTradeSettlement"
    return Line(
        text_at(element, "AssociatedDocumentLineDocument/LineID"),
        amount(element, "SpecifiedLineTradeDelivery/BilledQuantity"),
        "" if quantity is None else str(quantity.get("unitCode", "")),
        amount(
            element, f"{settlement}/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"
        ),
        text_at(element, "SpecifiedTradeProduct/Name"),
        amount(element, "SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount"),
        text_at(element, f"{settlement}/ApplicableTradeTax/CategoryCode"),
        amount(element, f"{settlement}/ApplicableTradeTax/RateApplicablePercent"),
    )
