"""What a step of a case is judged by: the law in force, the procedure's own words, and what the log tells of the case.

A *desk* is the law of one procedure and kind of case at an instant and a log size; an `Office` is the desk with who
speaks and what was looked up for one step. Replay sits down at the desk of the instant of each event (`case_replay`),
so that it judges by the same.

Who may read: nobody by this; what comes of it is checked by who asked for it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from ytterby.law.book import LawBook
from ytterby.law.calendar import Calendar
from ytterby.law.completeness import Severity, judge_completeness
from ytterby.law.dossier import read_dossier
from ytterby.law.procedure import Procedure
from ytterby.law.span_end import end_of
from ytterby.licence.application import Application, dossier_of
from ytterby.licence.case import Case
from ytterby.licence.decision_guard import turns_down
from ytterby.licence.eligibility import barring, eligibility
from ytterby.licence.evidence import read_evidence
from ytterby.licence.finding import Finding, findings_of
from ytterby.licence.office import CaseRules, Office, Speaking
from ytterby.licence.step import (
    Adjudicate,
    Agree,
    Appeal,
    Approve,
    Begin,
    Close,
    DecideAutomatically,
    Issue,
    NotAccept,
    NotifyMissing,
    Propose,
    SendBack,
    Step,
    Submit,
    TakeOver,
)
from ytterby.shell.site.calendars import zone_of
from ytterby.shell.site.case_clock_of import clocks_of_case
from ytterby.shell.site.case_rules import case_rules
from ytterby.shell.site.packs import door_tables
from ytterby.shell.store.casework.case_candidates import candidates_at
from ytterby.shell.store.casework.ceilings import beyond_at
from ytterby.shell.store.customs_fit import customs_flaws
from ytterby.shell.store.holder_history import holder_history
from ytterby.shell.store.licences import LICENCE, held_licence
from ytterby.shell.store.models import Registration
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.law import calendars_at, law_at
from ytterby.shell.store.reading.screening import check_parties
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.terms.instant import write_instant
from ytterby.terms.problem import Problem, refuse

OVER = frozenset({"exhausted", "expired", "revoked", "surrendered", "superseded"})
_GRAVE = frozenset({Severity.MISSING, Severity.DISAGREES})
# By these an application is sent away before it is accepted, and by those turned down afterwards.
_RECEPTION, _DECISION = (NotifyMissing, NotAccept, SendBack), (Propose, Approve)
_ON_EVIDENCE = (Adjudicate, Propose, Approve, DecideAutomatically)


@dataclass(frozen=True)
class Desk:
    """The law of a procedure and a kind of case, at an instant and a log size."""

    book: LawBook
    calendars: Mapping[str, Calendar]
    procedure: Procedure
    rules: CaseRules
    at: datetime
    known: Known

    @property
    def today(self) -> date:
        """The civil day of the procedure: in the zone of its clocks, UTC where it has none."""
        clock = next(iter(self.procedure.clocks.values()), None)
        return self.at.astimezone(zone_of(clock.zone) if clock is not None else UTC).date()

    @property
    def packs(self) -> dict[str, str]:
        """The packs that are in force, by their digests."""
        return {pack.id: pack.digest for pack in self.book.packs.values()}


def desk_at(procedure: str, kind: str, at: datetime, known: Known) -> Desk | Problem:
    """Return the desk of a procedure and kind; a problem where the packs in force hold no such procedure.

    Raises:
        LawUnfitError: the packs in force do not fit together.
        KeyError: there is no such kind of case.
    """
    book = law_at(OPERATOR_VIEWER, known, at)
    found = book.procedures.get(procedure)
    if found is None:
        return refuse("case.no_procedure", "/procedure", procedure, known=", ".join(book.procedures) or "-")
    return Desk(
        book, calendars_at(OPERATOR_VIEWER, known, at), found, _rules(book.digest, book, procedure, kind), at, known
    )


def desk_of(case: Case, at: datetime, known: Known) -> Desk:
    """Return the desk of a case.

    Raises:
        KeyError: the packs in force do not hold its procedure.
    """
    desk = desk_at(case.procedure, case.kind, at, known)
    if isinstance(desk, Problem):
        raise KeyError(case.procedure)
    return desk


@lru_cache(maxsize=64)
def _rules_kept(digest: str, procedure: str, kind: str, held: "_Held") -> CaseRules:
    return case_rules(held.book.procedures[procedure], kind)


class _Held:
    """A book that is equal to any other: what is kept is known by the book's digest."""

    def __init__(self, book: LawBook) -> None:
        self.book = book

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


def _rules(digest: str, book: LawBook, procedure: str, kind: str) -> CaseRules:
    return _rules_kept(digest, procedure, kind, _Held(book))


def office_at(desk: Desk, case: Case, step: Step, speaker: Speaking) -> Office:
    """Return what a step of a case is judged by."""
    return Office(
        rules=desk.rules,
        speaker=speaker,
        at=write_instant(desk.at),
        today=desk.today,
        gaps=gaps_of(desk, case.application) if isinstance(step, Submit) else None,
        barred=barred_at(desk, case) if isinstance(step, Submit) else None,
        findings=findings_at(desk, case) if isinstance(step, _ON_EVIDENCE) else None,
        screening_now=screening_now(desk, case) if isinstance(step, Issue) else "",
        beyond_ceilings=beyond_at(step, desk.known.size) if isinstance(step, Issue) else None,
        candidates=candidates_at(desk, case, step) if isinstance(step, TakeOver | Agree) else None,
        appeal_until=appeal_until(desk, case) if isinstance(step, Appeal | Close) else None,
        amended=_amended(desk, case, step),
        customs_flaws=_customs_flaws(desk, step) if isinstance(step, Issue) and step.content else None,
        silence=_silence(desk, case) if _sends_away(case, step) else None,
        is_licence_over=is_over(desk, case) if isinstance(step, Close) else False,
    )


