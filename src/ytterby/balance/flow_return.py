"""The flow return of an enterprise: what it reported of a period, and whether it did so in time.

A period is a month, or the quarter or year of which law asks one return (`return_rule`). Nobody fills in a return
beside the events: it is worked out from the postings, whether they came as lot events or as a monthly return. Its
*lines* say for each site, product and counterparty how much was received, made, used, shipped, lost and counted. Its
*state* says when that was entered:

    entered_in_time, entered_late   all that was first entered arrived before the due day ended, or not
    not_entered                     the due day is over, and of a site that owes a return nothing came: a gap
    not_due_yet                     the same, before the due day is over
    entered                         no rule asks for it
    owing_disputed                  nothing came, and whether a return is owed is disputed: no gap, and not hidden

Late is told by the time of arrival of the submissions, which arrival receipts prove, and never by the time of an event.
What replaces an event declared wrong is a correction and not late; what is added afterwards is late. A period is nil
where nothing moved and nothing was there at its end, and somebody said so: by a complete stock-taking of nothing, or a
return of zeros. The first version stays in the log: `first_size` is the log size at which it stood alone.

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
from ytterby.balance.return_rule import ReturnRules, end_of_day
from ytterby.chain.party import OPERATOR, Directory, Site
from ytterby.chain.period import Month
from ytterby.law.applies import DISPUTED
from ytterby.law.flow_law import OWED
from ytterby.law.return_period import ReturnPeriod
from ytterby.matter.mass import ElementMass, combine


class State(StrEnum):
    """When the return of a period was entered."""

    IN_TIME = "entered_in_time"
    LATE = "entered_late"
    MISSING = "not_entered"
    OPEN = "not_due_yet"
    ENTERED = "entered"
    DISPUTED = "owing_disputed"


# A return whose state is one of several sites' is that of the worst.
_WORST = (State.MISSING, State.OPEN, State.DISPUTED, State.LATE, State.IN_TIME, State.ENTERED)


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
    """What a period comes to for a product, a counterparty and what became of it. `amount` None: a line said "all that
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


class SiteReturn(NamedTuple):
    """A period of one site: its state, the end of its due day, and by how much the last of it was late.

    `is_disputed`: whether a return is owed hangs on how the law is read; it is owed only where all readings say so.
    """

    site: str
    state: State
    is_owed: bool
    is_disputed: bool
    due_day: date | None
    deadline: datetime | None
    first_at: datetime | None
    whole_at: datetime | None
    late_by: timedelta | None
    late_events: int
    events: int


class FlowReturn(NamedTuple):
    """The return of an enterprise for a period. `due_day` is the last one of its sites; None where none owes it."""

    party: str
    period: ReturnPeriod
    state: State
    due_day: date | None
    is_nil: bool
    sites: tuple[SiteReturn, ...]
    corrections: tuple[Correction, ...]
    first_size: int | None

    @property
    def month(self) -> Month:
        """The last month of its period."""
        return Month(self.period.year, self.period.month)

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
        """Return which enterprise owes the return of a site for the period that holds a month, or may owe it: who
        operated it on the period's last day; None where nobody does. What fell due before the register knew the site
        is not owed.
        """
        duty, since = self.rules.duty(site, month), self.known_since.get(site.id)
        if duty.word not in {OWED, DISPUTED} or duty.due is None or duty.period is None:
            return None
        return None if since is None or duty.due < since else site.operator_on(duty.period.last_day)

    def period_of(self, site: str, month: Month) -> ReturnPeriod:
        """Return the period that a month of a site is reported in."""
        return self.rules.period(self.directory.sites.get(site), month)


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


class LineOf(NamedTuple):
    """That a month of an enterprise has a line; its first part is the site."""

    party: str
    month: Month
    line: "_LineKey"


def lines_of(movements: Iterable[Movement]) -> frozenset[LineOf]:
    """Return the lines of every enterprise and month, to be counted by period."""
    return frozenset(LineOf(one.key.party, one.key.month, _line_key(one)) for one in movements)


def count_lines(lines: Iterable[LineOf], duties: "Duties") -> dict[tuple[str, ReturnPeriod], int]:
    """Return how many lines the return of each enterprise and period has."""
    keys = {(one.party, duties.period_of(one.line[0], one.month), one.line) for one in lines}
    return dict(Counter((party, period) for party, period, _ in keys))


def element_totals(movements: Iterable[Movement]) -> dict[Move, ElementMass | None]:
    """Return what movements come to for each move, kg of element over sites and products; None: not all is known."""
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


