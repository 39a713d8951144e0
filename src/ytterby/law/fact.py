"""Facts that rules ask for: their kinds, and how what somebody typed becomes one."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ytterby.law.condition import Fact, Facts
from ytterby.law.trust import Words
from ytterby.terms.problem import Problem, pointer, refuse

PLACE, WORD, SHARE, RATIO, CODE = "place", "word", "share", "ratio", "code"
KINDS = (PLACE, WORD, SHARE, RATIO, CODE)
# What is compared with limits.
FIGURES = frozenset({SHARE, RATIO})
_PLACE = re.compile(r"[A-Z]{2}")
_WORD = re.compile(r"[\w.-]{1,64}")
_DIGITS_MAX = 30


@dataclass(frozen=True, slots=True)
class FactKind:
    """A fact: `place` (ISO 3166 alpha-2, several with commas), `word`, `share` (part of 1), `ratio` (0 or more)
    or `code` (of an item).

    `values` are the words that can be meant (empty: any); `unknown` is the one that says that nobody knows.
    """

    name: str
    kind: str
    values: tuple[str, ...]
    unknown: str
    text: Words


def read_facts(
    given: Mapping[str, str], kinds: Mapping[str, FactKind], code_of: Callable[[str], str | None]
) -> tuple[Facts, list[Problem]]:
    """Return facts as rules compare them, and all problems of what was given; a fact said to be unknown is left out.

    `code_of` returns the code that a text names, None where it names none.
    """
    facts: dict[str, Fact] = {}
    problems: list[Problem] = []
    for name, text in given.items():
        kind = kinds.get(name)
        if kind is None:
            problems.append(refuse("law.unknown_fact", pointer(name), name, known=", ".join(sorted(kinds))))
            continue
        found = _read_fact(kind, text.strip())
        if kind.kind == CODE and isinstance(found, tuple) and found:
            code = code_of(found[0])
            found = None if code is None else (code,)
        if found is None:
            allowed = ", ".join(kind.values) or kind.kind
            problems.append(refuse("law.fact_value", pointer(name), text, name=name, allowed=allowed))
        elif found != ():
            facts[name] = found
    return facts, problems


def _read_fact(kind: FactKind, text: str) -> tuple[str, ...] | Decimal | None:
    if kind.kind in FIGURES:
        figure = _read_figure(text)
        return None if figure is None or (kind.kind == SHARE and figure > 1) else figure
    parts = tuple(part.strip() for part in text.split(",")) if kind.kind == PLACE else (text,)
    pattern = _PLACE if kind.kind == PLACE else _WORD
    if not all(pattern.fullmatch(part) for part in parts) or (kind.values and not set(parts) <= set(kind.values)):
        return None
    return () if kind.unknown in parts else parts


def _read_figure(text: str) -> Decimal | None:
    """Return a figure that is not negative; None for any other text."""
    try:
        figure = Decimal(text)
    except InvalidOperation:
        return None
    is_read = figure.is_finite() and len(figure.as_tuple().digits) <= _DIGITS_MAX and len(text) <= _DIGITS_MAX + 9
    return figure if is_read and figure >= 0 else None
