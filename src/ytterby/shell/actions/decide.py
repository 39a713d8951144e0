"""The decision about documents that have arrived, taken under the lock: accepted, refused, or known already.

Each document is decided on its own, in the order of arrival: what an earlier one of the same transaction entered
counts for a later one as if it had been committed before, and a refused one counts for nothing. A document that
somebody else decided meanwhile is left alone, so that two workers on one job make one outcome.

Whether a document is accepted never depends on what other parties submitted (threats C1, C2).
"""

import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from ytterby.chain.correction_check import GivenOriginal, OwnSubmissions, check_against_own, event_ids_asked
from ytterby.chain.door import ReadEvent, read_document
from ytterby.chain.event import Event
from ytterby.chain.speaker import check_speaker
from ytterby.chain.world import World
from ytterby.proof.entry import SALT_BYTES
from ytterby.shell.actions.arrive import arrived
from ytterby.shell.actions.convert import converted
from ytterby.shell.site.packs import door_tables, limits
from ytterby.shell.spreadsheets.readable import Readable
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.derived.postings import ReadyPostings, ready_postings
from ytterby.shell.store.derived.world import registered_to, world_registered
from ytterby.shell.store.inserting import update_rows
from ytterby.shell.store.models import LogHead, Submission
from ytterby.shell.store.models.submission import ACCEPTED, ARRIVED, KNOWN, REFUSED
from ytterby.shell.store.records import NewEvent, NewEvents, insert_events, known_digests
from ytterby.shell.store.stored_original import own_submissions
from ytterby.shell.store.stored_problems import write_problems
from ytterby.shell.store.writing import EVENT, Batch, append_batches, new_record, not_before
from ytterby.terms.problem import Problem, is_refused, refuse

COLUMNS = ("state", "decided_at", "problems", "first_index", "count", "size_after", "derived")


NOTHING_READ = Readable(b"")


class KnownWorld(NamedTuple):
    """The world as registered up to a log size."""

    size: int
    world: World

    @staticmethod
    def at(size: int) -> "KnownWorld":
        """Return the world as known at a log size."""
        registered = registered_to(size)
        return KnownWorld(registered, world_registered(registered))

    def or_at(self, size: int) -> "KnownWorld":
        """Return this world where it still is what is known at a log size, else the one that is."""
        return self if self.size == registered_to(size) else KnownWorld.at(size)


