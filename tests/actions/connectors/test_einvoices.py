"""E-invoices: what is read, which rules are kept, and how they come into the book."""

# ruff: noqa: E501 - an invoice as its seller sends it
from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest
from django.utils import translation
from lxml import etree

from netterms.connectors import einvoices
from netterms.connectors.einvoices import rules, ubl
from netterms.connectors.einvoices.paper import told
from netterms.doors.look.einvoices import RULES
from netterms.doors.look.sentences import sentence
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.einvoices import take_in
from tests.actions.small_book import rows

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "einvoice"
FILES = sorted(
    path
    for path in SAMPLES.rglob("*")
    if path.suffix.lower() in (".xml", ".pdf") and "test" not in path.parts
)
# Every sample that must be refused, and why; all others are read and keep the rules.
REFUSED = {
    "not_validating_full_invoice_based_onTest_EeISI_300_CENfullmodel.ubl.xml": [
        "BR-CO-10",
        "BR-CO-15",
    ],
    "ZUGFeRD-invoice_rabatte_3_abschlag_duepayableamount.xml": ["BR-CO-25"],
}
needs_samples = pytest.mark.skipif(not FILES, reason="no samples beside the checkout")


def refusal(path: Path) -> Refusal:
    with pytest.raises(Refusal) as found:
        einvoices.read(path)
    return found.value


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_sample_is_read_or_refused_for_the_right_reason(path: Path):
    if "fatturaPA" in path.parts:  # the Italian format is none of EN 16931
        assert refusal(path).code is Code.FILE_UNREADABLE
    elif path.name in REFUSED:
        assert refusal(path).facts["rules"] == REFUSED[path.name]
    else:
        assert einvoices.read(path).number


@needs_samples
@pytest.mark.parametrize(
    "path", [p for p in FILES if "fatturaPA" not in p.parts], ids=lambda path: path.name
)
def test_totals_equal_those_read_another_way(path: Path):
    content = path.read_bytes()
    if path.suffix == ".pdf":
        found = pypdf.PdfReader(io.BytesIO(content)).attachments
        (content,) = next(files for name, files in found.items() if name.endswith(".xml"))
    tree = etree.fromstring(content)

    def all_of(*names: str) -> list[Decimal]:
        asked = " or ".join(f"local-name()='{name}'" for name in names)
        return [Decimal(e.text) for e in tree.xpath(f"//*[{asked}]")]

    invoice = einvoices.parse(path)
    assert [invoice.total] == all_of("TaxInclusiveAmount", "GrandTotalAmount")
    assert [invoice.net_total] == all_of("TaxExclusiveAmount", "TaxBasisTotalAmount")
    assert [invoice.payable] == all_of("PayableAmount", "DuePayableAmount")
    lines = tree.xpath(
        "//*[local-name()='InvoiceLine' or local-name()='CreditNoteLine'"
        " or local-name()='IncludedSupplyChainTradeLineItem']"
    )
    assert len(invoice.lines) == len(lines)


def unit_tests() -> list[tuple[str, bool, etree._Element]]:
    """The rule, whether it must hold, and the piece of a document, of CEN's own test sets."""
    found = []
    for path in sorted(SAMPLES.glob("en16931/test/*/*.xml")):
        try:
            tree = etree.parse(str(path))
        except etree.XMLSyntaxError:
            continue  # one of them is not well-formed
        for test in tree.xpath("//*[local-name()='test']"):
            holds = test.xpath(".//*[local-name()='success']/text()")
            breaks = test.xpath(".//*[local-name()='error']/text()")
            pieces = test.xpath("./*[local-name()='Invoice' or local-name()='CreditNote']")
            # One of them takes 123 for a day, and asks only whether there is one.
            told = pieces[0].xpath("string(./*[local-name()='IssueDate'])") if pieces else ""
            if pieces and holds + breaks and told != "123":
                found.append(((holds + breaks)[0], bool(holds), pieces[0]))
    return found


