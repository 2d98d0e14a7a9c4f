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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
from psycopg.rows import dict_row

from netterms.store import server

REPO = Path(__file__).resolve().parents[2]
SETTLED_SECONDS = 30
# The phases before a job asks anything of the book.
PRELUDE = {"connect", "read"}
# A kill that comes when the job is done proves nothing: it is tried again, sooner each time.
TRIES = 6
SHORT_SECONDS = 0.05


@dataclass(frozen=True)
class Moment:
    """A moment of a job: so many seconds after it entered a phase; 0: before it goes on there."""

    phase: str
    seconds: float

    def tries(self) -> Iterator[Moment]:
        """The moment itself, sooner ones, and at last where the job waits at the phase's start."""
        for n in range(TRIES - 1):
            yield Moment(self.phase, self.seconds / 2**n)
        yield Moment(self.phase, 0)


@dataclass(frozen=True)
class Timeline:
    """When an undisturbed job entered each of its phases, and when it ended; in seconds."""

    phases: tuple[tuple[str, float], ...]
    ended: float

    def at(self, seconds: float) -> Moment:
        """The moment `seconds` after the start."""
        phase, entered = [(p, t) for p, t in self.phases if t <= seconds][-1]
        return Moment(phase, seconds - entered)

    def moments(self, times: int, draw: random.Random) -> list[Moment]:
        """So many moments: one in each phase, the rest spread over the time after the PRELUDE.

        A phase too short to be aimed into is met at its start, where the job waits.
        """
        ends = [entered for _, entered in self.phases[1:]] + [self.ended]
        found = [
            Moment(phase, draw.random() * (end - entered) if end - entered > SHORT_SECONDS else 0)
            for (phase, entered), end in zip(self.phases, ends, strict=True)
        ]
        first = next(entered for phase, entered in self.phases if phase not in PRELUDE)
        rest = times - len(found)
        assert rest > 0
        for n in range(rest):
            share = (n + draw.random()) / rest
            found.append(self.at(first + share * (self.ended - first)))
        return found


@dataclass(frozen=True)
class Death:
    """What became of a job that was to be killed: its exit status and the phase it was in.

    `revived`: it started the database again itself, where it had not begun to ask it.
    """

    status: int
    phase: str
    revived: bool = False

    @property
    def landed(self) -> bool:
        """False when the job was done before the kill."""
        return self.status != 0 or self.revived


Kill = Callable[["Victims", Moment, str, str, object], Death]


class Worker:
    """A process whose children do the work, one at a time."""

    def __init__(self, env: dict[str, str], errors: Path) -> None:
        self.errors = errors.open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker"],
            env=env, cwd=REPO, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
        )  # fmt: skip

    def begin(self, *words: object) -> int:
        """Start one job; returns the number of its process."""
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.job = int(self.process.stdout.readline())
        return self.job

    def go_on(self) -> None:
        """Tell the job to go on with the phase at whose beginning it waits."""
        self.process.stdin.write("\n")

    def phases(self) -> Iterator[str]:
        """The phases the job enters, as it enters them; then `status` is how it ended."""
        while (said := self.process.stdout.readline()).startswith("+"):
            yield said[1:].strip()
        self.status = int(said)

    def end(self) -> int:
        """Wait for the job; returns its exit status, negative when it was killed."""
        for _ in self.phases():
            pass
        return self.status

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()
        self.errors.close()


class Victims:
    """One embedded server and one worker whose children can be killed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.draw = random.Random(20260601)
        path = os.pathsep.join([str(REPO), str(REPO / "src")])
        self.env = os.environ | {"NETTERMS_HOME": str(home), "PYTHONPATH": path}
        self.env.pop("DATABASE_URL", None)
        subprocess.run(
            [Path(sys.executable).with_name("netterms"), "migrate"],
            env=self.env, check=True, capture_output=True,
        )  # fmt: skip
        self.worker = Worker(self.env, home / "worker.log")
        self.server = server.start(home)

    @contextmanager
    def another_worker(self) -> Iterator[Worker]:
        """A second process on the same book."""
        other = Worker(self.env, self.home / "other.log")
        try:
            yield other
        finally:
            other.close()

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

    def letters(self) -> list[str]:
        """The message ids of the letters that left the house, in order."""
        file = self.home / "letters"
        return file.read_text().split() if file.exists() else []

    def whole(self, *words: object) -> Timeline:
        """Do one job undisturbed."""
        started = time.perf_counter()
        self.worker.begin(*words)
        entered = [(phase, time.perf_counter() - started) for phase in self.worker.phases()]
        ended = time.perf_counter() - started
        self.worker.errors.seek(0)
        assert self.worker.status == 0, self.worker.errors.read()
        if entered[-1][0] == "end":
            *entered, (_, ended) = entered
        return Timeline(tuple(entered), ended)

    def kill_job(self, moment: Moment, *words: object) -> Death:
        """Start a job and kill its process at that moment."""
        death = self._at(moment, words, lambda job: os.kill(job, signal.SIGKILL))
        self._settle()
        return death

    def kill_server(self, moment: Moment, *words: object) -> Death:
        """Start a job and kill every process of the database server at that moment."""
        killed = self.server.pid
        death = self._at(moment, words, lambda _: self._kill_server())
        last = int((self.home / "pg" / "postmaster.pid").read_text().split()[0])
        self.server = server.start(self.home)
        return replace(death, revived=last != killed)

    def kill_held(self) -> None:
        """Kill the process of the job that runs."""
        os.kill(self.worker.job, signal.SIGKILL)
        assert self.worker.end() == -signal.SIGKILL
        self._settle()

    def in_the_middle(
        self, kill: Kill, moment: Moment, what: str, of: object, book: Path | None = None
    ) -> tuple[Death, str]:
        """Kill a job of a new seller before it ends; what became of it, and the seller.

        `book` is brought in first, undisturbed.
        """
        for aimed in moment.tries():
            seller = self.seller()
            if book is not None:
                self.whole("book", seller, book)
            death = kill(self, aimed, what, seller, of)
            if death.landed:
                return death, seller
        raise AssertionError(f"no kill landed in {moment.phase}")

    def _at(self, moment: Moment, words: Sequence[object], kill: Callable[[int], None]) -> Death:
        job = self.worker.begin(*words, moment.phase)
        last, killed = "", False
        for last in self.worker.phases():
            if last == moment.phase:
                if moment.seconds:
                    self.worker.go_on()
                    time.sleep(moment.seconds)
                # The worker may have waited for it already; nobody else gets its number so soon.
                with suppress(ProcessLookupError):
                    kill(job)
                if not moment.seconds:
                    self.worker.go_on()
                killed = True
        assert killed, f"it never entered {moment.phase}, after {last} it ended"
        return Death(self.worker.status, last)

    def _kill_server(self) -> None:
        main = self.server.pid
        # What psutil does for it, looking through all processes of the machine, outlasts a commit.
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        # First the one that would start the others again.
        for process in (main, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        with suppress(psutil.NoSuchProcess):
            victim = psutil.Process(main)
            while victim.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.01)

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
        self.worker.close()
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
