"""Bank statements in every format: what is read, what adds up, what is refused and why."""

# ruff: noqa: E501 - exports of banks are wide
from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import mt940
import openpyxl
import pytest
from lxml import etree

from netterms.connectors import banks
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.matching.statement import Line, Report, Statement, check

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "bank-statements"
# Every sample that must be refused, and why; all others must be read and add up.
REFUSED = {
    **dict.fromkeys(
        [
            "camt052.v2.other-account.xml",
            "camt052.v2.with-account-name.xml",
            "camt052.v2.xml",
            "camt052.v4.xml",
            "camt052.v6.Amt-zero.xml",
            "camt052.v8.xml",
            "mBank__mt942.sta",
        ],
        Code.BANK_STATEMENT_INTERIM,
    ),
    **dict.fromkeys(
        [
            "camt053.v2.minimal.ultimate.xml",
            "camt053.v2.minimal.xml",
            "camt053.v2.with-party-ids.xml",
            "camt053.v3.xml",
        ],
        Code.BANK_STATEMENT_CURRENCIES,
    ),
    **dict.fromkeys(
        [
            "camt053.v2.with-account-name.xml",
            "camt053.v2.wrong.xml",
            "camt53.only-Dt-with-DtTm.xml",
            "self-provided__gv_codes.sta",
        ],
        Code.BANK_STATEMENT_INCOMPLETE,
    ),
    **dict.fromkeys(
        [
            "camt053.v2.five.decimals.xml",
            "betterplace__sepa_snippet.sta",
            "jejik__abnamro.sta",
            "jejik__knab.sta",
            "jejik__rabobank.sta",
            "mBank__with_newline_in_tnr.sta",
            "self-provided__details_60-63.sta",
            "self-provided__malformed_details.sta",
            "self-provided__overly_long_details.sta",
            "self-provided__raiffeisen-cmi.sta",
        ],
        Code.BANK_STATEMENT_UNBALANCED,
    ),
    "betterplace__sepa_snippet_broken.sta": Code.BANK_STATEMENT_VALUE_UNREADABLE,
}
FILES = sorted(path for path in SAMPLES.glob("*/*") if path.suffix in (".xml", ".sta"))


def checked(path: Path, **told: str) -> list[Statement]:
    found = banks.read(path, **told)
    for statement in found:
        check(statement)
    return found


def refusal(path: Path, **told: str) -> Refusal:
    with pytest.raises(Refusal) as found:
        checked(path, **told)
    return found.value


@pytest.mark.skipif(not FILES, reason="no samples beside the checkout")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_sample_is_read_or_refused_for_the_right_reason(path: Path):
    if path.name in REFUSED:
        assert refusal(path).code is REFUSED[path.name]
    else:
        assert checked(path)


@pytest.mark.skipif(not FILES, reason="no samples beside the checkout")
@pytest.mark.parametrize(
    "path",
    [p for p in FILES if p.suffix == ".sta" and p.name not in REFUSED],
    ids=lambda path: path.name,
)
def test_sums_equal_those_that_another_library_reads(path: Path):
    # The library reads how much and which way, but gives what takes a credit back the credit's sign.
    other = sum(
        abs(t.data["amount"].amount) * (1 if t.data["status"] in ("C", "RD") else -1)
        for t in mt940.parse(str(path))
    )
    ours = sum(statement.moved_minor for statement in checked(path))
    assert Decimal(ours) == 100 * other


@pytest.mark.skipif(not FILES, reason="no samples beside the checkout")
@pytest.mark.parametrize(
    "path",
    [p for p in FILES if p.suffix == ".xml" and p.name not in REFUSED],
    ids=lambda path: path.name,
)
def test_sums_equal_the_entries_of_the_message(path: Path):
    tree = etree.parse(str(path))
    entries = tree.xpath("//*[local-name()='Ntry']")
    other = sum(
        Decimal(e.xpath("string(./*[local-name()='Amt'])"))
        * (1 if e.xpath("string(./*[local-name()='CdtDbtInd'])") == "CRDT" else -1)
        for e in entries
    )
    assert Decimal(sum(statement.moved_minor for statement in checked(path))) == 100 * other


