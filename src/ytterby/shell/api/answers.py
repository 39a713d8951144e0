"""What each address answers, as structs for the OpenAPI description; a test holds every answer to them (threat C5).

The answers themselves are made by the readings, which list their fields by audience; a field that an audience gains
there and not here fails the tests. `None` stands where something does not apply. `as_of_size`, the log's size, is told
to public bodies and strangers alone: of a party's own case it would count what the office did (threat C7).
"""

from typing import Any

import msgspec

from ytterby.licence.statistics import Release

Json = dict[str, Any]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer, or a part of one."""


class Place(Answer, frozen=True):
    """Where a problem is: a JSON pointer into the body, or into the address's parameters."""

    file: str
    pointer: str


class ProblemAnswer(Answer, frozen=True):
    """One thing that is wrong (refuse), doubtful (finding) or worth a question (remark), with what to do about it."""

    code: str
    severity: str
    where: Place
    value: str
    text: str
    cure: str


class Problems(Answer, frozen=True):
    """Why a request was not answered, or nothing was entered."""

    problems: tuple[ProblemAnswer, ...]
    as_of_size: int | None = None


class Me(Answer, frozen=True):
    """Who asks."""

    account: str
    party: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    register: str
    as_of_size: int | None = None


class Statistics(Answer, frozen=True):
    """What was published."""

    releases: tuple[Release, ...]
    as_of_size: int | None = None
