"""Template filters and tags of the look. The only place that marks chart text as safe HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from netterms.doors.look import charts, formats

if TYPE_CHECKING:
    from netterms.limits.lines import CreditLine

register = template.Library()

AGEING_KEYS = ("current", "1-30", "31-60", "61-90", "91-120", "over-120")
BUCKETS = {
    "current": gettext_lazy("Not yet due"),
    "1-30": gettext_lazy("1–30 days"),
    "31-60": gettext_lazy("31–60 days"),
    "61-90": gettext_lazy("61–90 days"),
    "91-120": gettext_lazy("91–120 days"),
    "over-120": gettext_lazy("Over 120 days"),
}
GRADES = {
    1: gettext_lazy("Excellent"),
    2: gettext_lazy("Very low risk"),
    3: gettext_lazy("Low risk"),
    4: gettext_lazy("Moderately low risk"),
    5: gettext_lazy("Medium risk"),
    6: gettext_lazy("Raised risk"),
    7: gettext_lazy("High risk"),
    8: gettext_lazy("Very high risk"),
    9: gettext_lazy("Acute risk"),
    10: gettext_lazy("In default"),
}
STAGES = {
    1: gettext_lazy("Reminders"),
    2: gettext_lazy("Calls and letters"),
    3: gettext_lazy("Legal steps"),
    4: gettext_lazy("Insurance claim"),
}
LOGO = Path(__file__).parents[1] / "static" / "look" / "logo.svg"


def _svg(text: str) -> SafeString:
    """Charts escape every text they are given and take colours from fixed class names."""
    return mark_safe(text)  # noqa: S308


@register.filter
def money(amount: formats.Amount, currency: str = "") -> str:
    """`{{ minor|money:"USD" }}` or `{{ "12.30"|money:currency }}` or `{{ money_value|money }}`."""
    return formats.money(amount, currency)


@register.filter
def amount(value: formats.Amount, currency: str = "") -> str:
    """The same without the currency sign."""
    return formats.bare_amount(value, currency)


@register.filter
def money_short(value: formats.Amount, currency: str = "") -> str:
    """A rounded amount for headlines: `$12.3M`."""
    return formats.money_short(value, currency)


@register.filter
def headline(value: formats.Amount, currency: str = "") -> str:
    """`money_short` with the exact amount for a program: `<data value="1234.50">$1.2K</data>`."""
    return rounded(formats.money_short(value, currency), formats.exact(value, currency))


@register.filter
def rounded(text: str, exact: str) -> str:
    """A rounded amount as a person reads it, with the exact one for a program."""
    return format_html('<data value="{}">{}</data>', exact, text) if exact else text


@register.filter
def number(value: formats.Figure, places: int = 0) -> str:
    """Grouped number with `places` decimal places."""
    return formats.number(value, places)


@register.filter
def percent(value: formats.Figure, places: int = 1) -> str:
    """A fraction as a percentage."""
    return formats.percent(value, places)


@register.filter
def day(value: date | str | None, width: str = "medium") -> str:
    """A date or ISO text in the reader's language."""
    return formats.day(value, width)


@register.filter
def month(value: str) -> str:
    """`2026-01` in the reader's language."""
    return formats.month(value)


@register.filter
def country(code: str | None) -> str:
    """Name of an ISO 3166 country."""
    return formats.country(code)


@register.filter
def days(value: int | None) -> str:
    """A number of days with its word."""
    if value is None:
        return formats.NOTHING
    return ngettext("%(n)s day", "%(n)s days", value) % {"n": formats.number(value)}


@register.filter
def bucket(key: str) -> str:
    """Name of an ageing bucket."""
    return str(BUCKETS.get(key, key))


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401
    """`mapping[key]`, or None."""
    return mapping.get(key)


@register.filter
def count_of(value: object) -> object:
    """The length of a list, and a number as it is."""
    return len(value) if isinstance(value, list | tuple) else value


@register.filter
def is_some(value: formats.Figure) -> bool:
    """True for an amount that is not zero, be it a number or its text."""
    return bool(Decimal(str(value or 0)))


@register.filter
def csv(text: str) -> list[str]:
    """`"a,b"|csv` is the list of a and b."""
    return text.split(",")


