"""Postings as known at a log size, for whoever reads all: what history is written from."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from ytterby.chain.correction import Unequal
from ytterby.chain.order import Bundle, Ranked, rank_bundles
from ytterby.shell.store.derived.postings import bundles_of, counting, microseconds, touching
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

    def unequal(self) -> tuple[Unequal, ...]:
        """Return the error declarations that differ from their originals."""
        rows = EventRecord.objects.filter(log_index__lt=self.size, event_id__isnull=False)
        declared = list(rows.filter(is_original=False).values_list("submitter", "event_id", "digest", "original"))
        found: set[Unequal] = set()
        for part in chunks({event_id for _, event_id, _, _ in declared}):
            originals = {
                (submitter, event_id): bytes(digest)
                for submitter, event_id, digest in rows.filter(is_original=True, event_id__in=part).values_list(
                    "submitter", "event_id", "digest"
                )
            }
            for submitter, event_id, digest, ends in declared:
                original = originals.get((submitter, event_id))
                if original is not None and (ends is None or bytes(ends) != original):
                    found.add(Unequal(bytes(digest), original, event_id or "", submitter))
        return tuple(sorted(found))


def _columns(query: Any) -> Any:
    return query.values_list("digest", "submitter", "body")
