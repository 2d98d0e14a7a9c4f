"""`netterms buyers link`: an address that opens the buyer's page."""

from __future__ import annotations

import re
from datetime import timedelta

from typer.testing import CliRunner

from netterms.collection.links import open_link
from netterms.doors.cli.buyers import buyers
from netterms.kernel.clock import SystemClock
from tests.actions.small_book import put


def test_the_link_opens_that_buyers_page(new_seller):
    ctx = new_seller(name="Link seller")
    now = SystemClock().now()
    buyer, _ = put(ctx, "L-1", "A", 1_00, due_on=now.date() - timedelta(days=5))
    made = CliRunner().invoke(buyers, ["link", "L-1", "--seller", "Link seller"])
    assert made.exit_code == 0, made.output
    # In one line, however wide: it is there to be copied.
    [token] = re.findall(r"^https?://\S+/p/([\w.-]+)/$", made.output, re.MULTILINE)
    visit = open_link(token, SystemClock().now())
    assert (visit.buyer_id, visit.ctx.seller) == (buyer, ctx.seller)


def test_a_buyer_that_there_is_not_has_none(new_seller):
    new_seller(name="Link seller 2")
    told = CliRunner().invoke(buyers, ["link", "nobody", "--seller", "Link seller 2"])
    assert told.exit_code == 2
