"""What all cases came to, for statistics. Who may read: the licensing office, auditors and the register's operator.

What everybody may know of it is what is published (`actions.release_statistics`).
"""

from datetime import date, datetime

from ytterby.law.clock import Clock
from ytterby.licence.audit import WRONG
from ytterby.licence.case import Case
from ytterby.licence.case_outcome import KINDS, Drawn, first_outcome, record_of
from ytterby.licence.case_record import CaseRecord
from ytterby.licence.licence import unscaled
from ytterby.shell.site.case_clock_of import clocks_of_case
from ytterby.shell.site.register import current_register
from ytterby.shell.store.audits import stored_audits
from ytterby.shell.store.cases import case_numbers, stored_case
from ytterby.shell.store.casework.case_desk import desk_at
from ytterby.shell.store.models import LicenceEntryRow, LogEntry
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import AUDIT, LICENSING, Viewer
from ytterby.terms.problem import Problem


def case_outcomes(viewer: Viewer, known: Known, at: datetime) -> list[CaseRecord]:
    """Return what cases came to, of applications that were handed in.

    Raises:
        PermissionError: the viewer may not read cases.
    """
    if not viewer.mandates & {LICENSING, AUDIT}:
        raise PermissionError("what cases came to is read by the office")
    found, audits = [], stored_audits(current_register(), known.size)
    for number in case_numbers(known.size):
        case = stored_case(number, known.size)
        if case is None or case.kind not in KINDS:
            continue
        looked = next(iter(audits.results.get(number, ())), None)
        audited = None if looked is None else (looked.on, looked.result.verdict == WRONG)
        record = record_of(case, _clock_at_outcome(case, known), _draws(case, known), at.date(), audited)
        if record is not None:
            found.append(record)
    return found


def _clock_at_outcome(case: Case, known: Known) -> Clock | None:
    """Return the last clock that ran up to the first outcome, as it stood then, by the law of that instant."""
    decided = first_outcome(case)
    if decided is None:
        return None
    moment = datetime.fromisoformat(decided.at)
    desk = desk_at(case.procedure, case.kind, moment, known)
    if isinstance(desk, Problem):
        return None
    clocks = clocks_of_case(desk.procedure, desk.calendars, case, desk.rules.table, moment)
    ended = [run for run in clocks.runs if run.started < moment]
    return ended[-1].reading if ended else None


def _draws(case: Case, known: Known) -> list[Drawn]:
    """Return what was drawn on the licences of a case, by the day of each record."""
    rows = LicenceEntryRow.objects.filter(line__number__in=case.licences, drawn__gt=0, log_index__lt=known.size)
    entries = list(rows.order_by("log_index").values_list("line__number", "line__line", "drawn", "log_index"))
    wanted = [row[3] for row in entries]
    accepted = dict(LogEntry.objects.filter(index__in=wanted).values_list("index", "accepted_at"))
    return [
        Drawn(number, line, unscaled(drawn), date.fromisoformat(accepted[index][:10]))
        for number, line, drawn, index in entries
    ]
