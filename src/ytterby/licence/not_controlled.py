"""That goods need no licence, as a document of its own: which goods, freed by which parameter, measured how, by which
rule on which day; signed like a licence, and good until composition, source or law changes.

It is bound to lots, or to a product where no lot is named, and states the figure that frees them with its uncertainty,
the limit that it lies below, and the digest of the test report. Whether it still holds is worked out from what is true
now (`still_holds`) and never stored: nobody has to remember to withdraw it. Customs may challenge it: a question with a
clock of its own, samples, and a result; while a challenge is open it cannot be relied on, and one that finds the goods
controlled ends it.

As a text it is a C2SP signed note of the register's key for licences. Source: issue on the licence office, section 1.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from ytterby.law.classification import NOT_CONTROLLED
from ytterby.law.pack import digest_of
from ytterby.licence.evidence import Freeing, LineLaw
from ytterby.proof.key import KeyUse, PrivateKey, PublicKey
from ytterby.proof.note import NoteError, open_note, sign_note
from ytterby.terms.problem import Problem, refuse
from ytterby.terms.quantity import plain_decimal

SCHEMA = "ytterby-not-controlled/1"
PRODUCT, LOTS = "product", "lots"
STANDS, CONTROLLED = "stands", "controlled"
OPEN, UPHELD, ANSWERED = "open", "upheld", "answered"
TEXT_MAX, SAMPLES_MAX, ID_MAX = 2_000, 50, 80
_HEAD = "ytterby/not-controlled/v1"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_STANDING_DOMAIN = b"ytterby/law-standing/v1\x00"

Json = dict[str, Any]


class NotControlled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document. `goods` is the digest of the goods as law sees them, `source` who made them and where (one text a
    lot or product, sorted), `law` the digest of how law stood to them (`law_standing`), `report` that of the test
    report.
    """

    number: str
    case: str
    line: int
    procedure: str
    holder: str
    bound: str
    subjects: tuple[str, ...]
    name: str
    form: str
    composition: Mapping[str, str]
    goods: str
    source: tuple[str, ...]
    freeing: tuple[Freeing, ...]
    rules: tuple[str, ...]
    by: str
    law: str
    on: str
    report: str
    issued_at: str
    issued_by: str
    schema: str = SCHEMA


class FactsNow(msgspec.Struct, frozen=True):
    """What is true of the goods now: digests of the goods and of how law stands to them, the source, what customs ask.

    None is not known, and never as before.
    """

    goods: str | None = None
    source: tuple[str, ...] | None = None
    law: str | None = None
    challenge: str = ""


def law_standing(one: LineLaw) -> str:
    """Return the digest of how law stands to goods: the answer, on what it rests, and the limits that free them.

    Packs change in many ways that touch no goods; only what would change the document changes this.
    """
    limits = sorted([each.parameter, list(each.elements), each.limit, each.k] for each in one.freeing)
    return digest_of(
        _STANDING_DOMAIN, {"answer": one.answer, "by": one.by, "rules": list(rules_of(one)), "limits": limits}
    )


def rules_of(one: LineLaw) -> tuple[str, ...]:
    """Return the rules that an answer rests on."""
    return tuple(sorted({reason.partition("#")[0] for reason in one.reasons} - {""}))


def still_holds(document: NotControlled, now: FactsNow) -> tuple[str, ...]:
    """Return why a document cannot be relied on any more; nothing while it holds."""
    found = []
    for name, was, is_now in (
        ("composition", document.goods, now.goods),
        ("source", document.source, now.source),
        ("law", document.law, now.law),
    ):
        if is_now is None:
            found.append(f"{name}_unknown")
        elif is_now != was:
            found.append(f"{name}_changed")
    if now.challenge == OPEN:
        found.append("challenged")
    elif now.challenge == UPHELD:
        found.append("found_controlled")
    return tuple(found)


