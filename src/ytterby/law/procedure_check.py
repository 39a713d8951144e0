"""What cannot be true of a procedure whose shape is right: names of nothing, clocks, documents and states astray.

A document nobody asks for, a reason that no clock knows and a state that no step reaches are refused: each of them is
a line that somebody believes to work and that nothing would ever use.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ytterby.law.calendar import Counting
from ytterby.law.casework_check import casework_problems
from ytterby.terms.problem import Problem, pointer, refuse

Json = Mapping[str, Any]
SECTIONS = (
    *("bodies", "states", "steps", "documents", "reasons", "clocks"),
    *("licence_kinds", "deadlines", "returns", "records", "provisions"),
)
_HERE = "procedure"
_WORKING_DAY = "working_day"
_SILENCE = ("silence", "silence_state", "silence_since")


def procedure_problems(content: Json | None) -> list[Problem]:
    """Return everything that a procedure says wrongly or against itself; nothing where there is none."""
    if content is None:
        return []
    names = {section: {row["id"] for row in content.get(section, ())} for section in SECTIONS}
    return [
        *_dates(content),
        *(problem for section in SECTIONS for problem in _twice(content, section)),
        *_references(content, names),
        *_clocks_without_calendar(content),
        *_unused(content),
        *_states_astray(content),
        *casework_problems(content),
    ]


def _rows(content: Json, section: str) -> Iterator[tuple[str, Json]]:
    for place, row in enumerate(content.get(section, ())):
        yield pointer(_HERE, section, place), row


def _dates(content: Json) -> Iterator[Problem]:
    if content["effective"] < content["published"]:
        where = pointer(_HERE, "effective")
        yield refuse("pack.dates_reversed", where, content["effective"], first=content["published"])


def _twice(content: Json, section: str) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for where, row in _rows(content, section):
        if seen.setdefault(row["id"], where) != where:
            yield refuse("pack.twice", where + "/id", row["id"], first=seen[row["id"]])


# Which field of which entries names entries of which section.
_NAMES = (
    ("states", "holder", "bodies"),
    ("steps", "from", "states"),
    ("steps", "to", "states"),
    ("steps", "by", "bodies"),
    ("steps", "documents", "documents"),
    ("clocks", "starts", "states"),
    ("clocks", "ends", "states"),
    ("clocks", "stops", "reasons"),
    ("clocks", "no_limit", "reasons"),
    ("clocks", "silence_state", "states"),
    ("licence_kinds", "documents", "documents"),
    ("deadlines", "by", "bodies"),
    ("returns", "by", "bodies"),
    ("records", "by", "bodies"),
    ("provisions", "clock", "clocks"),
)


def _references(content: Json, names: Mapping[str, set[str]]) -> Iterator[Problem]:
    for section, field, wanted in _NAMES:
        for where, row in _rows(content, section):
            named = row.get(field, ())
            listed = [("", named)] if isinstance(named, str) else [(pointer(n), name) for n, name in enumerate(named)]
            for place, name in listed:
                if name not in names[wanted]:
                    known = ", ".join(sorted(names[wanted]))
                    yield refuse("pack.unknown_reference", where + pointer(field) + place, name, known=known)


def _clocks_without_calendar(content: Json) -> Iterator[Problem]:
    """Yield working days of nobody; what stops a clock and lifts its limit at once; a silence told by half."""
    for where, row in _rows(content, "clocks"):
        if row["counting"] == Counting.WORKING_DAYS and "calendar" not in row:
            yield refuse("procedure.no_calendar", where, row["id"])
        for name in sorted(set(row.get("stops", ())) & set(row.get("no_limit", ()))):
            yield refuse("pack.contradiction", where + "/no_limit", name, what="stops, no_limit")
        told = [name for name in _SILENCE if name in row]
        if {"silence_state", "silence_since"} & {*told} and len(told) < len(_SILENCE):
            yield refuse("pack.missing_field", where, row["id"], name=next(n for n in _SILENCE if n not in told))
    for where, row in _rows(content, "deadlines"):
        if row["within"]["unit"] == _WORKING_DAY and "calendar" not in row:
            yield refuse("procedure.no_calendar", where, row["id"])


def _unused(content: Json) -> Iterator[Problem]:
    stopping = _named(content, "clocks", "stops") | _named(content, "clocks", "no_limit")
    for where, row in _rows(content, "reasons"):
        if row["id"] not in stopping:
            yield refuse("procedure.unused_reason", where, row["id"])
    asked = _named(content, "steps", "documents") | _named(content, "licence_kinds", "documents")
    for where, row in _rows(content, "documents"):
        if row["id"] not in asked:
            yield refuse("procedure.unasked_document", where, row["id"])


def _named(content: Json, section: str, field: str) -> set[str]:
    return {name for _, row in _rows(content, section) for name in row.get(field, ())}


def _states_astray(content: Json) -> Iterator[Problem]:
    """Yield states that no case can come to, those that it cannot leave, and last ones that it can."""
    steps = [row for _, row in _rows(content, "steps")]
    states = content["states"]
    if not states:
        yield refuse("pack.kind", pointer(_HERE, "states"), "[]", wanted="a list of at least one state")
        return
    reached = {states[0]["id"]}
    while more := {row["to"] for row in steps if reached & set(row["from"])} - reached:
        reached |= more
    left = {name for row in steps for name in row["from"]}
    for where, row in _rows(content, "states"):
        is_last = row.get("is_last", False)
        if row["id"] not in reached:
            yield refuse("procedure.unreached_state", where, row["id"], first=states[0]["id"])
        if is_last and row["id"] in left:
            yield refuse("pack.contradiction", where + "/is_last", row["id"], what="is_last, steps")
        if not is_last and row["id"] not in left:
            yield refuse("procedure.dead_end", where, row["id"])
