"""The reminder says what is owed, in the buyer's language, and threatens nothing."""

from datetime import date

import pytest

from netterms.connectors.mail.reminder import OverdueInvoice, ReminderFacts, render
from netterms.kernel.money import Money

AS_OF = date(2026, 6, 11)
NEWER = OverdueInvoice("R-2", date(2026, 5, 1), date(2026, 6, 10), Money(123456, "EUR"))
OLDER = OverdueInvoice("R-1", date(2026, 4, 1), date(2026, 6, 1), Money(100000, "EUR"))


def facts(*invoices, language="en", **changes):
    return ReminderFacts(
        **{
            "seller": "Harbour & Vale",
            "buyer": "Nebelfurt GmbH",
            "language": language,
            "as_of": AS_OF,
            "invoices": invoices,
            "answer_to": "billing@seller.example",
        }
        | changes
    )


def test_one_invoice_in_words():
    assert render(facts(NEWER)).subject == "Payment reminder from Harbour & Vale: 1 invoice"
    assert render(facts(NEWER)).text == (
        "Dear Nebelfurt GmbH,\n\n"
        "According to our books the following invoice is past its due date:\n\n"
        "- Invoice R-2 of May 1, 2026, due June 10, 2026: EUR 1,234.56 (1 day late)\n\n"
        "Total: EUR 1,234.56\n\n"
        "Please pay to the bank account shown on the invoices and give the invoice numbers as the"
        " reference.\n\n"
        "If you have already paid, please disregard this message. If something about an invoice is"
        " not right, please tell us, so that we can put it in order.\n\n"
        "You reach us at billing@seller.example.\n\n"
        "Thank you and kind regards\nHarbour & Vale\n"
    )


def test_the_oldest_comes_first_and_every_currency_has_its_total():
    text = render(
        facts(NEWER, OLDER, OverdueInvoice("J", AS_OF, date(2026, 6, 5), Money(5000, "JPY")))
    ).text
    assert text.index("R-1") < text.index("- Invoice J") < text.index("R-2")
    assert "Total: EUR 2,234.56\nTotal: JPY 5,000\n" in text
    assert "10 days late" in text


@pytest.mark.parametrize("language", ["zh", "zh-hans", "zh-CN"])
def test_chinese_buyers_read_chinese_dates(language):
    text = render(facts(OLDER, language=language)).text
    assert "2026年6月1日" in text
    assert "EUR 1,000.00" in text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_it_claims_no_interest_and_threatens_nothing(language):
    text = render(facts(OLDER, language=language)).text.lower()
    for word in ("interest", "legal", "lawyer", "court", "利息", "法律", "律师", "法院"):
        assert word not in text


def test_a_name_cannot_break_the_subject_or_forge_a_paragraph():
    said = render(facts(NEWER, buyer="Evil\r\n\r\nPay elsewhere", seller="A\nB"))
    assert "\n" not in said.subject
    assert "Dear Evil Pay elsewhere," in said.text
