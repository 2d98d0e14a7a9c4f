"""Numbers that name a company, of every kind: one spelling, and check digits where it has them.

`CHECKED` says which module of python-stdnum reads a kind of number in a country. A number that
passes is well-formed, no more: no register was asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType

from netterms.buyers.numbers import LONGEST, NumberCheck
from netterms.kernel.mends import Mend
from netterms.kernel.refusal import invalid

# A number that no country gives.
EVERYWHERE = ""
# Kind, country, module: what each country calls the number of a company, in the country's own word.
CHECKED: Mapping[str, Mapping[str, str]] = {
    "lei": {EVERYWHERE: "lei"},
    "registration": {
        "AU": "au.acn", "BE": "be.vat", "BR": "br.cnpj", "CH": "ch.uid", "CN": "cn.uscc",
        "CZ": "cz.dic", "DK": "dk.cvr", "EE": "ee.registrikood", "FI": "fi.ytunnus",
        "FR": "fr.siren", "IL": "il.hp", "JP": "jp.cn", "KR": "kr.brn", "LI": "li.peid",
        "MD": "md.idno", "NO": "no.orgnr", "PL": "pl.regon", "RU": "ru.ogrn", "SE": "se.orgnr",
        "SG": "sg.uen", "SI": "si.maticna", "SM": "sm.coe", "TW": "tw.ubn", "UA": "ua.edrpou",
    },
    "vat": {
        "AD": "ad.nrt", "AL": "al.nipt", "AR": "ar.cuit", "AT": "at.uid", "AU": "au.abn",
        "AZ": "az.voen", "BE": "be.vat", "BG": "bg.vat", "BR": "br.cnpj", "BY": "by.unp",
        "CA": "ca.bn", "CH": "ch.vat", "CL": "cl.rut", "CN": "cn.uscc", "CO": "co.nit",
        "CR": "cr.cpj", "CY": "cy.vat", "CZ": "cz.dic", "DE": "de.vat", "DK": "dk.cvr",
        "DO": "do.rnc", "DZ": "dz.nif", "EC": "ec.ruc", "EE": "ee.kmkr", "EG": "eg.tn",
        "ES": "es.nif", "FI": "fi.alv", "FO": "fo.vn", "FR": "fr.tva", "GB": "gb.vat",
        "GH": "gh.tin", "GN": "gn.nifp", "GR": "gr.vat", "GT": "gt.nit", "HR": "hr.oib",
        "HU": "hu.anum", "ID": "id.npwp", "IE": "ie.vat", "IL": "il.hp", "IN": "in_.gstin",
        "IT": "it.iva", "JP": "jp.in_", "KE": "ke.pin", "KR": "kr.brn", "LT": "lt.pvm",
        "LU": "lu.tva", "LV": "lv.pvn", "MA": "ma.ice", "MC": "mc.tva", "ME": "me.pib",
        "MK": "mk.edb", "MT": "mt.vat", "MX": "mx.rfc", "MZ": "mz.nuit", "NL": "nl.btw",
        "NO": "no.mva", "NZ": "nz.ird", "PE": "pe.ruc", "PL": "pl.nip", "PT": "pt.nif",
        "PY": "py.ruc", "RO": "ro.cf", "RS": "rs.pib", "RU": "ru.inn", "SE": "se.vat",
        "SI": "si.ddv", "SK": "sk.dph", "SM": "sm.coe", "SN": "sn.ninea", "SV": "sv.nit",
        "TH": "th.moa", "TN": "tn.mf", "TR": "tr.vkn", "TW": "tw.ubn", "UA": "ua.edrpou",
        "UY": "uy.rut", "VE": "ve.rif", "VN": "vn.mst", "ZA": "za.tin",
    },
    "tax": {
        "AT": "at.tin", "DE": "de.stnr", "GB": "gb.utr", "IN": "in_.pan", "IT": "it.codicefiscale",
        "SG": "sg.uen", "TH": "th.tin", "US": "us.ein",
    },
    "abn": {"AU": "au.abn"},
    "acn": {"AU": "au.acn"},
    "bn": {"CA": "ca.bn"},
    "cnpj": {"BR": "br.cnpj"},
    "cuit": {"AR": "ar.cuit"},
    "ein": {"US": "us.ein"},
    "gstin": {"IN": "in_.gstin"},
    "nit": {"CO": "co.nit", "GT": "gt.nit", "SV": "sv.nit"},
    "pan": {"IN": "in_.pan"},
    "rfc": {"MX": "mx.rfc"},
    "ruc": {"EC": "ec.ruc", "PE": "pe.ruc", "PY": "py.ruc"},
    "rut": {"CL": "cl.rut", "UY": "uy.rut"},
    "siren": {"FR": "fr.siren"},
    "siret": {"FR": "fr.siret"},
    "uen": {"SG": "sg.uen"},
    "uscc": {"CN": "cn.uscc"},
}  # fmt: skip
# Numbers without check digits: what they look like, and where.
SHAPES: Mapping[str, tuple[str, str]] = {
    # Registered societies and some partnerships end in letters: RS007CUS, IP27540R, SL12345A.
    "companies_house": ("GB", r"[A-Z0-9]{2}[0-9]{3}[A-Z0-9]{3}"),
    "duns": (EVERYWHERE, r"[0-9]{9}"),
}
# These two are taken as they are where no module knows the country's.
OPEN_KINDS = ("registration", "tax", "vat")
KINDS = tuple(sorted({*CHECKED, *SHAPES}))


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number in its one spelling: capitals and digits. `country` is '' for a kind without one."""

    kind: str
    country: str
    value: str
    checked: NumberCheck


