"""Which column is which field."""

# ruff: noqa: E501  (small files stand here line by line)

from __future__ import annotations

import pytest

from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.intake import read, sniff
from tests.rules.receivables.sheets import bad_of, codes_of, day, rows_of, text_file


def mapped(folder, headings: list[str], *rows: list[str], **options) -> dict[str, str]:
    lines = ["\t".join(headings)] + ["\t".join(row) for row in rows]
    return sniff(text_file(folder, "\n".join(lines) + "\n"), **options).mapping


def test_an_sap_line_item_list(tmp_path):
    headings = ["Assignment", "Account", "Document Number", "Document Type", "Document Date",
                "Net due date", "Amount in local currency", "Local Currency", "Amount in doc. curr.",
                "Document currency", "Clearing date", "Posting Date", "Text", "Arrears after net due date"]  # fmt: skip
    row = ["20260101", "1000123", "1800000001", "DR", "01.01.2026", "31.01.2026", "110,00", "EUR",
           "120,00", "USD", "", "02.01.2026", "x", "12"]  # fmt: skip
    assert mapped(tmp_path, headings, row) == {
        "buyer_number": "Account", "invoice_number": "Document Number", "kind": "Document Type",
        "issued_on": "Posting Date", "due_on": "Net due date", "amount": "Amount in doc. curr.",
        "currency": "Document currency", "paid_on": "Clearing date",
    }  # fmt: skip


def test_local_currency_goes_with_the_local_amount(tmp_path):
    found = mapped(
        tmp_path,
        ["Customer", "Due Date", "Document currency", "Amount in local currency", "Local currency"],
        ["Acme", "2026-01-01", "USD", "5.00", "EUR"],
    )
    assert (found["amount"], found["currency"]) == ("Amount in local currency", "Local currency")


def test_quickbooks_and_xero(tmp_path):
    assert mapped(
        tmp_path,
        ["Type", "Date", "Num", "P. O. #", "Name", "Terms", "Due Date", "Aging", "Open Balance"],
        ["Invoice", "01/25/2026", "1001", "", "Acme Inc", "Net 30", "02/24/2026", "5", "120.00"],
    ) == {
        "kind": "Type", "issued_on": "Date", "invoice_number": "Num", "buyer_name": "Name",
        "terms": "Terms", "due_on": "Due Date", "open_amount": "Open Balance",
    }  # fmt: skip
    assert mapped(
        tmp_path,
        ["ContactName", "EmailAddress", "InvoiceNumber", "InvoiceDate", "DueDate", "Total",
         "InvoiceAmountPaid", "InvoiceAmountDue", "Currency", "Type", "Status"],
        ["Acme", "a@b.example", "INV-1", "25/01/2026", "24/02/2026", "120.00", "20.00", "100.00",
         "GBP", "ACCREC", "AUTHORISED"],
    ) == {
        "buyer_name": "ContactName", "email": "EmailAddress", "invoice_number": "InvoiceNumber",
        "issued_on": "InvoiceDate", "due_on": "DueDate", "amount": "Total",
        "paid_amount": "InvoiceAmountPaid", "open_amount": "InvoiceAmountDue",
        "currency": "Currency", "kind": "Type", "status": "Status",
    }  # fmt: skip


def test_chinese_synonyms(tmp_path):
    assert mapped(
        tmp_path,
        ["序号", "购货单位", "单据编号", "业务日期", "应收日期", "税额", "金额", "价税合计", "已收金额",
         "欠款余额", "回款日期", "收款状态", "账期", "业务员"],
        ["1", "甲公司", "XS001", "2026-01-01", "2026-02-01", "13", "100", "113", "13", "100", "",
         "未收款", "30天", "李四"],
    ) == {
        "buyer_name": "购货单位", "invoice_number": "单据编号", "issued_on": "业务日期",
        "due_on": "应收日期", "amount": "价税合计", "paid_amount": "已收金额",
        "open_amount": "欠款余额", "paid_on": "回款日期", "status": "收款状态", "terms": "账期",
    }  # fmt: skip


INVOICES = [("Müller & Söhne", "F-101", "05/01/2026", "04/02/2026"),
            ("Société Ñandú", "F-102", "17/01/2026", "16/02/2026")]  # fmt: skip


