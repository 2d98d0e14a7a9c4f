"""`netterms work`: what has to happen by itself between requests, until told to stop."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.opening import answering, open_book
from netterms.doors.cli.report import Screen
from netterms.kernel.clock import SystemClock
from netterms.site.config import config

if TYPE_CHECKING:
    from netterms.webhooks.ports import Sender
    from netterms.webhooks.worker import Teller

PAUSE_SECONDS = 1.0
EXPIRE_SECONDS = 30
REMIND_SECONDS = 600


def work(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, then end.")] = False,
) -> None:
    """Send webhooks and held reminders, let orders expire. Ctrl-C stops; several may run."""
    screen = Screen()
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with answering(screen):
        open_book()
        from netterms.connectors.webhooks import HttpSender

        sender = HttpSender(loopback=config().webhook_loopback)
        if once:
            expired, told = expire(), tell(sender)
            remind()
            screen.say(
                _("%(told)s messages tried, %(expired)s orders expired.")
                % {"told": told, "expired": expired}
            )
            return
        screen.say(_("Working. Ctrl-C stops."))
        screen.out.file.flush()
        run(sender, stop)
        screen.say(_("Stopped."))


def run(sender: Sender, stop: Event) -> None:
    """Work until `stop` is set. A database that goes away is waited for."""
    from django.db import Error, connections

    expire_at, remind_at = 0.0, 0.0
    with _teller(sender) as teller:
        while not stop.is_set():
            try:
                now = SystemClock().now().timestamp()
                if now >= expire_at:
                    expire()
                    expire_at = now + EXPIRE_SECONDS
                if now >= remind_at:
                    remind()
                    remind_at = now + REMIND_SECONDS
                if teller.step() or teller.rest(PAUSE_SECONDS):
                    continue
            except Error:
                connections.close_all()
            stop.wait(PAUSE_SECONDS)


def tell(sender: Sender) -> int:
    """Deliver what is due in every seller's book; returns how many attempts were made."""
    tried = 0
    with _teller(sender) as teller:
        while (more := teller.step()) or teller.rest(PAUSE_SECONDS):
            tried += more
    return tried


@contextmanager
def _teller(sender: Sender) -> Iterator[Teller]:
    from netterms.webhooks.worker import MOST_AT_ONCE, Teller

    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        yield Teller(sender, pool, SystemClock())


def expire() -> int:
    """Let orders expire whose time is over, in every seller's book; returns how many."""
    from netterms.access.queries import context_for_job, every_seller
    from netterms.checkout.actions import expire_orders

    expired = 0
    for seller in every_seller(tests=True):
        ctx = context_for_job(seller.seller_id, "expiry", SystemClock().now())
        while some := expire_orders(ctx):
            expired += some
    return expired


def remind() -> int:
    """Send the reminders that waited for the buyer's hours, of every seller; returns how many."""
    from netterms.access.queries import every_seller
    from netterms.wiring import send_held

    return sum(send_held(seller.seller_id, SystemClock().now()) for seller in every_seller())
