"""What somebody may say in a case now, and the codes to say it with: for forms of pages and for whoever makes one.

Who may read: whoever may read the case (`casework`), each what its own roles may say. An applicant's choices are worked
out of the state that it is told, so that they are the same whatever the office does meanwhile (threat C7). That a
command stands here promises nothing: what is entered is judged by the log when it is.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ytterby.law.trust import Words
from ytterby.licence.application import END_USER, Application
from ytterby.licence.case import Case
from ytterby.licence.entering import plays
from ytterby.licence.office import Speaking
from ytterby.licence.sight import told_state
from ytterby.licence.step import Approve, Withdraw
from ytterby.shell.site.register import current_register
from ytterby.shell.store.case_speakers import SESSION, Speaker, speaking
from ytterby.shell.store.cases import stored_case
from ytterby.shell.store.casework.case_desk import desk_of
from ytterby.shell.store.models import Account, CaseRow
from ytterby.shell.store.reading.casework import APPLICANT, END, INDIVIDUAL, OFFICER, find_case, part_of
from ytterby.shell.store.reading.entries import directory, whole_directory
from ytterby.shell.store.reading.filed import neighbours_of
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.law import law_at
from ytterby.shell.store.reading.viewer import AUDIT, CONSULTED, CUSTOMS, LICENSING, OPERATOR_VIEWER, PROVINCE, Viewer
from ytterby.shell.store.rights import stored_rights

SAME_MOST = 20
# Who works on cases and licences reads what their parties are called.
BODIES = frozenset({LICENSING, AUDIT, PROVINCE, CONSULTED, CUSTOMS})
# Commands that a procedure knows only with a phase, and those that it knows only without.
OF_PHASE = {"notify_missing": "supplement", "not_accept": "not_accepted", "pass_on": "pre_check"}
WITHOUT_PHASE = {"send_back": "supplement"}

Json = dict[str, Any]


def case_choices(viewer: Viewer, number: str, account: str, at: datetime, known: Known, language: str = "en") -> Json:
    """Return as which part a viewer reads a case, the commands that an account may give, and the codes for them.

    Raises:
        KeyError: there is no such case for this viewer.
        LawUnfitError: the packs in force do not fit together.
    """
    case = find_case(viewer, number, known)
    desk, part = desk_of(case, at, known), part_of(viewer, case)
    procedure = desk.procedure
    coded = procedure.casework.coded_reasons.values() if procedure.casework is not None else ()
    reasons: dict[str, list[Json]] = {}
    for one in coded:
        row = {"code": one.id, "title": one.title[language], "remedy": one.remedy[language]}
        reasons.setdefault(one.kind.value, []).append(row)
    titles = {name: one.title for name, one in procedure.reasons.items()}
    dossier = desk.book.dossiers.get(procedure.id)
    return {
        "part": part,
        "commands": [
            verb
            for verb in _commands(viewer, case, account, desk.rules.table.rows, at, is_told=part == APPLICANT)
            if OF_PHASE.get(verb, "") in {"", *desk.rules.phases} and WITHOUT_PHASE.get(verb) not in desk.rules.phases
        ],
        "orders": _orders(case, account) if part == OFFICER else [],
        "reasons": reasons,
        "stops": _coded(desk.rules.stops, titles, language),
        "lifts": _coded(desk.rules.lifts, titles, language),
        "bodies": _coded(procedure.bodies, {name: one.title for name, one in procedure.bodies.items()}, language),
        "documents": {
            name: one.title[language] for name, one in (dossier.documents if dossier is not None else {}).items()
        },
        "people": _people(case) if part == OFFICER else {},
        "parties": _names_on(viewer, case, part, known, language),
    }


def _commands(
    viewer: Viewer, case: Case, account: str, rows: Iterable[Any], at: datetime, *, is_told: bool
) -> list[str]:
    if not account:
        return []
    speaker = Speaker(account, viewer.party or "", SESSION)
    ends = {one.party for one in case.application.of_role(END_USER)}
    rights = stored_rights(current_register())
    who = speaking(rights, speaker, at.date(), applicant=case.applicant, end_users=ends)
    state = told_state(case.state) if is_told else case.state
    found = (row.command for row in rows if state in row.origins and _plays_any(row.who, case, who))
    return list(dict.fromkeys(found))


def _plays_any(names: Iterable[str], case: Case, who: Speaking) -> bool:
    orders = [order for order in case.assigned if order] or [0]
    steps: list[Any] = [Withdraw(), *(Approve("", order, {}) for order in orders)]
    return any(plays(name, case, who, step) for name in names for step in steps)


def _orders(case: Case, account: str) -> list[int]:
    """Return the approvals of the draft that an account was drawn for and has not given."""
    given = {said.order for _, said in case.approvals}
    return sorted(order for order, held in case.assigned.items() if order and held == account and order not in given)


def _coded(codes: Iterable[str], titles: dict[str, Words], language: str) -> list[Json]:
    return [{"code": one, "title": titles[one][language] if one in titles else one} for one in sorted(codes)]


def _names_on(viewer: Viewer, case: Case, part: str, known: Known, language: str) -> dict[str, str]:
    """Return what the parties on a case are called: to bodies all, to an end user its applicant. An applicant reads
    the names that it may read anyway, so that no identifier it writes down tells whose it is (threat C2).
    """
    if part == APPLICANT:
        return party_names(viewer, case.application.party_ids, known, language)
    named = {case.applicant} if part == END else {case.applicant, *case.application.party_ids}
    return _called(named, known, language)


def _people(case: Case) -> dict[str, str]:
    """Return what those who said something in a case, or were drawn for it, are called beside the log."""
    named = {event.by for event in case.events} | set(case.assigned.values())
    return dict(Account.objects.filter(id__in=named).values_list("id", "name"))


def procedures_at(viewer: Viewer, at: datetime, known: Known, language: str = "en") -> list[Json]:
    """Return the procedures in force that an office works on, with the kinds of licence that each knows.

    Raises:
        LawUnfitError: the packs in force do not fit together.
    """
    book = law_at(viewer, known, at)
    return [
        {
            "procedure": one.id,
            "title": one.title[language],
            "kinds": [{"code": kind.id, "title": kind.title[language]} for kind in one.licence_kinds.values()],
        }
        for one in book.procedures.values()
        if one.casework is not None
    ]


def party_names(viewer: Viewer, parties: Iterable[str], known: Known, language: str = "en") -> dict[str, str]:
    """Return what registered parties are called: to a public body those asked for, to a party its own name, of those
    that its own book names, and of those with whom an accepted invitation binds it.
    """
    asked = set(parties)
    if not viewer.mandates & BODIES and viewer != OPERATOR_VIEWER:
        own = {viewer.party, *neighbours_of(viewer, known), *directory(viewer, known).parties}
        asked = {one for one in asked if one in own}
    return _called(asked, known, language)


def _called(parties: Iterable[str], known: Known, language: str) -> dict[str, str]:
    held = whole_directory(OPERATOR_VIEWER, known).parties
    found = {one: held[one] for one in parties if one in held}
    is_chinese = language == "zh"
    return {one: party.name_zh if is_chinese and party.name_zh else party.name for one, party in found.items()}


def same_draft(viewer: Viewer, application: Application, kind: str = INDIVIDUAL) -> str:
    """Return the draft of the viewer's own that applies for exactly the same; empty where there is none."""
    if not viewer.party:
        return ""
    rows = CaseRow.objects.filter(applicant=viewer.party, state="draft", kind=kind).order_by("-number")
    for number in rows.values_list("number", flat=True)[:SAME_MOST]:
        case = stored_case(number)
        if case is not None and case.application == application:
            return str(number)
    return ""
