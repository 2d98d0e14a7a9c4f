"""The hand-over pack as one archive: an index, tables, letters, mail and files (COL-07)."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from netterms.buyers.profile import contacts_of, identifiers_of
from netterms.buyers.queries import Buyer
from netterms.collection.legal.queries import Outlook, outlooks
from netterms.collection.legal.rules import Paper
from netterms.collection.letters.queries import buyer_party, letterhead
from netterms.insurance.queries import insured_limits, open_deadlines
from netterms.kernel.context import Context, Permission
from netterms.kernel.events import plain
from netterms.kernel.money import Money
from netterms.store import sql
from netterms.terms.actions import claimable

# A table cell that begins like this is run as a formula by some programs.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MOST_BYTES = 200 * 2**20


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the pack: where it lies, which paper it is, its bytes."""

    path: str
    paper: Paper
    content: bytes


def entries(ctx: Context, buyer: Buyer, statement: bytes) -> list[Entry]:
    """Every file of the pack but the index; run it inside the seller's book."""
    params = {"seller": ctx.seller, "buyer": buyer.id}
    return [
        Entry("01-statement/statement.pdf", Paper.STATEMENT, statement),
        *_tables(ctx, buyer, params),
        *_correspondence(params),
        *_brought(params),
    ]


def _tables(ctx: Context, buyer: Buyer, params: dict[str, Any]) -> Iterable[Entry]:
    invoices = sql.rows(sql.statement("collection/pack_invoices"), params)
    yield _table("02-invoices/invoices.csv", Paper.INVOICES, invoices)
    lines = sql.rows(
        "select i.invoice_number, l.place, l.description, l.quantity, l.unit, l.unit_price,"
        " l.net_minor, l.tax_category, l.tax_rate, l.tax_minor from invoice_line l join invoice i"
        " on i.seller_id = l.seller_id and i.id = l.invoice_id where l.seller_id = %(seller)s"
        " and i.buyer_id = %(buyer)s and i.open_minor > 0 order by i.due_on, l.place",
        params,
    )
    if lines:
        yield _table("02-invoices/lines.csv", Paper.INVOICES, lines)
    payments = sql.rows(
        "select y.paid_on, y.kind, y.currency::text as currency, y.amount_minor, y.reference,"
        " i.invoice_number, a.amount_minor as allocated_minor, a.allocated_on from payment y"
        " left join allocation a on a.seller_id = y.seller_id and a.payment_id = y.id"
        " left join invoice i on i.seller_id = a.seller_id and i.id = a.invoice_id"
        " where y.seller_id = %(seller)s and y.buyer_id = %(buyer)s order by y.paid_on, y.id",
        params,
    )
    yield _table("03-payments/payments.csv", Paper.PAYMENTS, payments)
    journal = sql.rows(
        "select booked_on, source_kind, debit_account, credit_account,"
        " currency::text as currency, amount_minor, recorded_at from journal_entry"
        " where seller_id = %(seller)s and buyer_id = %(buyer)s"
        " order by booked_on, source_id, line",
        params,
    )
    yield _table("04-journal/journal.csv", Paper.JOURNAL, journal)
    yield _interest(ctx, params)
    disputes = sql.rows(
        "select i.invoice_number, d.reason, i.currency::text as currency, d.amount_minor,"
        " d.raised_on, d.state, d.settled_on, d.note, d.position, d.outcome_note from dispute d"
        " join invoice i on i.seller_id = d.seller_id and i.id = d.invoice_id"
        " where d.seller_id = %(seller)s and i.buyer_id = %(buyer)s order by d.raised_on",
        params,
    )
    yield _table("07-disputes/disputes.csv", Paper.DISPUTES, disputes)
    promises = sql.rows(
        "select made_on, promised_for, currency::text as currency, amount_minor, payer, channel,"
        " state, closed_on from promise where seller_id = %(seller)s and buyer_id = %(buyer)s"
        " order by made_on",
        params,
    )
    yield _table("08-promises/promises.csv", Paper.PROMISES, promises)
    yield _json("09-debtor/debtor.json", Paper.DEBTOR, _debtor(ctx, buyer))
    seen = [_limitation(one) for one in outlooks(ctx, buyer.id)]
    yield _json("10-limitation/limitation.json", Paper.LIMITATION, seen)
    cover = {
        "limits": [asdict(one) for one in insured_limits(ctx, buyer.id, ctx.today)],
        "deadlines": [asdict(one) for one in open_deadlines(ctx, buyer_id=buyer.id)],
    }
    yield _json("11-insurance/insurance.json", Paper.INSURANCE, cover)


