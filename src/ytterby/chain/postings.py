"""Postings of one event: which of the book's moves an EPCIS event stands for.

The table `POSTINGS` says it: business step x event type -> posting. A combination that is not in it is stored,
has no effect on the book and is answered with the remark `event.no_effect_on_the_book`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ytterby.chain.amount import net_mass_kg
from ytterby.chain.event import KILOGRAM, PIECE, Entry, Event, Goods, LotData
from ytterby.chain.posting import (
    EXACT,
    Correction,
    Dispatch,
    Line,
    Loss,
    Pack,
    PoolIn,
    PoolOut,
    Posting,
    Receipt,
    Source,
    Step,
    StockTake,
    TitleTransfer,
    Transit,
    Unpack,
    Void,
)
from ytterby.chain.world import World
from ytterby.matter.uncertainty import mass_uncertainty
from ytterby.terms.identifier import is_container, product_class, site_of
from ytterby.terms.problem import Problem, remark

GRAMS_IN_KILOGRAM = Decimal(1000)
PROPORTIONAL = "proportional"

Answer = tuple[tuple[Posting, ...], tuple[Problem, ...]]


def postings_of(entry: Entry, world: World) -> Answer:
    """Return what an accepted event does to the book, and remarks to its submitter."""
    event = entry.event
    if event.error is not None:
        head = _head(entry, world, _place(event))
        correction = Correction(
            **head,
            target_event_id=event.event_id or "",
            reason=event.error.reason,
            corrective_event_ids=event.error.corrective_event_ids,
        )
        return (correction,), ()
    make = POSTINGS.get((event.kind, event.biz_step or "", event.action or ""))
    make = make or POSTINGS.get((event.kind, "*", event.action or "")) or POSTINGS.get((event.kind, "*", "*"))
    postings = make(entry, world) if make else ()
    if not postings:
        step = event.biz_step or "no bizStep"
        return (), (remark("event.no_effect_on_the_book", "/bizStep", step, kind=event.kind),)
    return postings, ()


def _head(
    entry: Entry, world: World, site: str | None, *, holder: str | None = None, owner: str | None = None
) -> dict[str, Any]:
    """Return the fields that every posting has.

    The holder is the possessing party where named, else the operator of the site on that day, else the submitter.
    An empty owner means that the goods keep theirs.
    """
    event = entry.event
    at_site = site_of(site) if site else entry.submitter
    holder = holder or world.directory.operator_of(at_site, event.at.date()) or entry.submitter
    return {
        "digest": event.digest,
        "event_id": event.event_id,
        "at": event.at,
        "site": at_site,
        "holder": holder,
        "owner": owner or "",
        "submitter": entry.submitter,
    }


def _place(event: Event) -> str | None:
    return event.biz_location or event.read_point


def _lines(
    event: Event, goods: Sequence[Goods], instances: Sequence[str], world: World, *, by_maker: bool
) -> tuple[Line, ...]:
    """Return one line a lot and one a serial; containers are left out."""
    return tuple(
        _line(event, one, world, by_maker=by_maker)
        for one in (*goods, *(Goods(i, Decimal(1), PIECE) for i in instances if not is_container(i)))
    )


def _line(event: Event, goods: Goods, world: World, *, by_maker: bool) -> Line:
    told = _told_of(goods.lot, event.lot_data, by_maker=by_maker)
    known = world.products.on(product_class(goods.lot), event.at.date())
    piece_gram = told.piece_mass_gram if told else None
    if piece_gram is None and known is not None:
        piece_gram = known.piece_mass_gram
    piece_kg = None if piece_gram is None else piece_gram / GRAMS_IN_KILOGRAM
    return Line(
        lot=goods.lot,
        amount=goods.amount,
        unit=goods.unit,
        net_kg=None if goods.amount is None else net_mass_kg(goods.amount, goods.unit, piece_kg),
        mass_u=_mass_u(event, goods.amount, world) if goods.unit == KILOGRAM and goods.amount is not None else EXACT,
        assays=told.assays if told else (),
        form=told.form if told else None,
        piece_mass_kg=piece_kg,
        grade=told.grade if told else None,
    )


def _told_of(lot: str, told: Iterable[LotData], *, by_maker: bool) -> LotData | None:
    """Return what the event says of a lot: by name, else (of its own products) what it says of all of them."""
    general = None
    for one in told:
        if one.lot == lot:
            return one
        if one.lot is None:
            general = one
    return general if by_maker else None


def _mass_u(event: Event, amount_kg: Decimal, world: World) -> Any:
    """Return u of a declared mass: the Mass report whose value it is, else the starting table, marked assumed."""
    for weighing in event.weighings:
        if weighing.value_kg == amount_kg:
            return mass_uncertainty(
                amount_kg, s_dev_kg=weighing.s_dev_kg, device=weighing.device, table=world.matter.starting
            )
    return mass_uncertainty(amount_kg, s_dev_kg=None, device=None, table=world.matter.starting)


def _goods(entry: Entry, world: World, *, by_maker: bool = False) -> tuple[Line, ...]:
    event = entry.event
    return _lines(event, event.quantities, event.epcs, world, by_maker=by_maker)


def _boxes(event: Event) -> tuple[str, ...]:
    """Return the containers an event names, the outer ones."""
    return tuple(epc for epc in event.epcs if is_container(epc))


def _source(entry: Entry, world: World) -> tuple[Posting, ...]:
    event = entry.event
    head = _head(entry, world, _place(event), owner=event.destination("owning_party"))
    lines = _goods(entry, world, by_maker=True)
    if not lines:
        return ()
    site = world.directory.sites.get(head["site"])
    kind = site.kind if site else ""
    country = next((told.origin_country for told in event.lot_data if told.origin_country), None) or ""
    forms = {line.form for line in lines}
    if country and site and site.country and country != site.country:
        origin = "foreign"
    elif kind == "mine" or forms <= {"ore", "concentrate"}:
        origin = "extraction"
    elif kind == "recycler" or forms <= {"scrap", "swarf"}:
        origin = "scrap"
    else:
        origin = "opening_stock"
    return (Source(**head, lines=lines, origin=origin, country=country, exporter=event.source("owning_party")),)


def _transformation(entry: Entry, world: World) -> tuple[Posting, ...]:
    """A run with inputs and outputs and no pool is a step; with a pool, or one side only, it moves a tank."""
    event = entry.event
    head = _head(entry, world, _place(event), holder=event.destination("possessing_party"))
    inputs = _lines(event, event.input_quantities, event.input_epcs, world, by_maker=False)
    outputs = _lines(event, event.output_quantities, event.output_epcs, world, by_maker=True)
    if inputs and outputs and event.pool is None:
        return (Step(**head, inputs=inputs, outputs=outputs, run=event.run, process=event.process, uses=event.uses),)
    pool = event.pool or event.run
    if pool is None:
        return ()
    rule = event.pool_rule or PROPORTIONAL
    moves: list[Posting] = []
    if inputs:
        moves.append(PoolIn(**head, pool=pool, rule=rule, lines=inputs))
    if outputs:
        moves.append(PoolOut(**head, pool=pool, rule=rule, lines=outputs, uses=event.uses))
    return tuple(moves)


def _dispatch(entry: Entry, world: World) -> tuple[Posting, ...]:
    event = entry.event
    sent_from = event.source("location")
    place = sent_from or _place(event)
    if sent_from is None and place and world.directory.is_customs(site_of(place)):
        # Customs tells that goods passed its place: it never held them, whoever sent them did.
        return _arriving(entry, world)
    head = _head(entry, world, place, holder=event.source("possessing_party"), owner=event.source("owning_party"))
    lines, boxes = _goods(entry, world), _boxes(event)
    if not lines and not boxes:
        return ()
    to_site = event.destination("location")
    to_site = site_of(to_site) if to_site else None
    here = site_of(_place(event) or "") if _place(event) else None
    to_holder = event.destination("possessing_party")
    if to_holder is None and to_site is not None:
        to_holder = world.directory.operator_of(to_site, event.at.date())
    return (
        Dispatch(
            **head,
            lines=lines,
            to_site=to_site,
            to_holder=to_holder or event.destination("owning_party"),
            to_owner=event.destination("owning_party"),
            document=event.transaction("desadv", "inv", "po"),
            is_departing=event.biz_step == "departing",
            containers=boxes,
            uses=event.uses,
            regime=event.regime,
            customs_site=here if here and world.directory.is_customs(here) else None,
            declaration=event.declaration,
            licence=event.licence,
            licence_line=event.licence_line,
            destination_country=event.destination_country,
            end_user=event.end_user,
        ),
    )


def _receipt(entry: Entry, world: World) -> tuple[Posting, ...]:
    event = entry.event
    place = event.destination("location") or _place(event)
    head = _head(
        entry,
        world,
        place,
        holder=event.destination("possessing_party"),
        owner=event.destination("owning_party"),
    )
    lines, boxes = _goods(entry, world), _boxes(event)
    if not lines and not boxes:
        return ()
    from_site = event.source("location")
    from_site = site_of(from_site) if from_site else None
    from_holder = event.source("possessing_party")
    if from_holder is None and from_site is not None:
        from_holder = world.directory.operator_of(from_site, event.at.date())
    return (
        Receipt(
            **head,
            lines=lines,
            from_site=from_site,
            from_holder=from_holder or event.source("owning_party"),
            document=event.transaction("desadv", "inv", "po"),
            containers=boxes,
            regime=event.regime,
            origin_country=next((t.origin_country for t in event.lot_data if t.origin_country), None),
        ),
    )


def _arriving(entry: Entry, world: World) -> tuple[Posting, ...]:
    event = entry.event
    return (
        Transit(
            **_head(entry, world, _place(event)),
            lines=_goods(entry, world),
            containers=_boxes(event),
            regime=event.regime,
            declaration=event.declaration,
        ),
    )


def _void(entry: Entry, world: World) -> tuple[Posting, ...]:
    event = entry.event
    return (
        Void(
            **_head(entry, world, event.source("location") or _place(event)),
            lines=_goods(entry, world),
            document=event.transaction("desadv", "inv", "po"),
            containers=_boxes(event),
        ),
    )


def _packed(entry: Entry, world: World) -> tuple[str, tuple[Line, ...], tuple[str, ...]]:
    event = entry.event
    lines = _lines(event, event.child_quantities, event.child_epcs, world, by_maker=False)
    return event.parent or "", lines, tuple(c for c in event.child_epcs if is_container(c))


def _pack(entry: Entry, world: World) -> tuple[Posting, ...]:
    container, lines, inner = _packed(entry, world)
    head = _head(entry, world, _place(entry.event))
    return (Pack(**head, container=container, lines=lines, inner=inner),) if container else ()


def _unpack(entry: Entry, world: World) -> tuple[Posting, ...]:
    container, lines, inner = _packed(entry, world)
    head = _head(entry, world, _place(entry.event))
    return (Unpack(**head, container=container, lines=lines, inner=inner),) if container else ()


def _stock_take(entry: Entry, world: World) -> tuple[Posting, ...]:
    event = entry.event
    return (
        StockTake(
            **_head(entry, world, _place(event)),
            lines=_goods(entry, world, by_maker=True),
            pool=event.pool,
            rule=event.pool_rule or PROPORTIONAL,
            is_complete=event.is_complete,
        ),
    )


def _loss(entry: Entry, world: World) -> tuple[Posting, ...]:
    lines = _goods(entry, world)
    return (Loss(**_head(entry, world, _place(entry.event)), lines=lines),) if lines else ()


def _title(entry: Entry, world: World) -> tuple[Posting, ...]:
    """Goods change their owner where they lie: the owning parties differ."""
    event = entry.event
    seller, buyer = event.source("owning_party"), event.destination("owning_party")
    lines = _goods(entry, world)
    if buyer is None or buyer == seller or not lines:
        return ()
    place = _place(event) or event.source("location")
    head = _head(entry, world, place, holder=event.source("possessing_party"), owner=seller)
    return (TitleTransfer(**head, lines=lines, to_owner=buyer),)


Maker = Callable[[Entry, World], tuple[Posting, ...]]

# (event type, bizStep, action) -> posting; "*" stands for any that is not named.
POSTINGS: Mapping[tuple[str, str, str], Maker] = {
    ("ObjectEvent", "commissioning", "ADD"): _source,
    ("ObjectEvent", "creating_class_instance", "ADD"): _source,
    ("ObjectEvent", "shipping", "OBSERVE"): _dispatch,
    ("ObjectEvent", "departing", "OBSERVE"): _dispatch,
    ("ObjectEvent", "receiving", "OBSERVE"): _receipt,
    ("ObjectEvent", "arriving", "OBSERVE"): _arriving,
    ("ObjectEvent", "void_shipping", "OBSERVE"): _void,
    ("ObjectEvent", "stock_taking", "OBSERVE"): _stock_take,
    ("ObjectEvent", "cycle_counting", "OBSERVE"): _stock_take,
    ("ObjectEvent", "destroying", "DELETE"): _loss,
    ("ObjectEvent", "accepting", "OBSERVE"): _title,
    ("TransactionEvent", "*", "ADD"): _title,
    ("AggregationEvent", "packing", "ADD"): _pack,
    ("AggregationEvent", "loading", "ADD"): _pack,
    ("AggregationEvent", "unpacking", "DELETE"): _unpack,
    ("AggregationEvent", "unloading", "DELETE"): _unpack,
    ("AssociationEvent", "*", "ADD"): _pack,
    ("AssociationEvent", "*", "DELETE"): _unpack,
    ("TransformationEvent", "*", "*"): _transformation,
}


def day_of(posting: Posting) -> date:
    """Return the day of a posting in UTC."""
    return posting.at.date()
