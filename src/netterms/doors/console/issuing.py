"""The form that writes an invoice, a debit note or a credit note line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from netterms.buyers import queries as buyers
from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import again, id_in, page
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES
from netterms.kernel.refusal import invalid
from netterms.receivables import papers, reading
from netterms.receivables.invoicing import issue
from netterms.receivables.keyed import keyed
from netterms.receivables.papers import LineIn, PaperIn, PaperKind, TaxCategory, Totals
from netterms.terms.queries import terms_policy

Typed = dict[str, str]

# Django takes a thousand fields of one form; papers with more lines come by file or API.
ROWS_AT_FIRST, MOST_ROWS = 3, 100
HEAD = (
    "kind", "buyer", "invoice_number", "currency", "issued_on", "due_on", "note_of", "reason",
    "reference",
)  # fmt: skip
COLUMNS = (
    "description", "quantity", "unit", "unit_price", "allowance", "tax_category", "tax_rate",
)  # fmt: skip
# A row that has none of these was never filled in.
WORDS = ("description", "quantity", "unit", "unit_price", "allowance")


@dataclass(slots=True)
class Row:
    """One line as it was typed, its place in the form, and its net in minor units."""

    typed: Typed
    place: int = 0
    net_minor: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nobody began it."""
        return not any(self.typed[name].strip() for name in WORDS)


