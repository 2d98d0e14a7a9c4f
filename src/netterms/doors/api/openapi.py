"""The schema of the whole API: beside what Django answers, the gateway's operations.

Everything that any answer may be is told here once: problems have a content type of their own
(RFC 9457), and some answers have headers.
"""

from __future__ import annotations

from http import HTTPStatus
from inspect import cleandoc
from typing import Any

import msgspec
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from ninja.schema import NinjaGenerateJsonSchema
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from netterms.doors.api.checkout import BatchAnswers, Moved, Order
from netterms.doors.api.errors import JSON
from netterms.doors.api.hot import MOVES, SUMMARIES, Batch, NewOrder
from netterms.doors.api.shapes import KEY_HEADER, Problem

Tree = dict[str, Any]
FIRST_ERROR = 400
# What may be answered to every request with an API key.
ANY = (401, 403, 422, 429, 503)
# And where it changes something, has a body, an id in its address, a key against repetition.
OF_CHANGES = (504,)
OF_BODIES = (400, 413, 415)
OF_IDS = (404,)
OF_KEYS = (409,)
ORDER_ID = {
    "name": "order_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
}
NUMBER = {"type": "integer", "minimum": 0}
RETRY_AFTER = {
    "description": "Seconds to wait before the same request is sent again.",
    "required": True,
    "schema": NUMBER,
}
LIMITS = {
    "RateLimit-Policy": {
        "description": 'What the key may: `"key";q=50;w=1` is 50 requests in a second.',
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": 'What it has left: `"key";r=49;t=1`, and in how many seconds it has all.',
        "schema": {"type": "string"},
    },
}
REPLAYED = {
    "description": "Whether this is the answer that the key was given before.",
    "schema": {"const": "true"},
}


def complete(schema: OpenAPISchema) -> OpenAPISchema:
    """The schema with the gateway's operations, every problem and every header."""
    for path, operations in _hot().items():
        schema["paths"].setdefault(path, {}).update(operations)
    schema["components"]["schemas"] |= _shapes()
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _tell_problems(path, method, operation)
            _tell_headers(operation)
    return schema


def _hot() -> dict[str, Tree]:
    """The operations of the gateway, by address."""
    found = {
        "/v1/orders": _post("authorise", "Ask for credit", NewOrder, Order, [KEY_HEADER]),
        "/v1/orders/batch": _post(
            "authorise_many", "Ask for credit for many orders", Batch, BatchAnswers, []
        ),
    }
    for word, shape in MOVES.items():
        parameters = [ORDER_ID, KEY_HEADER]
        found[f"/v1/orders/{{order_id}}/{word}"] = _post(
            word, SUMMARIES[word], shape, Moved, parameters
        )
    return found


def _post(
    name: str,
    summary: str,
    asked: type[msgspec.Struct],
    answer: type[BaseModel],
    parameters: list[Tree],
) -> Tree:
    said = {"content": {"application/json": {"schema": _ref(answer)}}}
    responses: dict[int, Tree] = {200: {"description": HTTPStatus.OK.phrase, **said}}
    if KEY_HEADER in parameters:
        responses[201] = {"description": HTTPStatus.CREATED.phrase, **said}
    if asked is NewOrder:
        # A buyer that is not the seller's.
        responses[404] = _problem(404)
    operation = {
        "operationId": name,
        "summary": summary,
        "description": cleandoc(asked.__doc__ or ""),
        "tags": ["checkout"],
        "security": [{"ApiKey": []}],
        "parameters": parameters,
        "requestBody": {
            "content": {"application/json": {"schema": _ref(asked)}},
            # No body is one without fields.
            "required": any(field.required for field in msgspec.structs.fields(asked)),
        },
        "responses": responses,
    }
    return {"post": operation}


def _shapes() -> Tree:
    """What the gateway reads and answers, by name."""
    _, told = msgspec.json.schema_components(
        [NewOrder, Batch, *MOVES.values()], ref_template=REF_TEMPLATE.format(model="{name}")
    )
    # As they may be, not as Django would write them: an answer without papers has no `invoices`.
    _, made = models_json_schema(
        [(Order, "validation"), (Moved, "validation"), (BatchAnswers, "validation")],
        ref_template=REF_TEMPLATE,
        schema_generator=NinjaGenerateJsonSchema,
    )
    for shape in told.values():
        shape["description"] = cleandoc(shape["description"])
    return {**told, **made["$defs"]}


def _ref(shape: type[msgspec.Struct | BaseModel]) -> Tree:
    return {"$ref": REF_TEMPLATE.format(model=shape.__name__)}


def _problem(code: int) -> Tree:
    content = {JSON: {"schema": _ref(Problem)}}
    return {"description": HTTPStatus(code).phrase, "content": content}


def _tell_problems(path: str, method: str, operation: Tree) -> None:
    codes = set(ANY)
    if method != "get":
        codes.update(OF_CHANGES)
    if "requestBody" in operation:
        codes.update(OF_BODIES)
    if "{" in path:
        codes.update(OF_IDS)
    if KEY_HEADER in operation["parameters"]:
        codes.update(OF_KEYS)
    told = {int(code): answer for code, answer in operation["responses"].items()}
    codes.update(code for code in told if code >= FIRST_ERROR)
    told |= {code: _problem(code) for code in codes}
    operation["responses"] = {str(code): told[code] for code in sorted(told)}


def _tell_headers(operation: Tree) -> None:
    keyed = KEY_HEADER in operation["parameters"]
    for code, answer in operation["responses"].items():
        headers: Tree = dict(LIMITS) if code != "401" else {}
        if code in {"429", "503"}:
            headers["Retry-After"] = RETRY_AFTER
        if keyed and code == "200":
            headers["Idempotent-Replayed"] = REPLAYED
        answer["headers"] = headers | answer.get("headers", {})
