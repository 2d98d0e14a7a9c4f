"""Letters to a buyer: written, looked at, sent or taken away; what came back; who they are from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from netterms.buyers import queries as buyers
from netterms.collection.letters import actions, queries
from netterms.collection.letters.queries import BuyerLetters, Letterhead
from netterms.collection.letters.rules import FORMAL, LANGUAGES, Instalment, Template
from netterms.collection.mail import actions as mail
from netterms.collection.mail import queries as incoming
from netterms.connectors.letters import press
from netterms.connectors.mail import open_mailer
from netterms.doors.console import forms
from netterms.doors.console.middleware import PageRequest
from netterms.doors.console.pages import form_on, page
from netterms.doors.console.words import LANGUAGE_NAMES, LETTER_WARNINGS, TEMPLATES
from netterms.kernel.context import Permission
from netterms.kernel.mends import Mend
from netterms.kernel.money import CURRENCIES, Money
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.site.config import config

# A PDF is looked at inside its own page and may do nothing there.
PDF_HEADERS = {"Cache-Control": "private", "X-Content-Type-Options": "nosniff"}
HEAD_FIELDS = (
    "legal_name", "address", "registration", "payee", "contact", "signatory", "signatory_role",
    "contract_language",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
@page
def letters(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """What was written to a buyer and came back, and the form that writes a letter."""
    ctx = request.ctx
    buyer = buyers.buyer(ctx, buyer_id)
    typed: Mapping[str, Any] = {"template": request.GET.get("template", "reminder_1")}
    if request.method == "POST":
        if request.POST.get("do") == "preview":
            made = actions.draft(ctx, _wanted(buyer_id, request.POST))
            return _pdf(press(made.documents), "preview", "inline")
        letter = _write(request, buyer_id)
        messages.success(request, _("The letter is written."))
        return redirect("letter", letter)
    said = queries.buyer_letters(ctx, buyer_id)
    may_read_mail = Permission.READ_PERSONAL in ctx.may
    mails = incoming.mail_of(ctx, buyer_id) if may_read_mail else []
    files = incoming.files_of(ctx, [line.id for line in mails]) if mails else {}
    return render(
        request,
        "console/letters.html",
        {
            "buyer": buyer,
            "letters": queries.letters_of(ctx, buyer_id),
            "mails": [(line, files.get(line.id, [])) for line in mails],
            "typed": typed,
            "templates": list(TEMPLATES.items()),
            "languages": [(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
            "language": LANGUAGE_NAMES[queries.language_for(buyer, said)],
            "said": said,
            "headed": queries.letterhead(ctx) is not None,
            "bounced": incoming.bounced(ctx, [buyer.email]) if buyer.email else {},
            "key": typed.get("key") or forms.new_key(),
            "may_write": Permission.COLLECT in ctx.may,
        },
    )


def _wanted(buyer_id: UUID, form: Mapping[str, Any]) -> actions.Wanted:
    return actions.Wanted(
        buyer_id=buyer_id,
        template=forms.one_of(form, "template", Template),
        language=forms.text(form, "language", 10),
        deadline=forms.day(form, "deadline"),
        note=forms.text(form, "note", actions.LONGEST_NOTE + 1),
        since=forms.day(form, "since"),
        instalments=_instalments(form),
    )


def _instalments(form: Mapping[str, Any]) -> tuple[Instalment, ...]:
    """One a line: day, amount, currency."""
    found = []
    for line in forms.text(form, "instalments", 4000).splitlines():
        words = line.split()
        if not words:
            continue
        day, amount, currency = [*words, "", ""][:3]
        if currency not in CURRENCIES:
            raise invalid("instalments", line, Mend.CURRENCY_CODE)
        due_on = forms.day({"instalments": day}, "instalments")
        minor = forms.minor({"instalments": amount}, "instalments", currency)
        if due_on is None or minor is None:
            raise invalid("instalments", line, Mend.GIVE_IT)
        found.append(Instalment(due_on, Money(minor, currency)))
    return tuple(found)


def _write(request: PageRequest, buyer_id: UUID) -> UUID:
    key = forms.text(request.POST, "key", 100) or forms.new_key()
    return actions.write_letter(request.ctx, _wanted(buyer_id, request.POST), key, press)


@require_GET
@page
def letter(request: PageRequest, letter_id: UUID) -> HttpResponse:
    """One letter as it was written, and what to do with it."""
    ctx = request.ctx
    kept = queries.letter(ctx, letter_id)
    buyer = buyers.buyer(ctx, kept.buyer_id)
    return render(
        request,
        "console/letter.html",
        {
            "buyer": buyer,
            "letter": kept,
            "documents": kept.content,
            "to": kept.sent_to or buyer.email,
            "warnings": [LETTER_WARNINGS["notice_by_post"]] if kept.template in FORMAL else [],
            "may_write": Permission.COLLECT in ctx.may,
            "may_send": kept.state in {"written", "failed", "sending"},
            "may_post": kept.state in {"written", "failed", "sent"},
        },
    )


@require_GET
@page
def pdf(request: PageRequest, letter_id: UUID) -> HttpResponse:
    """The PDF as it was written."""
    kept = queries.letter(request.ctx, letter_id)
    name = f"{kept.template.replace('_', '-')}-{kept.written_on.isoformat()}"
    return _pdf(queries.letter_pdf(request.ctx, letter_id), name)


def _pdf(content: bytes, name: str, how: str = "attachment") -> HttpResponse:
    headers = PDF_HEADERS | {"Content-Disposition": f'{how}; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@form_on("letter", "letter_id")
def send(request: PageRequest, letter_id: UUID) -> HttpResponse:
    """Send a letter by e-mail, or note that it is in the post."""
    ctx = request.ctx
    if request.POST.get("do") == "post":
        actions.mark_posted(ctx, letter_id)
        messages.success(request, _("Noted: the letter is in the post."))
        return redirect("letter", letter_id)
    settings = config()
    with open_mailer(settings) as mailer:
        to = forms.text(request.POST, "to", 254)
        state = actions.send_letter(ctx, letter_id, mailer, settings.mail_from, to)
    kept = queries.letter(ctx, letter_id)
    if state == "sent":
        messages.success(request, _("Sent to %(address)s.") % {"address": kept.sent_to})
    else:
        messages.error(request, _("Not sent: %(reason)s") % {"reason": kept.outcome})
    return redirect("letter", letter_id)


@require_http_methods(["GET", "POST"])
@page
def letterhead(request: PageRequest) -> HttpResponse:
    """Who letters are from."""
    ctx = request.ctx
    head = queries.letterhead(ctx) or Letterhead()
    typed: Mapping[str, Any] = asdict(head)
    if request.method == "POST":
        typed = request.POST
        most = actions.LONGEST_LINES + 1
        told = {name: forms.text(typed, name, most).replace("\r\n", "\n") for name in HEAD_FIELDS}
        actions.set_letterhead(ctx, replace(head, **told))
        messages.success(request, _("The letterhead is kept."))
        return redirect("letterhead")
    return render(
        request,
        "console/letterhead.html",
        {
            "typed": typed,
            "languages": [(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
            "may_change": Permission.MANAGE_POLICY in ctx.may,
        },
    )


@form_on("letters", "buyer_id")
def about(request: PageRequest, buyer_id: UUID) -> HttpResponse:
    """What counts for letters to a buyer; or an address that works again."""
    form = request.POST
    if address := forms.text(form, "clear", 254):
        mail.clear_bounce(request.ctx, address)
    else:
        actions.set_buyer_letters(
            request.ctx,
            buyer_id,
            BuyerLetters(
                language=forms.text(form, "language", 10),
                contract_language=forms.text(form, "contract_language", 10),
                contract_number=forms.text(form, "contract_number", actions.LONGEST + 1),
                is_person=form.get("is_person") == "yes",
            ),
        )
    messages.success(request, _("Kept."))
    return redirect("letters", buyer_id)


@require_http_methods(["GET", "POST"])
@page
def inbox(request: PageRequest) -> HttpResponse:
    """Messages that fit no buyer, for a person to attach or put away."""
    ctx = request.ctx
    if request.method == "POST":
        _decide(request)
        return redirect("mail")
    lines = incoming.waiting_mail(ctx)
    files = incoming.files_of(ctx, [line.id for line in lines]) if lines else {}
    return render(
        request,
        "console/mail.html",
        {
            "mails": [(line, files.get(line.id, [])) for line in lines],
            "may_decide": Permission.COLLECT in ctx.may,
            "fetched": config().imap is not None,
        },
    )


def _decide(request: PageRequest) -> None:
    form = request.POST
    try:
        mail_id = UUID(forms.text(form, "mail", 40))
    except ValueError as error:
        raise Refusal(Code.NOT_FOUND, field="mail", value=form.get("mail", "")) from error
    number = forms.text(form, "buyer_number", 100)
    if number:
        mail.attach_mail(request.ctx, mail_id, buyers.buyer_by_number(request.ctx, number).id)
        messages.success(request, _("The message is with the buyer."))
    else:
        mail.put_mail_away(request.ctx, mail_id)
        messages.success(request, _("The message is put away."))


@require_GET
@page
def mail_file(request: PageRequest, mail_id: UUID, place: int) -> HttpResponse:
    """A file of a message, as what its bytes say it is: saved, never opened in our page."""
    name, kind, content = incoming.file_content(request.ctx, mail_id, place)
    response = HttpResponse(content, content_type=kind, headers=PDF_HEADERS)
    response["Content-Security-Policy"] = "default-src 'none'"
    ascii_name = name.encode("ascii", "replace").decode().replace('"', "_").replace("?", "_")
    response["Content-Disposition"] = f'attachment; filename="{ascii_name}"'
    return response