def _entry(amount: str, mark: str, details: str, more: str = "<Sts><Cd>BOOK</Cd></Sts>") -> str:
    return f"""<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>{more}
      <BookgDt><Dt>2026-03-02</Dt></BookgDt><ValDt><DtTm>2026-03-03T00:00:00</DtTm></ValDt>
      <AcctSvcrRef>BANK-{amount}</AcctSvcrRef><NtryDtls>{details}</NtryDtls></Ntry>"""


def _detail(amount: str, name: str, reference: str, text: str) -> str:
    return f"""<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs><Amt Ccy="EUR">{amount}</Amt>
      <CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr>
      <DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct></RltdPties>
      <RmtInf><Ustrd>{text}</Ustrd><Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd>
      </RmtInf></TxDtls>"""


def _camt(entries: str, *, closing: str = "1030.00", message: str = "BkToCstmrStmt") -> str:
    part = {"BkToCstmrStmt": "Stmt", "BkToCstmrAcctRpt": "Rpt"}[message]
    balance = """<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{}</Amt>
      <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"""
    return f"""<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
      <{message}><{part}><Id>7</Id><CreDtTm>2026-03-03T06:00:00</CreDtTm>
      <Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>
      {balance.format("OPBD", "1000.00")}{balance.format("CLBD", closing)}{entries}
      </{part}></{message}></Document>"""


def test_a_collective_entry_becomes_its_parts_and_what_is_pending_is_left_out(tmp_path: Path):
    parts = _detail("20.00", "Müller GmbH", "E-1", "RE 4711") + _detail(
        "30.00", "Weber KG", "NOTPROVIDED", "RE 4712"
    )
    pending = _entry("5.00", "CRDT", "", more="<Sts>PDNG</Sts>")
    back = _entry("20.00", "DBIT", "", more="<RvslInd>true</RvslInd><Sts>BOOK</Sts>")
    path = tmp_path / "day.xml"
    path.write_text(_camt(_entry("50.00", "CRDT", parts) + pending + back), encoding="utf-8")
    (statement,) = checked(path)
    assert (statement.account, statement.currency) == ("DE02120300000000202051", "EUR")
    assert (statement.opening_minor, statement.closing_minor) == (100_000, 103_000)
    first, second, third = statement.lines
    assert first == Line(
        date(2026, 3, 2),
        2_000,
        date(2026, 3, 3),
        name="Müller GmbH",
        account="DE89370400440532013000",
        end_to_end="E-1",
        creditor_reference="RF18539007547034",
        bank_reference="BANK-50.00",
        text="RE 4711",
    )
    assert (second.minor, second.end_to_end, second.name) == (3_000, "", "Weber KG")
    assert (third.minor, third.reversal) == (-2_000, True)


def test_an_archive_of_statements_is_read_as_its_files(tmp_path: Path):
    path = tmp_path / "month.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for k in range(2):
            archive.writestr(f"../../{k}.xml", _camt(_entry("30.00", "CRDT", "")))
    assert len(checked(path)) == 2
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_mac_puts_into_an_archive_is_no_statement(tmp_path: Path):
    path = tmp_path / "month.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("march/", "__MACOSX/march/._1.xml", "march/.DS_Store"):
            archive.writestr(name, b"")
    assert refusal(path).code is Code.FILE_EMPTY
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("march/1.xml", _camt(_entry("30.00", "CRDT", "")))
    assert len(checked(path)) == 1


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_archive_is_refused_however_it_was_packed(tmp_path: Path, method: int):
    path = tmp_path / "month.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("1.xml", _camt(_entry("30.00", "CRDT", "")))
    content = bytearray(path.read_bytes())
    content[60:90] = bytes(255 - byte for byte in content[60:90])
    path.write_bytes(content)
    assert refusal(path).code is Code.FILE_UNREADABLE


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"),
        *((name, said) for name in ("utf-16", "utf-16-le", "utf-16-be") for said in ("utf-16", "")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["", "\n"])
def test_xml_is_read_in_its_encodings(tmp_path: Path, encoding: str, said: str, end: str):
    path = tmp_path / "day.xml"
    head = f'<?xml version="1.0" encoding="{said}"?>' if said else ""
    message = _camt(_entry("30.00", "CRDT", _detail("30.00", "上海公司", "E", "RE")))
    path.write_bytes((head + message.partition("?>")[2] + end).encode(encoding))
    ((line,),) = (statement.lines for statement in checked(path))
    assert line.name == "上海公司"


