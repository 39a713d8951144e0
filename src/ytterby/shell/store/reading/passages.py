"""Goods that pass a customs place, as its customs body reads them: what the declaration says, and nothing else.

Who may read: a party whose customs mandate covers the place, of events that name it there; auditors and the
register's operator all.
"""

from typing import Any

from ytterby.chain.correction import apply_corrections
from ytterby.chain.disclosure import passages_of
from ytterby.chain.postings import postings_of
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.reading.entries import accepted_entries, named_entries
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.naming import instant
from ytterby.shell.store.reading.viewer import CUSTOMS, PASSES, WHOLE, Viewer
from ytterby.terms.identifier import tail


def list_passages(viewer: Viewer, *, known: Known) -> dict[str, Any]:
    """Return what passed the customs places that the viewer oversees, in order of time."""
    world = world_at(known.size)
    customs = {site.id for site in world.directory.sites.values() if site.kind == CUSTOMS}
    places = customs if viewer.reads_all else viewer.places & customs if CUSTOMS in viewer.mandates else frozenset()
    if not places:
        return {"as_of_size": known.size, "passages": []}
    entries = accepted_entries(viewer, known) if viewer.reads_all else named_entries(viewer, known, PASSES, *WHOLE)
    counting = sorted(apply_corrections(entries).entries, key=lambda e: (e.event.at, e.event.digest))
    events = {e.event.digest: e for e in counting}
    postings = [posting for entry in events.values() for posting in postings_of(entry, world)[0]]
    instants = {digest: instant(e.event.at) for digest, e in events.items()}
    rows = [
        {name: value or None for name, value in one._asdict().items()} | {"tail": tail(one.lot)}
        for one in passages_of(postings, places, instants)
    ]
    return {"as_of_size": known.size, "passages": rows}
