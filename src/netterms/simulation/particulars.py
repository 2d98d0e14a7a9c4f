"""Who the simulated buyers are: numbers that pass their checks, places, people, bank accounts.

Nothing is anybody's: LEIs start with 0000, which no issuer has, and numbers of countries and banks
are full of nines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stdnum import iban
from stdnum.iso7064 import mod_97_10

from netterms.buyers.accounts import BankAccount
from netterms.buyers.actions import Introduction
from netterms.buyers.identifiers import Identifier, identifier
from netterms.buyers.particulars import Address, Contact
from netterms.kernel.refusal import Refusal
from netterms.simulation.economy import Economy, Profile
from netterms.simulation.names import NAMINGS

# Kind and pattern of the number companies of a country are known by; `n` is counted, `c` are the
# signs the check wants.
NUMBERS = {
    "CN": ("uscc", "91999999MA9{n:06}{c}"),
    "DE": ("vat", "DE9999{n:04}{c}"),
    "FR": ("siren", "9999{n:04}{c}"),
    "GB": ("companies_house", "ZZ99{n:04}"),
    "IT": ("vat", "IT999{n:04}100{c}"),
    "PL": ("vat", "PL99999{n:04}{c}"),
    "BR": ("cnpj", "9999{n:04}0001{c:02}"),
    "JP": ("registration", "{c}99999999{n:04}"),
}
# Where an account number has the international form, what follows its check digits.
IBANS = {
    "AE": "999{n:016}",
    "BR": "9999999999999{n:010}C1",
    "DE": "99999999{n:010}",
    "FR": "9999999999{n:011}99",
    "GB": "ZZZZ999999{n:08}",
    "IT": "Z9999999999{n:012}",
    "NL": "ZZZZ{n:010}",
    "PL": "99999999{n:016}",
}
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PEOPLE = {
    "CN": ("林知远", "苏念安", "顾清禾"),
    "JP": ("月岡 里緒", "風間 澪"),
}
# The place of nobody's first account.
CHANGED = 77_777
OTHERS = ("Mira Quillfeather", "Tobin Ashgrove", "Ilse Windhover", "Rafe Lindenmoor")
# Of these countries' companies one has come in twice, with its name written another way.
TWICE = {"DE": ("GmbH", "Gesellschaft mit beschränkter Haftung"), "GB": ("Ltd", "Limited")}


def numbers_of(buyer: Profile, place: int) -> list[Identifier]:
    """The buyer's numbers: its country's, and a key account's LEI."""
    found = []
    if buyer.country in NUMBERS:
        kind, pattern = NUMBERS[buyer.country]
        found.append(_passing(kind, buyer.country, pattern, place))
    if buyer.key_account:
        bare = f"0000MADEUP{place:08}"
        found.append(identifier("lei", "", bare + mod_97_10.calc_check_digits(bare)))
    return found


def address_of(buyer: Profile, place: int) -> Address:
    """A place that is on no map."""
    city = _city(buyer)
    if buyer.country == "CN":
        return Address("registered", f"{city}路{place + 1}号", "", city, "CN")
    return Address("registered", f"1{place} Harbour Road", "", city, buyer.country)


def contact_of(buyer: Profile, place: int) -> Contact:
    """The person one writes to about invoices."""
    people = PEOPLE.get(buyer.country, OTHERS)
    role = "应付会计" if buyer.country == "CN" else "Accounts payable"
    return Contact(people[place % len(people)], role, buyer.email, "", buyer.language)


def account_of(buyer: Profile, place: int) -> BankAccount:
    """The account the buyer pays from."""
    return _account(buyer.name, buyer.country, place)


def changed_account(name: str, country: str) -> BankAccount:
    """The account that a letter in a buyer's name says is its new one."""
    return _account(name, country, CHANGED)


def _account(name: str, country: str, place: int) -> BankAccount:
    if country in IBANS:
        bare = IBANS[country].format(n=place)
        return BankAccount(
            f"{country}{iban.calc_check_digits(f'{country}00{bare}')}{bare}", holder=name
        )
    return BankAccount(f"9999{place:08}", country, "999999", name)


def twice(world: Economy) -> list[Introduction]:
    """Companies of the book that introduce themselves as if nobody knew them."""
    found = []
    for country, (short, long) in TWICE.items():
        buyer = next(
            b for b in world.buyers if b.country == country and b.name.endswith(f" {short}")
        )
        name = buyer.name.removesuffix(short) + long
        number = "ZZ990999" if country == "GB" else "HRB 999901"
        found.append(Introduction(country, number, name, buyer.email))
    return found


def _city(buyer: Profile) -> str:
    domain = buyer.email.partition("@")[2].rpartition("-")[0]
    return next(place for place, latin in NAMINGS[buyer.country].places if latin == domain)


def _passing(kind: str, country: str, pattern: str, place: int) -> Identifier:
    """The first number of the pattern whose check digits hold."""
    for told in _candidates(pattern, place):
        try:
            return identifier(kind, country, told)
        except Refusal:
            continue
    raise AssertionError(f"no number of {country} passes")


def _candidates(pattern: str, place: int) -> Iterator[str]:
    signs: Sequence[int | str] = range(100) if "{c:02}" in pattern else SIGNS
    # A check may allow no sign at all: then the next number's turn comes.
    for further in range(10):
        for sign in signs:
            yield pattern.format(n=place + 1000 * further, c=sign)