def _customs_flaws(desk: Desk, step: Issue) -> tuple[str, ...]:
    """Return what the customs' own system could not read of a licence; nothing where the pack names no such system."""
    rules = desk.procedure.casework
    if rules is None or rules.customs is None:
        return ()
    return customs_flaws(step.content, rules.customs.adapter, whole_directory(OPERATOR_VIEWER, desk.known))


def _sends_away(case: Case, step: Step) -> bool:
    return isinstance(step, _RECEPTION) or (isinstance(step, _DECISION) and turns_down(case, step))


def _silence(desk: Desk, case: Case) -> str:
    """Return the state in which a case is by silence at the desk's instant; empty: in none."""
    silence = clocks_of_case(desk.procedure, desk.calendars, case, desk.rules.table, desk.at).silence
    return silence.state if silence is not None else ""


def _amended(desk: Desk, case: Case, step: Step) -> Mapping[str, Any] | None:
    """Return the licence that a step is about, where it is about one."""
    begun = step if isinstance(step, Begin) else case.begun
    is_asked = isinstance(step, Begin) or (begun.kind == "amendment" and isinstance(step, Submit | Propose))
    return licence_at(begun.amends, desk.known.size) if is_asked and begun.amends else None


def licence_at(number: str, size: int) -> Mapping[str, Any] | None:
    """Return the content of a licence as it was issued last up to a log size; None where there is none."""
    rows = Registration.objects.filter(kind=LICENCE, key=number, log_index__lt=size).order_by("-log_index")
    document = rows.values_list("document", flat=True).first()
    return None if document is None else json.loads(document)


def is_over(desk: Desk, case: Case) -> bool:
    """Tell whether the licences of a case have ended, by their status or by their days."""
    held = [held_licence(number) for number in case.licences]
    today = desk.today.isoformat()
    return all(one is None or one.row.status in OVER or one.licence.valid_to < today for one in held)


def barred_at(desk: Desk, case: Case) -> tuple[str, ...]:
    """Return why the applicant may not hold a licence of the kind that it applies for."""
    kind = desk.rules.licence_kinds.get(case.application.licence_kind)
    if kind is None or not (kind.eligibility or (kind.holder is not None and kind.holder.barred_by)):
        return ()
    bodies = desk.procedure.bodies.values()
    body = next((one.id for one in bodies if one.role == "applicant"), "")
    history = holder_history(case.applicant, body, desk.known, desk.today)
    return barring(eligibility(kind, history, desk.today))


def gaps_of(desk: Desk, application: Application) -> tuple[str, ...]:
    """Return what law asks for and an application lacks, or where it disagrees with itself, as `code
    document#field`.
    """
    rules = desk.book.dossiers.get(desk.procedure.id)
    told = dossier_of(application, rules, name_of_party(desk.known))
    dossier, problems = read_dossier(told, desk.procedure, rules, door_tables().units)
    if dossier is None:
        return tuple(f"{one.code} {one.where.pointer}" for one in problems)
    found = judge_completeness(dossier, desk.procedure, rules, desk.book.end_uses, desk.today)
    grave = (gap for gap in found.gaps if gap.severity in _GRAVE)
    return tuple(dict.fromkeys(f"{gap.code} {gap.document}#{gap.field}".rstrip("#") for gap in grave))


def name_of_party(known: Known) -> "_NameOf":
    """Return what tells the name of a party by its identifier."""
    return _NameOf(known)


class _NameOf:
    """Names of parties, read when the first is asked for."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def __call__(self, party: str) -> str:
        found = whole_directory(OPERATOR_VIEWER, self._known).parties.get(party)
        return found.name if found is not None else party


def findings_at(desk: Desk, case: Case) -> tuple[Finding, ...]:
    """Return the findings of what was gathered last, by the checks that the pack lists; none where nothing was."""
    if case.gathered is None:
        return ()
    return findings_of(read_evidence(case.gathered[1].evidence), desk.rules.blocking)


def screening_now(desk: Desk, case: Case) -> str:
    """Return what screening answers of everybody on a case at the desk's instant."""
    parties = case.application.party_ids
    if any(not one.party for one in case.application.parties):
        return "not_checked"  # whom the register does not hold, nobody screens
    tier = desk.procedure.casework.tiers.get(case.rated.tier) if desk.procedure.casework and case.rated else None
    hours = tier.screening_age_hours if tier is not None else None
    found = check_parties(OPERATOR_VIEWER, desk.known, parties, desk.at, hours_most=hours, with_rows=True)
    return found.answer.value


def appeal_until(desk: Desk, case: Case) -> date | None:
    """Return the last day on which a refusal can be appealed; None where the pack knows no appeal, or nothing was
    refused.
    """
    rule = desk.procedure.casework.appeal if desk.procedure.casework is not None else None
    if rule is None or not case.decided_at:
        return None
    decided = datetime.fromisoformat(case.decided_at).astimezone(UTC)
    clock = next(iter(desk.procedure.clocks.values()), None)
    day = decided.astimezone(zone_of(clock.zone) if clock is not None else UTC).date()
    return end_of(day, rule.within, desk.calendars.get(rule.calendar))
