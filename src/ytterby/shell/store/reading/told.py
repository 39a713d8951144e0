"""Deliveries and findings as a party is told them, and how often what was said of a delivery was corrected.

Who may read: of a delivery both its sides, its state in words; corrections auditors and the register's operator.
"""

from collections import Counter
from collections.abc import Mapping
from functools import cache

import msgspec

from ytterby.balance.finding import Finding, Listed, listed_findings
from ytterby.balance.mirror import DIFFERS
from ytterby.balance.told import Answer, Closing, Delivery, Report, as_told, told_finding
from ytterby.balance.told import told_answers as answers_of
from ytterby.chain.book import Book
from ytterby.chain.event import Entry
from ytterby.chain.posting_record import subjects_of
from ytterby.chain.postings import postings_of
from ytterby.shell.site.packs import watch_rates
from ytterby.shell.store.account_versions import closes
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.compartment import Compartment
from ytterby.shell.store.derived.registered import events_at
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import LogEntry
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.entries import accepted_entries, named_entries, readable_events, whole_directory
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.viewer import ADDRESSED, WHOLE, Viewer

SIDES = (*WHOLE, ADDRESSED, "named_source")
KEPT_MAX = 16
_kept = Kept[Mapping[Delivery, Answer]](KEPT_MAX)
_findings = Kept[Listed](KEPT_MAX)


def told_states(viewer: Viewer, known: Known) -> Mapping[Delivery, str]:
    """Return the state told of each delivery to or from a party of which both sides have spoken."""
    return {key: answer.state for key, answer in told_answers(viewer, known).items()}


def told_answers(viewer: Viewer, known: Known) -> Mapping[Delivery, Answer]:
    """Return what is told of each delivery to or from a party, at its first report or the close of its month; kept
    while asked for, since what a log size gave it always gives.
    """
    return _kept.get((register_id(viewer), known.size, viewer), lambda: _told_answers(viewer, known))


def _told_answers(viewer: Viewer, known: Known) -> dict[Delivery, Answer]:
    entries = named_entries(viewer, known, *SIDES)
    ends = dict(rows_among(LogEntry, ("index", "batch_end"), "index", [entry.index for entry in entries]))
    closings = [Closing(one.period, one.known_at) for one in closes(known.size)]
    # Each report asks for the world of its submission, and each submission for it again.
    told = answers_of((Report(ends[entry.index], entry) for entry in entries), cache(world_at), closings)
    return {key: answer for key, answer in told.items() if viewer.party in {key.shipper, key.receiver}}


def correction_counts(viewer: Viewer, known: Known) -> Counter[tuple[str | None, str]]:
    """Return how many reports of a delivery, by document number and lot, their submitters declared wrong."""
    counts: Counter[tuple[str | None, str]] = Counter()
    if Compartment.TRACING not in viewer.compartments:
        return counts
    world = world_at(known.size)
    declared = readable_events(viewer).filter(is_original=False, log_index__lt=known.size)
    for index, event, submitter in events_at(list(declared.values_list("log_index", flat=True))):
        plain = Entry(msgspec.structs.replace(event, error=None), submitter, index)
        for posting in postings_of(plain, world)[0]:
            document = getattr(posting, "document", None)
            counts.update({(document, line.lot) for line in getattr(posting, "lines", ())} if document else ())
    return counts


def readable_findings(viewer: Viewer, known: Known) -> tuple[Finding, ...]:
    """Return the findings of single deliveries and steps that a viewer may read: of a party those on its own sites,
    deliveries as they are told.
    """
    return single_findings(viewer, known).findings


def single_findings(viewer: Viewer, known: Known) -> Listed:
    """Return the same with how many of all that were tested chance alone brings; kept while asked for."""
    return _findings.get((register_id(viewer), known.size, viewer), lambda: _single_findings(viewer, known))


def _single_findings(viewer: Viewer, known: Known) -> Listed:
    book = book_of(viewer, known)
    listed = listed_findings(book, rate=watch_rates().single_rate)
    if viewer.reads_all:
        return listed
    sites = _own_sites(viewer, known)
    own = [
        as_told(one) for one in listed.findings if one.problem.code != "mirror.differs" and _is_own(one, sites, viewer)
    ]
    told = [
        told_finding(key, answer, _site_of(book, key))
        for key, answer in told_answers(viewer, known).items()
        if answer.state == DIFFERS
    ]
    return listed._replace(findings=(*own, *sorted(told, key=lambda one: one.id)))


def _is_own(one: Finding, sites: set[str], viewer: Viewer) -> bool:
    return one.site in sites if one.site else viewer.party in one.parties


def _own_sites(viewer: Viewer, known: Known) -> set[str]:
    """Return the sites that a party operates or ever did, and those at which its own events stand."""
    world = world_at(known.size)
    directory = whole_directory(viewer, known)
    sites = {viewer.party or "", *(site.id for site in directory.sites.values() if site.was_of(viewer.party))}
    for entry in accepted_entries(viewer, known):
        sites |= subjects_of(postings_of(entry, world)[0]).sites
    return sites


def _site_of(book: Book, delivery: Delivery) -> str:
    """Return the site of a delivery that the party itself knows: the one it was sent to."""
    for shipment in book.shipments:
        if (shipment.lot, shipment.document) == (delivery.lot, delivery.document):
            return shipment.to_site
    return ""
