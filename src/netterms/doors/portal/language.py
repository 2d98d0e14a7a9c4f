"""In which language a buyer reads its page: the one it chose, else the one the seller knows of."""

from __future__ import annotations

from django.utils.translation.trans_real import parse_accept_lang_header

# Each has a catalogue with every text of this door, and is named in itself for who looks for it.
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "zh-hans": "简体中文",
}
# Where nothing is known of a buyer but its country.
OF_COUNTRY = {
    **dict.fromkeys(("DE", "AT", "LI"), "de"),
    **dict.fromkeys(("FR", "MC", "SN", "CI"), "fr"),
    **dict.fromkeys(("ES", "MX", "AR", "CL", "CO", "PE", "UY", "EC", "CR", "PA"), "es"),
    **dict.fromkeys(("CN", "SG"), "zh-hans"),
}
DEFAULT = "en"


def known(code: str) -> str:
    """The language of a code such as `zh-CN` or `de_AT`; empty where there is no catalogue."""
    short = code.strip().lower().replace("_", "-").partition("-")[0]
    return "zh-hans" if short == "zh" else short if short in LANGUAGES else ""


def of_browser(accepted: str) -> str:
    """The first language of a header Accept-Language that there is; empty for none of them."""
    return next(filter(None, (known(code) for code, _ in parse_accept_lang_header(accepted))), "")


def language(chosen: str, of_buyer: str, country: str) -> str:
    """The language of the page. A buyer's record says English where nobody said anything."""
    told = known(of_buyer)
    if told == DEFAULT:
        told = ""
    return known(chosen) or told or OF_COUNTRY.get(country, DEFAULT)
