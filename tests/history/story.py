"""Sixteen clients, a clerk, and kills at random moments; then the book is looked at."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import psycopg

from netterms.store import server
from tests.doors.cli.commands import NETTERMS, environment
from tests.history.checker import check
from tests.history.clients import PATIENCE_SECONDS, Client, Shared
from tests.history.network import Network
from tests.history.record import Book, Call
from tests.history.victims import Database, Gateway

REPO = Path(__file__).resolve().parents[2]
CLIENTS = 16
LONGEST_WAIT = 20
MOST_TORN = 20


@dataclass
class Kill:
    """One kill: what, when, and which requests were under way."""

    what: str
    seconds: float
    under_way: list[Call]


@dataclass
class Story:
    """What happened."""

    calls: list[Call]
    kills: list[Kill]
    book: Book
    lost: Counter[str]
    ways: set[str]
    gateway_ended: int
    violations: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """Counts to print."""
        statuses = Counter(str(call.status) for call in self.calls)
        codes = Counter(
            str(call.answer.get("code")) for call in self.calls if call.status and not call.done
        )
        landed = sum(bool(kill.under_way) for kill in self.kills)
        cost = sum(any(call.lost for call in kill.under_way) for kill in self.kills)
        return {
            "requests": len(self.calls),
            "answers by status": dict(statuses),
            "refusals by code": dict(codes),
            "repetitions of a known key": len(self.calls) - len({c.key for c in self.calls}),
            "requests asked again unanswered": sum(bool(call.lost) for call in self.calls),
            "attempts without an answer": dict(self.lost),
            "kills": dict(Counter(kill.what for kill in self.kills)),
            "kills with requests under way": landed,
            "kills after which one of those had to ask again": cost,
            "times the gateway ended by itself": self.gateway_ended,
            "orders": len(self.book.orders),
            "orders by state": dict(Counter(row["state"] for row in self.book.orders)),
            "events": dict(Counter(event["kind"] for event in self.book.events)),
            "papers": len(self.book.invoices),
            "violations": len(self.violations),
        }


@contextmanager
def folder() -> Iterator[Path]:
    # The folder is short: a socket's path must be.
    home = Path(tempfile.mkdtemp(prefix="nt-h-"))
    try:
        subprocess.run(
            [NETTERMS, "migrate"], env=environment(home), check=True, capture_output=True
        )
        server.start(home)
        yield home
    finally:
        # Whoever was killed last may have been the database: leaving needs one that lives.
        server.start(home)
        server.leave(home)
        shutil.rmtree(home, ignore_errors=True)


def live(home: Path, seconds: float, kills: int, seed: int, least: int = 0) -> Story:
    """Let them work for `seconds` with so many kills, and check what is left.

    They go on until `least` requests are answered: on a busy machine few are between the kills.
    """
    opened = json.loads(_clerk(home, "open").communicate()[0])
    network = Network()
    gateway, database = Gateway(home, network), Database(home)
    gateway.start()
    shared = Shared(network.port, opened["secret"], opened["buyers"])
    clients = [Client(n, shared, seed) for n in range(CLIENTS)]
    clerk = _clerk(home, "keep", opened["seller"], str(seed))
    dice = random.Random(seed)
    ways = _ways(gateway, database, network, dice)
    try:
        for client in clients:
            client.start()
        done = _kill(shared, gateway, ways, dice, seconds, kills)
        _work_on(shared, gateway, least)
        shared.stop()
        for client in clients:
            client.join()
        clerk.communicate(timeout=LONGEST_WAIT)
    finally:
        clerk.kill()
        gateway.stop()
        network.close()
    if shared.failed:
        raise shared.failed[0]
    assert clerk.returncode == 0, (home / "clerk.log").read_text()
    book = database.book(UUID(opened["seller"]))
    found = check(shared.calls, book)
    return Story(shared.calls, done, book, shared.refused, set(ways), gateway.ended, found)


def _clerk(home: Path, *words: str) -> subprocess.Popen[str]:
    with (home / "clerk.log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.history.clerk", *words],
            env=environment(home), cwd=REPO, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip


def _ways(
    gateway: Gateway, database: Database, network: Network, dice: random.Random
) -> dict[str, Callable[[], None]]:
    return {
        "gateway": gateway.kill,
        "gateway worker": lambda: gateway.kill_worker(dice),
        "database": database.kill,
        "database backend": lambda: database.kill_backend(dice),
        "database connections": database.cut,
        "network cut": network.cut,
        "network stall": lambda: network.stall(dice.uniform(0.2, 3)),
        "answers lost": lambda: network.silence(dice.uniform(0.2, 2)),
        "answers torn": lambda: network.tear(dice.randint(1, MOST_TORN)),
    }


def _kill(
    shared: Shared,
    gateway: Gateway,
    ways: dict[str, Callable[[], None]],
    dice: random.Random,
    seconds: float,
    kills: int,
) -> list[Kill]:
    """Kill something at each of `kills` random moments, while requests are under way."""
    hands: list[str] = []
    while len(hands) < kills:
        hands += dice.sample(sorted(ways), len(ways))
    began = time.monotonic()
    moments = sorted(dice.uniform(0.5, seconds) for _ in range(kills))
    done: list[Kill] = []
    for what, moment in zip(hands, moments, strict=False):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        until = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < until:
            gateway.mind()
            if shared.failed:
                raise shared.failed[0]
            under_way = shared.waiting()
            try:
                if under_way:
                    ways[what]()
                    done.append(Kill(what, time.monotonic() - began, under_way))
                    break
            except (OSError, LookupError, ValueError, RuntimeError, psutil.Error, psycopg.Error):
                # It is dead already, or just being born: wait until it can be killed.
                pass
            time.sleep(0.05)
    time.sleep(max(0.0, began + seconds - time.monotonic()))
    gateway.mind()
    return done


def _work_on(shared: Shared, gateway: Gateway, least: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while len(shared.calls) < least and time.monotonic() < until:
        if shared.failed:
            raise shared.failed[0]
        gateway.mind()
        time.sleep(0.05)


def faults(story: Story, kills: int, gateway_log: str, database_log: str) -> list[str]:
    """Why the history is not what it has to be."""
    found = list(story.violations)
    if len(story.kills) < kills:
        found.append(f"{len(story.kills)} of {kills} kills met a request under way")
    if broken := gateway_log.count("Traceback"):
        found.append(f"{broken} tracebacks in the gateway's log")
    if rings := database_log.count("deadlock detected"):
        found.append(f"{rings} rings of locks in the database's log")
    if unexpected := story.lost["500"]:
        found.append(f"{unexpected} attempts were answered 500")
    return found


def main(minutes: float, kills: int, seed: int) -> int:
    """Print the figures and every fault; whether there was one decides the exit status."""
    with folder() as home:
        story = live(home, minutes * 60, kills, seed)
        log = (home / "gateway.log").read_text()
        database_log = (home / "pg" / "log").read_text(errors="replace")
        if keep := os.environ.get("NETTERMS_HISTORY_LOG"):
            Path(keep).write_text(log)
    print(json.dumps({"seed": seed, "minutes": minutes} | story.figures(), indent=1))
    found = faults(story, kills, log, database_log)
    for fault in found[:100]:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
