"""Moves inside a site: material enters, is processed, counted, lost, changes its owner."""

from decimal import Decimal

import numpy as np

from ytterby.chain.amount import replace_amount
from ytterby.chain.event import KILOGRAM, PIECE
from ytterby.chain.ledger import Ledger, Obtained, Taken
from ytterby.chain.node import Node, NodeKind, OriginClass, SourcePart, weighted
from ytterby.chain.posting import Line, Loss, Posting, Source, Step, StockTake, TitleTransfer
from ytterby.chain.row_rule import excess_content, inherit, remainder, share_out
from ytterby.matter.mass import ElementMass, combine
from ytterby.terms.quantity import divide


class Moves:
    """What happens to lots at one place."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def enter(self, posting: Source) -> None:
        """Make the parcels of a commissioning, each its own source."""
        for number, line in enumerate(posting.lines):
            self.ledger.at_line(number)
            content, is_known = self.ledger.content_of(line, posting)
            parcel = self.ledger.add_parcel(line, posting, content, is_made=True)
            parcel.is_known = is_known
            country = posting.country or self.ledger.world.directory.country_of(posting.site)
            party = (posting.exporter or "") if posting.origin == "foreign" else ""
            self.ledger.join(
                parcel, (), [SourcePart(OriginClass(posting.origin, posting.site, country, party), content)]
            )

    # Steps

    def process_step(self, posting: Step) -> None:
        """Take the inputs, mix them, and divide the mix among the outputs by the row rule."""
        ledger = self.ledger
        got = [self._obtain(number, line, posting) for number, line in enumerate(posting.inputs)]
        ledger.at_line(len(posting.inputs))
        step = ledger.add_node(NodeKind.STEP, posting)
        step.run, step.stage, step.uses = posting.run, posting.process, posting.uses
        step.unknown_lines = [line for line, g in enumerate(got) if g.is_unknown]
        step.inputs_unknown = bool(step.unknown_lines)
        parts = (t._replace(line=line) for line, g in enumerate(got) for t in g.parts)
        ledger.join(step, parts, (s._replace(line=line) for line, g in enumerate(got) for s in g.sources))
        consumed = ledger.row_content(step)
        contents = [ledger.content_of(line, posting) for line in posting.outputs]
        step.is_testable = all(is_known for _, is_known in contents)
        made = self._complete(consumed, posting.outputs, contents)
        shares = share_out(consumed, made)
        step.content = step.consumed = consumed
        if shares.excess_kg.any():
            kind = "undeclared" if step.inputs_unknown else "unaccounted"
            country = ledger.world.directory.country_of(posting.site)
            part = SourcePart(OriginClass(kind, posting.site, country), excess_content(shares.excess_kg))
            step.sources.append(part)
            step.content = combine([(1.0, consumed), (1.0, part.content)])
        step.muf_weight = shares.muf_weight
        owner = self._owner_of(step, posting)
        rows = zip(posting.outputs, made, shares.outputs, contents, strict=True)
        for number, (line, content, share, (_, is_known)) in enumerate(rows):
            ledger.at_line(len(posting.inputs) + 1 + number)
            parcel = ledger.add_parcel(line, posting, content, is_made=True)
            parcel.owner, parcel.uses = owner, posting.uses
            parcel.is_known = is_known or not step.inputs_unknown
            ledger.join(parcel, [Taken(step, share)])
            step.outputs.append(parcel.index)

    def _obtain(self, number: int, line: Line, posting: Posting) -> Obtained:
        self.ledger.at_line(number)
        return self.ledger.obtain(line, posting)

    def _complete(
        self, consumed: ElementMass, lines: tuple[Line, ...], contents: list[tuple[ElementMass, bool]]
    ) -> list[ElementMass]:
        """Give outputs without an assay what the assayed ones leave, by piece or by declared mass."""
        known = [content for content, is_known in contents if is_known]
        if len(known) == len(contents):
            return known
        bare = [line for line, (_, is_known) in zip(lines, contents, strict=True) if not is_known]
        inherited = iter(inherit(remainder(consumed, known), parts_of(bare)))
        return [content if is_known else next(inherited) for content, is_known in contents]

    def _owner_of(self, step: Node, posting: Posting) -> str:
        """Return who owns the products: as stated, else the owner of all inputs, else the holder."""
        if posting.owner:
            return posting.owner
        owners = {self.ledger.nodes[parent].owner for parent in step.parents}
        return owners.pop() if len(owners) == 1 else posting.holder

    # Loss and title

    def lose(self, posting: Loss) -> None:
        """Take lots out of the accounts."""
        for number, line in enumerate(posting.lines):
            if not self.ledger.is_wanted(line.lot):
                continue
            got = self._obtain(number, line, posting)
            node = self.ledger.add_node(NodeKind.LOSS, posting, lot=line.lot)
            self.ledger.join(node, got.parts, got.sources)
            node.content = self.ledger.row_content(node)
            node.amount = node.left = line.amount if line.amount is not None else Decimal(1)

    def transfer_title(self, posting: TitleTransfer) -> None:
        """Give a quantity another owner where it lies: a new parcel, since the old one may be kept in part."""
        for number, line in enumerate(posting.lines):
            if not self.ledger.is_wanted(line.lot):
                continue
            got = self._obtain(number, line, posting)
            if not got.parts:
                continue
            first = got.parts[0].node
            parcel = self.ledger.derive_parcel(first, posting, site=posting.site)
            parcel.owner = posting.to_owner
            self.ledger.join(parcel, got.parts, got.sources)
            parcel.content = self.ledger.row_content(parcel)
            if line.amount is not None:
                parcel.amount = parcel.left = line.amount
                parcel.unit = line.unit
            else:
                parcel.amount = parcel.left = amount_of(got)
            parcel.net_kg = replace_amount(line, parcel.amount).net_kg if parcel.unit == line.unit else None

    # Stock-taking

    def count(self, posting: StockTake) -> None:
        """Set what is held to what was counted; the difference is MUF, or unaccounted beyond 3u."""
        counted: set[str] = set()
        for number, line in enumerate(posting.lines):
            counted.add(line.lot)
            if line.amount is not None and self.ledger.is_wanted(line.lot):
                self.ledger.at_line(number)
                self._count_lot(posting, line, line.amount)
        if posting.is_complete:
            self._find_uncounted(posting, counted)

    def _count_lot(self, posting: StockTake, line: Line, amount: Decimal) -> None:
        ledger = self.ledger
        parcels = [p for p in ledger.held.get((line.lot, posting.site), ()) if p.left != 0]
        held = sum((p.left for p in parcels if p.unit == line.unit), Decimal(0))
        if not parcels:
            got = ledger.obtain(line, posting, unknown_as="opening_stock")
            self._keep(posting, line, got)
            return
        if held == amount:
            return
        u_squared = sum(p.takes_u_squared for p in parcels) + line.mass_u.random_kg**2
        noise = 3.0 * float(np.sqrt(u_squared)) if line.unit == KILOGRAM else 0.0
        if abs(float(held - amount)) > noise:
            facts = {"held": str(held), "counted": str(amount), "unit": line.unit}
            parties = (posting.holder,)
            ledger.find("stock.differs", line.lot, posting.site, parties, facts, (posting.digest,))
        if amount < held:
            self._write_down(parcels, held - amount)
        else:
            self._write_up(posting, line, parcels[-1], amount - held, is_noise=float(amount - held) <= noise)

    def _write_down(self, parcels: list[Node], missing: Decimal) -> None:
        """Less was counted than held: the missing goes to MUF, from the oldest parcel on."""
        for parcel in parcels:
            part = min(parcel.left, missing)
            if part <= 0:
                continue
            lost = divide(part, parcel.amount)
            parcel.left -= part
            missing -= part
            parcel.muf_weight = (0.0 if parcel.muf_weight is None else parcel.muf_weight) + np.full(17, lost)

    def _write_up(self, posting: StockTake, line: Line, parcel: Node, found: Decimal, *, is_noise: bool) -> None:
        """More was counted than held: a gain within noise, else material of unaccounted origin."""
        share = divide(found, parcel.amount) if parcel.amount else 0.0
        content = weighted(parcel.content, share)
        extra = self.ledger.derive_parcel(parcel, posting, site=posting.site)
        extra.amount = extra.left = found
        extra.content, extra.net_kg = content, replace_amount(line, found).net_kg
        if is_noise:
            self.ledger.join(extra, [Taken(parcel, share)])
            gain = np.full(17, -share)
            parcel.muf_weight = gain if parcel.muf_weight is None else parcel.muf_weight + gain
        else:
            country = self.ledger.world.directory.country_of(posting.site)
            self.ledger.join(extra, (), [SourcePart(OriginClass("unaccounted", posting.site, country), content)])

    def _keep(self, posting: StockTake, line: Line, got: Obtained) -> None:
        """Counted goods that the book had not here are held from now on."""
        for taken in got.parts:
            parcel = self.ledger.derive_parcel(taken.node, posting, site=posting.site)
            self.ledger.join(parcel, [taken])
            parcel.content = weighted(taken.node.content, taken.weight)
            parcel.amount = parcel.left = line.amount if len(got.parts) == 1 and line.amount else taken.node.amount

    def _find_uncounted(self, posting: StockTake, counted: set[str]) -> None:
        """A complete stock-taking names all that lies there; what the book holds beside it is a question."""
        for lot in self.ledger.lots_at.get(posting.site, ()):
            if lot in counted:
                continue
            parcels = self.ledger.held[lot, posting.site]
            left = sum((p.left for p in parcels), Decimal(0))
            if left > 0 and not parcels[-1].is_free:
                facts = {"held": str(left), "unit": parcels[-1].unit}
                parties = (posting.holder,)
                self.ledger.find("stock.not_counted", lot, posting.site, parties, facts, (posting.digest,))


def parts_of(lines: list[Line]) -> list[float]:
    """Return the parts by which unassayed outputs inherit: by piece where all are counted, else by declared mass.

    Where some have neither a mass nor a piece mass, every line gets an equal part.
    """
    if all(line.unit == PIECE and line.amount is not None for line in lines):
        sizes = [line.amount or Decimal(0) for line in lines]
    elif all(line.net_kg is not None for line in lines):
        sizes = [line.net_kg or Decimal(0) for line in lines]
    else:
        sizes = [Decimal(1)] * len(lines)
    total = sum(sizes, Decimal(0))
    if not total:
        sizes, total = [Decimal(1)] * len(lines), Decimal(len(lines))
    return [divide(size, total) for size in sizes]


def amount_of(got: Obtained) -> Decimal:
    """Return how much was taken, in the unit of its first parcel."""
    total = Decimal(0)
    for taken in got.parts:
        if isinstance(taken.weight, float):
            total += taken.node.amount * Decimal(repr(taken.weight))
    return total
