"""Kill the import, or the database under it, at any moment: the file is in wholly or not at all."""

from __future__ import annotations

import pytest

from tests.faults.conftest import INVOICES
from tests.faults.victims import Victims
from tests.faults.whole import fingerprint

pytestmark = pytest.mark.faults

TIMES = 20


def look(killed, seller):
    with killed.look() as database:
        return fingerprint(database, seller)


def without_runs(book):
    """The book without the notes that an import was run: those of a second one come on top."""
    return {table: rows for table, rows in book.items() if table not in {"import_run", "event"}}


@pytest.fixture(scope="module")
def reference(killed, to_import):
    """The book of a seller whose import nobody disturbed, and when it was in which phase."""
    killed.whole("import", killed.seller(), to_import)
    seller = killed.seller()
    timeline = killed.whole("import", seller, to_import)
    book = look(killed, seller)
    assert book["invoice"].total() == INVOICES
    assert book["journal_entry"].total() == book["invoice"].total() + book["payment"].total()
    return book, timeline


@pytest.mark.parametrize("kill", [Victims.kill_job, Victims.kill_server])
def test_killed_at_any_moment(killed, to_import, reference, kill):
    book, timeline = reference
    nothing = {table: type(rows)() for table, rows in book.items()}
    nothing["seller"] = book["seller"]
    torn, phases = 0, set()
    for moment in timeline.moments(TIMES, killed.draw):
        death, seller = killed.in_the_middle(kill, moment, "import", to_import)
        found = look(killed, seller)
        # A kill may come after the commit and before the process has ended.
        assert found in ((nothing, book) if death.status else (book,)), death
        torn += found == nothing
        phases.add(death.phase)
        killed.whole("import", seller, to_import)
        again = look(killed, seller)
        if found == nothing:
            assert again == book, death
        else:
            # Imported whole already: the second time is noted, and changes nothing.
            assert without_runs(again) == without_runs(book), death
            assert again["import_run"].total() == again["event"].total() == 2
    # All of them were killed or lost their database; all but a few before anything was committed,
    # in every phase.
    assert torn >= TIMES * 3 // 4, "the kills came too late to prove anything"
    assert len(phases) >= len(timeline.phases) * 3 // 4, phases
