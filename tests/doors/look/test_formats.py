"""Money, numbers and dates as each language writes them, and the badges."""

from __future__ import annotations

from datetime import date

import pytest
from django.template import Context, Template
from django.utils.translation import override

from netterms.doors.look import formats
from netterms.kernel.money import Money


def _render(text, **context):
    return Template("{% load look %}" + text).render(Context(context))


@pytest.mark.parametrize(
    ("amount", "currency", "english", "chinese"),
    [
        ("1234567.50", "USD", "$1,234,567.50", "US$1,234,567.50"),
        (-123456, "CNY", "-CN¥1,234.56", "-¥1,234.56"),
        (1234, "JPY", "¥1,234", "JP¥1,234"),
        ("1.234", "KWD", "KWD\xa01.234", "KWD\xa01.234"),
        (Money(1999, "EUR"), "", "€19.99", "€19.99"),
        (
            "12345678901234567.89",
            "USD",
            "$12,345,678,901,234,567.89",
            "US$12,345,678,901,234,567.89",
        ),
        (None, "USD", "–", "–"),
    ],
)  # fmt: skip
def test_money(amount, currency, english, chinese):
    with override("en"):
        assert formats.money(amount, currency) == english
    with override("zh-hans"):
        assert formats.money(amount, currency) == chinese


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_rounded_amount_keeps_the_exact_one_with_it(language):
    with override(language):
        shown = _render("{{ amount|headline:'USD' }}", amount="-12345678.90")
        assert shown.startswith('<data value="-12345678.90">')
        assert formats.money_short("-12345678.90", "USD") in shown
        assert _render("{{ amount|headline:'JPY' }}", amount=1234).startswith('<data value="1234">')
        assert _render("{{ amount|headline:'USD' }}", amount=None) == "–"


def test_money_is_never_a_float():
    with pytest.raises(TypeError):
        formats.money(12.5, "USD")


@pytest.mark.parametrize(
    ("template", "english", "chinese"),
    [
        ('{{ "1234.5"|number:2 }}', "1,234.50", "1,234.50"),
        ("{{ 0.2534|percent }}", "25.3%", "25.3%"),
        ('{{ "2026-11-23"|day }}', "Nov 23, 2026", "2026年11月23日"),
        ('{{ "2026-01"|month }}', "Jan 2026", "2026年1月"),
        ('{{ "DE"|country }}', "Germany", "德国"),
        ('{{ "12345678"|money_short:"USD" }}', "$12.35M", "US$1234.57万"),
        ("{{ None|number }}", "–", "–"),
    ],
)
def test_numbers_and_dates_read_naturally(template, english, chinese):
    with override("en"):
        assert _render(template) == english
    with override("zh-hans"):
        assert _render(template) == chinese


def test_days_agree_with_their_number():
    with override("en"):
        assert _render("{{ 1|days }}, {{ 1045|days }}") == "1 day, 1,045 days"


def test_dates_come_as_dates_too():
    with override("en"):
        assert _render("{{ d|day:'long' }}", d=date(2026, 11, 23)) == "November 23, 2026"


def test_badges_always_carry_words_or_numbers():
    with override("en"):
        assert ">4</span>" in _render("{% grade_badge 4 %}")
        assert "g10" in _render("{% grade_badge '10' words=True %}")
        assert "In default" in _render("{% grade_badge '10' words=True %}")
        assert "not graded" in _render("{% grade_badge x %}", x="<b>")
        assert "Stage 3 · Legal steps" in _render("{% stage_badge 3 words=True %}")
        assert "not late" in _render("{% stage_badge None %}")
        assert "not late" in _render("{% stage_badge 7 %}")


def test_ageing_bar_speaks_every_amount():
    ageing = {"current": "75.00", "1-30": "20.00", "over-120": "5.00"}
    with override("en"):
        svg = _render("{% ageing_bar a 'USD' %}", a=ageing)
    assert "Not yet due, $75.00 (75%)" in svg
    assert "Over 120 days, $5.00 (5%)" in svg
