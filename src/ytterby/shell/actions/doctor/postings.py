"""Postings and what they touch, recomputed: as the world was registered when they came, and after each registration.

Events are compared some thousand at a time: the rows of postings and touches of a range of the log, read at once.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec

from ytterby.chain.order import rank_bundles
from ytterby.licence.exit_event import names_a_licence
from ytterby.shell.actions.doctor.submitted import Submitted, submitted_events
from ytterby.shell.actions.doctor.unsound import Tell, Unsound
from ytterby.shell.store.derived.packing import unpacked_with_words
from ytterby.shell.store.derived.postings import ReadyPostings, bundles_of, counting, microseconds, ready_postings
from ytterby.shell.store.derived.registered import registration_changes
from ytterby.shell.store.derived.threads import chunks, thread_texts
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import Edition, EventRecord, PostingRecord, Thread, Touch
from ytterby.shell.store.models.derived import FOR_EVER
from ytterby.terms.identifier import product_class, tail
from ytterby.terms.problem import finding

WINDOW = 20_000  # numbers of the log that are compared at once
COLUMNS = ("log_index", "known_from", "known_to", "digest", "submitter", "at", "body")
Version = tuple[int, int, bytes, frozenset[str]]  # known from, known to, body unpacked, what it touches


@dataclass(frozen=True)
class _Expected:
    """What an event's rows must be: its versions, of which those after `needed` may not have been made yet."""

    digest: bytes
    submitter: str
    at: int
    versions: tuple[Version, ...]
    needed: int
    known_to: int


class PostingExamination:
    """Postings of the live edition against the submitted bytes."""

    def __init__(self, edition: Edition, size: int) -> None:
        self.edition = edition
        self.size = size
        self.changes: dict[str, list[int]] = defaultdict(list)
        # Events that name a licence, and which: found beside, since all events are read here.
        self.licensed: dict[int, str] = {}
        for _, key, ends in registration_changes(0, size):
            self.changes[key].append(ends)

    def unsound(self, tell: Tell) -> Iterator[Unsound]:
        """Yield rows that are missing, changed or too many."""
        start, expected = 0, dict[int, _Expected]()
        for submitted in submitted_events(self.size):
            if submitted.size_after - start > WINDOW and expected:
                yield from self._window(start, submitted.first, expected)
                start, expected = submitted.first, {}
                tell("postings", start)
            expected |= self._expected(submitted)
        yield from self._window(start, self.size, expected)
        beyond = PostingRecord.objects.filter(edition=self.edition.number, log_index__gte=self.size)
        for index in beyond.values_list("log_index", flat=True):
            yield Unsound(finding("derived.postings"), f"log entry {index}", "postings of an entry that is not there")
        if Touch.objects.filter(edition=self.edition.number, log_index__gte=self.size).exists():
            yield Unsound(finding("derived.touches"), "register", "touches of entries that are not there")
        yield from self._ranks()
        yield from self._threads()

    def _expected(self, submitted: Submitted) -> dict[int, _Expected]:
        known_from = submitted.size_after
        ended = _ended(submitted)
        world = world_at(submitted.first)
        found = {}
        for index, event in submitted.events:
            if names_a_licence(event):
                self.licensed[index] = event.licence or ""
            ready = ready_postings(event, submitted.submitter, world)
            if not ready.body:
                continue
            known_to = max(ended.get(event.digest, FOR_EVER), known_from)
            versions = tuple(self._versions(ready, submitted.submitter, known_from, known_to))
            needed = sum(version[0] <= max(self.edition.derived_to, known_from) for version in versions)
            at = microseconds(event.at)
            found[index] = _Expected(event.digest, submitted.submitter, at, versions, needed, known_to)
        return found

    def _versions(self, ready: ReadyPostings, submitter: str, known_from: int, known_to: int) -> Iterator[Version]:
        subjects = ready.subjects
        touched = subjects.threads | subjects.sites
        yield known_from, known_to, unpacked_with_words(ready.body), touched
        keys = subjects.sites | {product_class(lot) for lot in subjects.lots | subjects.made}
        sizes = {ends for key in keys for ends in self.changes.get(key, ()) if known_from < ends < known_to}
        body = ready.body
        for ends in sorted(sizes):
            again = ready_postings(ready.event, submitter, world_at(ends))
            if again.body == body:
                continue
            body = again.body
            subjects = again.subjects
            yield ends, known_to, unpacked_with_words(body) if body else b"", subjects.threads | subjects.sites
            if not body:
                return

    def _window(self, start: int, end: int, expected: dict[int, _Expected]) -> Iterator[Unsound]:
        rows: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        stored = PostingRecord.objects.filter(edition=self.edition.number, log_index__gte=start, log_index__lt=end)
        for row in stored.order_by("log_index", "known_from").values_list(*COLUMNS):
            rows[row[0]].append(row)
        touches: dict[int, set[int]] = defaultdict(set)
        pairs = Touch.objects.filter(edition=self.edition.number, log_index__gte=start, log_index__lt=end)
        for index, thread in pairs.values_list("log_index", "thread_id").iterator(chunk_size=5000):
            touches[index].add(thread)
        texts = thread_texts({thread for threads in touches.values() for thread in threads})
        for index in sorted(expected.keys() | rows.keys() | touches.keys()):
            where, wanted = f"log entry {index}", expected.get(index)
            have = rows.get(index, [])
            count = len(have)
            if wanted is None:
                if have:
                    what = "postings of an event that makes none, or of none"
                    yield Unsound(finding("derived.postings"), where, what)
                count = 0
            else:
                count = max(wanted.needed, min(_count(wanted, have), len(wanted.versions)))
                if [_plain(row) for row in have] != _rows(wanted, count):
                    what = "the postings are not what the submitted event comes to"
                    yield Unsound(finding("derived.postings"), where, what)
            named = frozenset().union(*(v[3] for v in wanted.versions[:count])) if wanted else frozenset()
            told = {texts.get(thread) for thread in touches.get(index, ())}
            if None in told:
                yield Unsound(finding("derived.threads"), where, "it touches what the dictionary does not hold")
            if told - {None} != named:
                what = "what the event touches is not what its postings name"
                yield Unsound(finding("derived.touches"), where, what)

    def _threads(self) -> Iterator[Unsound]:
        """Check that each thread of the dictionary is found by what people call it."""
        for number, text, called in Thread.objects.values_list("id", "text", "tail").iterator(chunk_size=5000):
            if called != tail(text):
                what = f"it is found by another name than {tail(text)}"
                yield Unsound(finding("derived.threads"), f"number {number} of the dictionary", what)

    def _ranks(self) -> Iterator[Unsound]:
        """Compare the places of events among those of their instant, as of the watermark."""
        rows = counting(self.edition.number, self.edition.derived_to).order_by("at")
        columns = rows.values_list("at", "digest", "submitter", "body", "rank").iterator(chunk_size=2000)
        for _, group in groupby(columns, key=lambda row: row[0]):
            same = list(group)
            try:
                ranked = rank_bundles(bundles_of(row[1:4] for row in same).values())
            except (zlib.error, msgspec.MsgspecError):
                continue  # named with its event
            ranks = {one.bundle.digest: one.rank for one in ranked}
            for row in same:
                if row[4] != ranks[bytes(row[1])]:
                    what = "its place among the events of its instant is another"
                    yield Unsound(finding("derived.postings"), f"event {bytes(row[1]).hex()}", what)


