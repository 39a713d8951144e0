"""Where snapshots of lists stand: in force, held, superseded; and which entries vanished. A function of records.

Three kinds of record, in order of the log: a *snapshot* (an import), a *release* of a held one by somebody else, a
*delisting* of an entry that vanished. The latest snapshot of a list that is not held is in force. An entry that was
in force and is not in the snapshot that follows it has *vanished*: it is screened still, until a person says by which
act it was taken off the list.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from ytterby.screening.list_diff import Members
from ytterby.screening.list_rule import ListRule


class SnapshotState(StrEnum):
    """Where a snapshot stands."""

    IN_FORCE = "in_force"
    HELD = "held"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class ListSnapshotRecord:
    """An import as its record says: its number in the log, its digest, and what it is of.

    `snapshot` is the digest of the entries, `holds` why it waits, `speaker` who said so.
    """

    index: int
    record: str
    list: str
    published: date | None
    imported_at: datetime
    snapshot: str
    format: str
    version: int
    entries: int
    holds: tuple[str, ...] = ()
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """A release: of which record, why, and which entries that it lacks are off the list, each by which act."""

    index: int
    of: str
    reason: str
    delisted: Mapping[str, str]
    at: datetime
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class DelistingRecord:
    """That an entry which vanished was taken off its list, by which act."""

    index: int
    list: str
    entry: str
    act: str
    at: datetime
    speaker: str = ""


ListRecord = ListSnapshotRecord | ReleaseRecord | DelistingRecord


class Vanished(NamedTuple):
    """An entry that vanished: the digest of what it said last, and the log entry from which on it is gone."""

    digest: str
    since: int


@dataclass
class ListState:
    """One list: its imports in order of the log, which is in force, what vanished, what was delisted."""

    list_id: str
    snapshots: list[ListSnapshotRecord] = field(default_factory=list)
    in_force: ListSnapshotRecord | None = None
    in_force_since: int = -1
    confirmed_at: datetime | None = None
    releases: dict[str, ReleaseRecord] = field(default_factory=dict)
    vanished: dict[str, Vanished] = field(default_factory=dict)
    delisted: dict[str, DelistingRecord] = field(default_factory=dict)

    def state_of(self, one: ListSnapshotRecord) -> SnapshotState:
        """Return where a snapshot of this list stands."""
        if self.in_force is not None and one.record == self.in_force.record:
            return SnapshotState.IN_FORCE
        is_waiting = bool(one.holds) and one.record not in self.releases and one.index > self.in_force_since
        # Of several that wait only the latest can be released: it is compared with what is in force.
        is_latest = one.record == self.snapshots[-1].record
        return SnapshotState.HELD if is_waiting and is_latest else SnapshotState.SUPERSEDED

    @property
    def held(self) -> ListSnapshotRecord | None:
        """The import that waits for a release; None where none does."""
        last = self.snapshots[-1] if self.snapshots else None
        return last if last is not None and self.state_of(last) is SnapshotState.HELD else None

    def is_stale(self, rule: ListRule | None, at: datetime) -> bool:
        """Tell whether what is in force is older than the rule lets it be; missing ones are not stale but missing."""
        if self.in_force is None or self.confirmed_at is None or rule is None:
            return False
        if rule.stale_after_hours is not None and at - self.confirmed_at > timedelta(hours=rule.stale_after_hours):
            return True
        published, days = self.in_force.published, rule.stale_after_days
        return days is not None and published is not None and at.date() - published > timedelta(days=days)


@dataclass
class ListStates:
    """All lists, and records that have no effect with what is wrong with them."""

    by_list: dict[str, ListState] = field(default_factory=dict)
    flaws: list[tuple[int, str]] = field(default_factory=list)
    by_record: dict[str, ListSnapshotRecord] = field(default_factory=dict)


def list_states(records: Iterable[ListRecord], members: Callable[[str], Members]) -> ListStates:
    """Return where all lists stand after records in order of the log; `members` gives what a snapshot holds."""
    states = ListStates()
    # What each list holds that is in force, so that a snapshot is read once and not again when the next one follows it.
    latest: dict[str, Members] = {}
    for record in records:
        if isinstance(record, ListSnapshotRecord):
            flaw = _import(states, record, members, latest)
        elif isinstance(record, ReleaseRecord):
            flaw = _release(states, record, members, latest)
        else:
            flaw = _delist(states, record)
        if flaw:
            states.flaws.append((record.index, flaw))
    return states


def _import(
    states: ListStates, record: ListSnapshotRecord, members: Callable[[str], Members], latest: dict[str, Members]
) -> str | None:
    state = states.by_list.setdefault(record.list, ListState(record.list))
    state.snapshots.append(record)
    states.by_record[record.record] = record
    if not record.holds:
        _take_into_force(state, record, record.index, members, latest)
    return None


def _release(
    states: ListStates, release: ReleaseRecord, members: Callable[[str], Members], latest: dict[str, Members]
) -> str | None:
    record = states.by_record.get(release.of)
    if record is None:
        return "it releases an import that is not there"
    state = states.by_list[record.list]
    if state.held is None or state.held.record != record.record:
        return "it releases an import that does not wait"
    if release.speaker and release.speaker == record.speaker:
        return "it is by the account that imported; another has to release"
    if not release.reason.strip():
        return "it gives no reason"
    state.releases[record.record] = release
    _take_into_force(state, record, release.index, members, latest)
    for entry, act in release.delisted.items():
        if entry in state.vanished:
            del state.vanished[entry]
            state.delisted[entry] = DelistingRecord(
                release.index, state.list_id, entry, act, release.at, release.speaker
            )
    return None


def _take_into_force(
    state: ListState,
    record: ListSnapshotRecord,
    since: int,
    members: Callable[[str], Members],
    latest: dict[str, Members],
) -> None:
    before = state.in_force
    if before is None or before.snapshot != record.snapshot:
        was = latest.get(state.list_id, {})
        now = latest[state.list_id] = members(record.snapshot)
        for id_ in was.keys() - now.keys():
            state.vanished[id_] = Vanished(was[id_], since)
        for id_ in state.vanished.keys() & now.keys():
            del state.vanished[id_]
        for id_ in state.delisted.keys() & now.keys():
            del state.delisted[id_]
    state.in_force, state.in_force_since, state.confirmed_at = record, since, record.imported_at


def _delist(states: ListStates, record: DelistingRecord) -> str | None:
    state = states.by_list.get(record.list)
    if state is None or record.entry not in state.vanished:
        return "it delists an entry that has not vanished"
    if not record.act.strip():
        return "it names no act"
    del state.vanished[record.entry]
    state.delisted[record.entry] = record
    return None
