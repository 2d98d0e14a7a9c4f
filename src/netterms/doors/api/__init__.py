"""The HTTP API: one file per room, no business logic."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from netterms.doors.api import (
    buyers,
    checkout,
    collection,
    insurance,
    limits,
    monitoring,
    newcomers,
    portfolio,
    receivables,
    webhooks,
)
from netterms.doors.api.errors import JSON, only_known_parameters, say_problems
from netterms.doors.api.keys import ApiKey

FIRST_ERROR = 400


class Api(NinjaAPI):
    """An API whose schema says that problems have a content type of their own (RFC 9457)."""

    def get_openapi_schema(self, **how: Any) -> OpenAPISchema:  # noqa: ANN401
        """The schema, with every error under `application/problem+json`."""
        schema = super().get_openapi_schema(**how)
        for path in schema["paths"].values():
            for operation in path.values():
                for code, answer in operation["responses"].items():
                    if int(code) >= FIRST_ERROR and "application/json" in answer["content"]:
                        answer["content"] = {JSON: answer["content"]["application/json"]}
        return schema


api = Api(
    title="netterms",
    version="1",
    description="Read a seller's receivables, buyers, work and deadlines. "
    "Money is whole minor units; a problem is RFC 9457.",
    auth=ApiKey(),
    # The page that shows the schema would need scripts from elsewhere.
    docs_url=None,
)
say_problems(api)
api.add_decorator(only_known_parameters)
ROOMS = (
    portfolio,
    buyers,
    limits,
    newcomers,
    checkout,
    receivables,
    collection,
    insurance,
    monitoring,
    webhooks,
)
for room in ROOMS:
    api.add_router("", room.router)
