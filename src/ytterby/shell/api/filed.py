"""What parties of deliveries file, as answers: the key under which the log keeps it, or why it was not taken."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from ytterby.shell.actions.filing import FilingChange
from ytterby.shell.api.asked import Asked, NotThere, Told, entered
from ytterby.terms.problem import is_refused

UNKNOWN = frozenset({"filed.unknown", "filed.not_yours"})
Json = dict[str, Any]


def filed(asked: Asked, change: FilingChange, *, named: Collection[str] = frozenset(), **more: object) -> Told:
    """Return the answer to a filing. `named` are the codes that say that what the address names is not there."""
    if is_refused(change.problems) and not frozenset(named).isdisjoint(one.code for one in change.problems):
        raise NotThere
    return entered(asked, {"key": change.key, **more}, change.problems, change.size, status=201)


def given(body: msgspec.Struct) -> Mapping[str, Any]:
    """Return the fields of a body that say anything; what is left out is drawn, counted or empty."""
    fields: Json = msgspec.to_builtins(body)
    return {name: value for name, value in fields.items() if value != ""}


def rows(asked: Asked, name: str, found: list[Json]) -> Told:
    """Return a list as an answer."""
    return Told({name: found, "as_of_size": asked.known.size})
