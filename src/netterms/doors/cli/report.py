"""`netterms report`: any invoice list in, report.html, report.xlsx and report.json out.

It needs no database and no home folder: Django is there for its templates and translations only.
"""

from __future__ import annotations

import gc
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

import typer
from django.conf import settings
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from pydantic_core import to_json
from rich.console import Console
from rich.table import Table
from rich.text import Text

from netterms.doors.cli.helping import terminal_language
from netterms.kernel.clock import SystemClock
from netterms.kernel.refusal import Refusal

if TYPE_CHECKING:
    from netterms.portfolio.report import Result
    from netterms.receivables.intake import Staged

REFUSED = 2
LATER = (
    "netterms.portfolio.report",
    "netterms.portfolio.workbook",
    "netterms.doors.look.report_page",
    "netterms.doors.look.formats",
)
# Notes that change what a person reads in the result, as codes of the intake.
LOUD = ("sheets_unread", "date_order_assumed")
BAD_SHOWN = 50
UNBROKEN = 10_000
BAD_KEPT = 100_000
STALE_AFTER = timedelta(days=120)
# From here on the workbook is written beside the page: below it a second process costs more.
BESIDE_FROM_BUYERS = 5_000
LISTS: Mapping[str, Callable[[], str]] = {
    "headings": lambda: _("Headings of the file"),
    "closest": lambda: _("Closest"),
    "sheets": lambda: _("Sheets of the workbook"),
}
LANGUAGES = {"en": "en", "zh": "zh-hans", "zh-hans": "zh-hans", "zh-cn": "zh-hans"}


class DateOrder(StrEnum):
    """What comes first in a date that does not show it."""

    DAY = "day-first"
    MONTH = "month-first"

    @property
    def code(self) -> Literal["dmy", "mdy"]:
        """How the reader of lists calls it."""
        return "dmy" if self is DateOrder.DAY else "mdy"


# What commands that read an invoice list ask in the same words.
Language = Annotated[
    str | None, typer.Option(help="en or zh; default: the language of your terminal.")
]
Headings = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=HEADING", help="Name a column; may be repeated."),
]
Currency = Annotated[str | None, typer.Option(help="Currency of rows that name none, e.g. EUR.")]
Sheet = Annotated[str | None, typer.Option(help="Sheet of a workbook.")]
Dates = Annotated[
    DateOrder | None, typer.Option(help="What comes first in dates such as 03/04/2026.")
]
SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="Leave out rows that cannot be understood.")
]


def report(
    file: Annotated[Path, typer.Argument(help="Invoice list: .csv, .xlsx, .xls, .xlsb or .ods.")],
    out: Annotated[Path, typer.Option(help="Folder the three files go to.")] = Path(),
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Date the book is looked at; default: today."),
    ] = None,
    lang: Language = None,
    mapping: Headings = None,
    currency: Currency = None,
    sheet: Sheet = None,
    dates: Dates = None,
    skip_bad: SkipBad = False,
) -> None:
    """Turn an invoice list into a receivables report: report.html, report.xlsx, report.json."""
    # A short life and millions of small values, none in a circle: collecting would only cost.
    gc.disable()
    start_without_home()
    screen = Screen()
    with translation.override(_language(lang)):
        try:
            later = Thread(target=_load_later_modules)
            later.start()
            staged = _read(screen, file, mapped(mapping or ()), currency, sheet, dates)
            later.join()
            _tell_recognised(screen, staged)
            _tell_bad(screen, staged)
            if staged.bad_rows and not skip_bad:
                _refuse_bad(screen)
            day = as_of.date() if as_of else SystemClock().now().astimezone().date()
            _hint_stale(screen, staged, day)
            _write_report(screen, staged, file.name, day, out)
        except Refusal as refusal:
            _tell_refusal(screen, refusal)
            raise typer.Exit(REFUSED) from None


