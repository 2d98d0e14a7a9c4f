"""Who a company is: numbers, names, people, places and accounts, each checked and told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from netterms.buyers import particulars as use
from netterms.buyers.accounts import (
    BankAccount,
    accounts_of,
    confirm_bank_account,
    reject_bank_account,
    set_bank_account,
)
from netterms.buyers.entering import NewAccount, NewAlias, NewIdentifier, enter
from netterms.buyers.particulars import Address, Contact
from netterms.buyers.profile import addresses_of, contacts_of, profile
from netterms.kernel.context import Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal
from netterms.monitoring.actions import refresh_alerts
from netterms.monitoring.queries import open_alerts
from tests.actions.small_book import kinds, put, rows

FIRST, SECOND = "DE89 3704 0044 0532 0130 00", "GB82 WEST 1234 5698 7654 32"


@pytest.fixture
def buyer(ctx):
    found, _ = put(ctx, "1", "A", 100, due_on=date(2026, 3, 1))
    return found


def test_a_number_is_kept_in_one_spelling_and_told_once(ctx, buyer):
    for spelling in ("DE 136.695 976", "136695976"):
        use.add_identifier(ctx, buyer, "vat", spelling, "DE")
    [line] = rows(ctx, "select kind, country, value, checked from buyer_identifier")
    assert line == {"kind": "vat", "country": "DE", "value": "136695976", "checked": "valid"}
    assert kinds(ctx).count("buyers.identifier_added") == 1
    told = use.add_identifier(ctx, buyer, "duns", "15-048-3782")
    use.remove_identifier(ctx, buyer, told)
    assert len(rows(ctx, "select from buyer_identifier")) == 1
    with pytest.raises(Refusal) as refused:
        use.remove_identifier(ctx, buyer, told)
    assert refused.value.code is Code.NOT_FOUND


def test_names_people_and_places_of_any_script_are_kept_and_forgotten(ctx, buyer):
    alias = use.add_alias(ctx, buyer, " 北风贸易有限公司 ", use.AliasKind.SCRIPT)
    assert use.add_alias(ctx, buyer, "北风贸易有限公司") is None
    contact = use.add_contact(
        ctx, buyer, Contact("王小明", "采购", "wang@north.example", "+86 10 1234", "zh-hans")
    )
    address = use.add_address(ctx, buyer, Address("registered", " 北京市朝阳区1号\n", country="CN"))
    assert [kept.lines for kept in addresses_of(ctx, buyer)] == ["北京市朝阳区1号"]
    [event] = rows(ctx, "select facts from event where kind = 'buyers.contact_added'")
    assert event["facts"] == {"contact": str(contact)}
    for what, one in (("alias", alias), ("contact", contact), ("address", address)):
        use.forget(ctx, what, one)
        with pytest.raises(Refusal) as refused:
            use.forget(ctx, what, one)
        assert refused.value.code is Code.NOT_FOUND


def test_a_changed_account_alerts_at_once_until_somebody_called(ctx, buyer):
    first = set_bank_account(ctx, buyer, BankAccount(FIRST))
    assert open_alerts(ctx) == []
    assert set_bank_account(ctx, buyer, BankAccount(FIRST.lower())) == first
    second = set_bank_account(ctx, buyer, BankAccount(SECOND), replaces=first)
    [alert] = open_alerts(ctx)
    assert (alert.kind, alert.severity, alert.facts) == (
        "bank_account_changed", 3, {"account": "5432"},
    )  # fmt: skip
    [stays, waits] = sorted(accounts_of(ctx, buyer), key=lambda one: one.to_confirm)
    assert (waits.id, waits.to_confirm, waits.iban) == (second, True, True)
    # Entering an account cuts nobody off: the true one is in force until somebody has called.
    assert (stays.id, stays.to_confirm, stays.following) == (first, False, "…5432")
    [event] = rows(ctx, "select facts from event where kind = 'buyers.bank_account_changed'")
    assert (event["facts"]["before"], event["facts"]["number"]) == (["…3000"], "…5432")
    # The day finds the same and raises nothing twice.
    refresh_alerts(ctx)
    assert kinds(ctx).count("monitoring.alert_raised") == 2  # the only buyer is the book, too
    with pytest.raises(Refusal) as refused:
        confirm_bank_account(ctx, second, "It is fine, I entered it myself.")
    assert refused.value.code is Code.SAME_PERSON
    other = replace(ctx, actor="another person")
    confirm_bank_account(other, second, "Called the number of the contract: Ms Li agrees.")
    told = rows(ctx, "select facts::text as facts from event where kind like 'buyers.bank%%'")
    assert not [line for line in told if "Ms Li" in line["facts"] or "0130" in line["facts"]]
    assert [a.kind for a in open_alerts(ctx)] == ["concentration"]
    [kept] = accounts_of(ctx, buyer)
    assert (kept.id, kept.to_confirm, kept.following) == (second, False, None)
    with pytest.raises(Refusal) as refused:
        confirm_bank_account(other, second, "again")
    assert refused.value.code is Code.NOT_FOUND


def test_a_rejected_account_ends_and_the_one_before_stays(ctx, buyer):
    first = set_bank_account(ctx, buyer, BankAccount(FIRST))
    second = set_bank_account(ctx, buyer, BankAccount(SECOND), replaces=first)
    with pytest.raises(Refusal) as refused:
        reject_bank_account(ctx, second, " ")
    assert refused.value.facts["mend"] is Mend.SAY_WHY
    assert reject_bank_account(ctx, second, "They know nothing of it.", key="k") is False
    assert reject_bank_account(ctx, second, "They know nothing of it.", key="k") is True
    [kept] = accounts_of(ctx, buyer)
    assert (kept.id, kept.to_confirm) == (first, False)
    assert [a.kind for a in open_alerts(ctx)] == []
    [event] = rows(ctx, "select facts from event where kind = 'buyers.bank_account_rejected'")
    assert event["facts"] == {"account": str(second), "number": "…5432", "restored": str(first)}
    with pytest.raises(Refusal) as refused:
        confirm_bank_account(replace(ctx, actor="b"), second, "again")
    assert refused.value.code is Code.NOT_FOUND


def test_of_two_that_would_replace_one_the_first_confirmed_does(ctx, buyer):
    first = set_bank_account(ctx, buyer, BankAccount(FIRST))
    second = set_bank_account(ctx, buyer, BankAccount(SECOND), replaces=first)
    third = set_bank_account(ctx, buyer, BankAccount("6222-0200-0001", "CN"), replaces=first)
    with pytest.raises(Refusal) as refused:
        set_bank_account(ctx, buyer, BankAccount("6222-0200-0002", "CN"), replaces=second)
    assert refused.value.facts["mend"] is Mend.DECIDE_FIRST
    # Entered again, the true account is what it was.
    assert set_bank_account(ctx, buyer, BankAccount(FIRST), replaces=third) == first
    confirm_bank_account(replace(ctx, actor="b"), second, "Called the number of the contract.")
    assert {kept.id for kept in accounts_of(ctx, buyer)} == {third, second}
    reject_bank_account(ctx, third, "no")
    assert [kept.id for kept in accounts_of(ctx, buyer)] == [second]
    with pytest.raises(Refusal) as refused:
        set_bank_account(ctx, buyer, BankAccount("6222-0200-0003", "CN"), replaces=first)
    assert refused.value.code is Code.NOT_FOUND


def test_a_particular_is_entered_once_under_a_key(ctx, buyer):
    for told in (
        NewIdentifier("duns", "15-048-3782"), NewAlias("Boreas"), Contact("Ms Li"),
        Address("billing", "1 Road"), NewAccount(BankAccount(FIRST)),
    ):  # fmt: skip
        key = type(told).__name__
        kept, repeated = enter(ctx, buyer, told, key)
        assert (enter(ctx, buyer, told, key), repeated) == ((kept, True), False)
    assert len(rows(ctx, "select from buyer_contact")) == 1
    assert enter(ctx, buyer, NewAlias("Boreas"))[0] == str(
        rows(ctx, "select id from buyer_alias")[0]["id"]
    )
    with pytest.raises(Refusal) as refused:
        enter(ctx, buyer, Contact("Mr Li"), "Contact")
    assert refused.value.code is Code.KEY_REUSED
    with pytest.raises(Refusal) as refused:
        enter(ctx, buyer, NewAlias("X", "merged"))
    assert refused.value.facts["field"] == "kind"


def test_people_and_whole_numbers_are_for_who_may_see_them(ctx, buyer):
    use.add_contact(ctx, buyer, Contact("Ms Li"))
    set_bank_account(ctx, buyer, BankAccount(FIRST, holder="Li Ltd"))
    reader = replace(ctx, may=frozenset({Permission.READ}))
    seen = profile(reader, buyer)
    assert seen.contacts is None
    assert [(a.number, a.holder) for a in seen.accounts] == [("…3000", "")]
    with pytest.raises(Refusal) as refused:
        contacts_of(reader, buyer)
    assert refused.value.code is Code.NOT_ALLOWED
    whole = profile(ctx, buyer)
    assert [c.name for c in whole.contacts or []] == ["Ms Li"]
    assert whole.accounts[0].number == "DE89370400440532013000"


def test_the_day_raises_the_alert_for_an_account_too(ctx, buyer):
    set_bank_account(ctx, buyer, BankAccount(FIRST))
    set_bank_account(ctx, buyer, BankAccount(SECOND))
    refresh_alerts(ctx.on(ctx.today + timedelta(days=1)))
    assert "bank_account_changed" in {a.kind for a in open_alerts(ctx)}


def test_a_local_account_number_needs_its_country(ctx, buyer):
    account = set_bank_account(ctx, buyer, BankAccount("6222-0200-0001", "CN", "102100099996"))
    [kept] = accounts_of(ctx, buyer)
    assert (kept.id, kept.iban, kept.number) == (account, False, "622202000001")


@pytest.mark.parametrize(
    ("told", "field", "mend"),
    [
        (BankAccount("DE89 3704 0044 0532 0130 01"), "iban", Mend.CHECK_DIGITS),
        (BankAccount("12345678"), "country", Mend.COUNTRY_CODE),
        (BankAccount("12 34/56", "CN"), "account", Mend.LETTERS_AND_DIGITS),
        (Contact(""), "name", Mend.CHARACTERS),
        (Contact("A", email="nobody"), "email", Mend.EMAIL),
        (Contact("A", phone="call me"), "phone", Mend.FITTING),
        (Contact("A", language="xx"), "language", Mend.ONE_OF),
        (Address("home", "1 Road"), "kind", Mend.ONE_OF),
        (Address("billing", " "), "address", Mend.CHARACTERS),
        (Address("billing", "1 Road", country="Germany"), "country", Mend.COUNTRY_CODE),
    ],
)
def test_what_cannot_be_is_refused_with_what_mends_it(ctx, buyer, told, field, mend):
    add = {BankAccount: set_bank_account, Contact: use.add_contact, Address: use.add_address}
    before = kinds(ctx)
    with pytest.raises(Refusal) as refused:
        add[type(told)](ctx, buyer, told)
    assert refused.value.facts["field"] == field
    assert refused.value.facts["mend"] is mend
    assert kinds(ctx) == before


def test_nothing_is_kept_of_a_buyer_the_seller_does_not_know(ctx, new_seller, buyer):
    for other, who in ((ctx, new_id(ctx.now)), (new_seller(), buyer)):
        for act in (
            lambda c, b: use.add_identifier(c, b, "duns", "150483782"),
            lambda c, b: use.add_alias(c, b, "Other"),
            lambda c, b: use.add_contact(c, b, Contact("A")),
            lambda c, b: use.add_address(c, b, Address("billing", "1 Road")),
            lambda c, b: set_bank_account(c, b, BankAccount(FIRST)),
        ):
            with pytest.raises(Refusal) as refused:
                act(other, who)
            assert refused.value.code is Code.NOT_FOUND
