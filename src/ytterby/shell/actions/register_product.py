"""Register a product: what its maker says it is, from a day on.

Who may: the maker for its own products; the register's operator for all.
"""

from dataclasses import dataclass
from datetime import datetime

from ytterby.chain.party import OPERATOR
from ytterby.chain.product import Product
from ytterby.matter.assay import check_assays
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.site.packs import matter_tables
from ytterby.shell.site.register import Register
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.terms.identifier import product_class, read_identifier
from ytterby.terms.problem import Problem, is_refused, refuse


@dataclass(frozen=True, slots=True)
class ProductRegistration:
    """What came of it; `size` is the log's size afterwards."""

    problems: tuple[Problem, ...]
    size: int


def register_product(
    register: Register, product: Product, *, submitter: str, at: datetime | None = None
) -> ProductRegistration:
    """Enter a product, or say why not."""
    identifier, problems = read_identifier(product.id, "/id")
    if submitter not in {OPERATOR, product.maker}:
        problems.append(refuse("product.not_the_maker", "/maker", product.maker))
    if product.is_free_of_rare_earths and product.assays:
        problems.append(refuse("product.free_and_assayed", "/assays"))
    problems += check_assays(product.assays, None, product.form, matter_tables(), "")
    if product.start and product.end and product.end <= product.start:
        problems.append(refuse("product.end_before_start", "/end", product.end, start=product.start))
    if is_refused(problems) or identifier is None:
        return ProductRegistration(tuple(problems), register.size)
    key = product_class(identifier.uri)
    size = register_documents([Registrable("product", key, _fields(product, key))], submitter, at or now())
    publish_or_leave(register)
    return ProductRegistration(tuple(problems), size)


def _fields(product: Product, key: str) -> dict[str, object]:
    return {
        "id": key,
        "maker": product.maker,
        "form": product.form,
        "name": product.name,
        "is_free_of_rare_earths": product.is_free_of_rare_earths,
        "assays": [
            {
                "element": a.element,
                "milligram_per_kilogram": str(a.milligram_per_kilogram),
                "standard_uncertainty": None if a.standard_uncertainty is None else str(a.standard_uncertainty),
                "method": a.method,
                "laboratory": a.laboratory,
            }
            for a in product.assays
        ],
        "piece_mass_gram": None if product.piece_mass_gram is None else str(product.piece_mass_gram),
        "start": product.start.isoformat() if product.start else None,
        "end": product.end.isoformat() if product.end else None,
    }