@dataclass(slots=True)
class ReadSubmission:
    """A document that was read, before the lock: its problems, its events, and what they do to the book.

    It is decided at `moment`, or at its arrival or the latest acceptance where that is later.
    What they do is worked out in the world as of `known`, and again under the lock only where somebody registered a
    party, site or product in between. `derived` is what a spreadsheet was converted to, as it is stored.
    """

    submission: Submission
    moment: datetime
    problems: list[Problem]
    readable: Readable = NOTHING_READ
    derived: bytes | None = None
    reads: list[ReadEvent] = field(default_factory=list)
    ready: list[NewEvent] = field(default_factory=list)
    known: KnownWorld | None = None
    postings: dict[bytes, ReadyPostings] = field(default_factory=dict)

    @property
    def is_refused(self) -> bool:
        """The document is refused for what it itself shows."""
        return is_refused(self.problems)

    @property
    def asked(self) -> frozenset[str]:
        """The eventIDs under which its party's earlier submissions are looked up."""
        return event_ids_asked(self.reads)

    def prepare(self, known: KnownWorld) -> None:
        """Work out what the events do to the book in a world."""
        submitter = self.submission.submitter
        self.postings = {one.event.digest: ready_postings(one.event, submitter, known.world) for one in self.ready}
        self.known = known


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a submission, as its row says it; `entries` are index, salt and digest of each entry."""

    state: str
    decided_at: str
    problems: tuple[Problem, ...]
    problems_text: str
    first_index: int | None
    count: int
    size_after: int
    entries: tuple[dict[str, Any], ...]
    derived: bytes | None = None


def read_submission(submission: Submission, document: bytes, moment: datetime) -> ReadSubmission:
    """Return what a document says, outside any transaction, judged by the time at which it arrived."""
    most = limits().document_bytes
    if submission.length > most:
        too_large = refuse("document.too_large", "", f"{submission.length} bytes", limit=most)
        return ReadSubmission(submission, moment, [too_large])
    readable = converted(document, submission.media_type, submission.name, submission.converter)
    if readable.is_refused:
        return ReadSubmission(submission, moment, list(readable.problems), readable)
    read = read_document(
        readable.text, door_tables(), level=submission.level, received_at=arrived(submission), own_event_ids=None
    )
    found = ReadSubmission(submission, moment, [*readable.problems, *readable.placed(read.all_problems)], readable)
    if not found.is_refused:
        found.derived = None if readable.derived is None else zlib.compress(readable.derived, 6)
        found.reads = [one for one in read.events if one.event is not None]
        found.ready = [_ready(one.number, one.event) for one in found.reads if one.event is not None]
    return found


def _ready(number: int, event: Event) -> NewEvent:
    salt = secrets.token_bytes(SALT_BYTES)
    return NewEvent(number, event, salt, new_record(EVENT, salt, event.digest))


def decide(head: LogHead, documents: Sequence[ReadSubmission]) -> list[Decision | None]:
    """Decide documents in their order and write what follows; None for one that was decided already.

    The caller holds the lock.
    """
    ids = [one.submission.id for one in documents]
    waiting = {id_ for (id_,) in rows_among(Submission, ("id",), "id", ids, "state = %s", [ARRIVED])}
    deciding = _Deciding(head, [one for one in documents if one.submission.id in waiting])
    decisions = [deciding.decide(one) if one.submission.id in waiting else None for one in documents]
    deciding.write()
    rows = [
        (one.state, one.decided_at, one.problems_text, one.first_index, one.count, one.size_after, one.derived, id_)
        for id_, one in zip(ids, decisions, strict=True)
        if one is not None
    ]
    update_rows(Submission, COLUMNS, rows)
    return decisions


class _Deciding:
    """One transaction's decisions: what was asked of the store once for all, and what they enter, in order."""

    def __init__(self, head: LogHead, documents: Sequence[ReadSubmission]) -> None:
        self._head = head
        self._at, self._size = head.accepted_at, head.size
        good = [one for one in documents if not one.is_refused]
        before = next((one.known for one in good if one.known is not None), None)
        self._world = None if not good else before.or_at(head.size) if before else KnownWorld.at(head.size)
        asked: dict[str, set[str]] = {}
        for one in good:
            asked.setdefault(one.submission.submitter, set()).update(one.asked)
        self._own = {
            party: (dict(own.originals), dict(own.declarations), dict(own.declared_wrong))
            for party, own in own_submissions(asked).items()
        }
        said = [(one.submission.submitter, new.event.digest) for one in good for new in one.ready]
        self._known = known_digests(said) if good else set()
        self._batches: list[Batch] = []
        self._new: list[NewEvents] = []

    def decide(self, one: ReadSubmission) -> Decision:
        """Decide one document, and remember what it enters for those that come after it."""
        problems = [*one.problems]
        if not one.is_refused:
            problems += self._judge(one)
        if is_refused(problems):
            at = not_before(self._at, _decided(one))
            return Decision(REFUSED, at, tuple(problems), write_problems(problems), None, 0, self._size, ())
        submitter = one.submission.submitter
        new = self._unknown(one.ready, submitter)
        postings = self._postings(one)
        problems += one.readable.placed(
            remark.at(read.pointer)
            for read in one.reads
            if read.digest in postings
            for remark in postings[read.digest].remarks
        )
        at = not_before(self._at, _decided(one))
        first = self._size
        if new:
            self._enter(one, new, [postings[entered.event.digest] for entered in new], at)
        entries = tuple(
            {"index": index, "salt": entered.salt.hex(), "digest": entered.event.digest.hex()}
            for index, entered in enumerate(new, first)
        )
        state = ACCEPTED if new else KNOWN
        text = write_problems(problems)
        return Decision(
            state, at, tuple(problems), text, first if new else None, len(new), self._size, entries, one.derived
        )

    def _judge(self, one: ReadSubmission) -> list[Problem]:
        """Return what is wrong with the speaker, or against what the party itself submitted."""
        assert self._world is not None, "the world was read for documents that are good in themselves"
        submitter = one.submission.submitter
        events = [new.event for new in one.ready]
        pointers = [read.pointer for read in one.reads]
        problems = check_speaker(events, submitter, self._world.world.directory, pointers=pointers)
        own = OwnSubmissions(*self._own[submitter])
        return one.readable.placed([*problems, *check_against_own(one.reads, own)])

    def _unknown(self, ready: Sequence[NewEvent], submitter: str) -> list[NewEvent]:
        """Return the events that this party has not submitted, each digest once."""
        new = []
        for one in ready:
            if (submitter, one.event.digest) not in self._known:
                self._known.add((submitter, one.event.digest))
                new.append(one)
        return new

    def _postings(self, one: ReadSubmission) -> dict[bytes, ReadyPostings]:
        assert self._world is not None, "the world was read for documents that are good in themselves"
        if one.known is None or one.known.size != self._world.size:
            one.prepare(self._world)
        return one.postings

    def _enter(self, one: ReadSubmission, new: list[NewEvent], postings: list[ReadyPostings], at: str) -> None:
        submitter = one.submission.submitter
        self._batches.append(Batch([entered.entry for entered in new], at))
        self._new.append(NewEvents(one.submission.id, submitter, self._size, new, postings))
        self._size, self._at = self._size + len(new), at
        originals, declared, wrong = self._own[submitter]
        digests = {entered.event.digest for entered in new}
        for read in one.reads:
            event = read.event
            if event is None or event.event_id is None or event.digest not in digests:
                continue
            if event.error is None:
                originals.setdefault(event.event_id, GivenOriginal(event.digest, read.raw, read.prefixes))
            else:
                declared[event.event_id] = declared.get(event.event_id, frozenset()) | {event.digest}
                if event.original is not None:
                    wrong[event.event_id] = wrong.get(event.event_id, frozenset()) | {event.original}

    def write(self) -> None:
        """Write entries, events, rights and postings; the caller holds the lock."""
        append_batches(self._head, self._batches)
        if self._new:
            assert self._world is not None, "the world was read for documents that are good in themselves"
            insert_events(self._new, self._world.world.directory)


def _decided(one: ReadSubmission) -> datetime:
    """Return when a document is decided: never before it arrived."""
    return max(one.moment, arrived(one.submission))
