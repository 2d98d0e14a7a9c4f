"""The gateway and the database, with every way to kill them."""

from __future__ import annotations

import random
import re
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import psycopg
from psycopg.rows import dict_row

from netterms.store import server
from tests.doors.cli.commands import NETTERMS, environment
from tests.history.network import Network
from tests.history.record import Book, read_book

WORKERS = 2
DEADLINE_SECONDS = 5
LONGEST_STOP = 60


@dataclass
class Gateway:
    """`netterms serve` with two processes; killed, it is started again as a supervisor would."""

    home: Path
    network: Network
    ended: int = 0

    def start(self) -> None:
        self._errors = (self.home / "gateway.log").open("a")
        env = environment(self.home) | {"NETTERMS_GATEWAY_DEADLINE": str(DEADLINE_SECONDS)}
        self.process = subprocess.Popen(
            [NETTERMS, "serve", "--port", "0", "--workers", str(WORKERS)],
            env=env, text=True, stdout=subprocess.PIPE, stderr=self._errors,
        )  # fmt: skip
        said = self.process.stdout.readline()
        found = re.search(r"http://[^/]+", said)
        if found is None:
            raise RuntimeError(f"the gateway did not start: {said!r}")
        self.network.lead_to(found[0])

    def kill(self) -> None:
        """All of it at once; then start it again."""
        with suppress(psutil.NoSuchProcess):
            _kill([psutil.Process(self.process.pid), *self._children()])
        self._buried()
        self.start()

    def mind(self) -> None:
        """What a supervisor does: start it again where it ended by itself."""
        if self.process.poll() is not None:
            self.ended += 1
            self._buried()
            self.start()

    def kill_worker(self, draw: random.Random) -> None:
        """One of the processes that serve; the others start it again."""
        _kill([draw.choice(self._children())])

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(LONGEST_STOP)
        finally:
            self.process.kill()
            self._buried()

    def _buried(self) -> None:
        self.process.wait()
        self.process.stdout.close()
        self._errors.close()

    def _children(self) -> list[psutil.Process]:
        found = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in found if _serves(child)]


@dataclass
class Database:
    """The embedded server of a folder of its own; whoever needs it next revives it."""

    home: Path

    def kill(self) -> None:
        """Every process of it, first the one that would start the others again."""
        main = self._main()
        children = main.children()
        main.kill()
        _kill(children)

    def kill_backend(self, draw: random.Random) -> None:
        """One process that works for a client: the server gives up all others, too."""
        working = [p for p in self._main().children() if "netterms_app" in " ".join(p.cmdline())]
        _kill([draw.choice(working)])

    def cut(self) -> None:
        """Every connection between the gateway and the database."""
        with self.look() as database:
            database.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s",
                [server.APP_ROLE],
            )

    def look(self) -> psycopg.Connection[dict[str, Any]]:
        """A connection of the superuser: it sees every seller's rows."""
        running = server.start(self.home)
        return psycopg.connect(
            host=running.host, port=running.port, user="postgres",
            dbname=server.DATABASE, autocommit=True, row_factory=dict_row,
        )  # fmt: skip

    def book(self, seller: UUID) -> Book:
        """All that orders touch."""
        with self.look() as database:
            return read_book(
                lambda query, params: database.execute(query, params).fetchall(), seller
            )

    def _main(self) -> psutil.Process:
        file = self.home / "pg" / "postmaster.pid"
        return psutil.Process(int(file.read_text().split()[0]))


def _serves(process: psutil.Process) -> bool:
    # Neither the database, whoever started it, nor Python's own helper.
    try:
        words = " ".join(process.cmdline())
    except psutil.Error:
        return False
    return "spawn_main" in words


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
