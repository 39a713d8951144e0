"""What changed between two snapshots of a list, by the digests of their entries; and which fields of an entry did."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from ytterby.screening.entry import ListedEntry

# Entry id -> digest of what the entry says.
Members = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ListDiff:
    """Entry ids, sorted: in the later alone, in both and otherwise, in the earlier alone; `before` counts those."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    before: int

    @property
    def is_empty(self) -> bool:
        """Both snapshots say the same."""
        return not (self.added or self.changed or self.removed)


def diff_members(before: Members, after: Members) -> ListDiff:
    """Return what changed from one snapshot to another."""
    return ListDiff(
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(id_ for id_ in after.keys() & before.keys() if after[id_] != before[id_])),
        removed=tuple(sorted(before.keys() - after.keys())),
        before=len(before),
    )


def changed_fields(before: ListedEntry, after: ListedEntry) -> tuple[str, ...]:
    """Return the names of the fields in which two versions of an entry differ, order aside."""
    return tuple(one.name for one in fields(ListedEntry) if _plain(before, one.name) != _plain(after, one.name))


def _plain(entry: ListedEntry, name: str) -> object:
    value = getattr(entry, name)
    if name == "names":
        return sorted((one.kind.value, one.text) for one in value)
    return sorted(value) if isinstance(value, tuple) else value
