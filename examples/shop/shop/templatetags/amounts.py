"""Amounts as people write them."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_currency
from django import template
from django.utils.translation import get_language, to_locale

register = template.Library()


@register.filter
def money(minor: int, currency: str) -> str:
    """Cents as `€1,234.50`, in the reader's language."""
    locale = to_locale(get_language() or "en")
    return format_currency(Decimal(minor).scaleb(-2), currency, locale=locale)
