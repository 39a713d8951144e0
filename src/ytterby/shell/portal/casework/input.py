"""Fields of forms of steps: what each is called, how it is typed, what it may be, and what is wrong with it.

The fields of a form are those of the step (`licence.step`), by their names; so what refuses a step leads to the field.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.http import QueryDict

from ytterby.shell.portal.law.typed import Wrong

TEXT, AREA, CHOICE, CHECKS, DAY, NUMBER, LINES, HIDDEN, TICK = (
    *("text", "area", "choice", "checks", "day", "number", "lines", "hidden", "tick"),
)
TEXT_MOST, SHORT_MOST = 4_000, 200


class Choice(NamedTuple):
    """A code with its word, and a hint that stands below it."""

    code: str
    word: str
    hint: str = ""


@dataclass(frozen=True)
class Input:
    """One field of a form; `values` is what stands in it, several where it takes several."""

    name: str
    kind: str
    label: str = ""
    choices: Sequence[Choice] = ()
    values: Sequence[str] = ()
    is_needed: bool = False
    hint: str = ""
    wrong: Sequence[Wrong] = ()

    @property
    def value(self) -> str:
        """The one value that stands in it; of lines each on its own."""
        return "\n".join(self.values) if self.kind == LINES else next(iter(self.values), "")


@dataclass(frozen=True)
class Form:
    """A form of one step: which command, what it is called on the page, its fields, the word on its button."""

    verb: str
    title: str
    button: str
    inputs: Sequence[Input] = ()
    hint: str = ""
    subject: str = ""
    is_open: bool = False
    is_first: bool = False
    fixed: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """What the form is known by on its page: a page may hold one for each finding."""
        return f"{self.verb}-{self.subject}" if self.subject else self.verb


def read_inputs(form: Form, sent: QueryDict) -> Form:
    """Return a form with what was sent in its fields."""
    return replace(form, inputs=[replace(one, values=_sent(one, sent)) for one in form.inputs], is_open=True)


def _sent(one: Input, sent: QueryDict) -> list[str]:
    most = TEXT_MOST + 1 if one.kind in {AREA, LINES} else SHORT_MOST
    if one.kind == CHECKS:
        allowed = {choice.code for choice in one.choices}
        return [text for text in sent.getlist(one.name) if text in allowed]
    if one.kind == LINES:
        text = sent.get(one.name, "")[:most]
        return [line for row in text.replace("\r", "").split("\n") if (line := row.strip())]
    text = sent.get(one.name, "").strip()[:most]
    return [text] if text else []


def with_wrong(form: Form, wrong: Mapping[str, Sequence[Wrong]]) -> Form:
    """Return a form with what is wrong at each of its fields."""
    return replace(form, inputs=[replace(one, wrong=wrong.get(one.name, ())) for one in form.inputs])


def fields_of_form(form: Form, parts: Mapping[str, Callable[[Input], Any]]) -> dict[str, Any]:
    """Return the fields of the step that a form says; `parts` make those that are no text, list or number.

    Raises:
        ValueError: a number that is none.
    """
    found: dict[str, Any] = {"verb": form.verb, **form.fixed}
    for one in form.inputs:
        if one.name in parts:
            made = parts[one.name](one)
            if made is not None:
                found[one.name] = made
        elif one.kind in {CHECKS, LINES}:
            found[one.name] = list(one.values)
        elif one.kind == TICK:
            found[one.name] = bool(one.values)
        elif one.kind == NUMBER:
            if one.value:
                found[one.name] = int(one.value)
        else:
            found[one.name] = one.value
    return found
