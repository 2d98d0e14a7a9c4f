"""One real PostgreSQL for the whole test session; every test gets a seller of its own.

Sellers cannot see each other, so tests need no clean-up and may run in any order.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

# Before anything reads the configuration. The folder is short: a socket's path must be.
HOME = Path(tempfile.mkdtemp(prefix="nt-"))
# After the server that may run in it has been left: what was registered last goes first.
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ["DJANGO_SETTINGS_MODULE"] = "netterms.site.settings"
os.environ["NETTERMS_HOME"] = str(HOME)
os.environ.pop("DATABASE_URL", None)

import django  # noqa: E402

django.setup()

from netterms.kernel.context import EVERYTHING, Context  # noqa: E402

REPO = Path(__file__).resolve().parent.parent
TODAY = date(2026, 6, 1)
LOG_SHOWN = 3_000


_opened: list[Path] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What failed tells what the database said last: its log goes with the session."""
    report = yield
    log = HOME / "pg" / "log"
    if report.failed and log.exists():
        said = log.read_text(encoding="utf-8", errors="replace")[-LOG_SHOWN:]
        report.sections.append(("The database said", said))
    return report


@pytest.fixture(scope="session")
def database() -> Iterator[Path]:
    """The embedded server, migrated; yields its data folder."""
    from netterms.store import server
    from netterms.store.schema import migrate, open_database

    open_database()
    migrate()
    _opened.append(HOME)
    yield HOME
    _opened.clear()
    from django.db import connections

    connections.close_all()
    server.leave(HOME)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A page asked for in Chinese leaves its language in the thread; it ends with the test."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture(scope="module", autouse=True)
def _facts_of_all_sellers() -> Iterator[None]:
    """What sellers share goes with the file that loaded it: rates, holidays, failed sign-ins."""
    yield
    if _opened:
        from django.db import connections

        with connections["owner"].cursor() as cursor:
            cursor.execute("truncate exchange_rate, closed_day, remembered")
        connections["owner"].close()


@pytest.fixture
def new_seller(database: Path) -> Callable[..., Context]:
    """Makes sellers: `new_seller(currency="USD")` gives a context that may do everything."""
    from netterms.access.actions import open_seller

    def make(
        name: str = "Test Seller", country: str = "DE", currency: str = "EUR", today: date = TODAY
    ) -> Context:
        now = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)
        seller = open_seller(name=name, country=country, currency=currency, now=now)
        return Context(seller=seller, actor="test", today=today, now=now, may=EVERYTHING)

    return make


@pytest.fixture
def ctx(new_seller: Callable[..., Context]) -> Context:
    """A fresh seller's context on 2026-06-01."""
    return new_seller()


@pytest.fixture(scope="session")
def ledger() -> Path:
    """The folder of the real receivables ledger, beside the checkout; skips where it is absent."""
    folder = Path(
        os.environ.get("NETTERMS_LEDGER_DIR", REPO.parent / "shared/data/receivables-ledger")
    )
    if not folder.is_dir():
        pytest.skip("the real receivables ledger is not beside this checkout")
    return folder
