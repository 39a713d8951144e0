"""The guards of the transition tables by name: what must hold for a step (`GUARDS`), and which row it is (`CHOICES`).

A guard returns nothing where it holds, else the problems that refuse the step; each problem has a sentence and a
cure. A guard reads the case, the step, and what was looked up for it (`office.Office`). None has a switch: neither a
setting nor a demo reaches this room.

Source: casework page of this project, 5.2 (I5 to I11, I14, I17) and 5.3; regulation page, section 4.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ytterby.licence.advice import Advice, Verdict, check_advice
from ytterby.licence.approval import Approval, ApprovalVerdict, Draft, may_approve
from ytterby.licence.assignment import (
    Draw,
    HandOver,
    hand_over_problems,
    second_person_problems,
    wrong_with_draw,
)
from ytterby.licence.case import OFFICER, Case
from ytterby.licence.decision_guard import (
    GRANTED,
    NO_LICENCE,
    REFUSED,
    RETURNED,
    Guard,
    advice_settled,
    amendable,
    answer_given,
    asked,
    automatic_tier,
    checks_run,
    coded,
    coded_outcome,
    end_user_known,
    evidence_current,
    evidence_sound,
    findings_settled,
    no_candidate,
    no_grant_by_silence,
    outcome_fits,
    rated,
    ruling_fits,
    standing_finding,
)
from ytterby.licence.office import PASSED, Office
from ytterby.licence.step import (
    Advise,
    Agree,
    Answer,
    Approve,
    Assign,
    CloseWork,
    Issue,
    LiftLimit,
    NotifyMissing,
    Reject,
    Resume,
    Stop,
    Submit,
    TakeOver,
)
from ytterby.terms.problem import Problem, pointer, refuse

Choice = Callable[[Case, Any, Office], bool]


# Which row


def _has_phase(name: str) -> Choice:
    return lambda case, step, office: name in office.rules.phases


def _lacks_phase(name: str) -> Choice:
    return lambda case, step, office: name not in office.rules.phases


def approvals_wanted(case: Case, office: Office) -> int:
    """Return how many approvals the draft of a case wants."""
    # What a rule may decide alone, a person may still decide, and never alone.
    return max(1, office.rules.tier(case.rated.tier if case.rated else "").approvals)


def _is_last(case: Case, step: Approve, office: Office) -> bool:
    given = {said.order for _, said in case.approvals} | {step.order}
    return set(range(1, approvals_wanted(case, office) + 1)) <= given


def _outcome(name: str) -> Choice:
    return lambda case, step, office: case.draft is not None and case.draft[1].outcome == name


CHOICES: Mapping[str, Choice] = {
    "phase_received": _has_phase("received"),
    "no_phase_received": _lacks_phase("received"),
    "more_approvals": lambda case, step, office: not _is_last(case, step, office),
    "last_approval": _is_last,
    "outcome_granted": _outcome(GRANTED),
    "outcome_refused": _outcome(REFUSED),
    "outcome_no_licence": _outcome(NO_LICENCE),
    "outcome_returned": _outcome(RETURNED),
    "outcome_ruled": lambda case, step, office: case.draft is not None and case.draft[1].outcome != RETURNED,
    "record_open": lambda case, step, office: step.outcome not in {"passed", "failed"},
    "record_passed": lambda case, step, office: step.outcome == "passed",
    "record_failed": lambda case, step, office: step.outcome == "failed",
}


# What must hold


def _phase(name: str) -> Guard:
    def guard(case: Case, step: Any, office: Office) -> Iterator[Problem]:
        if name not in office.rules.phases:
            yield refuse("case.no_phase", "", name, procedure=case.procedure)

    return guard


def _complete(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    if office.gaps is None:
        yield refuse("case.not_judged")
    elif office.gaps:
        yield refuse("case.incomplete", "", len(office.gaps), gaps=", ".join(office.gaps))


def _declared(case: Case, step: Submit, office: Office) -> Iterator[Problem]:
    if not step.declares or not step.signer.strip():
        yield refuse("case.not_declared", "/signer" if step.declares else "/declares", step.signer)


def _not_barred(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    if office.barred is None:
        yield refuse("case.holder_not_judged")
    for code in office.barred or ():
        yield refuse("case.barred", "", code, kind=case.application.licence_kind)


def _one_notice(case: Case, step: NotifyMissing, office: Office) -> Iterator[Problem]:
    if case.last(NotifyMissing) is not None:
        yield refuse("case.notified_already")
    if not step.lacking:
        yield refuse("case.nothing_missing", "/lacking", "")


def _before_silence(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    """What silence has made true is not undone by what comes after it (ALL article 32)."""
    if office.silence is None:
        yield refuse("case.clocks_not_read")
    elif office.silence:
        yield refuse("case.silent", "", office.silence)


def _reported(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    if not case.is_reported:
        yield refuse("case.not_reported")


def _hand_over(case: Case, step: TakeOver | Agree) -> HandOver | None:
    """Return the handing over that a step asks for or agrees to; None where nobody asked in this round."""
    found = case.handing_over(step)
    if found is None:
        return None
    by, asked = found
    return HandOver(asked.account, case.assigned.get(asked.order, ""), asked.order, asked.text, by)


def _second_person(case: Case, step: Agree, office: Office) -> Iterator[Problem]:
    asked = _hand_over(case, step)
    if asked is None:
        yield refuse("case.nothing_to_agree", "/version", step.version)
    else:
        yield from second_person_problems(asked, office.speaker.account)


def _may_hold(case: Case, step: TakeOver | Agree, office: Office) -> Iterator[Problem]:
    """Whoever gets a case, or a signature, could have been drawn for it: when it is asked, and when it is agreed."""
    asked = _hand_over(case, step)
    if asked is None:
        return
    if office.candidates is None:
        yield refuse("case.roster_not_read")
    elif not 0 <= asked.order <= approvals_wanted(case, office):
        yield refuse("case.no_order", "/order", asked.order, orders=approvals_wanted(case, office))
    else:
        excluded = case.with_a_part(asked.order)
        yield from hand_over_problems(asked, office.candidates, excluded, parties=case.parties)


def _no_conflict(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    speaker, parties = office.speaker, case.parties
    if speaker.account in case.conflicted or speaker.conflicts & parties:
        yield refuse("case.conflict")
    elif "system" not in speaker.roles and (speaker.party in parties or speaker.account in case.applicant_users):
        yield refuse("case.own_party")


def _all(held: Iterable[str]) -> str:
    return ", ".join(held) or "-"


def _open_query(case: Case, step: Answer, office: Office) -> Iterator[Problem]:
    if step.query not in case.open_queries:
        yield refuse("case.no_such_query", "/query", step.query, open=_all(case.open_queries))


def _open_stop(case: Case, step: Resume, office: Office) -> Iterator[Problem]:
    if step.id not in case.open_stops:
        yield refuse("case.no_such_stop", "/id", step.id, open=_all(case.open_stops))


def _open_work_item(case: Case, step: CloseWork, office: Office) -> Iterator[Problem]:
    if step.id not in case.open_work:
        yield refuse("case.no_such_work", "/id", step.id, open=_all(case.open_work))


def _own_work(case: Case, step: CloseWork, office: Office) -> Iterator[Problem]:
    """Work is closed by the body that was asked, or by the officer of the case, who says why."""
    found = case.open_work.get(step.id)
    if found is None or found.asked.body in office.speaker.bodies:
        return
    if case.assigned.get(OFFICER) != office.speaker.account:
        yield refuse("case.work_of_others", "/id", step.id, body=found.asked.body)
    elif not step.text.strip():
        yield refuse("case.no_text", "/text", "")


def _answers_work(case: Case, step: Advise, office: Office) -> Iterator[Problem]:
    """Advice that names a piece of work closes it, and is of the body that was asked."""
    if not step.work:
        return
    found = case.open_work.get(step.work)
    if found is None:
        yield refuse("case.no_such_work", "/work", step.work, open=_all(case.open_work))
    elif found.asked.body not in office.speaker.bodies:
        yield refuse("case.work_of_others", "/work", step.work, body=found.asked.body)


def _no_open_query(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    if case.open_queries:
        yield refuse("case.query_open", "", len(case.open_queries), open=_all(case.open_queries))


def _no_open_stop(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    if case.open_stops:
        yield refuse("case.stop_open", "", len(case.open_stops), open=_all(case.open_stops))


def _work_done(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    if case.open_work:
        yield refuse("case.work_open", "", len(case.open_work), open=_all(case.open_work))


def _named_stop(case: Case, step: Stop, office: Office) -> Iterator[Problem]:
    if step.reason not in office.rules.stops:
        yield refuse("case.not_a_stop", "/reason", step.reason, allowed=_all(sorted(office.rules.stops)))


def _named_lift(case: Case, step: LiftLimit, office: Office) -> Iterator[Problem]:
    if step.reason not in office.rules.lifts:
        yield refuse("case.not_a_lift", "/reason", step.reason, allowed=_all(sorted(office.rules.lifts)))


def draft_of(case: Case) -> Draft:
    """Return the draft of a case as far as it concerns who may approve it.

    Raises:
        ValueError: there is none.
    """
    if case.draft is None:
        raise ValueError(f"the case {case.number} has no draft")
    signed = [(event.by, step.order, step.draft, ApprovalVerdict.APPROVE) for event, step in case.of(Approve)]
    signed += [(event.by, step.order, step.draft, ApprovalVerdict.REJECT) for event, step in case.of(Reject)]
    return Draft(
        author=case.draft[0].by,
        digest=case.draft_digest,
        tier=case.rated.tier if case.rated else "",
        assessors=case.assessors,
        approvals=tuple(Approval(*one) for one in signed),
        applicant_users=case.applicant_users,
    )


MAY_NOT_APPROVE: Mapping[str, Problem] = {
    "author": refuse("case.may_not_approve_author"),
    "assessor": refuse("case.may_not_approve_assessor"),
    "applicant": refuse("case.may_not_approve_applicant"),
    "already_signed": refuse("case.may_not_approve_already_signed"),
    "order": refuse("case.may_not_approve_order"),
}


def _may_approve(case: Case, step: Approve | Reject, office: Office) -> Iterator[Problem]:
    if step.draft != case.draft_digest:
        yield refuse("case.other_draft", "/draft", step.draft, current=case.draft_digest)
        return
    wanted = approvals_wanted(case, office)
    if not 1 <= step.order <= wanted:
        yield refuse("case.no_such_order", "/order", step.order, wanted=wanted)
        return
    draft = draft_of(case)
    if any(one.order == step.order for one in draft.counted):
        yield refuse("case.order_taken", "/order", step.order)
    why = may_approve(office.speaker.account, step.order, draft)
    if why:
        yield replace(MAY_NOT_APPROVE[why], value=office.speaker.account)
    body = office.rules.tier(draft.tier).body_of(step.order)
    if body and body not in office.speaker.bodies:
        yield refuse("case.other_body", "/order", step.order, body=body)


def _other_officers(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    if office.speaker.account in case.deciders_before:
        yield refuse("case.decided_before")


def _screened_now(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    if "screening" in office.rules.blocking and office.screening_now != PASSED:
        yield refuse("case.screening_now", "", office.screening_now or "not_checked")


def _customs_can_read(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    if office.customs_flaws is None:
        yield refuse("case.customs_not_tried")
    for code in office.customs_flaws or ():
        yield refuse("case.customs_cannot_read", "", code)


def _within_ceilings(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    if office.beyond_ceilings is None:
        yield refuse("case.ceilings_not_added_up")
    for ceiling in office.beyond_ceilings or ():
        yield refuse("case.beyond_ceiling", "/content", ceiling)


def _decision_stands(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    if case.decided is None or not case.is_evidence_current:
        yield refuse("case.no_decision")


def _licence_fits(case: Case, step: Issue, office: Office) -> Iterator[Problem]:
    """The licence holds what was decided: its holder, days, and of each line no more."""
    if case.decided is None:
        return
    draft, content = case.decided[1], step.content
    told = (
        ("case", case.number),
        ("holder", case.applicant),
        ("procedure", case.procedure),
        ("destination", case.application.destination),
        ("valid_from", draft.valid_from),
        ("valid_to", draft.valid_to),
        ("kind", draft.licence_kind),
    )
    for name, wanted in told:
        if content.get(name) != wanted:
            yield refuse("case.licence_differs", pointer("content", name), content.get(name, ""), wanted=wanted)
    granted = [(one.quantity, one.unit) for one in draft.lines if one.outcome == GRANTED]
    rows = content.get("lines")
    if not isinstance(rows, list | tuple) or [_measured(row) for row in rows] != granted:
        yield refuse("case.licence_differs", "/content/lines", "", wanted=len(granted))


def _measured(row: Any) -> tuple[Any, Any] | None:
    return (row.get("quantity"), row.get("unit")) if isinstance(row, Mapping) else None


def _within_appeal(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    until = office.appeal_until
    if until is None:
        yield refuse("case.no_appeal")
    elif office.today > until:
        yield refuse("case.appeal_late", "", office.today.isoformat(), until=until.isoformat())


def _appeal_over(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    until = office.appeal_until
    if until is not None and office.today <= until:
        yield refuse("case.appeal_open", "", office.today.isoformat(), until=until.isoformat())


def _licence_over(case: Case, step: Any, office: Office) -> Iterator[Problem]:
    if not office.is_licence_over:
        yield refuse("case.licence_runs")


def _team_once(case: Case, step: Advise, office: Office) -> Iterator[Problem]:
    """Advice of a team that gave advice already names which it supersedes; nothing is lost by it."""
    if step.verdict not in set(Verdict):
        yield refuse("case.verdict", "/verdict", step.verdict, allowed=", ".join(Verdict))
        return
    if step.reasons:
        yield from coded("refusal", "reasons")(case, step, office)
    given = [_advice(event.version, event.team, event.by, said) for event, said in case.advice]
    yield from check_advice(_advice(case.version + 1, office.speaker.team, office.speaker.account, step), given)


def _advice(version: int, team: str, by: str, said: Advise) -> Advice:
    """Return the advice that a step gives for the case as a whole."""
    return Advice(
        version,
        team,
        by,
        Verdict(said.verdict),
        conditions=said.conditions,
        reasons=said.reasons,
        text=said.text,
        facts=said.evidence,
        supersedes=said.supersedes,
    )


def _fairly_drawn(case: Case, step: Assign, office: Office) -> Iterator[Problem]:
    """Who is assigned is whom the seed draws, and has no part that the order must not have (threat D3, I6)."""
    yield from wrong_with_draw(Draw(step.account, step.order, step.seed, step.pool), case.number)
    if step.account in case.with_a_part(step.order):
        yield refuse("case.has_a_part", "/account", step.account)


GUARDS: Mapping[str, Guard] = {
    "fairly_drawn": _fairly_drawn,
    "complete": _complete,
    "declared": _declared,
    "not_barred": _not_barred,
    "phase_supplement": _phase("supplement"),
    "no_phase_supplement": lambda case, step, office: (
        [refuse("case.has_phase", "", "supplement")] if "supplement" in office.rules.phases else []
    ),
    "phase_not_accepted": _phase("not_accepted"),
    "phase_pre_check": _phase("pre_check"),
    "one_notice": _one_notice,
    "before_silence": _before_silence,
    "coded_return": coded("return", "reasons"),
    "coded_not_accepted": coded("not_accepted", "reasons"),
    "coded_take_over": coded("take_over", "reason"),
    "coded_reopening": coded("reopening", "reason"),
    "coded_appeal": coded("appeal_ground", "grounds"),
    "coded_outcome": coded_outcome,
    "reported": _reported,
    "may_hold": _may_hold,
    "second_person": _second_person,
    "no_conflict": _no_conflict,
    "open_query": _open_query,
    "open_stop": _open_stop,
    "open_work_item": _open_work_item,
    "own_work": _own_work,
    "answers_work": _answers_work,
    "no_open_query": _no_open_query,
    "no_open_stop": _no_open_stop,
    "work_done": _work_done,
    "named_stop": _named_stop,
    "named_lift": _named_lift,
    "standing_finding": standing_finding,
    "end_user_known": end_user_known,
    "evidence_current": evidence_current,
    "evidence_sound": evidence_sound,
    "checks_run": checks_run,
    "rated": rated,
    "findings_settled": findings_settled,
    "advice_settled": advice_settled,
    "team_once": _team_once,
    "outcome_fits": outcome_fits,
    "may_approve": _may_approve,
    "other_officers": _other_officers,
    "no_grant_by_silence": no_grant_by_silence,
    "automatic_tier": automatic_tier,
    "no_candidate": no_candidate,
    "screened_now": _screened_now,
    "customs_can_read": _customs_can_read,
    "within_ceilings": _within_ceilings,
    "decision_stands": _decision_stands,
    "licence_fits": _licence_fits,
    "asked": asked,
    "ruling_fits": ruling_fits,
    "answer_given": answer_given,
    "amendable": amendable,
    "within_appeal": _within_appeal,
    "appeal_over": _appeal_over,
    "licence_over": _licence_over,
}
