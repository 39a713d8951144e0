"""Whose answer changes from one law to another: old book and old goods beside new book and new goods, from a day on.

A change of law (two books, the same goods), a corrected assay (one book, two compositions) and both at once are one
question. It is asked on the first day and on every day after it from which on either book says something else, so
that a rule with a coming date shows what it will do; `since` is the first day on which the answers differ.

Goods that are equal are asked about once. Where only the book changes, goods of which nothing that differs between the
books speaks are left out before they are classified (`reach`).

Rules that no list of goods decides (who buys, where from) are asked of a subject where they differ between the books
and ask for a fact that is known of it; what is not known of it makes `unknown`, with the facts that would settle it. A
rule that a book lacks does not hold by it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from ytterby.law.applies import Application, applies
from ytterby.law.classification import CONTROLLED, DISPUTED, Classification, Classifier
from ytterby.law.condition import Facts, leaves_of
from ytterby.law.dated_rule import Rule, readings_known
from ytterby.law.fact import CODE
from ytterby.law.goods import Goods
from ytterby.law.law_change import boundaries
from ytterby.law.reach import Entry, Law, Reach, entries_of, item_rules, reach_of, standing_key

# Hears how many of how many goods are done.
Tell = Callable[[int, int], None]
Key = tuple[Any, ...]


def quiet(done: int, of: int) -> None:
    """Hear nothing."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something whose answer is asked: its kind, its name, whose it is; its goods as they were and as they are, with
    facts that are known of it beside them.
    """

    kind: str
    id: str
    holder: str
    old: Goods
    new: Goods
    facts: Facts


class RuleDifference(NamedTuple):
    """A rule that answers differently; None where a book has no such rule."""

    rule: str
    old: Application | None
    new: Application | None
    old_answer: str
    new_answer: str

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that would settle the new answer."""
        return self.new.missing if self.new is not None else ()


class Difference(NamedTuple):
    """What changes for subjects of equal goods, and from which day on."""

    subjects: tuple[Subject, ...]
    since: date
    old: Classification
    new: Classification
    rules: tuple[RuleDifference, ...]

    @property
    def gained(self) -> tuple[str, ...]:
        """The codes that apply by the new law and did not by the old one."""
        return tuple(code for code in self.new.codes if code not in self.old.codes)

    @property
    def lost(self) -> tuple[str, ...]:
        """The codes that applied by the old law and do not by the new one."""
        return tuple(code for code in self.old.codes if code not in self.new.codes)


def answer_of(found: Classification) -> Key:
    """Return what of a classification is the answer: words and codes, on what it rests, what each reading says."""
    read = frozenset(one.answer for one in found.readings)
    return found.answer, found.codes, found.candidates, found.by, read


def goods_key(goods: Goods) -> Key:
    """Return what of goods decides: equal keys, equal answers."""
    rows = (tuple(sorted(table.items())) for table in (goods.elements, goods.u))
    return goods.form, *rows, goods.system, goods.magnet_type, goods.built_in, goods.formula


def impact(
    old: Law,
    new: Law,
    subjects: Iterable[Subject],
    *,
    on: date,
    until: date = date.max,
    tell: Tell = quiet,
    is_reach_used: bool = True,
) -> list[Difference]:
    """Return what changes for which subjects, the first day first, then in their order.

    `until` is the last day on which is asked. Without `is_reach_used` all goods are classified by both books: the plain
    way, against which tests and benchmarks hold the other.
    """
    groups: dict[tuple[Key, Key, Key], list[Subject]] = {}
    for subject in subjects:
        was = goods_key(subject.old)
        becomes = was if subject.new is subject.old else goods_key(subject.new)
        key = was, becomes, tuple(sorted(subject.facts.items()))
        groups.setdefault(key, []).append(subject)
    asking = _Asking(old, new, on, until)
    found = []
    for done, ((was, becomes, facts_key), rows) in enumerate(groups.items(), 1):
        difference = asking.difference(rows, facts_key, is_narrowed=is_reach_used and was == becomes)
        if difference is not None:
            found.append(difference)
        tell(done, len(groups))
    return sorted(found, key=lambda one: one.since)


