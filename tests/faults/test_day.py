"""Kill the business day, or the database under it, at any moment: it goes on where it stopped."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults import REFUSED
from tests.faults.victims import Victims
from tests.faults.whole import fingerprint

pytestmark = pytest.mark.faults

TIMES = 28
DAY = "2026-06-01"
# What a step leaves behind is there when it is noted as done, and not before.
EFFECTS = """
select array(select step from run_step where seller_id = %(seller)s) as noted,
       exists (select from score where seller_id = %(seller)s) as scores,
       exists (select from limit_decision where seller_id = %(seller)s) as limits,
       exists (select from policy_deadline where seller_id = %(seller)s) as deadlines,
       exists (select from collection_case where seller_id = %(seller)s) as ladder,
       exists (select from claim where seller_id = %(seller)s) as claims
"""
STEPS = [
    "calendar", "names", "screening", "promises", "scores", "shadow", "monthly", "forecasts",
    "limits", "exposure", "expire", "books", "deadlines", "plans",
    "ladder", "claims", "alerts", "ranking", "reminders",
]  # fmt: skip
LETTERS = """
select id::text as id, attempts from collection_action
where seller_id = %(seller)s and step = 'email_reminder' and state = 'done'
"""


# The step that talks to the outside counts what its last call did; `sent` counts the letters.
NOTES = """
select step, case when step <> 'reminders' then facts end as facts
from run_step where seller_id = %(seller)s order by step
"""


def look(killed, seller):
    with killed.look() as database:
        found = fingerprint(database, seller)
    return found | {"run_step": ask(killed, NOTES, seller)}


def ask(killed, text, seller):
    with killed.look() as database:
        return database.execute(text, {"seller": seller}).fetchall()


def sent(killed, seller):
    """How often each reminder of the seller left the house; every one is there that was noted."""
    left = Counter(letter.strip("<>").split("@")[0] for letter in killed.letters())
    noted = {line["id"]: line["attempts"] for line in ask(killed, LETTERS, seller)}
    found = {action: left[action] for action in noted}
    # At most once for each time that it was claimed.
    assert all(0 < found[action] <= noted[action] for action in noted)
    return found


def whole_so_far(killed, seller):
    """How many steps are done. They are the first ones, each with its effects and no others."""
    [found] = ask(killed, EFFECTS, seller)
    noted = found.pop("noted")
    assert sorted(noted) == sorted(STEPS[: len(noted)])
    for step, is_there in found.items():
        assert is_there == (step in noted), step
    return len(noted)


@pytest.fixture(scope="module")
def reference(killed, late):
    """What an undisturbed day leaves, and when it was in which phase."""
    for _ in range(2):
        seller = killed.seller()
        killed.whole("book", seller, late)
        before = look(killed, seller)
        timeline = killed.whole("day", seller, DAY)
    assert whole_so_far(killed, seller) == len(STEPS)
    letters = sent(killed, seller)
    assert len(letters) > 30
    assert set(letters.values()) == {1}
    return before, look(killed, seller), timeline


@pytest.mark.parametrize("kill", [Victims.kill_job, Victims.kill_server])
def test_killed_at_any_moment(killed, late, reference, kill):
    before, after, timeline = reference
    torn, phases = 0, set()
    for moment in timeline.moments(TIMES, killed.draw):
        death, seller = killed.in_the_middle(kill, moment, "day", DAY, book=late)
        done = whole_so_far(killed, seller)
        assert death.status or done == len(STEPS)
        torn += done < len(STEPS)
        phases.add(death.phase)
        found = look(killed, seller)
        # The day moves no money.
        for table in ("invoice", "payment", "allocation", "journal_entry"):
            assert found[table] == before[table]
        killed.whole("day", seller, DAY)
        assert look(killed, seller) == after, death
        # One letter at most was in doubt, and left once more under its own name.
        assert set(sent(killed, seller).values()) <= {1, 2}
        assert sum(sent(killed, seller).values()) <= len(sent(killed, seller)) + 1
    assert torn >= TIMES * 3 // 4, "the kills came too late to prove anything"
    assert len(phases) >= len(timeline.phases) * 3 // 4, phases


def test_a_second_process_is_refused_until_the_first_one_is_killed(killed, late, reference):
    seller = killed.seller()
    killed.whole("book", seller, late)
    hold = killed.home / "hold"
    hold.touch()
    killed.worker.begin("day", seller, DAY)
    assert "holding" in killed.worker.phases()
    with killed.another_worker() as other:
        for day in (DAY, "2026-06-02"):
            other.begin("day", seller, day)
            assert other.end() == REFUSED
        assert whole_so_far(killed, seller) == len(STEPS) - 1
        killed.kill_held()
        hold.unlink()
        other.begin("day", seller, DAY)
        assert other.end() == 0
    assert look(killed, seller) == reference[1]
    assert set(sent(killed, seller).values()) == {1}


def test_two_processes_at_the_same_moment_do_the_day_once(killed, late, reference):
    with killed.another_worker() as other:
        for _ in range(3):
            seller = killed.seller()
            killed.whole("book", seller, late)
            both = (killed.worker, other)
            for worker in both:
                worker.begin("day", seller, DAY)
            ended = sorted(worker.end() for worker in both)
            # The second may also come when the first is done, and finds nothing to do.
            assert ended in ([0, REFUSED], [0, 0])
            assert look(killed, seller) == reference[1]
            assert set(sent(killed, seller).values()) == {1}
