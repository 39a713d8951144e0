"""Whether a decision was made by the book: judged from the bare events of a case, without what the case says of itself.

It reads events in order and keeps its own account of questions, evidence, words, drafts and signatures; whatever
decides is held against the invariants of the casework page, 5.2.
"""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec

from licence.case_story import BLOCKING, REASONS, TIERS, Story
from ytterby.licence import step
from ytterby.licence.case import Case, Event
from ytterby.licence.evidence import read_evidence
from ytterby.licence.finding import findings_of
from ytterby.licence.office import Office

DECIDED = {"granted", "refused", "no_licence", "returned", "ruled"}
UNRATED = {"classification", "consultation"}


def digest_of_draft(number: str, event: Event) -> str:
    """Return what an approval has to sign: everything that the draft says, its version, its author and its case."""
    told = {"case": number, "version": event.version, "by": event.by, "step": msgspec.to_builtins(event.step)}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(b"ytterby/draft/v1\x00" + text.encode()).hexdigest()


@dataclass
class Witness:
    """What was said so far, as far as a decision depends on it."""

    number: str
    kind: str
    application: Any = None
    changed: int = 0
    begun_again: int = 0
    questions: set[str] = field(default_factory=set)
    stops: set[str] = field(default_factory=set)
    work: set[str] = field(default_factory=set)
    gathered: Event | None = None
    rated: step.Rate | None = None
    words: dict[str, str] = field(default_factory=dict)
    draft: Event | None = None
    signed: list[tuple[str, int, str]] = field(default_factory=list)
    assessors: set[str] = field(default_factory=set)
    applicants: set[str] = field(default_factory=set)
    conflicted: set[str] = field(default_factory=set)
    had_a_part: set[str] = field(default_factory=set)
    earlier: set[str] = field(default_factory=set)
    decisions: list[str] = field(default_factory=list)

    def see(self, before: Case, event: Event, after: Case, office: Office) -> None:
        """Take one event in, and judge it where it decides."""
        assert after.events == (*before.events, event)
        assert event.version == len(after.events)
        assert event.by not in self.conflicted or event.role in {"applicant", "system"} or event.verb in {
            "declare_conflict", "retract"}  # fmt: skip
        self._note(event)
        said = event.step
        if isinstance(said, step.Approve) and after.state != before.state:
            self._judge_people(event, before, after)
            self._judge_grounds(after)
        if isinstance(said, step.DecideAutomatically):
            self._judge_rule(event, said, after)
            self._judge_grounds(after)
        if isinstance(said, step.Issue):
            assert (before.state, after.state, office.screening_now) == ("granted", "issued", "passed")

    def _note(self, event: Event) -> None:
        said = event.step
        changed = getattr(said, "application", None)
        if changed is not None:
            self.application, self.changed = changed, event.version
        if event.role == "applicant":
            self.applicants.add(event.by)
        match said:
            case step.Query():
                assert said.id not in self.questions
                self.questions.add(said.id)
            case step.Answer():
                self.questions.remove(said.query)
            case step.Stop():
                self.stops.add(said.id)
            case step.Resume():
                self.stops.remove(said.id)
            case step.OpenWork():
                self.work.add(said.id)
            case step.CloseWork():
                self.work.remove(said.id)
            case step.DeclareConflict():
                self.conflicted.add(event.by)
            case step.Gather():
                self.gathered = event
            case step.Rate():
                self.rated = said
            case _:
                self._note_decision(event)

    def _note_decision(self, event: Event) -> None:
        said = event.step
        match said:
            case step.Adjudicate():
                self.words[said.finding] = said.verdict
                self.assessors.add(event.by)
                self.had_a_part.add(event.by)
            case step.Advise():
                self.assessors.add(event.by)
            case step.Propose() | step.DecideAutomatically():
                self.draft = event
                self.had_a_part.add(event.by)
            case step.Approve():
                self.signed.append((event.by, said.order, said.draft))
                self.had_a_part.add(event.by)
            case step.Reject():
                self.had_a_part.add(event.by)
                self.draft = None
            case step.Retract():
                self.draft = None
            case step.Appeal() | step.Reopen():
                self.gathered, self.rated, self.draft = None, None, None
                self.words, self.assessors = {}, set()
                self.earlier = set(self.had_a_part) if isinstance(said, step.Appeal) else set()
            case _:
                pass

    def _tier(self) -> str:
        """Return the tier that was worked out of the evidence as it stands; empty where none was."""
        if self.rated is None or self.gathered is None or not isinstance(self.gathered.step, step.Gather):
            return ""
        return self.rated.tier if self.rated.evidence == self.gathered.step.digest else ""

    def _judge_people(self, event: Event, before: Case, after: Case) -> None:
        """I6, I7: as many others as the tier wants, each once, none with another part; all of this very draft."""
        assert self.draft is not None
        digest = digest_of_draft(self.number, self.draft)
        signed = [(by, order) for by, order, draft in self.signed if draft == digest]
        people = [by for by, _ in signed]
        tier = self._tier()
        wanted = max(1, TIERS[tier].approvals) if self.kind not in UNRATED else 1
        assert sorted(order for _, order in signed) == list(range(1, wanted + 1))
        assert len(set(people)) == len(people)
        assert self.draft.by not in people
        assert not self.applicants & {*people, self.draft.by}
        assert not self.conflicted & set(people)
        assert tier != "H" or not self.assessors & set(people)
        if before.state == "appeal_proposed":
            assert not self.earlier & {*people, self.draft.by}
        decided = after.state in DECIDED or (before.state, after.state) == ("appeal_proposed", "closed")
        assert decided, (before.state, after.state)
        self.decisions.append(f"{before.state} {after.state}")

    def _judge_rule(self, event: Event, said: step.DecideAutomatically, after: Case) -> None:
        """I14: only in a tier that the pack lets, without a candidate, and by nobody."""
        assert (event.role, after.state, said.outcome) == ("system", "granted", "granted")
        assert TIERS[self._tier()].is_automatic
        assert self.gathered is not None
        assert isinstance(self.gathered.step, step.Gather)
        screened = read_evidence(self.gathered.step.evidence).screening
        assert (screened.answer, screened.alerts, screened.reviews) == ("passed", (), ())
        self.decisions.append("by rule")

    def _judge_grounds(self, after: Case) -> None:
        """I5, I8, I9, I11, I17: nothing is open, every blocking check ran, and the draft rests on what was found."""
        assert not self.questions | self.stops | self.work
        assert self.draft is not None
        draft: Any = self.draft.step
        if self.kind == "consultation":
            return
        assert self.gathered is not None
        assert isinstance(self.gathered.step, step.Gather)
        assert self.gathered.version > self.changed
        assert draft.evidence == self.gathered.step.digest
        assert dict(draft.packs) == dict(self.gathered.step.evidence["packs"])
        if self.kind == "classification":
            return
        evidence = read_evidence(self.gathered.step.evidence)
        assert all(evidence.section(check).is_done for check in BLOCKING)
        for one in findings_of(evidence, BLOCKING):
            if one.blocks:
                assert one.settles == "officer"
                assert one.key in self.words
                assert draft.outcome in {"refused", "returned"} or self.words[one.key] == "settled"
        applied = {line.line: (Decimal(line.quantity), line.unit) for line in self.application.lines}
        if draft.outcome == "granted":
            granted = [one for one in draft.lines if one.outcome == "granted"]
            assert granted
            assert all(0 < Decimal(one.quantity) <= applied[one.line][0] for one in granted)
            assert all(one.unit == applied[one.line][1] for one in granted)
        if draft.outcome == "refused":
            assert draft.reasons
            assert set(draft.reasons) <= REASONS["refusal"]


def witness_of(story: Story) -> Witness:
    """Return what somebody saw who read a whole story."""
    found = Witness(story.case.number, story.rules.table.kind)
    for one in story.told:
        found.see(*one)
    return found
