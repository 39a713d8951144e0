"""How a rule stands on a day, as known on a day: in force, suspended, not yet, and since when.

Whether it then applies to somebody's goods is another question (`applies`). Where readings disagree it is disputed
from the day on from which they do.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from ytterby.law.applies import Followed, followed, settlers, state_reasons
from ytterby.law.dated_rule import Dispute, Period, Rule, World, periods_of, state_of, worlds_of
from ytterby.law.said import Reason
from ytterby.law.ternary import Ternary
from ytterby.law.trust import Words

IN_FORCE, SUSPENDED, NOT_YET, DISPUTED = "in_force", "suspended", "not_yet", "disputed"
UNKNOWN = "unknown"  # may be in force, from a day on that nobody knows
NOT_KNOWN = "not_known"  # could not be known on the day whose knowledge is used
ENDED = "ended"
STANDINGS = (IN_FORCE, DISPUTED, UNKNOWN, SUSPENDED, NOT_YET, ENDED, NOT_KNOWN)
ONE_DAY = timedelta(days=1)


class Standing(NamedTuple):
    """How a rule stands; `since` is the first day, `until` the last one, None where that is open or disputed.

    `begins` is the day from which on a rule that is not yet in force will be, or before which it will not.
    """

    word: str
    since: date | None
    until: date | None
    begins: date | None
    reasons: tuple[Reason, ...]
    readings: tuple[Followed, ...]
    settled_by: tuple[Words, ...]


class _InWorld(NamedTuple):
    """How a rule stands if disputes are read as one world says."""

    word: str
    since: date | None = None
    until: date | None = None
    begins: date | None = None


def standing_of(rule: Rule, disputes: Mapping[str, Dispute], *, on: date, known: date) -> Standing:
    """Return how a rule stands on a day, as known on another."""
    worlds = worlds_of([rule], disputes, known)
    found = [_in_world(rule, on, known, world) for world in worlds]
    words = {one.word for one in found}
    is_open = len(words) > 1
    reasons = (one for world in worlds for one in state_reasons(rule, state_of(rule, on, known, world), on))
    return Standing(
        word=DISPUTED if is_open else found[0].word,
        since=max((one.since for one in found if one.since is not None), default=None),
        until=None if is_open else _agreed(one.until for one in found),
        begins=None if is_open else found[0].begins,
        reasons=() if words == {NOT_KNOWN} else tuple(dict.fromkeys(reasons)),
        readings=followed(worlds, [one.word for one in found], disputes) if is_open else (),
        settled_by=settlers(worlds, disputes) if is_open else (),
    )


def _agreed(days: Iterable[date | None]) -> date | None:
    found = set(days)
    return found.pop() if len(found) == 1 else None


def _in_world(rule: Rule, on: date, known: date, world: World) -> _InWorld:
    versions = [one for one in rule.versions if one.trust.is_known(known)]
    if not versions:
        return _InWorld(NOT_KNOWN)
    state = state_of(rule, on, known, world)
    periods = [period for period in periods_of(rule, world) if period.trust.is_known(known) and not period.is_empty]
    ends = [one.first for one in periods if one.is_end and one.first <= on]
    if ends:
        return _InWorld(ENDED, since=min(ends))
    if state.suspension is not None:
        return _InWorld(SUSPENDED, *_stretch(on, periods))
    if state.version is None:
        days = (one.effective or one.not_before for one in versions)
        return _InWorld(NOT_YET, begins=min((day for day in days if day is not None), default=None))
    if state.value is Ternary.UNKNOWN:
        return _InWorld(UNKNOWN, since=state.version.not_before)
    first = min(one.effective for one in versions if one.effective is not None)
    ends = [last for period in periods if (last := _last_day(period)) is not None and last < on]
    return _InWorld(IN_FORCE, since=max([first, *(last + ONE_DAY for last in ends)]))


def _last_day(period: Period) -> date | None:
    """Return the last day on which a rule is suspended; None where the suspension is open."""
    if period.last is None or period.is_last_included:
        return period.last
    return period.last - ONE_DAY


def _stretch(on: date, periods: list[Period]) -> tuple[date, date | None]:
    """Return the first and last day of the suspensions that follow one another around a day."""
    first: date = on
    last: date | None = on
    for period in sorted(periods, key=lambda one: one.first, reverse=True):
        end = _last_day(period)
        if period.first <= first and (end is None or end >= first - ONE_DAY):
            first = period.first
    for period in sorted(periods, key=lambda one: one.first):
        end = _last_day(period)
        if last is not None and period.first <= last + ONE_DAY and (end is None or end > last):
            last = end
    return first, last
