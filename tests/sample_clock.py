"""Ytterby by the clock of the sample: it was June 2025 when this process began, and its time goes on from there.

Run as `python -m sample_clock` with the arguments of `ytterby`. What a test tells of the sample chain is of 2025, and
pages ask what time it is.
"""

import sys
from datetime import UTC, datetime

from ytterby.shell.actions import clock

BEGINS = datetime(2025, 6, 24, 13, tzinfo=UTC)
_real, _started = clock.now, datetime.now(UTC)


def turn_back() -> None:
    """Let it be the sample's time in this process, before anything has asked for the time."""
    clock.now = lambda: BEGINS + (_real() - _started)


# A worker that serves is another process, which begins by importing this module under a name of its own.
if __name__ in {"__main__", "__mp_main__"}:
    turn_back()
if __name__ == "__main__":
    from ytterby.shell.cli import main

    sys.exit(main(sys.argv[1:]))
