"""Whether a step may be taken in a case, and the event that it makes: the one way in which a case changes.

A command names the version of the case that who gives it saw; another version refuses it (invariant I10), so that two
steps at once make one event and one refusal. Then the table is asked: is there a row of this state and command; is
who speaks of its roles; which row is it; do its guards hold. All problems of the guards come out at once.
"""

from collections.abc import Iterator

from ytterby.licence.case import OFFICER, Case, Event
from ytterby.licence.guard import CHOICES, GUARDS
from ytterby.licence.office import Office, Speaking
from ytterby.licence.sight import applicant_version, told_state
from ytterby.licence.step import (
    TEXT_MAX,
    Answer,
    Begin,
    Edit,
    OpenWork,
    Propose,
    Query,
    Report,
    Step,
    Stop,
    Supply,
    step_fields,
    verb_of,
)
from ytterby.licence.transition import Row, TransitionTable
from ytterby.terms.civil_day import is_day
from ytterby.terms.problem import Problem, pointer, refuse

CHANGE_FORM = "change_form"
AMENDMENT = "amendment"
ABOUT_A_LICENCE = frozenset({AMENDMENT, "post_shipment_check"})
QUERY_KINDS = ("clarify", CHANGE_FORM)
DAY_FIELDS = ("due", "valid_from", "valid_to")


def begin(number: str, step: Begin, office: Office) -> Event | list[Problem]:
    """Return the first event of a case, or what refuses it."""
    table = office.rules.table
    problems = list(_words(step))
    if step.kind != table.kind:
        problems.append(refuse("case.other_kind", "/kind", step.kind, kind=table.kind))
    if not office.speaker.party or table.begun_by not in office.speaker.roles:
        problems.append(refuse("case.not_yours_to_begin", "", office.speaker.party, kind=table.kind))
    exporter = step.application.exporter
    if table.begun_by == "applicant" and exporter and exporter != office.speaker.party:
        problems.append(refuse("case.other_exporter", "/application/parties", exporter))
    if table.begun_by != "applicant" and not exporter:
        problems.append(refuse("case.about_nobody", "/application/parties", ""))
    problems += _amended(step, office, exporter or office.speaker.party)
    return problems or _event(1, step, office, table.begun_by)


def _amended(step: Begin, office: Office, holder: str) -> Iterator[Problem]:
    """Yield what is wrong with the licence that a case is to be about: an amendment is of one that the applicant holds,
    so that nobody keeps another's from being amended; a check may be of one; nothing else is about a licence.
    """
    if step.kind not in ABOUT_A_LICENCE:
        if step.amends:
            yield refuse("case.amends_nothing", "/amends", step.amends, kind=step.kind)
        return
    is_asked = step.kind == AMENDMENT or step.amends
    if is_asked and (office.amended is None or office.amended.get("holder") != holder):
        yield refuse("case.nothing_to_amend", "/amends", step.amends)


def enter(case: Case, step: Step, office: Office, *, expected: int | None = None) -> Event | list[Problem]:
    """Return the event that a step makes of a case, or everything that refuses it. `expected` None: whatever it is
    at.
    """
    now = applicant_version(case) if _is_outside(office.speaker) else case.version
    if expected is not None and expected != now:
        return [refuse("case.changed_meanwhile", "", expected, now=now)]
    found = row_of(case, step, office)
    if not isinstance(found, Row):
        return found
    problems = [*_words(step), *_names(case, step)]
    problems += [one for name in found.guard for one in GUARDS[name](case, step, office)]
    role = next(name for name in found.who if plays(name, case, office.speaker, step))
    return problems or _event(case.version + 1, step, office, _plain(role))


def row_of(case: Case, step: Step, office: Office) -> Row | list[Problem]:
    """Return the row of the table that a step goes by, or why it goes by none."""
    table, verb = office.rules.table, verb_of(step)
    rows = table.rows_of(case.state, verb)
    state = told_state(case.state) if _is_outside(office.speaker) else case.state
    if _is_outside(office.speaker) and _is_for_others(verb, office):
        # Whether others may say it here would tell how far they are.
        return [refuse("case.not_yours", "", verb, state=state)]
    if not rows:
        may = ", ".join(_commands_for(case, step, office)) or "-"
        return [refuse("case.not_now", "", verb, state=state, may=may)]
    rows = tuple(row for row in rows if any(plays(name, case, office.speaker, step) for name in row.who))
    if not rows:
        return [refuse("case.not_yours", "", verb, state=state)]
    chosen = [row for row in rows if all(CHOICES[name](case, step, office) for name in row.when)]
    if len(chosen) != 1:
        return [refuse("case.no_way", "", verb, state=state)]
    return chosen[0]


