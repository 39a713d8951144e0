"""What changed between two packs in plain words: each change with both texts and where each of them stands.

Law is public: nothing here knows who asks.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ytterby.law.pack import Pack
from ytterby.law.pack_diff import CHANGED, Change, diff_packs, name_of
from ytterby.law.pack_reader import condition_of
from ytterby.shell.site.law_entry import write_condition
from ytterby.shell.site.law_texts import law_text, law_texts
from ytterby.shell.wording import LANGUAGES, language_of

COLUMNS = (
    *("pack", "change", "place", "said", "old", "new"),
    *("old_source", "old_confidence", "new_source", "new_confidence"),
)
CONDITIONS = ("when",)
Json = dict[str, Any]


def compare_packs(old: Pack, new: Pack, language: str) -> list[Json]:
    """Return every change from one pack to another, as two versions of one, in order of place.

    A condition is told whole: half of one says nothing.
    """
    changes = (_whole(one, old, new) for one in diff_packs({new.id: old}, {new.id: new}))
    seen: dict[tuple[str, ...], Change] = {}
    for one in changes:
        seen.setdefault(one.place, one)
    return [_row(one, old, new, language) for one in seen.values()]


def _whole(change: Change, old: Pack, new: Pack) -> Change:
    """Return the change of a condition where a change lies in one."""
    at = next((n for n, name in enumerate(change.place[:-1]) if name in CONDITIONS), None)
    if at is None:
        return change
    place = change.place[: at + 1]
    values = []
    for pack in (old, new):
        here: Any = pack.content
        for name in place:
            here = _step(here, name)
        values.append(here)
    return Change(change.pack, CHANGED, place, *values)


def _row(change: Change, old: Pack, new: Pack, language: str) -> Json:
    field = change.place[-1] if change.place else ""
    sources = {
        f"{side}_{key}": value
        for side, pack in (("old", old), ("new", new))
        for key, value in _source(pack.content, change.place).items()
    }
    return {
        "pack": change.pack,
        "change": change.kind,
        "place": " / ".join(change.place),
        "said": _said(change, language),
        "old": None if change.old is None else written_value(field, change.old, language),
        "new": None if change.new is None else written_value(field, change.new, language),
        **sources,
    }


def _said(change: Change, language: str) -> str:
    """Return which entry, and which field of it, was added, taken out or changed."""
    said = language_of(language)
    section = _heading(change.place[0], said) if change.place else law_text("law.field.pack", said)
    entry = change.place[1] if len(change.place) > 1 else ""
    fields = [_heading(one, said) for one in change.place[2:]]
    what = " ".join(filter(None, (section, entry)))
    joint = "：" if said == "zh" else ": "
    return law_text(f"law.compared.{change.kind}", said, what=joint.join(filter(None, (what, " / ".join(fields)))))


def _heading(name: str, language: str) -> str:
    """Return what a field of a pack is called; a name of an entry stays as it is."""
    if name in LANGUAGES:
        return law_text(f"law.in_language.{name}", language)
    key = f"law.field.{name}"
    return law_text(key, language) if key in law_texts() else name


def _source(content: Mapping[str, Any], place: Sequence[str]) -> Json:
    """Return where the entry around a place stands and how sure it is; nulls where no entry around it says so."""
    found: Json = {"source": None, "confidence": None}
    here: Any = content
    for name in ("", *place):
        here = _step(here, name) if name else here
        if here is None:
            break
        if isinstance(here, Mapping) and isinstance(here.get("source"), str) and "confidence" in here:
            found = {"source": here["source"], "confidence": here["confidence"]}
    return found


def _step(here: Any, name: str) -> Any:
    if isinstance(here, Mapping):
        return here.get(name)
    if isinstance(here, Sequence) and not isinstance(here, str):
        return next((one for one in here if name_of(one) == name), None)
    return None


def written_value(field: str, value: Any, language: str) -> str:
    """Return a value of a pack as plain text in a language: a text, a condition, an entry field by field."""
    said = language_of(language)
    if value is None:
        return "–"
    if isinstance(value, bool):
        return law_text("law.true" if value else "law.false", said)
    if isinstance(value, Mapping):
        if set(value) == set(LANGUAGES):
            return str(value[said])
        if field in CONDITIONS:
            return write_condition(condition_of(value))
        joint = "；" if said == "zh" else "; "
        between = "：" if said == "zh" else ": "
        return joint.join(
            f"{_heading(name, said)}{between}{written_value(name, one, said)}" for name, one in value.items()
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(written_value("", one, said) for one in value)
    return value if isinstance(value, str) else json.dumps(value)
