"""How sure something of a pack is: where it stands, whether it was read, and since when it could be known."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

# A text in the languages of the register: language -> text.
Words = Mapping[str, str]


class Confidence(StrEnum):
    """How something came into a pack: its text was read, it was recalled without a text, or it is what people do."""

    READ = "read"
    PRACTICE = "practice"
    RECALLED = "recalled"


class Trust(NamedTuple):
    """A source, how sure it is, the rest of what is to be said about that, and the first day it could be known."""

    source: str
    confidence: Confidence
    note: str = ""
    known_since: date = date.min

    def is_known(self, on: date) -> bool:
        """Tell whether this could be known at the end of a day."""
        return self.known_since <= on


def trust_of(row: Mapping[str, Any], known_since: str | None = None) -> Trust:
    """Return how sure an entry of a pack is; what says nothing of when it was known could always be known."""
    since = row.get("known_since", known_since)
    known = date.min if since is None else date.fromisoformat(since)
    return Trust(row["source"], Confidence(row["confidence"]), row.get("confidence_note", ""), known)
