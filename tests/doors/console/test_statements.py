"""Annual accounts in the console: the form of two years, and what the page says of them."""

from __future__ import annotations

import pytest

from netterms.statements.queries import statements_of
from tests.actions.statements.test_record import buyer
from tests.rules.statements.books import END, YEAR_BEFORE

# EX-3.1, in thousands, with a year before.
TYPED = {
    "currency": "eur", "scale": "1000", "months": "12", "standard": "ifrs", "source": "register",
    "period_end_0": "2025-12-31", "period_end_1": "2024-12-31",
    "current_assets_0": "450", "current_liabilities_0": "300", "total_assets_0": "1,000.00",
    "retained_earnings_0": "200", "ebit_0": "90", "total_liabilities_0": "600", "equity_0": "400",
    "revenue_0": "1,400", "net_income_0": "(50)", "total_assets_1": "900", "revenue_1": "1,300",
}  # fmt: skip


@pytest.fixture
def of(ctx):
    return buyer(ctx)


def test_two_years_are_entered_side_by_side(ctx, of, signed_in):
    client = signed_in(ctx)
    html = client.post(f"/buyers/{of}/statements/enter/", TYPED, follow=True).content.decode()
    now, before = statements_of(ctx, of)
    assert (now.accounts.period_end, before.accounts.period_end) == (END, YEAR_BEFORE)
    assert (now.accounts.scale, now.accounts.items["revenue"]) == (1000, 1_400_000_00)
    assert now.accounts.items["net_income"] == -50_000_00
    for told in (
        "2.94",
        "safe",
        "fits this firm",
        "not given: Market value of equity",
        "1,400,000",
    ):
        assert told in html, told
    assert "Annual turnover" in client.get(f"/buyers/{of}/").content.decode()


def test_the_form_opens_with_what_is_known(ctx, of, signed_in):
    client = signed_in(ctx)
    client.post(f"/buyers/{of}/statements/enter/", TYPED)
    html = client.get(f"/buyers/{of}/statements/enter/").content.decode()
    assert 'name="revenue_0" class="num"' in html
    assert 'value="1400"' in html
    assert 'value="1300"' in html
    assert 'value="2024-12-31"' in html


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"equity_0": "380"}, "liabilities and equity make 980000.00"),
        ({"cash_0": "12a"}, "12a is not a valid value for Cash"),
        ({"cash_0": "-5"}, "-5000.00 is not a valid value for Cash"),
        ({"period_end_0": ""}, "Nothing was given for End of the period"),
        ({"currency": "EUX"}, "EUX is not a valid value for Currency"),
    ],
)
def test_a_refusal_says_the_line_and_keeps_what_was_typed(ctx, of, signed_in, changed, said):
    client = signed_in(ctx)
    html = client.post(f"/buyers/{of}/statements/enter/", TYPED | changed).content.decode()
    assert said in html
    assert 'value="1,400"' in html
    assert statements_of(ctx, of) == []


def test_who_only_reads_has_no_form(ctx, of, signed_in):
    reader = signed_in(ctx, "reader")
    assert "/enter/" not in reader.get(f"/buyers/{of}/statements/").content.decode()
    assert reader.get(f"/buyers/{of}/statements/enter/").status_code == 403
    assert reader.post(f"/buyers/{of}/statements/enter/", TYPED).status_code == 403
    assert statements_of(ctx, of) == []
