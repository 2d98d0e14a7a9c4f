"""The only place that maps refusals to HTTP: problem details as RFC 9457 has them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from netterms.doors.api.mends import mend_of_error
from netterms.doors.api.sent import read, value_at
from netterms.doors.look.sentences import mend_of, sentence
from netterms.kernel.events import plain
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.store.postgres.base import RETRY_SECONDS, UnreachableError, is_away

log = logging.getLogger(__name__)

STATUS: dict[Code, HTTPStatus] = {
    Code.ALREADY_RUNNING: HTTPStatus.CONFLICT,
    Code.AMOUNT_OUT_OF_RANGE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.BANK_STATEMENT_CURRENCIES: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.BANK_STATEMENT_INCOMPLETE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.BANK_STATEMENT_INTERIM: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.BANK_STATEMENT_OVERLAPS: HTTPStatus.CONFLICT,
    Code.BANK_STATEMENT_UNBALANCED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.BANK_STATEMENT_VALUE_UNREADABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.BODY_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Code.BODY_UNREADABLE: HTTPStatus.BAD_REQUEST,
    Code.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    Code.CHANGED_MEANWHILE: HTTPStatus.PRECONDITION_FAILED,
    Code.COLUMN_MISSING: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.COLUMN_UNKNOWN: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.CONFLICTING_NUMBER: HTTPStatus.CONFLICT,
    Code.DAY_OUT_OF_ORDER: HTTPStatus.CONFLICT,
    Code.EINVOICE_INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.EINVOICE_VALUE_UNREADABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.FILE_EMPTY: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.FILE_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Code.FILE_UNREADABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.FONT_MISSING: HTTPStatus.SERVICE_UNAVAILABLE,
    Code.INTEREST_NOT_COMPUTED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.INVOICE_NUMBER_TAKEN: HTTPStatus.CONFLICT,
    Code.ISSUED_ON_OUT_OF_RANGE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.KEY_REUSED: HTTPStatus.CONFLICT,
    Code.HAND_OVER_INCOMPLETE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.LETTER_INCOMPLETE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.MEDIA_TYPE_UNKNOWN: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Code.METHOD_NOT_ALLOWED: HTTPStatus.METHOD_NOT_ALLOWED,
    Code.MOVE_NOT_ALLOWED: HTTPStatus.CONFLICT,
    Code.NO_ANSWER_IN_TIME: HTTPStatus.GATEWAY_TIMEOUT,
    Code.NO_HEADER: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.NOT_ALLOWED: HTTPStatus.FORBIDDEN,
    Code.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Code.NOT_INSTALLED: HTTPStatus.NOT_IMPLEMENTED,
    Code.NOT_OFFERED: HTTPStatus.CONFLICT,
    Code.NOT_SIGNED_IN: HTTPStatus.UNAUTHORIZED,
    Code.NOT_YET_EXPIRED: HTTPStatus.CONFLICT,
    Code.PERIOD_CLOSED: HTTPStatus.CONFLICT,
    Code.OFFER_CHANGED: HTTPStatus.CONFLICT,
    Code.ORDER_EXPIRED: HTTPStatus.CONFLICT,
    Code.ORDER_NUMBER_TAKEN: HTTPStatus.CONFLICT,
    Code.SAME_PERSON: HTTPStatus.FORBIDDEN,
    Code.TOO_EARLY: HTTPStatus.CONFLICT,
    Code.POLICY_INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.RATE_BEFORE_FIRST_DATE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.RATE_MISSING: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.RATE_PAST_LAST_DATE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.ROWS_BAD: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.SCORECARD_INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.TOO_MANY_REQUESTS: HTTPStatus.TOO_MANY_REQUESTS,
    Code.VALUE_INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
}
JSON = "application/problem+json"
API, FIRST_ERROR = "/v1/", 400
SAFE = ("GET", "HEAD")
Answering = Callable[[HttpRequest], HttpResponseBase]


def problem(refusal: Refusal, errors: list[dict[str, Any]] | None = None) -> HttpResponse:
    """The answer to a refusal. `type` is a URN of our own: a name, not an address."""
    status = STATUS[refusal.code]
    facts = _shown(refusal)
    body = {
        "type": f"urn:netterms:problem:{refusal.code.value}",
        "title": status.phrase,
        "status": status.value,
        "detail": sentence(refusal, names_as_sent=True),
        "code": refusal.code.value,
        "errors": errors if errors is not None else [facts] if facts else [],
    }
    response = JsonResponse(body, status=status.value, content_type=JSON)
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="netterms"'
    for header, fact in (("Allow", "allow"), ("Retry-After", "seconds")):
        if fact in refusal.facts:
            response.headers[header] = str(refusal.facts[fact])
    return response


def bare(status: HTTPStatus) -> HttpResponse:
    """A problem that tells no more than its status. Of what broke, the log does."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value}
    return JsonResponse(body, status=status.value, content_type=JSON)


def _shown(refusal: Refusal) -> dict[str, object]:
    facts = {name: _plain(value) for name, value in refusal.facts.items()}
    return facts | {"mend": mend_of(refusal)} if "mend" in facts else facts


def _plain(value: object) -> object:
    try:
        return plain(value)
    except TypeError:
        return str(value)


