"""An order of a buyer the seller may not know yet: identify, look, judge, open a line, authorise.

One transaction: the buyer, its first line, the order and the answer are there together or not at
all. What the policy does not let through waits for a person.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from psycopg.types.json import Jsonb

from netterms.buyers import numbers
from netterms.buyers.actions import Introduced, Introduction, introduce
from netterms.checkout import events
from netterms.checkout.actions import CREATED, RACES, REPEATED, Answer, authorise
from netterms.checkout.hints import Hint, would_change
from netterms.checkout.pending import line_for
from netterms.checkout.policies import PolicyVersion, in_force
from netterms.checkout.policy import (
    FREE_MAIL,
    Decision,
    Doubt,
    Facts,
    Screened,
    Verdict,
    decide,
)
from netterms.checkout.requests import SEPARATOR, VALID_FOR, OrderRequest, check_expiry, in_utc
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import plain
from netterms.kernel.ids import new_id
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.lines import LineTerms, set_line
from netterms.scoring.online import score_at_once
from netterms.scoring.queries import StoredScore, newest_score
from netterms.screening.actions import screen_buyer
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book, once_more

NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class NewBuyerRequest:
    """May this company, as it introduces itself, have `amount` on credit?"""

    key: str
    order_number: str
    buyer: Introduction
    amount: Money
    partial: bool = False
    expires_at: datetime | None = None

    def fingerprint(self) -> str:
        """SHA-256 of what is asked, without the key."""
        told = self.buyer
        parts = (
            "new_buyer",
            *(told.country, told.number, told.name, told.email),
            *(self.order_number, self.amount.minor, self.amount.currency),
            *(self.partial, self.expires_at),
        )
        return hashlib.sha256(SEPARATOR.join(map(str, parts)).encode()).hexdigest()

    def order(self, buyer_id: UUID) -> _Asked:
        """The order of the buyer behind it; rather than a no, a person looks."""
        return _Asked(
            key=self.key,
            order_number=self.order_number,
            buyer_id=buyer_id,
            amount=self.amount,
            partial=self.partial,
            review=True,
            expires_at=self.expires_at,
            print_=self.fingerprint(),
        )


@dataclass(frozen=True, slots=True)
class _Asked(OrderRequest):
    print_: str = ""

    def fingerprint(self) -> str:
        """What the caller asked, not what we made of it: the same words are the same request."""
        return self.print_


@dataclass(frozen=True, slots=True)
class NewcomerAnswer(Answer):
    """The answer about the order, and the score that the policy was asked with."""

    score: Mapping[str, Any] | None = None


@once_more
def authorise_newcomer(ctx: Context, request: NewBuyerRequest) -> NewcomerAnswer:
    """Answer an order of a company that may be new. The same key again gives the same answer.

    Who has no score yet gets its first one here, from what is known of it.

    VALUE_INVALID for what cannot be (a registration number whose check digits do not fit, too);
    KEY_REUSED, ORDER_NUMBER_TAKEN: nothing was made of it.
    """
    ctx.require(Permission.CHECKOUT)
    request.order(NOBODY).check()
    request.buyer.check()
    request = replace(request, expires_at=in_utc(request.expires_at))
    for _ in range(RACES):
        try:
            with book(ctx):
                return _answered(ctx, request) or _answer(ctx, request)
        except IntegrityError:
            # Another call took the key or the number: what it wrote can be seen now.
            continue
        except Refusal as refusal:
            # A person opened the first line of the buyer: it has one now.
            if refusal.code is not Code.CHANGED_MEANWHILE:
                raise
    raise AssertionError(f"lost the same race {RACES} times")


def _answered(ctx: Context, request: NewBuyerRequest) -> NewcomerAnswer | None:
    # Calls about one company wait for each other, so the second sees what the first made.
    sql.value(
        "select pg_advisory_xact_lock(hashtextextended(%(what)s, 0))",
        {"what": f"newcomer/{ctx.seller}/{request.buyer.country}/{request.buyer.number}"},
    )
    known = sql.row(
        """
        select k.fingerprint, k.answer::text as answer, d.score
        from idempotency_key k
        left join newcomer_decision d
          on d.seller_id = k.seller_id and d.order_id = (k.answer ->> 'id')::uuid
        where k.seller_id = %(seller)s and k.key = %(key)s
        """,
        {"seller": ctx.seller, "key": request.key},
    )
    if known is None:
        return None
    if known["fingerprint"] != request.fingerprint():
        raise Refusal(Code.KEY_REUSED, field="idempotency_key", key=request.key)
    return NewcomerAnswer(REPEATED, known["answer"], known["score"])


def _answer(ctx: Context, request: NewBuyerRequest) -> NewcomerAnswer:
    check_expiry(request.expires_at, ctx.now)
    buyer = introduce(ctx, request.buyer)
    currency = request.amount.currency
    score = newest_score(ctx, buyer.id, currency) or score_at_once(ctx, buyer.id, currency)
    facts = _facts(ctx, request, buyer, score)
    policy = in_force(ctx)
    verdict = decide(policy.policy, facts)
    if verdict.decision is Decision.APPROVE:
        _open_line(ctx, request, buyer, policy, verdict.starter_minor)
        answer = authorise(ctx, [request.order(buyer.id)])[0]
    else:
        hints = would_change(policy.policy, facts, verdict)
        answer = _hold(ctx, request, buyer, verdict, hints)
    # A refusal is raised here, and takes the buyer and its line with it.
    order_id = UUID(answer.order["id"])
    kept = _kept(score)
    _keep(ctx, request, order_id, buyer, policy, facts, verdict, kept)
    return NewcomerAnswer(answer.status, answer.body, kept)


def _facts(ctx: Context, request: NewBuyerRequest, buyer: Introduced, score: StoredScore) -> Facts:
    currency = request.amount.currency
    screened = _screened(ctx, buyer)
    return Facts(
        country=request.buyer.country,
        currency=currency,
        amount_minor=request.amount.minor,
        grade=score.grade,
        screened=screened,
        insolvent=buyer.insolvent_on is not None,
        has_line=line_for(ctx, buyer.id, currency) is not None,
        doubts=_doubts(request.buyer, buyer, screened, score),
    )


def _screened(ctx: Context, buyer: Introduced) -> Screened:
    """What sanctions lists say. An undecided hit is not known: a person has to look."""
    if buyer.sanctions_hit:
        return Screened.HIT
    return Screened.CLEAR if screen_buyer(ctx, buyer.id) is False else Screened.UNKNOWN


def _doubts(
    told: Introduction, buyer: Introduced, screened: Screened, score: StoredScore
) -> tuple[Doubt, ...]:
    domain, known = _domain(told.email), _domain(buyer.email)
    holds = {
        Doubt.NOT_SCREENED: screened is Screened.UNKNOWN,
        # A grade that rests on nothing known of the buyer is that of anybody.
        Doubt.NO_GRADE: score.confidence == 0,
        Doubt.NAME_DIFFERS: _spelt(told.name) != _spelt(buyer.name),
        Doubt.NAME_KNOWN: buyer.name_known,
        Doubt.NUMBER_UNCHECKED: numbers.check(told.country, told.number)
        is not numbers.NumberCheck.VALID,
        Doubt.FREE_MAIL: domain in FREE_MAIL,
        Doubt.NO_EMAIL: not domain,
        Doubt.EMAIL_DIFFERS: bool(domain and known) and domain != known,
    }
    return tuple(doubt for doubt in Doubt if holds[doubt])


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()


def _spelt(name: str) -> str:
    plain_name = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in plain_name if sign.isalnum())


def _kept(score: StoredScore) -> dict[str, Any]:
    """The score as the decision keeps it: as text, since a decimal is no binary fraction."""
    wanted = ("currency", "scored_on", "scorecard", "score", "pd", "grade", "confidence")
    said = {name: plain(getattr(score, name)) for name in wanted}
    return said | {"attributes": score.attributes, "reasons": score.reasons}


def _open_line(
    ctx: Context, request: NewBuyerRequest, buyer: Introduced, policy: PolicyVersion, limit: int
) -> None:
    """The first line of a buyer that has none: the policy decides it, not the caller."""
    if limit == 0:
        return
    decided = replace(ctx, may=ctx.may | {Permission.SET_LIMIT})
    terms = LineTerms(limit, net_days=policy.policy.net_days)
    set_line(decided, buyer.id, request.amount.currency, terms, "starter_limit", version=0)


def _hold(
    ctx: Context,
    request: NewBuyerRequest,
    buyer: Introduced,
    verdict: Verdict,
    hints: tuple[Hint, ...],
) -> Answer:
    found = sql.row(
        sql.statement("checkout/hold_order"),
        {
            "seller": ctx.seller,
            "id": new_id(ctx.now),
            "number": request.order_number,
            "buyer": buyer.id,
            "currency": request.amount.currency,
            "amount": request.amount.minor,
            "state": "declined" if verdict.decision is Decision.DECLINE else "pending",
            "reasons": list(verdict.reasons),
            "hints": Jsonb(plain(hints)),
            "now": ctx.now,
            "today": ctx.today,
            "actor": ctx.actor,
            "expires": request.expires_at or ctx.now + VALID_FOR,
            "key": request.key,
            "print": request.fingerprint(),
        },
    )
    if found is None:
        raise Refusal(Code.ORDER_NUMBER_TAKEN, field="order_number", value=request.order_number)
    return Answer(CREATED, found["answer"])


def _keep(
    ctx: Context,
    request: NewBuyerRequest,
    order_id: UUID,
    buyer: Introduced,
    policy: PolicyVersion,
    facts: Facts,
    verdict: Verdict,
    score: Mapping[str, Any],
) -> None:
    """The decision with everything it was made from, so that anyone can make it again."""
    sql.execute(
        """
        insert into newcomer_decision (seller_id, order_id, buyer_id, policy_version, facts,
                                       verdict, starter_minor, reasons, score)
        values (%(seller)s, %(order)s, %(buyer)s, %(version)s, %(facts)s, %(verdict)s, %(starter)s,
                %(reasons)s, %(score)s)
        """,
        {
            "seller": ctx.seller,
            "order": order_id,
            "buyer": buyer.id,
            "version": policy.version,
            "facts": Jsonb(plain(facts)),
            "verdict": verdict.decision.value,
            "starter": verdict.starter_minor,
            "reasons": list(verdict.reasons),
            "score": Jsonb(score),
        },
    )
    judged = events.NewcomerJudged(
        order_id,
        buyer.id,
        policy.version,
        verdict.decision.value,
        verdict.reasons,
        verdict.starter_minor,
        request.amount.currency,
        facts.grade,
    )
    record(ctx, judged)
