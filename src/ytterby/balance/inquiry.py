"""A finding's case: what people recorded of it, step by step, from the first question to the outcome.

Event-sourced: `enter` takes a command with the version that its maker saw and gives the event to be recorded, or coded
refusals; `apply_step` gives the case after an event. Both are functions of their arguments alone. A case begins with
the finding as it was known then, so that it outlives a finding that a late report makes vanish.

Who speaks: the *office* (the register's operator, auditing and tracing bodies) and the *parties* concerned. A party
sees what was addressed to it, what it said itself, visits of its own sites and what a decision disclosed to it; its
version counts those alone, so that nothing it is told hangs on what others were asked or said (threats C2, C3).
Persons are numbers of accounts (threat L6). Source of the procedure: own rules, `inquiry_transitions.yaml`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from ytterby.balance.custody import TOOK, Count, Sample, check_visit, continued
from ytterby.balance.finding import Finding
from ytterby.balance.finding_state import START, Judgement, Transitions, Verb
from ytterby.terms.problem import Problem, pointer, refuse

TEXT_LENGTH_MAX = 4_000
EVIDENCE_MAX = 200
FIGURES = ("element", "size_kg", "sd_kg", "statistic")
_DIGEST = re.compile(r"[0-9a-f]{64}")
# A fact that is an amount, and not a document's name with digits in it.
_FIGURE = re.compile(r"-?[0-9.e+-]+( [A-Z0-9]+)?")
_GAP = r"[ \u00a0\u202f,]"
_NUMBER = re.compile(rf"[0-9]+(?:{_GAP}[0-9]{{3}})*(?:\.[0-9]+)?")


class _Step(msgspec.Struct, frozen=True, tag_field="verb", forbid_unknown_fields=True):
    """One step of a case, as it is recorded."""


class Ask(_Step, frozen=True, tag="ask"):
    """A question to a party, due on a day."""

    to: str
    text: str
    due: str


class Answer(_Step, frozen=True, tag="answer"):
    """What a party says, with evidence: events by eventID or digest, documents by SHA-256."""

    text: str
    events: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


class Explain(_Step, frozen=True, tag="explain"):
    """That the finding is explained, and by which evidence."""

    text: str
    events: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


class SetAside(_Step, frozen=True, tag="set_aside"):
    """That the finding is not followed up: a coded reason, and why."""

    reason: str
    text: str


class Confirm(_Step, frozen=True, tag="confirm"):
    """That the finding stands after what was asked and answered."""

    text: str


class Open(_Step, frozen=True, tag="open"):
    """That an inquiry begins."""

    text: str


class Order(_Step, frozen=True, tag="order"):
    """An order to a party to correct what it reported, due on a day."""

    to: str
    text: str
    due: str
    events: tuple[str, ...] = ()


class Visit(_Step, frozen=True, tag="visit"):
    """A visit of a party's site: order number, inspectors by badge, what they counted and sampled."""

    to: str
    site: str
    day: str
    order_number: str
    inspectors: tuple[str, ...]
    text: str = ""
    counts: tuple[Count, ...] = ()
    samples: tuple[Sample, ...] = ()


class Hear(_Step, frozen=True, tag="hear"):
    """The decision that a party is heard: which fields of the finding are disclosed to it, due on a day."""

    to: str
    fields: tuple[str, ...]
    text: str
    due: str


class Decide(_Step, frozen=True, tag="decide"):
    """The outcome, coded, with its grounds, and the parties that are told."""

    outcome: str
    text: str
    told: tuple[str, ...]


Step = Ask | Answer | Explain | SetAside | Confirm | Open | Order | Visit | Hear | Decide


class Snapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A finding as it was known at a log size: its code, who is concerned, its figures (kg) and its events' digests."""

    id: str
    kind: str
    known_size: int
    parties: tuple[str, ...]
    lot: str
    site: str
    element: str | None
    size_kg: float | None
    sd_kg: float | None
    statistic: float | None
    facts: dict[str, str]
    events: tuple[str, ...]

    def field(self, name: str) -> str | float | None:
        """Return a field that may be disclosed: one of `FIGURES`, or a fact by its name."""
        return getattr(self, name) if name in FIGURES else self.facts[name]


