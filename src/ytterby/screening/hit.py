"""A hit: a version of a party and a version of an entry that a run of screening put beside each other, and why.

Its number is a function of both versions, so that the same hit found again by a later run is the same hit, and what
people said of it stays with it until either side changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

NUMBER_DIGITS = 16


class Band(StrEnum):
    """How strongly a hit speaks: `ALERT` must be disposed of, `REVIEW` is looked at where the goods ask for it."""

    ALERT = "alert"
    REVIEW = "review"


class Ground(StrEnum):
    """What put the two beside each other: a name, an identifier that both bear, or a stake that one holds."""

    NAME = "name"
    IDENTIFIER = "identifier"
    OWNERSHIP = "ownership"


@dataclass(frozen=True, slots=True)
class Hit:
    """`score` from 0 to 1; `name` is the party's, `listed_name` the entry's; `reasons` as the scorer states them."""

    party: str
    party_digest: str
    list: str
    entry: str
    entry_digest: str
    ground: Ground
    band: Band
    score: float
    name: str
    listed_name: str
    reasons: tuple[Mapping[str, str], ...] = ()

    @property
    def number(self) -> str:
        """The number by which officers know it."""
        return hit_number(self.party_digest, self.entry_digest)


def hit_number(party: str, entry: str) -> str:
    """Return the number of a hit from the digests of a party's and an entry's version (both hex)."""
    return sha256(f"ytterby/hit/v1\x00{party}\x00{entry}".encode()).hexdigest()[:NUMBER_DIGITS]
