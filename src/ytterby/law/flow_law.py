"""Who owes a return of flow, until when, and what draws on a quota: entries of packs, and what they say of a day.

A *return* is owed for each period by sites of some kinds in some countries; the day on which it falls due governs, so
that the first return under a new rule is the first that falls due under it. Of several that govern by law, the one that
falls due first stands: what was owed is not undone by a longer period that begins later. A *draw* says which making
counts against which quota; the day of production governs.

Dates, suspensions, readings and what could be known are those of every other rule (`dated_rule`). Where readings
disagree the answer is `disputed`. Kinds of site, forms and origins are words of the register, none is code.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from ytterby.law.applies import DISPUTED, Followed, followed, settlers, state_reasons
from ytterby.law.book import LawBook
from ytterby.law.dated_rule import Dispute, Rule, State, every_period, readings_known, state_of, worlds_of
from ytterby.law.flow_entry import LAW, DueDay, FlowEntry, FlowReturnRule, QuotaDraw
from ytterby.law.return_period import ReturnPeriod, period_with
from ytterby.law.said import Reason, Said
from ytterby.law.ternary import Ternary
from ytterby.law.trust import Words

# Owed by law; asked for by practice or need; neither; readings disagree.
OWED, ASKED, NOT_OWED = "owed", "asked", "not_owed"
DUTIES = (OWED, ASKED, NOT_OWED, DISPUTED)
DRAWN, NOT_DRAWN = "drawn", "not_drawn"
DRAWS = (DRAWN, NOT_DRAWN, DISPUTED)


class Duty(NamedTuple):
    """Whether a return is owed of the period that holds a month, by which entry, and until which day.

    Where readings disagree, `due` is the latest that one of them gives: nothing is late that is in time by one.
    """

    word: str
    entry: FlowReturnRule | None
    period: ReturnPeriod | None
    due: date | None
    reasons: tuple[Reason, ...]
    readings: tuple[Followed, ...] = ()
    settled_by: tuple[Words, ...] = ()


class _InWorld(NamedTuple):
    """What governs if disputes are read as one world says."""

    word: str
    entry: FlowReturnRule | None = None
    period: ReturnPeriod | None = None
    due: date | None = None


class _Asked(NamedTuple):
    """An entry with its period that is asked about, what gives the due day, and that day; without one the last day."""

    entry: FlowReturnRule
    period: ReturnPeriod
    by: DueDay | None
    on: date


def duty_of(law: LawBook, kind: str, country: str, year: int, month: int, *, known: date) -> Duty:
    """Return which return a site of a kind in a country owes of the period that holds a month."""
    entries = [one for one in law.flow_returns.values() if one.concerns(kind, country)]
    worlds = worlds_of([one.dated for one in entries], law.disputes, known)
    asked = [_asked(one, year, month, known) for one in entries]
    stated = [[(one, state_of(one.entry.dated, one.on, known, world)) for one in asked] for world in worlds]
    found = [_govern(rows) for rows in stated]
    words = {one.word for one in found}
    is_open = len(words) > 1
    last = max(found, key=lambda one: (one.due or date.min, one.word == OWED))
    reasons = (one for rows in stated for one in _why(rows, known))
    return Duty(
        word=DISPUTED if is_open else last.word,
        entry=last.entry,
        period=last.period,
        due=last.due,
        reasons=tuple(dict.fromkeys(reasons)),
        readings=followed(worlds, [one.word for one in found], law.disputes) if is_open else (),
        settled_by=settlers(worlds, law.disputes) if is_open else (),
    )


def _asked(entry: FlowReturnRule, year: int, month: int, known: date) -> _Asked:
    period = period_with(year, month, entry.every)
    by, on = entry.due_of(period, known) or (None, period.last_day)
    return _Asked(entry, period, by, on)


def _govern(rows: Iterable[tuple[_Asked, State]]) -> _InWorld:
    governing = []
    for (entry, period, by, on), state in rows:
        if by is not None and state.value is Ternary.YES:
            governing.append(_InWorld(OWED if entry.basis == LAW else ASKED, entry, period, on))
    # By law before otherwise, then what falls due first.
    return min(governing, key=_rank, default=_NOTHING)


def _rank(one: _InWorld) -> tuple[bool, date, str]:
    return one.word != OWED, one.due or date.max, "" if one.entry is None else one.entry.id


_NOTHING = _InWorld(NOT_OWED)


def _why(rows: Iterable[tuple[_Asked, State]], known: date) -> Iterator[Reason]:
    """Yield why each entry that could be known governs the period that holds a month, or does not."""
    for (entry, _, by, on), state in rows:
        if not entry.trust.is_known(known):
            continue
        yield from state_reasons(entry.dated, state, on)
        if state.value is not Ternary.YES:
            continue
        if by is None:
            first = entry.due[0]
            yield Reason("", entry.id, on, Said("no_due_day", {"day": str(first.effective)}), first.trust)
            continue
        said = {"day": str(by.day), "months": str(by.months_after), "since": str(by.effective)}
        yield Reason("", entry.id, on, Said("due_day", said), by.trust)
        if by.article is not None:
            yield Reason("", entry.id, on, by.article, by.trust)


def draws_of(law: LawBook, site: str, country: str, on: date, *, known: date) -> tuple[tuple[QuotaDraw, Ternary], ...]:
    """Return what may draw on a quota at sites of a kind in a country on a day; unknown where readings disagree."""
    found = []
    for one in law.quotas.values():
        if one.concerns(site, country):
            value = stands(one.dated, law.disputes, on, known)
            if value is not Ternary.NO:
                found.append((one, value))
    return tuple(found)


def stands(dated: Rule, disputes: Mapping[str, Dispute], on: date, known: date) -> Ternary:
    """Return whether dated words hold on a day, as known on another; unknown where readings disagree."""
    values = {state_of(dated, on, known, world).value for world in worlds_of([dated], disputes, known)}
    return values.pop() if len(values) == 1 else Ternary.UNKNOWN


class Draw(NamedTuple):
    """Whether something made draws on a quota of a kind, by which entry, and why."""

    word: str
    by: str | None
    reasons: tuple[Reason, ...]
    readings: tuple[Followed, ...] = ()


class Made(NamedTuple):
    """What was made where: the kind of site and its country, the form; how it was `entered`, if it was, and which
    origin its feed is of.
    """

    site: str
    country: str
    form: str
    entered: str = ""
    feed: str = ""


def draw_of(law: LawBook, quota: str, made: Made, *, on: date, known: date) -> Draw:
    """Return whether what was made on a day draws on a quota of a kind."""
    entries = [one for one in law.quotas.values() if one.kind == quota and one.concerns(made.site, made.country)]
    worlds = worlds_of([one.dated for one in entries], law.disputes, known)
    words: list[str] = []
    by: str | None = None
    reasons: dict[Reason, None] = {}
    for world in worlds:
        word = NOT_DRAWN
        for one in entries:
            state = state_of(one.dated, on, known, world)
            reasons |= dict.fromkeys(state_reasons(one.dated, state, on))
            is_counted = one.counts(made.form, made.entered) and made.feed not in one.not_counted
            if state.value is Ternary.YES and is_counted:
                word, by = DRAWN, one.id
        words.append(word)
    is_open = len(set(words)) > 1
    readings = followed(worlds, words, law.disputes) if is_open else ()
    return Draw(DISPUTED if is_open else words[0], by, tuple(reasons), readings)


def known_flow(law: LawBook, known: date) -> Hashable:
    """Return what tells apart what could be known of returns and quotas: where it is alike, so is every answer."""
    packs = tuple(one.digest for one in law.packs.values() if one.flow_returns or one.quotas)
    entries: list[FlowEntry] = [*law.flow_returns.values(), *law.quotas.values()]
    return packs, tuple((one.id, _is_known(one, known), _read(one, law, known)) for one in entries)


def _is_known(entry: FlowEntry, known: date) -> tuple[bool, ...]:
    due = entry.due if isinstance(entry, FlowReturnRule) else ()
    return tuple(one.trust.is_known(known) for one in (entry, *every_period(entry.dated), *due))


def _read(entry: FlowEntry, law: LawBook, known: date) -> tuple[tuple[str, ...], ...]:
    return tuple(readings_known([entry.dated], law.disputes, known).values())
