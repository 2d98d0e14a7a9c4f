"""The figures of the live book: the same questions and the same arithmetic as for a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from netterms.kernel.calendar import add_months
from netterms.kernel.context import Context, Permission
from netterms.kernel.versions import in_force
from netterms.limits.policy import STARTING, limit_policies
from netterms.monitoring.queries import last_day
from netterms.portfolio.figures import all_figures, by_currency, top_rows
from netterms.portfolio.queries import Rows, ask_all
from netterms.portfolio.replay import Replay, replay
from netterms.portfolio.rules import BUCKET_ENDS, Bucket
from netterms.receivables.queries import (
    LEDGER_COLUMNS,
    live_engine,
    receivable_balances,
    write_ledger,
)
from netterms.store.runs import alone
from netterms.store.tenancy import book


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is open of one currency, in minor units by bucket.

    `credits_minor` is negative; `total_minor` and `credits_minor` make `balance_minor`, and
    `journal_minor` is the same from the journal alone.
    """

    currency: str
    amounts: dict[str, int]
    counts: dict[str, int]
    total_minor: int
    overdue_minor: int
    count: int
    credits_minor: int
    credits_count: int
    journal_minor: int

    @property
    def balance_minor(self) -> int:
        """What the buyers owe once their credits are taken off."""
        return self.total_minor + self.credits_minor


def as_of(ctx: Context) -> date:
    """The day whose figures are shown: the last business day that was run, else today."""
    return last_day(ctx) or ctx.today


def figures(ctx: Context, day: date) -> dict[str, dict[str, Any]]:
    """Figures of every currency as in a report, with its 20 largest buyers in `top20`."""
    ctx.require(Permission.READ)
    with book(ctx):
        # Whom to chase is the work list's to say: here it would be every late buyer.
        answers = ask_all(partial(live_engine().ask_kept, ctx), day, but=("chase",))
    found = all_figures(answers, day)
    largest = by_currency(answers.top20)
    for currency, block in found.items():
        block["top20"] = top_rows(largest[currency], {})
    return found


def ageing(ctx: Context, day: date) -> dict[str, Ageing]:
    """The ageing of every currency beside the journal's balance (AR-06)."""
    ctx.require(Permission.READ)
    with book(ctx):
        rows = by_currency(live_engine().ask_kept(ctx, "portfolio/ageing", as_of=day))
        journal = receivable_balances(ctx, day)
    currencies = sorted(set(rows) | {code for code, minor in journal.items() if minor})
    return {code: _aged(code, rows.get(code, []), journal.get(code, 0)) for code in currencies}


def _aged(currency: str, rows: Rows, journal_minor: int) -> Ageing:
    found = {row["bucket"]: row for row in rows}
    nothing = {"open_minor": 0, "items": 0}
    amounts = {b.value: found.get(b.value, nothing)["open_minor"] for b in Bucket}
    counts = {b.value: found.get(b.value, nothing)["items"] for b in Bucket}
    total = sum(amounts.values())
    credit = found.get("credits", nothing)
    return Ageing(
        currency=currency,
        amounts=amounts,
        counts=counts,
        total_minor=total,
        overdue_minor=total - amounts[Bucket.CURRENT],
        count=sum(counts.values()),
        credits_minor=credit["open_minor"],
        credits_count=credit["items"],
        journal_minor=journal_minor,
    )


def bucket_days(bucket: Bucket) -> tuple[int | None, int | None]:
    """First and last day past due of a bucket; None is no bound."""
    first: int | None = None
    for end, name in BUCKET_ENDS:
        if name is bucket:
            return first, end
        first = end + 1
    return first, None


NOT_OF_TREND = ("ageing", "late_rate", "monthly", "top20", "countries", "hhi", "chase")


@dataclass(frozen=True, slots=True)
class Trend:
    """A currency on the last day of a month: DSO in days (AR-01) and CEI in percent (AR-05)."""

    month: date
    currency: str
    dso: Decimal | None
    cei: Decimal | None


def trend(ctx: Context, day: date, months: int) -> list[Trend]:
    """DSO and CEI at the end of each of the last `months` months and on `day`, by currency.

    Each is worked out from the whole book as known on its day: seconds on a large one.
    """
    ctx.require(Permission.READ)
    first = day.replace(day=1)
    ends = [add_months(first, -back) - timedelta(days=1) for back in range(months - 1, -1, -1)]
    found = []
    with book(ctx):
        for end in (*ends, day):
            answers = ask_all(partial(live_engine().ask_kept, ctx), end, but=NOT_OF_TREND)
            for currency, block in all_figures(answers, end).items():
                found.append(Trend(end, currency, block["dso"]["simple"], block["cei"]))
    return found


def replay_book(ctx: Context, until: date) -> list[Replay]:
    """The seller's policy for limits, as it is now, held against its own book up to `until`.

    It takes seconds on a large book: ALREADY_RUNNING while it is worked out for somebody else.
    """
    import duckdb

    ctx.require(Permission.READ)
    policy = in_force(limit_policies(ctx), ctx.today, STARTING).policy
    with alone(ctx, "replay"), duckdb.connect() as duck:
        with TemporaryDirectory(prefix="netterms-") as folder, book(ctx):
            file = Path(folder) / "staged.csv"
            write_ledger(file)
            duck.execute(
                "CREATE TABLE staged AS SELECT * FROM read_csv($file, header = false,"
                " auto_detect = false, delim = ',', quote = '\"', escape = '\"',"
                " columns = $columns)",
                {"file": str(file), "columns": LEDGER_COLUMNS},
            )
        return replay(duck, until, policy.settings)