class Said(msgspec.Struct, frozen=True):
    """One event of a case: who said it (account and party; the party empty for the office), on which day, and what."""

    step: Step
    by: str
    party: str
    on: str

    @property
    def verb(self) -> Verb:
        """The verb of the step."""
        return Verb(str(type(self.step).__struct_config__.tag))

    def is_seen_by(self, party: str) -> bool:
        """Tell whether a party may read it: addressed to it, told to it, or said by it."""
        named = {self.party, getattr(self.step, "to", ""), *getattr(self.step, "told", ())}
        # The office's own steps name no party: whoever is nobody sees none of them.
        return bool(party) and party in named


class Case(msgspec.Struct, frozen=True):
    """A finding with everything that was recorded of it; `number` is drawn and says nothing of the finding."""

    number: str
    finding: Snapshot
    state: str = START
    said: tuple[Said, ...] = ()

    @property
    def version(self) -> int:
        """How many events it has."""
        return len(self.said)

    def seen_by(self, party: str) -> tuple[Said, ...]:
        """Return the events that a party may read, in order; its version of the case is their number."""
        return tuple(one for one in self.said if one.is_seen_by(party))

    def disclosed_to(self, party: str) -> dict[str, str | float | None]:
        """Return the fields of the finding that decisions disclosed to a party."""
        heard = (one.step for one in self.said if isinstance(one.step, Hear) and one.step.to == party)
        return {name: self.finding.field(name) for step in heard for name in step.fields}

    def samples(self) -> dict[str, Sample]:
        """Return the samples by their numbers, each with its whole chain of hands so far."""
        found: dict[str, Sample] = {}
        for one in self.said:
            for sample in getattr(one.step, "samples", ()):
                found[sample.id] = continued(found[sample.id], sample) if sample.id in found else sample
        return found

    def owed(self, on: date) -> set[str]:
        """Return the parties whose last question, order or hearing is unanswered and not yet over on a day."""
        owing: dict[str, str] = {}
        for one in self.said:
            if isinstance(one.step, Ask | Order | Hear):
                owing[one.step.to] = one.step.due
            elif isinstance(one.step, Answer):
                owing.pop(one.party, None)
        return {party for party, due in owing.items() if date.fromisoformat(due) >= on}


class Command(msgspec.Struct, frozen=True):
    """What somebody wants recorded: the step, who says so, for which party, on which day, seeing which version.

    `party` is empty for the office. `expected` None: whatever was recorded meanwhile.
    """

    step: Step
    on: date
    by: str = ""
    party: str = ""
    expected: int | None = None


def snapshot_of(one: Finding, known_size: int) -> Snapshot:
    """Return a finding as it is recorded when its case begins."""
    return Snapshot(
        id=one.id,
        kind=one.problem.code,
        known_size=known_size,
        parties=one.parties,
        lot=one.lot,
        site=one.site,
        element=one.element,
        size_kg=one.size_kg,
        sd_kg=one.sd_kg,
        statistic=one.statistic,
        facts=dict(one.problem.facts),
        events=tuple(digest.hex() for digest in one.events),
    )


def read_step(fields: Mapping[str, Any]) -> Step:
    """Return the step of fields of JSON.

    Raises:
        msgspec.ValidationError: they are not those of a step.
    """
    step: Step = msgspec.convert(fields, Step)
    return step


def enter(case: Case, command: Command, rules: Transitions) -> Said | list[Problem]:
    """Return the event that a command makes, or what refuses it. Nothing is refused to a party for what others said."""
    said = Said(command.step, command.by, command.party, command.on.isoformat())
    problems = _speaker(case, said) or _version(case, command)
    if not problems and rules.after(case.state, said.verb) is None:
        may = " ".join(verb for verb in rules.states[case.state].may if verb is not Verb.ANSWER)
        problems = [refuse("inquiry.not_now", "", said.verb.value, state=case.state, may=may or "-")]
    problems = problems or _words(command.step) + _content(case, command, said.verb, rules)
    return problems or said


def apply_step(case: Case, said: Said, rules: Transitions) -> Case:
    """Return the case after an event.

    Raises:
        ValueError: the event cannot have happened in this state.
    """
    state = rules.after(case.state, said.verb)
    if state is None:
        raise ValueError(f"{said.verb} in the state {case.state}")
    return msgspec.structs.replace(case, state=state, said=(*case.said, said))