@pytest.mark.parametrize("amount", ["3e1", "3_0", "３０", "NaN", "", "3" * 41])
def test_an_amount_that_xml_schema_does_not_know_is_refused(tmp_path: Path, amount: str):
    path = tmp_path / "day.xml"
    path.write_text(_camt(_entry(amount, "CRDT", "")), encoding="utf-8")
    assert refusal(path).code is Code.BANK_STATEMENT_VALUE_UNREADABLE


def test_what_does_not_add_up_is_refused_with_its_figures(tmp_path: Path):
    path = tmp_path / "day.xml"
    path.write_text(_camt(_entry("30.00", "CRDT", ""), closing="1031.00"), encoding="utf-8")
    found = refusal(path)
    assert found.code is Code.BANK_STATEMENT_UNBALANCED
    assert found.facts["expected"] == "1030.00 EUR"
    assert found.facts["closing"] == "1031.00 EUR"


@pytest.mark.parametrize(
    "content",
    [
        '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><Document>&b;</Document>',
        '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document>&a;</Document>',
        "<Document>" + "<a>" * 400 + "</a>" * 400 + "</Document>",
        "<Document><unclosed>",
        "<html><body>no statement</body></html>",
    ],
)
def test_documents_that_mean_harm_or_are_none_are_refused(tmp_path: Path, content: str):
    path = tmp_path / "day.xml"
    path.write_text(content, encoding="utf-8")
    assert refusal(path).code is Code.FILE_UNREADABLE


def test_an_archive_that_unzips_to_far_too_much_is_refused(tmp_path: Path):
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.xml", "w") as member,
    ):
        for _ in range(300):
            member.write(b"0" * 2**20)
    assert refusal(path).code is Code.FILE_TOO_LARGE


MT940 = """:20:STARTUMS
:25:12030000/202051
:28C:00007/001
:60F:C251230EUR1000,00
:61:2512310102CR50,5NTRFNONREF//BANK1
:86:166?00GUTSCHRIFT?20EREF+E-77?21SVWZ+RE 4711 und RE 4712 vo?22m Dezember?30COBADEFF
?31DE89370400440532013000?32MUELLER GMB?33H
:61:2512310102RC20,NRTINONREF
:86:/EREF/E-9/IBAN/NL91ABNA0417164300/NAME/JANSSEN BV/REMI/FACTUUR 9
:62F:C260102EUR1030,50
-
"""


def test_mt940_years_turn_and_reversals_turn_the_sign(tmp_path: Path):
    path = tmp_path / "day.sta"
    path.write_text("{1:F01BANKDEFFXXXX}{2:I940X}{4:\n" + MT940, encoding="latin-1")
    (statement,) = checked(path)
    first, second = statement.lines
    assert (first.booked_on, first.value_on) == (date(2026, 1, 2), date(2025, 12, 31))
    assert (first.minor, first.end_to_end, first.bank_reference) == (5_050, "E-77", "BANK1")
    assert (first.name, first.account) == ("MUELLER GMBH", "DE89370400440532013000")
    assert first.text == "RE 4711 und RE 4712 vom Dezember"
    assert (second.minor, second.reversal, second.name) == (-2_000, True, "JANSSEN BV")
    assert (second.account, second.text) == ("NL91ABNA0417164300", "FACTUUR 9")


