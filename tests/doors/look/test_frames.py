"""The page frames keep to the console's strict content security policy."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string

import netterms.doors.look as look

TEMPLATES = sorted((Path(look.__file__).parent / "templates").rglob("*.html"))
NAV = [
    {"heading": "Work"},
    {"url": "/today", "label": "Today <1>", "current": True, "count": 3},
    {"url": "/buyers", "label": "Buyers", "current": False},
]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_style_or_script(path):
    text = path.read_text("utf-8")
    assert not re.search(r"\sstyle=|<script|\son[a-z]+=|javascript:", text)
    assert "http" not in text.replace("http-equiv", "")


def test_the_shell_names_the_seller_and_marks_where_we_are():
    html = render_to_string("look/shell.html", {"nav": NAV, "seller": {"name": "A & B"}})
    assert "A &amp; B" in html
    assert '<a href="/today" aria-current="page">Today &lt;1&gt;' in html
    assert html.count("aria-current") >= 1
    assert '<span class="count">3</span>' in html
    assert 'rel="stylesheet"' in html


def test_the_sign_in_frame_has_no_navigation():
    html = render_to_string("look/bare.html")
    assert "bare-card" in html
    assert "<nav" not in html


def test_a_form_shows_its_errors():
    class Form(forms.Form):
        email = forms.EmailField(label="E-mail")
        keep = forms.BooleanField(required=False)

    form = Form({"email": "x"})
    html = Template("{% include 'look/_form.html' %}").render(Context({"form": form}))
    assert "has-error" in html
    assert "field-check" in html
    assert html.count("<label") == 2


def test_pagination_and_timeline():
    page = Paginator(range(200), 25).page(2)
    html = render_to_string("look/_pagination.html", {"page": page, "query": "q=a"})
    assert "26–50 of 200" in html
    assert "?q=a&amp;page=3" in html
    events = [{"on": date(2026, 11, 23), "what": "<b>Paid</b>", "tone": "ok"}]
    html = render_to_string("look/_timeline.html", {"events": events})
    assert 'datetime="2026-11-23"' in html
    assert "&lt;b&gt;" in html