def told_state(case: Case, party: str, rules: Transitions) -> str:
    """Return the state that a party is told: after the last event that it may read."""
    return rules.told[case.seen_by(party)[-1].verb]


def judgement_of(case: Case, rules: Transitions) -> Judgement | None:
    """Return how a case counts in the statistics of false alarms; None while nothing is judged."""
    phase = rules.states[case.state].phase
    if phase == "decided":
        outcome = next(one.step.outcome for one in reversed(case.said) if isinstance(one.step, Decide))
        return rules.outcomes[outcome].counts_as
    if phase == "set_aside":
        reason = next(one.step.reason for one in reversed(case.said) if isinstance(one.step, SetAside))
        return rules.reasons[reason]
    if phase == "explained":
        return Judgement.EXPLAINED
    return Judgement.REAL if phase in {"confirmed", "inquiry"} else None


def closed_figures(case: Case, party: str, rules: Transitions) -> dict[str, str]:
    """Return the fields of the finding that a party may not read yet, by name, as text.

    Of a finding on the party alone none is closed: it stands in the party's own book.
    """
    finding = case.finding
    if finding.parties == (party,):
        return {}
    own = rules.own_facts.get(finding.kind, ())
    is_open = {fact for who, fact in zip(finding.parties, own, strict=False) if who == party}
    is_open |= case.disclosed_to(party).keys()
    named = {name: finding.field(name) for name in (*FIGURES, *finding.facts) if name not in is_open}
    return {name: str(value) for name, value in named.items() if value is not None}


def _speaker(case: Case, said: Said) -> list[Problem]:
    """An answer is a party's to whom something was addressed; all else is the office's."""
    is_answer = said.verb is Verb.ANSWER
    if is_answer and not any(getattr(one.step, "to", "") == said.party for one in case.said):
        return [refuse("inquiry.not_asked")]
    if not is_answer and said.party:
        return [refuse("inquiry.not_for_parties", "", said.verb.value)]
    return []


def _version(case: Case, command: Command) -> list[Problem]:
    now = len(case.seen_by(command.party)) if command.party else case.version
    if command.expected in {None, now}:
        return []
    return [refuse("inquiry.changed_meanwhile", "", command.expected, now=now)]


def _words(step: Step) -> list[Problem]:
    """Check what every step may hold: a text, evidence, a day."""
    problems = []
    if not isinstance(step, Visit) and not step.text.strip():
        problems.append(refuse("inquiry.no_text", "/text"))
    if len(step.text) > TEXT_LENGTH_MAX:
        problems.append(refuse("inquiry.text_too_long", "/text", len(step.text), limit=TEXT_LENGTH_MAX))
    for n, digest in enumerate(getattr(step, "documents", ())):
        if not _DIGEST.fullmatch(digest):
            problems.append(refuse("inquiry.no_digest", pointer("documents", n), digest))
    if len(getattr(step, "events", ())) + len(getattr(step, "documents", ())) > EVIDENCE_MAX:
        problems.append(refuse("inquiry.too_much_evidence", "", "", limit=EVIDENCE_MAX))
    for name in ("due", "day"):
        if hasattr(step, name) and _day(getattr(step, name)) is None:
            problems.append(refuse("inquiry.no_day", pointer(name), getattr(step, name)))
    return problems


def _content(case: Case, command: Command, verb: Verb, rules: Transitions) -> list[Problem]:
    """Check what one verb asks for, in the case as it stands."""
    step = command.step
    problems = _waiting(case, command, verb, rules) + _same_person(case, command, verb, rules)
    if isinstance(step, Ask | Order | Hear):
        due = _day(step.due)
        if due is not None and due < command.on:
            problems.append(refuse("inquiry.due_past", "/due", step.due))
        problems += _concerned(case, step.to)
    if isinstance(step, Hear):
        problems += _disclosable(case, step)
    if isinstance(step, Ask | Order | Hear):
        problems += _quoted(case, step, rules)
    if isinstance(step, Explain) and not (step.events or step.documents):
        problems.append(refuse("inquiry.no_evidence"))
    if isinstance(step, SetAside) and step.reason not in rules.reasons:
        problems.append(refuse("inquiry.unknown_reason", "/reason", step.reason, known=" ".join(rules.reasons)))
    if isinstance(step, Visit):
        problems += _concerned(case, step.to) + _visit(case, step, command.on)
    if isinstance(step, Decide):
        problems += _outcome(case, step, rules)
    return problems


