"""`netterms limits`: how limits are recommended, and what other suppliers give buyers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _

from netterms.doors.cli.bad_rows import stop_at
from netterms.doors.cli.opening import DryRun, answering, open_book, operator
from netterms.doors.cli.people import SellerOption
from netterms.doors.cli.report import Screen

if TYPE_CHECKING:
    from netterms.kernel.versions import Version
    from netterms.limits.policy import LimitPolicy

limits = typer.Typer(
    no_args_is_help=True,
    help="How limits are recommended, and the limits that other suppliers give.",
)
Share = typer.Option(help="In percent; default: as it is.")
PERCENT = Decimal(100)


@limits.command("policy")
def policy(seller: SellerOption = None) -> None:
    """Show how limits are recommended: what is in force, what was and what is to come."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.kernel.versions import in_force
        from netterms.limits.policy import STARTING, limit_policies

        versions = [*limit_policies(ctx), STARTING]
        now = in_force(versions, ctx.today, STARTING)
        heads = (
            _("Version"), _("In force from"), _("Formulas"), _("Concentration"), _("Uninsured"),
            _("Net worth"), _("Reason"), _("State"),
        )  # fmt: skip
        screen.table(
            _("How limits are recommended"),
            heads,
            [(*_shown(one), _("in force") if one is now else "") for one in versions],
        )


@limits.command("set-policy")
def set_policy(
    why: Annotated[str, typer.Option(help="Why, for whoever asks later.")],
    formula: Annotated[
        list[str] | None,
        typer.Option(help="capacity, three_way or heuristic; again for more. Default: as it is."),
    ] = None,
    concentration: Annotated[str | None, Share] = None,
    uninsured: Annotated[str | None, Share] = None,
    net_worth: Annotated[
        str | None, typer.Option(help="In percent of net worth, or off; default: as it is.")
    ] = None,
    starts_on: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day; default: today."),
    ] = None,
    seller: SellerOption = None,
) -> None:
    """Let limits be recommended in another way from a day on. The same again changes nothing."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.kernel.mends import Mend
        from netterms.kernel.refusal import invalid
        from netterms.limits.formulas import Formula
        from netterms.limits.policy import LimitPolicy, limit_policy, set_limit_policy

        first = starts_on.date() if starts_on else ctx.today
        before = limit_policy(ctx, first).policy
        for name in formula or ():
            if name not in set(Formula):
                raise invalid("formulas", name, Mend.ONE_OF, allowed=", ".join(Formula))
        wanted = LimitPolicy(
            before.formulas if formula is None else frozenset(map(Formula, formula)),
            _worth(net_worth, before.net_worth_rule),
            _share("concentration_share", concentration, before.concentration_share),
            _share("tolerated_uninsured_share", uninsured, before.tolerated_uninsured_share),
        )
        set_limit_policy(ctx, wanted, first, why)
        screen.say(_("Kept. From %(day)s on every limit is looked at again.") % {"day": first})


@limits.command("references")
def references(
    buyer: Annotated[str, typer.Argument(help="The buyer's number.")],
    seller: SellerOption = None,
) -> None:
    """Show the limits that other suppliers give a buyer, and which of them count."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.buyers.queries import buyer_by_number
        from netterms.kernel.money import Money
        from netterms.limits.references import references_of

        screen.table(
            _("Limits of other suppliers"),
            (_("Supplier"), _("Limit"), _("As of"), _("Entered"), _("State")),
            [
                (
                    one.supplier,
                    _("none any more")
                    if one.limit_minor is None
                    else Money(one.limit_minor, one.currency),
                    one.given_on,
                    one.entered_by,
                    _("counts") if one.counts else "",
                )
                for one in references_of(ctx, buyer_by_number(ctx, buyer).id)
            ],
        )


@limits.command("load-references")
def load_references(
    file: Annotated[Path, typer.Argument(help="List of limits: .csv, .xlsx or .parquet.")],
    dry_run: DryRun = False,
    seller: SellerOption = None,
) -> None:
    """Enter limits that other suppliers give, all of them or none. Again changes nothing."""
    screen = Screen()
    with answering(screen):
        open_book()
        ctx = operator(seller)
        from netterms.connectors.references import read
        from netterms.limits.references import enter_references, flaws

        found = read(file)
        stop_at(screen, found.all_bad(flaws(ctx, found.lines)))
        if dry_run:
            told = {"count": f"{len(found.lines):,}"}
            screen.say(_("Limits that can be entered: %(count)s.") % told)
            screen.say(_("Nothing was written: this was a dry run."))
            return
        done = enter_references(ctx, found.lines)
        told = {"new": f"{done.new:,}", "known": f"{done.known:,}"}
        screen.say(_("Limits entered: %(new)s. Known already: %(known)s.") % told)


def _shown(one: Version[LimitPolicy]) -> tuple[object, ...]:
    told = one.policy
    return (
        one.number,
        one.in_force_on or "",
        ", ".join(sorted(told.formulas)),
        _percent(told.concentration_share),
        _percent(told.tolerated_uninsured_share),
        _("off") if told.net_worth_rule is None else _percent(told.net_worth_rule),
        one.why,
    )


def _percent(share: Decimal) -> str:
    from netterms.doors.look import formats

    return formats.percents(share * PERCENT)


def _worth(typed: str | None, before: Decimal | None) -> Decimal | None:
    if typed == "off":
        return None
    return before if typed is None else _share("net_worth_rule", typed, Decimal(0))


def _share(field: str, typed: str | None, before: Decimal) -> Decimal:
    from netterms.kernel.mends import Mend
    from netterms.kernel.refusal import invalid

    if typed is None:
        return before
    try:
        return Decimal(typed.removesuffix("%")) / PERCENT
    except InvalidOperation:
        raise invalid(field, typed, Mend.BETWEEN, least=0, most=100) from None
