"""The HTTP API: one file per room, no business logic."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from netterms.doors.api import (
    accounts,
    bank,
    buyers,
    checkout,
    collection,
    disputes,
    early_payment,
    groups,
    insurance,
    ledger,
    letters,
    limits,
    monitoring,
    newcomers,
    particulars,
    plans,
    portfolio,
    reports,
    scores,
    screening,
    statements,
    terms,
    webhooks,
)
from netterms.doors.api.errors import JsonParser, only_known_parameters, say_problems
from netterms.doors.api.keys import ApiKey
from netterms.doors.api.openapi import complete


class Api(NinjaAPI):
    """An API whose schema has the operations of the gateway, too."""

    def get_openapi_schema(self, **how: Any) -> OpenAPISchema:  # noqa: ANN401
        """The schema, with what the gateway answers."""
        return complete(super().get_openapi_schema(**how))


api = Api(
    title="netterms",
    version="1",
    description="Sell on credit: orders and credit lines; read receivables, buyers, work and "
    "deadlines. Money is whole minor units; a problem is RFC 9457.",
    auth=ApiKey(),
    parser=JsonParser(),
    # The page that shows the schema would need scripts from elsewhere.
    docs_url=None,
)
say_problems(api)
api.add_decorator(only_known_parameters)
ROOMS = (
    portfolio,
    buyers,
    particulars,
    groups,
    statements,
    terms,
    limits,
    newcomers,
    checkout,
    # The list of invoices has the address where one is written: one router.
    ledger,
    disputes,
    accounts,
    bank,
    collection,
    letters,
    plans,
    early_payment,
    insurance,
    scores,
    monitoring,
    screening,
    reports,
    webhooks,
)
for room in ROOMS:
    api.add_router("", room.router)