def document_problems(one: NotControlled, law: LineLaw) -> list[Problem]:
    """Return why no such document can be issued, by what law said of the goods in the evidence of the case."""
    problems = []
    if law.answer != NOT_CONTROLLED:
        problems.append(refuse("not_controlled.answer", "/line", one.line, answer=law.answer))
    if not one.subjects:
        problems.append(refuse("not_controlled.no_subject", "/subjects", one.line))
    if not _DIGEST.fullmatch(one.report):
        problems.append(refuse("not_controlled.no_report", "/report", one.report))
    if not one.rules:
        problems.append(refuse("not_controlled.no_rule", "/rules", one.line))
    return problems


# As a signed text


def document_fields(one: NotControlled) -> Json:
    """Return a document as it is recorded."""
    found: Json = msgspec.to_builtins(one)
    return found


def read_document(fields: Mapping[str, Any]) -> NotControlled:
    """Return the document of fields of JSON.

    Raises:
        msgspec.ValidationError: they are not those of a document of this version.
    """
    known = {name: fields[name] for name in NotControlled.__struct_fields__ if name in fields}
    found = msgspec.convert(known, NotControlled)
    if found.schema != SCHEMA:
        raise msgspec.ValidationError(f"the schema {found.schema} is not {SCHEMA}")
    return found


def signed_document(register_id: str, one: NotControlled, key: PrivateKey) -> str:
    """Return the signed note of a document of a register."""
    text = json.dumps(document_fields(one), sort_keys=True, separators=(",", ":"))
    return sign_note(f"{_HEAD}\n{register_id}\n{text}\n", key, use=KeyUse.LICENCE)


def open_document(note: str, register_id: str, keys: Iterable[PublicKey]) -> NotControlled:
    """Return the document of a note that one of some keys signed for a register.

    Raises:
        NoteError: it is no such note, of another register, or no known key for licences signed it.
    """
    text, _ = open_note(note, keys, use=KeyUse.LICENCE)
    lines = text.split("\n")
    if len(lines) != 4 or lines[0] != _HEAD or lines[1] != register_id:
        raise NoteError("it is no document of this register that goods are not controlled")
    try:
        return read_document(json.loads(lines[2]))
    except (ValueError, TypeError, AttributeError) as error:
        raise NoteError(f"what was signed is no document: {error}") from None


# Challenges


class _Said(msgspec.Struct, frozen=True, tag_field="verb", forbid_unknown_fields=True):
    """What is recorded of a challenge; `id` is its own, within the document."""

    id: str


class Ask(_Said, frozen=True, tag="ask"):
    """That customs ask whether the goods are what the document says, with why, and by which day it is to be known."""

    text: str
    due: str


class Take(_Said, frozen=True, tag="sample"):
    """That a sample was taken: of which subject, its label, mass in kg and seal."""

    subject: str
    label: str
    mass_kg: str
    seal: str = ""


class Find(_Said, frozen=True, tag="result"):
    """What came of it: the document stands, or the goods are controlled; by which report and figures (wt%, with u)."""

    outcome: str
    text: str
    report: str
    content: Mapping[str, tuple[str, str]] = {}


Said = Ask | Take | Find


@dataclass
class Challenge:
    """A challenge as it stands: what was asked when and by whom, samples, and the result."""

    asked: Ask
    at: str
    by: str
    samples: list[Take] = field(default_factory=list)
    result: Find | None = None
    ended_at: str = ""

    @property
    def state(self) -> str:
        """Return open, answered (the document stands) or upheld (the goods are controlled)."""
        if self.result is None:
            return OPEN
        return UPHELD if self.result.outcome == CONTROLLED else ANSWERED

    def is_overdue(self, on: date) -> bool:
        """Tell whether its clock has run out on a day."""
        return self.result is None and on > date.fromisoformat(self.asked.due)


def read_said(fields: Mapping[str, Any]) -> Said:
    """Return what was said of a challenge.

    Raises:
        msgspec.ValidationError: the fields are none of it.
    """
    found: Said = msgspec.convert(dict(fields), Said)
    return found


def said_fields(one: Said) -> Json:
    """Return it as it is recorded."""
    found: Json = msgspec.to_builtins(one)
    return found