@register.filter
def share_of(value: formats.Figure, whole: formats.Figure) -> str:
    """`value` as a percentage of `whole`."""
    one, all_of_it = Decimal(str(value or 0)), Decimal(str(whole or 0))
    return formats.percent(one / all_of_it if all_of_it else 0)


def _level(value: object, top: int) -> int:
    """A grade or stage as an int between 0 (none) and `top`."""
    try:
        level = int(str(value))
    except ValueError:
        return 0
    return level if 0 <= level <= top else 0


def _grade_name(level: int) -> str:
    if not level:
        return _("not graded")
    return _("Grade %(grade)s of 10: %(name)s") % {"grade": level, "name": GRADES[level]}


@register.simple_tag
def grade_badge(grade: object, *, words: bool = False) -> SafeString:
    """The grade 1..10 as a coloured chip that always carries its number."""
    level = _level(grade, 10)
    if not level:
        return format_html('<span class="grade g0">{}</span>', _("not graded"))
    tail = format_html(' <span class="words">{}</span>', GRADES[level]) if words else ""
    title = _grade_name(level)
    return format_html('<span class="grade g{0}" title="{1}">{0}{2}</span>', level, title, tail)


@register.simple_tag
def stage_badge(stage: object, *, words: bool = False) -> SafeString:
    """The step 1..4 of the collection ladder as a chip; no stage is `not late`."""
    level = _level(stage, 4)
    if not level:
        return format_html('<span class="stage s0">{}</span>', _("not late"))
    short = _("Stage %(stage)s") % {"stage": level}
    text = f"{short} · {STAGES[level]}" if words else short
    return format_html('<span class="stage s{}" title="{}">{}</span>', level, STAGES[level], text)


@register.simple_tag
def logo() -> SafeString:
    """Our own mark as inline SVG, for a page that may ask for no file."""
    return _svg(LOGO.read_text(encoding="utf-8"))


@register.simple_tag
def ageing_bar(ageing: Mapping[str, str], currency: str) -> SafeString:
    """The six ageing buckets as one stacked bar of amounts in major units (AR-06)."""
    sums = {key: Decimal(str(ageing.get(key) or 0)) for key in AGEING_KEYS}
    whole = sum(max(value, Decimal(0)) for value in sums.values())
    parts = [
        charts.Part(
            label=f"{BUCKETS[key]}, {formats.money(value, currency)}",
            value=value,
            text=formats.percent(value / whole, 0) if whole else "",
            css=f"age-{k}",
        )
        for k, (key, value) in enumerate(sums.items())
    ]
    spoken = "; ".join(f"{part.label} ({part.text})" for part in parts)
    return _svg(charts.stacked_bar(parts, title=_("Ageing: %(parts)s") % {"parts": spoken}))


@register.simple_tag
def grade_bar(grades: Sequence[Mapping[str, Any]], currency: str) -> SafeString:
    """Open balance by grade as one stacked bar; `grades` is a list of grade, count, open."""
    parts = [
        charts.Part(
            label=f"{_grade_name(row['grade'])}, {formats.money(row['open'], currency)}",
            value=row["open"],
            text=str(row["grade"] or "–"),
            css=f"grade-{row['grade']}",
        )
        for row in grades
    ]
    return _svg(charts.stacked_bar(parts, title=_("Open balance by grade"), show_from=0.04))


@register.simple_tag
def share_meter(value: formats.Figure, whole: formats.Figure = 1, css: str = "a") -> SafeString:
    """`value` as a thin bar against `whole`; the figure itself stands beside it."""
    one, all_of_it = Decimal(str(value or 0)), Decimal(str(whole or 0))
    share = formats.percent(one / all_of_it if all_of_it else 0)
    return _svg(charts.meter(one, all_of_it, title=share, css=css))


@register.simple_tag
def credit_bar(line: CreditLine) -> SafeString:
    """A credit line as one bar: owed, held for orders, and what is left of limit and top-up."""
    shares = (
        (_("Owed"), max(line.owed_minor, 0), "cat-0"),
        (_("Held for orders"), line.held_minor, "cat-1"),
        (_("Available"), max(line.available_minor, 0), "cat-2"),
    )
    parts = [
        charts.Part(label=label, value=minor, text=formats.money(minor, line.currency), css=css)
        for label, minor, css in shares
    ]
    spoken = "; ".join(f"{part.label} {part.text}" for part in parts)
    return _svg(charts.stacked_bar(parts, title=spoken, height=22, show_from=2))