@dataclass(slots=True)
class Sheet:
    """The form: what was typed, what is wrong with it, and what it comes to."""

    typed: Typed
    rows: list[Row]
    ask: forms.Asking = field(default_factory=forms.Asking)
    totals: Totals | None = None
    buyer_name: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong with it, as far as anyone looked."""
        return not self.ask.refused


@require_http_methods(["GET", "POST"])
@page
def new(request: PageRequest) -> HttpResponse:
    """Write an invoice or note: rows are added and totals worked out by sending the form."""
    request.ctx.require(Permission.BOOK)
    if request.method == "GET":
        return _shown(request, _opened(request), forms.new_key())
    sheet, do = _sent(request.POST), request.POST.get("do")
    if do == "add":
        _add_row(sheet)
    lines = _lines(sheet)
    if do == "issue":
        made = _issued(request, sheet, lines)
        if made is not None:
            messages.success(request, _("It is written and booked."))
            return redirect("invoice", made)
    else:
        # Who it is for is shown as soon as it is known, and not asked for before the last button.
        forms.Asking()(lambda: _buyer(request, sheet))
        sheet.totals = _totals(sheet, lines)
    shown = _shown(request, sheet, forms.text(request.POST, "key", 100) or forms.new_key())
    return again(request, shown, sheet.ask)


def _shown(request: PageRequest, sheet: Sheet, key: str) -> HttpResponse:
    currency = sheet.typed["currency"]
    return render(
        request,
        "console/invoice_new.html",
        {
            "sheet": sheet,
            "typed": sheet.typed,
            "groups": _groups(sheet.totals) if sheet.totals else [],
            # Amounts of a currency nobody knows have no minor unit.
            "currency": currency if currency in CURRENCIES else request.membership.currency,
            "kinds": list(PaperKind),
            "categories": list(TaxCategory),
            "currencies": sorted(CURRENCIES),
            "full": len(sheet.rows) >= MOST_ROWS,
            "key": key,
        },
    )


def _opened(request: PageRequest) -> Sheet:
    """An empty form, for the buyer or the invoice that the address names."""
    ctx = request.ctx
    due = ctx.today + timedelta(days=terms_policy(ctx).standard_days)
    typed = dict.fromkeys(HEAD, "") | {
        "kind": PaperKind.INVOICE.value,
        "currency": request.membership.currency,
        "issued_on": ctx.today.isoformat(),
        "due_on": due.isoformat(),
    }
    of, buyer = id_in(request.GET.get("of", "")), id_in(request.GET.get("buyer", ""))
    if of is not None:
        paper = reading.paper(ctx, of)
        buyer = paper.buyer_id
        typed |= {
            "kind": PaperKind.CREDIT_NOTE.value,
            "note_of": paper.invoice_number,
            "currency": paper.currency,
        }
    sheet = Sheet(typed, [_row() for _each in range(ROWS_AT_FIRST)])
    if buyer is not None:
        who = buyers.named(ctx, [buyer]).get(buyer)
        if who is not None:
            typed["buyer"], sheet.buyer_name = who.buyer_number, who.name
    return sheet


def _row(**typed: str) -> Row:
    return Row(dict.fromkeys(COLUMNS, "") | {"tax_category": TaxCategory.STANDARD.value} | typed)


def _sent(form: QueryDict) -> Sheet:
    """What the browser sent, row by row; the rows end where the first column does."""
    columns = {name: form.getlist(name)[:MOST_ROWS] for name in COLUMNS}
    rows = [
        Row({name: (values[at : at + 1] or [""])[0] for name, values in columns.items()}, at)
        for at in range(len(columns["description"]))
    ]
    sheet = Sheet({name: forms.text(form, name, 501) for name in HEAD}, rows or [_row()])
    sent = len(form.getlist("description"))
    if sent > MOST_ROWS:
        # None is left out unsaid.
        sheet.ask.refused.append((invalid("lines", sent, Mend.ITEMS, least=1, most=MOST_ROWS), 0))
    return sheet


def _add_row(sheet: Sheet) -> None:
    """One more row, taxed as the last one: most lines of a paper are."""
    if len(sheet.rows) < MOST_ROWS:
        last = sheet.rows[-1].typed
        kept = {name: last[name] for name in ("tax_category", "tax_rate")}
        sheet.rows.append(_row(**kept))


def _lines(sheet: Sheet) -> list[LineIn]:
    """The lines of the rows that somebody began, as far as they can be read."""
    sheet.typed["currency"] = sheet.typed["currency"].upper()
    read = [_line(sheet, row) for row in sheet.rows if not row.is_empty]
    return [line for line in read if line is not None]


def _line(sheet: Sheet, row: Row) -> LineIn | None:
    currency = sheet.typed["currency"]
    known = currency if currency in CURRENCIES else "EUR"
    ask, typed, place = sheet.ask, row.typed, row.place
    before = len(ask.refused)
    quantity = ask(lambda: _given(typed, "quantity"), place)
    price = ask(lambda: _given(typed, "unit_price"), place)
    allowance = ask(lambda: forms.minor(typed, "allowance", known), place)
    rate = ask(lambda: forms.percent(typed, "tax_rate"), place)
    if quantity is None or price is None or len(ask.refused) > before:
        return None
    line = LineIn(
        forms.text(typed, "description", papers.LONGEST_DESCRIPTION + 1),
        quantity,
        price,
        rate or Decimal(0),
        forms.text(typed, "tax_category", 10),
        forms.text(typed, "unit", 20),
        allowance or 0,
    )
    row.net_minor = ask(lambda: papers.line_net(line, known), place)
    return line if row.net_minor is not None else None


def _given(typed: Typed, name: str) -> Decimal:
    return forms.needed(name, forms.figure(typed, name))


def _totals(sheet: Sheet, lines: list[LineIn]) -> Totals | None:
    """What the sound lines come to; nothing where one of them is not."""
    if not lines or sheet.typed["currency"] not in CURRENCIES or not sheet.is_sound:
        return None
    nobody, any_day = UUID(int=0), papers.FIRST_DAY
    paper = PaperIn(nobody, "", sheet.typed["currency"], any_day, any_day, tuple(lines))
    return sheet.ask(lambda: papers.totals(paper))


def _issued(request: PageRequest, sheet: Sheet, lines: list[LineIn]) -> UUID | None:
    """The paper that was written; None where something is wrong, which the form then says."""
    ctx, form = request.ctx, sheet.typed
    ask = sheet.ask
    buyer = ask(lambda: _buyer(request, sheet))
    issued_on = ask(lambda: _day(form, "issued_on"))
    is_credit = form["kind"] == PaperKind.CREDIT_NOTE
    # Nothing falls due with a credit note.
    due_on = issued_on if is_credit else ask(lambda: _day(form, "due_on"))
    note_of = None
    if buyer is not None and form["note_of"]:
        note_of = ask(lambda: reading.invoice_of(ctx, buyer, form["note_of"]))
    paper = None
    if buyer is not None and issued_on is not None and due_on is not None:
        paper = PaperIn(
            buyer,
            form["invoice_number"],
            form["currency"],
            issued_on,
            due_on,
            tuple(lines),
            form["kind"],
            note_of,
            form["reason"],
            form["reference"],
        )
        # Asked before the book is, so that the form says all of it at once.
        ask(lambda: papers.check(paper, ctx.today))
    sheet.totals = _totals(sheet, lines)
    if paper is None or not sheet.is_sound:
        return None
    key = forms.text(request.POST, "key", 100) or forms.new_key()
    made = ask(lambda: keyed(ctx, key, paper, lambda: issue(ctx, paper)))
    return made[0] if made else None


def _buyer(request: PageRequest, sheet: Sheet) -> UUID:
    if not sheet.typed["buyer"]:
        raise invalid("buyer", "", Mend.GIVE_IT)
    found = buyers.buyer_by_number(request.ctx, sheet.typed["buyer"])
    sheet.buyer_name = found.name
    return found.id


def _day(form: Mapping[str, str], name: str) -> date:
    return forms.needed(name, forms.day(form, name))


def _groups(totals: Totals) -> list[dict[str, Any]]:
    """Net and tax by category and rate, as the tax is worked out (BR-CO-17)."""
    found: dict[tuple[str, Decimal], list[int]] = {}
    for line in totals.lines:
        sums = found.setdefault((line.told.tax_category, line.told.tax_rate), [0, 0])
        sums[0] += line.net_minor
        sums[1] += line.tax_minor
    return [
        {"category": category, "rate": rate, "net": net, "tax": tax}
        for (category, rate), (net, tax) in sorted(found.items())
    ]