def _interest(ctx: Context, params: dict[str, Any]) -> Entry:
    open_ones = sql.rows(
        "select id, invoice_number, due_on from invoice where seller_id = %(seller)s"
        " and buyer_id = %(buyer)s and kind = 'invoice' and open_minor > 0 order by due_on",
        params,
    )
    claims = claimable(ctx, [line["id"] for line in open_ones], ctx.today) if open_ones else {}
    rows = [
        {
            "invoice_number": line["invoice_number"],
            "due_on": line["due_on"],
            "calculated_on": ctx.today,
            "interest": claims[line["id"]].interest,
            "each_further_day": claims[line["id"]].daily,
            "compensation": claims[line["id"]].compensation,
            "why_none": claims[line["id"]].refused or "",
            "country": claims[line["id"]].basis.get("country", ""),
            "source": claims[line["id"]].basis.get("source", ""),
            "unverified": " ".join(claims[line["id"]].basis.get("unverified", [])),
        }
        for line in open_ones
        if line["id"] in claims
    ]
    return _table("05-interest/interest.csv", Paper.INTEREST, rows)


def _debtor(ctx: Context, buyer: Buyer) -> dict[str, Any]:
    party, head = buyer_party(ctx, buyer), letterhead(ctx)
    return {
        "creditor": asdict(head) if head else {},
        "buyer_number": buyer.buyer_number,
        "name": party.name,
        "address": [line for line in (*party.address, party.country) if line],
        "country": buyer.country,
        "registration_number": buyer.registration_number,
        "email": buyer.email,
        "insolvent_on": buyer.insolvent_on,
        "identifiers": [asdict(one) for one in identifiers_of(ctx, buyer.id)],
        "contacts": [asdict(one) for one in contacts_of(ctx, buyer.id)]
        if Permission.READ_PERSONAL in ctx.may
        else [],
    }


def _limitation(one: Outlook) -> dict[str, Any]:
    return {
        "currency": one.currency,
        "first_due_on": one.first_due_on,
        "last_day": one.limitation.last_day if one.limitation else None,
        "counted": one.limitation.counting.value if one.limitation else None,
        "verified": one.limitation_verified,
        "years": one.limitation_note,
    }


