"""Limits of the interface, read once from api_limits.yaml, and buckets that count by them (threat X2).

A bucket holds `burst` requests and fills again evenly. Whoever finds it empty is told after how many seconds to come
again, and nobody else is hurt: accounts are counted apart from strangers of the same address. Buckets are forgotten
with the process: nothing of who asked is kept.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from math import ceil
from threading import Lock

from ytterby.shell.site.packs import packaged_text
from ytterby.shell.wording.yaml_text import read_yaml


@dataclass(frozen=True, slots=True)
class ApiLimits:
    """How long, how much and how often, in the unit of each name."""

    json_bytes: int
    account_burst: int
    account_per_minute: int
    party_burst: int
    party_per_minute: int
    stranger_burst: int
    stranger_per_minute: int
    invitation_burst: int
    invitation_per_minute: int
    buckets_watched: int
    repeat_hours: int
    repeat_key_characters: int


@lru_cache(maxsize=1)
def api_limits() -> ApiLimits:
    """Return the limits."""
    rows = read_yaml(packaged_text("shell.api", "api_limits.yaml"))
    return ApiLimits(**{name: int(row["value"]) for name, row in rows.items()})


ACCOUNT, PARTY, STRANGER, INVITATION = "account", "party", "stranger", "invitation"


class Buckets:
    """How many requests of each kind are left, by name."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._left: OrderedDict[bytes, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def seconds_to_wait(self, kind: str, name: str) -> int:
        """Count a request; return 0 where it may be answered, else after how many seconds the next one may."""
        burst, rate = float(getattr(api_limits(), f"{kind}_burst")), getattr(api_limits(), f"{kind}_per_minute") / 60
        key, moment = sha256(f"{kind}\x00{name}".encode("utf-8", "surrogatepass")).digest(), self.clock()
        with self._lock:
            left, last = self._left.pop(key, (burst, moment))
            left = min(burst, left + (moment - last) * rate)
            wait = 0 if left >= 1 else max(1, ceil((1 - left) / rate))
            self._left[key] = (left if wait else left - 1, moment)
            while len(self._left) > api_limits().buckets_watched:
                self._left.popitem(last=False)
        return wait

    def forget(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._left.clear()


buckets = Buckets()
