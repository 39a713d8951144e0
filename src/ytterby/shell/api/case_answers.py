"""What addresses of cases answer, each audience its own fields (see `answers`)."""

from typing import Any

from ytterby.licence.application import Application
from ytterby.licence.evidence import Evidence
from ytterby.licence.step import Step
from ytterby.shell.api.answers import Answer, ProblemAnswer

Json = dict[str, Any]


class CheckAnswer(Answer, frozen=True):
    """What an application lacks. `complete`: yes, no, ask."""

    complete: str
    gaps: tuple[Json, ...]
    problems: tuple[Json, ...]
    findings: tuple[Json, ...]
    notes: tuple[Any, ...]
    as_of_size: int | None = None
    case: str | None = None


class StepAnswer(Answer, frozen=True):
    """What came of a step: state and version as whoever took it is told them; the licence that was issued."""

    case: str
    state: str
    version: int
    licence: str | None
    problems: tuple[ProblemAnswer, ...]
    as_of_size: int | None = None


class CaseRow(Answer, frozen=True):
    """A case in a list. The last three are the office's."""

    case: str
    kind: str
    state: str
    holder: str
    applicant: str
    destination: str | None
    received_at: str | None
    decided_at: str | None
    due: str | None
    version: int | None = None
    officer: str | None = None
    tier: str | None = None


class CaseList(Answer, frozen=True):
    """A page of cases; `next` is `after` of the next one."""

    cases: tuple[CaseRow, ...]
    next: str | None
    as_of_size: int | None = None


class ClockStop(Answer, frozen=True):
    """A stop of the clock."""

    id: str
    reason: str
    began: str
    ended: str | None
    days: int


class Spent(Answer, frozen=True):
    """Time that was spent at one place."""

    seconds: int
    days: int


class Clock(Answer, frozen=True):
    """The clock that a case is due by; nothing but `spent` before it runs."""

    running: str | None
    day: int | None
    due: str | None
    due_kind: str | None
    stops: tuple[ClockStop, ...]
    spent: dict[str, Spent]
    limit: int | None = None
    warned: tuple[int, ...] = ()


class LineTold(Answer, frozen=True):
    """What was decided of a line."""

    line: int
    outcome: str
    quantity: str
    unit: str
    code: str | None
    freeing: Json | None


class ReasonTold(Answer, frozen=True):
    """A coded reason with its remedy."""

    code: str
    remedy: str


class Decision(Answer, frozen=True):
    """A decision as its applicant reads it."""

    outcome: str
    decided_at: str
    lines: tuple[LineTold, ...]
    conditions: tuple[str, ...]
    reasons: tuple[ReasonTold, ...]
    text: str
    not_checked: tuple[str, ...]
    valid_from: str | None
    valid_to: str | None
    licences: tuple[str, ...]


class QueryTold(Answer, frozen=True):
    """A question that waits for an answer."""

    asked_at: str
    id: str
    field: str
    text: str
    due: str
    kind: str


class ToldEvent(Answer, frozen=True):
    """An event of a case as its applicant reads it; the fields of what the office said to it, where it said so."""

    event: str
    version: int
    at: str
    by: str
    state: str | None = None
    signer: str | None = None
    text: str | None = None
    query: str | None = None
    documents: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    lacking: tuple[Json, ...] = ()
    reasons: tuple[str, ...] = ()
    id: str | None = None
    field: str | None = None
    due: str | None = None
    kind: str | None = None
    reason: str | None = None
    expected_days: int | None = None
    licence: str | None = None


class ApplicantCase(Answer, frozen=True):
    """A case as its applicant reads it."""

    case: str
    kind: str
    procedure: str
    procedure_title: str
    applicant: str
    amends: str | None
    copy_of: str | None
    state: str
    version: int
    holder: str
    clock: Clock
    application: Application
    completeness: tuple[str, ...]
    queries: tuple[QueryTold, ...]
    decision: Decision | None
    appeal_until: str | None
    history: tuple[ToldEvent, ...]
    as_of_size: int | None = None


class EndUserCase(Answer, frozen=True):
    """A case as an end user on it reads it."""

    case: str
    kind: str
    applicant: str
    state: str
    order: str | None
    as_of_size: int | None = None


