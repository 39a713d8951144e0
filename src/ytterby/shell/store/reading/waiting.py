"""Waiting for what is asked for to be derived. Who may ask: everybody; the work is shared by all."""

import time

from ytterby.shell.site.alone import NotAlone
from ytterby.shell.store.derived.deriving import Progress, derive_alone, derive_to, derived_size, nothing_to_tell
from ytterby.shell.store.reading.beside import QUICK_SIZE, Work, run_of
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer

# Log entries that are derived while a page waits: one step may take as long as all of its entries.
QUICK_ENTRIES = 200
LOOK_SECONDS = 0.1


def known_derived(
    viewer: Viewer, known: Known, *, patience_seconds: float, progress: Progress = nothing_to_tell
) -> Known:
    """Return what was asked for once it is derived, and after that much waiting the log size that is.

    Deriving is shared by all who ask, whatever they may read.
    """
    del viewer
    until = time.monotonic() + patience_seconds
    derived_to = derive_to(known.size, progress=progress, is_over=lambda: time.monotonic() >= until)
    return known if derived_to >= known.size else Known(derived_to, known.size, known.day)


def derived_soon(viewer: Viewer, known: Known, *, patience_seconds: float) -> Known:
    """Return the same without waiting for a step that was begun: what is much is derived beside, and once in all
    processes.
    """
    if known.size <= QUICK_SIZE or known.size - derived_size() <= QUICK_ENTRIES:
        return known_derived(viewer, known, patience_seconds=patience_seconds)
    # Nobody's rights are in what is derived, so that all share one run.
    run_of(OPERATOR_VIEWER, DERIVED, known, patience_seconds=patience_seconds)
    derived_to = derived_size()
    return known if derived_to >= known.size else Known(derived_to, known.size, known.day)


def _derive(_: Viewer, known: Known, tell: Progress) -> None:
    while derived_size() < known.size:
        try:
            derive_alone(known.size, progress=tell)
        except NotAlone:
            time.sleep(LOOK_SECONDS)


DERIVED = Work("derived", _derive)
