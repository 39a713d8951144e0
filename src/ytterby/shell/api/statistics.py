"""What the office published of its statistics: for everybody, as it was published, and nothing else (threat X9)."""

import msgspec

from ytterby.shell.api.asked import Asked, Told
from ytterby.shell.store.reading.statistics import published_releases
from ytterby.shell.store.reading.viewer import Viewer

NOBODY = Viewer(None)


def published(asked: Asked) -> Told:
    """Return all releases, in order of the log."""
    viewer = NOBODY if asked.asker is None else asked.asker.viewer
    found = [msgspec.to_builtins(one) for one in published_releases(viewer, asked.known)]
    return Told({"releases": found, "as_of_size": asked.known.size})
