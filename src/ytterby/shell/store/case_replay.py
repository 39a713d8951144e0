"""Whether a case follows from the log: every event judged again as it was judged when it was entered.

For each record of a case: who signed it and whether that account was in force; the roles that it had then; the law that
was in force at the instant, as known at the log size at which the step was judged; what the guards read (completeness,
findings of the recorded evidence, screening as it stood); the event and the state that come of it. Of approvals the
signature is held against the keys of that moment, and each nonce counts once; of draws the seed draws again; of
decisions the digests of evidence and packs are worked out again. A row that somebody wrote into the tables, or into
the log by SQL, does not survive this (threats D1, D2, O3).

An automatic decision that does not follow from its pins is void: it has no person's word to stand on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from ytterby.licence.case import SYSTEM, Case, Event, draft_digest, event_fields
from ytterby.licence.case_facts import Beside, case_facts
from ytterby.licence.entering import begin, enter, row_of
from ytterby.licence.evidence import read_evidence
from ytterby.licence.office import Speaking
from ytterby.licence.step import Approve, Begin, DecideAutomatically, Gather, Propose, Rate
from ytterby.licence.tier import score
from ytterby.licence.transition import Row
from ytterby.proof.approval import ApprovalSignature, approval_challenge, signature_flaw
from ytterby.shell.store.case_speakers import SYSTEM_SPEAKING, Speaker, speaking
from ytterby.shell.store.cases import CASE_EVENT, UNREADABLE, CaseRecord, case_records
from ytterby.shell.store.casework.case_beside import beside_at
from ytterby.shell.store.casework.case_desk import Desk, desk_at, office_at
from ytterby.shell.store.licence_amending import untold_flaw
from ytterby.shell.store.models import LogEntry
from ytterby.shell.store.office_roster import roster_at
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.rights import Rights, rights_by_index
from ytterby.shell.store.rights import signature_flaw as record_flaw
from ytterby.terms.problem import Problem

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register


@dataclass
class Replay:
    """What a case came to: how many events, its state, the digest of its decision, what it pins, and every flaw by the
    version of the event; whether it was decided by rule.
    """

    events: int = 0
    state: str = ""
    decision: str = ""
    pins: dict[str, str] = field(default_factory=dict)
    flaws: list[tuple[int, str]] = field(default_factory=list)
    is_automatic: bool = False

    @property
    def is_void(self) -> bool:
        """Tell whether the decision is void: nobody took it but a rule, and it does not follow from what it pins."""
        return self.is_automatic and bool(self.flaws)


def replay_case(register: "Register", number: str, size: int | None = None) -> Replay | None:
    """Return what a case comes to when it is worked out again; None where there is none."""
    records = case_records(number, size)
    if not records:
        return None
    return _Replaying(register, number, records).run()


class _Replaying:
    """One case, record by record."""

    def __init__(self, register: "Register", number: str, records: Sequence[CaseRecord]) -> None:
        self.register, self.number, self.records = register, number, records
        self.rights_at = rights_by_index(register)
        self.sizes = _sizes(records)
        self.found = Replay()
        self.nonces: set[str] = set()

    def run(self) -> Replay:
        case = Case(self.number)
        for record in self.records:
            self.found.events += 1
            try:
                event, state = record.event, record.state
            except UNREADABLE as error:
                self._flaw(self.found.events, f"the record cannot be read: {type(error).__name__}")
                break
            for what in self._judge(case, event, state, record):
                self._flaw(event.version, what)
            case = case.after(event, state)
        self.found.state = case.state
        if case.events and case.decided is not None:
            self._decision(case)
        return self.found

    def _flaw(self, version: int, what: str) -> None:
        self.found.flaws.append((version, what))

    def _decision(self, case: Case) -> None:
        assert case.decided is not None, "the caller has checked it"
        event, draft = case.decided
        self.found.decision = draft_digest(case.number, event)
        self.found.is_automatic = isinstance(draft, DecideAutomatically)
        self.found.pins = {"evidence": draft.evidence, **dict(draft.packs)}

    def _judge(self, case: Case, event: Event, state: str, record: CaseRecord) -> Iterator[str]:
        if event.version != case.version + 1 or record.fields["id"] != self.number:
            yield f"it is event {event.version} of a case at {case.version}"
        rights, size = self.rights_at(record.index), self.sizes[record.index]
        if (flaw := self._who(event, record, rights)) is not None:
            yield flaw
        at = datetime.fromisoformat(event.at)
        told = event.step.application if isinstance(event.step, Begin) else case.application
        kind = event.step.kind if isinstance(event.step, Begin) else case.kind
        try:
            desk = desk_at(told.procedure, kind, at, Known(size))
        except (KeyError, ValueError) as error:
            yield f"the law of that instant cannot be read: {error}"
            return
        if isinstance(desk, Problem):
            yield f"the law of that instant does not hold the procedure: {desk.code}"
            return
        yield from self._entered(case, event, state, desk, self._speaking(case, event, desk, rights, record))
        yield from self._content(case, event, desk, record)
        if (untold := untold_flaw(case, event, state, desk.rules, record.index)) is not None:
            yield untold

    def _who(self, event: Event, record: CaseRecord, rights: Rights) -> str | None:
        """Return what is wrong with who signed a record."""
        via = record.fields.get("via")
        if event.by == SYSTEM:
            return None if via == SYSTEM else "it is the register's own and came through a door"
        account = rights.accounts().get(event.by)
        if via == "demo":
            return None if self.register.is_demo else "nobody signed it, and the register is no demo"
        if account is None or account.party != event.party:
            return "it is by no account that was in force"
        if via == "key":
            return record_flaw(account.key, self.register.id, CASE_EVENT, record.fields)
        return None if via in {"session", "token"} else "nothing says how it was told who spoke"

    def _speaking(self, case: Case, event: Event, desk: Desk, rights: Rights, record: CaseRecord) -> Speaking:
        if event.by == SYSTEM:
            return SYSTEM_SPEAKING
        told = event.step.application if isinstance(event.step, Begin) else case.application
        speaker = Speaker(event.by, event.party, str(record.fields.get("via")))
        roster = roster_at(self.register, record.index)
        member = roster.members.get(event.by)
        return speaking(
            rights,
            speaker,
            desk.today,
            applicant="" if isinstance(event.step, Begin) else case.applicant,
            end_users={one.party for one in told.of_role("end_user")},
            conflicts=member.conflicts if member is not None else (),
            team=roster.team_of(event.by),
        )

    def _entered(self, case: Case, event: Event, state: str, desk: Desk, who: Speaking) -> Iterator[str]:
        """Yield where the guards of that moment give another event, or another state."""
        office = replace(office_at(desk, case, event.step, who), at=event.at)
        if isinstance(event.step, Begin):
            again, after = begin(self.number, event.step, office), office.rules.table.begins
        else:
            again = enter(case, event.step, office)
            row = row_of(case, event.step, office)
            after = row.after(case.state) if isinstance(row, Row) else ""
        if not isinstance(again, Event):
            yield "the rules of that moment do not allow it: " + ", ".join(one.code for one in again)
        elif dict(event_fields(self.number, again)) != dict(event_fields(self.number, event)):
            yield "the rules of that moment make another event of it"
        if isinstance(again, Event) and after != state:
            yield f"it leads to {after} and not to {state}"

    def _content(self, case: Case, event: Event, desk: Desk, record: CaseRecord) -> Iterator[str]:
        step = event.step
        if isinstance(step, Approve):
            yield from self._approval(case, event, step, record)
        if isinstance(step, Gather) and dict(step.evidence.get("packs", {})) != desk.packs:
            yield "the evidence pins other packs than were in force"
        if isinstance(step, Rate):
            yield from self._rating(case, step, desk)
        if isinstance(step, Propose | DecideAutomatically) and dict(step.packs) != desk.packs:
            yield "the draft pins other packs than were in force"

    def _rating(self, case: Case, step: Rate, desk: Desk) -> Iterator[str]:
        rules = desk.procedure.casework
        if rules is None or case.gathered is None:
            yield "there was no score card to rate by"
            return
        evidence = read_evidence(case.gathered[1].evidence)
        beside = beside_at(case, evidence, desk.known, desk.today)
        if msgspec.convert(step.beside, Beside) != beside:
            yield "the log tells something else of exporter or end user than the tier rests on"
        facts = case_facts(case.application, evidence, beside, desk.today, validation=rules.validated_end_user)
        found = score(rules, facts)
        if (found.tier, str(found.total)) != (step.tier, step.points):
            yield f"the card gives {found.tier} with {found.total} points, and not {step.tier} with {step.points}"

    def _approval(self, case: Case, event: Event, step: Approve, record: CaseRecord) -> Iterator[str]:
        """Yield what is wrong with the signature of an approval (threat D2)."""
        try:
            signature = msgspec.convert(step.signature, ApprovalSignature)
        except msgspec.ValidationError:
            yield "the approval bears no signature"
            return
        if signature.account != event.by:
            yield "the approval is signed by another account"
        if signature.nonce in self.nonces:
            yield "the nonce of the approval was used before"
        self.nonces.add(signature.nonce)
        challenge = approval_challenge(
            step.draft, self.number, case.version, step.order, signature.nonce, self.register.id
        )
        flaw = signature_flaw(signature, challenge, self.rights_at(record.index).signing_keys())
        if flaw is not None:
            yield f"the signature of the approval does not hold: {flaw}"


def _sizes(records: Sequence[CaseRecord]) -> Mapping[int, int]:
    """Return by record the log size at which it was judged: the one before its transaction."""
    indexes = [record.index for record in records]
    ends = dict(LogEntry.objects.filter(index__in=indexes).values_list("index", "batch_end"))
    first: dict[int, int] = {}
    for index in sorted(indexes):
        first.setdefault(ends.get(index, index), index)
    return {index: first[ends.get(index, index)] for index in indexes}
