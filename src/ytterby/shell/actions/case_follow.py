"""What follows by rule from a step of a case, entered in the transaction of the step.

When a case comes under review: what is to be known is gathered, the tier is worked out, the departments that the tier
asks get work, and an officer is drawn. When a draft is written, a signer is drawn for each approval. Where the pack
lets a tier be decided by rule, and nothing speaks against it, the register decides and issues. When a licence is
issued, it is entered with its ledger, and customs are told. While an amendment is worked on, its licence rests where
the pack locks it. All of it goes through the same guards as what people say; what a guard refuses the register by
itself is left to people.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Protocol

import msgspec
from django.db.models import Count

from ytterby.law.casework_rule import Tier
from ytterby.licence.assignment import SEED_BYTES, draw, eligible
from ytterby.licence.case import OFFICER, Case, Event
from ytterby.licence.case_facts import case_facts, let_be
from ytterby.licence.decision_guard import GRANTED
from ytterby.licence.entering import enter, row_of
from ytterby.licence.evidence import evidence_digest, evidence_fields, read_evidence
from ytterby.licence.finding import not_checked
from ytterby.licence.guard import approvals_wanted
from ytterby.licence.licence import Licence
from ytterby.licence.licence_state import AMEND, RESUME
from ytterby.licence.lot_claim import Held
from ytterby.licence.office_roster import Roster
from ytterby.licence.step import (
    Assign,
    DecideAutomatically,
    Gather,
    Issue,
    LineDecision,
    OpenWork,
    Propose,
    Rate,
    Step,
)
from ytterby.licence.tier import score
from ytterby.licence.transition import Row
from ytterby.licence.validity import last_valid_day
from ytterby.shell.actions.licence_content import content_of_case
from ytterby.shell.actions.send_customs import customs_rows
from ytterby.shell.site.case_clock_of import due_of_case
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_marks import other_claims, reservation_problems, write_case_mark
from ytterby.shell.store.case_speakers import SYSTEM_SPEAKING
from ytterby.shell.store.casework.case_beside import beside_at
from ytterby.shell.store.casework.case_candidates import candidates_for
from ytterby.shell.store.casework.case_desk import Desk, office_at
from ytterby.shell.store.customs import KeptRecord
from ytterby.shell.store.licence_amending import amending_command, amending_record, status_after
from ytterby.shell.store.licences import enter_licence, held_licence, issue_problems, licence_record, set_status
from ytterby.shell.store.models import CaseRow
from ytterby.shell.store.office_roster import kept_roster
from ytterby.shell.store.reading.case_evidence import gather_evidence
from ytterby.shell.store.reading.case_lots import OfferedLots
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.registering import Registrable
from ytterby.shell.store.rights import Rights
from ytterby.terms.civil_day import is_day
from ytterby.terms.problem import Problem

REVIEWING = frozenset({"review", "appeal"})
GATHERS = frozenset({"individual", "open", "general_registration", "classification", "amendment"})
WORK_ID_BYTES = 4
# What customs hears of a licence that is amended: it takes the licence for suspended meanwhile.
CUSTOMS_HEAR = {AMEND: "suspended", RESUME: "reinstated"}

Json = dict[str, Any]


class Judged(Protocol):
    """A case with the events that are to be entered."""

    case: Case
    entered: list[Event]


@dataclass
class Follow:
    """What follows a step: the desk it is judged at, what is entered beside it, and the states after each event."""

    register: Register
    desk: Desk
    rights: Rights
    licence: str = ""
    states: dict[int, str] = field(default_factory=dict)
    records: list[Registrable] = field(default_factory=list)
    rests_on_register: bool = False
    issued: Licence | None = None
    rests: tuple[str, str] | None = None
    held: Mapping[str, Held] = field(default_factory=dict)

    # Looked up

    @cached_property
    def roster(self) -> Roster:
        """Who works in the office now."""
        return kept_roster(self.register, self.desk.known.size)

    @property
    def present(self) -> list[str]:
        """The accounts of the office that are there."""
        return [account for account, one in self.roster.members.items() if one.is_present]

    def prepared(self, case: Case, step: Step) -> Step:
        """Return a step with what the register itself knows filled in: evidence, packs, the licence's content."""
        if isinstance(step, Gather) and case.events:
            return self.gathered(case)
        if isinstance(step, Assign) and case.events:
            return self.drawn(case, step.order) or step
        if isinstance(step, Propose) and case.events and not step.evidence:
            if case.gathered is None:
                return msgspec.structs.replace(step, packs=self.desk.packs)
            return self.drafted(case, case.gathered[1], step)
        # Where nothing was granted the table refuses the step, whatever it holds.
        if isinstance(step, Issue) and case.decided is not None and case.decided[1].outcome == GRANTED:
            content = content_of_case(self.desk, case, self.licence)
            return Issue(content["number"], content, step.warnings)
        return step

    def look_at_lots(self, case: Case) -> None:
        """Read what the applicant holds of the lots that the case would reserve, and of those that rivals may take."""
        lots = set(case.application.lots)
        others = other_claims(case.number, case.applicant, lots, licence=case.begun.amends) if lots else []
        lots |= {lot for one in others for lot in one.lots}
        if lots:
            self.held = OfferedLots(OPERATOR_VIEWER, self.desk.known, sorted(lots), case.applicant).held()

    def taken_lots(self, case: Case) -> list[Problem]:
        """Return why what a case would reserve is not there beside what others reserved; under the lock (threat P6)."""
        return reservation_problems(case, self.desk.rules.table, self.held) if case.application.lots else []

    # Made by the register

    def gathered(self, case: Case) -> Gather:
        """Return what is known of a case now."""
        self.rests_on_register = True
        evidence = gather_evidence(OPERATOR_VIEWER, self.desk, case.number, case.application, amends=case.begun.amends)
        return Gather(evidence_fields(evidence), evidence_digest(evidence))

    def drafted(self, case: Case, gathered: Gather, step: Propose) -> Propose:
        """Return a draft with what it rests on, and of a grant with what it leaves open: all lines as applied for under
        the codes that were found, from today on for as long as the kind of licence allows.
        """
        told: Json = {
            "evidence": gathered.digest,
            "packs": dict(gathered.evidence.get("packs", {})),
            "not_checked": not_checked(self.desk.rules.blocking),
        }
        if step.outcome == GRANTED:
            name = step.licence_kind or case.application.licence_kind
            kind = self.desk.rules.licence_kinds.get(name)
            first = step.valid_from or self.desk.today.isoformat()
            told |= {"licence_kind": name, "valid_from": first}
            if not step.valid_to and kind is not None and kind.valid_most is not None and is_day(first):
                told["valid_to"] = last_valid_day(date.fromisoformat(first), kind.valid_most).isoformat()
            if not step.lines:
                told["lines"] = _as_applied(case, gathered)
        return msgspec.structs.replace(step, **told)

    def rated(self, case: Case) -> Rate | None:
        """Return the tier by what was gathered last; None where the pack knows no tiers."""
        rules = self.desk.procedure.casework
        if rules is None or not rules.tiers or case.gathered is None:
            return None
        evidence = read_evidence(case.gathered[1].evidence)
        beside, rule = beside_at(case, evidence, self.desk.known, self.desk.today), rules.validated_end_user
        found = score(rules, case_facts(case.application, evidence, beside, self.desk.today, validation=rule))
        rows = (
            {"id": row.id, "standing": row.standing.value, "points": row.points, "most": row.most} for row in found.rows
        )
        raised = ({"id": one.id, "standing": one.standing.value, "at_least": one.at_least} for one in found.raised)
        kept = ({"id": one.value, "standing": "holds"} for one in found.kept)
        left = ({"id": name, "standing": "unknown", "let_be": True} for name in let_be(evidence, beside, rule))
        told = msgspec.to_builtins(beside)
        return Rate(found.tier, str(found.total), (*rows, *raised, *kept, *left), case.gathered[1].digest, told)

    def tier_rule(self, case: Case) -> Tier | None:
        """Return the tier of a case as the pack has it; None where there is none."""
        rules = self.desk.procedure.casework
        return rules.tiers.get(case.rated.tier) if rules is not None and case.rated is not None else None

    def drawn(self, case: Case, order: int) -> Assign | None:
        """Return who is drawn as the officer (0) or signer of a case; None where nobody can be."""
        able = candidates_for(self.desk, case, order, self.rights, self.roster, self._loads())
        pool = eligible(able, case.with_a_part(order), parties=case.parties)
        found = draw(pool, secrets.token_bytes(SEED_BYTES), case.number, order)
        return None if found is None else Assign(found.account, order, found.seed, found.pool)

    def _loads(self) -> Mapping[str, int]:
        # Above the empty name, which the index finds, where "not empty" would read every draft.
        rows = CaseRow.objects.filter(is_open=True, officer__gt="").values_list("officer")
        return dict(rows.annotate(count=Count("number")).order_by())

    def work_of(self, case: Case, department: str, days: int = 10) -> OpenWork:
        """Return the piece of work for a department that the tier asks."""
        due = (self.desk.today + timedelta(days=days)).isoformat()
        return OpenWork(secrets.token_hex(WORK_ID_BYTES), department, "advise", due, rule="tier")

    def automatic(self, case: Case) -> DecideAutomatically | None:
        """Return the decision that the register may take by itself; None where the tier lets it take none."""
        tier = self.tier_rule(case)
        kind = self.desk.rules.licence_kinds.get(case.application.licence_kind)
        if tier is None or not tier.is_automatic or case.gathered is None or kind is None or kind.valid_most is None:
            return None

        first = self.desk.today
        return DecideAutomatically(
            outcome=GRANTED,
            lines=_as_applied(case, case.gathered[1]),
            evidence=case.gathered[1].digest,
            packs=dict(case.gathered[1].evidence["packs"]),
            tier=tier.id,
            valid_from=first.isoformat(),
            valid_to=last_valid_day(first, kind.valid_most).isoformat(),
            licence_kind=case.application.licence_kind,
            not_checked=not_checked(self.desk.rules.blocking),
        )

    def issue_rows(self, case: Case, step: Issue) -> list[Problem]:
        """Keep the records of a licence that is issued: itself, and what customs are told."""
        self.issued = msgspec.convert(step.content, Licence)
        problems = issue_problems(self.issued)
        if not problems:
            self.records.append(licence_record(self.issued))
            directory = whole_directory(OPERATOR_VIEWER, self.desk.known)
            self.records += customs_rows(self.issued, "issued", directory, self.desk.at)
        return problems

    def rest_rows(self, before: Case, event: Event, state: str) -> list[Problem]:
        """Keep what a step of an amendment says of the licence, and the message by which customs hears of it."""
        command = amending_command(before, event, state, self.desk.rules.table)
        if not command:
            return []
        record = amending_record(before, event, command, is_locked=self.desk.rules.locks_amended)
        if record is None:
            return []
        if isinstance(record, Problem):
            return [record]
        self.rests_on_register = True
        number = before.begun.amends
        held = held_licence(number)
        assert held is not None, "the record is of it"
        self.rests = (number, status_after(held, command))
        self.records.append(record)
        if self.rests[1] != held.row.status:
            directory = whole_directory(OPERATOR_VIEWER, self.desk.known)
            self.records += customs_rows(held.licence, CUSTOMS_HEAR[command], directory, self.desk.at)
        return []

    # Written

    def due(self, case: Case) -> str | None:
        """Return the day on which a case is due, by the clock that runs; None where none does."""
        return due_of_case(self.desk.procedure, self.desk.calendars, case, self.desk.rules.table, self.desk.at)

    def write(self, before: Case, case: Case, first: int) -> None:
        """Write what hangs on the records beside the case, which was `before`; `first` is the number of the first."""
        write_case_mark(case, self.desk.rules.table, before)
        if self.issued is not None:
            # The licence comes first, then what customs is told; of an amended one more was told before.
            told = [KeptRecord(first + n, one.kind, one.fields) for n, one in enumerate(self.records)]
            enter_licence(self.issued, first, told[1:] if self.issued.version == 1 else None)
        if self.rests is not None:
            set_status(*self.rests)


