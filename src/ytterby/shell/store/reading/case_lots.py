"""The lots that an application offers, as its applicant holds them, and how each stands.

Who may read: whoever gathers evidence for a case (licensing bodies, and the register itself), of the lots that the
application names and of no other, as far as its applicant holds them: licensing reads of tracing only what a case
offers it. An applicant reads of its own lots what its own book tells (`own_lots`).
"""

from collections.abc import Collection, Iterable, Mapping

from ytterby.balance.mirror import MirrorState, judge_pairs
from ytterby.chain.book import Book, build_from_bundles
from ytterby.chain.kept_cone import Making, making_of_lots
from ytterby.chain.node import NodeKey
from ytterby.chain.origin_row import OriginRow
from ytterby.law.goods import Goods
from ytterby.licence.lot_claim import Held
from ytterby.licence.lot_evidence import LotStanding
from ytterby.licence.lot_standing import goods_held, standing_of
from ytterby.shell.site.packs import goods_tables
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.known_postings import KnownPostings
from ytterby.shell.store.derived.postings import live_edition
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.reading.book import book_of, from_cells
from ytterby.shell.store.reading.book_size import book_known
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer


class OfferedLots:
    """The lots of one application as one party holds them: read once, with the steps that made them."""

    def __init__(self, viewer: Viewer, known: Known, lots: Iterable[str], holder: str) -> None:
        del viewer  # who may not gather evidence gathers none
        self.holder, self.lots = holder, tuple(dict.fromkeys(lots))
        self._known = known
        made = _making(known, self.lots) if self.lots else None
        self._book: Book | None = made.book if made is not None else None
        self._rows: Mapping[NodeKey, OriginRow] = made.rows if made is not None else {}

    def standings(self) -> dict[str, LotStanding]:
        """Return how each lot stands with its holder."""
        if self._book is None:
            return {}
        deliveries = _deliveries(self._known, self.lots)
        return {lot: standing_of(self._book, lot, self.holder, self._rows, deliveries) for lot in self.lots}

    def held(self) -> dict[str, Held]:
        """Return what the holder has of each lot; nothing of those that it does not hold."""
        if self._book is None:
            return {}
        found = (standing_of(self._book, lot, self.holder, self._rows, ()).held for lot in self.lots)
        return {one.lot: one for one in found if one is not None}

    def goods(self, lot: str) -> Goods | None:
        """Return a lot as goods of the law, as assayed; None where its holder has none, or no law speaks of it."""
        return goods_held(self._book, lot, self.holder, goods_tables()) if self._book is not None else None


def made_lots(viewer: Viewer, known: Known, lots: Collection[str]) -> Book:
    """Return a book of lots and of the steps that made them, for what the register itself works out.

    Raises:
        PermissionError: the viewer does not read all lots.
    """
    if not viewer.reads_all:
        raise PermissionError("lots are read by those who read all of them")
    return _making(known, lots).book


def _making(known: Known, lots: Collection[str]) -> Making:
    # Cells that were derived after the last change of any book are right at every size since then.
    derived = live_edition().derived_to
    if book_known(OPERATOR_VIEWER, known).size <= derived <= known.size:
        known = Known(derived)
    else:
        derive_to(known.size)
    found = from_cells(OPERATOR_VIEWER, known, lambda cells, world: making_of_lots(cells, world, lots))
    # Where cells were derived further meanwhile the whole book tells; it keeps no rows, so no trace is told of.
    return found if found is not None else Making(book_of(OPERATOR_VIEWER, known), {})


def _deliveries(known: Known, lots: Collection[str]) -> tuple[MirrorState, ...]:
    """Return the state of each delivery of these lots, from the postings that name them alone."""
    postings = KnownPostings(live_edition().number, known.size)
    return judge_pairs(build_from_bundles(postings.events(lots), world_at(known.size), (), ()))


def own_lots(viewer: Viewer, known: Known, lots: Iterable[str]) -> dict[str, LotStanding]:
    """Return how lots stand as their holder itself can tell, from its own book: what it has of them, and no more."""
    if viewer.party is None:
        return {}
    book = book_of(Viewer(viewer.party), known)
    found = {lot: standing_of(book, lot, viewer.party, {}, ()) for lot in dict.fromkeys(lots)}
    return {lot: LotStanding(lot, one.held, one.elements, one.form) for lot, one in found.items()}


def own_goods(viewer: Viewer, known: Known, lot: str) -> Goods | None:
    """Return a lot as goods of the law, as its holder's own book tells."""
    if viewer.party is None:
        return None
    return goods_held(book_of(Viewer(viewer.party), known), lot, viewer.party, goods_tables())
