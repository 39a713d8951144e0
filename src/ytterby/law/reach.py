"""Which goods a difference between two books of law can concern at all, on one day.

Of every rule the entries that speak differently in the two books are gathered: items, guidance, doubts; all of a rule
that stands differently, or that one book lacks. Goods of which none of these entries speaks get the same answer by
both books (`impact.answer_of`), so that they need not be classified: an entry that does not speak of goods says
nothing, or that they hold nothing of it, which never weighs. A property test holds this against classifying all goods
by both books.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from ytterby.law.book import COVERAGE, IMPURITY, LawBook
from ytterby.law.dated_rule import state_of, worlds_of
from ytterby.law.goods import Goods
from ytterby.law.item import Doubt, Item, Part

# Parts that speak of goods by their form alone, whatever they consist of.
_BY_FORM = frozenset({"ask", "always"})


class Law(NamedTuple):
    """A book, and the day whose knowledge of it is used."""

    book: LawBook
    known: date


class Entry(NamedTuple):
    """Goods that an entry speaks of: their forms, how they may be built in (None: however), and the elements of which
    they must hold one (None: whatever they hold).
    """

    forms: frozenset[str]
    built_in: frozenset[bool | None] | None
    elements: frozenset[str] | None

    def speaks_of(self, goods: Goods) -> bool:
        """Tell whether it speaks of goods."""
        if goods.form not in self.forms or (self.built_in is not None and goods.built_in not in self.built_in):
            return False
        if self.elements is None or not goods.is_composition_known:
            return True
        return bool(self.elements & goods.named)


@dataclass(frozen=True, slots=True)
class Reach:
    """The entries that speak differently, by form, and the rules that they belong to."""

    by_form: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    rules: frozenset[str] = frozenset()

    def speaks_of(self, goods: Goods) -> bool:
        """Tell whether goods may be answered differently by the two books."""
        return any(entry.speaks_of(goods) for entry in self.by_form.get(goods.form, ()))


def reach_of(old: Law, new: Law, on: date) -> Reach:
    """Return what speaks differently in two books on a day."""
    entries: list[Entry] = []
    rules: set[str] = set()
    is_all = any(_figures(old.book, name) != _figures(new.book, name) for name in (COVERAGE, IMPURITY))
    for rule in sorted(item_rules(old.book) | item_rules(new.book)):
        found = list(_differing(_Side(old, rule, on), _Side(new, rule, on), is_all=is_all))
        if found:
            entries += found
            rules.add(rule)
    by_form: dict[str, list[Entry]] = {}
    for entry in dict.fromkeys(entries):
        for form in entry.forms:
            by_form.setdefault(form, []).append(entry)
    return Reach({form: tuple(rows) for form, rows in by_form.items()}, frozenset(rules))


def item_rules(book: LawBook) -> set[str]:
    """Return the rules that list items."""
    return {item.rule for item in book.items.values()}


def standing_key(law: Law, rules: Iterable[str], on: date) -> tuple[Any, ...]:
    """Return what of a day decides how rules answer of goods: equal keys, equal answers by this book."""
    book = law.book
    given = tuple(one.is_given(on, law.known) for one in book.guidance)
    return (*(_standing(law, rule, on) for rule in sorted(rules)), given)


def _standing(law: Law, rule: str, on: date) -> frozenset[tuple[Any, ...]]:
    """Return how a rule stands on a day, by each way to read what is disputed about it."""
    known = law.book.rules[rule]
    worlds = worlds_of([known], law.book.disputes, law.known)
    return frozenset((*sorted(world.items()), state_of(known, on, law.known, world).value) for world in worlds)


class _Side:
    """What one book says of a rule on a day, as it decides; words, sources and notes left out."""

    def __init__(self, law: Law, rule: str, on: date) -> None:
        book = law.book
        self.law, self.rule = law, rule
        self.items = [item for item in book.items.values() if item.rule == rule]
        self.is_there = bool(self.items) and rule in book.rules
        self.standing = _standing(law, rule, on) if self.is_there else frozenset()
        self.elements = frozenset(element for item in self.items for element in item.elements)
        self.guidance = [one for one in book.guidance if one.rule == rule] if self.items else []
        self.doubts = [one for one in book.doubts if one.rule == rule] if self.items else []
        self.given = [one.is_given(on, law.known) for one in self.guidance]

    def item_keys(self) -> list[tuple[Item, tuple[Any, ...]]]:
        return [(item, (item.code, item.elements, *map(self._part, item.parts))) for item in self.items]

    def _part(self, part: Part) -> tuple[Any, ...]:
        said = part.how, part.forms, part.systems, part.is_superset_asked, part.magnet_types
        return (*said, _figures(self.law.book, part.limit))

    def guidance_key(self) -> tuple[Any, ...]:
        rows = zip(self.guidance, self.given, strict=True)
        return tuple((one.forms, one.built_in, one.basis, is_given) for one, is_given in rows)

    def doubt_key(self, one: Doubt) -> tuple[Any, ...]:
        return one.forms, one.built_in, one.elements, one.needs_element, _figures(self.law.book, one.limit)


def _figures(book: LawBook, name: str) -> tuple[Any, ...]:
    found = book.parameters.get(name)
    return () if found is None else (found.value, found.of, found.basis)


def _differing(old: _Side, new: _Side, *, is_all: bool) -> Iterator[Entry]:
    """Yield the entries of both books that speak differently of a rule."""
    is_all = is_all or not (old.is_there and new.is_there) or old.standing != new.standing
    keys, others = old.item_keys(), new.item_keys()
    for side, other in ((keys, {key for _, key in others}), (others, {key for _, key in keys})):
        for item, key in side:
            if is_all or key not in other:
                yield from entries_of(item)
    # Guidance and doubts that name no elements ask for those of all items of their rule.
    is_wider = is_all or old.elements != new.elements
    if is_wider or old.guidance_key() != new.guidance_key():
        for one in (*old.guidance, *new.guidance):
            yield Entry(one.forms, one.built_in, None)
    doubts = {old.doubt_key(one) for one in old.doubts}, {new.doubt_key(one) for one in new.doubts}
    for side_of, other_keys in ((old, doubts[1]), (new, doubts[0])):
        for doubt in side_of.doubts:
            if is_all or side_of.doubt_key(doubt) not in other_keys or (is_wider and not doubt.elements):
                yield Entry(doubt.forms, doubt.built_in, doubt.elements or side_of.elements)


def entries_of(item: Item) -> list[Entry]:
    """Return what the parts of an item speak of: goods of which none does do not fall under its code."""
    elements = frozenset(item.elements)
    return [Entry(part.forms, None, None if part.how in _BY_FORM else elements) for part in item.parts]
