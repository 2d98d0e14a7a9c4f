"""An e-invoice from a file: what it breaks by rule and place, what it says, and then the book."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from netterms.connectors import einvoices
from netterms.connectors.einvoices.model import EInvoice
from netterms.connectors.einvoices.paper import told
from netterms.connectors.einvoices.rules import Finding, Part, findings
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import page
from netterms.doors.console.uploads import sent_file, sent_name
from netterms.doors.look.einvoices import RULES
from netterms.doors.look.sentences import sentence
from netterms.kernel.context import Permission
from netterms.kernel.money import Money
from netterms.kernel.refusal import Code, Refusal
from netterms.receivables.einvoices import TakenIn, Told, take_in

LINES_SHOWN, FINDINGS_SHOWN = 50, 100


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with the file: rule, place and words."""

    rule: str
    place: str
    words: str


@dataclass(slots=True)
class Judged:
    """What a file is found to be; `told` and `taken` only where nothing is wrong."""

    name: str
    invoice: EInvoice | None = None
    wrong: list[Wrong] = field(default_factory=list)
    told: Told | None = None
    taken: TakenIn | None = None

    @property
    def total(self) -> Money | None:
        """What the buyer owes by it."""
        return Money(self.told.total_minor, self.told.currency) if self.told else None

    @property
    def paid(self) -> Money | None:
        """What was paid before it was written."""
        return Money(self.told.paid_minor, self.told.currency) if self.told else None


@require_http_methods(["GET", "POST"])
@page
def upload(request: PageRequest) -> HttpResponse:
    """Check a file and show what would be booked; or book it where nothing is wrong with it."""
    request.ctx.require(Permission.BOOK)
    judged = None
    if request.method == "POST":
        to_book = request.POST.get("do") == "book"
        judged = _judged(request, to_book=to_book)
        if to_book and judged.taken is not None:
            said = _("It is in the book.") if judged.taken.new else _("It was in the book already.")
            messages.success(request, said)
            return redirect("invoice", judged.taken.invoice)
    return render(
        request,
        "console/invoice_file.html",
        {
            "judged": judged,
            "wrong": judged.wrong[:FINDINGS_SHOWN] if judged else [],
            "more_wrong": max(0, len(judged.wrong) - FINDINGS_SHOWN) if judged else 0,
            "lines": judged.invoice.lines[:LINES_SHOWN] if judged and judged.invoice else [],
            "most_megabytes": einvoices.MOST_PDF_BYTES // 2**20,
        },
    )


def _judged(request: PageRequest, *, to_book: bool) -> Judged:
    judged = Judged(sent_name(request))
    try:
        with sent_file(request, einvoices.MOST_PDF_BYTES, "invoice") as path:
            judged.invoice = einvoices.parse(path)
        judged.wrong = [_rule_broken(each) for each in findings(judged.invoice)]
        if not judged.wrong:
            says = told(judged.invoice)
            judged.taken = take_in(request.ctx, says, dry_run=not to_book)
            judged.told = says
    except Refusal as refusal:
        if refusal.code is Code.NOT_ALLOWED:
            raise
        judged.wrong = _refused(refusal)
    return judged


def _refused(refusal: Refusal) -> list[Wrong]:
    """What the reader or the book says no to."""
    if refusal.code is Code.EINVOICE_INVALID:
        rules = refusal.facts["rules"]
        assert isinstance(rules, list)
        return [_rule_broken(Finding(str(rule), Part.DOCUMENT)) for rule in rules]
    place = refusal.facts.get("place", "") if refusal.code is Code.EINVOICE_VALUE_UNREADABLE else ""
    return [Wrong("", str(place), sentence(refusal))]


def _rule_broken(found: Finding) -> Wrong:
    return Wrong(found.rule, _place(found), _(RULES[found.rule]))


def _place(found: Finding) -> str:
    if found.part is Part.LINE and found.line:
        said = _("line %(row)s, number %(line)s")
        return said % {"row": found.row, "line": found.line[:40]}
    if found.part is Part.LINE:
        return _("line %(row)s") % {"row": found.row}
    if found.part is Part.TAX:
        return _("VAT breakdown, row %(row)s") % {"row": found.row}
    return _("document")
