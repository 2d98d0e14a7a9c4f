"""Charts are well-formed, escaped, and add up."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netterms.doors.look import charts
from netterms.doors.look.charts import Axis, Column, Part

HOSTILE = "\"><script>alert(1)</script>&'\x00\u202e\ud800 ]]>"


def _every_chart(text: str, values: list[float]) -> list[str]:
    parts = [Part(text, value, text, "age-1") for value in values]
    columns = [Column(text, v, v / 2, (v % 1) or None, text) for v in values]
    axis = Axis(charts.nice_top(max(values, default=0)), ["0", text, "2"])
    rate = Axis(1.0, ["0", text, "100%"])
    return [
        charts.stacked_bar(parts, title=text),
        charts.meter(values[0] if values else 0, sum(values), title=text),
        charts.pareto_row(0.5, 0.2, 0.4, title=text),
        charts.pareto(parts, title=text),
        charts.columns_and_line(columns, axis, rate, title=text),
        charts.sparkline(values, title=text),
        charts.donut(parts, title=text, centre=text),
    ]


@pytest.mark.parametrize("values", [[], [0.0], [3.0, 0.0, 1.5], [1e12, 1e-9], [-5.0, 5.0]])
def test_every_chart_is_well_formed_and_harmless(values):
    for svg in _every_chart(HOSTILE, values):
        root = ElementTree.fromstring(svg)
        assert {element.tag for element in root.iter()} <= {
            "svg", "title", "rect", "text", "line", "circle", "g", "path", "polyline",
        }  # fmt: skip
        assert not any(
            name.startswith("on") or name == "style" for e in root.iter() for name in e.attrib
        )
        assert root.get("role") == "img"
        assert root.get("aria-label")
        assert root.find("title") is not None
        assert "nan" not in svg
        assert "inf" not in svg


@given(st.text(), st.lists(st.floats(min_value=0, max_value=1e15), max_size=8))
def test_any_text_and_any_sizes_make_xml(text, values):
    for svg in _every_chart(text, values):
        ElementTree.fromstring(svg)


@given(st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=12))
def test_the_parts_of_a_stacked_bar_fill_it(values):
    svg = ElementTree.fromstring(
        charts.stacked_bar([Part(str(k), v, str(v)) for k, v in enumerate(values)], title="t")
    )
    widths = [float(part.get("width", "")[:-1]) for part in svg.findall("svg")]
    assert len(widths) == sum(v > 0 for v in values)
    if any(values):
        assert sum(widths) == pytest.approx(100, abs=0.01)


def test_a_stacked_bar_shows_its_figures():
    svg = charts.stacked_bar(
        [Part("Not yet due", Decimal("75.00"), "75 %"), Part("Late", Decimal("25.00"), "25 %")],
        title="Ageing",
    )
    assert "Not yet due: 75 %" in svg
    assert 'width="75%"' in svg
    assert re.search(r"<text[^>]*>25 %</text>", svg)


def test_the_pareto_line_ends_at_the_sum():
    svg = charts.pareto([Part("a", 60, "60"), Part("b", 30, "30")], title="t", whole=100)
    assert re.findall(r'cx="([\d.]+)%"', svg) == ["60", "90"]


def test_a_month_without_a_rate_breaks_the_line():
    axis, rate = Axis(4, ["0", "4"]), Axis(1, ["0", "1"])
    months = [Column("m", 1, 1, r, "m") for r in (0.1, None, 0.3, 0.4)]
    svg = charts.columns_and_line(months, axis, rate, title="t")
    assert svg.count('class="line"') == 1
    assert svg.count('class="dot"') == 3


@pytest.mark.parametrize(
    ("maximum", "top"), [(0, 4.0), (7, 8.0), (100, 100.0), (101, 120.0), (0.44, 0.6), (4e6, 4e6)]
)
def test_nice_top(maximum, top):
    assert charts.nice_top(maximum) == pytest.approx(top)


@given(st.floats(min_value=1e-9, max_value=1e18))
def test_nice_top_holds_the_maximum_and_wastes_little(maximum):
    top = charts.nice_top(maximum)
    assert maximum * (1 - 1e-9) <= top <= maximum * 1.7