def identifier(kind: str, country: str, value: str) -> Identifier:
    """The number in its one spelling; VALUE_INVALID names field, value and what mends it."""
    if kind not in KINDS:
        raise invalid("kind", kind, Mend.ONE_OF, allowed=", ".join(KINDS))
    country = _country(kind, country)
    bare = _bare(value)
    if not 1 <= len(bare) <= LONGEST:
        raise invalid("identifier", value, Mend.LETTERS_AND_DIGITS, most=LONGEST)
    name = CHECKED.get(kind, {}).get(country)
    if name is not None:
        return Identifier(
            kind, country, _well_formed(_module(name), value, bare), NumberCheck.VALID
        )
    if kind in SHAPES:
        pattern = SHAPES[kind][1]
        bare = bare.zfill(8) if kind == "companies_house" and bare.isdigit() else bare
        if not re.fullmatch(pattern, bare):
            raise invalid("identifier", value, Mend.FITTING, pattern=pattern)
    return Identifier(kind, country, bare, NumberCheck.UNCHECKED)


def _country(kind: str, country: str) -> str:
    """The country the number is of. A kind of one country needs none said."""
    known = [SHAPES[kind][0]] if kind in SHAPES else list(CHECKED[kind])
    if known == [EVERYWHERE]:
        return EVERYWHERE
    if not country and len(known) == 1:
        return known[0]
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise invalid("country", country, Mend.COUNTRY_CODE)
    if country not in known and kind not in OPEN_KINDS:
        raise invalid("country", country, Mend.ONE_OF, allowed=", ".join(known))
    return country


def _well_formed(module: ModuleType, value: str, bare: str) -> str:
    for spelling in (bare, unicodedata.normalize("NFKC", value).strip()):
        if module.is_valid(spelling):
            return _bare(module.compact(spelling))
    raise invalid("identifier", value, Mend.CHECK_DIGITS)


@cache
def _module(name: str) -> ModuleType:
    return import_module(f"stdnum.{name}")


def _bare(value: str) -> str:
    plain = unicodedata.normalize("NFKC", value).upper()
    # Mexico alone has the sign & in its numbers.
    return "".join(sign for sign in plain if sign.isalnum() or sign == "&")
