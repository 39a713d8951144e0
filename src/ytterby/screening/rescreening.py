"""Screening by difference: what changed on a list against all parties, instead of all parties against the list.

The names of entries that are new or changed are asked of an index of the parties. Scores are those of the names, with
the party's name as the listed one; who is near enough is then screened anew in the usual direction by the caller.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ytterby.screening.entry import ListedEntry, entry_digest
from ytterby.screening.screener import Screener


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two states of a list, by id of entry."""

    added: tuple[ListedEntry, ...]
    changed: tuple[ListedEntry, ...]
    removed: tuple[ListedEntry, ...]


def difference(before: Iterable[ListedEntry], after: Iterable[ListedEntry]) -> Difference:
    """Return what changed, by digest of what an entry says."""
    old: Mapping[str, ListedEntry] = {one.id: one for one in before}
    new: Mapping[str, ListedEntry] = {one.id: one for one in after}
    return Difference(
        tuple(new[key] for key in sorted(new.keys() - old.keys())),
        tuple(new[key] for key in sorted(new.keys() & old.keys()) if entry_digest(new[key]) != entry_digest(old[key])),
        tuple(old[key] for key in sorted(old.keys() - new.keys())),
    )


def parties_near(entries: Iterable[ListedEntry], parties: Screener, least: float) -> dict[str, list[tuple[str, float]]]:
    """Return the parties whose names are like a name of one of these entries, from this score on.

    Keys are parties; values are ids of entries and scores, best first.
    """
    found: dict[str, dict[str, float]] = {}
    for entry in entries:
        for name in entry.names:
            for hit in parties.screen(name.text, entry.schema):
                if hit.score >= least:
                    scores = found.setdefault(parties.index.keys[hit.bearer], {})
                    scores[entry.id] = max(hit.score, scores.get(entry.id, 0.0))
    return {party: sorted(scores.items(), key=lambda one: (-one[1], one[0])) for party, scores in sorted(found.items())}
