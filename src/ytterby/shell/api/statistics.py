"""What the office published of its statistics: for everybody, as it was published, and nothing else (threat X9)."""

import msgspec

from ytterby.shell.api.asked import Asked, Told
from ytterby.shell.store.statistics import stored_releases


def published(asked: Asked) -> Told:
    """Return all releases, in order of the log."""
    found = [msgspec.to_builtins(one) for one in stored_releases(asked.known.size)]
    return Told({"releases": found, "as_of_size": asked.known.size})
