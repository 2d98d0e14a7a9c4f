import pytest
from django.db import connections

from netterms.screening.actions import load_watchlist
from netterms.screening.rules import Entry, ListKind, Party, Watchlist

HERON = Entry(
    "9001",
    Party.COMPANY,
    ("Blue Heron Shipping LLC", "Blue Heron Lines", "青鹭航运有限公司"),
    countries=("IR",),
    numbers=("IR-10 320 4455",),
    programmes=("IRAN",),
)
STORK = Entry("9002", Party.COMPANY, ("Белый Аист Демо ОАО",), countries=("BY",))
PERSON = Entry("9003", Party.PERSON, ("Ivan Petrovsky-Demo",), countries=("RU",))


@pytest.fixture
def load(ctx):
    """Puts entries in force as the OFAC list; afterwards no list is loaded, as before."""
    loads = []

    def loaded(*entries, kind=ListKind.OFAC, sha=None, **whose):
        found = Watchlist(kind, "Sample", "2026-05-31", entries)
        loads.append(load_watchlist(ctx, found, "sample.xml", sha or f"{len(loads):064}", **whose))
        return loads[-1]

    yield loaded
    # Lists are no seller's: other tests expect that nobody has looked.
    with connections["owner"].cursor() as cursor:
        cursor.execute("truncate watchlist, watchlist_entry, screening")
    connections["owner"].close()
