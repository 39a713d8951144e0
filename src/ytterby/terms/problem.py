"""What is wrong with what somebody said, as a value.

A user's mistake is never an exception: a check returns every problem it finds, so that all of them
come out in one run. A problem holds a stable code and the facts of the case; the sentence and the cure
stand in a catalogue by code (`ytterby.shell.wording`), in English and in Chinese. It quotes only what the
submitter itself declared or holds (threat C2).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

VALUE_LENGTH_MAX = 80


class Severity(StrEnum):
    """What a problem does to the document that shows it."""

    REFUSE = "refuse"
    FINDING = "finding"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Where:
    """The place of a problem: a JSON pointer (RFC 6901), or sheet, row and column of a spreadsheet."""

    pointer: str = ""
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""


NOWHERE = Where()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, doubtful or worth a question.

    `code` is stable and dotted (`quantity.negative`); `value` is what was written, cut at 80 characters,
    never a sealed one; `facts` are named figures and words that the sentence of the catalogue quotes.
    """

    code: str
    where: Where
    value: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = Severity.REFUSE

    def at(self, prefix: str) -> "Problem":
        """Return the same problem with `prefix` set before its pointer."""
        return replace(self, where=replace(self.where, pointer=prefix + self.where.pointer))


def refuse(code: str, pointer: str = "", value: object = "", **facts: object) -> Problem:
    """Return a problem that keeps the document out."""
    return _problem(Severity.REFUSE, code, pointer, value, facts)


def finding(code: str, pointer: str = "", value: object = "", **facts: object) -> Problem:
    """Return a problem that is accepted, and that somebody has to look into."""
    return _problem(Severity.FINDING, code, pointer, value, facts)


def remark(code: str, pointer: str = "", value: object = "", **facts: object) -> Problem:
    """Return a problem that is accepted and answered with a remark to the submitter."""
    return _problem(Severity.REMARK, code, pointer, value, facts)


def _problem(severity: Severity, code: str, pointer: str, value: object, facts: Mapping[str, object]) -> Problem:
    return Problem(code, Where(pointer=pointer), shown(value), {k: shown(v) for k, v in facts.items()}, severity)


def shown(value: object) -> str:
    """Return a value as it may be quoted back: one line, at most 80 characters."""
    text = value if isinstance(value, str) else str(value)
    if len(text) > VALUE_LENGTH_MAX:
        text = text[: VALUE_LENGTH_MAX - 1] + "…"
    return "".join(c if c.isprintable() else "�" for c in text)


def problem_fields(problem: Problem) -> dict[str, Any]:
    """Return a problem as fields of JSON: of its place the pointer always, the others where they are stated.

    Receipts are signed over texts that are made of it: neither names nor their order may change.
    """
    where = problem.where
    in_sheet = {"file": where.file, "sheet": where.sheet, "row": where.row, "column": where.column}
    return {
        "code": problem.code,
        "pointer": where.pointer,
        "value": problem.value,
        "facts": dict(problem.facts),
        "severity": problem.severity.value,
        **{name: value for name, value in in_sheet.items() if value not in {"", None}},
    }


def problem_of(fields: Mapping[str, Any]) -> Problem:
    """Return the problem of such fields.

    Raises:
        ValueError, KeyError, TypeError: they are not those of a problem.
    """
    where = Where(
        pointer=str(fields["pointer"]),
        file=str(fields.get("file", "")),
        sheet=str(fields.get("sheet", "")),
        row=fields.get("row"),
        column=str(fields.get("column", "")),
    )
    facts = {str(name): str(fact) for name, fact in dict(fields["facts"]).items()}
    return Problem(str(fields["code"]), where, str(fields["value"]), facts, Severity(fields["severity"]))


def is_refused(problems: Iterable[Problem]) -> bool:
    """Tell whether any of these problems keeps the document out."""
    return any(problem.severity is Severity.REFUSE for problem in problems)


def pointer(*parts: str | int) -> str:
    """Return the JSON pointer that leads through these keys and positions (RFC 6901, section 3)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
