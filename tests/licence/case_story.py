"""Stories of cases, told step by step through `begin`, `enter` and `after`: who says what, judged by what.

No database, no clock: a story is a value, and telling it further makes another one. People, rules and goods are
plausible and small: one exporter, one end user, an office of three, a province, a department, the register itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files
from types import ModuleType
from typing import Any

import msgspec
import yaml

from ytterby.law.licence_kind import LicenceKind
from ytterby.law.span import Span
from ytterby.licence import entering, step
from ytterby.licence.application import Application, Line, PartyOnCase
from ytterby.licence.assignment import Candidate
from ytterby.licence.case import Case, Event, application_digest
from ytterby.licence.entering import ABOUT_A_LICENCE
from ytterby.licence.evidence import Evidence, Section, evidence_digest, evidence_fields, read_evidence
from ytterby.licence.finding import findings_of
from ytterby.licence.guard import CHOICES, GUARDS
from ytterby.licence.office import CaseRules, Office, Speaking, Tier
from ytterby.licence.transition import PHASES, TransitionTable, read_transition_table

KINDS = (
    *("individual", "open", "general_registration", "classification", "consultation", "amendment"),
    "post_shipment_check",
)
TODAY = date(2025, 7, 1)
EXPORTER, END_USER, OFFICE = "urn:party:exporter", "urn:party:user", "urn:party:office"
PACKS = {"CN-procedure": "pack-digest"}
BLOCKING = frozenset({"completeness", "classification", "screening", "lots"})
NOT_CHECKED = ("flags", "end_user_level", "statements")
ALL_PHASES = {name: f"{name} of the pack" for name in PHASES if name != "none"}

PEOPLE: Mapping[str, Speaking] = {
    "clerk": Speaking("clerk", EXPORTER, frozenset({"applicant"})),
    # Reception, the officer of the case, the signers of two orders, and one more of the office.
    "pia": Speaking("pia", OFFICE, frozenset({"officer"}), frozenset({"ministry"}), "reception"),
    "lena": Speaking("lena", OFFICE, frozenset({"officer"}), frozenset({"ministry"}), "review"),
    "omar": Speaking("omar", OFFICE, frozenset({"officer"}), frozenset({"ministry"}), "heads"),
    "sara": Speaking("sara", OFFICE, frozenset({"officer"}), frozenset({"senior"}), "heads"),
    "nils": Speaking("nils", OFFICE, frozenset({"officer"}), frozenset({"ministry"}), "review"),
    "provo": Speaking("provo", "urn:party:province", frozenset({"province"}), frozenset({"province"}), "province"),
    "dora": Speaking("dora", "urn:party:department", frozenset({"department"}), frozenset({"experts"}), "experts"),
    "cara": Speaking("cara", "urn:party:customs", frozenset({"customs"})),
    "uma": Speaking("uma", END_USER, frozenset({"end_user"})),
    "register": Speaking("register", "urn:party:operator", frozenset({"system"})),
}
CANDIDATES = tuple(
    Candidate(one.account, one.party, one.team, is_present=True) for one in PEOPLE.values() if one.party == OFFICE
)
TIERS = {
    "G": Tier("G", approvals=0, is_automatic=True),
    "S": Tier("S", approvals=1, bodies=("ministry",)),
    "H": Tier("H", approvals=2, bodies=("ministry", "senior")),
}
REASONS = {
    "return": frozenset({"papers_disagree"}),
    "refusal": frozenset({"end_use_doubtful"}),
    "not_accepted": frozenset({"not_competent"}),
    "take_over": frozenset({"illness"}),
    "reopening": frozenset({"new_fact"}),
    "appeal_ground": frozenset({"wrong_facts"}),
}
APPLICATION = Application(
    procedure="CN-procedure",
    licence_kind="single",
    destination="XA",
    order="PO-7",
    lines=(
        Line(1, "sintered magnets N42SH", "900", "KGM", product="urn:product:n42sh"),
        Line(2, "sintered magnets N35", "20.5", "KGM", product="urn:product:n35"),
    ),
    parties=(
        PartyOnCase("exporter", party=EXPORTER),
        PartyOnCase("end_user", party=END_USER, country="XA"),
    ),
    use={"code": "traction_motor"},
    text="Which codes do the goods fall under?",
)
AMENDED = {
    "holder": EXPORTER,
    "destination": "XA",
    "end_users": [END_USER],
    "use": {"code": "traction_motor"},
    "lines": [{"product": "urn:product:n42sh"}, {"product": "urn:product:n35"}],
}


@cache
def told_table(kind: str) -> dict[str, Any]:
    """Return a packaged table as it is written."""
    text = files("ytterby.licence").joinpath("transitions", f"{kind}.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@cache
def table_of(kind: str) -> TransitionTable:
    """Return the table of a kind of case."""
    return read_transition_table(told_table(kind), GUARDS, CHOICES)


def rules_of(kind: str, **more: Any) -> CaseRules:
    """Return the rules of a plausible pack for a kind of case."""
    told = {
        "phases": ALL_PHASES,
        "reasons": REASONS,
        "stops": frozenset({"expert_opinion"}),
        "lifts": frozenset({"national_security"}),
        "blocking": BLOCKING,
        "tiers": TIERS,
        "licence_kinds": {
            "single": _licence_kind("single", end_users="one", exports="one", valid_most=Span(1, "year"))
        },
        "bodies": {"ministry": "decides", "senior": "decides", "province": "examines", "experts": "consulted"},
        "amendable": frozenset({"consignee", "quantity", "licence_kind"}),
    }
    return CaseRules(table_of(kind), **told | more)


def _licence_kind(name: str, **told: Any) -> LicenceKind:
    """Return a kind of licence that says nothing but what is told."""
    names = LicenceKind.__dataclass_fields__
    return LicenceKind(**dict.fromkeys(names, ()) | told | {"id": name})


NOTHING = Case("C-1")


@dataclass(frozen=True)
class Story:
    """A case and what it is judged by. `facts` are what was looked up for every step, unless a step says else."""

    rules: CaseRules
    case: Case = NOTHING
    facts: Mapping[str, Any] = field(default_factory=dict)
    told: tuple[tuple[Case, Event, Case, Office], ...] = ()
    entering: ModuleType = entering
    people: Mapping[str, Speaking] = field(default_factory=lambda: PEOPLE)

    def office(self, who: str, **more: Any) -> Office:
        """Return what a step of somebody is judged by."""
        gathered = self.case.gathered
        findings = None
        if gathered is not None:
            findings = findings_of(read_evidence(gathered[1].evidence), self.rules.blocking)
        told = {
            "gaps": (),
            "findings": findings,
            "screening_now": "passed",
            "appeal_until": date(2025, 8, 30),
            "is_licence_over": True,
            "amended": AMENDED,
            "silence": "",
            "barred": (),
            "customs_flaws": (),
            "beyond_ceilings": (),
            "candidates": CANDIDATES,
            "today": TODAY,
            "at": f"2025-07-01T08:{self.case.version:02d}:00Z",
        }
        return Office(self.rules, self.people[who], **told | dict(self.facts) | more)

    def ask(self, who: str, said: step.Step, *, expected: int | None = None, **more: Any) -> Event | list[Any]:
        """Return the event that a step would make, or what refuses it."""
        office = self.office(who, **more)
        if isinstance(said, step.Begin) and not self.case.events:
            return self.entering.begin(self.case.number, said, office)
        return self.entering.enter(self.case, said, office, expected=expected)

    def codes(self, who: str, said: step.Step, **more: Any) -> list[str]:
        """Return the codes that refuse a step; none where it would be taken."""
        found = self.ask(who, said, **more)
        return [] if isinstance(found, Event) else [one.code for one in found]

    def tell(self, who: str, said: step.Step, *, expected: int | None = None, **more: Any) -> "Story":
        """Return the story with one step more, which nothing refuses."""
        found = self.ask(who, said, expected=expected, **more)
        assert isinstance(found, Event), (self.case.state, said, found)
        office = self.office(who, **more)
        after = self.entering.after(self.case, found, self.rules.table, office)
        return replace(self, case=after, told=(*self.told, (self.case, found, after, office)))


# What is said


def advise(verdict: str, text: str = "So.", **more: Any) -> step.Advise:
    """Return advice with what each verdict asks: a refusal a reason, a proviso a condition."""
    told: dict[str, Any] = {}
    if verdict == "refuse":
        told = {"reasons": ("end_use_doubtful",)}
    elif verdict == "proviso":
        told = {"conditions": ("visit",)}
    return step.Advise(verdict, text, **told | more)


def gather(case: Case, **sections: Any) -> step.Gather:
    """Return evidence of a case in which every check ran and found nothing, but for the sections that are told."""
    done = {}
    for name, kind in msgspec.structs.asdict(Evidence("", "", "", 0)).items():
        if isinstance(kind, Section):
            done[name] = msgspec.structs.replace(kind, status="done", why="")
    done["screening"] = msgspec.structs.replace(done["screening"], answer="passed")
    found = Evidence(
        case.number, application_digest(case.application), "2025-07-01T07:00:00Z", 100, packs=PACKS, **done | sections
    )
    return step.Gather(evidence_fields(found), evidence_digest(found))


def lines_of(case: Case, **more: Any) -> tuple[step.LineDecision, ...]:
    """Return all lines of an application as they are granted in full."""
    return tuple(
        step.LineDecision(**{"line": one.line, "quantity": one.quantity, "unit": one.unit, "code": "1C905"} | more)
        for one in case.application.lines
    )


FREED = {"outcome": "no_licence_required", "freeing": {"parameter": "Dy", "value": "0", "limit": "0.1"}}


def propose(case: Case, outcome: str = "granted", **more: Any) -> step.Propose:
    """Return a draft that rests on what was gathered last."""
    gathered = case.gathered
    told: dict[str, Any] = {
        "outcome": outcome,
        "lines": lines_of(case, **(FREED if outcome == "no_licence_required" else {})),
        "evidence": gathered[1].digest if gathered else "",
        "packs": PACKS,
        "text": "The end use is plausible and the lots suffice.",
        "reasons": {"refused": ("end_use_doubtful",), "returned": ("papers_disagree",)}.get(outcome, ()),
        "valid_from": "2025-07-01",
        "valid_to": "2026-06-30",
        "licence_kind": "single",
        "not_checked": NOT_CHECKED,
    }
    return step.Propose(**told | more)


def decide_automatically(case: Case, **more: Any) -> step.DecideAutomatically:
    """Return a decision by rule that rests on what was gathered last."""
    draft = msgspec.structs.asdict(propose(case))
    told = {name: value for name, value in draft.items() if name != "settles"} | {"tier": "G"}
    return step.DecideAutomatically(**told | more)


def approve(case: Case, order: int = 1, **more: Any) -> step.Approve:
    """Return an approval of the draft as it stands."""
    return step.Approve(**{"draft": case.draft_digest, "order": order, "signature": {"by": "key"}} | more)


def rate(case: Case, tier: str = "S") -> step.Rate:
    """Return the tier by the evidence that was gathered last."""
    return step.Rate(tier, "3", (), case.gathered[1].digest if case.gathered else "", {})


def assign(account: str, order: int = 0) -> step.Assign:
    """Return that somebody is drawn, who was the only one that could be."""
    return step.Assign(account, order, "5e" * 32, ((account, 1),))


def content(case: Case, /, **more: Any) -> dict[str, Any]:
    """Return a licence as it was decided."""
    decided = case.decided
    draft = decided[1] if decided else propose(case)
    told = {
        "case": case.number,
        "holder": case.applicant,
        "procedure": case.procedure,
        "destination": case.application.destination,
        "valid_from": draft.valid_from,
        "valid_to": draft.valid_to,
        "kind": draft.licence_kind,
        "lines": [{"quantity": one.quantity, "unit": one.unit} for one in draft.lines if one.outcome == "granted"],
    }
    return told | more


def issue(case: Case, /, **more: Any) -> step.Issue:
    """Return the licence as it was decided."""
    return step.Issue("XA-DU-2025-004417", content(case, **more))


def query(name: str = "Q-1", **more: Any) -> step.Query:
    """Return a question to the applicant."""
    return step.Query(**{"id": name, "field": "/use/text", "text": "Which motor?", "due": "2025-07-15"} | more)


SUBMIT = step.Submit("A. Clerk", declares=True, declaration="sha256")
LACKING = step.NotifyMissing((step.Lacking("/documents", "contract"),))

# Ways through the states


def begun(kind: str, application: Application = APPLICATION) -> step.Begin:
    """Return how a case of a kind begins, with the licence that it is about where it is about one."""
    return step.Begin(kind, application, amends="L-1" if kind in ABOUT_A_LICENCE else "")


def _begin(story: Story) -> Story:
    who = "pia" if story.rules.table.begun_by == "officer" else "clerk"
    return story.tell(who, begun(story.rules.table.kind))


def _ready(story: Story) -> Story:
    """Return the story with officer, signers, evidence and tier, ready for a draft."""
    told = story.tell("register", assign("lena"))
    told = told.tell("register", gather(told.case))
    if "rate" in told.rules.table.commands_of(told.case.state):
        told = told.tell("register", rate(told.case))
    return told


def _drafted(outcome: str) -> Callable[[Story], Story]:
    def tell(story: Story) -> Story:
        told = _ready(story)
        return told.tell("lena", propose(told.case, outcome)).tell("register", assign("omar", 1))

    return tell


def _approved(story: Story) -> Story:
    return story.tell("omar", approve(story.case))


def _appealed(story: Story) -> Story:
    """Return the appeal with a draft by others: whoever decided before does not again."""
    told = story.tell("register", assign("nils"))
    told = told.tell("register", gather(told.case))
    told = told.tell("register", rate(told.case))
    return told.tell("nils", propose(told.case)).tell("register", assign("pia", 1))


def _steps(*said: tuple[str, Any]) -> Callable[[Story], Story]:
    def tell(story: Story) -> Story:
        for who, make in said:
            story = story.tell(who, make(story.case) if callable(make) else make)
        return story

    return tell


_REVIEW = {
    "draft": ("", _begin),
    "proposed": ("review", _drafted("granted")),
    "returned": ("review", lambda story: _approved(_drafted("returned")(story))),
    "withdrawn": ("draft", _steps(("clerk", step.Withdraw()))),
}
_GRANT = {
    "granted": ("proposed", _approved),
    "refused": ("review", lambda story: _approved(_drafted("refused")(story))),
    "issued": ("granted", _steps(("register", issue))),
    "closed": ("refused", _steps(("pia", step.Close())), {"appeal_until": date(2025, 6, 30)}),
}
_APPEAL = {
    "appeal": ("refused", _steps(("clerk", step.Appeal(("wrong_facts",), "The end use is proved.")))),
    "appeal_proposed": ("appeal", _appealed),
}
_RULED = {
    "review": ("draft", _steps(("clerk", SUBMIT))),
    "ruled": ("proposed", _approved),
    "closed": ("ruled", _steps(("pia", step.Close()))),
}
_RECEPTION = {
    "submitted": ("draft", _steps(("clerk", SUBMIT))),
    "supplement": ("submitted", _steps(("pia", LACKING))),
    "not_accepted": ("submitted", _steps(("pia", step.NotAccept(("not_competent",))))),
    "pre_check": ("submitted", _steps(("pia", step.PassOn()))),
    "review": ("submitted", _steps(("pia", step.Accept()))),
    "no_licence": ("review", lambda story: _approved(_drafted("no_licence_required")(story))),
}
_CHECK = {
    "open": ("", _begin),
    "passed": ("open", _steps(("pia", step.Record("visit", "passed", "All 900 kg were built in.")))),
    "failed": ("open", _steps(("pia", step.Record("visit", "failed", "The goods are not there.")))),
    "withdrawn": ("open", _steps(("pia", step.Withdraw()))),
}
_ONE = {"review": ("draft", _steps(("clerk", SUBMIT)))}
WAYS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "individual": {**_REVIEW, **_RECEPTION, **_GRANT, **_APPEAL},
    "open": {**_REVIEW, **_RECEPTION, **_GRANT, **_APPEAL},
    "general_registration": {**_REVIEW, **_ONE, **_GRANT, **_APPEAL},
    "amendment": {**_REVIEW, **_ONE, **_GRANT},
    "classification": {**_REVIEW, **_RULED},
    "consultation": {**_REVIEW, **_RULED},
    "post_shipment_check": _CHECK,
}


def story_in(kind: str, state: str, **rules: Any) -> Story:
    """Return a story of a kind of case in a state, told from its beginning."""
    before, tell, *facts = WAYS[kind][state]
    story = story_in(kind, before, **rules) if before else Story(rules_of(kind, **rules))
    if facts:
        story = replace(story, facts={**story.facts, **facts[0]})
    return tell(story)


def ready_story(kind: str = "individual", tier: str = "S", **rules: Any) -> Story:
    """Return a story in review with officer and evidence, rated in a tier."""
    story = _ready(story_in(kind, "review", **rules))
    return story.tell("register", rate(story.case, tier)) if tier != "S" else story


def drafted_story(kind: str = "individual", tier: str = "S", outcome: str = "granted", **more: Any) -> Story:
    """Return a story with a draft of a tier, its signers drawn."""
    story = ready_story(kind, tier)
    story = story.tell("lena", propose(story.case, outcome, **more))
    return story.tell("register", assign("omar", 1)).tell("register", assign("sara", 2))


# One of each, for who asks out of turn.
SAMPLES: Mapping[str, step.Step] = {
    one.__struct_config__.tag: one
    for one in (
        step.Begin("individual", APPLICATION),
        step.Edit(APPLICATION),
        SUBMIT,
        step.Supply(APPLICATION),
        step.Answer("Q-1", "The motor of the car."),
        step.Withdraw(),
        step.Appeal(("wrong_facts",), "It was proved."),
        LACKING,
        step.Accept(),
        step.NotAccept(("not_competent",)),
        step.SendBack(("papers_disagree",)),
        step.PassOn(),
        step.Report("approve", "Nothing known."),
        assign("lena"),
        step.TakeOver("nils", 0, "illness", "She is ill."),
        step.Agree(5),
        step.DeclareConflict(END_USER, "My sister works there."),
        query(),
        step.Stop("S-1", "expert_opinion", "Experts are asked."),
        step.Resume("S-1"),
        step.LiftLimit("national_security", "No limit holds."),
        step.Gather({}, ""),
        step.Rate("S", "3", (), "", {}),
        step.Adjudicate("key", "settled", "", "It was looked at."),
        step.OpenWork("W-1", "experts", "Is this a motor magnet?"),
        step.CloseWork("W-1", "done"),
        step.Advise("approve", "No objection."),
        step.Propose("granted", (), "", {}),
        step.DecideAutomatically("granted", (), "", {}, "G"),
        step.Approve("digest", 1, {}),
        step.Reject("digest", 1, "Not so."),
        step.Retract(),
        step.Issue("L-1", {}),
        step.Reopen("new_fact", "New facts."),
        step.Close(),
        step.Record("visit", "passed", "All there."),
    )
}
