"""Take the README's pictures anew: the console of a fresh demonstration, the report of its book.

`make pictures` runs this. It needs a Chromium (`tests/ensure_chromium.py` finds or installs one),
and leaves nothing but the files in docs/pictures.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# The project's own tests know how to run it.
from tests.doors.browser.conftest import FLAGS  # noqa: E402
from tests.doors.cli.commands import NETTERMS, environment  # noqa: E402
from tests.doors.gateway.servers import serving  # noqa: E402
from tests.ensure_chromium import find  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
LANGUAGES = {"en": "en", "zh": "zh-hans"}
# What the README in each language shows of the console.
PAGES = {"en": ("dashboard", "buyer", "order", "sanctions"), "zh": ("dashboard", "work", "order")}
WIDTH, HEIGHT = 1280, 860
INVOICES = """
select b.buyer_number as "Customer number", b.name as "Customer name", b.country as "Country",
  i.invoice_number as "Invoice number", i.currency::text as "Currency", i.kind as "Document type",
  i.issued_on as "Invoice date", i.due_on as "Due date", i.amount_minor / 100.0 as "Amount",
  i.open_minor / 100.0 as "Open amount", i.settled_on as "Payment date"
from invoice i join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id
order by i.issued_on, i.invoice_number
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="netterms-") as name:
        home = Path(name)
        env = environment(home)
        os.environ.pop("DATABASE_URL", None)
        os.environ |= env
        subprocess.run([NETTERMS, "demo", "--no-serve"], env=env, check=True)
        try:
            invoices(home / "invoices.csv")
            with serving(home) as server, sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
                page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
                console(page, server.address, home)
                reports(page, home, env)
                browser.close()
        finally:
            leave(home)


def invoices(path: Path) -> None:
    """The demonstration's book as a list that a small firm might keep."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "netterms.site.settings"
    import django

    django.setup()
    from netterms.doors.cli.opening import open_book, operator
    from netterms.store import sql
    from netterms.store.tenancy import book

    open_book()
    with book(operator(None)):
        rows: list[dict[str, Any]] = sql.rows(INVOICES)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def leave(home: Path) -> None:
    """Let go of the database before its folder is removed."""
    from django.db import connections

    from netterms.store import server

    connections.close_all()
    server.leave(home)


def console(page: Page, address: str, home: Path) -> None:
    email, password = (home / "demo_sign_in").read_text().split()
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.click("main button.btn-primary, form button[type=submit]")
    page.wait_for_load_state()
    for short, language in LANGUAGES.items():
        with page.expect_navigation():
            page.locator(f'.lang button[value="{language}"]').click()
        paths = {
            "dashboard": "/",
            "work": "/work/",
            "sanctions": "/sanctions/",
            "buyer": first(page, address, "/buyers/"),
            "order": first(page, address, "/orders/?state=captured"),
        }
        for name in PAGES[short]:
            page.goto(address + paths[name])
            page.screenshot(path=PICTURES / f"{name}-{short}.png")


def first(page: Page, address: str, of: str) -> str:
    """Where the first row of a list leads."""
    page.goto(address + of)
    room = of.split("/")[1]
    found = re.search(rf'href="(/{room}/[0-9a-f-]{{36}}/)"', page.content())
    assert found, of
    return found[1]


def reports(page: Page, home: Path, env: dict[str, str]) -> None:
    for short in LANGUAGES:
        out = home / short
        words = [NETTERMS, "report", str(home / "invoices.csv"), "--out", str(out), "--lang", short]
        subprocess.run(words, env=env, check=True, stdout=subprocess.DEVNULL)
        page.goto((out / "report.html").as_uri())
        page.screenshot(path=PICTURES / f"report-{short}.png")


if __name__ == "__main__":
    main()
