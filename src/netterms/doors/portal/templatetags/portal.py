"""Template filter of the buyer's page."""

from __future__ import annotations

from django import template

from netterms.doors.portal import words

register = template.Library()


@register.filter
def said(code: str, kind: str) -> str:
    """The word for a code: `state|said:"PLANS"`; the code itself where there is none."""
    return str(getattr(words, kind).get(code, code))
