"""Where a finding can stand, and what may be done there: a table of transitions, read from data.

A finding is derived anew whenever it is asked for; its *state* is what people recorded of it. The table
(`inquiry_transitions.yaml`) names every state, its *phase* (the word that lists show: open, asked, explained, set
aside, confirmed, inquiry, decided) and which verbs lead where. Whatever it does not name is forbidden.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

START = "open"


class Verb(StrEnum):
    """What people do with a finding. All but `ANSWER` is the office's; an answer is the party's that was asked."""

    ASK = "ask"
    ANSWER = "answer"
    EXPLAIN = "explain"
    SET_ASIDE = "set_aside"
    CONFIRM = "confirm"
    OPEN = "open"
    ORDER = "order"
    VISIT = "visit"
    HEAR = "hear"
    DECIDE = "decide"


class Judgement(StrEnum):
    """How a judged finding counts in the statistics of false alarms; `NONE`: it tells nothing of the test."""

    REAL = "real"
    EXPLAINED = "explained"
    FALSE_ALARM = "false_alarm"
    NONE = "none"


class Standing(NamedTuple):
    """One state: the word that lists show, whether nobody owes anything, and where each verb leads."""

    phase: str
    at_rest: bool
    may: Mapping[Verb, str]


class OutcomeRule(NamedTuple):
    """How an outcome counts, and whether the party must have been heard before."""

    counts_as: Judgement
    needs_hearing: bool


@dataclass(frozen=True)
class Transitions:
    """The whole table: states by name, and the rules of `inquiry_transitions.yaml`."""

    states: Mapping[str, Standing]
    told: Mapping[Verb, str]
    waits_for_answers: frozenset[Verb]
    not_by_whom: Mapping[Verb, frozenset[Verb]]
    reasons: Mapping[str, Judgement]
    outcomes: Mapping[str, OutcomeRule]
    own_facts: Mapping[str, tuple[str, ...]]

    def after(self, state: str, verb: Verb) -> str | None:
        """Return the state after a verb; None where it may not be done."""
        return self.states[state].may.get(verb)


def read_transitions(table: Mapping[str, Any]) -> Transitions:
    """Return the table of the packaged YAML, which the caller has read.

    Raises:
        KeyError, ValueError: a part is missing, a verb or judgement is unknown, or a verb leads to no state.
    """
    states = {
        str(name): Standing(
            str(row["phase"]), bool(row["at_rest"]), {Verb(verb): str(to) for verb, to in row["may"].items()}
        )
        for name, row in table["states"].items()
    }
    nowhere = {to for standing in states.values() for to in standing.may.values()} - set(states)
    if nowhere or START not in states:
        raise ValueError(f"the table leads to states that it does not name: {sorted(nowhere) or START}")
    return Transitions(
        states=states,
        told={Verb(verb): str(word) for verb, word in table["told"].items()},
        waits_for_answers=frozenset(Verb(verb) for verb in table["waits_for_answers"]),
        not_by_whom={Verb(v): frozenset(Verb(one) for one in others) for v, others in table["not_by_whom"].items()},
        reasons={str(code): Judgement(row["counts_as"]) for code, row in table["reasons"].items()},
        outcomes={
            str(code): OutcomeRule(Judgement(row["counts_as"]), bool(row["needs_hearing"]))
            for code, row in table["outcomes"].items()
        },
        own_facts={str(kind): tuple(map(str, facts)) for kind, facts in table["own_facts"].items()},
    )
