"""The code of a person's authenticator app, asked once more before what cannot be taken back."""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from netterms.access import events
from netterms.access.models import User
from netterms.kernel.context import Context
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

MOST_WRONG, WITHIN = 5, timedelta(minutes=15)


def has_second_factor(ctx: Context) -> bool:
    """Whether the person has set up an authenticator app."""
    return _authenticator(ctx) is not None


def prove(ctx: Context, code: str) -> None:
    """Nothing, if `code` is what the person's app shows now. Call it outside `book(ctx)`.

    VALUE_INVALID for a wrong code, for one used before, and where no app is set up; each wrong one
    is on record. TOO_EARLY after five wrong ones in a quarter of an hour. A recovery code is none.
    """
    with book(ctx):
        # Guesses come one after the other.
        key = {"key": f"second_factor/{ctx.seller}/{ctx.actor}"}
        sql.execute("select pg_advisory_xact_lock(hashtextextended(%(key)s, 0))", key)
        wrong = sql.row(
            """
            select count(*) as times, min(happened_at) as first from event
            where seller_id = %(seller)s and subject_id = %(seller)s and actor = %(actor)s
              and kind = 'access.second_factor_wrong' and happened_at > %(since)s
            """,
            {"seller": ctx.seller, "actor": ctx.actor, "since": ctx.now - WITHIN},
        )
        assert wrong is not None
        if wrong["times"] >= MOST_WRONG:
            until = wrong["first"] + WITHIN
            raise Refusal(Code.TOO_EARLY, until=until.isoformat(timespec="minutes"))
        known = _authenticator(ctx)
        if known is None:
            raise invalid("code", "", Mend.SET_UP_APP)
        right = code.isascii() and code.isdigit() and TOTP(known).validate_code(code)
        if not right:
            record(ctx, events.SecondFactorWrong(ctx.seller))
    if not right:
        raise invalid("code", code[:12], Mend.CODE_OF_APP)


def forget(user: User) -> None:
    """Forget the person's app and recovery codes: the password alone opens until the next app."""
    Authenticator.objects.filter(user=user).delete()


def _authenticator(ctx: Context) -> Authenticator | None:
    found: Authenticator | None = Authenticator.objects.filter(
        user__email=ctx.actor, user__is_active=True, type=Authenticator.Type.TOTP
    ).first()
    return found
