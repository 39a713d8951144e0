"""Whether a value has the shape that a schema says: every problem with its JSON pointer, none of them an exception.

A shape is a callable `(value, pointer) -> problems`. Numbers with fractions are refused: a limit is written as text, so
that it is the same decimal everywhere.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from ytterby.law.trust import Confidence
from ytterby.terms.problem import Problem, pointer, refuse

Shape = Callable[[object, str], Iterator[Problem]]
TEXT_MAX = 3000
WHOLE_MAX = 1_000_000
_DECIMAL = re.compile(r"-?\d{1,20}(\.\d{1,20})?", re.ASCII)
LANGUAGES = ("en", "zh")


def text(value: object, where: str) -> Iterator[Problem]:
    """Text that is not empty."""
    if not isinstance(value, str) or not value.strip() or len(value) > TEXT_MAX:
        yield refuse("pack.kind", where, value, wanted="text")


def word(value: object, where: str) -> Iterator[Problem]:
    """A name without blanks."""
    if not isinstance(value, str) or not re.fullmatch(r"[\w.:-]{1,80}", value):
        yield refuse("pack.kind", where, value, wanted="a name of letters, digits, '-', '_', '.', ':'")


def truth(value: object, where: str) -> Iterator[Problem]:
    """True or false."""
    if not isinstance(value, bool):
        yield refuse("pack.kind", where, value, wanted="true or false")


def whole(value: object, where: str) -> Iterator[Problem]:
    """A whole number from 0 to a million."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= WHOLE_MAX:
        yield refuse("pack.kind", where, value, wanted="a whole number from 0 to a million")


def between(low: int, high: int) -> Shape:
    """A whole number from one to another."""

    def check(value: object, where: str) -> Iterator[Problem]:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            yield refuse("pack.kind", where, value, wanted=f"a whole number from {low} to {high}")

    return check


def country(value: object, where: str) -> Iterator[Problem]:
    """A country as two capital letters."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{2}", value):
        yield refuse("pack.kind", where, value, wanted="a country as two capital letters, in quotes")


def day(value: object, where: str) -> Iterator[Problem]:
    """A day, written 2026-11-24 in quotes."""
    if read_day(value) is None:
        yield refuse("pack.kind", where, value, wanted="a day as '2026-11-24'")


def read_day(value: object) -> date | None:
    """Return a day; None where it is none."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def figure(value: object, where: str) -> Iterator[Problem]:
    """A decimal figure from 0 on, written as text."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value) or _is_negative(value):
        yield refuse("pack.kind", where, value, wanted="a decimal from 0 on, in quotes")


def _is_negative(value: str) -> bool:
    try:
        return Decimal(value) < 0
    except InvalidOperation:
        return True


def choice(*values: str) -> Shape:
    """One of these words."""

    def check(value: object, where: str) -> Iterator[Problem]:
        if not isinstance(value, str) or value not in values:
            yield refuse("pack.choice", where, value, allowed=", ".join(values))

    return check


def optional(shape: Shape) -> Shape:
    """The same, or null."""

    def check(value: object, where: str) -> Iterator[Problem]:
        if value is not None:
            yield from shape(value, where)

    return check


def sequence(shape: Shape) -> Shape:
    """A list of such."""

    def check(value: object, where: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield refuse("pack.kind", where, value, wanted="a list")
            return
        for place, one in enumerate(value):
            yield from shape(one, where + pointer(place))

    return check


def filled(shape: Shape) -> Shape:
    """A list of at least one such."""

    def check(value: object, where: str) -> Iterator[Problem]:
        if value == []:
            yield refuse("pack.kind", where, "[]", wanted="a list of at least one")
        yield from sequence(shape)(value, where)

    return check


def one_or_more(shape: Shape) -> Shape:
    """One of such, or a list of them."""

    def check(value: object, where: str) -> Iterator[Problem]:
        yield from (sequence(shape) if isinstance(value, list) else shape)(value, where)

    return check


def table(shape: Shape) -> Shape:
    """Names with such values."""

    def check(value: object, where: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield refuse("pack.kind", where, value, wanted="names with values")
            return
        for name, one in value.items():
            yield from word(name, where + pointer(str(name)))
            yield from shape(one, where + pointer(str(name)))

    return check


def fields(required: Mapping[str, Shape], others: Mapping[str, Shape]) -> Shape:
    """An entry with these fields, and no other."""
    known = {**required, **others}

    def check(value: object, where: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield refuse("pack.kind", where, value, wanted="an entry with fields")
            return
        for name in required:
            if name not in value:
                yield refuse("pack.missing_field", where, name, name=name)
        for name, one in value.items():
            if name not in known:
                allowed = ", ".join(sorted(known))
                yield refuse("pack.unknown_field", where + pointer(str(name)), name, allowed=allowed)
            else:
                yield from known[name](one, where + pointer(name))

    return check


def entry(required: Mapping[str, Shape], others: Mapping[str, Shape] | None = None) -> Shape:
    """An entry that says where it stands and how sure it is."""
    sourced: dict[str, Shape] = {"source": text, "confidence": choice(*Confidence)}
    return fields({**required, **sourced}, {**(others or {}), "confidence_note": text, "known_since": day})


words = fields(dict.fromkeys(LANGUAGES, text), {})


def twice(named: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """Yield each name (a place and the name there) that stood at another place before."""
    seen: dict[str, str] = {}
    for where, name in named:
        if seen.setdefault(name, where) != where:
            yield refuse("pack.twice", where, name, first=seen[name])