def _ended(submitted: Submitted) -> dict[bytes, int]:
    """Return the log sizes from which events were declared wrong by their submitter, by digest."""
    digests = {event.event_id: event.digest for _, event in submitted.events if event.event_id and event.error is None}
    ended: dict[bytes, int] = {}
    for part in chunks(sorted(digests)):
        rows = EventRecord.objects.filter(submitter=submitted.submitter, event_id__in=part, is_original=False)
        for event_id, original, size in rows.values_list("event_id", "original", "submission__size_after"):
            digest = digests[event_id or ""]
            if original is not None and bytes(original) == digest:
                ended[digest] = min(size or 0, ended.get(digest, FOR_EVER))
    return ended


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    index, known_from, known_to, digest, submitter, at, body = row
    del index
    try:
        unpacked = unpacked_with_words(body)
    except zlib.error:
        unpacked = b"?"
    return known_from, known_to, bytes(digest), submitter, at, unpacked


def _count(wanted: _Expected, have: Iterable[tuple[Any, ...]]) -> int:
    """Return how many versions the stored rows are, one that does nothing included where the last was ended for it."""
    rows = list(have)
    count = len(rows)
    if 0 < count < len(wanted.versions):
        following = wanted.versions[count]
        if not following[2] and rows[-1][2] == following[0]:
            count += 1
    return count


def _rows(wanted: _Expected, count: int) -> list[tuple[Any, ...]]:
    """Return the rows that the first versions must be; each ends where the next begins, the last where it was ended."""
    made = []
    for number, (known_from, _, body, _) in enumerate(wanted.versions[:count]):
        known_to = wanted.versions[number + 1][0] if number + 1 < count else wanted.known_to
        if body:
            made.append((known_from, known_to, wanted.digest, wanted.submitter, wanted.at, body))
    return made
