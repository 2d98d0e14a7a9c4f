"""The one-page report in a real browser: what only a browser can see."""

from __future__ import annotations

import pytest

from netterms.doors.look.report_page import render
from tests.doors.look.sample_report import sample_report


@pytest.mark.parametrize("width", [1280, 390])
def test_the_bars_of_the_largest_buyers_fill_their_rows(chromium, tmp_path, width):
    page = chromium.new_page(viewport={"width": width, "height": 900})
    (tmp_path / "report.html").write_text(render(sample_report()), encoding="utf-8")
    page.goto((tmp_path / "report.html").as_uri())
    drawn = page.evaluate("""[...document.querySelectorAll('.pareto td.bar')].map(cell => {
        const bar = cell.querySelector('rect').getBoundingClientRect()
        const row = cell.parentElement.getBoundingClientRect()
        return (bar.top + bar.bottom - row.top - row.bottom) / 2 })""")
    assert drawn
    assert max(map(abs, drawn)) <= 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
