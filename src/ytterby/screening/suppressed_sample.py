"""Which hits that a clearance suppressed are looked at again: a sample of each month that nobody can steer.

A hit is drawn when a number made of the month's seed and the hit's own number falls below the share. The seed is drawn
when the month is over and recorded in the log, so that who clears a hit cannot know whether it will be drawn, and who
looks at the log later draws the same.
"""

from collections.abc import Iterable
from decimal import Decimal
from hashlib import sha256

SEED_BYTES = 32
DOMAIN = b"ytterby/suppressed/v1"
_WHOLE = 1 << 64


def sample_of(
    numbers: Iterable[str], *, month: str, seed: bytes, share: Decimal, domain: bytes = DOMAIN
) -> tuple[str, ...]:
    """Return the numbers of the hits drawn for a month (`2026-11`), in order; at least one where there is any.

    Of another `domain` the same seed draws other numbers.

    Raises:
        ValueError: the seed has not 32 bytes, or the share is not from 0 to 1.
    """
    if len(seed) != SEED_BYTES or not 0 <= share <= 1:
        raise ValueError("a seed of 32 bytes and a share from 0 to 1")
    drawn = sorted((_draw(number, month, seed, domain), number) for number in set(numbers))
    taken = [number for place, number in drawn if Decimal(place) < share * _WHOLE]
    return tuple(sorted(taken or ([drawn[0][1]] if drawn and share else [])))


def _draw(number: str, month: str, seed: bytes, domain: bytes) -> int:
    digest = sha256(domain + b"\x00" + seed + month.encode() + b"\x00" + number.encode()).digest()
    return int.from_bytes(digest[:8], "big")
