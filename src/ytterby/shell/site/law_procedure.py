"""A procedure as `law show` tells it: every section with its entries, in one language, as sure as each of them is."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from ytterby.law.procedure import Procedure, Span
from ytterby.law.trust import Trust

Json = dict[str, Any]
# Said once for the whole, or by the entries of its sections.
_HEAD = ("id", "pack", "title", "published", "effective", "governs")


def procedure_json(procedure: Procedure, digest: str, language: str, sure: Callable[[Trust], Json]) -> Json:
    """Return a procedure with the keys of its schema; `sure` writes how sure an entry is."""
    sections = [field.name for field in fields(procedure) if field.name not in {*_HEAD, "trust"}]
    return {
        "kind": "procedure",
        **{name: _plain(getattr(procedure, name), language) for name in _HEAD},
        "digest": digest,
        **{name: [_entry_json(one, language, sure) for one in getattr(procedure, name).values()] for name in sections},
        **sure(procedure.trust),
    }


def _entry_json(entry: Any, language: str, sure: Callable[[Trust], Json]) -> Json:
    named = {field.name: getattr(entry, field.name) for field in fields(entry) if field.name != "trust"}
    # `kind` is the kind of the whole answer; what is said by default is not said.
    said = {"of_kind" if name == "kind" else name: _plain(value, language) for name, value in named.items()}
    return {**said, **sure(entry.trust)}


def _plain(value: Any, language: str) -> Any:
    if isinstance(value, Span):
        return f"{value.count} {value.unit}"
    if isinstance(value, Mapping):
        return value[language]
    if isinstance(value, tuple):
        return [_plain(one, language) for one in value]
    if isinstance(value, date | Decimal):
        return str(value)
    return value if value != "" else None
