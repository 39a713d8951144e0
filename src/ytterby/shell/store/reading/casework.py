"""Cases as they are known: lists of work, one case as each reader may see it, what an application lacks.

Who may read: what an applicant has not handed in yet, nobody else. Of a case its officers (licensing bodies) and
auditors all; the body that examines first and departments that were asked what concerns their part; its applicant what
it said, what it was told and the decision; an end user on it that it is on it and where it stands. To everybody else it
does not exist. Lists are joined to rights before they are counted or cut into pages.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from ytterby.licence.application import END_USER, Application, dossier_of
from ytterby.licence.case import Case
from ytterby.licence.finding import exporter_findings
from ytterby.licence.sight import is_own_draft, told_state
from ytterby.shell.site.completeness_answer import complete_json
from ytterby.shell.site.finding_answer import finding_json
from ytterby.shell.site.register import current_register
from ytterby.shell.store.cases import NO_DUE, stored_case
from ytterby.shell.store.casework.case_desk import Desk, desk_at, desk_of, name_of_party
from ytterby.shell.store.casework.case_views import applicant_view, consulted_view, end_user_view, officer_view
from ytterby.shell.store.log_marks import head_size
from ytterby.shell.store.models import CaseEventRow, CaseParty, CaseRow
from ytterby.shell.store.office_roster import kept_roster
from ytterby.shell.store.opened_case import kept_case
from ytterby.shell.store.reading.case_evidence import exporter_run
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.viewer import AUDIT, CONSULTED, LICENSING, OPERATOR_VIEWER, PROVINCE, Viewer
from ytterby.terms.problem import Problem

INDIVIDUAL = "individual"
PAGE_MOST = 500
# Mandate -> the event by which a case becomes its body's to read.
ASKED_BY = ((PROVINCE, "pass_on"), (CONSULTED, "open_work"))
# These the office begins; every other case is its applicant's own until it is handed in.
BEGUN_BY_OFFICE = ("post_shipment_check",)
OFFICER, PROVINCIAL, DEPARTMENT, APPLICANT, END = "officer", "province", "department", "applicant", "end_user"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases a list is to hold; `after` is the cursor of the page before. `holder`, `officer` and `team` count for
    the office.
    """

    closed_too: bool = False
    state: str | None = None
    holder: str | None = None
    officer: str | None = None
    after: str | None = None
    limit: int = 50
    team: str | None = None


def list_cases(viewer: Viewer, wanted: Wanted | None = None) -> Json:
    """Return a page of the cases that a viewer may know of, those that are due first; `next` is the cursor of the
    next.
    """
    asked = wanted or Wanted()
    rows = _visible(viewer)
    reads_all = is_office(viewer)
    if not asked.closed_too:
        rows = rows.filter(is_open=True)
    if asked.state is not None:
        states = [asked.state] if reads_all else list(STATES_OF.get(asked.state, (asked.state,)))
        rows = rows.filter(state__in=states)
    if asked.holder is not None and reads_all:
        rows = rows.filter(holder=asked.holder)
    if asked.officer is not None and reads_all:
        rows = rows.filter(officer=asked.officer)
    if asked.team is not None and reads_all:
        rows = rows.filter(officer__in=_accounts_of(asked.team))
    due, _, number = (asked.after or "").partition("~")
    if number:
        # The day by itself, so that the index by which the list is ordered is entered at that place.
        rows = rows.filter(due__gte=due).exclude(due=due, number__lte=number)
    limit = max(1, min(asked.limit, PAGE_MOST))
    found = list(rows.order_by("due", "number")[: limit + 1])
    page = found[:limit]
    return {
        "cases": [_row(one, reads_all) for one in page],
        "next": f"{page[-1].due}~{page[-1].number}" if len(found) > limit else None,
        "as_of_size": known_at(viewer, None).size,
    }


def team_of(viewer: Viewer, account: str) -> str:
    """Return the team of an account of the office, to those who read all of it; empty where it has none."""
    return kept_roster(current_register(), head_size()).team_of(account) if is_office(viewer) else ""


def _accounts_of(team: str) -> list[str]:
    """Return the accounts of a team of the office as it stands now."""
    members = kept_roster(current_register(), head_size()).members.values()
    return [one.account for one in members if team and one.team == team]


# Told state -> the states that are told so.
STATES_OF: dict[str, tuple[str, ...]] = {"review": ("review", "proposed"), "appeal": ("appeal", "appeal_proposed")}


def _row(one: CaseRow, reads_all: bool) -> Json:
    told = {
        "case": one.number,
        "kind": one.kind,
        "state": one.state if reads_all else told_state(one.state),
        "holder": one.holder if reads_all else ("applicant" if one.holder == "applicant" else "office"),
        "applicant": one.applicant,
        "destination": one.destination or None,
        "received_at": one.received_at,
        "decided_at": one.decided_at,
        "due": None if one.due == NO_DUE else one.due,
    }
    return (
        {**told, "version": one.version, "officer": one.officer or None, "tier": one.tier or None}
        if reads_all
        else told
    )


