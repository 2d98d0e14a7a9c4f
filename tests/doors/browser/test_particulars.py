"""Who a buyer is, kept in the browser: in English and in Chinese, on a screen and a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from netterms.buyers.accounts import accounts_of
from tests.doors.browser.test_console import Watched
from tests.doors.console.test_addresses import particulars
from tests.doors.credit import credit

WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_account_is_entered_and_a_changed_one_is_confirmed(
    chromium, address, new_seller, person, language
):
    made = credit(new_seller(name="Particulars & Co"))
    particulars(made.ctx, made.buyer, made.lineless)
    watched = Watched(chromium, address)
    watched.sign_in(person(made.ctx, language=language).email)
    page, of = watched.page, f"{address}/buyers/{made.buyer}/particulars/"
    page.goto(of)
    expect(page.locator("button[value=confirm]")).to_have_count(1)
    page.locator("#accounts summary").click()
    page.fill("#b_number", "FR14 2004 1010 0505 0001 3M02 606")
    page.locator("#accounts form button").click()
    expect(page.locator("button[value=reject]")).to_have_count(2)
    # What this person entered, this person does not confirm.
    expect(page.locator("button[value=confirm]")).to_have_count(1)
    form = page.locator("form", has=page.locator("button[value=confirm]"))
    form.locator("input[name=how]").fill("Called the number of the contract")
    form.locator("button[value=confirm]").click()
    expect(page.locator("button[value=confirm]")).to_have_count(0)
    assert len(accounts_of(made.ctx, made.buyer)) == 3
    page.locator("#identifiers summary").click()
    for width in (1360, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert not page.evaluate(WIDER), width
    assert watched.complaints == []
    watched.context.close()
