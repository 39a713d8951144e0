"""The sources of one answer: numbered where they are named, listed once at its end."""

from collections.abc import Iterable, Mapping
from typing import Any

Json = dict[str, Any]


class NumberedSources:
    """Numbers by source, how sure it is and its note, in the order in which they are named."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str, str], int] = {}

    def numbered(self, rows: Iterable[Mapping[str, Any]]) -> list[Json]:
        """Return rows with the number of their source; None where a row names none."""
        return [{**row, "n": self._number(row)} for row in rows]

    def _number(self, row: Mapping[str, Any]) -> int | None:
        if not row["source"]:
            return None
        key = row["source"], row["confidence"], row["confidence_note"] or ""
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def listed(self) -> list[Json]:
        """Return the sources that were named so far."""
        names = ("source", "confidence", "confidence_note")
        return [{**dict(zip(names, key, strict=True)), "n": n} for key, n in self._numbers.items()]
