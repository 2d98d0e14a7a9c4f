"""Who a buyer is, in the console: entered, shown, taken away; a changed account is decided."""

from __future__ import annotations

from datetime import date

import pytest

from netterms.buyers.accounts import BankAccount, accounts_of, set_bank_account
from netterms.buyers.groups import group_of
from netterms.buyers.particulars import Contact, add_contact
from netterms.buyers.profile import profile
from netterms.scoring.queries import company_facts
from tests.actions.small_book import put

FIRST, SECOND = "DE89370400440532013000", "GB82WEST12345698765432"


@pytest.fixture
def of(ctx):
    return put(ctx, "1", "A", 100, due_on=date(2026, 3, 1))[0]


def page(of):
    return f"/buyers/{of}/particulars/"


def send(client, of, what, **fields):
    return client.post(page(of), {"what": what, **fields}, follow=True).content.decode()


def test_each_kind_is_entered_once_shown_and_taken_away(ctx, of, signed_in):
    client = signed_in(ctx)
    told = {
        "identifier": {"kind": "vat", "country": "de", "value": "DE 136 695 976", "key": "k1"},
        "alias": {"name": "北风贸易有限公司", "kind": "script", "key": "k2"},
        "contact": {"name": "Ms Li", "email": "li@example.com", "key": "k3"},
        "address": {"kind": "billing", "lines": "Hafenstr. 1\r\nHaus B", "city": "Hamburg",
                    "key": "k4"},
        "account": {"number": "DE89 3704 0044 0532 0130 00", "key": "k5"},
    }  # fmt: skip
    for _ in range(2):
        for what, fields in told.items():
            html = send(client, of, what, **fields)
    known = profile(ctx, of)
    kept = (known.identifiers, known.aliases, known.contacts, known.addresses, known.accounts)
    assert [len(one or ()) for one in kept] == [1, 1, 1, 1, 1]
    for shown in ("136695976", "北风贸易有限公司", "Ms Li", "Haus B", FIRST):
        assert shown in html
    send(client, of, "remove_identifier", kind="vat", country="DE", value="136695976")
    for what, one in (("alias", known.aliases), ("contact", known.contacts),
                      ("address", known.addresses)):  # fmt: skip
        html = send(client, of, f"forget_{what}", id=str(one[0].id))
    left = profile(ctx, of)
    assert [left.identifiers, left.aliases, left.contacts, left.addresses] == [[], [], [], []]
    # The history names what went and no person.
    assert "Number of the company removed" in html
    assert "Ms Li" not in html


def test_what_is_wrong_is_said_and_stays_in_its_form(ctx, of, signed_in):
    client = signed_in(ctx)
    html = send(client, of, "identifier", kind="vat", country="DE", value="DE 136 695 977")
    assert "the check digits do not fit" in html
    assert 'value="DE 136 695 977"' in html
    assert "<details open>" in html
    assert "IBAN" in send(client, of, "account", number="DE89 3704 0044 0532 0130 01")
    assert "no_such" in send(client, of, "no_such")
    assert profile(ctx, of).identifiers == []


def test_a_changed_account_is_seen_and_decided_by_another_person(ctx, of, signed_in):
    first = set_bank_account(ctx, of, BankAccount(FIRST))
    client, another = signed_in(ctx), signed_in(ctx)
    html = send(client, of, "account", number=SECOND, replaces=str(first))
    assert "Changed bank account" in html
    assert "another person has to confirm it" in html
    assert 'value="confirm"' not in html
    assert "in force until …5432 is confirmed" in html
    [second] = [one for one in accounts_of(ctx, of) if one.to_confirm]
    refused = send(client, of, "confirm", id=str(second.id), how="I say so")
    assert "Another person has to agree" in refused
    for address in (f"/buyers/{of}/", page(of)):
        seen = another.get(address).content.decode()
        assert 'value="confirm"' in seen, address
        assert "…3000" in seen, address
    assert f'href="{page(of)}"' in another.get("/").content.decode()
    html = send(another, of, "confirm", id=str(second.id), how="Called the contract's number")
    assert "The bank account is confirmed." in html
    assert "Changed bank account" not in another.get(f"/buyers/{of}/").content.decode()


def test_a_rejected_account_leaves_the_one_before(ctx, of, signed_in):
    first = set_bank_account(ctx, of, BankAccount(FIRST))
    second = set_bank_account(ctx, of, BankAccount(SECOND), replaces=first)
    client = signed_in(ctx)
    assert "say why" in send(client, of, "reject", id=str(second), how=" ")
    html = send(client, of, "reject", id=str(second), how="They know nothing of it")
    assert "The bank account is rejected." in html
    assert [one.id for one in accounts_of(ctx, of)] == [first]


def test_country_sector_facts_and_parent_are_set(ctx, of, signed_in):
    client = signed_in(ctx)
    upper = put(ctx, "2", "B", 100, due_on=date(2026, 3, 1))[0]
    send(client, of, "master", country="fr", sector="46.73")
    facts = {"form_rank": "2", "founded_on": "1999-05-03", "employees": "40", "source": "register"}
    html = send(client, of, "facts", **facts)
    assert "France" in html
    assert "46.73" in html
    assert "Limited by little capital" in html
    known = company_facts(ctx, of)
    assert (known.facts.employees, known.facts.form_rank) == (40, 2)
    html = send(client, of, "parent", parent="2")
    assert "ultimate parent" in html
    assert [one.id for one in group_of(ctx, of)] == [upper, of]
    assert "stand below this one" in send(client, upper, "parent", parent="1")
    assert "belongs to no group" in send(client, of, "parent", parent="")
    assert "<dd>C · Manufacturing</dd>" in send(client, of, "master", country="fr", sector="C")


def test_who_only_reads_sees_no_person_no_whole_account_and_no_form(ctx, of, signed_in):
    add_contact(ctx, of, Contact("Ms Li"))
    set_bank_account(ctx, of, BankAccount(FIRST))
    reader = signed_in(ctx, "reader")
    html = reader.get(page(of)).content.decode()
    assert "Ms Li" not in html
    assert FIRST not in html
    assert "…3000" in html
    assert "<details>" not in html.partition('<div class="grid-main">')[2]
    assert reader.post(page(of), {"what": "alias", "name": "X", "kind": "other"}).status_code == 403
    assert "Ms Li" in signed_in(ctx, "collector").get(page(of)).content.decode()
