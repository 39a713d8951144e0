"""What is wrong with something that was typed into a form, and what to do: shown at its field, nothing is lost."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from ytterby.shell.wording import language_of, sentence
from ytterby.terms.problem import Problem


class Wrong(NamedTuple):
    """A sentence and its cure."""

    text: str
    cure: str

    @property
    def said(self) -> str:
        """Both, one after the other as the reader's language writes them."""
        joint = "" if language_of(get_language() or "en") == "zh" else " "
        return self.text + (joint + self.cure if self.cure else "")


class Field(NamedTuple):
    """A field of a form as it was typed, with everything that is wrong with it, and what gets worse without it."""

    name: str
    value: str
    wrong: list[Wrong]
    without: str = ""


def wrong_of(problem: Problem, language: str) -> Wrong:
    """Return a problem of the register as a form says it."""
    return Wrong(*sentence(problem, language))


def wrongs(problems: Iterable[Problem]) -> list[Wrong]:
    """Return problems as a form says them in the reader's language."""
    language = language_of(get_language() or "en")
    return [wrong_of(one, language) for one in problems]


def fields_of(
    names: tuple[str, ...],
    query: Mapping[str, str],
    wrong: Mapping[str, list[Wrong]],
    without: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Field]:
    """Return the fields of a form by name; `without` says what gets worse without each that is optional."""
    return {name: Field(name, query.get(name, ""), wrong.get(name, []), without.get(name, "")) for name in names}


def wrong_json(wrong: Mapping[str, list[Wrong]]) -> dict[str, Any]:
    """Return what is wrong as a machine reads it."""
    return {"problems": [{"field": name, **one._asdict()} for name, found in wrong.items() for one in found]}


def same_query(request: HttpRequest, name: str) -> str:
    """Return the address of another page for all that this one was asked, lists too."""
    query = request.GET.urlencode()
    return f"{reverse(name)}?{query}" if query else reverse(name)
