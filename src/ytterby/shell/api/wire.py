"""JSON in and out: a body is read strictly into its struct, and what is wrong with it comes back with its place.

Limits: `json_bytes` of `api_limits.yaml` before anything is parsed (threat X5); then those of `terms.jsontext`: depth,
numbers, no key twice. A field that a struct does not have is refused: nothing that somebody wrote is passed over.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest

from ytterby.shell.api.api_limits import api_limits
from ytterby.terms.jsontext import decode
from ytterby.terms.problem import Problem, pointer, refuse

JSON = "application/json"
T = TypeVar("T")
Json = dict[str, Any]
_PATH = re.compile(r" - at `\$((?:\.[^.`\[]+|\[[^\]]*\])*)`$")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`$")
_MISSING = re.compile(r"Object missing required field `(?P<name>.*)`$")


class BadRequest(Exception):  # noqa: N818 -- what it says reads as a word
    """A request that cannot be read, with the status that says so."""

    def __init__(self, status: int, *problems: Problem) -> None:
        super().__init__(status, problems)
        self.status, self.problems = status, problems


def read_body(request: HttpRequest) -> Any:
    """Return the JSON of a body; numbers with a fraction as the text that was written.

    Raises:
        BadRequest: it is too long, is not JSON, or says two things.
    """
    limit = api_limits().json_bytes
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > limit:
        raise BadRequest(413, refuse("api.too_long", "", length, limit=limit))
    kind = (request.content_type or "").casefold()
    if kind != JSON:
        raise BadRequest(415, refuse("api.no_json", "", kind or "-"))
    raw = request.read(limit + 1)
    if len(raw) > limit:
        raise BadRequest(413, refuse("api.too_long", "", len(raw), limit=limit))
    value, problems = decode(raw)
    if problems:
        raise BadRequest(400, *problems)
    return _as_written(value)


def _as_written(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {name: _as_written(one) for name, one in value.items()}
    return [_as_written(one) for one in value] if isinstance(value, list) else value


def take(value: Any, kind: type[T], where: str = "") -> T:
    """Return a value as a struct.

    Raises:
        BadRequest: it is none.
    """
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise BadRequest(400, _problem(str(error), where)) from None


def take_query(told: Mapping[str, list[str]], kind: type[T]) -> T:
    """Return the parameters of an address as a struct; each may stand once.

    Raises:
        BadRequest: one that is unknown, stands twice, or is not what it should be.
    """
    twice = [name for name, values in told.items() if len(values) != 1]
    if twice:
        raise BadRequest(400, *(refuse("api.parameter_twice", pointer(name), name) for name in twice))
    try:
        return msgspec.convert({name: values[0] for name, values in told.items()}, kind, strict=False)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise BadRequest(400, _problem(str(error), "")) from None


def _problem(said: str, where: str) -> Problem:
    """Return a problem of what msgspec says, at its place."""
    found = _PATH.search(said)
    text = said[: found.start()] if found else said
    place = where + _pointer(found.group(1) if found else "")
    if unknown := _UNKNOWN.search(text):
        name = unknown["name"]
        return refuse("api.unknown_field", place + pointer(name), name)
    if missing := _MISSING.search(text):
        name = missing["name"]
        return refuse("api.field_missing", place + pointer(name), name)
    return refuse("api.wrong_type", place, "", why=text)


def _pointer(path: str) -> str:
    """Return the pointer of a path as msgspec writes it; `[...]` is any place of a list or key of a mapping."""
    parts = re.findall(r"\.([^.\[]+)|\[([^\]]*)\]", path)
    return pointer(*("-" if place == "..." else name or place for name, place in parts))


def write_json(value: Any) -> bytes:
    """Return JSON in UTF-8; keys as they were put."""
    return msgspec.json.encode(value)
