"""What the buyer's page says of the seller, and what a buyer may propose there by itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from stdnum import iban as iban_number

from netterms.collection import events
from netterms.collection.given import check_within, checked_text
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES
from netterms.kernel.refusal import invalid
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book
from netterms.terms.schedules import LEAST_DOWN_PERCENT, MOST_MONTHS, USUAL_MONTHS, Shape

LONGEST_TEXT, LONGEST_NUMBER = 120, 40
MOST_LINK_DAYS, MOST_DOWN_PERCENT = 365, 90


@dataclass(frozen=True, slots=True)
class PageSettings:
    """Our conventions, each to be changed by the seller; `yearly_percent` is interest of a plan.

    `interest_on_interest`: interest of earlier plans bears interest in a new one, where the law of
    the buyer's country is not known to forbid it. Within `most_months` and `least_down_percent` a
    buyer may propose instalments by itself.
    """

    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    link_days: int = 60
    plans_offered: bool = True
    most_months: int = USUAL_MONTHS
    least_down_percent: int = 20
    yearly_percent: Decimal = Decimal(8)
    shape: Shape = Shape.LEVEL
    interest_on_interest: bool = False


@dataclass(frozen=True, slots=True)
class PayAccount:
    """Where buyers pay an amount of `currency` to: an IBAN, or a number with the bank's code."""

    currency: str
    holder: str
    number: str
    bank_code: str = ""
    bank_name: str = ""
    iban: bool = False


def page_settings(ctx: Context) -> PageSettings:
    """The seller's settings, else the defaults. For use cases: asks for no permission."""
    with book(ctx):
        found = sql.row(
            "select * from buyer_page where seller_id = %(seller)s", {"seller": ctx.seller}
        )
    if found is None:
        return PageSettings()
    told = {name: found[name] for name in asdict(PageSettings())}
    return PageSettings(**told | {"shape": Shape(found["shape"])})


def set_page_settings(ctx: Context, settings: PageSettings) -> None:
    """Change what the page says and offers. VALUE_INVALID names the field."""
    ctx.require(Permission.MANAGE_POLICY)
    for field in ("contact_name", "contact_email", "contact_phone"):
        checked_text(field, getattr(settings, field), LONGEST_TEXT)
    check_within("link_days", settings.link_days, 1, MOST_LINK_DAYS)
    check_within("most_months", settings.most_months, 1, MOST_MONTHS)
    check_within(
        "least_down_percent", settings.least_down_percent, LEAST_DOWN_PERCENT, MOST_DOWN_PERCENT
    )
    check_within("yearly_percent", settings.yearly_percent, 0, 100)
    with book(ctx):
        _one_at_a_time(ctx)
        before = page_settings(ctx)
        if before == settings:
            return
        names = list(asdict(settings))
        changed = ", ".join(f"{name} = excluded.{name}" for name in names)
        given = ", ".join(f"%({name})s" for name in names)
        sql.execute(
            f"insert into buyer_page (seller_id, {', '.join(names)})"  # noqa: S608 - our names
            f" values (%(seller)s, {given}) on conflict (seller_id) do update set {changed}",
            asdict(settings) | {"seller": ctx.seller, "shape": settings.shape.value},
        )
        record(ctx, events.PageChanged(ctx.seller, _facts(before), _facts(settings)))


def pay_accounts(ctx: Context) -> dict[str, PayAccount]:
    """The accounts that buyers are told, by currency. For use cases: asks for no permission."""
    with book(ctx):
        found = sql.rows(
            "select currency::text as currency, holder, number, bank_code, bank_name, iban"
            " from pay_account where seller_id = %(seller)s and ended_at is null order by currency",
            {"seller": ctx.seller},
        )
    return {line["currency"]: PayAccount(**line) for line in found}


def set_pay_account(ctx: Context, told: PayAccount) -> None:
    """Name the account that buyers pay `told.currency` to; the one before it ends.

    Whoever may do this can turn payments away from the seller: it takes the right over access, and
    the event says what stood there before. VALUE_INVALID names the field.
    """
    ctx.require(Permission.MANAGE_ACCESS)
    account = _checked(told)
    with book(ctx):
        _one_at_a_time(ctx)
        before = pay_accounts(ctx).get(account.currency)
        if before == account:
            return
        params = asdict(account) | {"seller": ctx.seller, "now": ctx.now, "actor": ctx.actor}
        sql.execute(
            "update pay_account set ended_at = %(now)s"
            " where seller_id = %(seller)s and currency = %(currency)s and ended_at is null",
            params,
        )
        sql.execute(
            """
            insert into pay_account (seller_id, id, currency, holder, iban, number, bank_code,
                                     bank_name, added_at, added_by)
            values (%(seller)s, %(id)s, %(currency)s, %(holder)s, %(iban)s, %(number)s,
                    %(bank_code)s, %(bank_name)s, %(now)s, %(actor)s)
            """,
            params | {"id": new_id(ctx.now)},
        )
        record(
            ctx,
            events.PayAccountChanged(
                ctx.seller, account.currency, before.number if before else "", account.number
            ),
        )


def _checked(told: PayAccount) -> PayAccount:
    if told.currency not in CURRENCIES:
        raise invalid("currency", told.currency, Mend.CURRENCY_CODE)
    holder = checked_text("holder", told.holder, LONGEST_TEXT, least=1)
    bank_code = checked_text("bank_code", "".join(told.bank_code.split()).upper(), LONGEST_NUMBER)
    bank_name = checked_text("bank_name", told.bank_name, LONGEST_TEXT)
    number = checked_text("number", "".join(told.number.split()).upper(), LONGEST_NUMBER, least=1)
    is_iban = number[:2].isalpha() and number[2:4].isdigit()
    if is_iban and not iban_number.is_valid(number, check_country=False):
        raise invalid("iban", told.number, Mend.CHECK_DIGITS)
    return PayAccount(told.currency, holder, number, bank_code, bank_name, is_iban)


def _one_at_a_time(ctx: Context) -> None:
    sql.value(
        "select pg_advisory_xact_lock(hashtextextended('buyer_page/' || %(s)s, 0))",
        {"s": str(ctx.seller)},
    )


def _facts(settings: PageSettings) -> dict[str, Any]:
    return asdict(settings)
