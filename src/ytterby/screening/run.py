"""A run of screening: which parties, as registered at which log size, against which snapshots, by which scorer, and
what it hit. What runs in order of the log say of one party together.

A *whole* run compares every entry; a run *by difference* only the entries that changed since the run before it, so that
a list which changes costs what changed. Each pins what its scores were made of: snapshots, weights, thresholds and the
scorer's version, so that it can be done again years later with the same hits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import msgspec

from ytterby.screening.check import Screening
from ytterby.screening.hit import Hit
from ytterby.screening.screened_party import ScreenedParty, party_digest

HOUR = timedelta(hours=1)


class ScreeningRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run. `size` is the log size at which parties were read; `parties` None stands for all that were registered.

    `lists` gives the snapshot (digest) by list; `compared` the entries, by list, of a run by difference, None of a
    whole one. `scorer`, `weights` and `thresholds` name what the scores were made of.
    """

    at: datetime
    size: int
    parties: tuple[str, ...] | None
    lists: dict[str, str]
    scorer: str
    weights: str
    thresholds: str
    hits: tuple[Hit, ...]
    compared: dict[str, tuple[str, ...]] | None = None

    def covers(self, party: str) -> bool:
        """Tell whether a party was among those screened, if it was registered."""
        return self.parties is None or party in self.parties


def run_fields(run: ScreeningRun) -> dict[str, Any]:
    """Return a run as the fields of its record."""
    fields: dict[str, Any] = msgspec.to_builtins(run)
    return fields


def read_run(fields: Mapping[str, Any]) -> ScreeningRun:
    """Return the run of a record's fields.

    Raises:
        msgspec.ValidationError: they are none.
    """
    return msgspec.convert(dict(fields), ScreeningRun)


def screenings_of(
    parties: Iterable[tuple[ScreenedParty, int]], runs: Sequence[ScreeningRun], at: datetime
) -> dict[str, Screening]:
    """Return what the runs, in order of the log, say of parties, by identifier; nothing of those that none covers.

    With each party goes the number in the log of its latest version. A version that no whole run has seen counts as
    another: its digest stays empty.
    """
    asked = [_AskedRun(run) for run in runs]
    found = {party.id: _screening_of(party, registered, asked, at) for party, registered in parties}
    return {id_: one for id_, one in found.items() if one is not None}


@dataclass(frozen=True)
class _AskedRun:
    """A run with what is asked of it for party after party, each made once, when first asked."""

    run: ScreeningRun

    @cached_property
    def hits(self) -> dict[str, list[Hit]]:
        """Its hits, by party."""
        found: dict[str, list[Hit]] = {}
        for hit in self.run.hits:
            found.setdefault(hit.party, []).append(hit)
        return found

    @cached_property
    def parties(self) -> frozenset[str]:
        """Those that were screened, where they are named."""
        return frozenset(self.run.parties or ())

    @cached_property
    def compared(self) -> frozenset[tuple[str, str]]:
        """Lists and entries that a run by difference looked at again."""
        return frozenset((name, entry) for name, entries in (self.run.compared or {}).items() for entry in entries)


def _screening_of(party: ScreenedParty, registered: int, runs: Sequence[_AskedRun], at: datetime) -> Screening | None:
    found: Screening | None = None
    seen = 0
    for asked in runs:
        run = asked.run
        if run.parties is not None and party.id not in asked.parties:
            continue
        own = tuple(asked.hits.get(party.id, ()))
        if run.compared is None:
            found, seen = Screening("", run.lists, 0, own), run.size
        elif found is not None:
            left = [hit for hit in found.hits if (hit.list, hit.entry) not in asked.compared]
            found = replace(found, snapshots=run.lists, hits=(*left, *own))
        if found is not None:
            found = replace(found, age_hours=max(0, (at - run.at) // HOUR))
    if found is not None and registered < seen:
        return replace(found, party_digest=party_digest(party))
    return found
