"""What takes long is worked out beside the pages that ask for it: how far it is, and the last log size that is done.

What a log size gives it always gives, so each is worked out once; a page that asks at the head meanwhile may show the
last one that is done, and say so. Who may read: whoever may read the answer; nothing of it is told here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from django.db import connections

from ytterby.shell.store.derived.deriving import Progress
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.viewer import Viewer

THREAD = "beside"
# Log entries of a register of which anything is worked out while a page waits for it.
QUICK_SIZE = 2000
# What a reader waits for without being told how far it is.
PATIENCE_SECONDS = 1.0
SIZES_KEPT, LATEST_KEPT = 64, 64


@dataclass(frozen=True, slots=True)
class Work:
    """What is worked out for a viewer at a log size, and kept by who makes it; `name` tells it from others."""

    name: str
    make: Callable[[Viewer, Known, Progress], object]


@dataclass(slots=True)
class Run:
    """A work under way: `done` of `of` parts; none of none while that is not known."""

    done: int = 0
    of: int = 0
    error: Exception | None = None
    ended: Event = field(default_factory=Event)

    def tell(self, done: int, of: int) -> None:
        """Hear how far it is."""
        self.done, self.of = done, of


_Of = tuple[str, Viewer, str]
_running: dict[_Of, Run] = {}
_lock = Lock()
_done = Kept[bool](SIZES_KEPT)
_latest = Kept[int](LATEST_KEPT)


def is_at_hand(viewer: Viewer, work: Work, known: Known) -> bool:
    """Tell whether a work is done, or the register so small that a page may wait for it."""
    return known.size <= QUICK_SIZE or _done.has((*_of(viewer, work), known.size))


def run_of(viewer: Viewer, work: Work, known: Known, *, patience_seconds: float = PATIENCE_SECONDS) -> Run | None:
    """Return how far a work is, begun where nobody asked before; None where it is at hand.

    One at a time is done for a viewer: a later log size waits for the earlier one, whose run is returned.

    Raises:
        Exception: what stopped the run, once; who asks then begins it anew.
    """
    if is_at_hand(viewer, work, known):
        return None
    of = _of(viewer, work)
    with _lock:
        run = _running.get(of)
        if run is None:
            run = _running[of] = Run()
            Thread(target=_work, args=(of, run, work, known), name=THREAD, daemon=True).start()
    if not run.ended.wait(patience_seconds):
        return run
    if run.error is not None:
        with _lock:
            _running.pop(of, None)
        raise run.error
    return run_of(viewer, work, known, patience_seconds=patience_seconds)


def latest_done(viewer: Viewer, work: Work) -> Known | None:
    """Return the last log size for which a work was done; None where it never was."""
    size = _latest.peek(_of(viewer, work))
    return None if size is None else Known(size)


def _of(viewer: Viewer, work: Work) -> _Of:
    return register_id(viewer), viewer, work.name


def _work(of: _Of, run: Run, work: Work, known: Known) -> None:
    try:
        work.make(of[1], known, run.tell)
        _done.put((*of, known.size), True)
        _latest.put(of, max(known.size, _latest.peek(of) or 0))
        with _lock:
            del _running[of]
    except Exception as error:
        # It stays until it is raised where somebody sees it: at the next page that asks.
        run.error = error
    finally:
        run.ended.set()
        # A thread has a connection of its own, which nobody else would close.
        connections.close_all()
