"""The one-page report: whole, self-contained, harmless and fast."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from html.parser import HTMLParser

import pytest
from django.utils import translation

from netterms.doors.look.method import FIELDS
from netterms.doors.look.report_page import BUYER_ROWS, render
from netterms.receivables.intake import FIELDS as INTAKE_FIELDS
from tests.doors.look.sample_report import sample_report

HOSTILE = "<img src=x onerror=alert(1)>\"'&</style><script>alert(1)</script>\u202e"
VOID = {"meta", "link", "br", "img", "input", "hr"}


class _Page(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.open, self.text, self.ids = [], [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def report():
    return sample_report()


@pytest.mark.parametrize("lang", ["en", "zh_Hans", "zh-hans"])
def test_it_renders_in_both_languages(lang):
    html = render(sample_report(lang))
    page = _Page(html)
    assert not page.open
    assert len(page.ids) == len(set(page.ids))
    assert f'<html lang="{lang.replace("_", "-").lower()}">' in html
    assert ("2026年11月23日" if lang.startswith("zh") else "November 23, 2026") in html
    assert "{{" not in html
    assert "{%" not in html


def test_it_shows_the_figures_of_every_currency(report):
    html = render(report)
    for currency, block in report["currencies"].items():
        assert f'id="{currency}"' in html
        assert f"{float(block['open_total']):,.2f}" in html
        for key in block["ageing"]:
            assert f"{float(block['ageing'][key]):,.2f}" in html
        assert f"{block['dso']['countback']:.1f}" in html
        assert block["chase_today"][0]["action"] in html
    for rule in ("AR-01", "AR-06", "AR-14", "AR-15", "SCR-07", "SCR-13", "SCR-14"):
        assert rule in html


def test_it_asks_for_nothing_outside_itself(report):
    html = render(report)
    encoded = r"sha256-[^&']+|base64,[^\"]+"  # either may hold "//" by chance
    known = "http://www.w3.org/2000/svg"  # the name of a language, not an address that is fetched
    assert "//" not in re.sub(encoded, "", html).replace(known, "")
    page = _Page(html)
    for tag, attrs in page.tags:
        assert tag not in {"script", "iframe", "img", "object", "form"}
        assert not any(name == "style" or name.startswith("on") for name in attrs)
        for name in ("src", "href"):
            assert (attrs.get(name) or "#").startswith(("#", "data:image/svg+xml"))


def test_its_own_policy_allows_its_own_style_only(report):
    html = render(report)
    css = re.search("<style>(.*?)</style>", html, re.DOTALL)
    assert css
    digest = base64.b64encode(hashlib.sha256(css[1].encode()).digest()).decode()
    policy = next(a["content"] for _, a in _Page(html).tags if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'")
    assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_hostile_text_stays_text():
    report = sample_report(buyers=5)
    report["source"].update(file=HOSTILE, notes=[HOSTILE], mapping={HOSTILE: HOSTILE})
    for block in report["currencies"].values():
        for row in [*block["buyers"], *block["top20"], *block["chase_today"]]:
            row.update(name=HOSTILE, buyer=HOSTILE)
            row.update({k: HOSTILE for k in ("action", "why", "country") if k in row})
        block["buyers"][0]["reasons"] = [{"text": HOSTILE}, HOSTILE]
    harmless = _Page(render(sample_report(buyers=5)))
    page = _Page(render(report))
    assert {tag for tag, _ in page.tags} == {tag for tag, _ in harmless.tags}
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    assert HOSTILE in "".join(page.text)


def test_an_empty_or_sparse_book_renders():
    block = {
        "open_total": "0", "credits_total": "0", "overdue_total": "0", "open_count": 0,
        "overdue_count": 0, "ageing": {}, "ageing_counts": {}, "late_rate": None, "dso": {},
        "average_days_late": None, "cei": None, "turnover": None, "hhi": None,
        "hhi_normalised": None, "top20_share": None, "top20": [], "countries": [], "months": [],
        "buyers": [{"buyer": "1", "name": "A", "open": "0", "grade": None, "pd": None}],
        "chase_today": [],
    }  # fmt: skip
    report = {**sample_report(buyers=1), "currencies": {"KWD": block}}
    html = render(report)
    assert "Nothing is past due." in html
    assert "Nobody to chase today" in html
    assert "not graded" in html
    assert "Nothing to report" in render({**report, "currencies": {}})


def test_fifty_thousand_buyers_are_cut_before_templating(report):
    block = report["currencies"]["USD"]
    many = [{**block["buyers"][0], "buyer": f"N{k}", "open": f"{k}.00"} for k in range(50_000)]
    chase = [{**block["chase_today"][0], "buyer": f"C{k}"} for k in range(20_000)]
    big = {**report, "currencies": {"USD": {**block, "buyers": many, "chase_today": chase}}}
    started = time.perf_counter()
    html = render(big)
    assert time.perf_counter() - started < 5
    assert len(html) < 3_000_000
    assert "N49999" in html  # the largest, wherever it stood
    assert f"N{50_000 - BUYER_ROWS - 1}<" not in html
    assert "The 500 largest of 50,000 buyers" in html
    assert "more buyers in this stage" in html


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_every_column_the_intake_knows_has_a_name_a_person_reads(lang):
    with translation.override(lang):
        shown = {name: str(FIELDS.get(name, "")) for name in INTAKE_FIELDS}
    assert [name for name, words in shown.items() if not words or words == name] == []
    if lang == "zh-hans":
        assert [words for words in shown.values() if words.isascii()] == []
