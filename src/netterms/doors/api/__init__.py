"""The HTTP API: one file per room, no business logic."""

from ninja import NinjaAPI

api = NinjaAPI(title="netterms", version="1")
