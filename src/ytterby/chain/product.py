"""Products as their makers registered them: form, content, piece mass, free of rare earths, each from a day on.

An input whose product its maker has registered as free of rare earths (iron, ferro-boron) is no finding when no
event made it; one with a registered content brings that content where no lot was declared.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ytterby.matter.assay import Assay


@dataclass(frozen=True, slots=True)
class Product:
    """One product class (a GTIN without its lot) as its maker registered it, valid [start, end)."""

    id: str
    maker: str
    form: str | None = None
    is_free_of_rare_earths: bool = False
    assays: tuple[Assay, ...] = ()
    piece_mass_gram: Decimal | None = None
    start: date | None = None
    end: date | None = None
    name: str = ""

    def covers(self, day: date) -> bool:
        """Tell whether the registration holds on the day."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class ProductList:
    """All registered products, by class."""

    by_class: Mapping[str, tuple[Product, ...]] = field(default_factory=dict)

    def on(self, product_class: str, day: date) -> Product | None:
        """Return what is registered for a class on a day; the latest registration holds."""
        rows = [p for p in self.by_class.get(product_class, ()) if p.covers(day)]
        return rows[-1] if rows else None


def make_product_list(products: Iterable[Product]) -> ProductList:
    """Return the list of these registrations, later ones last."""
    by_class: dict[str, list[Product]] = {}
    for product in sorted(products, key=lambda p: (p.id, p.start or date.min, p.maker)):
        by_class.setdefault(product.id, []).append(product)
    return ProductList({key: tuple(rows) for key, rows in by_class.items()})
