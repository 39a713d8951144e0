"""Group commit: many callers hand in small documents at once, and share the waits for the disk.

A thread takes what has come, up to `group_documents`, waiting for others that are on their way for at most
`group_milliseconds`. A group takes two transactions whatever its size: all arrivals, all decisions. Outcome receipts
are signed outside, and stored with the arrivals of the next group, or soon where none comes: they come out the
same whenever they are signed, so that a kill in between loses none that was handed out. The log's files are made by a
second thread, at most once for a group. Each document arrives, is decided and is answered on its own, in the
order in which it came, exactly as if it had been captured alone: a refused one does not hurt its neighbours, and each
ends at a log size of its own. Where a transaction of a group fails, its documents are taken one by one, so that only
the one that is to blame fails.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, connections

from ytterby.shell.actions.arrive import Incoming, enter_arrivals, latest_arrival, receive
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.decide import Decision, KnownWorld, ReadSubmission, decide, read_submission
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.settle import (
    CaptureResult,
    NotSettled,
    answer,
    apply,
    enter_outcomes,
    outcome_of,
    result_of,
)
from ytterby.shell.site.packs import limits
from ytterby.shell.site.register import Register
from ytterby.shell.spreadsheets.format import JSON_TYPE
from ytterby.shell.store.derived.collector import without_collector
from ytterby.shell.store.models import LogHead, Submission
from ytterby.shell.store.models.submission import ACCEPTED
from ytterby.shell.store.outcome import stored_outcome
from ytterby.shell.store.writing import write

MILLISECOND = 0.001


class NotTaken(Exception):  # noqa: N818 -- what it says reads as a word
    """The committer was stopped before it took the document; nothing of it is stored."""


def _held() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(eq=False, slots=True)
class _Waiting:
    """A document whose caller waits, and what the caller will be given."""

    incoming: Incoming
    at: datetime | None
    # Held until there is an answer: a bare lock wakes its one waiter with the least ado.
    done: threading.Lock = field(default_factory=_held)
    submission: Submission | None = None
    has_arrived: bool = False
    result: CaptureResult | None = None
    error: BaseException | None = None

    @property
    def arrived(self) -> Submission:
        """The submission, once it is stored."""
        assert self.submission is not None, "only documents that have arrived go on"
        return self.submission

    @property
    def is_answered(self) -> bool:
        """Tell whether the caller goes on already."""
        return self.result is not None or self.error is not None

    def give(self, result: CaptureResult) -> None:
        """Let the caller go on with a result."""
        self.result = result
        self.done.release()

    def fail(self, error: BaseException) -> None:
        """Let the caller go on with an exception; what has arrived already says so."""
        if self.has_arrived and isinstance(error, DatabaseError):
            self.error = NotSettled(json.loads(self.arrived.arrival_receipt), str(error))
        else:
            self.error = error
        self.done.release()


class GroupCommitter:
    """Captures documents in groups, for any number of threads; used as a context, or with start and stop."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._queue: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._is_open = False
        self._wanted = 1
        self._unstored: list[tuple[str, int]] = []
        self._known: KnownWorld | None = None
        self._is_behind = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ytterby-committer", daemon=True)
        self._publisher = threading.Thread(target=self._publish, name="ytterby-publisher", daemon=True)

    def start(self) -> None:
        """Begin to take documents."""
        self._is_open = True
        self._thread.start()
        self._publisher.start()

    def stop(self) -> None:
        """Take no more documents, end those that have come, make the log's files, and wait for that."""
        with self._changed:
            self._is_open = False
            self._changed.notify()
        self._thread.join()
        self._over.set()
        self._is_behind.set()
        self._publisher.join()

    def __enter__(self) -> "GroupCommitter":
        self.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()

    def capture(
        self,
        document: bytes,
        *,
        submitter: str,
        media_type: str = JSON_TYPE,
        level: str = "profile",
        name: str = "",
        at: datetime | None = None,
    ) -> CaptureResult:
        """Take a document in with others that come at the same time; otherwise as `capture.capture`.

        Raises:
            NotTaken: the committer does not run, or was stopped.
            ValueError: the document is so long that it is a job of its own, or a spreadsheet, for which all would wait.
            DatabaseError, NotSettled: as `capture.capture`.
        """
        incoming = Incoming(document, submitter, media_type, level, name)
        if not incoming.is_settled_at_once or incoming.is_spreadsheet:
            raise ValueError("a document of this length, or a spreadsheet, is captured alone")
        waiting = _Waiting(incoming, at)
        with self._changed:
            if not self._is_open:
                raise NotTaken("the committer does not run")
            self._queue.append(waiting)
            if len(self._queue) in {1, self._wanted}:
                self._changed.notify()
        waiting.done.acquire()
        if waiting.error is not None:
            raise waiting.error
        assert waiting.result is not None, "who is let go has a result or an exception"
        return waiting.result

    # The committer's thread

    def _run(self) -> None:
        group: list[_Waiting] = []
        last = 0
        try:
            while group := self._gather(last):
                last = len(group)
                try:
                    self._commit(group)
                except BaseException as error:  # whoever waits must be let go, whatever happened
                    # A server that went away is asked anew for the next group.
                    connections.close_all()
                    for one in group:
                        if not one.is_answered:
                            one.fail(error)
        finally:
            connections.close_all()

    def _gather(self, last: int) -> list[_Waiting]:
        """Return the next group, empty after the stop.

        Callers come in a loop: as many as were let go last are likely on their way, and are waited for.
        """
        most = limits().group_documents
        self._store_when_idle()
        with self._changed:
            while not self._queue:
                if not self._is_open:
                    return []
                self._changed.wait()
            end = time.monotonic() + limits().group_milliseconds * MILLISECOND
            self._wanted = min(last, most)
            while len(self._queue) < self._wanted and self._is_open:
                left = end - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    break
            return [self._queue.popleft() for _ in range(min(len(self._queue), most))]

    def _commit(self, group: Sequence[_Waiting]) -> None:
        with without_collector():
            arrived = self._arrive(group)
            reads = self._read(arrived)
            decisions = self._decide(arrived, reads)
            self._answer(arrived, decisions)

    def _arrive(self, group: Sequence[_Waiting]) -> list[_Waiting]:
        """Store the documents with their receipts before any of them is looked at; return those that were stored."""
        floor = latest_arrival()
        for one in group:
            one.submission = receive(self._register, one.incoming, one.at, floor)
            floor = one.submission.arrived_at
        left = self._unstored

        def enter(part: Sequence[_Waiting]) -> None:
            def both(head: LogHead) -> None:
                enter_outcomes(head, left)
                enter_arrivals(head, [one.arrived for one in part])

            write(both)

        stored = _each_or_all(group, enter)
        for one in stored:
            one.has_arrived = True
        if stored:
            self._unstored = []
        return stored

    def _store_when_idle(self) -> None:
        """Store the outcomes of the last group where no other comes soon; what cannot be stored waits."""
        if not self._unstored:
            return
        with self._changed:
            if not self._queue and self._is_open:
                # Whoever was let go a moment ago has hardly had the time to come back.
                self._changed.wait(limits().group_milliseconds * MILLISECOND)
        if not self._queue:
            left = self._unstored
            with suppress(DatabaseError):
                write(lambda head: enter_outcomes(head, left))
                self._unstored = []

    def _read(self, group: Sequence[_Waiting]) -> dict[int, ReadSubmission]:
        """Read the documents, outside any transaction."""
        known = self._known = self._known or KnownWorld.at(self._register.size)
        reads: dict[int, ReadSubmission] = {}
        for one in group:
            try:
                read = read_submission(one.arrived, one.incoming.document, one.at or now())
                if not read.is_refused:
                    read.prepare(known)
            except Exception as error:
                one.fail(error)
            else:
                reads[one.arrived.id] = read
        return reads

    def _decide(self, group: Sequence[_Waiting], reads: dict[int, ReadSubmission]) -> dict[int, Decision | None]:
        """Decide the documents that could be read, in one transaction."""
        readable = [one for one in group if one.arrived.id in reads]
        decisions: dict[int, Decision | None] = {}

        def decide_part(part: Sequence[_Waiting]) -> None:
            documents = [reads[one.arrived.id] for one in part]
            found = write(lambda head: decide(head, documents))
            decisions.update(zip([one.arrived.id for one in part], found, strict=True))

        _each_or_all(readable, decide_part)
        # What was found under the lock is the best guess for the next group.
        self._known = next((read.known for read in reads.values() if read.known is not None), self._known)
        return decisions

    def _answer(self, group: Sequence[_Waiting], decisions: dict[int, Decision | None]) -> None:
        """Sign the outcomes, which are stored later, and let the callers go, all at once."""
        answers: list[tuple[_Waiting, CaptureResult]] = []
        for one in group:
            submission = one.arrived
            decision = decisions.get(submission.id)
            if submission.id in decisions and decision is None:
                # A worker of another process was faster.
                submission.refresh_from_db()
                answers.append((one, result_of(self._register, submission)))
            elif decision is not None:
                apply(submission, decision)
                receipt = outcome_of(self._register, submission, decision.entries)
                self._unstored.append((stored_outcome(receipt), submission.id))
                answers.append((one, answer(submission, decision.problems, receipt)))
        for one, result in answers:
            one.give(result)
        if any(decision is not None and decision.state == ACCEPTED for decision in decisions.values()):
            self._is_behind.set()

    # The publisher's thread

    def _publish(self) -> None:
        try:
            is_last = False
            while not is_last:
                self._is_behind.wait()
                # Groups that come close together share the files.
                self._over.wait(limits().publish_milliseconds * MILLISECOND)
                self._is_behind.clear()
                # Asked after the clearing, so that the stop cannot be cleared away.
                is_last = self._over.is_set()
                try:
                    publish_or_leave(self._register)
                except DatabaseError:
                    # What cannot be made now is made at the next chance.
                    connections.close_all()
        finally:
            connections.close_all()


def _each_or_all(group: Sequence[_Waiting], act: Callable[[Sequence[_Waiting]], None]) -> list[_Waiting]:
    """Act on a group at once, or, where that fails, on each alone; return those for which it went well."""
    try:
        if group:
            act(group)
        return list(group)
    except Exception as error:
        if len(group) == 1:
            group[0].fail(error)
            return []
        return [one for each in group for one in _each_or_all([each], act)]
