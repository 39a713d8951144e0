"""One command for each step of a case: its options are the fields of the step, so that none can be forgotten.

A text is an option; several are the option repeated; what is made of parts (lines, an application, a freeing parameter)
is read from a JSON file. What the register itself fills in (evidence, packs, signatures, the licence's content) is no
option.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from ytterby.licence.step import STEPS
from ytterby.shell.cli.document_file import read_text_file
from ytterby.shell.cli.outcome import CouldNotRun
from ytterby.terms.jsontext import decode

Json = dict[str, Any]
FILE_BYTES_MAX = 5_000_000
# Verb of the step -> the command and what it does. What is not here has a command of its own, or is the register's.
COMMANDS: dict[str, tuple[str, str]] = {
    "edit": ("edit", "put an application in place of what was applied for"),
    "supply": ("supply", "hand in what was missing"),
    "answer": ("answer", "answer a question"),
    "withdraw": ("withdraw", "say that no decision is wanted any more"),
    "appeal": ("appeal", "appeal a refusal"),
    "notify_missing": ("notify", "tell what is missing, all of it in one notice"),
    "accept": ("accept", "accept an application"),
    "not_accept": ("not-accept", "not accept an application, for coded reasons"),
    "send_back": ("send-back", "send an application back before acceptance, for coded reasons"),
    "pass_on": ("pass-on", "let another body examine first"),
    "report": ("report", "say what the body that examined first says"),
    "take_over": ("take-over", "ask that another account has the case, or a signature; a second person agrees"),
    "agree": ("agree", "agree to a taking over as the second person"),
    "declare_conflict": ("conflict", "declare a conflict with a party of the case"),
    "query": ("query", "ask the applicant a question"),
    "stop": ("stop", "stop the clock for a reason that the pack names"),
    "resume": ("resume", "let the clock run again"),
    "lift_limit": ("lift-limit", "lift the limit of days for a reason that the pack names"),
    "adjudicate": ("adjudicate", "say whether a finding stands in the way"),
    "open_work": ("ask-body", "give a body a piece of work"),
    "close_work": ("work-done", "close a piece of work"),
    "advise": ("advise", "advise; what was advised before stays"),
    "propose": ("decide", "write a draft of the decision, which others approve"),
    "reject": ("reject", "not approve a draft"),
    "retract": ("retract", "take one's draft back"),
    "issue": ("issue", "issue the licence that was granted"),
    "reopen": ("reopen", "decide again before a licence is issued"),
    "close": ("close", "close a case in which nothing more is owed"),
    "record": ("record", "record what a check after the shipment found"),
}
# Fields that whoever speaks leaves to the register.
FILLED: dict[str, Json] = {
    "propose": {"evidence": "", "packs": {}, "not_checked": ()},
    "issue": {"licence": "", "content": {}},
}
# What a field is for: of a verb, or of every verb that has it. Fields that are not text are read from a file.
OPTIONS: dict[str, str] = {
    "account": "who is to have it, as `office list` names accounts",
    "application": "the application whole",
    "body": "the body that is asked, as the pack names it",
    "conditions": "a condition in words; repeat",
    "documents": "SHA-256 digest of a document; repeat",
    "draft": "digest of the draft, as `case show` tells it",
    "due": "the day by which it is wanted, YYYY-MM-DD",
    "evidence": "digest of the evidence that was looked at",
    "expected_days": "how many days it may take, as the applicant is told",
    "field": "the field that is asked about, as a JSON pointer: /use/text",
    "finding": "key of the finding, as `case show` tells it",
    "grounds": "a coded ground of the pack; repeat",
    "id": "a name of its own within the case",
    "kind": "clarify, or change_form: the application may be changed with the answer (default: clarify)",
    "lacking": "what is missing",
    "licence_kind": "kind of licence of the pack (default: as applied for)",
    "lines": "what is licensed of each line (default: all of them, as applied for)",
    "order": "0 for the case, or the number of the signature",
    "outcome": "how it ended, in a word",
    "party": "the party, by its identifier",
    "query": "id of the question",
    "reason": "a coded reason of the pack",
    "reasons": "a coded reason of the pack; repeat",
    "rule": "the rule that asks for it",
    "settles": "why, where the advice does not agree or nobody advised",
    "supersedes": "version of one's own advice that this takes the place of",
    "task": "what is asked, in a word",
    "text": "in words",
    "valid_from": "first day, YYYY-MM-DD (default: today)",
    "valid_to": "last day, YYYY-MM-DD (default: as long as the kind of licence may be valid)",
    "verdict": "approve or refuse",
    "version": "version of the event that asked for it",
    "warnings": "a warning that is knowingly passed over; repeat",
    "what": "what was made: visit, test, papers",
    "work": "id of the piece of work that this answers",
    "adjudicate.verdict": "settled, or stands",
    "advise.verdict": "approve, proviso, refuse, no_licence_required",
    "declare_conflict.text": "what the conflict is",
    "propose.outcome": "granted, refused, no_licence_required, returned",
    "query.id": "a name of its own within the case (default: drawn)",
    "query.text": "the question",
    "answer.text": "the answer",
    "record.outcome": "passed, failed, or open",
    "reject.order": "number of the signature",
    "resume.id": "id of the stop that ends",
    "stop.id": "a name of its own within the case (default: drawn)",
    "open_work.id": "a name of its own within the case (default: drawn)",
    "close_work.id": "id of the piece of work",
    "close_work.outcome": "done, or not_needed",
}
DRAWN = frozenset({"query", "stop", "open_work"})  # their id is drawn where none is given
_STEP_OF = {str(one.__struct_config__.tag): one for one in STEPS}


def add_fields(parser: argparse.ArgumentParser, verb: str) -> None:
    """Add the fields of a step as options."""
    for name, kind, default in _fields(verb):
        flag, is_needed = "--" + name.replace("_", "-"), default is msgspec.NODEFAULT
        is_drawn = name == "id" and verb in DRAWN
        needed = is_needed and not is_drawn
        text = OPTIONS.get(f"{verb}.{name}") or OPTIONS[name]
        if kind is int:
            how: Json = {"type": int, "metavar": "N", "help": text}
        elif kind is str:
            how = {"metavar": "TEXT", "help": text}
        elif kind == tuple[str, ...]:
            how = {"action": "append", "metavar": "TEXT", "help": text}
        else:
            how = {"type": Path, "metavar": "FILE", "help": f"{text}, in a file of JSON (docs/cases.md)"}
        parser.add_argument(flag, dest=f"field_{name}", required=needed, **how)


def read_fields(args: argparse.Namespace, verb: str, drawn_id: str) -> Json:
    """Return the fields of a step as they were typed.

    Raises:
        CouldNotRun: a file that cannot be read, or is no JSON.
    """
    found: Json = {"verb": verb, **FILLED.get(verb, {})}
    for name, _, _ in _fields(verb):
        value = getattr(args, f"field_{name}")
        if value is not None:
            found[name] = read_json(value) if isinstance(value, Path) else value
    if verb in DRAWN and "id" not in found:
        found["id"] = drawn_id
    return found


def read_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises:
        CouldNotRun: it cannot be read, or is no JSON.
    """
    value, problems = decode(read_text_file(path, FILE_BYTES_MAX).encode())
    if problems:
        raise CouldNotRun("case.no_json", file=path, why=problems[0].code)
    return json.loads(json.dumps(value, default=str))


def _fields(verb: str) -> Iterator[tuple[str, Any, Any]]:
    step = _STEP_OF[verb]
    hints = get_type_hints(step)
    for field in msgspec.structs.fields(step):
        if field.name not in FILLED.get(verb, {}):
            yield field.name, _plain(hints[field.name]), field.default
    return


def _plain(kind: Any) -> Any:
    """Return a type without its None."""
    if get_origin(kind) in {Union, UnionType}:
        held = [one for one in get_args(kind) if one is not type(None)]
        return held[0] if len(held) == 1 else kind
    return kind
