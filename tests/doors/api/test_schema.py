"""Schemathesis asks `netterms serve` what its own schema allows, and much that it does not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest
import schemathesis
from django.db import connections
from hypothesis import HealthCheck, settings
from ninja import Schema as NinjaSchema
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from netterms.access.actions import create_key
from netterms.doors.api import api
from netterms.doors.api.hot import MOVES
from tests.doors.gateway.servers import Caller
from tests.doors.gateway.test_answers import is_problem
from tests.doors.seed import fill

SCOPES = ["read", "read_personal", "set_limit", "checkout", "manage_access", "import"]
EXAMPLES = 20
TO_COME = "to-come"
_made: dict[str, str] = {}
SCHEMA = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/v1/")))

# What no schema can say: that check digits fit, that a time lies ahead, that an address is public,
# that a line is opened once, that a currency is one of ISO 4217, that accounts balance, that a text
# is printable.
BEYOND_A_SCHEMA = {
    # The last day is not before the first.
    "/v1/buyers/{buyer_id}/account",
    "/v1/orders",
    "/v1/orders/new-buyer",
    "/v1/buyers/{buyer_id}/lines/{currency}",
    "/v1/buyers/{buyer_id}/statements",
    *(
        f"/v1/buyers/{{buyer_id}}/{what}"
        for what in (
            "identifiers",
            "aliases",
            "contacts",
            "addresses",
            "bank-accounts",
            # A day from 1990 to today.
            "insolvency-notices",
            "facts",
            "master-data",
            "parent",
        )
    ),
    "/v1/buyers/{buyer_id}/bank-accounts/{account_id}/confirm",
    "/v1/buyers/{buyer_id}/bank-accounts/{account_id}/reject",
    "/v1/buyers/{buyer_id}/insolvency-notices/{notice_id}/withdraw",
    # A percentage above nothing.
    "/v1/early-payment/policies",
    "/v1/webhooks",
    # A currency of ISO 4217, a country that is on file, a due date within a lifetime.
    "/v1/terms/interest",
    "/v1/terms/jurisdictions/{country}",
    "/v1/bank-statements",
    # A currency of ISO 4217; what a file is shows in its bytes; a period has its days in order.
    "/v1/buyers/{buyer_id}/trade-references",
    "/v1/disputes/{dispute_id}/evidence",
    "/v1/insurance/policies",
    "/v1/insurance/policies/{policy_id}/terms",
    "/v1/insurance/policies/{policy_id}/renewals",
    "/v1/webhooks/{webhook_id}/replay",
    *(f"/v1/orders/{{order_id}}/{word}" for word in MOVES),
}


@pytest.fixture
def secret(new_seller):
    # A book of its own: this key may write.
    if "secret" not in _made:
        ctx = fill(new_seller(name="Schemathesis"), buyers=3).ctx
        _made["secret"] = create_key(ctx, "schemathesis", SCOPES)
        connections.close_all()
    return _made["secret"]


schema = schemathesis.openapi.from_dict(SCHEMA)


@schema.auth(refresh_interval=None)
class Key:
    """The key of each case, but of those that are to show what happens without one.

    A test that put it into every case mended these unseen, and the answer 200 looked like a hole
    in the wall.
    """

    def get(self, _case, _ctx):
        # Examples are made while tests are collected, before there is a key.
        return _made.get("secret", TO_COME)

    def set(self, case, secret, _ctx):
        case.headers["Authorization"] = f"Bearer {secret}"


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_the_documented_one(case, secret, address):
    beyond = [positive_data_acceptance] if case.path in BEYOND_A_SCHEMA else []
    if case.path == "/v1/orders/batch":
        # Each order of it is refused alone, within an answer that is 200.
        beyond = [negative_data_rejection]
    if case.headers.get("Authorization") == f"Bearer {TO_COME}":
        case.headers["Authorization"] = f"Bearer {secret}"
    case.call_and_validate(base_url=address, excluded_checks=beyond)


METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
OPERATIONS = [
    (path, method.upper(), operation)
    for path, operations in SCHEMA["paths"].items()
    for method, operation in operations.items()
]


def test_the_schema_is_openapi_3_1_and_tells_every_problem(address):
    assert (
        Caller(address, "nobody").send("GET", "/v1/openapi.json", authorization="-").body == SCHEMA
    )
    assert SCHEMA["openapi"].startswith("3.1")
    for path, method, operation in OPERATIONS:
        codes = set(operation["responses"])
        assert {"401", "403", "422", "429", "503"} <= codes, path
        assert codes & {"200", "204"}, path
        assert ("requestBody" in operation) == ({"400", "413", "415"} <= codes), path
        assert ("{" in path) <= ("404" in codes), path
        assert (method != "GET") == ("504" in codes), path
        keyed = any(each["name"] == "Idempotency-Key" for each in operation["parameters"])
        assert keyed <= ({"200", "201", "409"} <= codes), path
        assert "Retry-After" in operation["responses"]["429"]["headers"], (path, method)


def test_the_gateways_operations_are_there_with_what_they_read_and_answer():
    told = {(path, method): operation for path, method, operation in OPERATIONS}
    for word in ("", "/batch", *(f"/{{order_id}}/{word}" for word in MOVES)):
        operation = told[f"/v1/orders{word}", "POST"]
        asked = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        assert asked.startswith("#/components/schemas/")


def test_any_other_method_is_refused_and_told_which_there_are(address):
    there: dict[str, set[str]] = {}
    for path, method, _ in OPERATIONS:
        there.setdefault(path, set()).add(method)
    nobody = Caller(address, "nobody")
    for path, methods in there.items():
        for method in METHODS - methods:
            path_of_any = path.replace("{", "").replace("}", "")
            said = nobody.send(method, path_of_any, authorization="-")
            is_problem(said, 405, "method_not_allowed")
            assert set(said.headers["allow"].split(", ")) == methods, path


def test_every_shape_has_a_name_of_its_own():
    """Two shapes of one name are one in the document: the later hides the earlier."""
    told = Counter(
        shape.__name__
        for shape in _shapes(NinjaSchema)
        if shape.__module__.startswith("netterms.doors.api.")
    )
    assert len(told) > 150
    assert [name for name, times in told.items() if times > 1] == []


def _shapes(of: type) -> Iterator[type]:
    for shape in of.__subclasses__():
        yield shape
        yield from _shapes(shape)
