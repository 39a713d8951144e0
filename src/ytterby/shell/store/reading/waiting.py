"""Waiting for what is asked for to be derived. Who may ask: everybody; the work is shared by all."""

import time

from ytterby.shell.store.derived.deriving import Progress, derive_to, nothing_to_tell
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import Viewer


def known_derived(
    viewer: Viewer, known: Known, *, patience_seconds: float, progress: Progress = nothing_to_tell
) -> Known:
    """Return what was asked for once it is derived, and after that much waiting the log size that is.

    Deriving is shared by all who ask, whatever they may read.
    """
    del viewer
    until = time.monotonic() + patience_seconds
    derived_to = derive_to(known.size, progress=progress, is_over=lambda: time.monotonic() >= until)
    return known if derived_to >= known.size else Known(derived_to, known.size)
