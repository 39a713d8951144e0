"""The register's own work: what captures left, because they were killed or did not wait, is brought to its end.

Left jobs are decided from the stored bytes, outcomes signed, the log's files made, refused documents that have had
their time destroyed, notices sent; a worker also brings what is derived up to the log. Any number of workers may run,
in any process: each piece is decided once, under the lock, and comes out the same whoever does it. Who may: the
register's operator.
"""

import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connections

from ytterby.shell.actions.deliver import deliver
from ytterby.shell.actions.follow_exports import follow_left
from ytterby.shell.actions.lapse import lapse_refused
from ytterby.shell.actions.publish import publish_or_leave, published_size, remove_left
from ytterby.shell.actions.settle import CaptureResult, complete_left, settle
from ytterby.shell.site.alone import NotAlone
from ytterby.shell.site.register import Register
from ytterby.shell.store.derived.deriving import derive_alone
from ytterby.shell.store.models import Submission
from ytterby.shell.store.models.submission import ARRIVED

EVERY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Worked:
    """What one round did: jobs by receipt with what came of them, outcomes signed, documents lapsed, mails sent.

    `failed` are jobs that could not be decided, with the reason; they are tried again in the next round.
    """

    settled: dict[str, CaptureResult] = field(default_factory=dict)
    signed: int = 0
    lapsed: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    unpublished: str = ""
    mails: int = 0


def left_jobs() -> list[str]:
    """Return the receipts of documents that have arrived and are not decided, in order of arrival."""
    rows = Submission.objects.filter(state=ARRIVED, outcome_receipt__isnull=True).order_by("id")
    return list(rows.values_list("receipt_id", flat=True))


def work_once(register: Register, *, jobs: Collection[str] | None = None, at: datetime | None = None) -> Worked:
    """Do all that is left; of the jobs only those named, where any are named. `at` is for a simulated clock.

    One job that fails does not keep the others from being done.
    """
    if jobs is None:
        remove_left(register)
    signed = complete_left(register)
    settled: dict[str, CaptureResult] = {}
    failed: dict[str, str] = {}
    for receipt_id in left_jobs():
        if jobs is not None and receipt_id not in jobs:
            continue
        try:
            settled[receipt_id] = settle(register, receipt_id, at=at)
        except Exception as error:  # a job must not stop the others, whatever its bytes do
            failed[receipt_id] = f"{type(error).__name__}: {error}"
    follow_left(register, at=at)
    # A demo's documents are years old on its simulated clock; what it shows of a refusal should still be there.
    lapsed = 0 if register.is_demo and at is None else lapse_refused(register, at=at)
    unpublished = ""
    if published_size(register) < register.size:
        unpublished = publish_or_leave(register)
    return Worked(settled, signed, lapsed, failed, unpublished, deliver(register, at=at).sent)


class Worker:
    """A thread that works until it is stopped; used as a context.

    A job is taken up when it is still there at the second look: a capture that goes on in another process is given
    the time to end it. `on_round` is told what each round did that did something, `on_failure` what kept a round from
    being done at all.
    """

    def __init__(
        self,
        register: Register,
        *,
        every_seconds: float = EVERY_SECONDS,
        on_round: Callable[[Worked], None] = lambda worked: None,
        on_failure: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        self._register = register
        self._every_seconds = every_seconds
        self._on_round, self._on_failure = on_round, on_failure
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ytterby-worker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the piece that is being done, and wait for that."""
        self._stop.set()
        self._thread.join()

    def __enter__(self) -> "Worker":
        self.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()

    def _run(self) -> None:
        seen: set[str] = set()
        try:
            with suppress(OSError):
                remove_left(self._register)
            while not self._stop.is_set():
                try:
                    seen = self._round(seen)
                except Exception as error:  # the database is away for a while, say: the next round tries again
                    connections.close_all()
                    self._on_failure(error)
                self._stop.wait(self._every_seconds)
        finally:
            connections.close_all()

    def _round(self, seen: set[str]) -> set[str]:
        left = set(left_jobs())
        worked = work_once(self._register, jobs=left & seen)
        # So that whoever asks next need not wait for it.
        with suppress(NotAlone):
            derive_alone(self._register.size, is_over=self._stop.is_set)
        if worked != Worked():
            self._on_round(worked)
        return left - worked.settled.keys()
