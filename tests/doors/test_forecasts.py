"""What a model foretells is on the buyer's page and in the API's invoices."""

from __future__ import annotations

from datetime import timedelta

import pytest

from netterms.access.actions import create_key
from netterms.scoring.payers.actions import foretell_payments
from tests.actions.books import Line, bring_in, change, value
from tests.doors.conftest import visitor

# Trees that say the same of every invoice: 12 days late, 3 to 1 late, 1 to 3 by 30 days.
TREES = '{"days_late": [12.0], "late": [1.0986122886681098], "late_30": [-1.0986122886681098]}'


@pytest.fixture
def foretold(ctx):
    """A book with one open invoice and one paid, foretold by a model of one leaf."""
    due = ctx.today + timedelta(days=20)
    bring_in(
        ctx,
        Line("1", due, number="OPEN", issued_on=ctx.today),
        Line("1", ctx.today, number="PAID", settled_on=ctx.today),
    )
    change(
        ctx,
        """
        insert into payer_model (seller_id, version, trained_on, trained_at, trained_by, invoices,
                                 trees, measures)
        values (%(seller)s, 'payers_v1', %(today)s, %(now)s, 'test', 500, %(trees)s, '{}')
        """,
        today=ctx.today, now=ctx.now, trees=TREES,
    )  # fmt: skip
    assert foretell_payments(ctx) == {"forecasts": 1}
    return ctx


def invoices(ctx):
    path = f"/v1/invoices?only_open=false&as_of={ctx.today}"
    secret = create_key(ctx, "test", ["read"])
    answer = visitor().get(path, headers={"authorization": f"Bearer {secret}"}).json()
    return {item["invoice_number"]: item for item in answer["items"]}


def test_an_open_invoice_has_its_forecast_in_the_api(foretold):
    found = invoices(foretold)
    expected = (foretold.today + timedelta(days=32)).isoformat()
    forecast = found["OPEN"]["forecast"]
    assert forecast["expected_on"] == expected
    assert (float(forecast["late_chance"]), float(forecast["late_30_chance"])) == (0.75, 0.25)
    assert found["PAID"]["forecast"] is None


def test_the_buyers_page_says_when_it_is_expected(foretold, signed_in):
    buyer = value(foretold, "select id from buyer where seller_id = %(seller)s")
    html = signed_in(foretold).get(f"/buyers/{buyer}/").content.decode()
    assert html.count('<span class="sub">expected ') == 1


def test_without_a_model_there_is_no_forecast(ctx, signed_in):
    bring_in(ctx, Line("1", ctx.today, number="OPEN"))
    buyer = value(ctx, "select id from buyer where seller_id = %(seller)s")
    assert "expected " not in signed_in(ctx).get(f"/buyers/{buyer}/").content.decode()
    assert invoices(ctx)["OPEN"]["forecast"] is None