def _as_applied(case: Case, gathered: Gather) -> tuple[LineDecision, ...]:
    """Return all lines of an application as they were applied for, each under the code that law gives it."""
    codes = {one.line: one.codes for one in read_evidence(gathered.evidence).law.lines}
    return tuple(
        LineDecision(one.line, one.quantity, one.unit, next(iter(codes.get(one.line, ())), one.control_code))
        for one in case.application.lines
    )


def follow_ups(follow: Follow, before: Case, judged: Judged) -> list[Problem]:
    """Enter what follows the last event of a case; return what refuses the step because of it."""
    first = judged.entered[-1]
    follow.states[first.version] = judged.case.state
    if problems := follow.rest_rows(before, first, judged.case.state):
        return problems
    came_under_review = judged.case.state in REVIEWING and before.state != judged.case.state
    step = first.step
    if isinstance(step, Issue):
        return follow.issue_rows(judged.case, step)
    made: list[Callable[[Case], Step | None]] = []
    if isinstance(step, Gather):
        made.append(follow.rated)
    if came_under_review and before.state not in {"proposed", "appeal_proposed"}:
        if judged.case.kind in GATHERS:
            made += [follow.gathered, follow.rated]
        made.append(lambda case: follow.drawn(case, OFFICER))
    for make in made:
        _enter(follow, judged, make(judged.case))
    if came_under_review and (tier := follow.tier_rule(judged.case)) is not None:
        for department in tier.departments:
            _enter(follow, judged, follow.work_of(judged.case, department))
    if isinstance(step, Propose):
        for order in range(
            1, approvals_wanted(judged.case, office_at(follow.desk, judged.case, step, SYSTEM_SPEAKING)) + 1
        ):
            _enter(follow, judged, follow.drawn(judged.case, order))
    if made and _enter(follow, judged, follow.automatic(judged.case)):
        issue = follow.prepared(judged.case, Issue("", {}))
        if _enter(follow, judged, issue):
            return follow.issue_rows(judged.case, issue)  # type: ignore[arg-type]
    return []


def _enter(follow: Follow, judged: Judged, step: Step | None) -> bool:
    """Enter a step of the register's own where its guards let it; tell whether they did."""
    if step is None:
        return False
    case = judged.case
    office = office_at(follow.desk, case, step, SYSTEM_SPEAKING)
    event = enter(case, step, office)
    if not isinstance(event, Event):
        return False
    row = row_of(case, step, office)
    assert isinstance(row, Row), "it was entered"
    judged.case = case.after(event, row.after(case.state))
    judged.entered.append(event)
    follow.states[event.version] = judged.case.state
    return True
