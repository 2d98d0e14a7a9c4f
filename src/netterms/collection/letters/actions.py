"""Writing a letter, sending it, and saying who letters are from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from netterms.buyers.queries import Buyer
from netterms.buyers.queries import buyer as buyer_of
from netterms.collection.events import ReminderFailed, ReminderSent
from netterms.collection.letters import events, queries
from netterms.collection.letters.compose import Document, as_text, compose, document_of, plain
from netterms.collection.letters.moves import LETTER_MOVES, LetterMove, LetterState
from netterms.collection.letters.queries import BuyerLetters, Letterhead
from netterms.collection.letters.rules import (
    FORMAL,
    LANGUAGES,
    WITH_DEADLINE,
    Instalment,
    LetterFacts,
    Party,
    Template,
    deadline,
    languages_of,
    missing,
    reminder_number,
    sums,
)
from netterms.collection.letters.rules import language_of as _language_of
from netterms.collection.mail.queries import bounced
from netterms.collection.ports import Attachment, Letter, Mailer, MailError
from netterms.kernel.context import Context, Permission
from netterms.kernel.ids import new_id
from netterms.kernel.mends import Mend
from netterms.kernel.moves import after
from netterms.kernel.refusal import Code, Refusal, invalid
from netterms.store import sql
from netterms.store.outbox import record
from netterms.store.tenancy import book

# Sets documents as one PDF: `connectors.letters.press`.
Press = Callable[[Sequence[Document]], bytes]

LONGEST = 200
LONGEST_LINES = 1000
LONGEST_NOTE = 4000
MOST_INSTALMENTS = 60
STATEMENT_DAYS = 365
# Keys of the ladder's own reminders begin so.
OF_ACTION = "action/"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A letter to be written. '' and None leave it to the buyer's record and to COL-04."""

    buyer_id: UUID
    template: Template
    language: str = ""
    deadline: date | None = None
    note: str = ""
    since: date | None = None
    instalments: tuple[Instalment, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter before it is kept: facts, documents, and what a notice asks for by currency."""

    facts: LetterFacts
    documents: tuple[Document, ...]
    asked: dict[str, int]


def draft(ctx: Context, wanted: Wanted) -> Draft:
    """The letter as it would be written now; LETTER_INCOMPLETE names all that is missing."""
    ctx.require(Permission.COLLECT)
    return _draft(ctx, wanted)


def _draft(ctx: Context, wanted: Wanted) -> Draft:
    _check(wanted)
    with book(ctx):
        facts, languages = _facts(ctx, wanted)
    lacks = missing(facts)
    if lacks:
        raise Refusal(Code.LETTER_INCOMPLETE, missing=[what.value for what in lacks])
    documents = tuple(compose(facts, language) for language in languages)
    formal = facts.template in FORMAL
    asked = {
        one.open.currency: (one.total if formal else one.open).minor for one in sums(facts.items)
    }
    return Draft(facts, documents, asked)


def write_letter(ctx: Context, wanted: Wanted, key: str, press: Press) -> UUID:
    """Write a letter and keep it with its PDF; the same key gives the same letter.

    LETTER_INCOMPLETE, VALUE_INVALID, FONT_MISSING, NOT_FOUND; KEY_REUSED for another letter.
    """
    ctx.require(Permission.COLLECT)
    if not 1 <= len(key) <= 255:
        raise invalid("key", key, Mend.CHARACTERS, least=1, most=255)
    return _write(ctx, wanted, key, press)


def _write(ctx: Context, wanted: Wanted, key: str, press: Press) -> UUID:
    with book(ctx):
        sql.value("select pg_advisory_xact_lock(hashtextextended(%(k)s, 0))",
                  {"k": f"letter/{ctx.seller}/{key}"})  # fmt: skip
        before = sql.row(
            "select id, buyer_id, template from letter"
            " where seller_id = %(seller)s and key = %(key)s",
            {"seller": ctx.seller, "key": key},
        )
        if before is not None:
            if (before["buyer_id"], before["template"]) != (wanted.buyer_id, wanted.template):
                raise Refusal(Code.KEY_REUSED, field="idempotency_key", key=key)
            return UUID(str(before["id"]))
        made = _draft(ctx, wanted)
        return _keep(ctx, wanted, key, made, press(made.documents))


def write_reminder(
    ctx: Context, buyer_id: UUID, action_id: UUID, sender: str, to: str, press: Press
) -> Letter | None:
    """The e-mail of a reminder of the ladder as a letter with its PDF, kept once an action.

    None while nobody has said who letters are from, or where there is nothing to put in one: then
    the reminder goes as a short text. MailError for an address that mail came back from.
    """
    ctx.require(Permission.RUN_DAY)
    with book(ctx):
        if queries.letterhead(ctx) is None:
            return None
        if bounced(ctx, [to]):
            raise MailError("bounced", f"mail to {to!r} came back", temporary=False)
        template = reminder_number(queries.reminders_before(ctx, action_id))
        try:
            letter = _write(ctx, Wanted(buyer_id, template), f"{OF_ACTION}{action_id}", press)
        except Refusal as refusal:
            if refusal.code in {Code.LETTER_INCOMPLETE, Code.FONT_MISSING}:
                return None
            raise
        found = _locked(ctx, letter)
        pdf = queries.letter_pdf(ctx, letter)
    # Under the action's id, as the short text would be: a letter in doubt goes out as the same one.
    return _message(found, action_id, to, sender, pdf)


def note_reminder_sent(ctx: Context, told: ReminderSent) -> None:
    """The ladder's reminder left: its letter is noted as sent."""
    _note_reminder(ctx, told.action, LetterState.SENT, told.to, "")


def note_reminder_failed(ctx: Context, told: ReminderFailed) -> None:
    """The ladder's reminder did not leave: its letter is noted as failed."""
    _note_reminder(ctx, told.action, LetterState.FAILED, "", told.reason)


def _note_reminder(ctx: Context, action: UUID, state: LetterState, to: str, outcome: str) -> None:
    sql.execute(
        "update letter set state = %(state)s, sent_to = %(to)s, outcome = %(outcome)s,"
        " sent_at = case when %(state)s = 'sent' then %(now)s end, attempts = attempts + 1"
        " where seller_id = %(seller)s and key = %(key)s",
        {
            "state": state.value,
            "to": to,
            "outcome": outcome,
            "now": ctx.now,
            "seller": ctx.seller,
            "key": f"{OF_ACTION}{action}",
        },
    )


def _keep(ctx: Context, wanted: Wanted, key: str, made: Draft, pdf: bytes) -> UUID:
    letter, first, digest = new_id(ctx.now), made.documents[0], sha256(pdf).hexdigest()
    sql.execute(
        """
        insert into letter (seller_id, id, buyer_id, case_id, key, template, language,
                            also_language, written_on, deadline, title, content, asked, pdf,
                            sha256, written_by, written_at)
        values (%(seller)s, %(id)s, %(buyer)s,
                (select c.id from collection_case c where c.seller_id = %(seller)s
                 and c.buyer_id = %(buyer)s and c.closed_on is null),
                %(key)s, %(template)s, %(language)s, %(also)s, %(today)s, %(deadline)s, %(title)s,
                %(content)s, %(asked)s, %(pdf)s, %(sha256)s, %(actor)s, %(now)s)
        """,
        {
            "seller": ctx.seller,
            "id": letter,
            "buyer": wanted.buyer_id,
            "key": key,
            "template": wanted.template.value,
            "language": first.language,
            "also": made.documents[1].language if len(made.documents) > 1 else "",
            "today": ctx.today,
            "deadline": made.facts.deadline if wanted.template in WITH_DEADLINE else None,
            "title": first.title,
            "content": Jsonb([plain(one) for one in made.documents]),
            "asked": Jsonb(made.asked),
            "pdf": pdf,
            "sha256": digest,
            "actor": ctx.actor,
            "now": ctx.now,
        },
    )
    record(
        ctx,
        events.LetterWritten(
            wanted.buyer_id, letter, wanted.template.value, first.language, first.version, digest
        ),
    )
    return letter


def _facts(ctx: Context, wanted: Wanted) -> tuple[LetterFacts, tuple[str, ...]]:
    buyer = buyer_of(ctx, wanted.buyer_id)
    head = queries.letterhead(ctx) or _bare_head(ctx)
    said = queries.buyer_letters(ctx, buyer.id)
    until = _deadline(ctx, wanted, said)
    since = wanted.since or ctx.today - timedelta(days=STATEMENT_DAYS)
    facts = LetterFacts(
        template=wanted.template,
        written_on=ctx.today,
        deadline=until,
        seller=Party(head.legal_name, _lines(head.address), head.registration),
        buyer=queries.buyer_party(ctx, buyer),
        buyer_number=buyer.buyer_number,
        contact=head.contact,
        signatory=head.signatory,
        signatory_role=head.signatory_role,
        payee=_lines(head.payee),
        contract=said.contract_number,
        note=wanted.note,
        items=queries.items_of(ctx, buyer, wanted.template),
        accounts=queries.accounts_of(ctx, buyer, since)
        if wanted.template is Template.STATEMENT
        else (),
        instalments=wanted.instalments,
    )
    return facts, _languages(wanted, buyer, said, head)


def _languages(
    wanted: Wanted, buyer: Buyer, said: BuyerLetters, head: Letterhead
) -> tuple[str, ...]:
    reader = wanted.language or queries.language_for(buyer, said)
    contract = said.contract_language or head.contract_language
    return languages_of(wanted.template, _language_of(reader, "", ()), contract)


def _bare_head(ctx: Context) -> Letterhead:
    """What is known of a seller that has not said who its letters are from."""
    found = sql.row(
        "select name, email from seller where seller_id = %(seller)s", {"seller": ctx.seller}
    )
    assert found is not None
    return Letterhead(legal_name=found["name"], contact=found["email"])


def _deadline(ctx: Context, wanted: Wanted, said: BuyerLetters) -> date:
    least = deadline(wanted.template, ctx.today, person=said.is_person)
    if wanted.deadline is None:
        return least
    if wanted.template in FORMAL and wanted.deadline < least:
        raise invalid("deadline", wanted.deadline, Mend.AT_LEAST, least=least)
    if wanted.deadline < ctx.today:
        raise invalid("deadline", wanted.deadline, Mend.TODAY_OR_LATER)
    return wanted.deadline


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _check(wanted: Wanted) -> None:
    if wanted.language and wanted.language not in LANGUAGES:
        allowed = ", ".join(LANGUAGES)
        raise invalid("language", wanted.language, Mend.ONE_OF, allowed=allowed)
    if len(wanted.note) > LONGEST_NOTE or "\0" in wanted.note:
        raise invalid("note", "…", Mend.CHARACTERS, least=0, most=LONGEST_NOTE)
    if len(wanted.instalments) > MOST_INSTALMENTS:
        raise invalid(
            "instalments", len(wanted.instalments), Mend.ITEMS, least=1, most=MOST_INSTALMENTS
        )
    if any(part.amount.minor <= 0 for part in wanted.instalments):
        raise invalid("instalments", 0, Mend.MORE_THAN, least=0)


def send_letter(ctx: Context, letter_id: UUID, mailer: Mailer, sender: str, to: str = "") -> str:
    """Send a kept letter by e-mail with its PDF; returns the state it ended in.

    Claimed before it is handed over and noted after, so that nothing outside is called inside a
    transaction; one that a crash left in doubt goes out again under the same Message-ID.
    NOT_FOUND, MOVE_NOT_ALLOWED, VALUE_INVALID where the buyer has no address.
    """
    ctx.require(Permission.COLLECT)
    with book(ctx):
        found = _locked(ctx, letter_id)
        state = after(LETTER_MOVES, LetterState(found["state"]), LetterMove.SEND)
        address = to or found["sent_to"] or found["email"]
        if not address:
            raise invalid("email", "", Mend.GIVE_IT)
        if bounced(ctx, [address]):
            raise invalid("email", address, Mend.WORKING_ADDRESS)
        _note(ctx, letter_id, state, address)
        pdf = queries.letter_pdf(ctx, letter_id)
    message = _message(found, letter_id, address, sender, pdf)
    try:
        mailer.send(message)
    except MailError as error:
        move = LetterMove.RETRY if error.temporary else LetterMove.FAIL
        with book(ctx):
            ended = after(LETTER_MOVES, LetterState.SENDING, move)
            _note(ctx, letter_id, ended, address, error.reason)
            if move is LetterMove.FAIL:
                record(ctx, events.LetterFailed(found["buyer_id"], letter_id, error.reason))
        return ended.value
    with book(ctx):
        ended = after(LETTER_MOVES, LetterState.SENDING, LetterMove.DELIVER)
        _note(ctx, letter_id, ended, address, "", sent=True)
        record(ctx, events.LetterSent(found["buyer_id"], letter_id, address))
    return ended.value


def mark_posted(ctx: Context, letter_id: UUID) -> None:
    """A person put the printed letter in the post. NOT_FOUND, MOVE_NOT_ALLOWED."""
    ctx.require(Permission.COLLECT)
    with book(ctx):
        found = _locked(ctx, letter_id)
        state = after(LETTER_MOVES, LetterState(found["state"]), LetterMove.POST)
        _note(ctx, letter_id, state, found["sent_to"], found["outcome"], sent=True)
        record(ctx, events.LetterPosted(found["buyer_id"], letter_id))


def message_of(
    letter_id: UUID, content: list[dict[str, Any]], to: str, sender: str, pdf: bytes, name: str
) -> Letter:
    """The e-mail around a letter: its first document as text, the PDF attached."""
    first = content[0]
    domain = sender.rpartition("@")[2].rstrip(">") or "localhost"
    return Letter(
        to=to,
        sender=sender,
        subject=f"{first['title']} – {first['sender'][0]}",
        text=as_text(document_of(first)),
        message_id=f"<{letter_id}@{domain}>",
        language=first["language"],
        attachments=(Attachment(name, "application/pdf", pdf),),
    )


def _message(found: dict[str, Any], letter: UUID, to: str, sender: str, pdf: bytes) -> Letter:
    name = f"{found['template'].replace('_', '-')}-{found['written_on'].isoformat()}.pdf"
    return message_of(letter, found["content"], to, sender, pdf, name)


def _locked(ctx: Context, letter_id: UUID) -> dict[str, Any]:
    found = sql.row(
        "select l.state, l.sent_to, l.outcome, l.buyer_id, l.template, l.written_on, l.content,"
        " b.email from letter l join buyer b on b.seller_id = l.seller_id and b.id = l.buyer_id"
        " where l.seller_id = %(seller)s and l.id = %(id)s for update of l",
        {"seller": ctx.seller, "id": letter_id},
    )
    if found is None:
        raise Refusal(Code.NOT_FOUND, field="letter", value=str(letter_id))
    return found


def _note(
    ctx: Context, letter_id: UUID, state: LetterState, to: str, outcome: str = "", *,
    sent: bool = False,
) -> None:  # fmt: skip
    sql.execute(
        "update letter set state = %(state)s, sent_to = %(to)s, outcome = %(outcome)s,"
        " attempts = attempts + case when %(state)s = 'sending' then 1 else 0 end,"
        " sent_at = case when %(sent)s then %(now)s else sent_at end"
        " where seller_id = %(seller)s and id = %(id)s",
        {
            "state": state.value,
            "to": to,
            "outcome": outcome,
            "sent": sent,
            "now": ctx.now,
            "seller": ctx.seller,
            "id": letter_id,
        },
    )


def set_letterhead(ctx: Context, head: Letterhead) -> None:
    """Say who letters are from; VALUE_INVALID names a field that cannot be."""
    ctx.require(Permission.MANAGE_POLICY)
    if not head.legal_name.strip():
        raise invalid("legal_name", "", Mend.GIVE_IT)
    for field in ("legal_name", "registration", "contact", "signatory", "signatory_role"):
        _short(field, getattr(head, field), LONGEST)
    for field in ("address", "payee"):
        _short(field, getattr(head, field), LONGEST_LINES)
    _language("contract_language", head.contract_language)
    with book(ctx):
        before = queries.letterhead(ctx) or Letterhead()
        if before == head:
            return
        sql.execute(
            """
            insert into letterhead (seller_id, legal_name, address, registration, payee, contact,
              signatory, signatory_role, contract_language)
            values (%(seller)s, %(legal_name)s, %(address)s, %(registration)s, %(payee)s,
              %(contact)s, %(signatory)s, %(signatory_role)s, %(contract_language)s)
            on conflict (seller_id) do update set
              (legal_name, address, registration, payee, contact, signatory, signatory_role,
               contract_language) =
              (excluded.legal_name, excluded.address, excluded.registration, excluded.payee,
               excluded.contact, excluded.signatory, excluded.signatory_role,
               excluded.contract_language)
            """,
            asdict(head) | {"seller": ctx.seller},
        )
        record(ctx, events.LetterheadChanged(ctx.seller, asdict(before), asdict(head)))


def set_buyer_letters(ctx: Context, buyer_id: UUID, said: BuyerLetters) -> None:
    """Say what counts for letters to a buyer; NOT_FOUND, VALUE_INVALID."""
    ctx.require(Permission.COLLECT)
    _language("language", said.language)
    _language("contract_language", said.contract_language)
    _short("contract_number", said.contract_number, LONGEST)
    with book(ctx):
        buyer_of(ctx, buyer_id)
        before = queries.buyer_letters(ctx, buyer_id)
        if before == said:
            return
        sql.execute(
            """
            insert into buyer_letters (seller_id, buyer_id, language, contract_language,
                                       contract_number, is_person)
            values (%(seller)s, %(buyer)s, %(language)s, %(contract_language)s,
                    %(contract_number)s, %(is_person)s)
            on conflict (seller_id, buyer_id) do update set
              (language, contract_language, contract_number, is_person) =
              (excluded.language, excluded.contract_language, excluded.contract_number,
               excluded.is_person)
            """,
            asdict(said) | {"seller": ctx.seller, "buyer": buyer_id},
        )
        record(ctx, events.BuyerLettersChanged(buyer_id, asdict(before), asdict(said)))


def _language(field: str, given: str) -> None:
    if given and given not in LANGUAGES:
        raise invalid(field, given, Mend.ONE_OF, allowed=", ".join(LANGUAGES))


def _short(field: str, given: str, most: int) -> None:
    if len(given) > most or "\0" in given:
        raise invalid(field, "…", Mend.CHARACTERS, least=0, most=most)
