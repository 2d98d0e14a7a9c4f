"""What a seller does with a buyer it does not know: data the seller edits, and the rule over it.

`sql/try_policy.sql` is the same rule for all stored orders; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from netterms.kernel.refusal import Code, Refusal

WORST_GRADE = 10
MOST_MINOR = 10**15
MOST_ROWS = 250
LONGEST_NET_DAYS = 365
# Where anyone gets an address at once: it says nothing about a company. Our convention.
FREE_MAIL = frozenset(
    (
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com"),
        *("yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "ymail.com", "aol.com", "icloud.com"),
        *("me.com", "mac.com", "proton.me", "protonmail.com", "gmx.de", "gmx.net", "gmx.com"),
        *("web.de", "mail.com", "mail.ru", "yandex.ru", "yandex.com", "zoho.com", "tutanota.com"),
        *("qq.com", "163.com", "126.com", "sina.com", "sohu.com", "foxmail.com", "139.com"),
        *("orange.fr", "free.fr", "laposte.net", "libero.it", "wp.pl", "o2.pl", "uol.com.br"),
    )
)


class Decision(StrEnum):
    """Answer yes at once, let a person look, or answer no at once."""

    APPROVE = "approve"
    REVIEW = "review"
    DECLINE = "decline"


class Doubt(StrEnum):
    """What may be unclear about a new buyer. The seller says which of them need a person."""

    NOT_SCREENED = "not_screened"
    NO_GRADE = "no_grade"
    NAME_DIFFERS = "name_differs"
    NAME_KNOWN = "name_known"
    NUMBER_UNCHECKED = "number_unchecked"
    FREE_MAIL = "free_mail"
    NO_EMAIL = "no_email"
    EMAIL_DIFFERS = "email_differs"


class Screened(StrEnum):
    """What is known of sanctions lists. Unknown is not clear: nobody has looked."""

    HIT = "hit"
    UNKNOWN = "unknown"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Bound:
    """Up to `most_minor` of `currency` is fine without a person for a grade up to `worst_grade`."""

    currency: str
    worst_grade: int
    most_minor: int


@dataclass(frozen=True, slots=True)
class Starter:
    """The first limit of a buyer of `country` (empty: any other) with a grade up to this one."""

    currency: str
    country: str
    worst_grade: int
    limit_minor: int


@dataclass(frozen=True, slots=True)
class Largest:
    """An order above this always goes to a person, also of a buyer with a credit line."""

    currency: str
    most_minor: int


@dataclass(frozen=True, slots=True)
class Policy:
    """A seller's policy for new buyers. `countries`: those served; none named means all.

    A grade of `decline_from_grade` or worse is declined at once. `review` names the doubts that a
    person looks at. `net_days` are the terms of a starter line.
    """

    serve_newcomers: bool = True
    countries: tuple[str, ...] = ()
    decline_from_grade: int = 9
    auto_approve: tuple[Bound, ...] = ()
    starter: tuple[Starter, ...] = ()
    largest: tuple[Largest, ...] = ()
    review: tuple[Doubt, ...] = tuple(Doubt)
    net_days: int = 30

    def check(self) -> None:
        """POLICY_INVALID names the field and its value."""
        _want("decline_from_grade", self.decline_from_grade, 1, WORST_GRADE + 1)
        _want("net_days", self.net_days, 0, LONGEST_NET_DAYS)
        for country in (*self.countries, *(s.country for s in self.starter if s.country)):
            _letters("country", country, 2)
        for rows in (self.auto_approve, self.starter, self.largest, self.countries):
            _want("rows", len(rows), 0, MOST_ROWS)
        amounts = [(row.currency, row.limit_minor) for row in self.starter]
        amounts += [(row.currency, row.most_minor) for row in self.auto_approve]
        amounts += [(row.currency, row.most_minor) for row in self.largest]
        for currency, amount in amounts:
            _letters("currency", currency, 3)
            _want("amount", amount, 0, MOST_MINOR)
        grades = [row.worst_grade for row in self.starter]
        for grade in (*grades, *(row.worst_grade for row in self.auto_approve)):
            _want("worst_grade", grade, 1, WORST_GRADE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the buyer and the order when the question comes. `grade` None: no score."""

    country: str
    currency: str
    amount_minor: int
    grade: int | None
    screened: Screened
    insolvent: bool
    has_line: bool
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision, the limit of a first line (0: none is opened), and every reason for it."""

    decision: Decision
    starter_minor: int
    reasons: tuple[str, ...]


# As nothing can be known yet, everything goes to a person.
DEFAULT = Policy()


def read(terms: Mapping[str, Any]) -> Policy:
    """The policy as JSON keeps it."""
    return Policy(
        **{
            **terms,
            "countries": tuple(terms["countries"]),
            "auto_approve": tuple(Bound(**row) for row in terms["auto_approve"]),
            "starter": tuple(Starter(**row) for row in terms["starter"]),
            "largest": tuple(Largest(**row) for row in terms["largest"]),
            "review": tuple(Doubt(name) for name in terms["review"]),
        }
    )


def decide(policy: Policy, facts: Facts) -> Verdict:
    """No, whatever else is known; else a person, if anything is unclear; else yes.

    A buyer with a credit line is held to it by the line itself: bounds, grades and starter limits
    are for those without. All reasons of the strongest answer are given.
    """
    no = _declines(policy, facts)
    if no:
        return Verdict(Decision.DECLINE, 0, no)
    starter = 0 if facts.has_line else starter_limit(policy, facts)
    unclear = _unclear(policy, facts, starter)
    if unclear:
        return Verdict(Decision.REVIEW, 0, unclear)
    return Verdict(Decision.APPROVE, starter or 0, ())


def _declines(policy: Policy, facts: Facts) -> tuple[str, ...]:
    new = not facts.has_line
    weak = facts.grade is not None and facts.grade >= policy.decline_from_grade
    told = {
        "sanctions_hit": facts.screened is Screened.HIT,
        "insolvent": facts.insolvent,
        "newcomers_not_served": new and not policy.serve_newcomers,
        "country_not_served": bool(policy.countries) and facts.country not in policy.countries,
        "grade_too_weak": new and weak,
    }
    return tuple(reason for reason, holds in told.items() if holds)


def _unclear(policy: Policy, facts: Facts, starter: int | None) -> tuple[str, ...]:
    doubts = [
        doubt
        for doubt in Doubt
        if doubt in facts.doubts
        and doubt in policy.review
        and not (doubt is Doubt.NO_GRADE and facts.has_line)
    ]
    amount, new = facts.amount_minor, not facts.has_line
    largest = min(
        (row.most_minor for row in policy.largest if row.currency == facts.currency), default=None
    )
    grade = WORST_GRADE if facts.grade is None else facts.grade
    allowed = any(
        row.currency == facts.currency and grade <= row.worst_grade and amount <= row.most_minor
        for row in policy.auto_approve
    )
    told = {
        "over_largest_order": largest is not None and amount > largest,
        "over_auto_approval": new and not allowed,
        "no_starter_limit": new and starter is None,
        "over_starter_limit": new and starter is not None and amount > starter,
    }
    return (*doubts, *(reason for reason, holds in told.items() if holds))


def starter_limit(policy: Policy, facts: Facts) -> int | None:
    """The highest limit for the grade: of the country's rows if it has any, else of the others."""
    grade = WORST_GRADE if facts.grade is None else facts.grade
    rows = [row for row in policy.starter if row.currency == facts.currency]
    own = [row for row in rows if row.country == facts.country != ""]
    fitting = [
        row.limit_minor
        for row in own or [row for row in rows if not row.country]
        if grade <= row.worst_grade
    ]
    return max(fitting, default=None)


def _want(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise _invalid(field, value)


def _letters(field: str, value: str, many: int) -> None:
    if not (len(value) == many and value.isascii() and value.isalpha() and value.isupper()):
        raise _invalid(field, value)


def _invalid(field: str, value: object) -> Refusal:
    return Refusal(Code.POLICY_INVALID, field=field, value=str(value))
