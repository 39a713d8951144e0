"""What a party may read of events that are not its own: a shipment addressed to it, and goods that pass its place.

Each reader has a read model that lists its fields; what a posting says beyond them is left out here, before anything
is derived, so that no answer can show it (threat C5). A consignee reads lot, mass, assay, document number and time of
the shipment addressed to it, and who sent it: no site, container, scale or licence of the shipper, no use, no end
user, no eventID, no digest. What the reader's own events name already (`Told`) is nothing new to it and stays.

A party's book holds its own events whole and such shipments, and nothing else; goods that were sent to it enter it as
`delivered` by their shipper, one step back and no further.

Source: the register's threat model, section 4 (who may read what), threats C2 and C5.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from ytterby.chain.amount import net_mass_kg
from ytterby.chain.event import KILOGRAM
from ytterby.chain.node import Node, NodeKind
from ytterby.chain.order import Bundle, rank_bundles
from ytterby.chain.posting import EXACT, Dispatch, Line, Posting, Source, Transit, Void
from ytterby.chain.posting_record import lines_made, lots_made, subjects_of
from ytterby.chain.shipment import is_same_move
from ytterby.chain.world import World
from ytterby.matter.uncertainty import mass_uncertainty

DELIVERED = "delivered"
# What the list of readers grants a consignee: fields of its shipment, and of each line; `mass_u` is the starting
# table's. All other fields of these postings are left at their defaults.
CONSIGNEE_SHIPMENT = frozenset(
    (
        "digest",
        "at",
        "site",
        "holder",
        "submitter",
        "lines",
        "to_site",
        "to_holder",
        "to_owner",
        "document",
        "containers",
    )
)
CONSIGNEE_LINE = frozenset(("lot", "amount", "unit", "net_kg", "mass_u", "assays", "form", "piece_mass_kg"))


class Told(NamedTuple):
    """What a reader's own events name: sites and containers, lots it made, lots it sent."""

    places: frozenset[str]
    containers: frozenset[str]
    made: frozenset[str]
    sent: frozenset[str]


class Passage(NamedTuple):
    """What a customs body reads of goods that pass its place: what the declaration says of them."""

    lot: str
    amount: str | None
    unit: str
    at: str
    place: str
    shipper: str
    consignee: str
    document: str
    regime: str
    declaration: str
    licence: str
    licence_line: str
    destination_country: str


def told_by(own: Iterable[Bundle]) -> Told:
    """Return what a reader's own events name."""
    places: set[str] = set()
    containers: set[str] = set()
    made: set[str] = set()
    sent: set[str] = set()
    for bundle in own:
        subjects = subjects_of(bundle.postings)
        places |= subjects.sites
        containers |= subjects.containers
        for posting in bundle.postings:
            made.update(lots_made(posting))
            places.update(p for p in (getattr(posting, "to_site", None), getattr(posting, "from_site", None)) if p)
            if isinstance(posting, Dispatch):
                sent.update(line.lot for line in posting.lines)
    return Told(frozenset(places), frozenset(containers), frozenset(made), frozenset(sent))


def is_addressed(posting: Dispatch, reader: str, world: World) -> bool:
    """Tell whether a shipment is addressed to a party: as holder, as owner, or at a site that it operates that day."""
    if reader in {posting.to_holder, posting.to_owner}:
        return True
    site = posting.to_site
    return site is not None and world.directory.operator_of(site, posting.at.date()) == reader


# The line in which a party itself made a lot, by lot, holder and who said so: whence the assay of what it ships.
# Who said so comes from a credential; a shipment that only claims to be a maker's learns nothing of the maker's lot.
Makings = Mapping[tuple[str, str, str], Line]


def makings_of(bundles: Iterable[Bundle]) -> Makings:
    """Return the line in which each party made each lot, the latest where there are several."""
    found: dict[tuple[str, str, str], Line] = {}
    for bundle in sorted(bundles, key=lambda b: (b.postings[0].at, b.digest)):
        for posting in bundle.postings:
            found.update({(line.lot, posting.holder, posting.submitter): line for line in lines_made(posting)})
    return found


def bundles_for(
    own: Sequence[Bundle], others: Iterable[Bundle], reader: str, world: World, makings: Makings
) -> list[Bundle]:
    """Return what a party's book is written from: its own events whole, and of the `others` that name it as
    destination the shipments addressed to it. Digests of others are what the caller put in their place.

    The assay of a shipment is the one it states, else the one with which its shipper made the lot; what a maker further
    back said of it is more than one step away.
    """
    told = told_by(own)
    found = list(own)
    for bundle in _first_moves(others):
        postings: list[Posting] = []
        for posting in bundle.postings:
            if isinstance(posting, Dispatch) and is_addressed(posting, reader, world):
                shipment = _for_consignee(posting, bundle.digest, reader, told, world, makings)
                postings += [*_delivered(shipment, told), shipment] if shipment.lines or shipment.containers else []
            elif isinstance(posting, Void):
                postings.append(_void_for_consignee(posting, bundle.digest, told))
        if postings:
            found.append(Bundle(bundle.digest, tuple(postings)))
    return found


def _first_moves(bundles: Iterable[Bundle]) -> list[Bundle]:
    """Return the events in book order without departures of goods that are under way already.

    A consignee cannot tell these from a second part of the delivery once places and containers are left out, so they
    are told apart here, as in `shipment._same_goods`.
    """
    under_way: dict[tuple[str, str | None], list[Dispatch]] = {}
    found = []
    for ranked in rank_bundles(bundles):
        postings = tuple(_first_move(posting, under_way) for posting in ranked.bundle.postings)
        found.append(Bundle(ranked.bundle.digest, postings))
    return found