def _waiting(case: Case, command: Command, verb: Verb, rules: Transitions) -> list[Problem]:
    owed = case.owed(command.on) if verb in rules.waits_for_answers else set()
    return [refuse("inquiry.answer_awaited", "", verb.value, count=len(owed))] if owed else []


def _same_person(case: Case, command: Command, verb: Verb, rules: Transitions) -> list[Problem]:
    others = rules.not_by_whom.get(verb, frozenset())
    is_same = bool(command.by) and any(one.by == command.by and one.verb in others for one in case.said)
    return [refuse("inquiry.same_person", "", verb.value)] if is_same else []


def _concerned(case: Case, party: str) -> list[Problem]:
    if party in case.finding.parties:
        return []
    return [refuse("inquiry.not_concerned", "/to", party, parties=" ".join(case.finding.parties))]


def _disclosable(case: Case, step: Hear) -> list[Problem]:
    known = (*FIGURES, *case.finding.facts)
    return [
        refuse("inquiry.unknown_field", pointer("fields", n), name, known=" ".join(known))
        for n, name in enumerate(step.fields)
        if name not in known
    ]


def _quoted(case: Case, step: Ask | Order | Hear, rules: Transitions) -> list[Problem]:
    """Refuse a text to a party that quotes a figure of the finding which is closed to it: a slip, not an attack."""
    closed = closed_figures(case, step.to, rules)
    for name in getattr(step, "fields", ()):
        closed.pop(name, None)
    said = _numbers(step.text)
    own = {n for name in (*FIGURES, *case.finding.facts) if name not in closed for n in _numbers(_shown(case, name))}
    return [
        refuse("inquiry.quotes_closed", "/text", name)
        for name, value in closed.items()
        if _FIGURE.fullmatch(value) and _numbers(value) & said - own
    ]


def _shown(case: Case, name: str) -> str:
    value = case.finding.field(name)
    return "" if value is None else str(value)


def _numbers(text: str) -> set[Decimal]:
    """Return the numbers in a text that are more than a digit long: a lone digit says nothing."""
    found = (re.sub(_GAP, "", number) for number in _NUMBER.findall(text))
    return {Decimal(number) for number in found if len(number) > 1}


def _visit(case: Case, step: Visit, on: date) -> list[Problem]:
    problems = []
    if not step.order_number.strip():
        problems.append(refuse("inquiry.no_order_number", "/order_number"))
    day = _day(step.day)
    if day is not None and day > on:
        problems.append(refuse("inquiry.visit_to_come", "/day", step.day))
    known = case.samples()
    whole: list[Sample] = []
    for n, sample in enumerate(step.samples):
        earlier = known.get(sample.id)
        if earlier is None:
            problems += _taken(sample, step.inspectors, pointer("samples", n))
        elif (earlier.lot, earlier.mass_kg, earlier.u_kg) != (sample.lot, sample.mass_kg, sample.u_kg):
            problems.append(refuse("inquiry.another_sample", pointer("samples", n), sample.id))
        whole.append(sample if earlier is None else continued(earlier, sample))
    if len({sample.id for sample in step.samples}) < len(step.samples):
        problems.append(refuse("inquiry.sample_twice", "/samples"))
    return problems + check_visit(step.inspectors, step.counts, whole)


def _taken(sample: Sample, inspectors: Sequence[str], at: str) -> list[Problem]:
    takers = {hand.by for hand in sample.custody if hand.did == TOOK}
    return [] if takers <= set(inspectors) else [refuse("inquiry.taken_by_another", at, sample.id)]


def _outcome(case: Case, step: Decide, rules: Transitions) -> list[Problem]:
    rule = rules.outcomes.get(step.outcome)
    if rule is None:
        return [refuse("inquiry.unknown_outcome", "/outcome", step.outcome, known=" ".join(rules.outcomes))]
    problems = [one for party in step.told for one in _concerned(case, party)]
    if not step.told:
        problems.append(refuse("inquiry.nobody_told", "/told"))
    heard = {one.step.to for one in case.said if isinstance(one.step, Hear)}
    if rule.needs_hearing and not set(step.told) <= heard:
        problems.append(refuse("inquiry.not_heard", "/outcome", step.outcome))
    return problems


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
