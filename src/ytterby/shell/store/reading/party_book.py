"""The book of one party: its own events whole, of others the shipments addressed to it, and nothing else.

Since nothing else goes in, nothing else can come out: a trace ends one step beyond the party's own parcels, and two
registers that differ only in what strangers said give the same book (threats C2, C5). Who may read: the party.
"""

from collections.abc import Iterable
from dataclasses import replace

from ytterby.chain.book import Book, build_from_bundles
from ytterby.chain.correction import Effective, apply_corrections, unsettled_of
from ytterby.chain.disclosure import Makings, bundles_for, makings_of, mark_unknown_inputs
from ytterby.chain.event import Entry
from ytterby.chain.order import Bundle
from ytterby.chain.party import Directory, Operation, Site, make_directory
from ytterby.chain.posting import Dispatch
from ytterby.chain.postings import postings_of
from ytterby.chain.world import World
from ytterby.shell.site.register import current_register
from ytterby.shell.store.derived.postings import bundles_of, live_edition, touching
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.reading.entries import (
    accepted_entries,
    named_entries,
    sealed_digests,
    whole_directory,
)
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.passages import list_passages
from ytterby.shell.store.reading.viewer import ADDRESSED, Viewer
from ytterby.shell.store.rights import IN_FORCE, rights_from_log, stored_records

DIRECTORIES_KEPT = 16
_directories = Kept[Directory](DIRECTORIES_KEPT)


def party_book(viewer: Viewer, known: Known) -> Book:
    """Return the book of a party as known at a log size; an empty one for nobody."""
    reader = viewer.party or ""
    world = world_at(known.size)
    bundles, effective = party_bundles(viewer, known)
    own = {entry.index for entry in accepted_entries(viewer, known)}
    unsettled = unsettled_of(one for one in effective.conflicts if one.declaration.index in own)
    book = build_from_bundles(bundles, _with_senders(world, bundles, reader), effective.endings, unsettled)
    mark_unknown_inputs(book.nodes)
    return book


def party_bundles(viewer: Viewer, known: Known) -> tuple[list[Bundle], Effective]:
    """Return the postings that a party's book is written from, and which of the events read for it count."""
    world = world_at(known.size)
    own = accepted_entries(viewer, known)
    own_digests = {entry.event.digest for entry in own}
    others = [e for e in named_entries(viewer, known, ADDRESSED) if e.event.digest not in own_digests]
    effective = apply_corrections([*own, *others])
    seals = sealed_digests(viewer, others)
    mine, theirs = [], []
    for entry in _one_each(effective.entries):
        postings = postings_of(entry, world)[0]
        if entry.event.digest in own_digests:
            mine.append(Bundle(entry.event.digest, postings))
        else:
            theirs.append(Bundle(seals[entry.event.digest], postings))
    return bundles_for(mine, theirs, viewer.party or "", world, _makings(theirs, known)), effective


def _makings(theirs: Iterable[Bundle], known: Known) -> Makings:
    """Return how those who sent something made it themselves, for its assay."""
    sent = [p for bundle in theirs for p in bundle.postings if isinstance(p, Dispatch)]
    lots = {line.lot for posting in sent for line in posting.lines}
    bundles: dict[bytes, Bundle] = {}
    for rows in touching(live_edition().number, lots, known.size):
        bundles |= bundles_of(rows.values_list("digest", "submitter", "body"))
    senders = {posting.holder for posting in sent}
    return makings_of(b for b in bundles.values() if any(p.holder in senders for p in b.postings))


def _one_each(entries: Iterable[Entry]) -> list[Entry]:
    """Return each event once: what two parties reported in the same words is one event of the chain."""
    by_digest = {e.event.digest: e for e in sorted(entries, key=lambda e: e.submitter, reverse=True)}
    return sorted(by_digest.values(), key=lambda e: e.event.digest)


def _with_senders(world: World, bundles: Iterable[Bundle], reader: str) -> World:
    """Return the world with each party that sent something as a place of its own, since its sites are not told."""
    known = world.directory
    senders = {p.site for b in bundles for p in b.postings if isinstance(p, Dispatch) and p.site == p.holder != reader}
    sites = dict(known.sites)
    for party in sorted(senders - set(sites)):
        named = known.parties.get(party)
        if named is not None:
            sites[party] = Site(party, named.name, "other", named.country, (Operation(party),), named.name_zh)
    return replace(world, directory=replace(known, sites=sites))


def named_directory(viewer: Viewer, known: Known) -> Directory:
    """Return the parties and sites that a party may know of: itself, whom its own book names, and public bodies; kept
    while asked for.
    """
    return _directories.get((register_id(viewer), known.size, viewer), lambda: _named_directory(viewer, known))


def _named_directory(viewer: Viewer, known: Known) -> Directory:
    whole = whole_directory(viewer, known)
    parties, sites = _named(viewer, known, whole)
    mandates = (m for m in whole.mandates if viewer.party in {m.party, *_operators(whole.sites.get(m.site))})
    return make_directory(
        (party for id_, party in whole.parties.items() if id_ in parties),
        (site for id_, site in whole.sites.items() if id_ in sites),
        mandates,
    )


def _named(viewer: Viewer, known: Known, whole: Directory) -> tuple[set[str], set[str]]:
    parties: set[str] = {viewer.party or "", *_bodies(known)}
    sites = {id_ for id_, site in whole.sites.items() if viewer.party in _operators(site)}
    for bundle in party_bundles(viewer, known)[0]:
        for posting in bundle.postings:
            for name in ("holder", "owner", "to_holder", "to_owner", "from_holder", "end_user", "exporter"):
                parties.add(getattr(posting, name, None) or "")
            for name in ("site", "to_site", "from_site", "customs_site"):
                sites.add(getattr(posting, name, None) or "")
            for use in getattr(posting, "uses", ()):
                parties.add(use.end_user or "")
    for row in list_passages(viewer, known=known)["passages"]:
        parties |= {row["shipper"] or "", row["consignee"] or ""}
        sites.add(row["place"])
    return parties, sites


def _operators(site: Site | None) -> set[str]:
    return {operation.party for operation in site.operations} if site is not None else set()


def _bodies(known: Known) -> set[str]:
    """Return the public bodies: who oversees is no secret."""
    register = current_register()
    rights = rights_from_log(stored_records(known.size), register_id=register.id, is_demo=register.is_demo)
    return {one.party for one in rights.rights() if one.state == IN_FORCE}
