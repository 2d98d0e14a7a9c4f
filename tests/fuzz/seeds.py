"""Small good files of every importer, from which the fuzzer makes bad ones."""

from __future__ import annotations

import io
import zipfile

import openpyxl

from tests.actions.connectors.listed import OFAC_CSV
from tests.actions.connectors.test_banks import CHINESE, GERMAN, MT940, _camt, _detail, _entry
from tests.actions.connectors.test_einvoices import UBL, pdf

LIST = (
    "Invoice No,Customer,Invoice date,Due date,Amount,Open,Currency\n"
    'A-1,Acme,2026-01-02,2026-02-01,"1,234.56",0,EUR\n'
    "A-2,Weber,02.01.2026,01.02.2026,99.00,99.00,EUR\n"
)
NOTICES = (
    "buyer_number,kind,dated_on,source\n1,sign,2026-05-31,公报\n2,opened,2026年6月1日,Gazette\n"
)
REFERENCES = "buyer_number,supplier,currency,limit,given_on\n1,Nord,EUR,1000.50,2026-05-31\n"
RATES = b"Date,USD,CNY\n2026-01-02,1.1,7.8\n2026-01-05,1.2,N/A\n"


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table_of(text: str) -> bytes:
    return workbook([list(line.split(",")) for line in text.splitlines()])


def archive(content: bytes, name: str = "../../etc/statement.xml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return out.getvalue()


def seeds() -> dict[str, list[bytes]]:
    """Files that each importer reads, by its name."""
    camt = _camt(_entry("30.00", "CRDT", _detail("30.00", "Acme", "E1", "RE 1"))).encode()
    table = [list(line.split(",")) for line in LIST.replace('"', "").splitlines()]
    accounts = [["Balance sheet", "2025-12-31"], ["Total assets", 100], ["Equity", 40],
                ["Total liabilities", 60], ["Revenue", 300]]  # fmt: skip
    sdn = b"""<?xml version="1.0"?><sdnList xmlns="http://tempuri.org/sdnList.xsd"><publshInformation>
      <Publish_Date>03/02/2026</Publish_Date></publshInformation><sdnEntry><uid>1</uid>
      <lastName>HERON LINES</lastName><sdnType>Entity</sdnType></sdnEntry></sdnList>"""
    targets = (
        b"id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,"
        b"dataset,first_seen,last_seen,last_change\nx,Company,Heron,,,ir,,,,,,d,2026-01-01,,\n"
    )
    limits = [
        ["Debtor", "Limit", "Type", "From", "Until"],
        ["1", "1,000.00", "named", "2026-01-01", ""],
    ]
    return {
        "list": [LIST.encode(), LIST.encode("utf-16"), workbook(table)],
        "bank": [
            camt, MT940.encode(), GERMAN.encode("cp1252"), archive(camt),
            *(text.encode("gb18030") for text in CHINESE.values()),
            workbook([line.split(",") for line in CHINESE["ABC"].splitlines()]),
        ],
        "limits": [workbook(limits), "\n".join(map(";".join, limits)).encode()],
        "einvoice": [UBL.encode(), pdf("factur-x.xml", UBL.encode())],
        "accounts": [workbook(accounts)],
        "watchlist": [sdn, targets, OFAC_CSV.encode()],
        "notices": [NOTICES.encode(), NOTICES.encode("gb18030"), table_of(NOTICES)],
        "references": [REFERENCES.encode("utf-16"), table_of(REFERENCES)],
        "register": [b"number,name,country\n1,Heron Ltd,GB\n", table_of("number,name\n1,Heron\n")],
        "rates": [RATES, archive(RATES, "eurofxref.csv")],
    }  # fmt: skip
