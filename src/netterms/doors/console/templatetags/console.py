"""Filters that put words to the names in the tables."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django import template

from netterms.doors.console import bank_words, event_words, plan_words, score_words, words
from netterms.doors.look import formats, names, policy_names

register = template.Library()
LISTS = {
    "steps": words.STEPS,
    "ways": words.WAYS,
    "work_settings": words.WORK_SETTINGS,
    "channels": words.CHANNELS,
    "quiet": words.QUIET,
    "duties": words.DUTIES,
    "doers": words.DOERS,
    "segments": words.SEGMENTS,
    "action_states": names.ACTION_STATES,
    "card_states": names.CARD_STATES,
    "case_states": words.CASE_STATES,
    "deadlines": words.DEADLINES,
    "if_missed": words.IF_MISSED,
    "alerts": words.ALERTS,
    "likeness": words.LIKENESS,
    "number_kinds": words.NUMBER_KINDS,
    "number_checks": words.NUMBER_CHECKS,
    "alias_kinds": words.ALIAS_KINDS,
    "address_kinds": words.ADDRESS_KINDS,
    "promises": words.PROMISES,
    "early_payment_states": policy_names.EARLY_PAYMENT_STATES,
    "disputes": names.DISPUTES,
    "dispute_clocks": words.DISPUTE_CLOCKS,
    "dispute_moves": words.DISPUTE_MOVES,
    "movements": words.MOVEMENTS,
    "paper_kinds": words.PAPER_KINDS,
    "tax_categories": words.TAX_CATEGORIES,
    "accounts": words.ACCOUNTS,
    "invoice_states": words.INVOICE_STATES,
    "write_off_reasons": words.WRITE_OFF_REASONS,
    "write_off_states": words.WRITE_OFF_STATES,
    "dispute_reasons": words.DISPUTE_REASONS,
    "cover": words.COVER,
    "policy_states": words.POLICY_STATES,
    "roles": words.ROLES,
    "outcomes": words.OUTCOMES,
    "order_states": names.ORDER_STATES,
    "order_reasons": words.ORDER_REASONS,
    "hints": words.HINTS,
    "verdicts": words.VERDICTS,
    "cap_kinds": words.CAP_KINDS,
    "watchlists": words.WATCHLISTS,
    "notices": words.NOTICES,
    "bank_lines": bank_words.BANK_LINE_STATES,
    "match_kinds": bank_words.MATCH_KINDS,
    "match_reasons": bank_words.MATCH_REASONS,
    "hit_states": names.HIT_STATES,
    "line_states": words.LINE_STATES,
    "run_steps": event_words.RUN_STEPS,
    "score_attributes": score_words.SCORE_ATTRIBUTES,
    "score_blocks": score_words.SCORE_BLOCKS,
    "score_concerns": score_words.SCORE_CONCERNS,
    "score_figures": score_words.SCORE_FIGURES,
    "score_roles": score_words.SCORE_ROLES,
    "facts": event_words.FACTS,
    "permissions": names.PERMISSIONS,
    "delivery_states": words.DELIVERY_STATES,
    "delivery_errors": words.DELIVERY_ERRORS,
    "disabled_why": words.DISABLED_WHY,
    "trust": words.TRUST,
    "templates": words.TEMPLATES,
    "languages": words.LANGUAGE_NAMES,
    "letter_states": names.LETTER_STATES,
    "mail_kinds": words.MAIL_KINDS,
    "mail_left_out": words.MAIL_LEFT_OUT,
    "plan_states": names.PLAN_STATES,
    "plan_shapes": plan_words.PLAN_SHAPES,
    "plan_checks": plan_words.PLAN_CHECKS,
    "agreed_how": plan_words.CHANNELS,
    "buyer_requests": plan_words.BUYER_REQUESTS,
}


@register.filter
def word(name: str | None, of: str) -> str:
    """`{{ action.step|word:"steps" }}`; a name without a word of its own is shown plainly."""
    return str(LISTS[of].get(name or "", words.plain(name or "")))


@register.filter
def why(reason: str | None) -> str:
    """A reason as a person gave it, or in words where the program did."""
    return str(names.WHYS.get(reason or "", reason or ""))


@register.filter
def outcome(text: str) -> str:
    """How a task ended: `promised: on Friday` in the reader's words, the note as it is."""
    name, colon, note = text.partition(":")
    return f"{word(name, 'outcomes')}{colon}{note}" if name in words.OUTCOMES else text


@register.filter
def fact(value: object) -> str:
    """A fact of a finished step: numbers grouped, lists by their length."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int | float):
        return formats.number(value)
    return formats.number(len(value)) if isinstance(value, list | dict) else str(value)


register.filter("in_order", event_words.in_order)
register.filter("sector", names.sector)


@register.filter
def plain(number: Decimal) -> str:
    """A decimal without the zeros at its end: `2.500000` is 2.5."""
    return formats.plain(number)


@register.filter
def percents(number: Decimal) -> str:
    """A percentage with the decimals that it has: 12.50 is `12.5%`."""
    return formats.percents(number)


@register.filter
def below(minor: int) -> int:
    """How far an amount lies below zero."""
    return max(0, -minor)


@register.filter
def typed(minor: int, currency: str) -> str:
    """An amount as a person would type it into a form: `1234.50`."""
    return formats.exact(minor, currency)


@register.filter
def whole(number: Decimal) -> int:
    """A figure without its fraction: minor units have none."""
    return int(number.to_integral_value(ROUND_HALF_UP))