def is_office(viewer: Viewer) -> bool:
    """Tell whether a viewer reads all of every case."""
    return bool(viewer.mandates & {LICENSING, AUDIT}) or viewer == OPERATOR_VIEWER


def _visible(viewer: Viewer) -> QuerySet[CaseRow]:
    """Return the cases that a viewer may know of."""
    if viewer == OPERATOR_VIEWER:
        return CaseRow.objects.all()
    if is_office(viewer):
        return CaseRow.objects.filter(Q(received_at__isnull=False) | Q(kind__in=BEGUN_BY_OFFICE))
    if viewer.mandates & {PROVINCE, CONSULTED}:
        verbs = [
            verb for mandate, verb in ((PROVINCE, "pass_on"), (CONSULTED, "open_work")) if mandate in viewer.mandates
        ]
        return CaseRow.objects.filter(Exists(CaseEventRow.objects.filter(case_id=OuterRef("number"), verb__in=verbs)))
    if not viewer.party:
        return CaseRow.objects.none()
    # One after the other by their indexes; either of two conditions would have all cases looked through.
    own = CaseRow.objects.filter(applicant=viewer.party).values("number")
    named = CaseParty.objects.filter(party=viewer.party, role=END_USER, case__received_at__isnull=False)
    return CaseRow.objects.filter(number__in=own.union(named.values("case_id")))


def part_of(viewer: Viewer, case: Case) -> str:
    """Return as who a viewer reads a case: officer, province, department, applicant or end_user; empty for nobody."""
    if is_office(viewer) and (viewer == OPERATOR_VIEWER or not is_own_draft(case)):
        return OFFICER
    if PROVINCE in viewer.mandates and any(event.verb == "pass_on" for event in case.events):
        return PROVINCIAL
    if CONSULTED in viewer.mandates and case.work:
        return DEPARTMENT
    if viewer.party and viewer.party == case.applicant:
        return APPLICANT
    ends = {one.party for one in case.application.of_role(END_USER)}
    return END if viewer.party in ends and case.submissions else ""


def find_case(viewer: Viewer, number: str, known: Known | None = None) -> Case:
    """Return a case that a viewer may know of.

    Raises:
        KeyError: there is none for this viewer.
    """
    case = kept_case(number, known.size) if known is not None else stored_case(number)
    if case is None or not part_of(viewer, case):
        raise KeyError(number)
    return case


def show_case(viewer: Viewer, number: str, at: datetime, known: Known, language: str = "en") -> Json:
    """Return a case as a viewer may read it, at an instant and as known at a log size.

    Raises:
        KeyError: there is none for this viewer.
        LawUnfitError: the packs in force do not fit together.
    """
    case = find_case(viewer, number, known)
    desk = desk_of(case, at, known)
    part = part_of(viewer, case)
    if part == OFFICER:
        told = officer_view(desk, case, language)
    elif part in {PROVINCIAL, DEPARTMENT}:
        told = consulted_view(desk, case, language)
    elif part == APPLICANT:
        told = applicant_view(desk, case, language)
    else:
        told = end_user_view(desk, case, language)
    return {**told, "as_of_size": known.size}


def check_case(viewer: Viewer, number: str, at: datetime, known: Known, language: str = "en") -> Json:
    """Return what the application of a case lacks: the same for its applicant and for the office.

    Raises:
        KeyError: there is none for this viewer.
    """
    case = find_case(viewer, number, known)
    return {**check_application(viewer, case.application, case.applicant, at, known, language), "case": number}


def check_application(
    viewer: Viewer, application: Application, party: str, at: datetime, known: Known, language: str = "en"
) -> Json:
    """Return what an application lacks before it is handed in: completeness, the law of its goods, its own lots.

    Nothing of screening, of red flags or of other parties' data is looked at, whoever asks.

    Raises:
        KeyError: the packs in force do not hold its procedure.
    """
    desk = desk_at(application.procedure, INDIVIDUAL, at, known)
    if isinstance(desk, Problem):
        raise KeyError(application.procedure)
    owner = Viewer(party) if party else viewer
    told, problems = complete_json(desk.book, desk.procedure, _dossier(desk, application), desk.today, language)
    view = exporter_run(owner, desk, "", application) if party and party == application.exporter else None
    found = exporter_findings(view, desk.rules.blocking) if view is not None else ()
    blocks = any(one.blocks for one in found)
    complete = "no" if told is None or told["complete"] == "no" or blocks else told["complete"]
    return {
        "complete": complete,
        "gaps": [] if told is None else told["gaps"],
        "problems": [{"code": one.code, "where": one.where.pointer, "value": one.value} for one in problems],
        "findings": [finding_json(one, language) for one in found if one.check != "completeness"],
        "notes": [] if told is None else told["notes"],
        "as_of_size": known.size,
    }


def _dossier(desk: Desk, application: Application) -> Json:
    return dossier_of(application, desk.book.dossiers.get(desk.procedure.id), name_of_party(desk.known))
