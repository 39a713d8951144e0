"""From the content of a pack's `procedure`, whose shape is right, to a `Procedure`."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from ytterby.law.calendar import Counting
from ytterby.law.casework_reader import casework_of, kind_of, span_of
from ytterby.law.clock_rule import DayRule, FirstDay
from ytterby.law.procedure import (
    AskedDocument,
    Body,
    CaseState,
    Deadline,
    KeptRecord,
    Procedure,
    ProcedureClock,
    Provision,
    ReturnOwed,
    Step,
    StopReason,
)
from ytterby.law.trust import trust_of

Json = Mapping[str, Any]
Entry = TypeVar("Entry")


def procedure_of(row: Json, pack: str) -> Procedure:
    """Return the procedure that a content describes, which was checked."""

    def section(name: str, read: Callable[[Json], Entry]) -> dict[str, Entry]:
        return {one["id"]: read(one) for one in row.get(name, ())}

    return Procedure(
        id=row["id"],
        pack=pack,
        title=row["title"],
        published=date.fromisoformat(row["published"]),
        effective=date.fromisoformat(row["effective"]),
        governs=row["governs"],
        bodies=section("bodies", _body),
        states=section("states", _state),
        steps=section("steps", _step),
        documents=section("documents", _document),
        reasons=section("reasons", _reason),
        clocks=section("clocks", _clock),
        licence_kinds=section("licence_kinds", kind_of),
        deadlines=section("deadlines", _deadline),
        returns=section("returns", _return),
        records=section("records", _record),
        provisions=section("provisions", _provision),
        trust=trust_of(row, row["published"]),
        casework=casework_of(row.get("casework")),
    )


def _body(row: Json) -> Body:
    return Body(row["id"], row["title"], row["role"], row.get("veto", False), trust_of(row))


def _state(row: Json) -> CaseState:
    return CaseState(row["id"], row["title"], row["holder"], row.get("is_last", False), trust_of(row))


def _step(row: Json) -> Step:
    documents = tuple(row.get("documents", ()))
    return Step(row["id"], row["title"], tuple(row["from"]), row["to"], row["by"], documents, trust_of(row))


def _document(row: Json) -> AskedDocument:
    return AskedDocument(row["id"], row["title"], row["basis"], trust_of(row))


def _reason(row: Json) -> StopReason:
    return StopReason(row["id"], row["title"], trust_of(row), row.get("is_told", False))


def _clock(row: Json) -> ProcedureClock:
    return ProcedureClock(
        id=row["id"],
        title=row["title"],
        days=row["days"],
        counting=Counting(row["counting"]),
        calendar=row.get("calendar", ""),
        first_day=FirstDay(row["first_day"]),
        day_rule=DayRule(row["day_rule"]),
        cutoff=row["cutoff"],
        zone=row["zone"],
        starts=row["starts"],
        ends=tuple(row["ends"]),
        stops=tuple(row.get("stops", ())),
        no_limit=tuple(row.get("no_limit", ())),
        silence=row.get("silence"),
        silence_state=row.get("silence_state", ""),
        silence_since=row.get("silence_since", ""),
        kinds=tuple(row.get("kinds", ())),
        trust=trust_of(row),
    )


def _deadline(row: Json) -> Deadline:
    return Deadline(
        id=row["id"],
        title=row["title"],
        within=span_of(row["within"]),
        calendar=row.get("calendar", ""),
        after=row["after"],
        by=row["by"],
        under=row.get("under", ""),
        trust=trust_of(row),
    )


def _return(row: Json) -> ReturnOwed:
    return ReturnOwed(
        id=row["id"],
        title=row["title"],
        every=row["every"],
        due_day=row["due_day"],
        due_month=row["due_month"],
        by=row["by"],
        under=row.get("under", ""),
        trust=trust_of(row),
    )


def _record(row: Json) -> KeptRecord:
    return KeptRecord(row["id"], row["title"], span_of(row["at_least"]), row["since"], row["by"], trust_of(row))


def _provision(row: Json) -> Provision:
    return Provision(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        text=row.get("text"),
        clock=row.get("clock", ""),
        under=row.get("under", ""),
        is_asked=row.get("is_asked", True),
        trust=trust_of(row),
    )
