"""A data folder of its own whose processes get killed, and the way to look into it afterwards."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
from psycopg.rows import dict_row

from netterms.store import server

REPO = Path(__file__).resolve().parents[2]
SETTLED_SECONDS = 30


class Victims:
    """One embedded server and one worker whose children can be killed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.draw = random.Random(20260601)
        env = os.environ | {"NETTERMS_HOME": str(home), "PYTHONPATH": str(REPO)}
        env.pop("DATABASE_URL", None)
        subprocess.run(
            [Path(sys.executable).with_name("netterms"), "migrate"],
            env=env, check=True, capture_output=True,
        )  # fmt: skip
        self.errors = (home / "worker.log").open("w+")
        self.worker = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker"],
            env=env, cwd=REPO, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
        )  # fmt: skip
        self.server = server.start(home)

    def seller(self) -> str:
        """A new seller's id."""
        seller = str(uuid4())
        with self.look() as database:
            database.execute(
                "insert into seller (seller_id, name, country, currency)"
                " values (%s, 'Victim', 'DE', 'EUR')",
                [seller],
            )
        return seller

    @contextmanager
    def look(self) -> Iterator[psycopg.Connection]:
        """A connection of the superuser: it sees every seller's rows."""
        self.server = server.start(self.home)
        with psycopg.connect(
            host=self.server.host, port=self.server.port, user="postgres",
            dbname=server.DATABASE, autocommit=True, row_factory=dict_row,
        ) as connection:  # fmt: skip
            yield connection

    def begin(self, *words: object) -> int:
        """Start one job; returns the number of its process."""
        self.worker.stdin.write(" ".join(map(str, words)) + "\n")
        return int(self.worker.stdout.readline())

    def end(self) -> int:
        """Wait for the job; returns its exit status, negative when it was killed."""
        return int(self.worker.stdout.readline())

    def whole(self, *words: object) -> float:
        """Do one job undisturbed; returns its seconds."""
        started = time.perf_counter()
        self.begin(*words)
        status = self.end()
        self.errors.seek(0)
        assert status == 0, self.errors.read()
        return time.perf_counter() - started

    def kill_job(self, after: float, *words: object) -> int:
        """Start a job and kill its process `after` seconds; returns its exit status."""
        job = self.begin(*words)
        time.sleep(after)
        # The worker has not waited for it yet or its number is still its own: it reports at once.
        with suppress(ProcessLookupError):
            os.kill(job, signal.SIGKILL)
        status = self.end()
        self._settle()
        return status

    def kill_server(self, after: float, *words: object) -> int:
        """Start a job and kill the database server `after` seconds; returns the job's status."""
        self.begin(*words)
        time.sleep(after)
        with suppress(psutil.NoSuchProcess):
            victim = psutil.Process(self.server.pid)
            victim.kill()
            while victim.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.01)
        status = self.end()
        self.server = server.start(self.home)
        return status

    def _settle(self) -> None:
        # What the killed client had sent may still run, and roll back or commit, for a moment.
        until = time.monotonic() + SETTLED_SECONDS
        with self.look() as database:
            while database.execute(
                "select 1 from pg_stat_activity where usename = %s limit 1", [server.APP_ROLE]
            ).fetchone():
                assert time.monotonic() < until
                time.sleep(0.02)

    def close(self) -> None:
        self.worker.stdin.close()
        self.worker.wait(30)
        self.worker.stdout.close()
        self.errors.close()
        server.leave(self.home)


@contextmanager
def victims() -> Iterator[Victims]:
    # The folder is short: a socket's path must be.
    home = Path(tempfile.mkdtemp(prefix="nt-f-"))
    found = Victims(home)
    try:
        yield found
    finally:
        found.close()
        shutil.rmtree(home, ignore_errors=True)