def only_known_parameters(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a query parameter that the operation does not have, or has been given twice.

    Most often it is a slip of the pen, and of two values nobody knows which is meant.
    """

    @wraps(view)
    def strict(request: HttpRequest, *args: Any, **known: Any) -> Any:  # noqa: ANN401
        unknown = sorted(set(request.GET) - set(known))
        if unknown:
            raise Refusal(
                Code.VALUE_INVALID,
                field=unknown[0],
                value=request.GET[unknown[0]],
                mend=Mend.LEAVE_OUT_OR,
                allowed=", ".join(sorted(known)),
            )
        for name, values in request.GET.lists():
            if len(values) > 1:
                raise invalid(name, ", ".join(values), Mend.ONCE)
        return view(request, *args, **known)

    return strict


@csrf_exempt
def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The answer of an address under `/v1/` that there is not."""
    return problem(Refusal(Code.NOT_FOUND, field="address", value=rest or request.path))


def as_problems(get_response: Answering) -> Answering:
    """Middleware: under `/v1/` Django's own errors are problems, too."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        said = get_response(request)
        told = said.headers.get("Content-Type", "").startswith(JSON)
        if not request.path_info.startswith(API) or said.status_code < FIRST_ERROR or told:
            return said
        if said.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            allow = said.headers["Allow"]
            return problem(Refusal(Code.METHOD_NOT_ALLOWED, value=request.method, allow=allow))
        return bare(HTTPStatus(said.status_code))

    return answer


def say_problems(api: NinjaAPI) -> None:
    """Let `api` answer every expected "no" as a problem."""

    @api.exception_handler(Refusal)
    def refused(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
        return problem(refusal)

    @api.exception_handler(OperationalError)
    @api.exception_handler(InterfaceError)
    def away(request: HttpRequest, error: OperationalError | InterfaceError) -> HttpResponse:
        if not is_away(error):
            raise error
        nothing_done = isinstance(error, UnreachableError) or request.method in SAFE
        code = Code.BUSY if nothing_done else Code.NO_ANSWER_IN_TIME
        return problem(Refusal(code, seconds=RETRY_SECONDS))

    @api.exception_handler(DataError)
    def impossible(request: HttpRequest, error: DataError) -> HttpResponse:
        # What the database says of it quotes the value: the log has only its kind.
        kind = type(error.__cause__ or error).__name__
        log.warning("%s %s: a value the database refused: %s", request.method, request.path, kind)
        place = "query" if request.method in SAFE else "body"
        value = request.META["QUERY_STRING"] if place == "query" else _sent(request, place, [])
        mend = Mend.AS_DOCUMENTED
        return problem(Refusal(Code.VALUE_INVALID, field=place, value=value, mend=mend))

    @api.exception_handler(AuthenticationError)
    def unknown_key(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return problem(Refusal(Code.NOT_SIGNED_IN))

    @api.exception_handler(HttpError)
    def unreadable(_request: HttpRequest, error: HttpError) -> HttpResponse:
        # The only one there is: a body that the parser refused.
        assert isinstance(error.__cause__, Refusal)
        return problem(error.__cause__)

    @api.exception_handler(RequestDataTooBig)
    def too_large(request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
        size, most = request.headers["Content-Length"], settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return problem(Refusal(Code.BODY_TOO_LARGE, field="body", value=size, most_bytes=most))

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        found = [(str(each["loc"][0]), _invalid(request, each)) for each in error.errors]
        place, first = found[0]
        # An id that cannot be one is an id nobody has.
        if place == "path":
            field, value = first.facts["field"], first.facts["value"]
            return problem(Refusal(Code.NOT_FOUND, field=field, value=value))
        return problem(first, [{"in": where} | _shown(refusal) for where, refusal in found])


def _invalid(request: HttpRequest, error: dict[str, Any]) -> Refusal:
    """The field that is wrong, the value as it was sent, and what would mend it."""
    place, *rest = [str(part) for part in error["loc"]]
    # In a body the first part is the parameter's name; of many alike the whole way says which.
    way = rest[1:] if place == "body" else rest
    field = ".".join(way) or place
    mend, facts = mend_of_error(error)
    value = _sent(request, place, rest)
    return Refusal(Code.VALUE_INVALID, field=field, value=value, mend=mend, **facts)


def _sent(request: HttpRequest, place: str, path: list[str]) -> str:
    """What the caller sent at `path`: text as it is, anything else as JSON; empty for nothing."""
    field = path[-1] if path else ""
    if place == "path":
        return str((request.resolver_match.kwargs if request.resolver_match else {}).get(field, ""))
    if place == "query":
        return request.GET.get(field, "")
    if place == "header":
        return request.headers.get(field.replace("_", "-"), "")
    # In a body the first part is the parameter's name.
    return value_at(read(request.body), path[1:]) if request.body else ""


class JsonParser(Parser):
    """Bodies are JSON, and say so."""

    def parse_body(self, request: HttpRequest) -> Any:  # noqa: ANN401 - any JSON
        """The body's value; BODY_UNREADABLE or MEDIA_TYPE_UNKNOWN for any other."""
        if request.content_type != "application/json" or "Content-Encoding" in request.headers:
            value = request.headers.get("Content-Encoding") or request.content_type
            raise Refusal(Code.MEDIA_TYPE_UNKNOWN, field="content-type", value=value)
        return read(request.body)
