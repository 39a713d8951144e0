"""What a field rests on: why anybody is asked for it, who reads it, and what gets worse where it is left out.

Five kinds. `law`: an article of a pack asks for it. `intelligible`: without it nobody could tell what is said of what
(the format's own standard, or plain sense); the door refuses what is unintelligible, and nothing else. `practice`:
some ask for it, no rule does. `need`: a kernel reads it, and `without` says what gets worse. `voluntary`: nothing does.
A field is *required* only by law or where the entry is unintelligible without it. What is *sensitive* and rests on
practice alone is never asked by default: an officer asks for it in a case, with a reason, and only sealed.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from ytterby.law.trust import Trust, Words


class Basis(StrEnum):
    """What a field may rest on, strongest first."""

    LAW = "law"
    INTELLIGIBLE = "intelligible"
    PRACTICE = "practice"
    NEED = "need"
    VOLUNTARY = "voluntary"


# What may make a field required.
REQUIRING = frozenset({Basis.LAW, Basis.INTELLIGIBLE})


class Ground(NamedTuple):
    """One reason for a field. `rule` is an entry of a pack's book, and `pack` the pack that says so, where one does."""

    basis: Basis
    trust: Trust | None = None
    pack: str = ""
    rule: str = ""
    article: Words | None = None
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: its grounds, strongest first; who reads it (modules); what gets worse without it."""

    form: str
    name: str
    title: Words
    grounds: tuple[Ground, ...]
    is_required: bool
    is_sensitive: bool
    is_asked: bool
    read_by: tuple[str, ...]
    without: Words | None

    @property
    def bases(self) -> tuple[Basis, ...]:
        """The kinds of its grounds, strongest first, each once."""
        held = {ground.basis for ground in self.grounds}
        return tuple(basis for basis in Basis if basis in held)


@dataclass(frozen=True, slots=True)
class Form:
    """A form: something that is filled in; `pack` is the pack that brings it, empty where it is the register's own."""

    id: str
    title: Words
    pack: str = ""


class FieldBasis(NamedTuple):
    """What a pack adds to fields of a form: that law or practice asks for them."""

    form: str
    fields: tuple[str, ...]
    ground: Ground
