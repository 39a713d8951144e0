"""What a pack lists: items with their parts, guidance, doubts, parameters, tariff lines.

A *part* is one numbered sentence of an item ("alloys containing it: these"). A closed list that is None was not read,
so that nothing can be said of the forms and elements under it. *Guidance* takes the goods it speaks of out of a rule
from a day on. An *annex* is a list that a rule refers to without codes. A *doubt* names goods of which no item speaks
clearly: somebody has to be asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ytterby.law.trust import Trust, Words

System = frozenset[str]
# What something rests on.
BASES = ("law", "guidance", "practice")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A limit: its value in `unit`, the elements that are added up for it, and what it rests on (law, practice)."""

    name: str
    value: Decimal
    unit: str
    of: tuple[str, ...]
    basis: str
    text: Words
    trust: Trust


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence of an item. Which test it makes, `how` says:

    `system`: the elements are exactly those of an entry of `systems` (None: the list was not read); `contains`: one of
    the item's elements is there, together with others above the parameter `limit` where one is named; `always`: the
    kind of goods alone; `ask`: the goods may be meant, which no composition tells; `unread`: nobody has read it.
    """

    n: int
    how: str
    what: Words
    forms: frozenset[str]
    systems: tuple[System, ...] | None
    is_superset_asked: frozenset[str]
    magnet_types: frozenset[str]
    limit: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class Item:
    """A control code: its rule, elements (empty: any), parts and reference codes of the tariff."""

    code: str
    pack: str
    rule: str
    elements: tuple[str, ...]
    text: Words
    parts: tuple[Part, ...]
    reference_hs: tuple[str, ...]
    trust: Trust


@dataclass(frozen=True, slots=True)
class Annex:
    """A list that a rule refers to and that gives no control codes: its entries are read as items are."""

    id: str
    pack: str
    text: Words
    entries: tuple[Item, ...]
    trust: Trust


@dataclass(frozen=True, slots=True)
class Guidance:
    """Goods that are taken out of a rule from a day on (None: always), by guidance or by the text itself."""

    id: str
    pack: str
    rule: str
    forms: frozenset[str]
    built_in: frozenset[bool | None]
    basis: str
    effective: date | None
    text: Words
    trust: Trust

    def is_given(self, on: date, known: date) -> bool:
        """Tell whether it is given on a day, as known on another."""
        return self.effective is None or (self.effective <= on and self.trust.is_known(known))


@dataclass(frozen=True, slots=True)
class Doubt:
    """Goods of which no item of a rule speaks clearly; `limit` names the parameter below which nobody asks.

    With `needs_element` it concerns only goods of which it is stated that they hold one of its elements.
    """

    id: str
    pack: str
    rule: str
    forms: frozenset[str]
    built_in: frozenset[bool | None]
    elements: frozenset[str]
    limit: str
    needs_element: bool
    text: Words
    trust: Trust


class CustomsCondition(NamedTuple):
    """A letter on a tariff line; `kind` is dual_use, ordinary or other."""

    letter: str
    kind: str
    meaning: Words
    trust: Trust


class TariffLine(NamedTuple):
    """A line of a tariff: a hint, which never decides whether goods are controlled."""

    code: str
    text: str
    form: str
    elements: tuple[str, ...]
    conditions: str
    conditions_note: str
    note: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class Tariff:
    """Lines by code, and what the letters on them mean."""

    conditions: Mapping[str, CustomsCondition]
    lines: Mapping[str, TariffLine]
