"""The transition table of one kind of case: from which state which command leads where, who may give it, and what
must hold.

Read from data (`transitions/KIND.yaml`). A row names the states that it leads from, the command, the state that it
leads to (`same`: the case stays), the roles that may give it, *when* it is this row and no other of the same state
and command, the guards that must hold, and what it does to the clock. Whatever no row names is forbidden.

A table is refused (ValueError: it is the project's own) where a state cannot be reached, where one that is not last
has no exit, where a case cannot be withdrawn from a state before its decision, and where it names what nobody knows.

Source: casework page of this project, 5.3; invariant I10.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ytterby.licence.step import VERBS

SAME = "same"
ROLES = (
    *("applicant", "officer", "assigned", "author", "signer", "province"),
    *("department", "customs", "end_user", "system"),
)
CLOCKS = ("none", "receive", "accept", "stop", "resume", "no_limit", "decide")
# The kernel's phases, into which the states of a pack's procedure are fitted by name.
PHASES = (
    *("none", "received", "supplement", "not_accepted", "pre_check", "review", "granted", "refused"),
    *("delivered", "amending", "suspended", "ended"),
)
DECIDED_PHASES = frozenset({"granted", "refused", "delivered", "not_accepted", "ended"})


class StateRule(NamedTuple):
    """A state: the phase that it is of, whose turn it is, and whether nothing follows."""

    phase: str
    holder: str
    is_last: bool


class Row(NamedTuple):
    """One row of the table."""

    origins: tuple[str, ...]
    command: str
    target: str
    who: tuple[str, ...]
    when: tuple[str, ...]
    guard: tuple[str, ...]
    clock: str

    def after(self, state: str) -> str:
        """Return the state that it leads to from a state."""
        return state if self.target == SAME else self.target


@dataclass(frozen=True)
class TransitionTable:
    """The whole table of a kind."""

    kind: str
    begins: str
    states: Mapping[str, StateRule]
    rows: tuple[Row, ...]
    begun_by: str = "applicant"

    def rows_of(self, state: str, command: str) -> tuple[Row, ...]:
        """Return the rows of a state and command, in the order of the table."""
        return tuple(row for row in self.rows if row.command == command and state in row.origins)

    def commands_of(self, state: str) -> tuple[str, ...]:
        """Return what may be said in a state, each command once, in the order of the table."""
        return tuple(dict.fromkeys(row.command for row in self.rows if state in row.origins))

    def steps(self) -> Iterator[tuple[str, Row, str]]:
        """Yield every step that the table allows: state, row, state afterwards."""
        for row in self.rows:
            for state in row.origins:
                yield state, row, row.after(state)


def read_transition_table(
    told: Mapping[str, Any], guards: Collection[str], choices: Collection[str]
) -> TransitionTable:
    """Return the table of a packaged file, which the caller has read; `guards` and `choices` are the names that are
    known.

    Raises:
        KeyError, ValueError: it is not one that cases can follow.
    """
    states = {
        str(name): StateRule(str(row["phase"]), str(row["holder"]), bool(row.get("is_last", False)))
        for name, row in told["states"].items()
    }
    rows = tuple(map(_row, told["rows"]))
    begun_by = str(told.get("begun_by", "applicant"))
    table = TransitionTable(str(told["kind"]), str(told["begins"]), states, rows, begun_by)
    flaws = list(_flaws(table, guards, choices))
    if flaws:
        raise ValueError(f"the table of {table.kind}: {'; '.join(flaws)}")
    return table


def _row(told: Mapping[str, Any]) -> Row:
    return Row(
        origins=tuple(map(str, told["from"])),
        command=str(told["command"]),
        target=str(told["to"]),
        who=tuple(map(str, told["who"])),
        when=tuple(map(str, told.get("when", ()))),
        guard=tuple(map(str, told.get("guard", ()))),
        clock=str(told.get("clock", "none")),
    )


def _flaws(table: TransitionTable, guards: Collection[str], choices: Collection[str]) -> Iterator[str]:
    if table.begins not in table.states or table.begun_by not in ROLES:
        yield f"it begins in {table.begins}, by {table.begun_by}"
    for name, state in table.states.items():
        if state.phase not in PHASES or state.holder not in ROLES:
            yield f"state {name} has the phase {state.phase} and the holder {state.holder}"
    for row in table.rows:
        known = (
            (row.origins, table.states),
            ((row.target,), {*table.states, SAME}),
            ((row.command,), VERBS),
            (row.who, ROLES),
            (row.when, choices),
            (row.guard, guards),
            ((row.clock,), CLOCKS),
        )
        yield from (f"{row.command} names {name}" for names, held in known for name in names if name not in held)
    yield from _dead_ends(table)


def _dead_ends(table: TransitionTable) -> Iterator[str]:
    reached, new = {table.begins}, {table.begins}
    while new:
        new = {after for state, _, after in table.steps() if state in new} - reached
        reached |= new
    yield from (f"{name} cannot be reached" for name in sorted(table.states.keys() - reached))
    for name, state in table.states.items():
        ways = [(row, after) for origin, row, after in table.steps() if origin == name]
        if state.is_last and ways:
            yield f"{name} is last and is left by {ways[0][0].command}"
        if not state.is_last and all(after == name for _, after in ways):
            yield f"{name} is not last and has no exit"
        is_before = not state.is_last and state.phase not in DECIDED_PHASES
        if is_before and not any(row.command == "withdraw" for row, _ in ways):
            yield f"{name} is before the decision and cannot be withdrawn from"
