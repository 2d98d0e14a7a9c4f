"""A real Chromium; the server it asks is `netterms serve`, the fixture `address`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from tests.ensure_chromium import find

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


# For one module: what another imports is another fixture, and two loops of Playwright cannot run.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; skips where none is installed (`make test` says how to get one)."""
    path = find()
    if path is None:
        pytest.skip("no Chromium on this machine")
    # Playwright's own event loop lives in this thread; our database calls do not run inside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
        # Within the loop they are others than without: a later file would find them grown old.
        connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
