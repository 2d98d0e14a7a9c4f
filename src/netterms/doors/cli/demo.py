"""`netterms demo`: a seller with two hundred buyers, its daily loop, and the console to look at it.

Everything is done once and kept: a second call goes on where the first was stopped, and on a later
day it catches up with the business days in between.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from netterms.doors.cli.opening import answering, open_book
from netterms.doors.cli.report import Screen
from netterms.kernel.clock import SystemClock, business_date
from netterms.kernel.context import EVERYTHING, Context

if TYPE_CHECKING:
    from netterms.kernel.calendar import BusinessCalendar
    from netterms.store.runs import StepDone

HOST = "127.0.0.1"
SEED = 1
EMAIL = "demo@netterms.example"
SELLER = "Harbour & Vale Manufacturing"
COUNTRY, CURRENCY, TIME_ZONE = "NL", "EUR", "Europe/Amsterdam"
LOOP_DAYS = 10
FILL_STEPS = 5
STEPS_A_DAY = 19
PASSWORD_BYTES = 12
# What is made up, beside the steps of a business day.
INVENTED = {
    "book": gettext_lazy("Importing invoices"),
    "facts": gettext_lazy("Entering buyers"),
    "companies": gettext_lazy("Getting to know buyers"),
    "cover": gettext_lazy("Entering the insurance policy"),
    "history": gettext_lazy("Remembering promises and disputes"),
    "deliveries": gettext_lazy("Delivering and invoicing"),
    "bank": gettext_lazy("Reading the bank's statement"),
    "orders": gettext_lazy("Selling on credit"),
}


@dataclass(frozen=True, slots=True)
class SignIn:
    """How to get into the demonstration's console. `fresh`: the password was made just now."""

    email: str
    password: str
    fresh: bool


def demo(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the console on 127.0.0.1.")
    ] = 8000,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the console when all is ready.")
    ] = True,
) -> None:
    """Fill a demonstration seller, run its business days up to today and open the console."""
    screen = Screen()
    with answering(screen):
        from netterms.site.config import config

        sign_in = prepare(SystemClock().now(), config().home, screen.err)
        _show(screen, sign_in, f"http://{HOST}:{port}/" if serve else None, config().home)
        if serve:
            from netterms.doors.cli.serve import run_server

            run_server(HOST, port)


def prepare(now: datetime, home: Path, screen: Console) -> SignIn:
    """Everything but serving. Two calls at once: the second waits, then finds all done."""
    import fasteners

    home.mkdir(parents=True, exist_ok=True)
    with fasteners.InterProcessLock(home / "demo.lock"):
        with screen.status(_("Starting the database")):
            open_book()
        with screen.status(_("Loading exchange rates")):
            _load_rates()
        sign_in = _sign_in(home)
        _run_days(_seller(sign_in, now), screen)
    return sign_in


def _load_rates() -> None:
    """The rates that came with the program, once."""
    from netterms.connectors.rates import SHIPPED_UNTIL, shipped
    from netterms.limits.rates import last_day, load_rates

    if last_day(SHIPPED_UNTIL) != SHIPPED_UNTIL:
        load_rates(shipped())


def _sign_in(home: Path) -> SignIn:
    """The demonstration's user, with the password kept in a file that only its owner reads."""
    file = home / "demo_sign_in"
    fresh = not file.exists()
    if fresh:
        draft = home / f".demo_sign_in.{os.getpid()}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as kept:
            kept.write(f"{EMAIL}\n{secrets.token_urlsafe(PASSWORD_BYTES)}\n")
        # Only a whole file gets the name: half a password would lock us out.
        draft.replace(file)
    email, password = file.read_text().split()
    return SignIn(email, password, fresh)


def _seller(sign_in: SignIn, now: datetime) -> Context:
    """The demonstration's seller, opened together with its user and membership or found again."""
    from django.contrib.auth import get_user_model
    from django.db import transaction

    from netterms.access.actions import add_member, create_user, open_seller
    from netterms.access.queries import memberships_of
    from netterms.access.rules import Role

    today = business_date(now, TIME_ZONE)
    user = get_user_model().objects.filter(email=sign_in.email).first()
    if user is not None and sign_in.fresh:
        # The file with the old password is gone: what we show must open the door.
        user.set_password(sign_in.password)
        user.save(update_fields=["password"])
    known = memberships_of(user.pk) if user is not None else []
    if known:
        return Context(known[0].seller_id, EMAIL, today, now, EVERYTHING)
    with transaction.atomic():
        member = user or create_user(sign_in.email, sign_in.password, "Demo")
        seller = open_seller(
            SELLER, COUNTRY, CURRENCY, now, TIME_ZONE, email="receivables@harbour-vale.example"
        )
        ctx = Context(seller, EMAIL, today, now, EVERYTHING)
        add_member(ctx, member, Role.OWNER)
    return ctx


