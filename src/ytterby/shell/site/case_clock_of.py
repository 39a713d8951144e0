"""The clocks of a case by the procedure's own rules: which run, on which day they are, when the case is due."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from ytterby.law.calendar import Calendar
from ytterby.law.procedure import Procedure
from ytterby.licence.case import Case
from ytterby.licence.case_clock import CaseClocks, Moment, Run, keep_time, read_case_clocks
from ytterby.licence.step import CloseWork, OpenWork
from ytterby.licence.transition import TransitionTable
from ytterby.shell.site.calendars import zone_of

NO_PHASES: Mapping[str, str] = {}


def clocks_of_case(
    procedure: Procedure, calendars: Mapping[str, Calendar], case: Case, table: TransitionTable, as_of: datetime
) -> CaseClocks:
    """Return the clocks of a case as they stand at an instant, whichever."""
    rules = procedure.casework
    phases = {phase.value: state for phase, state in rules.phases.items()} if rules is not None else NO_PHASES
    keeping = keep_time(procedure, phases, calendars, zone_of)
    return read_case_clocks(moments_of(case, table), keeping, as_of=as_of)


def moments_of(case: Case, table: TransitionTable) -> Iterator[Moment]:
    """Yield the events of a case as far as clocks go."""
    bodies = {one.asked.id: one.asked.body for one in case.work}
    for event, name in zip(case.events, case.states, strict=True):
        step, state = event.step, table.states[name]
        id_ = getattr(step, "id", "") or getattr(step, "query", "")
        body = bodies.get(step.id, "") if isinstance(step, OpenWork | CloseWork) else ""
        reason = getattr(step, "reason", "")
        at = datetime.fromisoformat(event.at)
        yield Moment(event.verb, at, state.phase, state.holder, id_, reason if isinstance(reason, str) else "", body)


def due_run(clocks: CaseClocks) -> Run | None:
    """Return the run that a case is due by: the last one that runs."""
    return next(reversed(clocks.running), None)


def due_of_case(
    procedure: Procedure, calendars: Mapping[str, Calendar], case: Case, table: TransitionTable, at: datetime
) -> str | None:
    """Return the day on which a case is due by the clock that runs; None where none does, or the law sets none."""
    run = due_run(clocks_of_case(procedure, calendars, case, table, at))
    return None if run is None or run.reading.due is None else run.reading.due.isoformat()
