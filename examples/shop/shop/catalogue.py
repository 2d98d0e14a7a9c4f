"""What there is to buy. Prices are whole cents of CURRENCY."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CURRENCY = "EUR"

# Line drawings as SVG paths, 48 by 48: every machine can show them.
_CHAIR = "M14 6v34M14 24h20M34 24v16M34 24V10a4 4 0 0 0-4-4H14"
_LAMP = "M10 42h18M19 42V26l12-12M25 8l12 12M37 20a8 8 0 0 1-12-12"
_DESK = "M4 16h40M9 16v26M39 16v26M9 36h30M16 16V8h16v8"
_PLANT = (
    "M16 32h16l-2 11H18zM24 32V16M24 22c-8 0-12-5-12-12 8 0 12 4 12 12"
    "M24 18c0-7 4-11 11-11 0 7-4 11-11 11"
)
_COFFEE = (
    "M8 42h32M10 6h28v10H10zM12 16v26M20 16v6h12v-6M18 28h14v6a6 6 0 0 1-6 6h-2a6 6 0 0 1-6-6z"
)
_BOX = "M6 16l18-9 18 9v18l-18 9-18-9zM6 16l18 9 18-9M24 25v18M15 11.5l18 9"


@dataclass(frozen=True)
class Product:
    """One thing in the catalogue."""

    sku: str
    name: str | Promise
    text: str | Promise
    price_minor: int
    drawing: str


PRODUCTS = {
    product.sku: product
    for product in (
        Product(
            "CHAIR", _("Oak chair"), _("Solid oak, stackable, six to a pallet."), 189_00, _CHAIR
        ),
        Product("LAMP", _("Desk lamp"), _("Warm light, steel foot, repairable."), 79_50, _LAMP),
        Product("DESK", _("Standing desk"), _("160 × 80 cm, quiet motor."), 649_00, _DESK),
        Product("PLANT", _("Office plant"), _("Survives holidays and meetings."), 34_90, _PLANT),
        Product(
            "COFFEE", _("Coffee machine"), _("Two groups, for fifty people."), 4_950_00, _COFFEE
        ),
        Product("BOX", _("Moving boxes"), _("Twenty in a bundle, recycled."), 42_00, _BOX),
    )
}