class WorkTold(Answer, frozen=True):
    """A piece of work for a body."""

    id: str
    body: str
    task: str
    due: str
    rule: str
    text: str
    since: str
    done_at: str | None


class ConsultedEvent(Answer, frozen=True):
    """An event as a body that is asked reads it."""

    event: str
    at: str
    role: str
    team: str


class ConsultedCase(Answer, frozen=True):
    """A case as a body that is asked, or that examines first, reads it."""

    case: str
    kind: str
    procedure: str
    procedure_title: str
    applicant: str
    amends: str | None
    copy_of: str | None
    state: str
    clock: Clock
    application: Application
    work: tuple[WorkTold, ...]
    history: tuple[ConsultedEvent, ...]
    as_of_size: int | None = None


class Adjudicated(Answer, frozen=True):
    """What an officer said of a finding."""

    verb: str
    finding: str
    verdict: str
    reason: str
    text: str


class FindingTold(Answer, frozen=True):
    """A finding on a case, with what was said of it."""

    key: str
    check: str
    kind: str
    severity: str
    blocks: bool
    subject: str
    facts: Any
    settles: str
    said: Adjudicated | None


class AdviceTold(Answer, frozen=True):
    """What a team advises."""

    version: int
    at: str
    by: str
    team: str
    verdict: str
    text: str
    reasons: tuple[str, ...]
    conditions: tuple[str, ...]
    work: str
    supersedes: int | None
    evidence: str


class ApprovalTold(Answer, frozen=True):
    """An approval of a draft."""

    order: int
    by: str
    at: str
    suite: str | None


class DraftTold(Answer, frozen=True):
    """A draft of the decision."""

    digest: str
    version: int
    by: str
    at: str
    outcome: str
    lines: tuple[LineTold, ...]
    conditions: tuple[str, ...]
    reasons: tuple[str, ...]
    text: str
    not_checked: tuple[str, ...]
    settles: str
    valid_from: str | None
    valid_to: str | None
    licence_kind: str | None
    evidence: str
    packs: dict[str, str]
    approvals: tuple[ApprovalTold, ...]


class TierTold(Answer, frozen=True):
    """The tier, with the rows of the score card that counted."""

    verb: str
    tier: str
    points: str
    rows: tuple[Json, ...]
    evidence: str
    beside: Json


class OfficeEvent(Answer, frozen=True):
    """An event as the office reads it."""

    version: int
    event: str
    at: str
    by: str
    role: str
    team: str
    state: str
    step: Step | None


class SilenceTold(Answer, frozen=True):
    """That a clock ran out and nobody spoke: the state in which the case is by it, since when, known from when."""

    clock: str
    state: str
    since: str
    known_from: str


class OfficeCase(Answer, frozen=True):
    """A case as officers and auditors read it."""

    case: str
    kind: str
    procedure: str
    procedure_title: str
    applicant: str
    amends: str | None
    copy_of: str | None
    state: str
    version: int
    holder: str
    clock: Clock
    by_silence: SilenceTold | None
    officer: str | None
    signers: dict[str, str]
    approvals_wanted: int
    may: tuple[str, ...]
    application: Application
    application_digest: str
    completeness: tuple[str, ...]
    tier: TierTold | None
    evidence: Evidence | None
    evidence_digest: str | None
    is_evidence_current: bool
    findings: tuple[FindingTold, ...]
    advice: tuple[AdviceTold, ...]
    advice_together: str
    work: tuple[WorkTold, ...]
    queries: tuple[QueryTold, ...]
    draft: DraftTold | None
    decision: Decision | None
    appeal_until: str | None
    conflicted: tuple[str, ...]
    history: tuple[OfficeEvent, ...]
    as_of_size: int | None = None


class Challenge(Answer, frozen=True):
    """What an approval signs: `challenge` (base64url) is SHA-256 over the JSON of the other fields, keys sorted, no
    white space.
    """

    domain: str
    register: str
    case: str
    version: int
    draft: str
    order: int
    nonce: str
    challenge: str


class Flaw(Answer, frozen=True):
    """Where a case does not follow from the log."""

    version: int
    what: str


class Replay(Answer, frozen=True):
    """Whether a case and its decision follow from the log and from what the decision pins."""

    case: str
    follows: bool
    events: int
    state: str
    decision: str | None
    pins: Json
    flaws: tuple[Flaw, ...]
    as_of_size: int | None = None
