"""The clocks of a case by the procedure's own rules: which run, on which day they are, when the case is due."""

from collections.abc import Mapping
from datetime import datetime

from ytterby.law.calendar import Calendar
from ytterby.law.procedure import Procedure
from ytterby.licence.case import Case
from ytterby.licence.case_clock import CaseClocks, Run, Timekeeping, keep_time, read_case_clocks
from ytterby.licence.case_moments import moments_of
from ytterby.licence.transition import TransitionTable
from ytterby.shell.site.calendars import zone_of

NO_PHASES: Mapping[str, str] = {}


def clocks_of_case(
    procedure: Procedure, calendars: Mapping[str, Calendar], case: Case, table: TransitionTable, as_of: datetime
) -> CaseClocks:
    """Return the clocks of a case as they stand at an instant, whichever."""
    return read_case_clocks(moments_of(case, table), keeping_of(procedure, calendars, case.kind), as_of=as_of)


def keeping_of(procedure: Procedure, calendars: Mapping[str, Calendar], kind: str) -> Timekeeping:
    """Return what the clocks of a procedure go by in a kind of case."""
    rules = procedure.casework
    phases = {phase.value: state for phase, state in rules.phases.items()} if rules is not None else NO_PHASES
    return keep_time(procedure, phases, calendars, zone_of, kind=kind)


def due_run(clocks: CaseClocks) -> Run | None:
    """Return the run that a case is due by: the last one that runs."""
    return next(reversed(clocks.running), None)


def due_of_case(
    procedure: Procedure, calendars: Mapping[str, Calendar], case: Case, table: TransitionTable, at: datetime
) -> str | None:
    """Return the day on which a case is due by the clock that runs; None where none does, or the law sets none."""
    run = due_run(clocks_of_case(procedure, calendars, case, table, at))
    return None if run is None or run.reading.due is None else run.reading.due.isoformat()
