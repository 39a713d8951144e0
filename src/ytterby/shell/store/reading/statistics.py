"""What the office published of its statistics. Who may read: everybody, signed in or not; it is public (X9)."""

from ytterby.licence.statistics import Release
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.store.statistics import stored_releases


def published_releases(viewer: Viewer, known: Known) -> list[Release]:
    """Return all releases up to a log size, in order of the log."""
    del viewer
    return stored_releases(known.size)
