"""Proposals of the bank page confirmed in the browser with one key each, in both languages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from netterms.receivables.matching.actions import match_lines
from netterms.receivables.matching.queries import standing
from tests.actions.receivables.test_matching import DUE, line, load
from tests.actions.small_book import put
from tests.doors.browser.test_console import HAN, Watched

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_enter_posts_the_first_proposal(
    chromium: Browser, address: str, new_seller, person, language: str
) -> None:
    ctx = new_seller(name="Bank & Co")
    for n in (43, 44):
        put(ctx, f"{n}", f"INV-2026-000{n}", n * 1_000, due_on=DUE)
    load(
        ctx,
        *(line(n * 1_000, "thanks", name=f"Buyer {n}", account=f"DE{n}") for n in (43, 44)),
        line(999, "interest"),
    )
    match_lines(ctx)
    watched = Watched(chromium, address)
    watched.sign_in(person(ctx, language=language).email)
    page = watched.page
    page.goto(watched.address + "/bank/")
    assert bool(HAN.search(page.locator("h1").inner_text())) == (language == "zh-hans")
    if folder := os.environ.get("NETTERMS_PICTURES"):
        page.screenshot(path=Path(folder) / f"bank-{language}.png", full_page=True)
    for left in (1, 0):
        page.keyboard.press("Enter")
        expect(page.locator(".flash.success")).to_be_visible()
        expect(page.locator("button[autofocus]")).to_have_count(min(left, 1))
    assert (standing(ctx).posted, standing(ctx).proposed) == (2, 0)
    watched.context.close()
