"""Schemathesis asks the API everything its own schema allows, and much that it does not."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings

from netterms.access.actions import create_key
from netterms.doors.api import api
from tests.doors.seed import fill

SCHEMA = schemathesis.openapi.from_wsgi("/v1/openapi.json", get_wsgi_application())
EXAMPLES = 20
_made: dict[str, str] = {}


@pytest.fixture
def secret(new_seller):
    # A book of its own: this key may write.
    if "secret" not in _made:
        ctx = fill(new_seller(name="Schemathesis"), buyers=3).ctx
        _made["secret"] = create_key(ctx, "schemathesis", ["read", "set_limit"])
    return _made["secret"]


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_the_documented_one(case, secret):
    case.call_and_validate(headers={"Authorization": f"Bearer {secret}"})


def test_the_schema_is_openapi_3_1():
    raw = api.get_openapi_schema(path_prefix="/v1/")
    assert raw["openapi"].startswith("3.1")
    for path in raw["paths"].values():
        assert {"200", "401", "403", "422"} <= {str(code) for code in path["get"]["responses"]}