def _is_for_others(verb: str, office: Office) -> bool:
    """Tell whether a command is one of others in every state in which there is such a command."""
    rows = [row for row in office.rules.table.rows if row.command == verb]
    return bool(rows) and all(office.speaker.roles.isdisjoint(row.who) for row in rows)


def _commands_for(case: Case, step: Step, office: Office) -> list[str]:
    """Return what who asks may say where the case stands, in the order of the table."""
    rows = (row for row in office.rules.table.rows if case.state in row.origins)
    said = (row.command for row in rows if any(plays(name, case, office.speaker, step) for name in row.who))
    return list(dict.fromkeys(said))


def after(case: Case, event: Event, table: TransitionTable, office: Office) -> Case:
    """Return the case after an event that was entered.

    Raises:
        ValueError: it cannot have happened.
    """
    if isinstance(event.step, Begin) and not case.events:
        return case.after(event, table.begins)
    found = row_of(case, event.step, office)
    if not isinstance(found, Row):
        raise ValueError(f"{event.verb} in the state {case.state}: {found[0].code}")
    return case.after(event, found.after(case.state))


def plays(role: str, case: Case, speaker: Speaking, step: Step) -> bool:
    """Tell whether somebody is of a role of the table in a case."""
    if role == "assigned":
        return "officer" in speaker.roles and case.assigned.get(OFFICER) == speaker.account
    if role == "author":
        return "officer" in speaker.roles and case.draft is not None and case.draft[0].by == speaker.account
    if role == "signer":
        order = getattr(step, "order", 0)
        return "officer" in speaker.roles and case.assigned.get(order) == speaker.account
    return role in speaker.roles


def _is_outside(speaker: Speaking) -> bool:
    """Tell whether somebody speaks for a party of a case, and is told what parties are told (threat C7)."""
    return not speaker.roles - {"applicant", "end_user"}


def _plain(role: str) -> str:
    return "officer" if role in {"assigned", "author", "signer"} else role


def _event(version: int, step: Step, office: Office, role: str) -> Event:
    speaker = office.speaker
    return Event(version, office.at, speaker.account, speaker.party, role, step, speaker.team)


def _words(step: Step) -> Iterator[Problem]:
    """Yield what is wrong with the texts and days of a step."""
    fields = step_fields(step)
    for name in ("text", "settles", "signer", "outcome", "task"):
        value = fields.get(name)
        if isinstance(value, str) and len(value) > TEXT_MAX:
            yield refuse("case.too_long", pointer(name), len(value), limit=TEXT_MAX)
    for name in DAY_FIELDS:
        value = fields.get(name)
        if value and not is_day(value):
            yield refuse("case.day", pointer(name), value)
    if isinstance(step, Query):
        yield from _query_words(step)
    if isinstance(step, Report) and step.verdict not in {"approve", "proviso", "refuse"}:
        yield refuse("case.verdict", "/verdict", step.verdict, allowed="approve, proviso, refuse")
    if isinstance(step, Propose) and not step.text.strip() and step.outcome != "granted":
        yield refuse("case.no_text", "/text", "")


def _query_words(step: Query) -> Iterator[Problem]:
    if not step.text.strip():
        yield refuse("case.no_text", "/text", "")
    if not step.due:
        yield refuse("case.day", "/due", "")
    if step.kind not in QUERY_KINDS:
        yield refuse("case.query_kind", "/kind", step.kind, allowed=", ".join(QUERY_KINDS))


def _names(case: Case, step: Step) -> Iterator[Problem]:
    """Yield what is wrong with what a step names: an id that stands already, an application that became another's.

    A second question of one id would count as answered by the answer to the first. The licence is the applicant's
    of the beginning and goes by the procedure of the beginning, so an application cannot move to others.
    """
    if isinstance(step, Query | Stop | OpenWork):
        taken = {one.step.id for one in case.events if isinstance(one.step, Query | Stop | OpenWork)}
        if not step.id.strip() or step.id in taken:
            yield refuse("case.id_taken", "/id", step.id)
    if isinstance(step, Answer) and step.application is not None:
        asked = case.open_queries.get(step.query)
        if asked is not None and isinstance(asked.step, Query) and asked.step.kind != CHANGE_FORM:
            yield refuse("case.not_to_be_changed", "/application", step.query)
    told = step.application if isinstance(step, Edit | Supply | Answer) else None
    if told is not None and told.exporter not in {"", case.applicant}:
        yield refuse("case.other_exporter", "/application/parties", told.exporter)
    if told is not None and told.procedure != case.procedure:
        yield refuse("case.other_procedure", "/application/procedure", told.procedure, now=case.procedure)