class _Day:
    """One day that is asked about, by both books; what is needed of it is made when it is."""

    def __init__(self, old: Law, new: Law, on: date) -> None:
        self.on = on
        self.laws = old, new
        self.keys = tuple(standing_key(law, item_rules(law.book), on) for law in self.laws)
        self._reach: Reach | None = None
        self._classifiers: list[Classifier | None] = [None, None]

    @property
    def reach(self) -> Reach:
        """What speaks differently in the two books on this day."""
        if self._reach is None:
            self._reach = reach_of(*self.laws, self.on)
        return self._reach

    def reasoned(self, side: int, goods: Goods, found: Classification) -> Classification:
        """Return a classification with the reasons of this day, where it was made for an earlier one."""
        return found if all(one.on == self.on for one in found.reasons) else self.classify(side, goods)

    def classify(self, side: int, goods: Goods) -> Classification:
        """Return what a book answers on this day."""
        classifier = self._classifiers[side]
        if classifier is None:
            law = self.laws[side]
            classifier = self._classifiers[side] = Classifier(law.book, on=self.on, known=law.known)
        return classifier.classify(goods)


class _Asking:
    """Asks about groups of equal goods, on each day that can differ from the one before it."""

    def __init__(self, old: Law, new: Law, on: date, until: date) -> None:
        self.laws = old, new
        self.rules = {name: self._asked_of(name) for name in differing_rules(old, new)}
        self.is_same_law = old == new
        days = [on, *(day for day in boundaries(old.book, new.book) if on < day <= until)]
        self.days = [_Day(old, new, day) for day in days]
        self.code_facts = [_code_facts(law) for law in self.laws]
        self._applied: dict[Key, Application | None] = {}
        self._open: dict[Key, list[tuple[str, Collection[Entry]]]] = {}

    def _asked_of(self, name: str) -> list[set[str]]:
        return [facts_asked(law, name) if name in law.book.rules else set() for law in self.laws]

    def difference(self, rows: Sequence[Subject], facts_key: Key, *, is_narrowed: bool) -> Difference | None:
        """Return what changes for subjects of equal goods, on the first day on which anything does; narrowed to goods
        that a difference of the books can concern.
        """
        first = rows[0]
        goods = first.old, first.new
        answers: dict[Key, Classification] = {}
        for day in self.days:
            if is_narrowed and not self._is_concerned(day, first, facts_key):
                continue
            pair = [self._answered(answers, day, side, one) for side, one in enumerate(goods)]
            rules = tuple(self._rules(first.facts, facts_key, pair, day.on))
            if rules or answer_of(pair[0]) != answer_of(pair[1]):
                found = [day.reasoned(side, one, pair[side]) for side, one in enumerate(goods)]
                return Difference(tuple(rows), day.on, found[0], found[1], rules)
        return None

    def _is_concerned(self, day: _Day, subject: Subject, facts_key: Key) -> bool:
        """Tell whether goods may be answered differently on a day, by their codes or by a rule asked of one of them."""
        if self.is_same_law:
            return False
        if day.reach.speaks_of(subject.old):
            return True
        return any(
            not code or any(entry.speaks_of(subject.old) for entry in entries)
            for code, entries in self._open_codes(day, subject.facts, facts_key)
        )

    def _answered(self, answers: dict[Key, Classification], day: _Day, side: int, goods: Goods) -> Classification:
        """Return what a book answers, from an earlier day that stood as this one where there is one."""
        key = side, day.keys[side]
        if key not in answers:
            answers[key] = day.classify(side, goods)
        return answers[key]

    # Rules that goods alone do not decide

    def _open_codes(self, day: _Day, facts: Facts, facts_key: Key) -> list[tuple[str, Collection[Entry]]]:
        """Return the codes ("" for none) of which some rule answers differently on a day, each with what it speaks
        of.
        """
        key = day.on, facts_key
        if key not in self._open:
            items = {code: item for law in self.laws for code, item in law.book.items.items()} if self.rules else {}
            found: list[tuple[str, Collection[Entry]]] = []
            for code in ("", *items):
                codes = (code,) if code else ()
                if any(True for _ in self._differing(facts, facts_key, (codes, codes), day.on)):
                    both = [law.book.items[code] for law in self.laws if code in law.book.items]
                    found.append((code, [entry for item in both for entry in entries_of(item)]))
            self._open[key] = found
        return self._open[key]

    def _rules(
        self, facts: Facts, facts_key: Key, pair: Sequence[Classification], on: date
    ) -> Iterator[RuleDifference]:
        """Yield the rules that answer differently, of goods with codes for the first of them."""
        codes = [one.codes[:1] if one.answer in {CONTROLLED, DISPUTED} else () for one in pair]
        return self._differing(facts, facts_key, codes, on)

    def _differing(
        self, facts: Facts, facts_key: Key, codes: Sequence[tuple[str, ...]], on: date
    ) -> Iterator[RuleDifference]:
        for name in self.rules:
            old, new = (self._apply(side, name, facts, facts_key, codes[side], on) for side in (0, 1))
            rule = self.laws[1].book.rules.get(name) or self.laws[0].book.rules[name]
            answers = [rule.fails if one is None else one.answer for one in (old, new)]
            if answers[0] != answers[1]:
                yield RuleDifference(name, old, new, *answers)

    def _apply(
        self, side: int, name: str, facts: Facts, facts_key: Key, codes: tuple[str, ...], on: date
    ) -> Application | None:
        """Return what a rule answers; None where a book has none, or where it asks for nothing that is known."""
        key = side, name, facts_key, codes, on
        if key not in self._applied:
            law = self.laws[side]
            given = {**facts, **(dict.fromkeys(self.code_facts[side], codes) if codes else {})}
            is_asked = name in law.book.rules and self.rules[name][side] & given.keys()
            self._applied[key] = applies(law.book, name, given, on=on, known=law.known) if is_asked else None
        return self._applied[key]