@pytest.mark.parametrize(
    ("headings", "number"),
    [
        ("Kundennr.;Kunde;Rechnungsnr.;Rechnungsdatum;Fällig am;Betrag;Offen;Währung", True),
        ("Kunden-Nr.;Kundenname;Rechnungs-Nr;Datum;Fälligkeitsdatum;Gesamtbetrag;Restbetrag;Währung", True),
        ("Kunde;Belegnr.;Belegdatum;Fällig;Bruttobetrag;Saldo;Währung", False),
        ("Code client;Client;N° facture;Date de facture;Date d'échéance;Montant TTC;Solde;Devise", True),
        ("N° client;Nom du client;Facture;Date facture;Échéance;Montant;Reste à payer;Devise", True),
        ("CLIENT;NUMÉRO DE FACTURE;DATE DE LA FACTURE;ECHEANCE;MONTANT;SOLDE DÛ;DEVISE", False),
        ("Client;Nº facture;Date d’émission;Date échéance;Montant facture;Montant restant;Devise", False),
        ("Código cliente;Cliente;Nº factura;Fecha de factura;Vencimiento;Importe;Saldo;Moneda", True),
        ("Cliente;Factura;Fecha;Fecha de vencimiento;Importe total;Importe pendiente;Divisa", False),
        ("Razón social;N.º de factura;Fecha emisión;Fecha vencimiento;Total factura;Pendiente;Moneda", False),
        ("Codice cliente;Ragione sociale;Numero fattura;Data fattura;Scadenza;Importo;Saldo;Valuta", True),
        ("Cliente;N. fattura;Data;Data di scadenza;Totale fattura;Importo residuo;Divisa", False),
        ("Cliente;Fattura;Data documento;Data scadenza;Importo totale;Residuo;Valuta", False),
    ],
)  # fmt: skip
def test_headings_of_other_languages(tmp_path, headings, number):
    lines = [headings]
    for at, (name, invoice, issued, due) in enumerate(INVOICES):
        start = f"{4711 + at};" if number else ""
        lines.append(f"{start}{name};{invoice};{issued};{due};1.234,56;1.000,50;CHF")
    staged = read(text_file(tmp_path, "\n".join(lines) + "\n"))
    assert all(column.how == "heading" for column in staged.guess.columns.values())
    assert staged.bad_rows == 0
    assert rows_of(
        staged, "buyer_name", "invoice_number", "issued_on", "due_on", "amount_minor", "open_minor",
        "currency",
    ) == [
        (INVOICES[0][0], "F-101", day(2026, 1, 5), day(2026, 2, 4), 123456, 100050, "CHF"),
        (INVOICES[1][0], "F-102", day(2026, 1, 17), day(2026, 2, 16), 123456, 100050, "CHF"),
    ]  # fmt: skip
    if number:
        assert rows_of(staged, "buyer_number") == ["4711", "4712"]


def test_a_tax_amount_of_another_language_is_not_the_amount(tmp_path):
    for headings in (
        "Client;Échéance;Montant TVA;Montant TTC",
        "Cliente;Vencimiento;Importe IVA;Importe",
    ):
        staged = read(text_file(tmp_path, f"{headings}\nA;2026-01-31;20,50;120,50\n"))
        assert rows_of(staged, "amount_minor") == [12050]


def test_one_word_headings_are_told_apart_by_their_content(tmp_path):
    number = mapped(tmp_path, ["Customer", "Due", "Amount"], ["100123", "2026-01-01", "5"])
    name = mapped(tmp_path, ["Customer", "Due", "Amount"], ["Acme", "2026-01-01", "5"])
    assert (number["buyer_number"], name["buyer_name"]) == ("Customer", "Customer")
    paid = mapped(tmp_path, ["Customer", "Due", "Amount", "Paid"], ["A", "2026-01-01", "5", "4.5"])
    flag = mapped(tmp_path, ["Customer", "Due", "Amount", "Paid"], ["A", "2026-01-01", "5", "no"])
    assert ("paid_amount" in paid, "status" in flag) == (True, True)
    company = mapped(
        tmp_path, ["Company", "Due", "Amount"], ["Acme Trading Ltd", "2026-01-01", "5"]
    )
    assert company["buyer_name"] == "Company"


def test_unknown_headings_by_content(tmp_path):
    path = text_file(
        tmp_path,
        "Wer,Nr,Wann,Bis,Wieviel,Geld\n"
        "Acme Ltd,R-1001,2026-01-05,2026-02-05,120.50,EUR\n"
        "Beta Ltd,R-1002,2026-01-06,2026-02-06,90.00,EUR\n"
        "Acme Ltd,R-1003,2026-01-07,2026-02-07,30.25,EUR\n",
    )
    staged = read(path)
    assert staged.guess.mapping == {
        "buyer_name": "Wer", "invoice_number": "Nr", "issued_on": "Wann", "due_on": "Bis",
        "amount": "Wieviel", "currency": "Geld",
    }  # fmt: skip
    assert {c.how for c in staged.guess.columns.values()} == {"content"}
    assert codes_of(staged) == {"content_guessed", "buyer_number_made"}
    assert rows_of(staged, "amount_minor") == [12050, 9000, 3025]


