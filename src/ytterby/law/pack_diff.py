"""What changed between two packs, or sets of packs: entries added, removed, fields with their old and new value."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ytterby.law.pack import Pack

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
_NAMES = ("id", "code", "letter", "n", "rule", "document", "fact")


class Change(NamedTuple):
    """One change: in which pack, at which place (names of entries instead of numbers), and both values."""

    pack: str
    kind: str
    place: tuple[str, ...]
    old: Any
    new: Any


def diff_packs(old: Mapping[str, Pack], new: Mapping[str, Pack]) -> list[Change]:
    """Return every change, in order of pack and place; a pack that only one side holds is one change."""
    changes: list[Change] = []
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            changes.append(Change(name, ADDED, (), None, new[name].digest))
        elif name not in new:
            changes.append(Change(name, REMOVED, (), old[name].digest, None))
        elif old[name].digest != new[name].digest:
            changes += [
                Change(name, kind, place, before, after)
                for kind, place, before, after in _diff(old[name].content, new[name].content, ())
            ]
    return changes


def _diff(old: Any, new: Any, place: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], Any, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted(old.keys() | new.keys()):
            yield from _pair(old, new, key, (*place, str(key)))
    elif _is_named(old) and _is_named(new):
        before, after = _by_name(old), _by_name(new)
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _pair(before, after, key, (*place, key))
    elif old != new:
        yield CHANGED, place, old, new


def _pair(
    old: Mapping[str, Any], new: Mapping[str, Any], key: str, place: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...], Any, Any]]:
    if key not in old:
        yield ADDED, place, None, new[key]
    elif key not in new:
        yield REMOVED, place, old[key], None
    else:
        yield from _diff(old[key], new[key], place)


def name_of(row: Any) -> str | None:
    """Return by what an entry of a list is known; None where it has no name."""
    if not isinstance(row, Mapping):
        return None
    # A reading is named by its dispute too: one rule may have readings of several.
    head = f"{row['dispute']}/" if "dispute" in row else ""
    found = next((head + str(row[name]) for name in _NAMES if name in row), None)
    # Due days follow one another and have no name but their first day.
    return str(row["effective"]) if found is None and "months_after" in row else found


def _is_named(rows: Any) -> bool:
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        return False
    names = [name_of(row) for row in rows]
    return bool(names) and None not in names and len(set(names)) == len(names)


def _by_name(rows: Sequence[Any]) -> dict[str, Any]:
    return {str(name_of(row)): row for row in rows}
