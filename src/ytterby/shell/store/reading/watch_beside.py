"""The watch of a large register, worked out beside the pages that ask for it, and how far it is.

Who may read: how far it is whoever reads all; what it found by `watching` and `findings`.
"""

from dataclasses import dataclass
from threading import Lock, Thread

from django.db import connections

from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.store.reading.watching import all_findings, is_at_hand, watching

NAME = "watch"
_running: dict[tuple[str, int, Viewer], "WatchRun"] = {}
_lock = Lock()


@dataclass(slots=True)
class WatchRun:
    """How many of the quantities are watched; none of none while book and accounts are written."""

    done: int = 0
    of: int = 0
    error: Exception | None = None

    def tell(self, done: int, of: int) -> None:
        """Hear how far the watch is."""
        self.done, self.of = done, of


def watch_run(viewer: Viewer, known: Known) -> WatchRun | None:
    """Return how far the findings of a log size are, begun where nobody asked before; None where they are at hand.

    Raises:
        Exception: what stopped the run, once; who asks then begins it anew.
    """
    if not viewer.reads_all or is_at_hand(viewer, known):
        return None
    key = (register_id(viewer), known.size, viewer)
    with _lock:
        run = _running.get(key)
        if run is None:
            run = _running[key] = WatchRun()
            Thread(target=_work, args=(key, run, known), name=NAME, daemon=True).start()
        elif run.error is not None:
            del _running[key]
            raise run.error
    return run


def _work(key: tuple[str, int, Viewer], run: WatchRun, known: Known) -> None:
    viewer = key[2]
    try:
        watching(viewer, known, tell=run.tell)
        all_findings(viewer, known)
        with _lock:
            del _running[key]
    except Exception as error:
        run.error = error
    finally:
        # A thread has a connection of its own, which nobody else would close.
        connections.close_all()