class Screen:
    """The terminal: results go to standard output, the way there to standard error.

    What comes from a file is never read as markup and cannot send control codes.
    """

    def __init__(self) -> None:
        self.out, self.err = _console(stderr=False), _console(stderr=True)

    def step(self, words: str) -> None:
        """Say what is being done."""
        self.err.print(Text(f"… {clean(words)}", style="dim"))

    def say(self, words: str, style: str = "") -> None:
        """A sentence of the result."""
        self.out.print(Text(clean(words), style=style))

    def warn(self, words: str, style: str = "yellow") -> None:
        """A sentence a person should not miss."""
        self.err.print(Text(clean(words), style=style))

    def table(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table of the result."""
        table = Table(title=Text(title, style="bold"), title_justify="left")
        for place, heading in enumerate(headings):
            # An id is there to be copied: the other columns give way to it.
            whole = any(isinstance(row[place], UUID) for row in rows)
            table.add_column(Text(heading), overflow="fold", no_wrap=whole)
        for row in rows:
            table.add_row(*(Text(clean(str(cell))) for cell in row))
        self.out.print(table)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, markup=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        # A program or a log that reads along finds a sentence, or a row, in one line.
        console.width = UNBROKEN
    return console


def clean(words: str) -> str:
    """`words` without control characters and changes of writing direction."""
    return "".join(c if c.isprintable() else "\ufffd" for c in words)


def start_without_home() -> None:
    """Load Django for its templates and translations alone."""
    if settings.configured:
        return
    # The full settings would make a home folder for a key that signs nothing here.
    from django.apps import apps

    import netterms

    settings.configure(
        SECRET_KEY=os.environ.get("NETTERMS_SECRET_KEY") or secrets.token_urlsafe(48),
        INSTALLED_APPS=["netterms.doors.look"],
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
        LANGUAGE_CODE="en",
        LANGUAGES=[("en", "English"), ("zh-hans", "Simplified Chinese")],
        LOCALE_PATHS=[Path(netterms.__file__).parent / "locale"],
        USE_I18N=True,
        USE_TZ=True,
    )
    # What `django.setup` does besides, logging and addresses, loads modules no report needs.
    apps.populate(settings.INSTALLED_APPS)


def _load_later_modules() -> None:
    """Load what is needed only after the file is read: reading it leaves a core free."""
    for name in LATER:
        import_module(name)
    get_template("look/report.html")


def _language(wanted: str | None) -> str:
    if wanted is None:
        return terminal_language()
    key = wanted.lower().replace("_", "-")
    if key not in LANGUAGES:
        raise typer.BadParameter("en, zh", param_hint="--lang")
    return LANGUAGES[key]


def mapped(mapping: Sequence[str]) -> dict[str, str]:
    """Headings by field, of what was given as `--map FIELD=HEADING`."""
    pairs = {}
    for given in mapping:
        field, sign, heading = given.partition("=")
        if not sign or not field.strip() or not heading.strip():
            raise typer.BadParameter("FIELD=HEADING", param_hint="--map")
        pairs[field.strip()] = heading.strip()
    return pairs


def _read(
    screen: Screen, file: Path, pairs: Mapping[str, str], currency: str | None, sheet: str | None,
    dates: DateOrder | None,
) -> Staged:  # fmt: skip
    from netterms.receivables.intake import read

    return read(
        file, mapping=pairs, currency=currency, sheet=sheet, progress=screen.step,
        date_order=dates.code if dates else None,
    )  # fmt: skip


def _tell_recognised(screen: Screen, staged: Staged) -> None:

    from netterms.doors.look.method import FIELDS

    ways = {
        "heading": _("by its heading"),
        "content": _("by its content"),
        "given": _("as you said"),
    }
    screen.table(
        _("Columns as they were read"),
        (_("Field"), _("Heading"), _("How")),
        [
            (FIELDS.get(name, name), column.heading, ways.get(column.how, column.how))
            for name, column in staged.guess.columns.items()
        ],
    )
    screen.say(
        ngettext("%(count)s invoice was read.", "%(count)s invoices were read.", staged.rows)
        % {"count": f"{staged.rows:,}"}
    )
    for note in staged.guess.notes:
        tell = screen.warn if note.code in LOUD else screen.say
        tell(f"• {note}")


def _tell_bad(screen: Screen, staged: Staged) -> None:

    if not staged.bad_rows:
        return
    shown = staged.bad(BAD_SHOWN)
    screen.table(
        ngettext(
            "%(count)s row cannot be understood",
            "%(count)s rows cannot be understood",
            staged.bad_rows,
        )
        % {"count": f"{staged.bad_rows:,}"},
        (pgettext("of a sheet", "Row"), _("Column"), _("Value"), _("Reason")),
        [(cell.row, cell.column, cell.value, cell.mend) for cell in shown],
    )
    if staged.bad_rows > len({cell.row for cell in shown}):
        screen.say(_("These are the first of them."))


def _refuse_bad(screen: Screen) -> None:

    screen.warn(
        _(
            "Nothing was written. Mend the rows above, or add --skip-bad to leave them out of the "
            "report."
        ),
        "bold red",
    )
    raise typer.Exit(REFUSED)


def _tell_refusal(screen: Screen, refusal: Refusal) -> None:
    from netterms.doors.look.sentences import sentence

    screen.warn(sentence(refusal), "bold red")
    for name in ("headings", "closest", "sheets"):
        if refusal.facts.get(name):
            listed = ", ".join(map(str, refusal.facts[name]))  # type: ignore[call-overload]
            screen.warn(f"{LISTS[name]()}: {listed}", "")
    screen.warn(_("Nothing was written."), "")


def _hint_stale(screen: Screen, staged: Staged, as_of: date) -> None:

    rows = staged.connection.execute("SELECT MAX(issued_on) FROM staged").fetchall()
    newest = rows[0][0]
    if newest is not None and as_of - newest > STALE_AFTER:
        screen.warn(
            _(
                "The newest invoice is of %(day)s. To see the book as it stood then, add "
                "--as-of %(day)s."
            )
            % {"day": newest.isoformat()}
        )


def _write_report(screen: Screen, staged: Staged, name: str, as_of: date, out: Path) -> None:

    from netterms.portfolio.report import build_with_book

    screen.step(_("Ageing, scoring and limits"))
    result = build_with_book(staged, as_of, get_language() or "en", file=name)
    screen.step(_("Writing the report"))
    try:
        out.mkdir(parents=True, exist_ok=True)
        with replacing(out, ("report.html", "report.xlsx", "report.json")) as paths:
            _write_files(result, staged, paths)
    except OSError as error:
        screen.warn(
            _("The report cannot be written to %(folder)s: %(why)s")
            % {"folder": out, "why": error.strerror or error},
            "bold red",
        )
        raise typer.Exit(REFUSED) from None
    _tell_totals(screen, result.report)
    for path in paths:
        screen.say(str(out / path))


def _tell_totals(screen: Screen, report: Mapping[str, Any]) -> None:

    from netterms.doors.look import formats, report_page

    screen.table(
        _("The book on %(day)s") % {"day": formats.day(report["as_of"])},
        (
            "",
            _("Open receivables"),
            _("Past due"),
            _("DSO"),
            _("Late rate"),
            _("Needs action today"),
        ),
        [
            (
                currency,
                formats.bare_amount(block["open_total"], currency),
                formats.bare_amount(block["overdue_total"], currency),
                formats.number(block["dso"]["simple"], 1),
                formats.percent(block["late_rate"]),
                formats.number(len(block["chase_today"])),
            )
            for currency, block in report["currencies"].items()
        ],
    )
    if any(map(report_page.lacks_past, report["currencies"].values())):
        screen.warn(report_page.no_past())


@contextmanager
def replacing(folder: Path, names: Sequence[str]) -> Iterator[dict[str, Path]]:
    """Temporary paths by name, renamed to their names together when all went well."""
    token = secrets.token_hex(4)
    paths = {name: folder / f".{token}-{name}" for name in names}
    try:
        yield paths
        for name, path in paths.items():
            path.replace(folder / name)
    finally:
        for path in paths.values():
            path.unlink(missing_ok=True)


def _write_files(result: Result, staged: Staged, paths: Mapping[str, Path]) -> None:
    from netterms.doors.look import report_page

    report = result.report
    finish = _workbook(result, staged, paths["report.xlsx"])
    paths["report.json"].write_bytes(to_json(report))
    page = report_page.render(_for_page(report))
    paths["report.html"].write_bytes(page.encode("utf-8", "replace"))
    finish()


def _for_page(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report with the next action in words instead of its code."""
    from netterms.portfolio.texts import ACTIONS, Action

    said = {action.value: _(words) for action, words in ACTIONS.items()}
    currencies = {
        currency: {
            **block,
            "chase_today": [
                {**row, "action": said[Action(row["action"])]} for row in block["chase_today"]
            ],
        }
        for currency, block in report["currencies"].items()
    }
    return {**report, "currencies": currencies}


def _workbook(result: Result, staged: Staged, path: Path) -> Callable[[], None]:
    """Start writing the workbook; the answer waits for it."""
    from netterms.doors.look.method import METHOD
    from netterms.portfolio import workbook

    bad = [(cell.row, cell.column, cell.value, cell.mend) for cell in staged.bad(BAD_KEPT)]

    def write() -> None:
        method = [tuple(map(str, (f.name, f.formula, f.note, f.rule))) for f in METHOD]
        workbook.write(path, result.report, open_items=result.open_items, bad=bad, method=method)

    buyers = sum(len(block["buyers"]) for block in result.report["currencies"].values())
    if buyers < BESIDE_FROM_BUYERS or not hasattr(os, "fork"):
        return write
    return beside(write)


def beside(write: Callable[[], None]) -> Callable[[], None]:
    """Run `write` in a child process; the answer waits, and runs it here if the child failed."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        try:
            write()
        except BaseException:  # noqa: BLE001 - the parent runs it again and shows what is wrong
            os._exit(1)
        os._exit(0)

    def finish() -> None:
        _pid, status = os.waitpid(child, 0)
        if status:
            write()

    return finish
