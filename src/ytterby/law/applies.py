"""Whether a rule or a control code applies on a day, as known on a day: one word, and what it rests on.

Readings that disagree make worlds; a fact that is missing makes several words possible within a world. One word in
every world: that is the answer. Several words possible in a world: `unknown`, with the facts that would settle it. One
word each, but not the same: `disputed`, with the readings and who may settle them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ytterby.law.book import LawBook
from ytterby.law.condition import Facts, Leaf, judge
from ytterby.law.dated_rule import Dispute, Period, Rule, State, Version, World, state_of, worlds_of
from ytterby.law.said import Reason, Said
from ytterby.law.ternary import Ternary
from ytterby.law.trust import Trust, Words

DISPUTED, UNKNOWN = "disputed", "unknown"


class Followed(NamedTuple):
    """One way to read what is disputed, and what is answered if it is read so."""

    dispute: str
    reading: str
    answer: str
    text: Words
    trust: Trust


@dataclass(frozen=True, slots=True)
class Application:
    """The answer with all that it rests on; `missing` are facts that would settle it, `presumed` what was taken so."""

    item: str
    rule: str
    on: date
    known_on: date
    answer: str
    reasons: tuple[Reason, ...]
    readings: tuple[Followed, ...]
    settled_by: tuple[Words, ...]
    missing: tuple[str, ...]
    presumed: Mapping[str, tuple[str, ...]]


@dataclass
class _Possible:
    """What may be answered in one world, why, and what would narrow it."""

    words: frozenset[str]
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...] = ()


def applies(book: LawBook, name: str, facts: Facts, *, on: date, known: date) -> Application:
    """Return whether what `name` names (a rule, or a code) applies.

    Raises:
        KeyError: the book holds neither a rule nor a code of this name.
    """
    code = book.code_of(name)
    item = book.items.get(code)
    rule = book.rules[item.rule if item is not None else code]
    presumed = {key: values for key, values in rule.presumed.items() if key not in facts}
    given: Facts = {**presumed, **facts}
    worlds = worlds_of(_involved(rule, given, book), book.disputes, known)
    found = [_answer_in(rule, given, book, on, known, world) for world in worlds]
    answer = _combined([one.words for one in found])
    listed = (Reason(item.code, rule.id, on, item.text, item.trust),) if item is not None else ()
    readings = _followed(worlds, found, book.disputes)
    is_open = len({one.words for one in found}) > 1
    disputes = {name for world in worlds for name in world} if is_open else set()
    return Application(
        item=code,
        rule=rule.id,
        on=on,
        known_on=known,
        answer=answer,
        reasons=tuple(dict.fromkeys((*listed, *(reason for one in found for reason in one.reasons)))),
        readings=readings if is_open else (),
        settled_by=tuple(book.disputes[name].settled_by for name in sorted(disputes)),
        missing=tuple(dict.fromkeys(fact for one in found for fact in one.missing)),
        presumed=presumed,
    )


def _involved(rule: Rule, facts: Facts, book: LawBook) -> list[Rule]:
    """Return the rules whose readings can change the answer."""
    if rule.strictest is None:
        return [rule]
    code = facts.get(rule.strictest.fact)
    listed = [book.items[one] for one in code if one in book.items] if isinstance(code, tuple) else []
    return [rule, *(book.rules[name] for name in rule.strictest.rules), *(book.rules[item.rule] for item in listed)]


def _combined(possible: list[frozenset[str]]) -> str:
    if any(len(words) > 1 for words in possible):
        return UNKNOWN
    words = {word for one in possible for word in one}
    return words.pop() if len(words) == 1 else DISPUTED


def _followed(worlds: list[World], found: list[_Possible], disputes: Mapping[str, Dispute]) -> tuple[Followed, ...]:
    return tuple(
        Followed(dispute, reading, _combined([one.words]), *disputes[dispute].readings[reading])
        for world, one in zip(worlds, found, strict=True)
        for dispute, reading in world.items()
    )


def _answer_in(rule: Rule, facts: Facts, book: LawBook, on: date, known: date, world: World) -> _Possible:
    state = state_of(rule, on, known, world)
    reasons = state_reasons(rule, state, on)
    if state.value is Ternary.NO:
        return _Possible(frozenset({rule.fails}), reasons)
    if rule.strictest is not None:
        return _strictest(rule, facts, book, on, known, world)
    version = state.version
    words = {Ternary.YES: frozenset({rule.holds}), Ternary.NO: frozenset({rule.fails})}
    both = frozenset({rule.holds, rule.fails})
    if version is None or version.condition is None:
        return _Possible(words.get(state.value, both), reasons)
    judged = judge(version.condition, facts)
    why = tuple(_leaf_reason(rule, version, leaf, facts, on) for leaf in judged.leaves)
    if judged.value is Ternary.NO:
        return _Possible(words[Ternary.NO], (*reasons, *why))
    is_settled = judged.value is Ternary.YES and state.value is Ternary.YES
    return _Possible(words[Ternary.YES] if is_settled else both, (*reasons, *why), judged.missing)


def _strictest(rule: Rule, facts: Facts, book: LawBook, on: date, known: date, world: World) -> _Possible:
    """Return the strictest of what the rules that a rule follows may answer, of a listed item."""
    follows = rule.strictest
    assert follows is not None
    listed, reasons = _listed(rule, facts, book, on, known, world)
    if listed is Ternary.NO:
        return _Possible(frozenset({follows.otherwise}), reasons)
    words = {follows.listed}
    missing: list[str] = []
    for name in follows.rules:
        one = _answer_in(book.rules[name], facts, book, on, known, world)
        words = {max(a, b, key=follows.order.index) for a in words for b in one.words}
        reasons += one.reasons
        missing += one.missing
    is_open = len(words) > 1
    if listed is Ternary.UNKNOWN:
        words.add(follows.otherwise)
    return _Possible(frozenset(words), reasons, tuple(dict.fromkeys(missing)) if is_open else ())


def _listed(
    rule: Rule, facts: Facts, book: LawBook, on: date, known: date, world: World
) -> tuple[Ternary, tuple[Reason, ...]]:
    """Return whether the item that the facts name is listed by a rule in force; one that nobody names is taken so."""
    state = state_of(rule, on, known, world)
    base = state_reasons(rule, state, on)
    codes = facts.get(rule.strictest.fact) if rule.strictest is not None else None
    if not isinstance(codes, tuple) or codes[0] not in book.items:
        return Ternary.YES, base
    item = book.items[codes[0]]
    lists = book.rules[item.rule]
    found = state_of(lists, on, known, world)
    return found.value, (
        *base,
        Reason(item.code, lists.id, on, item.text, item.trust),
        *state_reasons(lists, found, on),
    )


def state_reasons(rule: Rule, state: State, on: date) -> tuple[Reason, ...]:
    """Return why a rule is, or is not, in force on a day."""
    version = state.version
    if state.suspension is not None:
        return (Reason("", rule.id, on, _suspension(state.suspension), state.suspension.trust),)
    if version is None:
        first = rule.versions[0]
        since = first.effective or first.not_before
        return (Reason("", rule.id, on, Said("not_yet", {"day": str(since)}), first.trust),)
    if state.value is Ternary.UNKNOWN:
        day = {"day": str(version.not_before)}
        return (Reason("", rule.id, on, Said("from_unknown_day", day), version.trust),)
    ended = max(
        (period.last for period in rule.suspended if period.last is not None and period.last <= on), default=None
    )
    said = Said("in_force", {"day": str(version.effective)})
    if ended is not None and version.effective is not None and version.effective <= ended:
        said = Said("in_force_again", {"day": str(version.effective), "last": str(ended)})
    return (Reason("", rule.id, on, said, version.trust), Reason("", rule.id, on, version.text, version.trust))


def _suspension(period: Period) -> Said:
    facts = {"first": str(period.first), "last": "" if period.last is None else str(period.last)}
    if period.last is None:
        return Said("ended" if period.is_end else "suspended_open", facts)
    return Said("suspended" if period.is_last_sure else "suspended_last_unsure", facts)


def _leaf_reason(rule: Rule, version: Version, leaf: Leaf, facts: Facts, on: date) -> Reason:
    """Return what a fact says to a rule; as sure as the words of the rule that ask for it."""
    trust = version.trust
    if leaf.trust is not None:
        source = leaf.trust.source or trust.source
        trust = leaf.trust._replace(source=source, known_since=trust.known_since)
    found = facts.get(leaf.fact)
    wanted = ", ".join(sorted(leaf.values)) if not leaf.relation else str(leaf.limit)
    if found is None:
        key = "fact_taken_as_not" if leaf.is_no_if_missing else "fact_missing"
        return Reason("", rule.id, on, Said(key, {"fact": leaf.fact, "wanted": wanted}), trust)
    if isinstance(found, tuple):
        key = "fact_among" if leaf.values & set(found) else "fact_not_among"
        facts_said = {"fact": leaf.fact, "value": ", ".join(found), "wanted": wanted}
        return Reason("", rule.id, on, Said(key, facts_said), trust)
    u = facts.get(leaf.u)
    figures = {"fact": leaf.fact, "value": str(found), "u": str(u) if u is not None else "0", "k": str(leaf.k)}
    key = "figure_beside_limit" if u is not None else "figure_exact_beside_limit"
    return Reason("", rule.id, on, Said(key, {**figures, "limit": wanted}), trust)
