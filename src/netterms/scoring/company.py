"""What a register or a report tells of a company, as the company card reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal

WEAKEST_FORM, STRONGEST_FORM = 1, 3
MOST_EMPLOYEES = 10_000_000
LONGEST_SOURCE = 200


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """None is not known. `source` says who told.

    `form_rank` of the legal form: 1 where the owner is liable himself (sole trader, partnership),
    2 limited by little capital (Ltd, GmbH), 3 by much, with audited accounts (plc, AG).
    """

    founded_on: date | None = None
    employees: int | None = None
    form_rank: int | None = None
    source: str = ""

    def check(self, today: date) -> None:
        """VALUE_INVALID names the field, its value and what would mend it."""
        if self.founded_on is not None and self.founded_on > today:
            raise _invalid("founded_on", self.founded_on.isoformat(), Mend.TODAY_OR_EARLIER)
        if self.employees is not None and not 0 <= self.employees <= MOST_EMPLOYEES:
            raise _invalid("employees", self.employees, Mend.BETWEEN, least=0, most=MOST_EMPLOYEES)
        if self.form_rank is not None and not WEAKEST_FORM <= self.form_rank <= STRONGEST_FORM:
            bounds = {"least": WEAKEST_FORM, "most": STRONGEST_FORM}
            raise _invalid("form_rank", self.form_rank, Mend.BETWEEN, **bounds)
        if not 1 <= len(self.source) <= LONGEST_SOURCE or not self.source.isprintable():
            bounds = {"least": 1, "most": LONGEST_SOURCE}
            raise _invalid("source", self.source, Mend.CHARACTERS, **bounds)


def _invalid(field: str, value: object, mend: Mend, **facts: object) -> Refusal:
    return Refusal(Code.VALUE_INVALID, field=field, value=value, mend=mend, **facts)