class _Owing(NamedTuple):
    """What a site owes of a period, or may owe: until which day, and whether every reading of the law says so."""

    due: date
    is_sure: bool


_Owed = dict[tuple[str, ReturnPeriod], dict[str, _Owing]]


def flow_returns(
    reported: Reported, arrived: Iterable[Arrived], corrections: Iterable[Correction], duties: Duties, on: date
) -> tuple[FlowReturn, ...]:
    """Return the returns of all enterprises for the periods that were over before a day, in order of enterprise.

    `arrived` are all events entered, also those declared wrong since: what was entered first counts for what was in
    time. Order of arrival changes nothing but the lateness.
    """
    entered: dict[tuple[str, ReturnPeriod], dict[str, list[Arrived]]] = {}
    for one in arrived:
        if one.key.party != OPERATOR:
            entered.setdefault(_place(one.key, duties), {}).setdefault(one.key.site, []).append(one)
    corrected: dict[tuple[str, ReturnPeriod], list[Correction]] = {}
    for mended in corrections:
        corrected.setdefault(_place(mended.key, duties), []).append(mended)
    owed = _owed(duties, on)
    nil = _nil_periods(reported, duties)
    found = []
    for place in sorted({*entered, *owed}):
        if place[1].last_day >= on:
            continue
        by_site, owing = entered.get(place, {}), owed.get(place, {})
        sites = tuple(
            _site_return(site, by_site.get(site, ()), owing.get(site), duties.zone_of(site), on)
            for site in sorted({*by_site, *owing})
        )
        mended_here = tuple(sorted(corrected.get(place, ()), key=lambda one: (one.size, one.digest)))
        found.append(
            FlowReturn(
                party=place[0],
                period=place[1],
                state=min((site.state for site in sites), key=_WORST.index),
                due_day=max((one.due for one in owing.values()), default=None),
                is_nil=place in nil,
                sites=sites,
                corrections=mended_here,
                first_size=_first_size(by_site, mended_here),
            )
        )
    return tuple(found)


def _place(key: Key, duties: Duties) -> tuple[str, ReturnPeriod]:
    return key.party, duties.period_of(key.site, key.month)


def _owed(duties: Duties, on: date) -> _Owed:
    """Return what the sites of each enterprise owe for each period that was over before a day."""
    found: _Owed = {}
    # A return may fall due months after the period it is of, and be asked for by any month of it.
    reach = duties.rules.reach_months()
    for site in duties.directory.sites.values():
        since = duties.known_since.get(site.id)
        if since is None:
            continue
        for month in months_through(Month(since.year, since.month).plus(-reach), on):
            duty, party = duties.rules.duty(site, month), duties.owed_by(site, month)
            if party is None or duty.period is None or duty.due is None or duty.period.last_day >= on:
                continue
            owing = _Owing(duty.due, is_sure=duty.word == OWED)
            found.setdefault((party, duty.period), {})[site.id] = owing
    return found


def _nil_periods(reported: Reported, duties: Duties) -> set[tuple[str, ReturnPeriod]]:
    """Return the periods of whose last month somebody said that nothing is there, and nothing else was said."""
    declared = set()
    for one in reported.spoken:
        place = _place(one.key, duties)
        if one.is_nil and one.key.month.last_day == place[1].last_day:
            declared.add(place)
    told = {_place(one.key, duties) for one in reported.movements if one.amount != 0}
    return declared - told


def _site_return(site: str, arrived: Sequence[Arrived], owing: _Owing | None, zone: tzinfo, on: date) -> SiteReturn:
    is_owed = owing is not None and owing.is_sure
    deadline = None if owing is None else end_of_day(owing.due, zone)
    # What was there first; where all of it replaces something of another period, that is the first.
    first = [one for one in arrived if not one.is_replacement] or list(arrived)
    late = [one for one in first if deadline is not None and one.at >= deadline] if is_owed else []
    if not first:
        is_over = owing is not None and on > owing.due
        state = (State.MISSING if is_owed else State.DISPUTED) if is_over else State.OPEN
    elif not is_owed:
        state = State.ENTERED
    else:
        state = State.LATE if late else State.IN_TIME
    whole_at = max((one.at for one in first), default=None)
    return SiteReturn(
        site=site,
        state=state,
        is_owed=is_owed,
        is_disputed=owing is not None and not owing.is_sure,
        due_day=None if owing is None else owing.due,
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
