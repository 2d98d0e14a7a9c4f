"""The tax of a credit note that gives back a part of an invoice: shared as the invoice's was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from netterms.kernel.money import Money, half_up
from netterms.receivables.papers import LineIn, TaxCategory


def credit_lines(
    credit: Money, groups: Sequence[Mapping[str, Any]], description: str
) -> tuple[LineIn, ...]:
    """Lines of a credit note that come to `credit`, tax inside, to the minor unit.

    `groups` are the sums of the invoice by tax category and rate; without them (an import) the
    credit note has one line outside the scope of tax. Each group gives back its share by amount;
    where no net with its rounded tax comes to a share exactly, the last cent is outside the scope.
    """
    total = sum(group["amount_minor"] for group in groups)
    if not total:
        return (_line(description, credit.minor, credit, TaxCategory.OUTSIDE_SCOPE, Decimal(0)),)
    lines, given, reached = [], 0, 0
    for group in groups:
        reached += group["amount_minor"]
        share = half_up(Fraction(credit.minor * reached, total)) - given
        given += share
        lines += _group(description, share, credit, group)
    return tuple(lines)


def _group(description: str, share: int, credit: Money, group: Mapping[str, Any]) -> list[LineIn]:
    rate = Fraction(group["tax_rate"]) / 100
    net = half_up(Fraction(share) / (1 + rate))
    rest = share - net - half_up(net * rate)
    if rest < 0:
        net -= 1
        rest = share - net - half_up(net * rate)
    lines = []
    if net:
        lines.append(_line(description, net, credit, group["tax_category"], group["tax_rate"]))
    if rest:
        lines.append(_line(description, rest, credit, TaxCategory.OUTSIDE_SCOPE, Decimal(0)))
    return lines


def _line(description: str, net: int, credit: Money, category: str, rate: Decimal) -> LineIn:
    return LineIn(
        description=description,
        quantity=Decimal(1),
        unit_price=Money(net, credit.currency).major,
        tax_rate=rate,
        tax_category=category,
    )
