"""Under /v1/ everything that goes wrong is a problem (RFC 9457), whoever finds it."""

from __future__ import annotations

import json
import logging

import pytest
from django.conf import settings

from netterms.access.actions import create_key
from netterms.checkout import queries
from netterms.doors.api.errors import JSON
from netterms.store import sql
from tests.doors.conftest import visitor

PATHS = [("put", "/v1/caps"), ("post", "/v1/orders/new-buyer"), ("post", "/v1/webhooks")]


def is_problem(answer, status, code):
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, JSON), answer.content
    assert answer.json()["status"] == status
    assert answer.json().get("code") == code
    return answer.json()


@pytest.fixture
def key(ctx):
    return {"authorization": f"Bearer {create_key(ctx, 'till', ['read', 'set_limit', 'checkout'])}"}


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
@pytest.mark.parametrize("path", ["/v1/nope", "/v1/orders/", "/v1/orders/7/expire", "/v1/", "/v1"])
def test_an_address_that_is_none_is_not_found_by_any_method(database, method, path):
    is_problem(getattr(visitor(enforce_csrf_checks=True), method)(path), 404, "not_found")


def test_another_method_is_told_which_there_are(database):
    said = visitor().post("/v1/buyers")
    is_problem(said, 405, "method_not_allowed")
    assert said.headers["Allow"] == "GET"
    chinese = visitor().post("/v1/buyers", headers={"accept-language": "zh-hans"})
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.json()["detail"])


def test_what_breaks_is_a_problem_that_tells_nothing(key, monkeypatch):
    def broken(*_args, **_named):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(queries, "order_answers", broken)
    said = visitor(raise_request_exception=False).get("/v1/orders", headers=key)
    is_problem(said, 500, None)
    assert b"secret" not in said.content
    assert said.json()["title"] == "Internal Server Error"


def test_a_value_that_the_database_refuses_is_the_callers_and_stays_out_of_the_log(
    key, monkeypatch, caplog
):
    def computed(*_args, **_named):
        return sql.value("select %(day)s::date", {"day": "9999999-secret"})

    monkeypatch.setattr(queries, "order_answers", computed)
    with caplog.at_level(logging.WARNING, logger="netterms.doors.api.errors"):
        said = visitor().get("/v1/orders?limit=7", headers=key)
    body = is_problem(said, 422, "value_invalid")
    assert (body["errors"][0]["field"], body["errors"][0]["value"]) == ("query", "limit=7")
    assert "GET /v1/orders" in caplog.text
    assert "secret" not in caplog.text + said.content.decode()


def test_a_host_that_is_not_ours_is_a_problem(database):
    is_problem(visitor().get("/v1/buyers", headers={"host": "elsewhere.example"}), 400, None)


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("body", ["{", "4=;", '{"x": NaN}', "[" * 20_000, b"\xff"])
def test_a_body_that_is_no_json(key, method, path, body):
    said = getattr(visitor(), method)(path, body, content_type="application/json", headers=key)
    is_problem(said, 400, "body_unreadable")


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("body", ["[null, null]", "5", "9" * 10_000, '"x"', "null", "[]"])
def test_json_of_another_shape(key, method, path, body):
    said = getattr(visitor(), method)(path, body, content_type="application/json", headers=key)
    is_problem(said, 422, "value_invalid")


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_no_body_is_told_as_that(key, method, path):
    said = getattr(visitor(), method)(path, "", content_type="application/json", headers=key)
    problem = is_problem(said, 422, "value_invalid")
    assert [(error["field"], error["value"]) for error in problem["errors"]] == [("body", "")]


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize(
    ("media", "more"),
    [
        ("text/plain", {}),
        ("application/x-www-form-urlencoded", {}),
        ("", {}),
        ("application/json", {"content-encoding": "gzip"}),
    ],
)
def test_media_that_are_not_json(key, method, path, media, more):
    said = getattr(visitor(), method)(path, "{}", content_type=media, headers=key | more)
    is_problem(said, 415, "media_type_unknown")


def test_a_body_that_is_too_large(key):
    body = json.dumps({"x": "y" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE})
    said = visitor().put("/v1/caps", body, content_type="application/json", headers=key)
    assert is_problem(said, 413, "body_too_large")["errors"][0]["field"] == "body"
