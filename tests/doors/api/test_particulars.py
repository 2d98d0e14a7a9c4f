"""Who a buyer is, through the API: entered once, shown to whom may see it, refused with a mend."""

from __future__ import annotations

import pytest
from django.db import connections

from netterms.access.actions import create_key
from tests.actions.small_book import put, rows
from tests.doors.gateway.servers import Caller, fresh
from tests.doors.gateway.test_answers import is_problem

EVERY = ["read", "read_personal", "import", "set_limit"]
FIRST, SECOND = "DE89370400440532013000", "GB82WEST12345698765432"


@pytest.fixture
def of(ctx, address):
    """A buyer's address, one caller who may all, one who reads, one who is another."""
    from datetime import date

    buyer, _ = put(ctx, "1", "A", 100, due_on=date(2026, 3, 1))
    callers = [
        Caller(address, create_key(ctx, name, scopes))
        for name, scopes in (("all", EVERY), ("reader", ["read"]), ("another", EVERY))
    ]
    connections.close_all()
    return f"/v1/buyers/{buyer}", *callers


def post(caller, path, body, key=None):
    return caller.send("POST", path, body, **{"idempotency-key": key or fresh()})


def test_a_particular_is_entered_once_and_a_key_is_for_one_request(of):
    path, every, *_ = of
    key = fresh()
    first = post(every, f"{path}/contacts", {"name": "Ms Li", "phone": "+49 40 1"}, key)
    again = post(every, f"{path}/contacts", {"name": "Ms Li", "phone": "+49 40 1"}, key)
    assert (first.status, again.status, again.body) == (201, 200, first.body)
    assert again.headers["idempotent-replayed"] == "true"
    assert len(every.send("GET", f"{path}/contacts").body["items"]) == 1
    other = post(every, f"{path}/contacts", {"name": "Mr Li"}, key)
    is_problem(other, 409, "key_reused")
    gone = every.send("DELETE", f"{path}/contacts/{first.body['id']}")
    assert gone.status == 204
    assert every.send("GET", f"{path}/contacts").body["items"] == []


def test_people_and_whole_account_numbers_need_a_scope(of):
    path, every, reader, _ = of
    post(every, f"{path}/contacts", {"name": "Ms Li"})
    post(every, f"{path}/bank-accounts", {"number": FIRST, "holder": "Li Ltd"})
    is_problem(reader.send("GET", f"{path}/contacts"), 403, "not_allowed")
    [seen] = reader.send("GET", f"{path}/bank-accounts").body["items"]
    assert (seen["number"], seen["holder"]) == ("…3000", "")
    [whole] = every.send("GET", f"{path}/bank-accounts").body["items"]
    assert (whole["number"], whole["holder"]) == (FIRST, "Li Ltd")
    is_problem(post(reader, f"{path}/contacts", {"name": "X"}), 403, "not_allowed")


def test_a_wrong_number_is_refused_with_field_value_and_mend(of):
    path, every, *_ = of
    wrong = {"kind": "vat", "country": "DE", "value": "DE 136 695 977"}
    said = post(every, f"{path}/identifiers", wrong)
    is_problem(said, 422, "value_invalid")
    [error] = said.body["errors"]
    assert (error["field"], error["value"]) == ("identifier", "DE 136 695 977")
    assert "check digits" in error["mend"]
    said = post(every, f"{path}/bank-accounts", {"number": "DE89 3704 0044 0532 0130 01"})
    assert said.body["errors"][0]["field"] == "iban"
    right = post(every, f"{path}/identifiers", wrong | {"value": "DE 136 695 976"})
    assert (right.status, right.body) == (201, {"value": "136695976"})
    query = "?kind=vat&country=DE&value=136695976"
    assert every.send("DELETE", f"{path}/identifiers{query}").status == 204
    is_problem(every.send("DELETE", f"{path}/identifiers{query}"), 404, "not_found")


def test_a_changed_account_waits_for_another_one(ctx, of):
    path, every, _, another = of
    accounts = f"{path}/bank-accounts"
    first = post(every, accounts, {"number": FIRST}).body["id"]
    second = post(every, accounts, {"number": SECOND, "replaces": first}).body["id"]
    [waits, stays] = every.send("GET", accounts).body["items"]
    assert stays["id"] == first
    assert (waits["id"], waits["to_confirm"], waits["replaces"]) == (second, True, first)
    how = {"how": "Called the number of the contract."}
    is_problem(post(every, f"{accounts}/{second}/confirm", how), 403, "same_person")
    key = fresh()
    assert post(another, f"{accounts}/{second}/reject", how, key).status == 201
    assert post(another, f"{accounts}/{second}/reject", how, key).status == 200
    assert [one["id"] for one in every.send("GET", accounts).body["items"]] == [first]
    is_problem(post(another, f"{accounts}/{second}/confirm", how), 404, "not_found")
    connections.close_all()
    told = rows(ctx, "select facts::text as facts from event")
    assert not [line for line in told if FIRST in line["facts"] or SECOND in line["facts"]]


def test_facts_parent_and_master_data_are_read_back(ctx, of):
    from datetime import date

    path, every, *_ = of
    upper, _ = put(ctx, "2", "B", 100, due_on=date(2026, 3, 1))
    connections.close_all()
    told = {"founded_on": "1999-05-03", "employees": 40, "form_rank": 2, "source": "register"}
    assert every.send("PUT", f"{path}/facts", told).status == 200
    assert told.items() <= every.send("GET", f"{path}/facts").body.items()
    changed = every.send("PATCH", f"{path}/master-data", {"sector": "46.73"}).body
    assert changed["sector"] == "46.73"
    tree = every.send("PUT", f"{path}/parent", {"parent_id": str(upper)}).body["items"]
    assert [(one["buyer_number"], one["depth"]) for one in tree] == [("2", 0), ("1", 1)]
    loop = every.send("PUT", f"/v1/buyers/{upper}/parent", {"parent_id": tree[1]["id"]})
    is_problem(loop, 422, "value_invalid")
    alone = every.send("PUT", f"{path}/parent", {"parent_id": None}).body["items"]
    assert [one["depth"] for one in alone] == [0]


def test_a_pair_is_merged_once_under_a_key_and_taken_back(ctx, of):
    from datetime import date

    path, every, *_ = of
    other, _ = put(ctx, "2", "B", 100, due_on=date(2026, 3, 1))
    connections.close_all()
    pair, key = {"keep": path.rpartition("/")[2], "other": str(other), "why": "twice"}, fresh()
    assert post(every, "/v1/duplicates/merge", pair, key).status == 201
    assert post(every, "/v1/duplicates/merge", pair, key).status == 200
    [merged] = every.send("GET", "/v1/duplicates?state=merged").body["items"]
    assert merged["merged_into"] == pair["keep"]
    assert post(every, "/v1/duplicates/undo", pair).status == 201
    assert post(every, "/v1/duplicates/part", pair).status == 201
    assert len(every.send("GET", "/v1/duplicates?state=refused").body["items"]) == 1
