"""A few invoices in a seller's book, put there by the real import."""

from datetime import date

from netterms.receivables.actions import SourceFile, import_invoices
from netterms.simulation.staging import staged
from netterms.store import sql
from netterms.store.tenancy import book

SOURCE = SourceFile(name="small.csv", sha256="0" * 64, mapping={}, rows_read=1, rows_bad=0)


def put(
    ctx,
    buyer,
    number,
    amount,
    *,
    due_on,
    paid=0,
    settled_on=None,
    currency="EUR",
    country="DE",
    kind="invoice",
):
    """Import one invoice; returns (buyer id, invoice id)."""
    row = {
        "row_no": 1,
        "company_code": "",
        "buyer_number": buyer,
        "buyer_name": f"Buyer {buyer}",
        "country": country,
        "email": f"ap@b{buyer}.example",
        "currency": currency,
        "invoice_number": number,
        "kind": kind,
        "issued_on": date(2026, 1, 2),
        "due_on": due_on,
        "amount_minor": amount,
        "open_minor": amount - paid,
        "settled_on": settled_on,
    }
    connection = staged([row])
    import_invoices(ctx, connection, SOURCE)
    connection.close()
    with book(ctx):
        found = sql.row(
            "select buyer_id, id from invoice"
            " where seller_id = %(seller)s and invoice_number = %(number)s",
            {"seller": ctx.seller, "number": number},
        )
    return found["buyer_id"], found["id"]


def rows(ctx, text, **params):
    """Rows of a query in the seller's book."""
    with book(ctx):
        return sql.rows(text, {"seller": ctx.seller, **params})


def kinds(ctx):
    """Kinds of the events recorded, in order."""
    return [line["kind"] for line in rows(ctx, "select kind from event order by id")]
