"""What can be said in a case: one struct a command, with the fields that it must have.

A step is what somebody asks to be recorded; an event is a step that was recorded, with who said it and when. A struct's
tag is the command that the transition tables (`transitions/`) speak of. Texts are what people wrote; codes are of the
pack in force (`Procedure.casework`). Days are ISO dates, instants RFC 3339 in UTC, quantities exact decimals.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from ytterby.licence.application import Application

Json = dict[str, Any]
TEXT_MAX = 4_000


class _Step(msgspec.Struct, frozen=True, tag_field="verb", forbid_unknown_fields=True):
    """One step of a case, as it is recorded."""


# The applicant's


class Begin(_Step, frozen=True, tag="begin"):
    """That a case begins: of which kind, by which procedure, with what is applied for so far. `amends` is the licence
    that an amendment or a check is about, `copy_of` the case that it was copied from.
    """

    kind: str
    application: Application
    amends: str = ""
    copy_of: str = ""


class Edit(_Step, frozen=True, tag="edit"):
    """What is applied for, in place of what was."""

    application: Application


class Submit(_Step, frozen=True, tag="submit"):
    """That the application is handed in: who declares that it is true, and which text was declared (SHA-256)."""

    signer: str
    declares: bool = False
    declaration: str = ""


class Supply(_Step, frozen=True, tag="supply"):
    """What was missing, as the whole application with it."""

    application: Application
    text: str = ""


class Answer(_Step, frozen=True, tag="answer"):
    """An answer to a question, with documents by SHA-256; `application` where the answer changes it."""

    query: str
    text: str
    documents: tuple[str, ...] = ()
    application: Application | None = None


class Withdraw(_Step, frozen=True, tag="withdraw"):
    """That the applicant wants no decision any more."""

    text: str = ""


class Appeal(_Step, frozen=True, tag="appeal"):
    """That a refusal is appealed, on coded grounds."""

    grounds: tuple[str, ...]
    text: str
    documents: tuple[str, ...] = ()


# Reception


class Lacking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that is missing: where, and the code of the completeness kernel or of the pack."""

    where: str
    code: str
    text: str = ""


class NotifyMissing(_Step, frozen=True, tag="notify_missing"):
    """All that is missing, in one notice."""

    lacking: tuple[Lacking, ...]
    text: str = ""


class Accept(_Step, frozen=True, tag="accept"):
    """That the application is accepted."""

    text: str = ""


class NotAccept(_Step, frozen=True, tag="not_accept"):
    """That it is not accepted, for coded reasons."""

    reasons: tuple[str, ...]
    text: str = ""


class SendBack(_Step, frozen=True, tag="send_back"):
    """That it goes back to the applicant before acceptance, for coded reasons, to be handed in anew."""

    reasons: tuple[str, ...]
    text: str = ""


class PassOn(_Step, frozen=True, tag="pass_on"):
    """That another body examines first."""

    text: str = ""


class Report(_Step, frozen=True, tag="report"):
    """What the body that examined first says: approve, proviso, refuse."""

    verdict: str
    text: str


# Who works on it


class Assign(_Step, frozen=True, tag="assign"):
    """That an officer (order 0) or the signer of an order is drawn: by a seed, among accounts with their tickets."""

    account: str
    order: int
    seed: str
    pool: tuple[tuple[str, int], ...]


class TakeOver(_Step, frozen=True, tag="take_over"):
    """That another account is to have the case, or the signature of an order, for a coded reason; a second agrees."""

    account: str
    order: int
    reason: str
    text: str


class Agree(_Step, frozen=True, tag="agree"):
    """That a second person agrees to a taking over; `version` is that of the event that asked for it."""

    version: int


class DeclareConflict(_Step, frozen=True, tag="declare_conflict"):
    """That whoever says so has a conflict with a party of the case, and does nothing more in it."""

    party: str
    text: str


# Questions and the clock


class Query(_Step, frozen=True, tag="query"):
    """A question to the applicant on a field (JSON pointer), due on a day; `id` is drawn by whoever records it."""

    id: str
    field: str
    text: str
    due: str
    kind: str = "clarify"  # or change_form: the application may be changed with the answer


class Stop(_Step, frozen=True, tag="stop"):
    """That the clock stops for a reason that the pack names; the applicant is told in writing how long it may take."""

    id: str
    reason: str
    text: str
    expected_days: int | None = None


class Resume(_Step, frozen=True, tag="resume"):
    """That a stop has ended."""

    id: str
    text: str = ""


class LiftLimit(_Step, frozen=True, tag="lift_limit"):
    """That no limit of days holds any more, for a reason that the pack names."""

    reason: str
    text: str


# Evidence, work and advice


class Gather(_Step, frozen=True, tag="gather"):
    """What was gathered for the decision, by value (`evidence.Evidence` as JSON), and its digest."""

    evidence: Json
    digest: str


class Rate(_Step, frozen=True, tag="rate"):
    """The tier, with every row of the score card that counted, the digest of the evidence that it rests on, and what
    was known beside it (`case_facts.Beside`), so that it can be worked out again.
    """

    tier: str
    points: str
    rows: tuple[Json, ...]
    evidence: str
    beside: Json


