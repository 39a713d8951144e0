"""A reason of an answer: which code and rule, on which day, what it says, and how sure that is."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from ytterby.law.trust import Trust, Words


class Said:
    """A sentence of the register itself, by key, with what it quotes; the shell words it. Equal by what it says."""

    __slots__ = ("facts", "key")

    def __init__(self, key: str, facts: Mapping[str, str] = MappingProxyType({})) -> None:
        self.key = key
        self.facts = facts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Said) and self.key == other.key and dict(self.facts) == dict(other.facts)

    def __hash__(self) -> int:
        return hash((self.key, tuple(sorted(self.facts.items()))))

    def __repr__(self) -> str:
        return f"Said({self.key!r}, {dict(self.facts)!r})"


class Reason(NamedTuple):
    """One reason: `text` is the pack's own words or a sentence of the register."""

    code: str
    rule: str
    on: date
    text: "Words | Said"
    trust: Trust

    def __hash__(self) -> int:
        text = self.text if isinstance(self.text, Said) else tuple(sorted(self.text.items()))
        return hash((self.code, self.rule, self.on, text, self.trust))