def _run_days(ctx: Context, screen: Console) -> None:
    """Fill the book once, then deliver and run every business day that is missing."""
    from netterms.simulation.actions import bank, begin, decide_limits, deliver, fill, on, sell
    from netterms.simulation.economy import economy
    from netterms.simulation.listed import load
    from netterms.simulation.queries import delivered_before
    from netterms.wiring import last_day_run, run_day

    calendar = _calendar(ctx.today)
    begun = begin(ctx, SEED, _before(calendar, ctx.today, LOOP_DAYS), ctx.today)
    last = delivered_before(ctx, ctx.today + timedelta(days=1)) or begun.base
    # The last day delivered may have been stopped before its end; all earlier ones are whole.
    # Nor can days be made up before one that `netterms day` has run: they run forward only.
    first = max(last, begun.base + timedelta(days=1), last_day_run(ctx) or begun.base)
    days = list(_open_days(calendar, first, ctx.today))
    with _progress(screen) as bar:
        task = bar.add_task(_("Inventing buyers"), total=FILL_STEPS + len(days) * STEPS_A_DAY)
        world = cache(partial(economy, begun.seed, begun.anchor, ctx.today))
        # The list first: the first business day holds buyers against it.
        load(ctx, world)
        fill(ctx, begun, world, partial(_tell, bar, task, begun.base))
        for day in days:
            at, tell = on(ctx, day), partial(_tell, bar, task, day)
            deliver(at, world, tell)
            bank(at, world, tell)
            run_day(at, tell)
            decide_limits(at, tell)
            sell(at, world, tell)
        bar.update(task, description=_("Ready"), completed=bar.tasks[task].total)


def _calendar(today: date) -> BusinessCalendar:
    from netterms.connectors.calendars import load_closed_days
    from netterms.store.calendars import calendar_of, keep_closed_days

    first, last = date(today.year - 1, 1, 1), date(today.year, 12, 31)
    known = calendar_of(COUNTRY, first, last)
    if {day.year for day in known.closed} == {first.year, last.year}:
        return known
    keep_closed_days(load_closed_days([COUNTRY], [first.year, last.year]))
    return calendar_of(COUNTRY, first, last)


def _before(calendar: BusinessCalendar, day: date, business_days: int) -> date:
    while business_days:
        day -= timedelta(days=1)
        business_days -= calendar.is_open(day)
    return day


def _open_days(calendar: BusinessCalendar, first: date, last: date) -> Iterator[date]:
    for days in range((last - first).days + 1):
        day = first + timedelta(days=days)
        if calendar.is_open(day):
            yield day


def _progress(screen: Console) -> Progress:
    columns = TextColumn("{task.description:<44}"), BarColumn(), TimeElapsedColumn()
    return Progress(*columns, console=screen)


def _tell(bar: Progress, task: TaskID, day: date, done: StepDone) -> None:
    from netterms.doors.console.event_words import RUN_STEPS

    step = (INVENTED | RUN_STEPS)[done.step]
    bar.update(task, advance=1, description=f"{day} {step} ({done.seconds:.1f} s)")


def _show(screen: Screen, sign_in: SignIn, address: str | None, home: Path) -> None:
    """How to look at it. `address`: where the console is about to be served, if it is."""
    if address:
        screen.say(_("Console: %(address)s") % {"address": address}, "bold")
    else:
        screen.say(_("To serve the console: netterms serve"), "bold")
    screen.say(_("E-mail address: %(email)s") % {"email": sign_in.email})
    screen.say(_("Password: %(password)s") % {"password": sign_in.password})
    screen.say(_("Reminders: %(folder)s") % {"folder": home / "outbox"})
    screen.say(_("Everything is kept in %(home)s.") % {"home": home})
    if address:
        screen.say(_("Ctrl-C stops the console."))
