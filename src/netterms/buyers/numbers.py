"""Registration numbers of companies: one spelling each, and check digits where a country has them.

A number that passes is well-formed; that the company exists, and is the one who orders, is another
question, which nothing here answers.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from types import ModuleType

from stdnum.be import vat as be_number
from stdnum.br import cnpj
from stdnum.ch import uid
from stdnum.cn import uscc
from stdnum.dk import cvr
from stdnum.ee import registrikood
from stdnum.fi import ytunnus
from stdnum.fr import siren
from stdnum.jp import cn as corporate_number
from stdnum.kr import brn
from stdnum.no import orgnr as no_orgnr
from stdnum.se import orgnr as se_orgnr
from stdnum.tw import ubn

# Countries whose companies have one register number, and that number check digits. Elsewhere (a
# German court's number, a British company's) there is nothing to compute: it stays unchecked.
CHECKED: dict[str, ModuleType] = {
    "BE": be_number,
    "BR": cnpj,
    "CH": uid,
    "CN": uscc,
    "DK": cvr,
    "EE": registrikood,
    "FI": ytunnus,
    "FR": siren,
    "JP": corporate_number,
    "KR": brn,
    "NO": no_orgnr,
    "SE": se_orgnr,
    "TW": ubn,
}
LONGEST = 40


class NumberCheck(StrEnum):
    """What the digits say: well-formed, impossible, or not for us to tell."""

    VALID = "valid"
    INVALID = "invalid"
    UNCHECKED = "unchecked"


def normalised(country: str, number: str) -> str:
    """The number in one spelling: letters and digits only, in capitals; empty when there is none.

    Where the country's number is known, prefixes and padding follow its own custom, so `DK
    13585628` and `13585628` are one number.
    """
    bare = _bare(number)
    kind = CHECKED.get(country)
    if kind is None or not kind.is_valid(bare):
        return bare
    return _bare(kind.compact(bare))


def check(country: str, number: str) -> NumberCheck:
    """Whether the check digits of `number` (in any spelling) hold in `country`."""
    kind = CHECKED.get(country)
    if kind is None:
        return NumberCheck.UNCHECKED
    return NumberCheck.VALID if kind.is_valid(_bare(number)) else NumberCheck.INVALID


def _bare(number: str) -> str:
    plain = unicodedata.normalize("NFKC", number).upper()
    return "".join(sign for sign in plain if sign.isalnum())
