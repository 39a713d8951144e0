"""Whether a rule or a control code applies on a day, as known on a day: one word, and what it rests on.

Readings that disagree make worlds; a fact that is missing makes several words possible within a world. One word in
every world: that is the answer. Several words possible in a world: `unknown`, with the facts that would settle it. One
word each, but not the same: `disputed`, with the readings and who may settle them.

A rule is judged at the day of the transaction that governs it (`days`), and a transaction that its transition covers by
what held before. A day that would tell and is not known makes several words possible, as a missing fact does.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ytterby.law.book import LawBook
from ytterby.law.condition import Facts, Leaf, Places, Span, judge
from ytterby.law.dated_rule import (
    Dispute,
    Period,
    Rule,
    State,
    Version,
    World,
    joined_state,
    states_of,
    worlds_of,
)
from ytterby.law.days import Days, as_days
from ytterby.law.export_leave import ExportLeave, leave_of
from ytterby.law.said import Reason, Said
from ytterby.law.ternary import Ternary
from ytterby.law.trust import Trust, Words

DISPUTED, UNKNOWN = "disputed", "unknown"
# Digits that a stated figure may have, and those of one that was worked out as it is shown.
_STATED_DIGITS, _SHOWN_DIGITS = 30, 6


class Followed(NamedTuple):
    """One way to read what is disputed, and what is answered if it is read so."""

    dispute: str
    reading: str
    answer: str
    text: Words
    trust: Trust


@dataclass(frozen=True, slots=True)
class Application:
    """The answer with all that it rests on; `missing` are facts that would settle it, `presumed` what was taken so.

    `on` is the day that governs, None where it was not given; `missing_days` name the days of the transaction that
    would settle it; `leave` says of a rule about export whether one may file and ship.
    """

    item: str
    rule: str
    on: date | None
    known_on: date
    answer: str
    reasons: tuple[Reason, ...]
    readings: tuple[Followed, ...]
    settled_by: tuple[Words, ...]
    missing: tuple[str, ...]
    presumed: Mapping[str, tuple[str, ...]]
    missing_days: tuple[str, ...] = ()
    leave: ExportLeave | None = None


class _Asked(NamedTuple):
    """What is asked: by which book, of which facts, on which days, as known on which."""

    book: LawBook
    facts: Facts
    days: Days
    known: date


@dataclass
class _Possible:
    """What may be answered in one world, why, and which facts and days would narrow it."""

    words: frozenset[str]
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...] = ()
    days: tuple[str, ...] = ()


def applies(
    book: LawBook, name: str, facts: Facts, *, on: date | Days, known: date, unsettled: Collection[str] = ()
) -> Application:
    """Return whether what `name` names (a rule, or a code) applies to a transaction of these days.

    Facts that are `unsettled` were looked for and not found: they are missing, and nothing is presumed in their place.

    Raises:
        KeyError: the book holds neither a rule nor a code of this name.
    """
    code = book.code_of(name)
    item = book.items.get(code)
    rule = book.rules[item.rule if item is not None else code]
    days = as_days(on)
    presumed = {key: values for key, values in rule.presumed.items() if key not in facts and key not in unsettled}
    asked = _Asked(book, {**presumed, **facts}, days, known)
    worlds = worlds_of(_involved(rule, asked.facts, book), book.disputes, known)
    found = [_answer_in(rule, asked, world) for world in worlds]
    answer = _combined([one.words for one in found])
    shown = days.shown(rule.governs)
    listed = (Reason(item.code, rule.id, shown, item.text, item.trust),) if item is not None else ()
    is_open = len({one.words for one in found}) > 1
    reasons = (*listed, *governing(rule, days), *(reason for one in found for reason in one.reasons))
    return Application(
        item=code,
        rule=rule.id,
        on=days.of(rule.governs),
        known_on=known,
        answer=answer,
        reasons=tuple(dict.fromkeys(reasons)),
        readings=followed(worlds, [_combined([one.words]) for one in found], book.disputes) if is_open else (),
        settled_by=settlers(worlds, book.disputes) if is_open else (),
        missing=tuple(dict.fromkeys(fact for one in found for fact in one.missing)),
        presumed=presumed,
        missing_days=tuple(dict.fromkeys(day for one in found for day in one.days)),
        leave=leave_of(frozenset(rule.means[word] for word in one.words) for one in found) if rule.means else None,
    )


def governing(rule: Rule, days: Days) -> tuple[Reason, ...]:
    """Return which day governed, where days were told apart."""
    day = days.of(rule.governs)
    if not days.named or day is None:
        return ()
    return (Reason("", rule.id, day, Said("governed_by", {"governs": rule.governs, "day": str(day)}), rule.trust),)


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


def followed(worlds: Iterable[World], answers: Iterable[str], disputes: Mapping[str, Dispute]) -> tuple[Followed, ...]:
    """Return what is answered in each world, by each reading that it follows."""
    return tuple(
        Followed(dispute, reading, answer, *disputes[dispute].readings[reading])
        for world, answer in zip(worlds, answers, strict=True)
        for dispute, reading in world.items()
    )


def settlers(worlds: Iterable[World], disputes: Mapping[str, Dispute]) -> tuple[Words, ...]:
    """Return who may settle what these worlds read differently."""
    return tuple(disputes[name].settled_by for name in sorted({name for world in worlds for name in world}))


def _answer_in(rule: Rule, asked: _Asked, world: World) -> _Possible:
    """Return what may be answered in one world: what follows from each way in which the rule may stand."""
    states = states_of(rule, asked.days, asked.known, world)
    found = [_answer_by(rule, state, asked, world) for state in states]
    words = frozenset[str]().union(*(one.words for one in found))
    is_open = len(words) > 1
    days = (name for state, one in zip(states, found, strict=True) for name in (*state.missing, *one.days))
    return _Possible(
        words,
        tuple(dict.fromkeys(reason for one in found for reason in one.reasons)),
        tuple(dict.fromkeys(fact for one in found for fact in one.missing)) if is_open else (),
        tuple(dict.fromkeys(days)) if is_open else (),
    )


def _answer_by(rule: Rule, state: State, asked: _Asked, world: World) -> _Possible:
    on = asked.days.shown(rule.governs)
    reasons = state_reasons(rule, state, on)
    if state.value is Ternary.NO:
        return _Possible(frozenset({rule.fails}), reasons)
    if rule.strictest is not None:
        if state.version is None:
            return _Possible(frozenset(rule.strictest.order), reasons)
        return _strictest(rule, state, asked, world)
    version = state.version
    words = {Ternary.YES: frozenset({rule.holds}), Ternary.NO: frozenset({rule.fails})}
    both = frozenset({rule.holds, rule.fails})
    if version is None or version.condition is None:
        return _Possible(words.get(state.value, both), reasons)
    judged = judge(version.condition, asked.facts)
    why = tuple(_leaf_reason(rule, version, leaf, asked.facts, on) for leaf in judged.leaves)
    if judged.value is Ternary.NO:
        return _Possible(words[Ternary.NO], (*reasons, *why))
    is_settled = judged.value is Ternary.YES and state.value is Ternary.YES
    return _Possible(words[Ternary.YES] if is_settled else both, (*reasons, *why), judged.missing)


def _strictest(rule: Rule, state: State, asked: _Asked, world: World) -> _Possible:
    """Return the strictest of what the rules that a rule follows may answer, of a listed item."""
    follows = rule.strictest
    assert follows is not None
    listed, reasons, days = _listed(rule, state, asked, world)
    if listed is Ternary.NO:
        return _Possible(frozenset({follows.otherwise}), reasons)
    words = {follows.listed}
    missing: list[str] = []
    for name in follows.rules:
        one = _answer_in(asked.book.rules[name], asked, world)
        words = {max(a, b, key=follows.order.index) for a in words for b in one.words}
        reasons += one.reasons
        missing += one.missing
        days += one.days
    is_open = len(words) > 1
    if listed is Ternary.UNKNOWN:
        words.add(follows.otherwise)
    return _Possible(frozenset(words), reasons, tuple(dict.fromkeys(missing)) if is_open else (), days)


def _listed(
    rule: Rule, state: State, asked: _Asked, world: World
) -> tuple[Ternary, tuple[Reason, ...], tuple[str, ...]]:
    """Return whether the item that the facts name is listed by a rule in force; one that nobody names is taken so."""
    base = state_reasons(rule, state, asked.days.shown(rule.governs))
    codes = asked.facts.get(rule.strictest.fact) if rule.strictest is not None else None
    if not isinstance(codes, tuple) or codes[0] not in asked.book.items:
        return Ternary.YES, base, ()
    item = asked.book.items[codes[0]]
    lists = asked.book.rules[item.rule]
    on = asked.days.shown(lists.governs)
    found = joined_state(states_of(lists, asked.days, asked.known, world))
    reasons = (*base, Reason(item.code, lists.id, on, item.text, item.trust), *state_reasons(lists, found, on))
    return found.value, reasons, found.missing


def state_reasons(rule: Rule, state: State, on: date) -> tuple[Reason, ...]:
    """Return why a rule is, or is not, in force on a day."""
    version = state.version
    if state.suspension is not None:
        return (Reason("", rule.id, on, _suspension(state.suspension), state.suspension.trust),)
    through = _through(rule, state, on)
    if version is None and through:
        return through
    if version is None:
        first = rule.versions[0]
        since = first.effective or first.not_before
        return (Reason("", rule.id, on, Said("not_yet", {"day": str(since)}), first.trust),)
    if version.effective is None:
        day = {"day": str(version.not_before)}
        return (*through, Reason("", rule.id, on, Said("from_unknown_day", day), version.trust))
    ended = max(
        (period.last for period in rule.suspended if period.last is not None and period.last <= on), default=None
    )
    said = Said("in_force", {"day": str(version.effective)})
    if ended is not None and version.effective is not None and version.effective <= ended:
        said = Said("in_force_again", {"day": str(version.effective), "last": str(ended)})
    stated = Reason("", rule.id, on, version.text, version.trust)
    return (*through, Reason("", rule.id, on, said, version.trust), stated)


def _through(rule: Rule, state: State, on: date) -> tuple[Reason, ...]:
    """Return what a transition does, and which day is needed to tell how a rule stands."""
    one = state.transition
    said = () if one is None else (Reason("", rule.id, on, one.text, one.trust),)
    days = (Reason("", rule.id, on, Said("day_missing", {"governs": day}), rule.trust) for day in state.missing)
    return (*said, *days)


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
    if isinstance(found, Places):
        return Reason("", rule.id, on, _places_said(leaf, found, wanted), trust)
    if isinstance(found, Span):
        bounds = {"low": written(found.low), "high": written(found.high), "k": str(leaf.k), "limit": wanted}
        ends = {"low_u": written(found.low_u), "high_u": written(found.high_u)}
        return Reason("", rule.id, on, Said("figure_between", {"fact": leaf.fact, **bounds, **ends}), trust)
    if isinstance(found, tuple):
        key = "fact_among" if leaf.values & set(found) else "fact_not_among"
        facts_said = {"fact": leaf.fact, "value": ", ".join(found), "wanted": wanted}
        return Reason("", rule.id, on, Said(key, facts_said), trust)
    u = facts.get(leaf.u)
    shown_u = written(u) if isinstance(u, Decimal) else "0"
    figures = {"fact": leaf.fact, "value": written(found), "u": shown_u, "k": str(leaf.k)}
    key = "figure_beside_limit" if u is not None else "figure_exact_beside_limit"
    return Reason("", rule.id, on, Said(key, {**figures, "limit": wanted}), trust)


def _places_said(leaf: Leaf, found: Places, wanted: str) -> Said:
    named = ", ".join(sorted(found.sure)) or "–"
    facts = {"fact": leaf.fact, "value": named, "perhaps": ", ".join(sorted(found.perhaps)) or "–", "wanted": wanted}
    if leaf.values & found.sure:
        return Said("places_among", facts)
    return Said("places_open" if found.is_open or leaf.values & found.perhaps else "places_not_among", facts)


def written(figure: Decimal) -> str:
    """Return a figure as it was stated; of one that was worked out no more digits than anybody compares."""
    if len(figure.as_tuple().digits) <= _STATED_DIGITS:
        return str(figure)
    return format(round(figure, _SHOWN_DIGITS - 1 - figure.adjusted()).normalize(), "f")
