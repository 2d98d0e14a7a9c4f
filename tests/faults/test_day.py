"""Kill the business day, or the database under it, at any moment: it goes on where it stopped."""

from __future__ import annotations

import pytest

from tests.actions.receivables.ledgers import large_ledger
from tests.faults.victims import Victims

pytestmark = pytest.mark.faults

TIMES = 6
DAY = "2026-06-01"
INVOICES = 2_000
# What a day leaves behind. Nothing here may be missing or there twice after a kill.
OUTCOME = """
select (select count(*) from score where seller_id = %(seller)s) as scores,
       (select count(*) from collection_case where seller_id = %(seller)s) as cases,
       (select count(*) from invoice_stage where seller_id = %(seller)s) as stages,
       (select jsonb_object_agg(kind, n order by kind)
        from (select kind, count(*) as n from event where seller_id = %(seller)s group by kind) e
       ) as events,
       (select array_agg(step order by step) from run_step where seller_id = %(seller)s) as steps
"""


def ask(killed, seller):
    with killed.look() as database:
        return database.execute(OUTCOME, {"seller": seller}).fetchone()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return large_ledger(tmp_path_factory.mktemp("day") / "ledger.csv", INVOICES)


@pytest.fixture(scope="module")
def reference(killed, small):
    """What an undisturbed day leaves, and the seconds it takes."""
    for _ in range(2):
        seller = killed.seller()
        killed.whole("import", seller, small)
        seconds = killed.whole("day", seller, DAY)
    return ask(killed, seller), seconds


@pytest.mark.parametrize("kill", [Victims.kill_job, Victims.kill_server])
def test_killed_at_any_moment(killed, small, reference, kill):
    outcome, seconds = reference
    for _ in range(TIMES):
        seller = killed.seller()
        killed.whole("import", seller, small)
        for _ in range(2):
            kill(killed, killed.draw.uniform(0.1, 0.9) * seconds, "day", seller, DAY)
        killed.whole("day", seller, DAY)
        assert ask(killed, seller) == outcome