def _code_facts(law: Law) -> set[str]:
    return {name for name, kind in law.book.facts.items() if kind.kind == CODE}


def differing_rules(old: Law, new: Law) -> list[str]:
    """Return the rules that ask for facts and differ between two books; rules of conduct are asked of deeds."""
    names = sorted(old.book.rules.keys() | new.book.rules.keys())
    conduct = old.book.conduct.keys() | new.book.conduct.keys()
    return [
        name
        for name in names
        if name not in conduct
        and any(name in law.book.rules and facts_asked(law, name) for law in (old, new))
        and _all_of(old, name) != _all_of(new, name)
    ]


def differing_conduct(old: Law, new: Law) -> list[str]:
    """Return the rules of conduct that differ between two books."""
    names = sorted(old.book.conduct.keys() | new.book.conduct.keys())
    return [name for name in names if _conduct_of(old, name) != _conduct_of(new, name)]


def _conduct_of(law: Law, name: str) -> Any:
    found = law.book.conduct.get(name)
    return None if found is None else (found.deed, found.breach, _all_of(law, name))


def _all_of(law: Law, name: str) -> Any:
    """Return a rule as it answers, with those that it follows and the disputes about them."""
    rule = law.book.rules.get(name)
    if rule is None:
        return None
    rules = [rule, *_followed(law, rule)]
    if rule.strictest is not None:
        # Any listed item may be the one that is asked about.
        rules += [law.book.rules[one] for one in sorted(item_rules(law.book))]
    return [_deciding(one) for one in rules], readings_known(rules, law.book.disputes, law.known)


def _deciding(rule: Rule) -> Key:
    """Return what of a rule decides, its words left out."""
    versions = tuple((one.effective, one.not_before, one.condition, one.trust.known_since) for one in rule.versions)
    presumed = tuple(sorted(rule.presumed.items()))
    return rule.id, versions, rule.suspended, rule.readings, rule.holds, rule.fails, presumed, rule.strictest


def _followed(law: Law, rule: Rule) -> list[Rule]:
    return [law.book.rules[name] for name in rule.strictest.rules] if rule.strictest is not None else []


def facts_asked(law: Law, name: str) -> set[str]:
    """Return the facts that a rule, or one that it follows, asks for."""
    rule = law.book.rules[name]
    found = {rule.strictest.fact} if rule.strictest is not None else set()
    for one in (rule, *_followed(law, rule)):
        conditions = (version.condition for version in one.versions if version.condition is not None)
        found |= {leaf.fact for condition in conditions for leaf in leaves_of(condition)}
    return found


def by_holder(differences: Iterable[Difference]) -> Mapping[str, list[tuple[Subject, Difference]]]:
    """Return what changes for each holder, in order of their identifiers."""
    found: dict[str, list[tuple[Subject, Difference]]] = {}
    for difference in differences:
        for subject in difference.subjects:
            found.setdefault(subject.holder, []).append((subject, difference))
    return dict(sorted(found.items()))
