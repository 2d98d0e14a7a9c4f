"""May one call or write to a buyer now? Hours are settings, days the buyer's country's own."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from babel.core import get_global

from netterms.collection.hours import Local, local_time
from netterms.collection.work_settings import work_settings
from netterms.kernel.context import Context
from netterms.store.calendars import calendar_of
from netterms.store.tenancy import book

# Enough for any zone: the buyer's date is at most a day from ours.
AROUND = timedelta(days=2)


class Reach(StrEnum):
    """How the buyer is reached: each has its own hours among the settings."""

    CALL = "call"
    MAIL = "mail"


def clock_of(ctx: Context, country: str, by: Reach) -> Local | None:
    """The clock in `country` and whether it is quiet there; None where its zone is not known."""
    settings = work_settings(ctx, country)
    with book(ctx):
        calendar = calendar_of(country, ctx.now.date() - AROUND, ctx.now.date() + AROUND)
    return local_time(
        ctx.now,
        country,
        list(get_global("territory_zones").get(country, [])),
        (int(settings[f"{by}_from_hour"]), int(settings[f"{by}_to_hour"])),
        calendar,
    )