def test_typos_headings_with_prefixes_and_duplicates(tmp_path):
    found = mapped(
        tmp_path,
        ["Amount", "Amount", "AR_Customer_Name__c", "Inv. Due Date (net)"],
        ["5.00", "6.00", "Acme", "2026-01-01"],
    )
    assert found == {
        "amount": "Amount",
        "buyer_name": "AR_Customer_Name__c",
        "due_on": "Inv. Due Date (net)",
    }


def test_a_given_mapping_wins_and_frees_the_column(tmp_path):
    text = "Buyer,Amount,Total gross,Due date\nA,1,2,2026-01-01\n"
    staged = read(text_file(tmp_path, text), mapping={"amount": "total GROSS"})
    assert staged.guess.columns["amount"].how == "given"
    assert rows_of(staged, "amount_minor") == [200]
    constant = read(
        text_file(tmp_path, text.replace("Due date", "Invoice date")),
        mapping={"terms": "=30", "currency": "=EUR", "company_code": "=X1"},
    )
    assert rows_of(constant, "company_code", "currency", "due_on")[0][:2] == ("X1", "EUR")
    assert str(rows_of(constant, "due_on")[0]) == "2026-01-31"


@pytest.mark.parametrize(
    ("mapping", "code", "fact", "value"),
    [
        ({"amout": "Amount"}, Code.VALUE_INVALID, "closest", ["amount"]),
        ({"amount": "Amonut"}, Code.COLUMN_UNKNOWN, "closest", ["Amount"]),
        ({"amount": "=5"}, Code.COLUMN_UNKNOWN, "field", "amount"),
        ({"currency": "=XQQ"}, Code.VALUE_INVALID, "value", "XQQ"),
        ({"amount": "Amount", "open_amount": "Amount"}, Code.COLUMN_UNKNOWN, "value", "Amount"),
    ],
)
def test_impossible_mappings_are_refused(tmp_path, mapping, code, fact, value):
    path = text_file(tmp_path, "Buyer,Amount,Due date\nA,1,2026-01-01\n")
    with pytest.raises(Refusal) as refused:
        read(path, mapping=mapping)
    assert refused.value.code is code
    found = refused.value.facts[fact]
    assert (found[:1] if isinstance(found, list) else found) == value
    assert refused.value.facts["mend"]


@pytest.mark.parametrize(
    ("headings", "field"),
    [
        ("Invoice No,Amount,Due date", "buyer_name"),
        ("Buyer,Invoice No,Due date", "amount"),
        ("Buyer,Invoice No,Amount", "due_on"),
        ("Buyer,Amount,Invoice date", "due_on"),
    ],
)
def test_required_columns(tmp_path, headings, field):
    path = text_file(tmp_path, headings + "\n")
    with pytest.raises(Refusal) as refused:
        read(path)
    assert refused.value.code is Code.COLUMN_MISSING
    assert refused.value.facts["field"] == field
    assert refused.value.facts["headings"] == headings.split(",")


def test_an_unknown_currency_to_assume_is_refused(tmp_path):
    path = text_file(tmp_path, "Buyer,Amount,Due date\nA,1,2026-01-01\n")
    with pytest.raises(Refusal):
        read(path, currency="XQQ")


def test_no_column_serves_two_fields_and_bad_cells_name_their_heading(tmp_path):
    text = "Buyer,Amount,Amount,Due date\nA,x,y,2026-01-01\nB,5,6,2026-01-01\n"
    staged = read(text_file(tmp_path, text), mapping={"open_amount": "Amount (2)"})
    assert bad_of(staged)[:2] == [
        (2, "Amount", "x", "amount_unreadable"),
        (2, "Amount (2)", "y", "amount_unreadable"),
    ]


@pytest.mark.parametrize(
    ("given", "field", "value"),
    [
        ({"mapping": {"sum": "Amount"}}, "map", "sum"),
        ({"mapping": {"currency": "=XX"}}, "currency", "XX"),
        ({"currency": "XX"}, "currency", "XX"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_what_would_mend_it(tmp_path, given, field, value):
    path = text_file(tmp_path, "Customer,Invoice,Due date,Amount\nA,1,2026-02-28,1.00\n")
    with pytest.raises(Refusal) as refused:
        read(path, **given)
    assert refused.value.code is Code.VALUE_INVALID
    assert (refused.value.facts["field"], refused.value.facts["value"]) == (field, value)
    assert refused.value.facts["mend"]


def test_the_notes_of_one_row_are_grammatical(tmp_path):
    path = text_file(tmp_path, "Customer,Invoice,Due date,Amount\nA,1,2026-02-28,1.00\nTotal,,,1\n")
    notes = read(path).guess.notes
    assert {note.code for note in notes} >= {"currency_assumed", "totals_skipped"}
    assert not any("1 rows" in note or "1 total rows" in note for note in notes)