# Headings as the corporate e-banking of each bank writes them; all lines are made up.
CHINESE = {
    "ICBC": """账号：1202021719900012345,,币种：人民币
凭证号,对方账号,交易时间,借/贷,借方发生额,贷方发生额,对方行号,摘要,用途,对方单位名称,余额
1,6222000011112222333,2026-03-02 09:10:11,贷,0.00,"1,200.00",102,货款,发票4711,上海明德贸易有限公司,"11,200.00"
2,,2026-03-03 10:00:00,借,200.00,0.00,,手续费,,,"11,000.00"
""",
    "CCB": """账号,账户名称,交易时间,借方发生额（支取）,贷方发生额（收入）,余额,币种,对方户名,对方账号,记账日期,摘要,备注
1202021719900012345,本公司,20260303 10:00:00,200.00,0,11000.00,人民币元,,,20260303,手续费,
1202021719900012345,本公司,20260302 09:10:11,0,1200.00,11200.00,人民币元,上海明德贸易有限公司,6222000011112222333,20260302,货款,发票4711
""",
    "BOC": """查询账号[ Inquirer account number ],1202021719900012345
交易类型[ Transaction Type ],付款人名称[ Payer's Name ],付款人账号[ Debit Account No. ],收款人名称[ Payee's Name ],收款人账号[ Payee's Account Number ],交易日期[ Transaction Date ],交易货币[ Trade Currency ],交易金额[ Trade Amount ],交易后余额[ After-transaction balance ],摘要[ Reference ],用途[ Purpose ]
来账,上海明德贸易有限公司,6222000011112222333,本公司,1202021719900012345,20260302,CNY,1200.00,11200.00,货款,发票4711
往账,本公司,1202021719900012345,银行,9,20260303,CNY,-200.00,11000.00,手续费,
""",
    "ABC": """账号：1202021719900012345
交易时间,收入金额,支出金额,账户余额,交易行名,对方账号,对方户名,交易用途
2026-03-03 10:00:00,,200.00,11000.00,,,,手续费
2026-03-02 09:10:11,1200.00,,11200.00,,6222000011112222333,上海明德贸易有限公司,货款 发票4711
合计,1200.00,200.00,,,,,
""",
    "CMB": """"# 账号: 1202021719900012345 人民币"
交易日,交易时间,起息日,交易类型,借方金额,贷方金额,余额,摘要,流水号,收(付)方名称,收(付)方账号
20260302,091011,20260302,转账汇款,,1200.00,11200.00,货款 发票4711,C1,上海明德贸易有限公司,6222000011112222333
20260303,100000,20260303,手续费,200.00,,11000.00,手续费,C2,,
""",
}


@pytest.mark.parametrize("bank", CHINESE)
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_lists_of_chinese_banks(tmp_path: Path, bank: str, encoding: str):
    path = tmp_path / f"{bank}.csv"
    path.write_bytes(CHINESE[bank].encode(encoding))
    (statement,) = checked(path)
    assert (statement.account, statement.currency) == ("1202021719900012345", "CNY")
    assert (statement.opening_minor, statement.closing_minor) == (1_000_000, 1_100_000)
    paid, fee = statement.lines
    assert (paid.booked_on, paid.minor, fee.minor) == (date(2026, 3, 2), 120_000, -20_000)
    assert (paid.name, paid.account) == ("上海明德贸易有限公司", "6222000011112222333")
    assert "发票4711" in paid.text


GERMAN = """Auftragskonto;Buchungstag;Valutadatum;Buchungstext;Verwendungszweck;Beguenstigter/Zahlungspflichtiger;Kontonummer/IBAN;Betrag;Waehrung
DE02120300000000202051;03.03.26;03.03.26;ENTGELT;Gebühr;;;-2,00;EUR
DE02120300000000202051;02.03.26;02.03.26;GUTSCHRIFT;RE 4711;Müller GmbH;DE89370400440532013000;1.200,50;EUR
"""


def test_a_list_without_balances_is_read_oldest_first(tmp_path: Path):
    path = tmp_path / "list.csv"
    path.write_bytes(GERMAN.encode("cp1252"))
    (statement,) = checked(path)
    assert (statement.report, statement.opening_minor) == (Report.STATEMENT, None)
    assert [line.minor for line in statement.lines] == [120_050, -200]
    assert statement.lines[0].text == "GUTSCHRIFT RE 4711"


def test_a_workbook_of_movements(tmp_path: Path):
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Date", "Description", "Counterparty", "Paid in", "Paid out", "Balance"])
    book.active.append([date(2026, 3, 2), "INV 4711", "Miller Ltd", 10.5, None, 110.5])
    book.active.append([date(2026, 3, 3), "Fee", None, None, 0.5, 110])
    book.save(path)
    assert refusal(path).facts["field"] == "bank_account"
    assert refusal(path, account="77").facts["field"] == "currency"
    (statement,) = checked(path, account="77", currency="GBP")
    assert [line.minor for line in statement.lines] == [1_050, -50]
    assert (statement.opening_minor, statement.closing_minor) == (10_000, 11_000)


