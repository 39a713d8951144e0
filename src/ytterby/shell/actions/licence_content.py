"""The licence that follows from a decision: what was decided, in the words of the application and of the pack's kind.

Nothing of it is typed again: lines come from the decision, parties and use from the application, what the kind of
licence means for exits from the pack that is in force when it is issued.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from ytterby.licence.application import Line
from ytterby.licence.case import Case, draft_digest
from ytterby.licence.ceiling_terms import LineContent, content_of
from ytterby.licence.decision_guard import GRANTED
from ytterby.licence.evidence import LineLots, read_evidence
from ytterby.licence.licence import Licence, LicenceLine
from ytterby.licence.licence_terms import licence_terms
from ytterby.shell.store.casework.case_desk import Desk
from ytterby.shell.store.licences import held_licence
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

Json = dict[str, Any]


def content_of_case(desk: Desk, case: Case, number: str) -> Json:
    """Return the content of the licence that a case has been granted, as JSON.

    Raises:
        ValueError: nothing was granted.
    """
    if case.decided is None or case.decided[1].outcome != GRANTED:
        raise ValueError(f"nothing was granted in the case {case.number}")
    found: Json = msgspec.to_builtins(_licence(desk, case, number))
    return found


def _licence(desk: Desk, case: Case, number: str) -> Licence:
    assert case.decided is not None, "the caller has checked it"
    event, draft = case.decided
    application = case.application
    applied = {line.line: line for line in application.lines}
    granted = [one for one in draft.lines if one.outcome == GRANTED]
    amended = case.kind == "amendment"
    terms = licence_terms(desk.procedure.licence_kinds.get(draft.licence_kind), desk.procedure.casework)
    held = line_contents(case) if terms["ceilings"] else {}
    names = _line_names([applied[one.line] for one in granted], case.begun.amends if amended else "")
    lines = tuple(
        LicenceLine(
            line=name,
            product=applied[one.line].product,
            name=applied[one.line].name,
            quantity=one.quantity,
            unit=one.unit,
            code=one.code or applied[one.line].control_code,
            content=held.get(one.line),
        )
        for name, one in zip(names, granted, strict=True)
    )
    clock = next(iter(desk.procedure.clocks.values()), None)
    return Licence(
        number=case.begun.amends if amended else number,
        version=_next_version(case) if amended else 1,
        case=case.number,
        decision=draft_digest(case.number, event),
        procedure=case.procedure,
        kind=draft.licence_kind,
        holder=case.applicant,
        country=_country(desk, case),
        destination=application.destination,
        valid_from=draft.valid_from,
        valid_to=draft.valid_to,
        lines=lines,
        consignees=_parties(case, "consignee") or _parties(case, "importer"),
        end_users=_parties(case, "end_user"),
        use=str(application.use.get("code", "")),
        zone=clock.zone if clock is not None else "UTC",
        conditions=draft.conditions,
        **terms,
    )


def line_contents(case: Case) -> dict[int, LineContent]:
    """Return what one unit of each line of an application holds, by what was gathered for the decision."""
    lots = read_evidence(case.gathered[1].evidence).lots.lines if case.gathered is not None else ()
    found = {one.line: one for one in lots}
    return {line.line: content_of(line, found.get(line.line, LineLots(line.line))) for line in case.application.lines}


def _line_names(applied: Sequence[Line], amends: str) -> list[str]:
    """Return what the lines of a licence are called: L1 on, but in a new version as the same goods were called before,
    whose ledger goes on.
    """
    held = held_licence(amends) if amends else None
    before = [(one.line, one.product or one.name) for one in held.licence.lines] if held is not None else []
    taken = {name for name, _ in before}
    fresh = (name for place in range(1, len(applied) + len(taken) + 1) if (name := f"L{place}") not in taken)
    names = []
    for one in applied:
        same = next((row for row in before if row[1] == (one.product or one.name)), None)
        if same is not None:
            before.remove(same)
        names.append(same[0] if same is not None else next(fresh))
    return names


def _next_version(case: Case) -> int:
    held = held_licence(case.begun.amends)
    return 1 if held is None else held.licence.version + 1


def _parties(case: Case, role: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.party for one in case.application.of_role(role) if one.party))


def _country(desk: Desk, case: Case) -> str:
    """Return the country whose customs the goods leave by: the applicant's."""
    party = whole_directory(OPERATOR_VIEWER, desk.known).parties.get(case.applicant)
    return party.country if party is not None else ""