@needs_samples
def test_the_rules_judge_as_the_test_sets_of_the_standard_do():
    judged = [(r, h, rules.RULES[r](ubl.read(piece))) for r, h, piece in unit_tests()]
    assert len(judged) > 20
    assert [(rule, must) for rule, must, does in judged if must != does] == []


UBL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<b:CustomizationID>urn:cen.eu:en16931:2017</b:CustomizationID><b:ID>R-7</b:ID>
<b:IssueDate>2026-05-04</b:IssueDate><b:DueDate>2026-06-03</b:DueDate>
<b:InvoiceTypeCode>380</b:InvoiceTypeCode><b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>
<a:AccountingSupplierParty><a:Party><a:PostalAddress><a:Country><b:IdentificationCode>DE
</b:IdentificationCode></a:Country></a:PostalAddress><a:PartyLegalEntity><b:RegistrationName>Seller
</b:RegistrationName></a:PartyLegalEntity></a:Party></a:AccountingSupplierParty>
<a:AccountingCustomerParty><a:Party><a:PostalAddress><a:Country><b:IdentificationCode>FR
</b:IdentificationCode></a:Country></a:PostalAddress><a:PartyTaxScheme><b:CompanyID>FR11</b:CompanyID>
</a:PartyTaxScheme><a:PartyLegalEntity><b:RegistrationName>Acheteur SA</b:RegistrationName>
</a:PartyLegalEntity></a:Party></a:AccountingCustomerParty>
<a:TaxTotal><b:TaxAmount currencyID="EUR">38.00</b:TaxAmount><a:TaxSubtotal>
<b:TaxableAmount currencyID="EUR">200.00</b:TaxableAmount><b:TaxAmount currencyID="EUR">38.00</b:TaxAmount>
<a:TaxCategory><b:ID>S</b:ID><b:Percent>19</b:Percent></a:TaxCategory></a:TaxSubtotal></a:TaxTotal>
<a:LegalMonetaryTotal><b:LineExtensionAmount currencyID="EUR">200.00</b:LineExtensionAmount>
<b:TaxExclusiveAmount currencyID="EUR">200.00</b:TaxExclusiveAmount>
<b:TaxInclusiveAmount currencyID="EUR">238.00</b:TaxInclusiveAmount>
<b:PrepaidAmount currencyID="EUR">38.00</b:PrepaidAmount>
<b:PayableAmount currencyID="EUR">200.00</b:PayableAmount></a:LegalMonetaryTotal>
<a:InvoiceLine><b:ID>1</b:ID><b:InvoicedQuantity unitCode="C62">4</b:InvoicedQuantity>
<b:LineExtensionAmount currencyID="EUR">200.00</b:LineExtensionAmount><a:Item><b:Name>Bolts</b:Name>
<a:ClassifiedTaxCategory><b:ID>S</b:ID><b:Percent>19</b:Percent></a:ClassifiedTaxCategory></a:Item>
<a:Price><b:PriceAmount currencyID="EUR">50.00</b:PriceAmount></a:Price></a:InvoiceLine></Invoice>"""


@pytest.fixture
def write(tmp_path: Path):
    def make(content: str | bytes, name: str = "invoice.xml") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def test_an_e_invoice_comes_into_the_book_with_lines_tax_and_what_was_paid(ctx, write):
    invoice = told(einvoices.read(write(UBL)))
    done = take_in(ctx, invoice)
    assert (done.new, done.new_buyer) == (True, True)
    (kept,) = rows(
        ctx,
        "select i.*, b.buyer_number, b.country from invoice i join buyer b on b.id = i.buyer_id"
        " where i.seller_id = %(seller)s",
    )
    assert (kept["amount_minor"], kept["tax_minor"], kept["open_minor"]) == (23_800, 3_800, 20_000)
    assert (kept["issued_on"], kept["due_on"]) == (date(2026, 5, 4), date(2026, 6, 3))
    assert (kept["buyer_number"], kept["country"]) == ("FR11", "FR")
    (line,) = rows(ctx, "select * from invoice_line where seller_id = %(seller)s")
    assert (line["description"], line["quantity"], line["net_minor"]) == ("Bolts", 4, 20_000)
    again = take_in(ctx, invoice)
    assert (again.invoice, again.new) == (done.invoice, False)
    with pytest.raises(Refusal, check=lambda no: no.code is Code.INVOICE_NUMBER_TAKEN):
        take_in(ctx, told(einvoices.read(write(UBL.replace("2026-05-04", "2026-05-05")))))


@pytest.mark.parametrize(
    ("old", "new", "broken"),
    [
        ("<b:ID>R-7</b:ID>", "", ["BR-02"]),
        ("<b:IssueDate>2026-05-04</b:IssueDate>", "", ["BR-03"]),
        (">238.00<", ">239.00<", ["BR-CO-15", "BR-CO-16"]),
        ('unitCode="C62"', "", ["BR-23"]),
        (">50.00<", ">-50.00<", ["BR-27"]),
        ("<b:ID>S</b:ID><b:Percent>19", "<b:ID>Q</b:ID><b:Percent>19", ["BR-CL-17", "BR-CL-18"]),
        ("<b:InvoiceTypeCode>380", "<b:InvoiceTypeCode>999", ["BR-CL-01"]),
        ("<b:DueDate>2026-06-03</b:DueDate>", "", ["BR-CO-25"]),
        (">38.00<", ">3.00<", ["BR-CO-15", "BR-CO-16", "BR-CO-17"]),
    ],
)
def test_what_breaks_a_rule_is_refused_with_its_number_and_words(write, old, new, broken):
    assert old in UBL
    no = refusal(write(UBL.replace(old, new)))
    assert (no.code, no.facts["rules"]) == (Code.EINVOICE_INVALID, broken)
    assert f"{broken[0]} {RULES[broken[0]]}" in sentence(no)
    with translation.override("zh-hans"):
        said = sentence(no)
    assert broken[0] in said
    assert re.search("[一-鿿]", said)


def test_every_rule_has_its_words():
    assert set(RULES) == set(rules.RULES)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", Code.FILE_EMPTY),
        ("<Invoice>", Code.FILE_UNREADABLE),
        ("<Order/>", Code.FILE_UNREADABLE),
        (b"%PDF-1.7 nothing", Code.FILE_UNREADABLE),
        ('<!DOCTYPE x [<!ENTITY a "b">]><Invoice>&a;</Invoice>', Code.FILE_UNREADABLE),
        (UBL.replace("2026-05-04", "soon"), Code.EINVOICE_VALUE_UNREADABLE),
        (UBL.replace(">238.00<", ">Infinity<"), Code.EINVOICE_VALUE_UNREADABLE),
        (UBL.replace(">238.00<", ">1e99<"), Code.EINVOICE_VALUE_UNREADABLE),
        (UBL.replace(">238.00<", ">2.38e2<"), Code.EINVOICE_VALUE_UNREADABLE),
        (UBL.replace(">238.00<", ">2_38.00<"), Code.EINVOICE_VALUE_UNREADABLE),
    ],
)
def test_what_is_no_invoice_is_refused(write, content, code):
    assert refusal(write(content)).code is code


def pdf(name: str, content: bytes) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment(name, content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_the_invoice_in_a_pdf_is_read_and_other_attachments_are_not(write):
    assert einvoices.read(write(pdf("factur-x.xml", UBL.encode()), "a.pdf")).number == "R-7"
    for name in ("../../factur-x.xml", "other.xml"):
        assert refusal(write(pdf(name, UBL.encode()), "b.pdf")).code is Code.FILE_UNREADABLE


def test_an_attachment_that_unpacks_to_far_too_much_is_refused(write):
    found = refusal(write(pdf("factur-x.xml", b" " * (20 * 2**20)), "bomb.pdf"))
    assert found.code in (Code.FILE_TOO_LARGE, Code.FILE_UNREADABLE)
