"""More facts of an application as JSON, by subject: what an applicant answered, or an officer looked up."""

from dataclasses import fields, replace
from typing import Any

import msgspec

from ytterby.screening.flag_facts import SUBJECTS, FlagInput
from ytterby.terms.problem import Problem, pointer, refuse


def add_facts(known: FlagInput, text: str) -> tuple[FlagInput, tuple[Problem, ...]]:
    """Return an input with the facts of a JSON text over those that are known, or what is wrong with the text.

    Measured values are pairs of value and standard uncertainty; figures stand as text or number, days as 2026-11-24.
    """
    try:
        document = msgspec.json.decode(text, type=dict[str, dict[str, Any]])
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError) as error:
        return known, (refuse("flags.not_facts", "", str(error), known=", ".join(SUBJECTS)),)
    problems: list[Problem] = []
    for subject, given in document.items():
        home = SUBJECTS.get(subject)
        if home is None:
            problems.append(refuse("flags.not_facts", pointer(subject), subject, known=", ".join(SUBJECTS)))
            continue
        names = {one.name for one in fields(home)}
        for name in given.keys() - names:
            at = pointer(subject, name)
            problems.append(refuse("flags.unknown_fact", at, name, known=", ".join(sorted(names))))
        told = {name: value for name, value in given.items() if name in names and value is not None}
        try:
            new: Any = msgspec.convert(told, home, strict=False)
        except (msgspec.ValidationError, ArithmeticError, ValueError, TypeError) as error:
            problems.append(refuse("flags.bad_fact", pointer(subject), str(error), subject=subject))
            continue
        known = replace(known, **{subject: replace(getattr(known, subject), **{n: getattr(new, n) for n in told})})
    return known, tuple(sorted(problems, key=lambda one: one.where.pointer))
