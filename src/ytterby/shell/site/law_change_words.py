"""What changes between two packs, in plain words: which pack, which entry of it, which field, and from what to what.

Law is public: nothing here knows who asks.
"""

import json
from typing import Any

from ytterby.law.pack_diff import ADDED, REMOVED, Change
from ytterby.shell.site.law_texts import law_text, law_texts
from ytterby.shell.wording import language_of

VALUE_LENGTH_MAX = 240
# Of a new entry these are read first: what it is called, or what it says.
_HEADINGS = ("title", "text", "what", "meaning")

Json = dict[str, Any]


def change_json(change: Change, language: str) -> Json:
    """Return one change with its place, both values, and a sentence."""
    return {**change_fields(change), "text": change_words(change, language)}


def change_fields(change: Change) -> Json:
    """Return one change with its place and both values."""
    return {
        "pack": change.pack,
        "change": change.kind,
        "where": list(change.place),
        "old": change.old,
        "new": change.new,
    }


def change_words(change: Change, language: str) -> str:
    """Return one change as a sentence."""
    if not change.place:
        key = "law.change.pack_added" if change.kind == ADDED else "law.change.pack_removed"
        return law_text(key, language, pack=change.pack)
    what, field = _place(change.place, language)
    facts = {"what": what, "field": field, "old": _value(change.old, language), "new": _value(change.new, language)}
    if change.kind == ADDED:
        key = "law.change.field_added" if field else "law.change.entry_added"
    elif change.kind == REMOVED:
        key = "law.change.field_removed" if field else "law.change.entry_removed"
    else:
        key = "law.change.changed"
    return law_text(key, language, **facts)


def _place(place: tuple[str, ...], language: str) -> tuple[str, str]:
    """Return what an entry is called, and the field of it; the field is empty where the entry itself came or went."""
    section, *rest = place
    if f"law.section.{section}" not in law_texts():
        whole = "_".join(place)
        names = (whole,) if f"law.field.{whole}" in law_texts() else place
        return law_text("law.section.pack", language), " / ".join(_field(one, language) for one in names)
    noun = law_text(f"law.section.{section}", language)
    if not rest:
        return noun, ""
    return f"{noun} {rest[0]}", " / ".join(_field(one, language) for one in rest[1:])


def _field(name: str, language: str) -> str:
    return law_text(f"law.field.{name}", language) if f"law.field.{name}" in law_texts() else name


def _value(value: Any, language: str) -> str:
    """Return a value as people read it: of texts in several languages the one asked for, of an entry what it says."""
    if isinstance(value, dict):
        said = language_of(language)
        if said in value:
            value = value[said]
        elif heading := next((name for name in _HEADINGS if name in value), None):
            return _value(value[heading], language)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = ", ".join(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= VALUE_LENGTH_MAX else text[: VALUE_LENGTH_MAX - 1] + "…"
