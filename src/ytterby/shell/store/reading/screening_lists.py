"""Lists of the listed as they are known: which are in force, how old, what changed, who has vanished, and all entries.

Who may read: licensing, tracing and auditing bodies and the register's operator. A party reads nothing about
screening: what it cannot read does not exist (threats A5, C7).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from ytterby.chain.party import OPERATOR
from ytterby.screening.entry import ListedEntry, NameKind
from ytterby.screening.list_diff import Members, changed_fields, diff_members
from ytterby.screening.list_rule import ListRule
from ytterby.screening.list_state import ListSnapshotRecord, ListState, ListStates, SnapshotState
from ytterby.shell.lists.tables import list_rules
from ytterby.shell.site.register import current_register
from ytterby.shell.store.asking import VALUES_MAX
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.naming import Json
from ytterby.shell.store.reading.viewer import AUDIT, LICENSING, TRACING, Viewer
from ytterby.shell.store.screening_lists import (
    KEEPERS,
    import_fields,
    last_list_record,
    members_of,
    stored_entries,
    stored_list_states,
)
from ytterby.terms.instant import write_instant

READERS = frozenset({AUDIT, TRACING, LICENSING})
# Entries of each kind of change that an answer lists; the counts are whole.
CHANGES_MOST = 2_000
MISSING, STALE, IN_FORCE = "missing", "stale", "in_force"


def reads_lists(viewer: Viewer) -> bool:
    """Tell whether anything about lists exists for a viewer."""
    return viewer.party == OPERATOR or bool(viewer.mandates & READERS)


def keeps_lists(viewer: Viewer) -> bool:
    """Tell whether a viewer may release imports."""
    return viewer.party == OPERATOR or bool(viewer.mandates & KEEPERS)


@dataclass(frozen=True, slots=True)
class ListInForce:
    """A list that screening has to go by: the rule for it (None: the operator's own), what is there of it, its age."""

    list_id: str
    rule: ListRule | None
    state: ListState | None
    is_stale: bool

    @property
    def snapshot(self) -> ListSnapshotRecord | None:
        """The snapshot in force; None where it is missing."""
        return self.state.in_force if self.state is not None else None

    @property
    def standing(self) -> str:
        """missing, stale or in_force."""
        return MISSING if self.snapshot is None else STALE if self.is_stale else IN_FORCE

    @property
    def keeps_from_checking(self) -> bool:
        """Nobody can be cleared: the list is required, and is missing or stale (threat D6)."""
        return self.rule is not None and self.rule.is_required and self.standing != IN_FORCE


class ScreenedList(NamedTuple):
    """The entries of a list that are screened, id to digest: those in force and those that vanished."""

    list_id: str
    snapshot: str
    members: Members
    vanished: frozenset[str]


def lists_in_force(viewer: Viewer, known: Known, at: datetime) -> tuple[ListInForce, ...]:
    """Return the lists that are required on the day, and all others that are there, with how old each is."""
    states = _states(viewer, known)
    rules = {rule.list: rule for rule in list_rules().on(at.date())}
    wanted = [one for one, rule in rules.items() if rule.is_required]
    ids = dict.fromkeys([*wanted, *(one for one, state in states.by_list.items() if state.in_force is not None)])
    found = []
    for list_id in ids:
        state, rule = states.by_list.get(list_id), rules.get(list_id)
        found.append(ListInForce(list_id, rule, state, state is not None and state.is_stale(rule, at)))
    return tuple(found)


def screened_lists(viewer: Viewer, known: Known) -> tuple[ScreenedList, ...]:
    """Return which entries are screened as known at a log size, by list.

    Raises:
        PermissionError: the viewer may not read lists; an empty answer would clear everybody.
        LookupError: a snapshot in force cannot be read.
    """
    if not reads_lists(viewer):
        raise PermissionError("lists are read by those who screen")
    found = []
    for list_id, state in sorted(_states(viewer, known).by_list.items()):
        if state.in_force is None:
            continue
        members = dict(members_of(state.in_force.snapshot))
        if len(members) != state.in_force.entries:
            raise LookupError(f"the snapshot {state.in_force.snapshot} of {list_id} cannot be read")
        vanished = {id_: one.digest for id_, one in state.vanished.items()}
        found.append(ScreenedList(list_id, state.in_force.snapshot, {**members, **vanished}, frozenset(vanished)))
    return tuple(found)


def screened_digest(viewer: Viewer, lists: tuple[ScreenedList, ...]) -> str:
    """Return the digest of all entries that are screened (hex, SHA-256): what an index is made of."""
    del viewer
    digest = sha256(b"ytterby/screened/v1\x00")
    for one in sorted(lists):
        for line in sorted(f"{one.list_id}\x00{id_}\x00{entry}\n" for id_, entry in one.members.items()):
            digest.update(line.encode())
    return digest.hexdigest()


def entries_at(viewer: Viewer, known: Known) -> Iterator[ListedEntry]:
    """Yield every entry that is screened as known at a log size, those that vanished too, in order of list and id.

    Raises:
        PermissionError: the viewer may not read lists.
        LookupError: a snapshot in force or an entry of one cannot be read.
    """
    yield from entries_of(viewer, screened_lists(viewer, known))


def entries_of(viewer: Viewer, lists: Iterable[ScreenedList]) -> Iterator[ListedEntry]:
    """Yield every entry of lists that were read, in order of list and id.

    Raises:
        LookupError: an entry cannot be read.
    """
    del viewer  # who may not read lists was given none
    for one in lists:
        yield from _entries(one.members)


def last_change(viewer: Viewer, known: Known) -> int:
    """Return the log size after the last record about lists, up to a log size; 0 where there is none."""
    del viewer  # a number of the public log
    return last_list_record(known.size) + 1


def _entries(members: Members) -> Iterator[ListedEntry]:
    ids = sorted(members)
    for start in range(0, len(ids), VALUES_MAX):
        part = ids[start : start + VALUES_MAX]
        by_digest = dict(stored_entries([members[id_] for id_ in part]))
        for id_ in part:
            entry = by_digest.get(members[id_])
            if entry is None:
                raise LookupError(f"the entry {id_} is gone")
            yield entry


def entry_of(viewer: Viewer, list_id: str, entry: str, known: Known) -> ListedEntry | None:
    """Return one entry as it is screened; None where there is none for this viewer."""
    if not reads_lists(viewer):
        return None
    for one in screened_lists(viewer, known):
        if one.list_id == list_id and entry in one.members:
            return next(_entries({entry: one.members[entry]}))
    return None


def entry_version(viewer: Viewer, digest: str) -> ListedEntry | None:
    """Return the version of an entry that a digest names; None where there is none for this viewer."""
    return dict(stored_entries([digest])).get(digest) if reads_lists(viewer) else None


def _states(viewer: Viewer, known: Known) -> ListStates:
    return stored_list_states(current_register(), known.size) if reads_lists(viewer) else ListStates()


# Answers


def list_lists(viewer: Viewer, *, known: Known, at: datetime, language: str = "en") -> Json:
    """Return every list that rules name or that is there, those that keep from checking first."""
    if not reads_lists(viewer):
        return {"as_of_size": known.size, "at": None, "lists": [], "keeps_from_checking": []}
    states = _states(viewer, known)
    rules = {rule.list: rule for rule in list_rules().on(at.date())}
    rows = []
    for list_id in dict.fromkeys([*rules, *sorted(states.by_list)]):
        state, rule = states.by_list.get(list_id), rules.get(list_id)
        is_stale = state is not None and state.is_stale(rule, at)
        rows.append(_list_row(ListInForce(list_id, rule, state, is_stale), at, language))
    rows.sort(key=lambda row: not row["keeps_from_checking"])
    stopped = [row["list"] for row in rows if row["keeps_from_checking"]]
    return {"as_of_size": known.size, "at": write_instant(at), "lists": rows, "keeps_from_checking": stopped}


def _list_row(one: ListInForce, at: datetime, language: str) -> Json:
    rule, state, snapshot = one.rule, one.state, one.snapshot
    confirmed = state.confirmed_at if state is not None else None
    held = state.held if state is not None else None
    return {
        "list": one.list_id,
        "title": rule.title.get(language, rule.title["en"]) if rule is not None else one.list_id,
        "jurisdiction": rule.jurisdiction if rule is not None else None,
        "required": rule.is_required if rule is not None else False,
        "standing": one.standing,
        "keeps_from_checking": one.keeps_from_checking,
        "snapshot": snapshot.snapshot if snapshot is not None else None,
        "record": snapshot.record if snapshot is not None else None,
        "published": snapshot.published.isoformat() if snapshot is not None and snapshot.published else None,
        "imported_at": write_instant(confirmed) if confirmed is not None else None,
        "age_hours": round((at - confirmed).total_seconds() / 3600, 1) if confirmed is not None else None,
        "stale_after_hours": rule.stale_after_hours if rule is not None else None,
        "stale_after_days": rule.stale_after_days if rule is not None else None,
        "entries": snapshot.entries if snapshot is not None else 0,
        "vanished": len(state.vanished) if state is not None else 0,
        "held": held.record if held is not None else None,
        "holds": list(held.holds) if held is not None else [],
        "imports": len(state.snapshots) if state is not None else 0,
        "formats": list(rule.formats) if rule is not None else [],
        "licence": rule.licence if rule is not None else None,
        "source": rule.source if rule is not None else None,
    }


def show_list(viewer: Viewer, list_id: str, *, known: Known, at: datetime, language: str = "en") -> Json | None:
    """Return a list with its imports, the latest first, and what vanished; None where none exists for a viewer."""
    rows = list_lists(viewer, known=known, at=at, language=language)["lists"]
    row = next((one for one in rows if one["list"] == list_id), None)
    if row is None:
        return None
    state = _states(viewer, known).by_list.get(list_id) or ListState(list_id)
    gone = dict(stored_entries([one.digest for one in state.vanished.values()]))
    return {
        "as_of_size": known.size,
        **row,
        "snapshots": [_snapshot_row(state, one) for one in reversed(state.snapshots)],
        "vanished_entries": [
            {**_entry_row(id_, one.digest, gone), "since": one.since} for id_, one in sorted(state.vanished.items())
        ],
        "delisted_entries": [
            {"id": id_, "act": one.act, "at": write_instant(one.at), "index": one.index}
            for id_, one in sorted(state.delisted.items())
        ],
    }


def _snapshot_row(state: ListState, one: ListSnapshotRecord) -> Json:
    said = import_fields(one.record) or {}
    release = state.releases.get(one.record)
    return {
        "record": one.record,
        "snapshot": one.snapshot,
        "state": state.state_of(one).value,
        "published": one.published.isoformat() if one.published else None,
        "imported_at": write_instant(one.imported_at),
        "by": one.speaker or None,
        "party": said.get("party"),
        "format": one.format,
        "version": one.version,
        "files": said.get("files", []),
        "entries": one.entries,
        "names": said.get("names", 0),
        "added": said.get("added", 0),
        "changed": said.get("changed", 0),
        "removed": said.get("removed", 0),
        "holds": list(one.holds),
        "counts": said.get("counts", {}),
        "problems": said.get("problems", []),
        "released": None
        if release is None
        else {
            "at": write_instant(release.at),
            "by": release.speaker or None,
            "reason": release.reason,
            "delisted": dict(release.delisted),
        },
        "index": one.index,
    }


def _entry_row(id_: str, digest: str, stored: Mapping[str, ListedEntry]) -> Json:
    entry = stored.get(digest)
    if entry is None:
        return {"id": id_, "digest": digest, "name": None, "names": 0, "schema": None, "countries": []}
    first = next((one for one in entry.names if one.kind is NameKind.PRIMARY), entry.names[0])
    return {
        "id": id_,
        "digest": digest,
        "name": first.text,
        "names": len(entry.names),
        "schema": entry.schema.value,
        "countries": list(entry.countries),
    }


def list_changes(
    viewer: Viewer, list_id: str, *, known: Known, before: str | None = None, after: str | None = None
) -> Json | None:
    """Return what changed from one snapshot of a list to another; None where it, or one of them, does not exist.

    Snapshots are named by the beginning of their digest or of their import's. By default the later is the one that
    waits, else the one in force, and the earlier the one in force before it.
    """
    state = _states(viewer, known).by_list.get(list_id)
    if state is None:
        return None
    later = _named(state, after) if after else (state.held or state.in_force)
    earlier = _named(state, before) if before else _before(state, later)
    if later is None or (before and earlier is None):
        return None
    was = members_of(earlier.snapshot) if earlier is not None else {}
    now = members_of(later.snapshot)
    diff = diff_members(was, now)
    added, removed, changed = (ids[:CHANGES_MOST] for ids in (diff.added, diff.removed, diff.changed))
    wanted = {now[id_] for id_ in (*added, *changed)} | {was[id_] for id_ in (*removed, *changed)}
    stored = dict(stored_entries(wanted))
    return {
        "as_of_size": known.size,
        "list": list_id,
        "from": earlier.snapshot if earlier is not None else None,
        "to": later.snapshot,
        "record": later.record,
        "state": state.state_of(later).value,
        "before": diff.before,
        "after": len(now),
        "counts": {"added": len(diff.added), "changed": len(diff.changed), "removed": len(diff.removed)},
        "added": [_entry_row(id_, now[id_], stored) for id_ in added],
        "changed": [
            {**_entry_row(id_, now[id_], stored), "fields": _fields(was[id_], now[id_], stored)} for id_ in changed
        ],
        "removed": [_entry_row(id_, was[id_], stored) for id_ in removed],
    }


def _fields(before: str, after: str, stored: Mapping[str, ListedEntry]) -> list[str]:
    was, now = stored.get(before), stored.get(after)
    return list(changed_fields(was, now)) if was is not None and now is not None else []


def _named(state: ListState, text: str) -> ListSnapshotRecord | None:
    text = text.strip().lower()
    found = [one for one in state.snapshots if text and (one.snapshot.startswith(text) or one.record.startswith(text))]
    return found[-1] if len({one.snapshot for one in found}) == 1 else None


def _before(state: ListState, later: ListSnapshotRecord | None) -> ListSnapshotRecord | None:
    """Return the snapshot that was in force before another that says something else; None where there was none."""
    if later is None:
        return None
    if state.state_of(later) is SnapshotState.HELD:
        return state.in_force
    counted = [one for one in state.snapshots if not one.holds or one.record in state.releases]
    earlier = [one for one in counted if one.index < later.index and one.snapshot != later.snapshot]
    return earlier[-1] if earlier else None
