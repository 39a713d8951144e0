"""Lots as a viewer may read them: the list, and which lot a text means.

Who may read: a party its own lots and those sent to it; auditors and the register's operator all.
"""

from collections import Counter
from decimal import Decimal

from ytterby.chain.book import Book
from ytterby.chain.disclosure import DELIVERED
from ytterby.chain.node import Node
from ytterby.matter.element import ELEMENTS
from ytterby.shell.store.derived.threads import threads_ending, threads_like, threads_named, threads_with_tail
from ytterby.shell.store.reading.book import book_of, lot_alone, lots_among
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.naming import Json, exact, instant, party_name, site_name
from ytterby.shell.store.reading.told import readable_findings
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.terms.identifier import product_class, tail

# The maker of a lot that nobody declared.
NOBODY: Json = {"id": None, "name": None, "name_zh": None}


def list_lots(viewer: Viewer, *, known: Known) -> Json:
    """Return every lot of the viewer's book, newest first, with what was made of it and where it is held."""
    book = book_of(viewer, known)
    counts = Counter(finding.lot for finding in readable_findings(viewer, known))
    rows = [_row(book, lot, parcels, counts[lot]) for lot, parcels in book.parcels_of.items()]
    rows.sort(key=lambda row: (row["at"], row["lot"]), reverse=True)
    return {"as_of_size": known.size, "lots": rows}


def match_lots(viewer: Viewer, text: str, *, known: Known) -> list[str]:
    """Return the lots whose identifier, as written or as people say it, is the text or ends with it.

    An exact match stands alone: the identifier, else what follows its last slash. Of very many, the first by name.
    """
    if not text:
        return []
    for look in (threads_named, threads_with_tail, threads_ending):
        lots = sorted(lots_among(viewer, look(text), known))
        if lots:
            return lots
    return []


def main_element(viewer: Viewer, lot: str, *, known: Known) -> str:
    """Return the element of which most was made of a lot; neodymium where its composition is unknown or has none.

    Raises:
        KeyError: the viewer's book has no such lot.
    """
    masses = _elements(list(lot_alone(viewer, lot, known).made(lot))) or {}
    return max(masses, key=lambda element: masses[element], default="Nd")


def near_lots(viewer: Viewer, text: str, *, known: Known, most: int = 3) -> list[str]:
    """Return the tails that look most like a text that names no lot."""
    from difflib import get_close_matches

    tails = {tail(lot): lot for lot in lots_among(viewer, threads_like(text), known)}
    return get_close_matches(text, tails, n=most, cutoff=0.5)


def _row(book: Book, lot: str, parcels: tuple[Node, ...], findings: int) -> Json:
    made = [p for p in parcels if p.is_made] or list(parcels)
    first = made[0]
    registered = book.world.products.on(product_class(lot), first.at.date())
    holders = sorted({p.holder for p in parcels if p.left > 0})
    return {
        "lot": lot,
        "tail": tail(lot),
        "form": first.form,
        "grade": first.grade,
        "product": registered.name if registered and registered.name else None,
        "maker": party_name(book, first.holder) if _is_made_known(parcels) else dict(NOBODY),
        "site": site_name(book, first.site),
        "at": instant(first.at),
        "quantity": exact(sum((p.amount for p in made), Decimal(0))),
        "unit": first.unit,
        "mass_kg": _net_kg(made),
        "elements": _elements(made),
        "findings": findings,
        "holders": [party_name(book, holder) for holder in holders],
        "held": exact(sum((p.left for p in parcels if p.left > 0), Decimal(0))),
        "status": _status(parcels),
    }


def _net_kg(made: list[Node]) -> float | None:
    masses = [p.net_kg for p in made]
    return None if any(m is None for m in masses) else float(sum((m for m in masses if m is not None), Decimal(0)))


def _elements(made: list[Node]) -> Json | None:
    """Return kilograms by element; None where the composition is unknown."""
    if not all(p.is_known for p in made):
        return None
    sums = {e: sum(float(p.mass_kg[i]) for p in made) for i, e in enumerate(ELEMENTS)}
    return {element: kg for element, kg in sums.items() if kg > 0}


def _status(parcels: tuple[Node, ...]) -> str:
    """Return where the lot stands: undeclared, held, or used up."""
    if not _is_declared(parcels) and not all(p.is_free for p in parcels):
        return "undeclared"
    return "held" if any(p.left > 0 for p in parcels) else "used"


def _is_declared(parcels: tuple[Node, ...]) -> bool:
    """Tell whether somebody reported making the lot; else it is known only because it was used."""
    return not any(p.sources and p.sources[0].origin.kind == "undeclared" for p in parcels)


def _is_made_known(parcels: tuple[Node, ...]) -> bool:
    """Tell whether the viewer knows who made the lot: of what was delivered to it, it knows who sent it."""
    return _is_declared(parcels) and not any(p.sources and p.sources[0].origin.kind == DELIVERED for p in parcels)
