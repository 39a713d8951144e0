"""Postings as known at a log size, for whoever reads all: what history is written from."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from ytterby.chain.correction import Unsettled, apply_corrections, unsettled_of
from ytterby.chain.event import Entry
from ytterby.chain.order import Bundle, Ranked, rank_bundles
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.derived.postings import bundles_of, counting, microseconds, touching
from ytterby.shell.store.derived.registered import events_at
from ytterby.shell.store.derived.threads import chunks
from ytterby.shell.store.models import EventRecord


class KnownPostings:
    """The postings of an edition that count at a log size."""

    def __init__(self, edition: int, size: int) -> None:
        self.edition = edition
        self.size = size

    def events(self, threads: Collection[str]) -> list[Bundle]:
        """Return all events that touch one of these lots, containers or pools."""
        rows: list[Any] = []
        for query in touching(self.edition, threads, self.size):
            rows += _columns(query)
        return list(bundles_of(rows).values())

    def ranked(self, bundles: Sequence[Bundle]) -> list[Ranked]:
        """Return these events in book order, each with its place among all of its instant."""
        wanted = {bundle.digest for bundle in bundles}
        at = {microseconds(bundle.postings[0].at) for bundle in bundles}
        rows: list[Any] = []
        for part in chunks(at):
            rows += _columns(counting(self.edition, self.size).filter(at__in=part))
        ranked = rank_bundles(bundles_of(rows).values())
        return [one for one in ranked if one.bundle.digest in wanted]

    def all(self) -> Iterator[Bundle]:
        """Yield every event that counts."""
        yield from bundles_of(_columns(counting(self.edition, self.size))).values()

    def unsettled(self) -> tuple[Unsettled, ...]:
        """Return the error declarations that are findings: unequal to their originals, or waiting for a correction."""
        declared = EventRecord.objects.filter(log_index__lt=self.size, is_original=False)
        entries = _entries(list(declared.values_list("log_index", flat=True)))
        ids = {entry.event.event_id for entry in entries if entry.event.event_id is not None}
        ids |= {named for entry in entries if entry.event.error for named in entry.event.error.corrective_event_ids}
        rows = rows_among(EventRecord, ("log_index",), "event_id", ids, "is_original AND log_index < %s", [self.size])
        return unsettled_of(apply_corrections([*entries, *_entries([index for (index,) in rows])]).conflicts)


def _entries(indices: list[int]) -> list[Entry]:
    return [Entry(event, submitter, index) for index, event, submitter in events_at(indices)]


def _columns(query: Any) -> Any:
    return query.values_list("digest", "submitter", "body")
