"""The record of a visit: read from a YAML file, its site held against the directory, and entered as a step.

    to: https://id.gs1.org/417/…        # whose site it was on that day
    site: https://id.gs1.org/414/…
    day: 2026-03-02
    order_number: O-12
    inspectors: [B-1, B-2]               # badges, never names
    counts: [{lot: …, mass_kg: "10600.5", u_kg: "5.3"}]
    samples:
      - {id: V-1, lot: …, mass_kg: "0.250", u_kg: "0.001",
         custody: [{did: took, by: B-1, at: "2026-03-02T10:00:00Z"}, …], results: []}

Masses are exact decimals in quotes. Who may: the office.
"""

from datetime import date, datetime

import msgspec
import yaml

from ytterby.balance.inquiry import Visit
from ytterby.proof.key import PrivateKey
from ytterby.shell.actions.judge_finding import CaseChange, take_step
from ytterby.shell.site.register import Register
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.wording.yaml_text import read_yaml
from ytterby.terms.problem import Problem, refuse


def read_visit(text: str) -> Visit | Problem:
    """Return the visit that a YAML text tells, or why it cannot be read."""
    try:
        fields = read_yaml(text)
        if not isinstance(fields, dict):
            return refuse("inquiry.step_unreadable", "", "no fields")
        return msgspec.convert({"verb": "visit", **_plain_days(fields)}, Visit)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return refuse("inquiry.step_unreadable", "", f"line {mark.line + 1}" if mark else "not YAML")
    except msgspec.ValidationError as error:
        return refuse("inquiry.step_unreadable", "", str(error))


def record_visit(
    register: Register,
    which: str,
    text: str,
    *,
    by: PrivateKey | None = None,
    expected: int | None = None,
    at: datetime | None = None,
) -> CaseChange:
    """Enter the visit that a YAML text tells."""
    visit = read_visit(text)
    if isinstance(visit, Problem):
        return CaseChange((visit,), register.size)
    wrong = _site(visit)
    if wrong is not None:
        return CaseChange((wrong,), register.size)
    return take_step(register, which, visit, by=by, expected=expected, at=at)


def _site(visit: Visit) -> Problem | None:
    directory = whole_directory(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None))
    try:
        operator = directory.operator_of(visit.site, date.fromisoformat(visit.day))
    except ValueError:
        return None  # the kernel names the day
    return None if operator == visit.to else refuse("inquiry.not_its_site", "/site", visit.to)


def _plain_days(fields: dict[str, object]) -> dict[str, object]:
    """Return the fields with days and instants as text: YAML reads an unquoted day as one."""

    def plain(value: object) -> object:
        if isinstance(value, date | datetime):
            return value.isoformat()
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        return [plain(one) for one in value] if isinstance(value, list) else value

    return {name: plain(value) for name, value in fields.items()}
