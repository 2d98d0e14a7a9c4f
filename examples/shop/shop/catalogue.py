"""What there is to buy. Prices are whole cents of CURRENCY."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

CURRENCY = "EUR"


@dataclass(frozen=True)
class Product:
    """One thing in the catalogue."""

    sku: str
    name: str
    text: str
    price_minor: int
    sign: str


PRODUCTS = {
    product.sku: product
    for product in (
        Product("CHAIR", _("Oak chair"), _("Solid oak, stackable, six to a pallet."), 189_00, "🪑"),
        Product("LAMP", _("Desk lamp"), _("Warm light, steel foot, repairable."), 79_50, "💡"),
        Product("DESK", _("Standing desk"), _("160 × 80 cm, quiet motor."), 649_00, "🗄️"),
        Product("PLANT", _("Office plant"), _("Survives holidays and meetings."), 34_90, "🪴"),
        Product("COFFEE", _("Coffee machine"), _("Two groups, for fifty people."), 4_950_00, "☕"),
        Product("BOX", _("Moving boxes"), _("Twenty in a bundle, recycled."), 42_00, "📦"),
    )
}