def _first_move(posting: Posting, under_way: dict[tuple[str, str | None], list[Dispatch]]) -> Posting:
    if not isinstance(posting, Dispatch):
        return posting
    kept = []
    for line in posting.lines:
        earlier = under_way.setdefault((line.lot, posting.document), [])
        if posting.is_departing and any(is_same_move(one, posting, is_equal=_is_equal(one, line)) for one in earlier):
            continue
        earlier.append(posting)
        kept.append(line)
    return msgspec.structs.replace(posting, lines=tuple(kept))


def _is_equal(first: Dispatch, line: Line) -> bool:
    """Tell whether a dispatch was of the same quantity of a lot."""
    return any(one.lot == line.lot and one.amount == line.amount for one in first.lines)


def _head(posting: Posting, digest: bytes, told: Told) -> dict[str, Any]:
    """Return what is shown of the fields that every posting has: no place of the holder's that the reader does not
    know, and nobody but the holder.
    """
    return {
        "digest": digest,
        "event_id": None,
        "at": posting.at,
        "site": posting.site if posting.site in told.places else posting.holder,
        "holder": posting.holder,
        "owner": "",
        "submitter": posting.holder,
    }


def _for_consignee(
    posting: Dispatch, digest: bytes, reader: str, told: Told, world: World, makings: Makings
) -> Dispatch:
    """Return the read model of a consignee: each field is named here or in `_head`; a new one is closed until it is."""
    operator = world.directory.operator_of(posting.to_site, posting.at.date()) if posting.to_site else None
    made = [makings.get((line.lot, posting.holder, posting.submitter), line) for line in posting.lines]
    is_own_site = reader in {operator, posting.to_holder} or posting.to_site in told.places
    return Dispatch(
        **_head(posting, digest, told),
        lines=tuple(_line_for_consignee(*both, world) for both in zip(posting.lines, made, strict=True)),
        to_site=posting.to_site if is_own_site else None,
        to_holder=reader if reader in {posting.to_holder, operator} else None,
        to_owner=reader if posting.to_owner == reader else None,
        document=posting.document,
        containers=tuple(box for box in posting.containers if box in told.containers),
    )


def _line_for_consignee(line: Line, made: Line, world: World) -> Line:
    mass_u = EXACT
    piece_kg = line.piece_mass_kg or made.piece_mass_kg
    if line.unit == KILOGRAM and line.amount is not None:
        mass_u = mass_uncertainty(line.amount, s_dev_kg=None, device=None, table=world.matter.starting)
    return Line(
        lot=line.lot,
        amount=line.amount,
        unit=line.unit,
        net_kg=None if line.amount is None else net_mass_kg(line.amount, line.unit, piece_kg),
        mass_u=mass_u,
        assays=line.assays or made.assays,
        form=line.form or made.form,
        piece_mass_kg=piece_kg,
    )


def _delivered(shipment: Dispatch, told: Told) -> list[Source]:
    """Let goods that the reader neither made nor sent itself enter its book where they were sent from."""
    lines = tuple(
        line
        for line in shipment.lines
        if line.amount is not None and line.lot not in told.made and line.lot not in told.sent
    )
    if not lines:
        return []
    # Its site is disclosed already: the reader was told of it, or it is the holder.
    return [Source(**_head(shipment, shipment.digest, told), lines=lines, origin=DELIVERED)]


def _void_for_consignee(posting: Void, digest: bytes, told: Told) -> Void:
    return Void(
        **_head(posting, digest, told),
        lines=tuple(Line(lot=line.lot, amount=line.amount, unit=line.unit) for line in posting.lines),
        document=posting.document,
        containers=tuple(box for box in posting.containers if box in told.containers),
    )


def passages_of(postings: Iterable[Posting], places: Collection[str], instants: Mapping[bytes, str]) -> list[Passage]:
    """Return what a customs body reads of goods that pass its places. `instants` are the texts of the events' times."""
    found = []
    for posting in postings:
        place = posting.customs_site if isinstance(posting, Dispatch) else posting.site
        if not isinstance(posting, Dispatch | Transit) or place not in places:
            continue
        found += [_passage(posting, line, place or "", instants[posting.digest]) for line in posting.lines]
    return found


def _passage(posting: Dispatch | Transit, line: Line, place: str, at: str) -> Passage:
    is_dispatch = isinstance(posting, Dispatch)
    return Passage(
        lot=line.lot,
        amount=None if line.amount is None else format(line.amount, "f"),
        unit=line.unit,
        at=at,
        place=place,
        shipper=posting.holder if is_dispatch else "",
        consignee=(posting.to_holder or "") if isinstance(posting, Dispatch) else "",
        document=(posting.document or "") if isinstance(posting, Dispatch) else "",
        regime=posting.regime or "",
        declaration=posting.declaration or "",
        licence=(posting.licence or "") if isinstance(posting, Dispatch) else "",
        licence_line=(posting.licence_line or "") if isinstance(posting, Dispatch) else "",
        destination_country=(posting.destination_country or "") if isinstance(posting, Dispatch) else "",
    )


def mark_unknown_inputs(nodes: Sequence[Node]) -> None:
    """Mark the steps that took what the reader knows no composition of: what they gained is explained by that."""
    for node in nodes:
        if node.kind is not NodeKind.STEP or node.inputs_unknown:
            continue
        parents = [nodes[parent] for parent in node.parents]
        if any(p.lot and not p.is_known and not p.is_free and not p.mass_kg.any() for p in parents):
            node.inputs_unknown = True
            node.sources = [
                part._replace(origin=part.origin._replace(kind="undeclared"))
                if part.origin.kind == "unaccounted" and part.line == -1
                else part
                for part in node.sources
            ]