class Adjudicate(_Step, frozen=True, tag="adjudicate"):
    """What an officer says of a finding: that it does not stand in the way, or that it does, for a coded reason."""

    finding: str
    verdict: str  # settled or stands
    reason: str
    text: str


class OpenWork(_Step, frozen=True, tag="open_work"):
    """A piece of work for a body: what is asked, due on a day, opened by which rule (empty: by an officer)."""

    id: str
    body: str
    task: str
    due: str = ""
    rule: str = ""
    text: str = ""


class CloseWork(_Step, frozen=True, tag="close_work"):
    """That a piece of work is done, or not needed any more."""

    id: str
    outcome: str
    text: str = ""


class Advise(_Step, frozen=True, tag="advise"):
    """What a team advises: append-only; `supersedes` is the version of the advice that it takes the place of."""

    verdict: str  # approve, proviso, refuse, no_licence_required
    text: str
    reasons: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    work: str = ""
    supersedes: int | None = None
    evidence: str = ""


# The decision


class LineDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is licensed of a line of the application, or that it needs no licence and by which freeing parameter."""

    line: int
    quantity: str
    unit: str
    code: str = ""
    outcome: str = "granted"  # or no_licence_required, refused
    freeing: Json | None = None


class Propose(_Step, frozen=True, tag="propose"):
    """A draft of the decision: outcome, lines, conditions, coded reasons; it pins evidence and packs that it rests on.

    `outcome`: granted, refused, no_licence_required, returned. `settles` tells why, where the advice does not agree.
    `not_checked` are the checks that the pack does not list, of which the text of the decision says so.
    """

    outcome: str
    evidence: str
    packs: Mapping[str, str]
    lines: tuple[LineDecision, ...] = ()
    reasons: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    text: str = ""
    valid_from: str = ""
    valid_to: str = ""
    settles: str = ""
    licence_kind: str = ""
    not_checked: tuple[str, ...] = ()


class DecideAutomatically(_Step, frozen=True, tag="decide_automatically"):
    """A decision by rule alone: as a draft, with no person's signature; it stands in the frame of the audit sample."""

    outcome: str
    lines: tuple[LineDecision, ...]
    evidence: str
    packs: Mapping[str, str]
    tier: str
    conditions: tuple[str, ...] = ()
    text: str = ""
    valid_from: str = ""
    valid_to: str = ""
    licence_kind: str = ""
    reasons: tuple[str, ...] = ()
    not_checked: tuple[str, ...] = ()


class Approve(_Step, frozen=True, tag="approve"):
    """An approval: of which draft (digest), in which order, signed by the approver's own key (`proof` room)."""

    draft: str
    order: int
    signature: Json
    text: str = ""


class Reject(_Step, frozen=True, tag="reject"):
    """That a draft is not approved, with why; it goes back to its author."""

    draft: str
    order: int
    text: str


class Retract(_Step, frozen=True, tag="retract"):
    """That the author takes a draft back."""

    text: str = ""


class Issue(_Step, frozen=True, tag="issue"):
    """That the licence is issued, under this number; by value, so that replay needs nothing beside the case."""

    licence: str
    content: Json
    warnings: tuple[str, ...] = ()


class Reopen(_Step, frozen=True, tag="reopen"):
    """That a grant that was not issued yet is decided again, for a coded reason."""

    reason: str
    text: str


class Close(_Step, frozen=True, tag="close"):
    """That nothing more is owed in the case."""

    text: str = ""


class Record(_Step, frozen=True, tag="record"):
    """What a check after the shipment found: a visit, a test, papers; outcome passed, failed or open."""

    what: str
    outcome: str
    text: str
    documents: tuple[str, ...] = ()


Step = (
    Begin | Edit | Submit | Supply | Answer | Withdraw | Appeal
    | NotifyMissing | Accept | NotAccept | SendBack | PassOn | Report
    | Assign | TakeOver | Agree | DeclareConflict
    | Query | Stop | Resume | LiftLimit
    | Gather | Rate | Adjudicate | OpenWork | CloseWork | Advise
    | Propose | DecideAutomatically | Approve | Reject | Retract | Issue | Reopen | Close | Record
)  # fmt: skip
STEPS: tuple[type[_Step], ...] = (
    Begin, Edit, Submit, Supply, Answer, Withdraw, Appeal,
    NotifyMissing, Accept, NotAccept, SendBack, PassOn, Report,
    Assign, TakeOver, Agree, DeclareConflict,
    Query, Stop, Resume, LiftLimit,
    Gather, Rate, Adjudicate, OpenWork, CloseWork, Advise,
    Propose, DecideAutomatically, Approve, Reject, Retract, Issue, Reopen, Close, Record,
)  # fmt: skip


def verb_of(step: Step) -> str:
    """Return the command that a step is."""
    return str(type(step).__struct_config__.tag)


VERBS: tuple[str, ...] = tuple(str(one.__struct_config__.tag) for one in STEPS)


def read_step(fields: Mapping[str, Any]) -> Step:
    """Return the step of fields of JSON.

    Raises:
        msgspec.ValidationError: they are not those of a step.
    """
    step: Step = msgspec.convert(dict(fields), Step)
    return step


def step_fields(step: Step) -> Json:
    """Return a step as it is recorded."""
    found: Json = msgspec.to_builtins(step)
    return found