def test_a_list_whose_balances_do_not_follow_is_refused(tmp_path: Path):
    path = tmp_path / "list.csv"
    path.write_text(CHINESE["CCB"].replace("11200.00", "11300.00"), encoding="utf-8")
    assert refusal(path).code is Code.BANK_STATEMENT_UNBALANCED


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("20260302 09:10:11", "gestern", Code.BANK_STATEMENT_VALUE_UNREADABLE),
        ("1200.00,11200.00", "1200.005,11200.005", Code.BANK_STATEMENT_VALUE_UNREADABLE),
        ("1200.00,11200.00", "viel,11200.00", Code.BANK_STATEMENT_VALUE_UNREADABLE),
        ("交易时间", "", Code.BANK_STATEMENT_UNBALANCED),
        ("人民币元,,", "美元,,", Code.BANK_STATEMENT_CURRENCIES),
    ],
)
def test_rows_that_cannot_be_read_are_named(tmp_path: Path, old: str, new: str, code: Code):
    path = tmp_path / "list.csv"
    path.write_text(CHINESE["CCB"].replace(old, new), encoding="utf-8")
    if new:
        assert refusal(path).code is code
    else:  # the day of booking stands in another column as well
        assert checked(path)


HEADS = "Date,Counterparty,Description,Amount,Balance\n"
FIRST = "2026-03-02,Miller,INV 1,10.00,{0}\n"


@pytest.mark.parametrize(
    ("row", "place", "value"),
    [
        (",Weber,INV 2,7.00,", "A4", ""),
        ("31.02.2026,TotalEnergies,INV 2,7.00,", "A4", "31.02.2026"),
        (",TotalEnergies,INV 2,7.00,", "A4", ""),
        ("2026-03-03,Weber,INV 2,7.00,much", "E4", "much"),
    ],
)
def test_no_movement_is_left_out_for_a_day_or_a_balance_that_cannot_be_read(
    tmp_path: Path, row: str, place: str, value: str
):
    path = tmp_path / "list.csv"
    path.write_text(f"sep=,\n{HEADS}{FIRST}{row}\n".format(""), encoding="utf-8")
    found = refusal(path, account="1", currency="EUR")
    assert found.code is Code.BANK_STATEMENT_VALUE_UNREADABLE
    assert found.facts == {"place": place, "value": value}


@pytest.mark.parametrize(
    "row",
    ["Total,,,17.00,", ",Total,,17.00,", ",,,17.00,", "合计：2 笔,,,17.00,", ",,Closing balance,,17.00",
     "Printed on 2026-03-09,,,,", "Date,Counterparty,Description,Amount,Balance"],
)  # fmt: skip
def test_totals_notes_and_repeated_headings_are_no_movements(tmp_path: Path, row: str):
    path = tmp_path / "list.csv"
    path.write_text(f"{HEADS}{FIRST}{row}\n".format(""), encoding="utf-8")
    (statement,) = checked(path, account="1", currency="EUR")
    assert [line.minor for line in statement.lines] == [1_000]


def test_two_columns_of_one_meaning_must_say_the_same(tmp_path: Path):
    path = tmp_path / "list.csv"
    text = "Date,Amount,Transaction amount\n2026-03-02,10.00,10\n2026-03-03,7.00,{0}\n"
    path.write_text(text.format(""), encoding="utf-8")
    (statement,) = checked(path, account="1", currency="EUR")
    assert statement.moved_minor == 1_700
    path.write_text(text.format("8.00"), encoding="utf-8")
    assert refusal(path, account="1", currency="EUR").facts["value"] == "7.00 / 8.00"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", Code.FILE_EMPTY),
        (b"a,b\n1,2\n", Code.NO_HEADER),
        (b"%PDF-1.7", Code.FILE_UNREADABLE),
        (b"PK\x03\x04broken", Code.FILE_UNREADABLE),
        (b"Date,Amount,IBAN\n", Code.FILE_EMPTY),
    ],
)
def test_files_that_are_no_statements(tmp_path: Path, content: bytes, code: Code):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert refusal(path).code is code
