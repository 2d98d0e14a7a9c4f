"""The reasons of a match, and the points and limits of `points.toml`. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib.resources import files


class Reason(StrEnum):
    """What speaks for or against a match; each has its points and its sentence."""

    REFERENCE = "reference"
    REFERENCE_DIGITS = "reference_digits"
    REFERENCE_CLOSE = "reference_close"
    AMOUNT_EXACT = "amount_exact"
    AMOUNT_AGREED = "amount_agreed"
    AMOUNT_DISCOUNT = "amount_discount"
    AMOUNT_SMALL_DIFFERENCE = "amount_small_difference"
    AMOUNT_OVER = "amount_over"
    AMOUNT_PART = "amount_part"
    INSTALMENT = "instalment"
    PAYER_ACCOUNT = "payer_account"
    PAYER_LEARNED = "payer_learned"
    PAYER_NAME = "payer_name"
    PAYER_NAME_ALIKE = "payer_name_alike"
    ONLY_ONE = "only_one"
    WHOLE_ACCOUNT = "whole_account"
    SEVERAL = "several"
    PAYER_DIFFERS = "payer_differs"
    PAYER_CONTRADICTS = "payer_contradicts"
    OTHER_NUMBER = "other_number"
    RIVAL = "rival"
    BANK_REVERSAL = "bank_reversal"
    SAME_REFERENCE = "same_reference"
    AMOUNT_CHARGE = "amount_charge"
    PAYER_GROUP = "payer_group"


@dataclass(frozen=True, slots=True)
class Rules:
    """`points.toml`, read once."""

    post_from: int
    propose_from: int
    points: Mapping[Reason, int]
    small_percent: Fraction
    small_most: int
    discounts: tuple[Fraction, ...]
    discount_days: int
    alike_from: int
    differs_below: int
    rival_within: int
    most_open: int
    triples_up_to: int
    return_days: int
    return_charge_most: int


@cache
def rules() -> Rules:
    """The points and limits in force."""
    told = tomllib.loads(
        (files("netterms.receivables.matching") / "points.toml").read_text(encoding="utf-8")
    )
    limits = told["limits"]
    return Rules(
        told["post_from"],
        told["propose_from"],
        {Reason(name): points for name, points in told["points"].items()},
        Fraction(Decimal(limits["small_difference_percent"])),
        limits["small_difference_most"],
        tuple(Fraction(Decimal(p)) for p in limits["discount_percents"]),
        limits["discount_days"],
        limits["alike_from"],
        limits["differs_below"],
        limits["rival_within"],
        limits["most_open"],
        limits["triples_up_to"],
        limits["return_days"],
        limits["return_charge_most"],
    )


def total(reasons: Iterable[Reason]) -> int:
    """The sum of the points of some reasons."""
    points = rules().points
    return sum(points[reason] for reason in reasons)


def confidence(reasons: Iterable[Reason]) -> int:
    """Their sum as the score of a match, 0 to 100."""
    return max(0, min(100, total(reasons)))
