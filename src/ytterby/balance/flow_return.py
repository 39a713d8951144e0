"""The monthly flow return of an enterprise: what it reported of a month, and whether it did so in time.

Nobody fills in a return beside the events: it is worked out from the postings, whether they came as lot events or as a
monthly return. Its *lines* say for each site, product and counterparty how much was received, made, used, shipped, lost
and counted. Its *state* says when that was entered:

    entered_in_time, entered_late   all that was first entered arrived before the due day ended, or not
    not_entered                     the due day is over, and of a site that owes a return nothing came: a gap
    not_due_yet                     the same, before the due day is over
    entered                         no rule asks for it

Late is told by the time of arrival of the submissions, which arrival receipts prove, and never by the time of an event.
What replaces an event declared wrong is a correction and not late; what is added afterwards is late. A month is nil
where nothing moved and nothing was there, and somebody said so: by a complete stock-taking of nothing, or a return of
zeros. The first version stays in the log: `first_size` is the log size at which it stood alone.

Amounts are exact decimals in the declared base unit, masses as oxide t REO. Rules and days are arguments
(`return_rule`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from ytterby.balance.reported import Key, Move, Movement, Reo, Reported, exact_sum, reo_of
from ytterby.balance.return_rule import ReturnRules
from ytterby.chain.party import OPERATOR, Directory, Site
from ytterby.chain.period import Month
from ytterby.matter.mass import ElementMass, combine


class State(StrEnum):
    """When a month was entered."""

    IN_TIME = "entered_in_time"
    LATE = "entered_late"
    MISSING = "not_entered"
    OPEN = "not_due_yet"
    ENTERED = "entered"


# A month whose state is one of several sites' is that of the worst.
_WORST = (State.MISSING, State.OPEN, State.LATE, State.IN_TIME, State.ENTERED)


class Arrived(NamedTuple):
    """An event that was entered for a month: when its submission arrived, and the log size at the end of it.

    `is_replacement` says that it stands in the place of one that was declared wrong.
    """

    key: Key
    digest: bytes
    at: datetime
    size: int
    is_replacement: bool = False


class Correction(NamedTuple):
    """That an event entered for a month was declared wrong: which, and when that arrived, at which log size."""

    key: Key
    digest: bytes
    at: datetime
    size: int


class FlowLine(NamedTuple):
    """What a month comes to for a product, a counterparty and what became of it. `amount` None: a line said "all that
    is there" and no more; `reo` None: what it holds is not known. `site` and `counterparty` are empty in totals.
    """

    site: str
    product: str
    move: Move
    counterparty: str
    unit: str
    amount: Decimal | None
    reo: Reo | None
    events: int


class SiteMonth(NamedTuple):
    """The month of one site: its state, the end of its due day, and by how much the last of it was late."""

    site: str
    state: State
    is_owed: bool
    deadline: datetime | None
    first_at: datetime | None
    whole_at: datetime | None
    late_by: timedelta | None
    late_events: int
    events: int


class MonthReturn(NamedTuple):
    """The return of an enterprise for a month. `corrected_at` is when the last correction arrived."""

    party: str
    month: Month
    state: State
    due_day: date | None
    is_nil: bool
    sites: tuple[SiteMonth, ...]
    corrections: tuple[Correction, ...]
    first_size: int | None

    @property
    def late_by(self) -> timedelta | None:
        """By how much it was late, the latest of its sites."""
        return max((site.late_by for site in self.sites if site.late_by is not None), default=None)

    @property
    def entered_at(self) -> datetime | None:
        """When the last of what was first entered arrived, of all its sites."""
        return max((site.whole_at for site in self.sites if site.whole_at is not None), default=None)

    @property
    def corrected_at(self) -> datetime | None:
        """When the last correction arrived."""
        return max((one.at for one in self.corrections), default=None)


@dataclass(frozen=True)
class Duties:
    """What decides who owes a return: the rules, the directory, the day from which the register has known each site,
    and the time zone of a site.
    """

    rules: ReturnRules
    directory: Directory
    known_since: Mapping[str, date]
    zone_of: Callable[[str], tzinfo]

    def owed_by(self, site: Site, month: Month) -> str | None:
        """Return which enterprise owes the return of a site for a month: who operated it on the month's last day; None
        where nobody does. What fell due before the register knew the site is not owed.
        """
        due = self.rules.due_day(month)
        since = self.known_since.get(site.id)
        if due is None or since is None or due < since or not self.rules.is_owed(site, month):
            return None
        return site.operator_on(month.last_day)


def months_through(first: Month, on: date) -> tuple[Month, ...]:
    """Return the months from `first` that were over before a day."""
    found = []
    month = first
    while month.last_day < on:
        found.append(month)
        month = month.after()
    return tuple(found)


# Lines


def flow_lines(movements: Iterable[Movement], factors: Mapping[str, Decimal]) -> tuple[FlowLine, ...]:
    """Return the lines of movements: one for each site, product, move, counterparty and unit, in that order."""
    return _lines(movements, factors, _line_key)


def count_lines(movements: Iterable[Movement]) -> dict[tuple[str, Month], int]:
    """Return how many lines the return of each enterprise and month has."""
    keys = {(one.key.party, one.key.month, _line_key(one)) for one in movements}
    return dict(Counter((party, month) for party, month, _ in keys))


def element_totals(movements: Iterable[Movement]) -> dict[Move, ElementMass | None]:
    """Return what a month comes to for each move, kg of element over all sites and products; None: not all is known."""
    groups: dict[Move, list[Movement]] = {}
    for one in movements:
        groups.setdefault(one.move, []).append(one)
    return {
        move: combine([(1.0, one.content) for one in groups[move]])
        if all(one.is_known for one in groups[move])
        else None
        for move in Move
        if move in groups
    }


def flow_totals(movements: Iterable[Movement], factors: Mapping[str, Decimal]) -> tuple[FlowLine, ...]:
    """Return the same over all sites and counterparties: one line for each product, move and unit."""
    return _lines(movements, factors, lambda one: ("", one.product, one.move, "", one.unit))


_LineKey = tuple[str, str, Move, str, str]


def _line_key(one: Movement) -> _LineKey:
    return one.key.site, one.product, one.move, one.counterparty, one.unit


def _lines(
    movements: Iterable[Movement], factors: Mapping[str, Decimal], key_of: Callable[[Movement], _LineKey]
) -> tuple[FlowLine, ...]:
    groups: dict[_LineKey, list[Movement]] = {}
    for one in movements:
        groups.setdefault(key_of(one), []).append(one)
    order = {move: number for number, move in enumerate(Move)}
    found = []
    for key in sorted(groups, key=lambda k: (k[0], k[1], order[k[2]], k[3], k[4])):
        site, product, move, other, unit = key
        rows = groups[key]
        is_known = all(one.is_known for one in rows)
        reo = reo_of(combine([(1.0, one.content) for one in rows]), factors) if is_known else None
        events = len({one.digest for one in rows})
        found.append(FlowLine(site, product, move, other, unit, exact_sum(o.amount for o in rows), reo, events))
    return tuple(found)


# States


def month_returns(
    reported: Reported, arrived: Iterable[Arrived], corrections: Iterable[Correction], duties: Duties, on: date
) -> tuple[MonthReturn, ...]:
    """Return the returns of all enterprises for the months that were over before a day, in order of enterprise.

    `arrived` are all events entered, also those declared wrong since: what was entered first counts for what was in
    time. Order of arrival changes nothing but the lateness.
    """
    entered: dict[tuple[str, Month], dict[str, list[Arrived]]] = {}
    for one in arrived:
        if one.key.party != OPERATOR:
            entered.setdefault((one.key.party, one.key.month), {}).setdefault(one.key.site, []).append(one)
    corrected: dict[tuple[str, Month], list[Correction]] = {}
    for mended in corrections:
        corrected.setdefault((mended.key.party, mended.key.month), []).append(mended)
    owed = _owed(duties, on)
    nil = _nil_months(reported)
    found = []
    for party, month in sorted({*entered, *owed}):
        if month.last_day >= on:
            continue
        by_site = entered.get((party, month), {})
        sites = tuple(
            _site_month(site, month, by_site.get(site, ()), duties, on, is_owed=site in owed.get((party, month), ()))
            for site in sorted({*by_site, *owed.get((party, month), ())})
        )
        mended_here = tuple(sorted(corrected.get((party, month), ()), key=lambda one: (one.size, one.digest)))
        found.append(
            MonthReturn(
                party=party,
                month=month,
                state=min((site.state for site in sites), key=_WORST.index),
                due_day=duties.rules.due_day(month),
                is_nil=(party, month) in nil,
                sites=sites,
                corrections=mended_here,
                first_size=_first_size(by_site, mended_here),
            )
        )
    return tuple(found)


def _owed(duties: Duties, on: date) -> dict[tuple[str, Month], set[str]]:
    """Return the sites of which each enterprise owes a return for each month that was over before a day."""
    found: dict[tuple[str, Month], set[str]] = {}
    for site in duties.directory.sites.values():
        since = duties.known_since.get(site.id)
        if since is None:
            continue
        # A return may fall due months after the month it is of.
        reach = max((rule.months_after for rule in duties.rules.due), default=0)
        for month in months_through(Month(since.year, since.month).plus(-reach), on):
            party = duties.owed_by(site, month)
            if party is not None:
                found.setdefault((party, month), set()).add(site.id)
    return found


def _nil_months(reported: Reported) -> set[tuple[str, Month]]:
    """Return the months of which somebody said that nothing is there, and nothing else was said."""
    declared = {(one.key.party, one.key.month) for one in reported.spoken if one.is_nil}
    told = {(one.key.party, one.key.month) for one in reported.movements if one.amount != 0}
    return declared - told


def _site_month(
    site: str, month: Month, arrived: Sequence[Arrived], duties: Duties, on: date, *, is_owed: bool
) -> SiteMonth:
    due = duties.rules.due_day(month)
    deadline = duties.rules.deadline(month, duties.zone_of(site))
    # What was there first; where all of it replaces something of another month, that is the first.
    first = [one for one in arrived if not one.is_replacement] or list(arrived)
    late = [one for one in first if deadline is not None and one.at >= deadline] if is_owed else []
    if not first:
        state = State.MISSING if due is not None and on > due else State.OPEN
    elif not is_owed:
        state = State.ENTERED
    else:
        state = State.LATE if late else State.IN_TIME
    whole_at = max((one.at for one in first), default=None)
    return SiteMonth(
        site=site,
        state=state,
        is_owed=is_owed,
        deadline=deadline,
        first_at=min((one.at for one in first), default=None),
        whole_at=whole_at,
        late_by=whole_at - deadline if late and whole_at is not None and deadline is not None else None,
        late_events=len(late),
        events=len(arrived),
    )


def _first_size(by_site: Mapping[str, Sequence[Arrived]], corrections: Sequence[Correction]) -> int | None:
    """Return the log size at which the first version stood: the last one of it before the first correction."""
    sizes = [one.size for arrived in by_site.values() for one in arrived if not one.is_replacement]
    if not sizes:
        return None
    if not corrections:
        return max(sizes)
    before = [size for size in sizes if size < corrections[0].size]
    return max(before, default=None)
