"""An entry as it is stored and passed on: canonical JSON that gives the same entry again, byte for byte."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from ytterby.screening.entry import EntrySchema, ListedEntry, ListedName, NameKind
from ytterby.terms.record_text import record_text

_TEXTS = ("countries", "addresses", "born", "measures", "programmes")


def entry_text(entry: ListedEntry) -> str:
    """Return an entry as text; names and facts keep their order."""
    fields: dict[str, Any] = {
        "list": entry.list,
        "id": entry.id,
        "schema": entry.schema.value,
        "names": [[one.text, one.kind.value] for one in entry.names],
        "identifiers": [list(pair) for pair in entry.identifiers],
        "listed_on": entry.listed_on.isoformat() if entry.listed_on else None,
        "ends_on": entry.ends_on.isoformat() if entry.ends_on else None,
        "act": entry.act,
        "url": entry.url,
        "remark": entry.remark,
        **{name: list(getattr(entry, name)) for name in _TEXTS},
    }
    return record_text(fields)


def read_entry(text: str) -> ListedEntry:
    """Return the entry of such a text.

    Raises:
        ValueError, KeyError, TypeError: it is not one.
    """
    fields: Mapping[str, Any] = json.loads(text)
    return ListedEntry(
        list=str(fields["list"]),
        id=str(fields["id"]),
        schema=EntrySchema(fields["schema"]),
        names=tuple(ListedName(str(text), NameKind(kind)) for text, kind in fields["names"]),
        identifiers=tuple((str(kind), str(value)) for kind, value in fields["identifiers"]),
        listed_on=_day(fields["listed_on"]),
        ends_on=_day(fields["ends_on"]),
        act=str(fields["act"]),
        url=str(fields["url"]),
        remark=str(fields["remark"]),
        countries=_texts(fields["countries"]),
        addresses=_texts(fields["addresses"]),
        born=_texts(fields["born"]),
        measures=_texts(fields["measures"]),
        programmes=_texts(fields["programmes"]),
    )


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
