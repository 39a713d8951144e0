"""Traces, origins and destinations of a lot as a viewer may read them.

Who may read: a party over the events it may see; auditors and the register's operator over all.
"""

from ytterby.chain.book import Book
from ytterby.chain.destination import LotDestination, destination_of_lot
from ytterby.chain.first_ancestors import Enough
from ytterby.chain.origin import origin_of_lot
from ytterby.chain.trace import LotTrace, TraceEdge, TraceNode, trace_lot
from ytterby.matter.element import ELEMENTS
from ytterby.shell.site.packs import limits
from ytterby.shell.store.derived.collector import without_collector
from ytterby.shell.store.reading.book import lot_book
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.naming import Json, parcel, party_name, site_name
from ytterby.shell.store.reading.viewer import Viewer


def lot_trace(
    viewer: Viewer,
    lot: str,
    *,
    direction: str,
    element: str,
    holder: str | None = None,
    known: Known,
    is_whole: bool = True,
) -> Json:
    """Return the trace of a lot, `direction` back or forward, for one element.

    Unless it shall be whole, of very much that lies behind a lot the first by mass will do: `is_whole` and
    `traced_share` of the answer say so.

    Raises:
        KeyError: the viewer's book has no such lot.
    """
    is_back = direction == "back"
    with without_collector():
        book = lot_book(viewer, lot, known, is_back=is_back, enough=None if is_whole else _enough(element, holder))
        trace = trace_lot(book, lot, is_back=is_back, element=element, holder=holder)
        return {
            "as_of_size": known.size,
            "lot": lot,
            "direction": direction,
            "element": element,
            "total_kg": trace.total_kg,
            "rule": trace.rule,
            "is_whole": trace.is_whole,
            "traced_share": 1.0 - trace.untraced_kg / trace.total_kg if trace.total_kg else 1.0,
            "nodes": [_node(book, trace, node, holder) for node in trace.nodes],
            "edges": [_edge(trace, edge) for edge in trace.edges],
            "unaccounted_kg": trace.unaccounted_kg,
            "muf_kg": trace.muf_kg,
        }


def _enough(element: str, holder: str | None) -> Enough:
    return Enough(limits().trace_nodes, limits().trace_percent / 100, element, holder)


def _node(book: Book, trace: LotTrace, one: TraceNode, holder: str | None) -> Json:
    is_asked = one.node.is_made if holder is None else one.node.holder == holder
    return {
        **parcel(book, one.node),
        "mass_kg": one.mass_kg,
        "u_kg": one.u_kg,
        "share": one.share,
        "min_share": one.min_share,
        "max_share": one.max_share,
        "is_target": one.node.lot == trace.lot and is_asked,
        "origins": [part.origin.kind for part in one.node.sources],
    }


def _edge(trace: LotTrace, edge: TraceEdge) -> Json:
    start, end = trace.nodes[edge.start].node, trace.nodes[edge.end].node
    return {
        "from": edge.start,
        "to": edge.end,
        "from_lot": start.lot,
        "to_lot": end.lot,
        "event_id": edge.event_id,
        "mass_kg": edge.mass_kg,
        "fraction": edge.fraction,
    }


def lot_origin(
    viewer: Viewer, lot: str, *, element: str | None = None, holder: str | None = None, known: Known
) -> Json:
    """Return the origins of a lot for one element or all it holds.

    Raises:
        KeyError: the viewer's book has no such lot.
    """
    book = lot_book(viewer, lot, known, is_back=True)
    elements = (element,) if element else None
    return {
        "as_of_size": known.size,
        "lot": lot,
        "elements": {
            one.element: {
                "mass_kg": one.mass_kg,
                "u_kg": one.u_kg,
                "rule": one.rule,
                "origins": [
                    {
                        "class": share.origin.kind,
                        "site": share.origin.site,
                        "site_name": site_name(book, share.origin.site)["name"],
                        "country": share.origin.country or None,
                        "exporter": share.origin.party or None,
                        "mass_kg": share.mass_kg,
                        "share": share.share,
                        "min": share.least,
                        "max": share.greatest,
                    }
                    for share in one.origins
                ],
            }
            for one in origin_of_lot(book, lot, holder=holder, elements=elements)
        },
    }


def lot_destination(
    viewer: Viewer, lot: str, *, element: str | None = None, holder: str | None = None, known: Known
) -> Json:
    """Return where a lot went, with declared beside realised use, for one element or all it holds.

    Raises:
        KeyError: the viewer's book has no such lot.
    """
    book = lot_book(viewer, lot, known, is_back=False)
    elements = [element] if element else _elements_of(book, lot, holder)
    return {
        "as_of_size": known.size,
        "lot": lot,
        "elements": {
            one: _destination(book, destination_of_lot(book, lot, element=one, holder=holder)) for one in elements
        },
    }


def _elements_of(book: Book, lot: str, holder: str | None) -> list[str]:
    parcels = book.made(lot, holder)
    return [e for i, e in enumerate(ELEMENTS) if sum(float(parcel.mass_kg[i]) for parcel in parcels) > 0]


def _destination(book: Book, found: LotDestination) -> Json:
    return {
        "mass_kg": found.mass_kg,
        "u_kg": found.u_kg,
        "rule": found.rule,
        "destinations": [
            {
                "kind": one.kind,
                "id": one.id,
                "use": one.use,
                "mass_kg": one.mass_kg,
                "share": one.share,
                "lot": one.lot or None,
                "site": one.site,
                "site_name": site_name(book, one.site)["name"],
                "holder": one.holder or None,
                "holder_name": party_name(book, one.holder)["name"] if one.holder else None,
            }
            for one in found.destinations
        ],
        "uses": [
            {
                "use": use.use,
                "end_user": use.end_user or None,
                "end_user_name": party_name(book, use.end_user)["name"] if use.end_user else None,
                "country": use.country or None,
                "declared_kg": use.declared_kg,
                "realised_kg": use.realised_kg,
                "otherwise_kg": use.otherwise_kg,
                "open_kg": use.open_kg,
            }
            for use in found.uses
        ],
    }
