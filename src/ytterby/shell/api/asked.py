"""What a view is handed, and what it hands back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ytterby.shell.api.problem_body import CHANGED, NOT_THERE, REFUSED, STALE, problems_json
from ytterby.shell.api.who import Asker, Audience
from ytterby.shell.site.register import Register, current_register
from ytterby.shell.store.reading.known import Known
from ytterby.terms.problem import Problem, is_refused

Json = dict[str, Any]


class NotThere(Exception):  # noqa: N818 -- what it says reads as a word
    """There is nothing of that name for whoever asks."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: who asks (None for a stranger), when, as known at which log size, in which language; the parts of the
    address, its parameters and the body as structs, and the version that If-Match names.
    """

    asker: Asker | None
    at: datetime
    known: Known
    language: str
    parts: Mapping[str, str]
    query: Any = None
    body: Any = None
    expected: int | None = None
    raw: Any = None
    origin: str = ""

    @property
    def me(self) -> Asker:
        """Who asks, where an address is for nobody else."""
        assert self.asker is not None, "the audience of the address lets no stranger in"
        return self.asker

    @property
    def register(self) -> Register:
        """The register that is asked."""
        return current_register()

    @property
    def today(self) -> date:
        """The day of the request, in UTC."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class Told:
    """An answer. `version` is what ETag says; `is_entered` tells whether anything was entered."""

    body: Any
    status: int = 200
    version: int | None = None
    is_entered: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


View = Callable[[Asked], Told]


def entered(asked: Asked, body: Json, problems: Sequence[Problem], size: int, *, status: int = 200) -> Told:
    """Return the answer to what somebody wanted entered: with what came of it, or with what refuses it.

    Raises:
        NotThere: what refuses it is that there is no such thing for whoever asks.
    """
    told = {"problems": problems_json(problems, asked.language), "as_of_size": size}
    if not is_refused(problems):
        return Told({**body, **told}, status, is_entered=True)
    codes = {one.code for one in problems}
    if codes & NOT_THERE:
        raise NotThere
    return Told(told, STALE if codes & CHANGED else REFUSED)


ALL = frozenset(Audience) - {Audience.EVERYBODY}
EVERYBODY = frozenset({Audience.EVERYBODY})
PARTIES = frozenset({Audience.APPLICANT, Audience.END_USER})
OFFICE = frozenset({Audience.OFFICER})
OFFICE_AND_AUDIT = frozenset({Audience.OFFICER, Audience.AUDITOR})
"""Audiences as routes name them."""
