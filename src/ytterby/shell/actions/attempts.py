"""How often somebody tried and failed: each further failure costs a longer wait, and none shuts anybody out for good.

Threat X2. Failures are counted by name, whether or not somebody is called so, and forgotten with the process: an
attacker cannot make it end, and nothing of what was typed is kept. Others wait for nothing.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from threading import BoundedSemaphore, Lock

from ytterby.shell.site.people_limits import people_limits


class Attempts:
    """Failures of one kind of attempt, by name."""

    def __init__(self, wait_most: Callable[[], int], clock: Callable[[], float] = time.monotonic) -> None:
        self._wait_most, self._clock = wait_most, clock
        self._failed: OrderedDict[bytes, tuple[int, float]] = OrderedDict()
        self._lock = Lock()

    def seconds_to_wait(self, name: str) -> int:
        """Return after how many seconds this name may be tried again; 0 for now."""
        with self._lock:
            count, last = self._failed.get(_key(name), (0, 0.0))
        over = count - people_limits().failures_free
        if over < 0:
            return 0
        wait = min(2.0 ** min(over + 1, 30), float(self._wait_most()))
        left = wait - (self._clock() - last)
        return max(0, int(left) + 1) if left > 0 else 0

    def failed(self, name: str) -> None:
        """Note a failure."""
        key = _key(name)
        with self._lock:
            count, _ = self._failed.pop(key, (0, 0.0))
            self._failed[key] = (count + 1, self._clock())
            while len(self._failed) > people_limits().names_watched:
                self._failed.popitem(last=False)

    def succeeded(self, name: str) -> None:
        """Forget the failures of a name."""
        with self._lock:
            self._failed.pop(_key(name), None)

    def forget(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._failed.clear()


def _key(name: str) -> bytes:
    return sha256(name.strip().casefold().encode("utf-8", "surrogatepass")).digest()


# Hashing a password takes a core for a quarter of a second: no more at once than leave threads for everybody else.
hashing = BoundedSemaphore(people_limits().hashes_at_once)
passwords = Attempts(lambda: people_limits().password_wait_seconds)
codes = Attempts(lambda: people_limits().code_wait_seconds)
