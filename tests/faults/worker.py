"""Does the work in child processes that a test may kill at any moment.

Reads lines `book SELLER FILE`, `import SELLER FILE` or `day SELLER DATE` from standard input; for
each it forks; printed are the child's number, `+PHASE` as the child enters each phase of its work,
and when the child is gone its exit status. Where a line names a PHASE as well, the child waits at
its beginning until it is sent an empty line: who kills it there cannot come too late. Everything is
loaded before, so that a child spends its life on the work and not on the start of Python. Letters
go as lines into the file `letters` of the data folder; while there is a file `hold` they stay in
the child's hands.
"""

from __future__ import annotations

import csv
import os
import sys
import time
import traceback
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

os.environ["DJANGO_SETTINGS_MODULE"] = "netterms.site.settings"

import django

django.setup()

from netterms.collection.ports import Letter  # noqa: E402
from netterms.insurance.policies import (  # noqa: E402
    GrantedLimit,
    PolicySchedule,
    grant_limits,
    open_policy,
)
from netterms.insurance.terms import PolicyTerms  # noqa: E402
from netterms.kernel.context import EVERYTHING, Context  # noqa: E402
from netterms.kernel.refusal import Code, Refusal  # noqa: E402
from netterms.receivables.actions import Told  # noqa: E402
from netterms.site.config import config  # noqa: E402
from netterms.store.schema import open_database  # noqa: E402
from netterms.wiring import day_steps, run_day  # noqa: E402
from tests.actions.receivables.ledgers import bring  # noqa: E402
from tests.faults import REFUSED  # noqa: E402

# A test that waits for one that holds a letter must fail, not hang.
HELD_SECONDS = 30


class Letterbox:
    """Takes letters, and writes down that it did before it says so."""

    def __init__(self, file: Path, enter: Told) -> None:
        self.enter = enter
        self.file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.hold = file.with_name("hold")
        self.until = time.monotonic() + HELD_SECONDS

    def send(self, message: Letter) -> None:
        if self.hold.exists():
            self.enter("holding")
        while self.hold.exists() and time.monotonic() < self.until:
            time.sleep(0.01)
        os.write(self.file, f"{message.message_id}\n".encode())


def context(seller: str, day: str = "2026-06-01") -> Context:
    today = date.fromisoformat(day)
    now = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)
    return Context(UUID(seller), "test", today, now, EVERYTHING)


def say(what: object) -> None:
    # In one piece and at once: the child may not live to flush anything.
    os.write(1, f"{what}\n".encode())


def entering(waits_at: str) -> Told:
    """Says which phase the child enters, and in the one named waits for a line."""

    def enter(phase: str) -> None:
        say(f"+{phase}")
        if phase == waits_at:
            # Not through sys.stdin: what that has read of the parent's lines is in its memory.
            os.read(0, 1)

    return enter


def insure(ctx: Context, ledger: Path) -> None:
    """A policy with a limit for every buyer: the day gets deadlines and claims to work on."""
    with ledger.open(encoding="utf-8") as stream:
        numbers = sorted({line["Customer number"] for line in csv.DictReader(stream)})
    first, last = date(2025, 7, 1), date(2026, 12, 31)
    policy = open_policy(ctx, PolicySchedule("N", "P-1", first, last, PolicyTerms("EUR")))
    grant_limits(ctx, policy, [GrantedLimit(number, 5_000_000, first) for number in numbers])


def run_the_day(ctx: Context, enter: Told) -> None:
    letters = Letterbox(config().home / "letters", enter)
    order = [*(step.name for step in day_steps(None, letters)), "end"]
    enter(order[0])
    run_day(ctx, told=lambda done: enter(order[order.index(done.step) + 1]), mailer=letters)


def work(what: str, seller: str, of: str, waits_at: str = "") -> None:
    enter = entering(waits_at)
    enter("connect")
    open_database()
    ctx = context(seller) if what != "day" else context(seller, of)
    if what == "day":
        run_the_day(ctx, enter)
        return
    enter("read")
    bring(ctx, Path(of), told=enter)
    if what == "book":
        insure(ctx, Path(of))


def main() -> None:
    for line in sys.stdin:
        if not line.strip():
            # Sent to a child that was killed before it heard of it.
            continue
        child = os.fork()
        if child == 0:
            say(os.getpid())
            try:
                work(*line.split())
                os._exit(0)
            except Refusal as refusal:
                os._exit(REFUSED if refusal.code is Code.ALREADY_RUNNING else 1)
            except BaseException:  # noqa: BLE001 - the test sees the status, a person the words
                traceback.print_exc()
                os._exit(1)
        _, status = os.waitpid(child, 0)
        say(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
