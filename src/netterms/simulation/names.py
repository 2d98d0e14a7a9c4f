"""Invented companies by country. Places are made up or mythical, so that nobody real is meant.

Every e-mail address ends in `.example`, which no mail server serves (RFC 2606).
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Naming:
    """How companies of a country are called: `pattern` joins a place and a trade.

    `places` pairs the written place with the Latin letters of its internet domain.
    """

    pattern: str
    places: tuple[tuple[str, str], ...]
    trades: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A company's name in its own script, its address for letters, its sector by NACE section."""

    name: str
    email: str
    sector: str


def _latin(places: str) -> tuple[tuple[str, str], ...]:
    return tuple((place, _ascii(place)) for place in places.split())


def _ascii(word: str) -> str:
    # Decomposed, an accent is a character of its own and falls away; only ł has to be told.
    plain = unicodedata.normalize("NFKD", word.lower().replace("ł", "l"))
    return plain.encode("ascii", "ignore").decode("ascii")


NAMINGS: Mapping[str, Naming] = MappingProxyType(
    {
        "CN": Naming(
            "{place}{trade}有限公司",
            (
                ("青丘", "qingqiu"),
                ("瀛洲岛", "yingzhoudao"),
                ("归墟", "guixu"),
                ("桃花源", "taohuayuan"),
                ("南柯", "nanke"),
                ("云中阙", "yunzhongque"),
                ("方壶山", "fanghushan"),
                ("昆仑墟", "kunlunxu"),
            ),
            ("精密机械", "电子元件", "五金制品", "包装材料", "照明科技", "纺织", "汽车零部件"),
        ),
        "DE": Naming(
            "{place} {trade}",
            _latin("Nebelfurt Silberau Krähental Mondstein Wolkenroda Tannenmark Eulenhag"),
            (
                "Maschinenbau GmbH",
                "Werkzeuge GmbH & Co. KG",
                "Elektrotechnik GmbH",
                "Logistik AG",
                "Möbelwerke GmbH",
            ),
        ),
        "FR": Naming(
            "{trade} {place}",
            _latin("Valombre Clairefontaise Montgrise Bellecombre Rochevent Aubelune"),
            ("Ateliers", "Mécanique", "Distribution", "Établissements", "Matériaux"),
        ),
        "GB": Naming(
            "{place} {trade}",
            _latin("Fernmoor Wickenbrook Starlow Ashcombeley Greywater Larkhollow"),
            ("Engineering Ltd", "Supplies Ltd", "Fittings Ltd", "Packaging Ltd", "Trading plc"),
        ),
        "US": Naming(
            "{place} {trade}",
            _latin("Cedarquill Bluemesa Northpine Sunharrow Ironbrook Prairielight Copperwillow"),
            ("Industrial Inc.", "Supply Co.", "Components LLC", "Hardware Corp.", "Systems Inc."),
        ),
        "NL": Naming(
            "{place} {trade}",
            _latin("Nevelwijk Zilverdam Windhoeve Maanveld Reigersluis"),
            ("Techniek B.V.", "Groothandel B.V.", "Bouwmaterialen B.V.", "Verpakkingen B.V."),
        ),
        "PL": Naming(
            "{place} {trade}",
            _latin("Srebrzyca Mglisko Wichrowiec Borówno Jasnolas"),
            ("Maszyny sp. z o.o.", "Narzędzia sp. z o.o.", "Hurtownia S.A.", "Opakowania S.A."),
        ),
        "IT": Naming(
            "{trade} {place} S.r.l.",
            _latin("Boscolento Valserena Montefiabo Acquaviola Pietralba"),
            ("Officine", "Forniture", "Meccanica", "Arredi", "Tessuti"),
        ),
        "JP": Naming(
            "株式会社{place}{trade}",
            (
                ("竜宮", "ryugu"),
                ("常世", "tokoyo"),
                ("浦島", "urashima"),
                ("月読", "tsukuyomi"),
                ("天狗谷", "tengudani"),
            ),
            ("製作所", "商事", "電機", "工業"),
        ),
        "BR": Naming(
            "{place} {trade}",
            _latin("Serrazul Pedralume Riodourado Campoluar"),
            ("Indústria Ltda.", "Comércio Ltda.", "Equipamentos S.A.", "Distribuidora Ltda."),
        ),
        "AE": Naming(
            "{place} {trade}",
            _latin("Oryxgate Pearldune Falconreef Saffronbay"),
            ("Trading LLC", "General Contracting LLC", "Equipment FZE", "Supplies FZCO"),
        ),
        "MX": Naming(
            "{place} {trade}",
            _latin("Piedraluna Cerroalto Ríoceleste Nopaldoro"),
            ("Industrial S.A. de C.V.", "Comercial S.A. de C.V.", "Herrajes S.A. de C.V."),
        ),
    }
)
# Sections of NACE by what a trade is called; who is called otherwise makes things.
MANUFACTURING = "C"
SECTORS = {
    "F": ("Contracting", "Bouwmaterialen", "Matériaux"),
    "G": ("Supplies", "Supply", "Trading", "Distribu", "Établissements", "Groothandel", "Hurtownia",
          "Forniture", "Comércio", "Comercial", "Hardware", "商事"),
    "H": ("Logistik",),
}  # fmt: skip
MAILBOXES = ("accounts", "invoices", "payables", "finance", "ap")


def companies(country: str, count: int, dice: random.Random) -> list[CompanyName]:
    """`count` different companies of a country, drawn with `dice`."""
    naming = NAMINGS[country]
    every = [(place, trade) for place in naming.places for trade in naming.trades]
    assert count <= len(every), f"only {len(every)} names for {country}"
    return [
        CompanyName(
            name=naming.pattern.format(place=place, trade=trade),
            email=f"{dice.choice(MAILBOXES)}@{domain}-{number}.example",
            sector=_sector(trade),
        )
        for number, ((place, domain), trade) in enumerate(dice.sample(every, count), 1)
    ]


def _sector(trade: str) -> str:
    told = (section for section, called in SECTORS.items() if any(one in trade for one in called))
    return next(told, MANUFACTURING)
