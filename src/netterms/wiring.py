"""The composition root: the business day's steps in order, which event wakes which handler, and
which connector serves which port.

Everything that happens by itself can be read on this page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from netterms.access.queries import context_for_job
from netterms.buyers.actions import index_names
from netterms.buyers.events import (
    BankAccountChanged,
    BankAccountConfirmed,
    BankAccountRejected,
    BuyerInsolvent,
    BuyerSanctioned,
    BuyersMerged,
    BuyersRegrouped,
    BuyersUnmerged,
)
from netterms.checkout.actions import expire_orders
from netterms.checkout.books import check_books
from netterms.collection.actions import (
    climb_ladder,
    judge_promises,
    prepare_claim_files,
    send_reminders,
)
from netterms.collection.events import ReminderFailed, ReminderSent
from netterms.collection.instalments import track_plans
from netterms.collection.letters import actions as letters
from netterms.collection.links import make_link
from netterms.collection.mail.actions import fetch_mail
from netterms.collection.plan_settling import expected_money, settle_for_lines
from netterms.collection.ports import Letter, Mailer, MailError
from netterms.collection.ranking import rank_work
from netterms.connectors.calendars import load_closed_days
from netterms.connectors.letters import press
from netterms.connectors.mail import imap_reader, open_mailer
from netterms.connectors.mail.reminder import OverdueInvoice, ReminderFacts, render
from netterms.insurance.actions import refresh_deadlines
from netterms.kernel.context import EVERYTHING, Context
from netterms.kernel.events import Plain
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.limits.actions import count_buyer_owed, count_matched_owed, count_owed, refresh_limits
from netterms.limits.caps import refresh_exposure, regroup
from netterms.limits.lines import hold_lines, hold_sanctioned
from netterms.monitoring.actions import look_at_account, refresh_alerts
from netterms.receivables.events import (
    AllocationUndone,
    InvoiceIssued,
    InvoicesImported,
    LinesMatched,
    MatchConfirmed,
    PaymentAllocated,
    WrittenOff,
)
from netterms.receivables.matching.actions import Matched, match_lines
from netterms.scoring.actions import refresh_scores
from netterms.scoring.monthly import measure_month
from netterms.scoring.payers.actions import foretell_payments
from netterms.scoring.shadow import refresh_shadow
from netterms.screening.actions import mark_merged, screen_buyers
from netterms.site.config import config
from netterms.store import runs, sql
from netterms.store.calendars import keep_closed_days
from netterms.store.tenancy import book

DAY = "day"

# In the transaction of the event: what is owed on a line is never behind the invoices.
WOKEN: Mapping[str, Sequence[Callable[[Context, Any], None]]] = {
    InvoicesImported.kind: [count_owed],
    InvoiceIssued.kind: [count_buyer_owed],
    # Money of a running payment plan settles it as soon as the bank has told of it.
    LinesMatched.kind: [count_matched_owed, settle_for_lines],
    MatchConfirmed.kind: [settle_for_lines],
    PaymentAllocated.kind: [count_buyer_owed],
    WrittenOff.kind: [count_buyer_owed],
    AllocationUndone.kind: [count_buyer_owed],
    BuyerInsolvent.kind: [hold_lines],
    BuyerSanctioned.kind: [hold_sanctioned],
    BuyersRegrouped.kind: [regroup],
    BuyersMerged.kind: [mark_merged],
    BuyersUnmerged.kind: [mark_merged],
    ReminderSent.kind: [letters.note_reminder_sent],
    ReminderFailed.kind: [letters.note_reminder_failed],
    BankAccountChanged.kind: [look_at_account],
    BankAccountConfirmed.kind: [look_at_account],
    BankAccountRejected.kind: [look_at_account],
}


def run_day(
    ctx: Context, told: Callable[[runs.StepDone], None] | None = None, mailer: Mailer | None = None
) -> list[runs.StepDone]:
    """Run the seller's business day `ctx.today`: every step once, going on where a crash stopped.

    Days run forward only: DAY_OUT_OF_ORDER when a later one was run already. One at a time:
    ALREADY_RUNNING while another process runs a day of this seller.
    """
    with runs.alone(ctx, DAY):
        last, since = _days_before(ctx)
        if last is not None and last > ctx.today:
            raise Refusal(
                Code.DAY_OUT_OF_ORDER, date=ctx.today.isoformat(), last_run=last.isoformat()
            )
        if mailer is not None:
            return runs.run(ctx, DAY, day_steps(since, mailer), told)
        with open_mailer(config()) as configured:
            return runs.run(ctx, DAY, day_steps(since, configured), told)


def day_steps(since: date | None, mailer: Mailer) -> tuple[runs.Step, ...]:
    """The day in its order. `since` is the date of the run before, None on the first."""
    return (
        *([runs.Step("mail", fetch_replies, outside=True)] if config().imap else []),
        runs.Step("calendar", _load_calendar),
        runs.Step("names", index_names),
        runs.Step("screening", screen_buyers, outside=True),
        runs.Step("promises", judge_promises),
        runs.Step("scores", partial(refresh_scores, since=since)),
        runs.Step("shadow", refresh_shadow),
        runs.Step("monthly", partial(measure_month, since=since)),
        runs.Step("forecasts", foretell_payments),
        runs.Step("limits", partial(refresh_limits, since=since)),
        runs.Step("exposure", refresh_exposure, outside=True),
        runs.Step("expire", _expire, outside=True),
        runs.Step("books", check_books),
        runs.Step("deadlines", refresh_deadlines),
        runs.Step("plans", track_plans),
        runs.Step("ladder", climb_ladder),
        runs.Step("claims", prepare_claim_files),
        runs.Step("alerts", refresh_alerts),
        runs.Step("ranking", rank_work),
        runs.Step("reminders", partial(_send, mailer=mailer), outside=True),
    )


def match_bank_lines(ctx: Context) -> Matched:
    """Match open bank lines, knowing what running payment plans wait for."""
    return match_lines(ctx, expected_money)


def fetch_replies(ctx: Context) -> dict[str, Plain]:
    """Read the mailbox that answers come to, where it is this seller's.

    A mail server that is away does not stop the day: the next one reads what waits.
    """
    settings = config().imap
    if settings is None or settings.seller != str(ctx.seller):
        return {"attached": 0, "waiting": 0, "bounced": 0, "known": 0}
    try:
        with imap_reader(settings) as reader:
            return fetch_mail(ctx, reader)
    except MailError as error:
        return {"failed": error.reason}


def _expire(ctx: Context) -> dict[str, Plain]:
    expired = 0
    while some := expire_orders(ctx):
        expired += some
    return {"orders": expired}


def _send(ctx: Context, mailer: Mailer) -> dict[str, Plain]:
    return send_reminders(ctx, mailer, write_reminder)


def send_held(seller: UUID, now: datetime) -> int:
    """Send the reminders of a seller that the day held for the buyers' hours; returns how many.

    Only once the day of the seller's date has sent its own: until then nobody has looked who paid.
    """
    ctx = replace(context_for_job(seller, "reminders", now), may=EVERYTHING)
    with book(ctx):
        sent = sql.value(
            "select exists (select from run_step where seller_id = %(seller)s and run = %(run)s"
            " and step = 'reminders' and business_date = %(today)s)",
            {"seller": ctx.seller, "run": DAY, "today": ctx.today},
        )
    if not sent:
        return 0
    try:
        with open_mailer(config()) as mailer:
            return int(str(_send(ctx, mailer)["sent"]))
    except Refusal as refusal:
        if refusal.code is Code.ALREADY_RUNNING:
            return 0
        raise


def write_reminder(line: dict[str, Any], ctx: Context) -> Letter:
    """The reminder of one row of `collection/reminders_due`."""
    settings = config()
    kept = letters.write_reminder(
        ctx, line["buyer_id"], line["action_id"], settings.mail_from, line["email"], press
    )
    if kept is not None:
        return kept
    said = render(
        ReminderFacts(
            seller=line["seller_name"],
            buyer=line["buyer_name"],
            language=line["language"],
            as_of=ctx.today,
            invoices=tuple(_overdue(item) for item in line["invoices"]),
            answer_to=line["seller_email"],
            page=portal_link(ctx, line["buyer_id"]),
        )
    )
    return Letter(
        to=line["email"],
        sender=settings.mail_from,
        subject=said.subject,
        text=said.text,
        message_id=_message_id(line["action_id"], settings.mail_from),
        language=line["language"],
    )


def portal_link(ctx: Context, buyer_id: UUID) -> str:
    """The address of a new link to a buyer's own page; empty where the installation has none.

    Each letter has a link of its own, so that each can be revoked by itself.
    """
    outside = config().public_url
    return f"{outside}/p/{make_link(ctx, buyer_id)}/" if outside else ""


def _overdue(item: dict[str, Any]) -> OverdueInvoice:
    return OverdueInvoice(
        number=item["number"],
        issued_on=date.fromisoformat(item["issued_on"]),
        due_on=date.fromisoformat(item["due_on"]),
        open=Money(item["open_minor"], item["currency"]),
    )


def _message_id(action: UUID, sender: str) -> str:
    domain = sender.rpartition("@")[2].rstrip(">") or "localhost"
    return f"<{action}@{domain}>"


def _load_calendar(ctx: Context) -> dict[str, Plain]:
    with book(ctx):
        countries = [
            line["country"]
            for line in sql.rows(
                "select distinct country from buyer where seller_id = %(seller)s and country <> ''",
                {"seller": ctx.seller},
            )
        ]
        added = keep_closed_days(load_closed_days(countries, [ctx.today.year, ctx.today.year + 1]))
    return {"closed_days": added}


def last_day_run(ctx: Context) -> date | None:
    """The last business day that was run or begun: none before it can be any more."""
    return _days_before(ctx)[0]


def _days_before(ctx: Context) -> tuple[date | None, date | None]:
    """The last date run at all, and the last one before today."""
    with book(ctx):
        found = sql.row(
            """
            select max(business_date) as last,
                   max(business_date) filter (where business_date < %(today)s) as before
            from run_step where seller_id = %(seller)s and run = %(run)s
            """,
            {"seller": ctx.seller, "run": DAY, "today": ctx.today},
        )
    assert found is not None
    return found["last"], found["before"]
