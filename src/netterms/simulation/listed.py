"""A made-up sanctions list. Nobody on it exists: the names are those of simulated buyers.

It is plainly called made up, and stands in the place of an OpenSanctions list, so that loading the
real one puts it out of force.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from django.utils.translation import gettext as _

from netterms.kernel.context import Context
from netterms.screening.actions import load_watchlist
from netterms.screening.queries import lists_in_force
from netterms.screening.rules import Entry, ListKind, Party, Watchlist
from netterms.simulation.behaviours import Behaviour
from netterms.simulation.economy import Economy, Profile

FILE = "made-up-list"
# Of the sound small buyers of a country: the one on the list, and the one only called so.
CONFIRMED, PROPOSED, NAMESAKE = ("AE", 0), ("PL", 0), ("GB", 0)
# An address of somebody the demonstration invents, in a country the namesake is not from.
ELSEWHERE = "BR"


def listed(world: Economy, which: tuple[str, int]) -> Profile:
    """The simulated buyer behind one of the entries."""
    country, place = which
    sound = [
        buyer
        for buyer in world.buyers
        if buyer.country == country
        and buyer.habit.behaviour in {Behaviour.PROMPT, Behaviour.SLIGHTLY_LATE}
        and not buyer.key_account
    ]
    return sound[place]


def made_up(world: Economy) -> Watchlist:
    """The list: three names of buyers, and some that nobody in the book has."""
    sure, likely, other = (listed(world, each) for each in (CONFIRMED, PROPOSED, NAMESAKE))
    return Watchlist(
        ListKind.OPENSANCTIONS,
        _("Made-up list of the demonstration"),
        "",
        (
            _entry("1", sure.name, sure.country, _("Made up. Same company, same town.")),
            _entry("2", likely.name, likely.country, _("Made up. Owner said to be the same.")),
            _entry("3", other.name, ELSEWHERE, _("Made up. A shipping agent founded in 1987.")),
            _entry("4", "Obsidian Lantern Shipping FZE", "AE", _("Made up.")),
            _entry("5", "云梦泽远洋贸易有限公司", "CN", _("Made up.")),
            Entry("made-up-6", Party.PERSON, ("Zephyrin Ostrakov",), remarks=_("Made up.")),
        ),
    )


def load(ctx: Context, world: Callable[[], Economy]) -> None:
    """Put the made-up list in force for this seller alone, once, and only where no list is."""
    if lists_in_force(ctx.seller):
        return
    found = made_up(world())
    load_watchlist(ctx, found, FILE, sha256(repr(found).encode()).hexdigest(), for_all=False)


def _entry(number: str, name: str, country: str, remarks: str) -> Entry:
    return Entry(
        f"made-up-{number}",
        Party.COMPANY,
        (name,),
        (country,),
        programmes=(_("Made up: no authority listed anybody here"),),
        remarks=remarks,
    )
