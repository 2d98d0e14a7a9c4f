"""What letters hold, in every language: complete, filled in, and never with more than the facts."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from babel import Locale
from babel.dates import format_date

from netterms.collection.letters.compose import LOCALES, as_text, compose, document_of, plain
from netterms.collection.letters.rules import (
    FORMAL,
    LANGUAGES,
    OF_ITEMS,
    Account,
    Basis,
    Claimed,
    Instalment,
    Item,
    LetterFacts,
    Missing,
    Movement,
    Party,
    Template,
    deadline,
    language_of,
    languages_of,
    missing,
    reminder_number,
    sums,
)
from netterms.collection.letters.wording import words
from netterms.kernel.money import Money

TODAY = date(2026, 6, 9)


def pounds(minor):
    return Money(minor, "GBP")


CLAIM = Claimed(
    pounds(28_168), pounds(10_000), pounds(402),
    Basis("GB", Decimal("11.75"), Decimal("3.75"), Decimal(8)),
)  # fmt: skip
ITEM = Item(
    "INV-42", date(2026, 3, 1), date(2026, 3, 31), pounds(1_500_000), pounds(1_250_000),
    pounds(250_000), CLAIM,
)  # fmt: skip


def letter(template, **changes):
    """The letter of EX-6.2, as any of the templates."""
    account = Account(
        date(2026, 1, 1), TODAY, pounds(0), pounds(1_250_000),
        (
            Movement(date(2026, 3, 1), "invoice", "INV-42", pounds(1_500_000), pounds(1_500_000)),
            Movement(date(2026, 4, 1), "payment", "P-1", pounds(-250_000), pounds(1_250_000)),
        ),
    )  # fmt: skip
    facts = LetterFacts(
        template=template,
        written_on=TODAY,
        deadline=deadline(template, TODAY, person=False),
        seller=Party("Example Tools Ltd", ("1 High Street", "London EC1A 1AA"), "01234567"),
        buyer=Party("Northern Supplies Ltd", ("2 Station Road", "Leeds LS1 1AA"), "07654321"),
        buyer_number="C-100",
        contact="credit@tools.example",
        signatory="J. Smith",
        signatory_role="Credit Manager",
        payee=("Example Tools Ltd", "GB29 NWBK 6016 1331 9268 19"),
        contract="MSA-7",
        note="Paid next Friday.",
        items=(ITEM,) if template in OF_ITEMS else (),
        accounts=(account,) if template is Template.STATEMENT else (),
        instalments=(Instalment(date(2026, 7, 1), pounds(625_000)),) * 2
        if template is Template.PLAN_PROPOSAL
        else (),
    )
    return replace(facts, **changes)


def said(facts, language="en"):
    """All of a letter as one text, without marks of direction and hard blanks."""
    document = compose(facts, language)
    parts = [document.title, document.day, *document.sender, *document.receiver]
    parts += [f"{label}: {value}" for label, value in document.references]
    text = "\n".join([*parts, as_text(document)])
    return re.sub("[\u2066\u2069]", "", text).replace("\u00a0", " ")


def test_ex_6_2_the_letter_before_action_to_a_company():
    facts = letter(Template.FORMAL_NOTICE)
    [asked] = sums(facts.items)
    assert asked.interest == pounds(28_168)
    assert asked.compensation == pounds(10_000)
    assert asked.total == pounds(1_288_168)
    assert asked.daily == pounds(402)
    assert facts.deadline == date(2026, 6, 23)
    text = said(facts)
    for part in ("281.68", "100.00", "GBP 12,881.68", "4.02", "23 June 2026", "11.75 %", "3.75 %"):
        assert part in text, part


def test_a_formal_notice_has_everything_of_col_04():
    text = said(letter(Template.FORMAL_NOTICE))
    for part in (
        "Example Tools Ltd", "1 High Street", "Northern Supplies Ltd", "2 Station Road", "MSA-7",
        "INV-42", "2026-03-01", "2026-03-31", "15,000.00", "2,500.00", "12,500.00",
        "Each further day adds GBP 4.02", "statutory interest on late payment (United Kingdom)",
        "as calculated on 9 June 2026", "GB29 NWBK 6016 1331 9268 19", "legal proceedings",
        "If you dispute", "credit@tools.example", "J. Smith", "Credit Manager",
    ):  # fmt: skip
        assert part in text, part


def test_a_company_has_14_days_and_a_person_30():
    assert deadline(Template.FORMAL_NOTICE, TODAY, person=False) == date(2026, 6, 23)
    assert deadline(Template.FINAL_NOTICE, TODAY, person=True) == date(2026, 7, 9)


@pytest.mark.parametrize(
    ("lacks", "changes"),
    [
        (Missing.SELLER_NAME, {"seller": Party(" ", ("1 High Street",))}),
        (Missing.SELLER_ADDRESS, {"seller": Party("A")}),
        (Missing.BUYER_NAME, {"buyer": Party("", ("2 Station Road",))}),
        (Missing.BUYER_ADDRESS, {"buyer": Party("B")}),
        (Missing.ITEMS, {"items": ()}),
        (Missing.PAYEE, {"payee": ()}),
        (Missing.CONTACT, {"contact": " "}),
        (Missing.SIGNATORY, {"signatory": ""}),
    ],
)
@pytest.mark.parametrize("template", sorted(FORMAL))
def test_a_formal_notice_is_refused_with_what_it_lacks(template, lacks, changes):
    assert missing(letter(template)) == ()
    assert missing(letter(template, **changes)) == (lacks,)


def test_other_letters_lack_what_they_are_about():
    assert missing(letter(Template.CALL_FOLLOW_UP, note=" ")) == (Missing.NOTE,)
    assert missing(letter(Template.PLAN_PROPOSAL, instalments=())) == (Missing.INSTALMENTS,)
    assert missing(letter(Template.STATEMENT, accounts=())) == (Missing.STATEMENT,)
    bare = {"payee": (), "contact": "", "signatory": "", "seller": Party("A"), "buyer": Party("B")}
    assert missing(letter(Template.REMINDER_1, **bare)) == ()
    assert missing(letter(Template.REMINDER_1, items=())) == (Missing.ITEMS,)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", Template)
def test_every_letter_is_filled_in_in_every_language(template, language):
    text = said(letter(template), language)
    assert not re.search(r"[{}]", text), text
    assert "Example Tools Ltd" in text
    if template in OF_ITEMS:
        assert "INV-42" in text
    if template in FORMAL:
        # COL-04 in this language: parties, contract, invoice, where to pay and object, who signs.
        for part in (
            "1 High Street", "01234567", "Northern Supplies Ltd", "2 Station Road", "MSA-7",
            "2026-03-01", "2026-03-31", "GB29 NWBK 6016 1331 9268 19", "credit@tools.example",
            "J. Smith", "Credit Manager",
        ):  # fmt: skip
            assert part in text, part
        # Tax, what was credited, the basis of interest, and two uses of the last day.
        labels = words(language).labels
        for label in ("vat", "credited", "interest", "compensation", "total"):
            assert labels[label] in text, label
        locale = Locale.parse(LOCALES.get(language, language))
        assert text.count(format_date(date(2026, 6, 23), "long", locale=locale)) >= 2
        assert locale.territories["GB"] in text
        digits = re.sub(r"[^0-9]", "", text)
        for figure in ("1288168", "28168", "10000", "402"):
            assert figure in digits, figure
        assert re.search("11[.,]75", text)


def names(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fills_in_the_same_facts(language):
    ours, english = words(language), words("en")
    assert set(ours.labels) == set(english.labels)
    for label, text in english.labels.items():
        assert names(ours.labels[label]) == names(text), label
    for template in Template:
        one, other = ours.templates[template], english.templates[template]
        assert names("".join(one.before + one.after)) == names("".join(other.before + other.after))
        assert (len(one.before), len(one.after)) == (len(other.before), len(other.after))


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_no_letter_is_left_in_english(language):
    ours, english = words(language), words("en")
    for template in Template:
        for one, other in zip(
            ours.templates[template].before + ours.templates[template].after,
            english.templates[template].before + english.templates[template].after,
            strict=True,
        ):
            assert one != other or one == "{note}"


def test_without_a_claim_nothing_is_said_of_interest():
    text = said(letter(Template.FORMAL_NOTICE, items=(replace(ITEM, claimed=None),)))
    assert "interest" not in text.lower()
    assert "GBP 12,500.00" in text


def test_an_early_reminder_claims_no_interest():
    for template in (Template.REMINDER_1, Template.REMINDER_2, Template.REMINDER_3):
        text = said(letter(template))
        assert "281.68" not in text
        assert "12,500.00" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_verified_is_said_with_reserve(language):
    reserve = words(language).labels["reserve"]
    assert reserve not in said(letter(Template.FORMAL_NOTICE), language)
    doubtful = replace(CLAIM, basis=None, unverified=True)
    facts = letter(Template.FORMAL_NOTICE, items=(replace(ITEM, claimed=doubtful),))
    assert reserve in said(facts, language)


def test_a_compensation_in_another_currency_is_a_line_of_its_own():
    claim = replace(CLAIM, compensation=Money(4_000, "EUR"))
    item = replace(ITEM, claimed=claim)
    assert [(one.total.currency, one.total.minor) for one in sums([item])] == [
        ("EUR", 4_000),
        ("GBP", 1_278_168),
    ]
    text = said(letter(Template.FORMAL_NOTICE, items=(item,)))
    assert "EUR 40.00 + GBP 12,781.68" in text


def test_an_agreed_rate_is_said_to_be_agreed():
    claim = replace(CLAIM, basis=Basis("GB", Decimal("7.3"), contract=True))
    text = said(letter(Template.FORMAL_NOTICE, items=(replace(ITEM, claimed=claim),)))
    assert "7.3 % a year. Basis: the rate agreed between us." in text


@pytest.mark.parametrize(
    ("spoken", "buyer", "place", "expected"),
    [
        ("fr", "de", ("nl",), "fr"),
        ("", "de", ("nl",), "de"),
        ("", "en", ("nl", "fr"), "nl"),
        ("", "zh-hans", ("de",), "zh"),
        ("", "en", ("bg",), "en"),
        ("", "en", ("el", "tr"), "tr"),
        ("", "", (), "en"),
        ("", "xx", (), "en"),
    ],
)
def test_the_language_of_a_letter(spoken, buyer, place, expected):
    assert language_of(spoken, buyer, place) == expected


def test_only_a_notice_is_also_in_the_contracts_language():
    assert languages_of(Template.FORMAL_NOTICE, "de", "en") == ("de", "en")
    assert languages_of(Template.FORMAL_NOTICE, "de", "de") == ("de",)
    assert languages_of(Template.FORMAL_NOTICE, "de", "") == ("de",)
    assert languages_of(Template.REMINDER_1, "de", "en") == ("de",)


def test_the_third_reminder_is_the_last_wording():
    assert [reminder_number(n) for n in range(5)] == [
        Template.REMINDER_1, Template.REMINDER_2, Template.REMINDER_3, Template.REMINDER_3,
        Template.REMINDER_3,
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_word_for_whatever_moves_an_account(language):
    kinds = {"invoice", "credit_note", "payment", "refund", "write_off", "recovery"}
    labels = words(language).labels
    assert {name for name in labels if name.startswith("kind_")} == {f"kind_{k}" for k in kinds}


def test_a_name_stays_one_line_whatever_is_in_it():
    text = said(letter(Template.FORMAL_NOTICE, buyer=Party("A\n\nPay elsewhere", ("x",))))
    assert "A Pay elsewhere" in text


@pytest.mark.parametrize("template", Template)
def test_a_document_survives_being_kept(template):
    document = compose(letter(template), "ar")
    assert document_of(plain(document)) == document
