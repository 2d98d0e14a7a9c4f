"""Kill the import, or the database under it, at any moment: the file is in wholly or not at all."""

from __future__ import annotations

import pytest

from tests.faults.victims import Victims

pytestmark = pytest.mark.faults

TIMES = 20
# Every so many kills the import is repeated, and has to end like the undisturbed one.
REPEATED = 4
COUNTS = """
select (select count(*) from buyer where seller_id = %(seller)s) as buyers,
       (select count(*) from invoice where seller_id = %(seller)s) as invoices,
       (select count(*) from payment where seller_id = %(seller)s) as payments,
       (select count(*) from allocation where seller_id = %(seller)s) as allocations,
       (select count(*) from journal_entry where seller_id = %(seller)s) as entries,
       (select count(*) from import_run where seller_id = %(seller)s) as runs,
       (select count(*) from event where seller_id = %(seller)s) as events,
       (select coalesce(sum(open_minor), 0) from invoice where seller_id = %(seller)s) as still_open
"""
# Every fact of the book but its ids, as one number.
CONTENT = """
select md5(string_agg(fact, '|' order by fact)) as content from (
  select concat_ws(',', i.invoice_number, i.kind, i.currency, i.amount_minor, i.open_minor,
                   i.issued_on, i.due_on, i.state, i.settled_on, b.buyer_number, p.amount_minor,
                   p.paid_on, j.debit_account, j.amount_minor, k.credit_account,
                   k.booked_on) as fact
  from invoice i
  join buyer b on b.seller_id = i.seller_id and b.id = i.buyer_id
  join journal_entry j on j.seller_id = i.seller_id and j.source_id = i.id
  left join allocation a on a.seller_id = i.seller_id and a.invoice_id = i.id
  left join payment p on p.seller_id = a.seller_id and p.id = a.payment_id
  left join journal_entry k on k.seller_id = p.seller_id and k.source_id = p.id
  where i.seller_id = %(seller)s
) lines
"""


def ask(killed, text, seller):
    with killed.look() as database:
        return database.execute(text, {"seller": seller}).fetchone()


@pytest.fixture(scope="module")
def reference(killed, twenty_thousand):
    """Counts and content of a seller whose import nobody disturbed, and the seconds it took."""
    killed.whole("import", killed.seller(), twenty_thousand)
    seller = killed.seller()
    seconds = killed.whole("import", seller, twenty_thousand)
    counts = ask(killed, COUNTS, seller)
    assert counts["entries"] == counts["invoices"] + counts["payments"]
    assert counts["invoices"] == 20_000
    return counts, ask(killed, CONTENT, seller), seconds


@pytest.mark.parametrize("kill", [Victims.kill_job, Victims.kill_server])
def test_killed_at_any_moment(killed, twenty_thousand, reference, kill):
    counts, content, seconds = reference
    nothing = dict.fromkeys(counts, 0)
    stopped = 0
    for turn in range(TIMES):
        seller = killed.seller()
        moment = killed.draw.uniform(0.1, 1.0) * seconds
        status = kill(killed, moment, "import", seller, twenty_thousand)
        found = ask(killed, COUNTS, seller)
        assert found in (nothing, counts)
        assert status != 0 or found == counts
        stopped += status != 0
        if turn % REPEATED:
            continue
        killed.whole("import", seller, twenty_thousand)
        again = ask(killed, COUNTS, seller)
        # An import that was whole already is run again, and changes nothing.
        extra = 2 if found == counts else 1
        assert again == counts | {"runs": extra, "events": extra}
        assert ask(killed, CONTENT, seller) == content
    assert stopped > TIMES // 4, "the kills came too late to prove anything"
