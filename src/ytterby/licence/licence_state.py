"""Where a licence can stand and what leads where: a table that is data (`transitions/licence.yaml`).

What the table does not name is forbidden. Some commands nobody gives: they follow from what customs answered, from what
was drawn, or from the day. Others need one person, or two: the second confirms what the first proposed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

ACKNOWLEDGE, EXHAUST, REOPEN, EXPIRE, SUPERSEDE = "acknowledge", "exhaust", "reopen", "expire", "supersede"
AMEND, RESUME, REINSTATE, AMENDING = "amend", "resume", "reinstate", "amending"
WHO = frozenset({"system", "officer", "holder"})


class LicenceRow(NamedTuple):
    """One row: the state that a command leads to, who may give it, and how many people it takes."""

    to: str
    who: frozenset[str]
    people: int


def leads_to(row: LicenceRow, command: str, *, is_amended: bool) -> str:
    """Return the state that a row leads to: what ends a suspension does not end an amendment."""
    return AMENDING if command == REINSTATE and is_amended else row.to


@dataclass(frozen=True)
class LicenceTable:
    """The whole table: where it begins, the states by name, rows by state and command."""

    begins: str
    states: frozenset[str]
    usable: frozenset[str]
    last: frozenset[str]
    rows: Mapping[tuple[str, str], LicenceRow]

    def row(self, state: str, command: str) -> LicenceRow | None:
        """Return what a command does in a state; None where it may not be given."""
        return self.rows.get((state, command))

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands, in order of the table."""
        return tuple(dict.fromkeys(command for _, command in self.rows))


def read_licence_table(table: Mapping[str, Any]) -> LicenceTable:
    """Return the table of the packaged YAML, which the caller has read.

    Raises:
        KeyError, ValueError: a part is missing, a row stands twice, or leads from or to a state that is not named.
    """
    states = {str(name): row for name, row in table["states"].items()}
    rows: dict[tuple[str, str], LicenceRow] = {}
    for row in table["rows"]:
        made = LicenceRow(str(row["to"]), frozenset(map(str, row["who"])), int(row["people"]))
        for state in map(str, row["from"]):
            key = (state, str(row["command"]))
            if key in rows or not {state, made.to} <= states.keys() or not made.who <= WHO:
                raise ValueError(f"the row {key} stands twice, or names a state or a speaker that is not there")
            rows[key] = made
    last = frozenset(name for name, row in states.items() if row.get("is_last", False))
    begins = str(table["begins"])
    if begins not in states or any(state in last for state, _ in rows):
        raise ValueError("the table begins nowhere, or goes on from a state that is the last")
    return LicenceTable(begins, frozenset(states), frozenset(n for n, r in states.items() if r["usable"]), last, rows)
