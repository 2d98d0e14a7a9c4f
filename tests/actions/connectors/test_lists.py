"""Lists of notices and of other suppliers' limits: lines with their rows, and what is bad."""

from __future__ import annotations

from datetime import date

import pytest

from netterms.buyers.insolvency import Listed, Notice, NoticeKind
from netterms.connectors import notices, references
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.limits.references import ReferenceIn

DAY = date(2026, 5, 31)


def listed(tmp_path, text):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


def told(bad):
    return [(row, refusal.facts["field"], refusal.facts["mend"]) for row, refusal in bad]


def test_notices_are_read_and_bad_rows_told_in_order_with_those_of_the_book(tmp_path):
    found = notices.read(
        listed(
            tmp_path,
            "Buyer_Number,kind,dated_on,source,withdrawn\n"
            "1,sign,2026-05-31,Gazette,\n"
            "2,unheard of,2026-05-31,Gazette,\n"
            "3,In liquidation,2026-05-31 08:00,Gazette,set aside\n"
            "4,opened,31 May,Gazette,\n",
        )
    )
    assert found.lines == (
        Listed("1", Notice(NoticeKind.SIGN, DAY, "Gazette")),
        Listed("3", Notice(NoticeKind.OPENED, DAY, "Gazette"), "set aside"),
    )
    assert found.rows == (2, 4)
    unknown = invalid("buyer_number", "3", Mend.KNOWN_BUYER)
    assert told(found.all_bad([(1, unknown)])) == [
        (3, "kind", Mend.ONE_OF),
        (4, "buyer_number", Mend.KNOWN_BUYER),
        (5, "dated_on", Mend.DAY),
    ]


def test_limits_of_other_suppliers_are_read_in_minor_units(tmp_path):
    heads = "buyer_number,supplier,currency,limit,given_on\n"
    found = references.read(
        listed(
            tmp_path,
            f"{heads}1,Nord,eur,1000.50,2026-05-31\n1,West,JPY,,2026-05-31\n1,Ost,XXQ,1,2026-05-31\n",
        )
    )
    assert found.lines == (
        ReferenceIn("1", "Nord", "EUR", 1000_50, DAY),
        ReferenceIn("1", "West", "JPY", None, DAY),
    )
    assert told(found.bad) == [(4, "currency", Mend.CURRENCY_CODE)]


@pytest.mark.parametrize("amount", ["1.005", "ten", '"1,000"', "inf", "1e999999", "1e99999"])
def test_what_is_no_amount_is_a_bad_row(tmp_path, amount):
    text = f"buyer_number,supplier,currency,limit,given_on\n1,Nord,EUR,{amount},2026-05-31\n"
    found = references.read(listed(tmp_path, text))
    assert told(found.bad) == [(2, "limit_minor", Mend.AMOUNT)]


def test_a_list_without_a_column_is_refused(tmp_path):
    with pytest.raises(Refusal) as error:
        notices.read(listed(tmp_path, "buyer_number,kind,dated_on\n1,sign,2026-05-31\n"))
    assert (error.value.code, error.value.facts["column"]) == (Code.COLUMN_MISSING, "source")
