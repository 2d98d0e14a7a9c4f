"""Imports or runs days in child processes that a test may kill at any moment.

Reads lines `import SELLER FILE` or `day SELLER DATE` from standard input; for each it forks, prints
the child's number, and when the child is gone its exit status. Everything is loaded before, so that
a child spends its life on the work and not on the start of Python.
"""

from __future__ import annotations

import os
import sys
import traceback
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

os.environ["DJANGO_SETTINGS_MODULE"] = "netterms.site.settings"

import django

django.setup()

from netterms.kernel.context import EVERYTHING, Context  # noqa: E402
from netterms.store.schema import open_database  # noqa: E402
from netterms.wiring import run_day  # noqa: E402
from tests.actions.receivables.ledgers import bring  # noqa: E402


def context(seller: str, day: str = "2026-06-01") -> Context:
    today = date.fromisoformat(day)
    now = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)
    return Context(UUID(seller), "test", today, now, EVERYTHING)


def work(what: str, seller: str, of: str) -> None:
    open_database()
    if what == "import":
        bring(context(seller), Path(of))
    else:
        run_day(context(seller, of))


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                work(*line.split())
                os._exit(0)
            except BaseException:  # noqa: BLE001 - the test sees the status, a person the words
                traceback.print_exc()
                os._exit(1)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
