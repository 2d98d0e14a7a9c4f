"""The report as a workbook: every list whole, to be filtered and sorted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from netterms.portfolio.figures import amount_writer
from netterms.portfolio.rules import Bucket
from netterms.portfolio.sheet import Column, Kind, Row, Table, write_tables
from netterms.portfolio.texts import ACTIONS, Action

Report = Mapping[str, Any]


def write(
    path: Path,
    report: Report,
    *,
    open_items: Iterable[Sequence[Any]] = (),
    bad: Sequence[Row] = (),
    method: Sequence[Row] = (),
) -> None:
    """Write report.xlsx in the report's language.

    `open_items` are rows of `queries.OPEN_ITEMS`; `bad` are (row, column, value, reason in words);
    `method` are (figure, formula, note, rule).
    """
    with translation.override(report["lang"]):
        tables = _tables(report, open_items, bad, method)
        write_tables(path, tables, {"title": _("Receivables report"), "comments": "netterms"})


def _tables(
    report: Report, open_items: Iterable[Sequence[Any]], bad: Sequence[Row], method: Sequence[Row]
) -> Iterator[Table]:
    items = list(_open_rows(open_items))
    yield _summary(report, len(items))
    yield _ageing(report)
    yield _top(report)
    yield _buyers(report)
    yield _chase(report)
    yield _open(items)
    yield _method(method)
    yield _bad(bad)


def _summary(report: Report, items: int) -> Table:
    source = report["source"]
    about = [
        ("", _("As of"), (Kind.DATE, date.fromisoformat(report["as_of"]))),
        ("", _("File"), (Kind.TEXT, source["file"])),
        ("", _("Rows"), (Kind.WHOLE, source["rows"])),
        ("", _("Bad rows"), (Kind.WHOLE, source["bad_rows"])),
        *(("", _("Note"), (Kind.TEXT, note)) for note in source["notes"]),
    ]
    listed = sum(b["open_count"] + b["credits_count"] for b in report["currencies"].values())
    if items < listed:
        said = _("The sheet of open invoices lists the %(shown)s oldest of %(all)s.")
        about.append(("", _("Note"), (Kind.TEXT, said % {"shown": items, "all": listed})))
    figures = [
        (currency, name, value)
        for currency, block in report["currencies"].items()
        for name, value in _figures(block)
        if value[1] is not None
    ]
    columns = [
        Column.text(_("Currency"), 10),
        Column.text(_("Figure"), 34),
        Column(_("Value"), Kind.ANY, 24),
    ]
    return Table(_("Summary"), columns, [*about, *figures])


def _figures(block: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Kind, Any]]]:
    dso = block["dso"]
    yield _("Open receivables"), (Kind.MONEY, block["open_total"])
    yield _("Open invoices"), (Kind.WHOLE, block["open_count"])
    yield _("Past due"), (Kind.MONEY, block["overdue_total"])
    yield _("Invoices past due"), (Kind.WHOLE, block["overdue_count"])
    yield _("Open credit notes"), (Kind.MONEY, block["credits_total"])
    yield _("Late rate"), (Kind.SHARE, block["late_rate"])
    yield _("Late rate by amount"), (Kind.SHARE, block["late_rate_by_amount"])
    yield _("Days late on average, of late invoices"), (Kind.FIGURE, block["average_days_late"])
    yield _("DSO, simple"), (Kind.FIGURE, dso["simple"])
    yield _("DSO, count-back"), (Kind.FIGURE, dso["countback"])
    yield _("Best possible DSO"), (Kind.FIGURE, dso["best"])
    yield _("Average days delinquent"), (Kind.FIGURE, dso["add"])
    yield _("Days of the sales window"), (Kind.WHOLE, dso["days"])
    yield _("Credit sales of the window"), (Kind.MONEY, dso["sales"])
    yield _("Collection effectiveness"), (Kind.FIGURE, block["cei"])
    yield _("Turnover a year"), (Kind.FIGURE, block["turnover"])
    yield _("HHI by buyer"), (Kind.FIGURE, block["hhi"])
    yield _("Top 20 share"), (Kind.SHARE, block["top20_share"])
    yield _("Buyers"), (Kind.WHOLE, len(block["buyers"]))
    yield _("Buyers to chase today"), (Kind.WHOLE, len(block["chase_today"]))


def _ageing(report: Report) -> Table:
    names = {bucket.value: bucket.value for bucket in Bucket}
    names |= {Bucket.CURRENT.value: _("Not yet due"), Bucket.OVER_120.value: _("Over 120")}
    rows: list[Row] = []
    for currency, block in report["currencies"].items():
        counts = block["ageing_counts"]
        rows += [
            (currency, names[key], amount, counts[key]) for key, amount in block["ageing"].items()
        ]
        rows.append(
            (currency, _("Open credit notes"), block["credits_total"], block["credits_count"])
        )
    columns = [
        Column.text(_("Currency"), 10),
        Column.text(_("Days past due"), 20),
        Column.money(_("Amount")),
    ]
    return Table(_("Ageing"), [*columns, Column.whole(_("Invoices"))], rows)


def _top(report: Report) -> Table:
    keys = (
        "rank", "buyer", "name", "grade", "open", "share", "cumulative_share", "overdue",
        "oldest_days_past_due",
    )  # fmt: skip
    columns = [
        Column.text(_("Currency"), 10),
        Column.whole(_("Rank")),
        Column.text(_("Buyer number")),
        Column.text(_("Buyer"), 36),
        Column.whole(_("Grade")),
        Column.money(_("Open amount")),
        Column.share(_("Share")),
        Column.share(_("Cumulative")),
        Column.money(_("Overdue")),
        Column.whole(_("Oldest, days")),
    ]
    return Table(_("Top 20"), columns, _listed(report, "top20", keys))


def _listed(report: Report, name: str, keys: Sequence[str]) -> list[Row]:
    return [
        (currency, *(line[key] for key in keys))
        for currency, block in report["currencies"].items()
        for line in block[name]
    ]


def _buyers(report: Report) -> Table:
    columns = [
        Column.text(_("Currency"), 10),
        Column.text(_("Buyer number")),
        Column.text(_("Buyer"), 36),
        Column.text(_("Country"), 9),
        Column.whole(_("Grade")),
        Column.share(_("Probability of default")),
        Column.whole(_("Score")),
        Column(_("Payment index"), Kind.FIGURE, 12),
        Column.share(_("Confidence")),
        Column.money(_("Open amount")),
        Column.money(_("Overdue")),
        Column.whole(_("Oldest, days")),
        Column.whole(_("Stage")),
        Column.money(_("Recommended limit")),
        Column.text(_("Why this grade"), 80),
        Column.text(_("Why this limit"), 60),
    ]
    # Chinese sentences follow each other without a space.
    gap = "" if report["lang"].startswith("zh") else " "
    rows = [
        (
            currency, b["buyer"], b["name"], b["country"], b["grade"], b["pd"], b["score"],
            b["payment_index"], b["confidence"], b["open"], b["overdue"],
            b["oldest_days_past_due"], b["stage"], b["recommended_limit"],
            gap.join([reason["text"] for reason in b["reasons"]]),
            gap.join([reason["text"] for reason in b["limit_reasons"]]),
        )
        for currency, block in report["currencies"].items()
        for b in block["buyers"]
    ]  # fmt: skip
    return Table(_("Buyers"), columns, rows)


def _chase(report: Report) -> Table:
    columns = [
        Column.text(_("Currency"), 10),
        Column.text(_("Buyer number")),
        Column.text(_("Buyer"), 36),
        Column.whole(_("Stage")),
        Column.text(_("Action"), 28),
        Column.money(_("Overdue")),
        Column.whole(_("Oldest, days")),
        Column.whole(_("Invoices")),
        Column.text(_("Why"), 60),
    ]
    said = {action.value: _(words) for action, words in ACTIONS.items()}
    rows = [
        (
            currency, c["buyer"], c["name"], c["stage"], said[Action(c["action"])], c["overdue"],
            c["oldest_days_past_due"], c["invoices"], c["why"],
        )
        for currency, block in report["currencies"].items()
        for c in block["chase_today"]
    ]  # fmt: skip
    return Table(_("Chase today"), columns, rows)


def _open_rows(items: Iterable[Sequence[Any]]) -> Iterator[Row]:
    writers: dict[str, Any] = {}
    for currency, buyer, name, number, issued_on, due_on, amount, still_open, days in items:
        write = writers.get(currency) or writers.setdefault(currency, amount_writer(currency))
        amounts = write(amount), write(still_open)
        yield currency, buyer, name, number, issued_on, due_on, *amounts, days


def _open(rows: Sequence[Row]) -> Table:
    columns = [
        Column.text(_("Currency"), 10),
        Column.text(_("Buyer number")),
        Column.text(_("Buyer"), 36),
        Column.text(_("Invoice number"), 20),
        Column.day(_("Invoice date")),
        Column.day(_("Due date")),
        Column.money(_("Amount")),
        Column.money(_("Open amount")),
        Column.whole(_("Days past due")),
    ]
    return Table(_("Open invoices"), columns, rows)


def _method(rows: Sequence[Row]) -> Table:
    columns = [
        Column.text(_("Figure"), 36),
        Column.text(_("Formula"), 90),
        Column.text(_("Note"), 80),
        Column.text(_("Rule"), 16),
    ]
    return Table(_("Method"), columns, rows)


def _bad(rows: Sequence[Row]) -> Table:
    columns = [
        Column.whole(pgettext("of a sheet", "Row")),
        Column.text(_("Column"), 24),
        Column.text(_("Value"), 30),
        Column.text(_("Reason"), 80),
    ]
    return Table(_("Bad rows"), columns, rows)