@register.simple_tag
def pareto_cell(rows: Sequence[Mapping[str, Any]], index: int) -> SafeString:
    """Row `index` of a top-20 table (share, cumulative_share as fractions) as a chart cell."""
    row = rows[index]
    largest = max((float(r["share"]) for r in rows), default=0.0) or 1.0
    before = float(rows[index - 1]["cumulative_share"]) if index else 0.0
    title = _("Share %(share)s, cumulative %(cumulative)s") % {
        "share": formats.percent(row["share"]),
        "cumulative": formats.percent(row["cumulative_share"]),
    }
    after = float(row["cumulative_share"])
    return _svg(charts.pareto_row(float(row["share"]) / largest, before, after, title=title))


@register.simple_tag
def pareto_chart(rows: Sequence[Mapping[str, Any]], currency: str) -> SafeString:
    """Largest buyers (name, open, share) as bars with the cumulative line (AR-15)."""
    bars = [
        charts.Part(
            str(row["name"]), float(row["share"]), formats.money_short(row["open"], currency)
        )
        for row in rows
    ]
    title = _("Largest buyers and their cumulative share")
    return _svg(charts.pareto(bars, title=title, whole=1))


@register.simple_tag
def months_chart(months: Sequence[Mapping[str, Any]], currency: str) -> SafeString:
    """Sales and collected by month with the late rate as a line."""
    first = [Decimal(str(m.get("sales") or 0)) for m in months]
    second = [Decimal(str(m.get("collected") or 0)) for m in months]
    rates = [m.get("late_rate") for m in months]
    top = charts.nice_top(max([*first, *second], default=Decimal(0)))
    rate_top = min(charts.nice_top(max((float(r or 0) for r in rates), default=0) or 0.2), 1.0)
    columns = [
        charts.Column(
            label=formats.month(m["month"], with_year=False),
            first=sold,
            second=got,
            rate=rate,
            title=_("%(month)s: sales %(sales)s, collected %(collected)s, late %(rate)s")
            % {
                "month": formats.month(m["month"]),
                "sales": formats.money(sold, currency),
                "collected": formats.money(got, currency),
                "rate": formats.percent(rate),
            },
        )
        for m, sold, got, rate in zip(months, first, second, rates, strict=True)
    ]
    left = charts.Axis(top, [formats.short(top * k / 4) for k in range(5)])
    right = charts.Axis(rate_top, [formats.percent(rate_top * k / 4, 0) for k in range(5)])
    title = _("Sales, collections and late rate by month")
    return _svg(charts.columns_and_line(columns, left, right, title=title, height=240))


@register.simple_tag
def history_chart(
    title: str,
    months: Sequence[date],
    lines: Sequence[tuple[str, Sequence[Decimal | None]]],
    bounds: Sequence[Decimal],
    top: Decimal,
) -> SafeString:
    """Named lines of a figure by month, with its bounds; the axis ends at `top` or above it."""
    highest = charts.nice_top(max([top, *(v for _, line in lines for v in line if v is not None)]))
    axis = charts.Axis(highest, [formats.number(highest * k / 4, 2) for k in range(5)])
    drawn = [
        charts.Trace(
            values,
            [f"{name}, {formats.month(m.isoformat())}: {formats.number(v, 4)}" for m, v in pairs],
            css,
        )
        for (name, values), css in zip(lines, ("line", "second"), strict=False)
        for pairs in [list(zip(months, values, strict=True))]
    ]
    labels = [formats.month(m.isoformat(), with_year=False) for m in months]
    return _svg(charts.traces(labels, drawn, axis, bounds, title=title))


@register.simple_tag
def sparkline(values: Sequence[charts.Number], title: str) -> SafeString:
    """A small line of `values`, described by `title`."""
    return _svg(charts.sparkline(values, title=title))


@register.simple_tag
def donut(parts: Sequence[charts.Part], title: str, centre: str = "") -> SafeString:
    """A ring of `charts.Part` with `centre` in the middle."""
    return _svg(charts.donut(parts, title=title, centre=centre))