def _correspondence(params: dict[str, Any]) -> Iterable[Entry]:
    for number, line in enumerate(
        sql.rows(
            "select template, written_on, pdf from letter where seller_id = %(seller)s"
            " and buyer_id = %(buyer)s order by id",
            params,
        ),
        1,
    ):
        name = f"{number:03}-{line['written_on']}-{line['template']}.pdf"
        yield Entry(f"06-correspondence/letters/{name}", Paper.CORRESPONDENCE, bytes(line["pdf"]))
    mails = sql.rows(
        "select id, received_at, kind, from_name, from_address, subject, text from mail_message"
        " where seller_id = %(seller)s and buyer_id = %(buyer)s order by received_at, id",
        params,
    )
    numbers: dict[UUID, int] = {}
    for number, line in enumerate(mails, 1):
        numbers[line["id"]] = number
        said = (
            f"{line['received_at'].isoformat()}\n{line['from_name']} <{line['from_address']}>\n"
            f"{line['subject']}\n\n{line['text']}\n"
        )
        path = f"06-correspondence/mail/{number:03}-{line['kind']}.txt"
        yield Entry(path, Paper.CORRESPONDENCE, said.encode())
    for file in sql.rows(
        "select mail_id, place, name, content from mail_file where seller_id = %(seller)s"
        " and mail_id = any(%(mails)s) and content is not null order by mail_id, place",
        params | {"mails": list(numbers)},
    ):
        name = f"{numbers[file['mail_id']]:03}-{file['place']:02}-{safe(file['name'])}"
        path = f"06-correspondence/mail/{name}"
        yield Entry(path, Paper.CORRESPONDENCE, bytes(file["content"]))
    done = sql.rows(
        "select stage, step, due_on, done_at, state, outcome from collection_action"
        " where seller_id = %(seller)s and buyer_id = %(buyer)s and state in ('done', 'failed')"
        " order by done_at",
        params,
    )
    yield _table("06-correspondence/steps.csv", Paper.CORRESPONDENCE, done)


def _brought(params: dict[str, Any]) -> Iterable[Entry]:
    folders = {"contract": "12-contract", "orders": "13-orders", "delivery": "14-delivery",
               "guarantees": "15-guarantees"}  # fmt: skip
    for number, line in enumerate(
        sql.rows(
            "select paper, name, content from case_paper where seller_id = %(seller)s"
            " and buyer_id = %(buyer)s order by paper, id",
            params,
        ),
        1,
    ):
        path = f"{folders[line['paper']]}/{number:03}-{safe(line['name'])}"
        yield Entry(path, Paper(line["paper"]), bytes(line["content"]))


def zipped(
    found: Sequence[Entry], told: dict[str, Any], reasons: dict[str, str], day: date
) -> bytes:
    """The archive with `index.json` and `index.txt` in front: what is there, and why not."""
    index = {
        **told,
        "papers": {
            paper.value: {
                "files": [entry.path for entry in found if entry.paper is paper],
                "reason_missing": reasons.get(paper.value, ""),
            }
            for paper in Paper
        },
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "index.json", _dumped(index), day)
        _add(archive, "index.txt", _index_text(index).encode(), day)
        for entry in found:
            _add(archive, entry.path, entry.content, day)
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, path: str, content: bytes, day: date) -> None:
    """With the business day as its time, so that the same pack is the same bytes."""
    archive.writestr(
        zipfile.ZipInfo(path, (day.year, day.month, day.day, 0, 0, 0)), content,
        zipfile.ZIP_DEFLATED,
    )  # fmt: skip


def _index_text(index: dict[str, Any]) -> str:
    lines = [f"{name}: {value}" for name, value in index.items() if name != "papers"]
    for number, (paper, told) in enumerate(index["papers"].items(), 1):
        lines += ["", f"{number:02} {paper}"]
        lines += [f"   {path}" for path in told["files"]]
        if told["reason_missing"]:
            lines.append(f"   not included: {told['reason_missing']}")
    return "\n".join(lines) + "\n"


def safe(name: str) -> str:
    """A file name of letters, digits and few marks: no folder, nothing hidden, nothing reserved."""
    bare = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = re.sub(r"[^\w .,()-]", "_", bare).strip(" .")
    return kept[-100:] or "file"


def _table(path: str, paper: Paper, rows: Sequence[dict[str, Any]]) -> Entry:
    text = io.StringIO()
    if rows:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return Entry(path, paper, text.getvalue().encode("utf-8-sig"))


def _cell(value: object) -> object:
    if isinstance(value, Money):
        return str(value)
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return "" if value is None else value


def _json(path: str, paper: Paper, told: object) -> Entry:
    return Entry(path, paper, _dumped(told))


def _dumped(told: object) -> bytes:
    return json.dumps(plain(told), ensure_ascii=False, indent=1, default=str).encode()
