"""Schemathesis asks the API everything its own schema allows, and much that it does not."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from netterms.access.actions import create_key
from netterms.doors.api import api
from tests.doors.seed import fill

SCHEMA = schemathesis.openapi.from_wsgi("/v1/openapi.json", get_wsgi_application())
BEYOND_A_SCHEMA = {"/v1/orders/new-buyer"}
EXAMPLES = 20
_made: dict[str, str] = {}


@pytest.fixture
def secret(new_seller):
    # A book of its own: this key may write.
    if "secret" not in _made:
        ctx = fill(new_seller(name="Schemathesis"), buyers=3).ctx
        _made["secret"] = create_key(ctx, "schemathesis", ["read", "set_limit", "checkout"])
    return _made["secret"]


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_the_documented_one(case, secret):
    # No schema can say that check digits fit or that a time lies ahead: 422 is documented.
    beyond = [positive_data_acceptance] if case.path in BEYOND_A_SCHEMA else []
    headers = {"Authorization": f"Bearer {secret}"}
    case.call_and_validate(headers=headers, excluded_checks=beyond)


def test_the_schema_is_openapi_3_1():
    raw = api.get_openapi_schema(path_prefix="/v1/")
    assert raw["openapi"].startswith("3.1")
    for path in raw["paths"].values():
        for operation in path.values():
            codes = {str(code) for code in operation["responses"]}
            assert {"401", "403", "422"} <= codes
            assert codes & {"200", "204"}