def challenge_problems(document: NotControlled, held: Mapping[str, Challenge], said: Said, on: date) -> list[Problem]:
    """Return what refuses something that customs say of a document; `held` are its challenges by id."""
    found = held.get(said.id)
    if isinstance(said, Ask):
        return list(_ask_problems(held, said, on))
    if found is None:
        return [refuse("not_controlled.no_challenge", "/id", said.id)]
    if found.result is not None:
        return [refuse("not_controlled.answered", "/id", said.id)]
    if isinstance(said, Take):
        return _sample_problems(document, found, said)
    return _result_problems(found, said)


def _ask_problems(held: Mapping[str, Challenge], said: Ask, on: date) -> list[Problem]:
    problems = []
    if said.id in held or not 0 < len(said.id) <= ID_MAX:
        problems.append(refuse("not_controlled.challenge_id", "/id", said.id))
    if any(one.state == OPEN for one in held.values()):
        problems.append(refuse("not_controlled.challenged", "/id", said.id))
    if not said.text.strip() or len(said.text) > TEXT_MAX:
        problems.append(refuse("not_controlled.no_text", "/text", said.text))
    try:
        is_late = date.fromisoformat(said.due) < on
    except ValueError:
        is_late = True
    return [*problems, refuse("not_controlled.due", "/due", said.due, on=on)] if is_late else problems


def _sample_problems(document: NotControlled, found: Challenge, said: Take) -> list[Problem]:
    problems = []
    if said.subject not in document.subjects:
        problems.append(refuse("not_controlled.other_goods", "/subject", said.subject))
    mass = plain_decimal(said.mass_kg)
    if mass is None or mass <= 0:
        problems.append(refuse("not_controlled.sample_mass", "/mass_kg", said.mass_kg))
    if not said.label.strip() or said.label in {one.label for one in found.samples}:
        problems.append(refuse("not_controlled.sample_label", "/label", said.label))
    if len(found.samples) >= SAMPLES_MAX:
        problems.append(refuse("not_controlled.too_many_samples", "/label", said.label, limit=SAMPLES_MAX))
    return problems


def _result_problems(found: Challenge, said: Find) -> list[Problem]:
    problems = []
    if said.outcome not in {STANDS, CONTROLLED}:
        problems.append(refuse("not_controlled.outcome", "/outcome", said.outcome, allowed=f"{STANDS}, {CONTROLLED}"))
    if not said.text.strip() or len(said.text) > TEXT_MAX:
        problems.append(refuse("not_controlled.no_text", "/text", said.text))
    if not _DIGEST.fullmatch(said.report):
        problems.append(refuse("not_controlled.no_report", "/report", said.report))
    if not found.samples:
        # What nobody sampled nobody can have measured.
        problems.append(refuse("not_controlled.no_sample", "/id", said.id))
    bad = [name for name, figures in said.content.items() if None in map(plain_decimal, figures)]
    return [*problems, *(refuse("not_controlled.figure", f"/content/{name}", name) for name in bad)]


def challenge_state(held: Iterable[Challenge]) -> str:
    """Return how challenges bear on a document: open, upheld, or neither (empty)."""
    states = {one.state for one in held}
    return UPHELD if UPHELD in states else OPEN if OPEN in states else ""


# Exits


class Exit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Goods that left under a document: which declaration, line and message, how much, and what customs measured."""

    declaration: str
    line: int
    seq: int
    quantity: str
    unit: str
    at: str = ""

    @property
    def key(self) -> tuple[str, int, int]:
        """What it is told apart by: the same again is the same exit."""
        return self.declaration, self.line, self.seq


def exit_problems(counted: Mapping[tuple[str, int, int], Exit], one: Exit) -> list[Problem]:
    """Return what refuses an exit; one that was counted already in the same words is refused by nothing."""
    problems = []
    amount = plain_decimal(one.quantity)
    if amount is None or amount <= 0:
        problems.append(refuse("not_controlled.quantity", "/quantity", one.quantity))
    if not one.declaration.strip() or one.line < 1 or one.seq < 0:
        problems.append(refuse("not_controlled.declaration", "/declaration", one.declaration))
    before = counted.get(one.key)
    if before is not None and msgspec.structs.replace(before, at="") != msgspec.structs.replace(one, at=""):
        problems.append(refuse("not_controlled.counted_otherwise", "/declaration", one.declaration, line=one.line))
    return problems
