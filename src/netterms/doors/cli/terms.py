"""`netterms terms`: what late payment costs in a country, and the reference rates behind it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from netterms.doors.cli.opening import answering, open_book, operator
from netterms.doors.cli.report import Screen

if TYPE_CHECKING:
    from netterms.kernel.money import Money

terms = typer.Typer(no_args_is_help=True, help="Late interest, its rates, countries' rules.")
rates = typer.Typer(no_args_is_help=True, help="Reference rates of late interest.")
terms.add_typer(rates, name="rates")
SellerOption = Annotated[
    str | None, typer.Option(help="Name or id of the seller; default: the only one.")
]


@terms.command("interest")
def interest(
    country: Annotated[str, typer.Argument(help="Country of the buyer, e.g. DE.")],
    amount: Annotated[str, typer.Argument(help="Amount of the invoice, e.g. 1234.50.")],
    due: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Due date of the invoice.")],
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day of payment; default: today."),
    ] = None,
    currency: Annotated[
        str | None, typer.Option(help="ISO 4217 code; default: the country's currency.")
    ] = None,
    rate: Annotated[
        str | None, typer.Option(help="Agreed interest in percent a year, e.g. 8.5.")
    ] = None,
    received: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of receipt of the goods.")
    ] = None,
    small_seller: Annotated[
        bool | None,
        typer.Option("--small-seller/--no-small-seller", help="The seller is a small enterprise."),
    ] = None,
    large_buyer: Annotated[
        bool | None,
        typer.Option("--large-buyer/--no-large-buyer", help="The buyer is a large enterprise."),
    ] = None,
    by_day: Annotated[
        bool, typer.Option("--by-day", help="Round the interest of one day, then multiply.")
    ] = False,
    seller: SellerOption = None,
) -> None:
    """What may be claimed on a late invoice: interest by period, and compensation."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.terms.queries import place_of
        from netterms.terms.quotes import Asked, quote
        from netterms.terms.rules import Method, Parties

        place = place_of(country.upper())
        said = quote(
            ctx,
            Asked(
                country=place.country,
                amount=_money(amount, (currency or place.currency).upper()),
                due_on=due.date(),
                until=until.date() if until else ctx.today,
                received_on=received.date() if received else None,
                contract_percent=None if rate is None else _number("contract_percent", rate),
                parties=Parties(small_seller, large_buyer),
                method=Method.DAILY if by_day else Method.EXACT,
            ),
        )
        _tell(screen, said)


def _tell(screen: Screen, said: Any) -> None:  # noqa: ANN401 - a Quote, imported late
    from netterms.doors.look import formats
    from netterms.doors.look.sentences import sentence

    if said.refused is not None:
        screen.warn(sentence(said.refused))
    elif said.interest.lines:
        screen.table(
            pgettext("on a debt", "Interest"),
            (_("From"), _("To"), _("Days"), _("Percent a year"), _("Amount")),
            [
                (line.first.isoformat(), line.last.isoformat(), str(line.days),
                 f"{line.percent:f}", formats.money(line.amount))
                for line in said.interest.lines
            ],
        )  # fmt: skip
        screen.say(
            _("Interest: %(total)s; a day more adds %(daily)s.")
            % {
                "total": formats.money(said.interest.total),
                "daily": formats.money(said.interest.daily),
            }
        )
    else:
        screen.say(_("Not late: nothing may be claimed."))
    if said.compensation:
        screen.say(_("Compensation: %(sum)s") % {"sum": formats.money(said.compensation)})
    _tell_basis(screen, said.basis)


def _tell_basis(screen: Screen, basis: dict[str, Any]) -> None:
    from netterms.doors.look import jurisdiction
    from netterms.doors.look.names import CELLS

    day = jurisdiction.told(basis["as_of"])
    screen.say(_("Source: %(source)s (%(day)s)") % {"source": basis["source"], "day": day})
    if basis["unverified"]:
        named = ", ".join(str(CELLS[cell]) for cell in basis["unverified"])
        screen.warn(_("Unverified: %(cells)s. No legal advice.") % {"cells": named})


@terms.command("country")
def country(
    code: Annotated[str, typer.Argument(help="Country, e.g. DE.")],
) -> None:
    """What is on file of a country, and which of it nobody has checked."""
    screen = Screen()
    with answering(screen):
        from netterms.doors.look import jurisdiction
        from netterms.terms.queries import place_of

        place = place_of(code.upper())
        screen.table(
            f"{jurisdiction.name(place)} ({place.country})",
            (_("Fact"), _("On file"), _("Remark"), _("Standing")),
            [
                (row.label, row.text, "" if row.note == row.text else row.note, row.badge)
                for row in jurisdiction.facts(place)
            ],
        )
        for said in jurisdiction.bills(place):
            screen.say(said)
        day = jurisdiction.told(place.as_of)
        screen.say(_("Source: %(source)s (%(day)s)") % {"source": place.source, "day": day})


@rates.command("load")
def load(
    file: Annotated[
        Path,
        typer.Argument(help="CSV: series, valid_from, rate_pct, known_until, source."),
    ],
    seller: SellerOption = None,
) -> None:
    """Bring in reference rates of late interest. Safe to repeat."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.kernel.refusal import Code, Refusal
        from netterms.terms import rate_file
        from netterms.terms.actions import load_rates
        from netterms.terms.jurisdictions import series_names

        try:
            with file.open("rb") as stream:
                content = stream.read(rate_file.MOST_BYTES + 1)
        except OSError as error:
            raise Refusal(Code.FILE_UNREADABLE, file=file.name) from error
        added = load_rates(ctx, rate_file.read(content, file.name, series_names()))
        screen.say(_("%(count)s new or corrected rates.") % {"count": added})


@rates.command("show")
def show(
    series: Annotated[str, typer.Argument(help="One reference, e.g. ECB_MRO; default: all.")] = "",
    seller: SellerOption = None,
) -> None:
    """Show the reference rates in force, the newest first."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.doors.look.names import SERIES
        from netterms.terms.queries import rates_in_force

        screen.table(
            _("Reference rates"),
            (_("Reference"), _("Meaning"), _("From"), _("Percent a year"), _("Known until"),
             _("Source"), _("Loaded by")),
            [
                (rate.series, str(SERIES[rate.series]), rate.valid_from.isoformat(),
                 f"{rate.percent.normalize():f}", rate.known_until.isoformat(), rate.source,
                 rate.loaded_by)
                for rate in rates_in_force(ctx, series.upper())
            ],
        )  # fmt: skip


def _money(text: str, currency: str) -> Money:
    from netterms.kernel.mends import Mend
    from netterms.kernel.money import CURRENCIES, Money
    from netterms.kernel.refusal import Code, Refusal

    if currency not in CURRENCIES:
        raise Refusal(Code.VALUE_INVALID, field="currency", value=currency, mend=Mend.CURRENCY_CODE)
    try:
        return Money.of(_number("amount", text), currency)
    except ValueError as error:
        raise Refusal(
            Code.VALUE_INVALID, field="amount", value=text, mend=Mend.AMOUNT, currency=currency
        ) from error


def _number(field: str, text: str) -> Decimal:
    from netterms.kernel.mends import Mend
    from netterms.kernel.refusal import Code, Refusal

    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= Decimal(10) ** 12:
        raise Refusal(Code.VALUE_INVALID, field=field, value=text, mend=Mend.NUMBER)
    return number
