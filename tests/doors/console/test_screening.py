"""Sanctions in the console: hits with what they are made of, decided by two people."""

from __future__ import annotations

from netterms.screening.actions import screen_buyers
from netterms.screening.queries import undecided
from tests.actions.screening.conftest import HERON, load  # noqa: F401 - a fixture
from tests.actions.screening.test_screening import buyer

PAGE = "/sanctions/"


def test_two_people_decide_a_hit(ctx, load, signed_in):  # noqa: F811
    load(HERON)
    buyer(ctx, "Blue Heron Lines GmbH", "IR")
    screen_buyers(ctx)
    [hit] = undecided(ctx, most=5)
    first, second = signed_in(ctx), signed_in(ctx)
    html = first.get(PAGE).content.decode()
    assert "Blue Heron Lines GmbH" in html
    assert "A country in common" in html
    said = first.post(f"{PAGE}{hit.id}/", {"said": "same", "why": "same registry"}, follow=True)
    assert "You proposed this" in said.content.decode()
    refused = first.post(f"{PAGE}{hit.id}/", {"said": "agree"}, follow=True).content.decode()
    assert "Another person has to agree" in refused
    done = second.post(f"{PAGE}{hit.id}/", {"said": "agree"}, follow=True).content.decode()
    assert "Nothing to decide" in done
    assert undecided(ctx, most=5) == []


def test_a_reader_may_look_but_not_decide(ctx, load, signed_in):  # noqa: F811
    load(HERON)
    buyer(ctx, "Blue Heron Lines GmbH", "IR")
    screen_buyers(ctx)
    [hit] = undecided(ctx, most=5)
    reader = signed_in(ctx, "reader", "zh-hans")
    html = reader.get(PAGE).content.decode()
    assert "制裁筛查" in html
    assert "screening_judge" not in html
    assert '<button class="btn btn-danger"' not in html
    assert reader.post(f"{PAGE}{hit.id}/", {"said": "same", "why": "x"}).status_code == 403


def test_without_a_list_the_page_says_so(ctx, signed_in):
    assert "No list is loaded" in signed_in(ctx).get(PAGE).content.decode()
