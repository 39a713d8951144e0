"""A route: one method at one address, who it is there for, what its token must be for, what it takes and gives."""

from dataclasses import dataclass
from typing import Any

import msgspec

from ytterby.shell.api.asked import View
from ytterby.shell.api.who import Asker, Audience


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters."""


@dataclass(frozen=True, slots=True)
class Route:
    """`takes`, `query` and `gives` are structs; `gives` holds one for each audience that is answered otherwise.

    `is_tried`: whoever guesses would try here, so that tries are counted apart.
    """

    method: str
    address: str
    name: str
    view: View
    audience: frozenset[Audience]
    scope: str
    summary: str
    gives: tuple[Any, ...]
    takes: Any = None
    query: Any = NoQuery
    status: int = 200
    has_version: bool = False
    is_tried: bool = False

    def is_for(self, asker: Asker | None) -> bool:
        """Tell whether the route is there for somebody; None is a stranger."""
        if asker is None:
            return Audience.EVERYBODY in self.audience
        return asker.is_one_of(self.audience)
