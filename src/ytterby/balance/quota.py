"""How much of its yearly quota an enterprise has used: production in t REO, with u, and when it will be used up.

Production counts at the processor, who reports it, also where the goods are somebody else's (tolling), and whatever
the feed: domestic, imported, by-product. What is made in a form that the rules count, less what of such forms went into
the same step or tank, is production; dug material counts as it is entered. The shares of origins come from the book's
rows (`chain.attribution`); origins that draw on no quota are left out, as far as the book knows them.

A breach is a finding and nothing is ever refused for it. Years are calendar years of the site's clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from ytterby.balance.finding import Finding, finding_id
from ytterby.balance.quota_ledger import LedgerLine
from ytterby.balance.quota_projection import day_after, project_months, project_sums
from ytterby.balance.reported import KILOGRAMS_IN_TONNE, Move, Movement, Reo, oxide_tonnes, reo_of
from ytterby.chain.attribution import attribute
from ytterby.chain.book import Book
from ytterby.chain.graph import ancestors, sources_of, with_element
from ytterby.chain.node import OriginClass, weighted
from ytterby.chain.party import Site
from ytterby.chain.period import Month
from ytterby.law.book import LawBook
from ytterby.law.flow_entry import QuotaDraw
from ytterby.law.flow_law import draws_of
from ytterby.law.ternary import Ternary
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import ElementMass, FloatArray, combine
from ytterby.terms.problem import finding

# Why a line cannot be counted; of the last, whether it draws on a quota hangs on how the law is read.
FORM_UNKNOWN, CONTENT_UNKNOWN, LAW_DISPUTED = "form_unknown", "content_unknown", "law_disputed"
MONTHS_IN_YEAR = 12


@dataclass(frozen=True, slots=True)
class QuotaRules:
    """What draws on quotas by a book of law, as known on a day, and the level of the projection's interval."""

    law: LawBook
    known: date
    level: float
    _kept: dict[tuple[str, str, date], tuple[tuple[QuotaDraw, Ternary], ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of quota that could be known."""
        known = (one for one in self.law.quotas.values() if one.trust.is_known(self.known))
        return tuple(dict.fromkeys(one.kind for one in known))

    def not_counted(self, kind: str) -> frozenset[str]:
        """Return the origins that draw on no quota of a kind, by any entry about it."""
        own = (one.not_counted for one in self.law.quotas.values() if one.kind == kind)
        return frozenset(origin for named in own for origin in named)

    def draws(self, site: Site, day: date) -> tuple[tuple[QuotaDraw, Ternary], ...]:
        """Return what may draw on a quota at a site of this kind and country on a day; each is worked out once."""
        key = (site.kind, site.country, day)
        if key not in self._kept:
            self._kept[key] = draws_of(self.law, *key, known=self.known)
        return self._kept[key]


def quota_rules_of(law: LawBook, known: date, level: float) -> QuotaRules:
    """Return the rules of quotas that a book of law holds, as known on a day."""
    return QuotaRules(law, known, level)


class Quota(NamedTuple):
    """A quota as it was registered: t REO of a year, with where it is written, and how it came to that (`lines`)."""

    party: str
    year: int
    kind: str
    tonnes_reo: Decimal
    source: str
    lines: tuple[LedgerLine, ...] = ()


class Production(NamedTuple):
    """One term of an enterprise's production: made (+1) or of counted form and used again (-1); `content` is what of it
    draws on the quota, `origins` its t REO by origin class, those left out included.
    """

    movement: Movement
    kind: str
    sign: float
    content: ElementMass
    origins: Mapping[OriginClass, float]


class NotCounted(NamedTuple):
    """Lines of which nobody can say whether, or with how much, they draw on a quota, with the reason's code."""

    reason: str
    lots: tuple[str, ...]


class Exhaustion(NamedTuple):
    """The day on which a quota is used up: by the pace so far, and the ends of its interval; None: never, as far as can
    be told. `months` is how many whole months the pace was taken from.
    """

    day: date | None
    earliest: date | None
    latest: date | None
    level: float
    months: int


class Projected(NamedTuple):
    """What will have been produced by the end of a month to come, t REO, with the ends of its interval; None: one month
    alone gives none.
    """

    month: Month
    tonnes: float
    low: float | None
    high: float | None


class Position(NamedTuple):
    """What an enterprise produced in a year of a kind, t REO, against its quota; `left` and `share` None without one.

    `by_origin` holds (kind, country, t REO), those of `not_counted` origins too; they are not in `produced`. `sums` is
    what was produced from the year's beginning to the end of each month of `by_month`, `whole` which of these months
    the pace is taken from, `projected` the months of the year after the last of them.
    """

    party: str
    year: int
    kind: str
    quota: Quota | None
    produced: Reo | None
    share: float | None
    left_tonnes: float | None
    by_month: tuple[tuple[Month, Reo | None], ...]
    by_origin: tuple[tuple[str, str, float], ...]
    not_counted: tuple[NotCounted, ...]
    exhaustion: Exhaustion | None
    sums: tuple[Reo | None, ...]
    whole: tuple[Month, ...]
    projected: tuple[Projected, ...]

    @property
    def is_exceeded(self) -> bool:
        """More was produced than the quota."""
        return self.left_tonnes is not None and self.left_tonnes < 0

    @property
    def z(self) -> float | None:
        """What was produced beyond the quota over its standard uncertainty; None without either."""
        if self.left_tonnes is None or self.produced is None or not self.produced.u_tonnes:
            return None
        return -self.left_tonnes / self.produced.u_tonnes


def parse_projection(rows: Mapping[str, Any]) -> float:
    """Return the level of the projection's interval (`quota_projection.yaml`), which is no law.

    Raises:
        KeyError: a field is lacking.
        ValueError: a level that is none.
    """
    level = float(rows["level"])
    if not 0 < level < 1:
        raise ValueError(f"{level} is no level of an interval")
    return level


# Production


def productions(
    movements: Iterable[Movement], book: Book, rules: QuotaRules
) -> tuple[tuple[Production, ...], tuple[tuple[str, Movement, str], ...]]:
    """Return all production that draws on a quota, and the lines (kind, line, reason) that cannot be counted."""
    terms: list[tuple[QuotaDraw, Movement, float]] = []
    left: list[tuple[str, Movement, str]] = []
    of_rule: dict[str, tuple[QuotaDraw, list[tuple[Movement, Ternary]]]] = {}
    for one in movements:
        site = book.world.directory.sites.get(one.key.site)
        for rule, value in () if site is None else rules.draws(site, one.at.date()):
            of_rule.setdefault(rule.id, (rule, []))[1].append((one, value))
    for name in sorted(of_rule):
        rule, rows_of_rule = of_rule[name]
        units = {one.unit_of_process for one, _ in rows_of_rule if one.unit_of_process and _is_made(one, rule)}
        for one, value in rows_of_rule:
            sign = _sign(one, rule, units)
            reason = _why_not(one, rule, sign)
            if not reason and sign and value is not Ternary.YES:
                reason = LAW_DISPUTED
            if reason:
                left.append((rule.kind, one, reason))
            elif sign:
                terms.append((rule, one, sign))
    rows = _origin_rows(book, [one for _, one, _ in terms])
    weights = oxide_tonnes(book.world.matter.factors)
    found = tuple(_production(*term, row, weights) for term, row in zip(terms, rows, strict=True))
    return found, tuple(left)


def _is_made(one: Movement, kind: QuotaDraw) -> bool:
    """Tell whether something is made that counts; of what is entered, all but the ore as it lay."""
    if one.move is not Move.MADE:
        return False
    return kind.counts(one.form, one.origin)


def _sign(one: Movement, kind: QuotaDraw, units: set[str]) -> float:
    if _is_made(one, kind):
        return 1.0
    is_worked_over = one.move is Move.USED and one.form in kind.made and one.unit_of_process in units
    return -1.0 if is_worked_over else 0.0


def _why_not(one: Movement, kind: QuotaDraw, sign: float) -> str:
    """Return why a line cannot be counted; empty where it is, or draws on nothing."""
    if one.move is Move.MADE and one.form is None and (not one.origin or one.origin in kind.entered):
        return FORM_UNKNOWN
    return CONTENT_UNKNOWN if sign and not one.is_known else ""


def _production(
    kind: QuotaDraw, one: Movement, sign: float, row: Mapping[OriginClass, FloatArray], weights: FloatArray
) -> Production:
    whole = sum(row.values(), np.zeros(len(ELEMENTS)))
    exempt = sum((kg for origin, kg in row.items() if origin.kind in kind.not_counted), np.zeros(len(ELEMENTS)))
    kept = np.ones(len(ELEMENTS))
    np.divide(whole - exempt, whole, out=kept, where=whole > 0)
    # Shares of the row, on what the line itself says that it holds.
    scale = np.zeros(len(ELEMENTS))
    np.divide(one.content.mass_kg, whole, out=scale, where=whole > 0)
    origins = {origin: float(np.sum(weights * scale * kg)) for origin, kg in row.items()}
    return Production(one, kind.kind, sign, weighted(one.content, kept), origins)


def _origin_rows(book: Book, movements: Sequence[Movement]) -> list[dict[OriginClass, FloatArray]]:
    """Return for each movement the kilograms of each element that came from each origin class."""
    targets = {index for one in movements for index, _ in one.parts}
    cone = ancestors(book, [book.nodes[index] for index in sorted(targets)])
    found: list[dict[OriginClass, FloatArray]] = [{} for _ in movements]
    for position, element in enumerate(ELEMENTS):
        weighed = with_element(cone, element)
        sources, classes = sources_of(weighed, element)
        if not classes:
            continue
        rows = attribute(weighed.graph, sources, len(classes))
        for number, one in enumerate(movements):
            for index, weight in one.parts:
                share = weight if isinstance(weight, float) else float(weight[position])
                row = share * rows[cone.place[index]]
                for column in np.flatnonzero(row):
                    mass = found[number].setdefault(classes[column], np.zeros(len(ELEMENTS)))
                    mass[position] += row[column]
    return found


# Position


def position_of(
    party: str,
    year: int,
    kind: str,
    *,
    quota: Quota | None,
    made: Iterable[Production],
    left: Iterable[tuple[str, Movement, str]],
    factors: Mapping[str, Decimal],
    months: Iterable[Month],
    level: float,
) -> Position:
    """Return the position of an enterprise's quota of a kind and year.

    `made` and `left` are those of `productions`; `months` are the whole months of the year that it reported, from which
    the pace is taken.
    """

    def is_own(one: Movement) -> bool:
        return one.key.party == party and one.key.month.year == year

    own = [one for one in made if one.kind == kind and is_own(one.movement)]
    produced = _reo(own, factors)
    whole = sorted(set(months))
    by_month: dict[Month, list[Production]] = {month: [] for month in whole}
    for one in own:
        by_month.setdefault(one.movement.key.month, []).append(one)
    monthly = {month: _reo(by_month[month], factors) for month in sorted(by_month)}
    tonnes = None if quota is None else float(quota.tonnes_reo)
    pace = _pace(own, whole, monthly, factors)
    return Position(
        party=party,
        year=year,
        kind=kind,
        quota=quota,
        produced=produced,
        share=produced.tonnes / tonnes if produced is not None and tonnes else None,
        left_tonnes=tonnes - produced.tonnes if produced is not None and tonnes is not None else None,
        by_month=tuple(monthly.items()),
        by_origin=_by_origin(own),
        not_counted=_not_counted(row for row in left if row[0] == kind and is_own(row[1])),
        exhaustion=None if tonnes is None else _exhaustion(own, tonnes, whole, pace, factors, level),
        sums=_sums(by_month, factors),
        whole=tuple(whole),
        projected=() if pace is None else _projected(whole[-1], pace, level),
    )


def _reo(own: Sequence[Production], factors: Mapping[str, Decimal]) -> Reo | None:
    """Return the sum of productions; groups that several of them share add before they are squared."""
    return reo_of(combine([(one.sign, one.content) for one in own]), factors)


def _by_origin(own: Iterable[Production]) -> tuple[tuple[str, str, float], ...]:
    found: dict[tuple[str, str], float] = {}
    for one in own:
        for origin, tonnes in one.origins.items():
            key = (origin.kind, origin.country)
            found[key] = found.get(key, 0.0) + one.sign * tonnes
    return tuple((*key, tonnes) for key, tonnes in sorted(found.items(), key=lambda row: (-row[1], row[0])))


def _not_counted(rows: Iterable[tuple[str, Movement, str]]) -> tuple[NotCounted, ...]:
    lots: dict[str, dict[str, None]] = {}
    for _, one, reason in rows:
        lots.setdefault(reason, {})[one.lot] = None
    return tuple(NotCounted(reason, tuple(named)) for reason, named in sorted(lots.items()))


class _Pace(NamedTuple):
    """What was produced in each whole month, t REO, and from the year's beginning to the end of the last of them."""

    masses: tuple[float, ...]
    so_far: Reo


def _pace(
    own: Sequence[Production],
    whole: Sequence[Month],
    by_month: Mapping[Month, Reo | None],
    factors: Mapping[str, Decimal],
) -> _Pace | None:
    """Return the pace of the whole months; None without one, and where a month is not known."""
    masses = tuple(reo.tonnes for month in whole if (reo := by_month[month]) is not None)
    if not masses or len(masses) < len(whole):
        return None
    so_far = _reo([one for one in own if one.movement.key.month <= whole[-1]], factors)
    return None if so_far is None else _Pace(masses, so_far)


def _sums(by_month: Mapping[Month, Sequence[Production]], factors: Mapping[str, Decimal]) -> tuple[Reo | None, ...]:
    found: list[Reo | None] = []
    so_far: list[Production] = []
    for month in sorted(by_month):
        so_far += by_month[month]
        found.append(_reo(so_far, factors))
    return tuple(found)


def _projected(last: Month, pace: _Pace, level: float) -> tuple[Projected, ...]:
    count = MONTHS_IN_YEAR - last.month
    sums = project_sums(pace.masses, pace.so_far.tonnes, pace.so_far.u_tonnes, level, count)
    return tuple(Projected(last.plus(number), *one) for number, one in enumerate(sums, 1))


def _exhaustion(
    own: Sequence[Production],
    tonnes: float,
    whole: Sequence[Month],
    pace: _Pace | None,
    factors: Mapping[str, Decimal],
    level: float,
) -> Exhaustion | None:
    """Return when a quota is used up: the day on which it was, else as projected from the whole months."""
    passed = _day_passed(own, tonnes, factors)
    if passed is not None:
        return Exhaustion(passed, passed, passed, level, len(whole))
    if pace is None:
        return None
    months = project_months(pace.masses, tonnes - pace.so_far.tonnes, pace.so_far.u_tonnes, level)
    start = whole[-1].last_day
    day, earliest, latest = (day_after(start, count) for count in months)
    return Exhaustion(day, earliest, latest, level, len(whole))


def _day_passed(own: Iterable[Production], tonnes: float, factors: Mapping[str, Decimal]) -> date | None:
    """Return the day on which production passed a quota, in UTC, and stayed beyond it."""
    sofar, passed = 0.0, None
    for one in sorted(own, key=lambda p: (p.movement.at, p.movement.digest, p.movement.lot)):
        reo = reo_of(one.content, factors)
        sofar += one.sign * (reo.tonnes if reo is not None else 0.0)
        if sofar <= tonnes:
            passed = None
        elif passed is None:
            passed = one.movement.at.date()
    return passed


def quota_findings(positions: Iterable[Position]) -> tuple[Finding, ...]:
    """Return a finding for each quota that was exceeded: by how much, with its sd, and the first day of it."""
    found = []
    for one in positions:
        if not one.is_exceeded or one.produced is None or one.quota is None or one.left_tonnes is None:
            continue
        day = one.exhaustion.day if one.exhaustion is not None else None
        problem = finding(
            "quota.exceeded",
            "",
            one.party,
            year=one.year,
            kind=one.kind,
            produced=f"{one.produced.tonnes:.6g}",
            quota=format(one.quota.tonnes_reo, "f"),
            beyond=f"{-one.left_tonnes:.4g}",
            u=f"{one.produced.u_tonnes:.2g}",
            day=day.isoformat() if day else "-",
        )
        found.append(
            Finding(
                id=finding_id("quota.exceeded", one.party, str(one.year), one.kind),
                problem=problem,
                parties=(one.party,),
                lot="",
                site="",
                element=None,
                size_kg=-one.left_tonnes * KILOGRAMS_IN_TONNE,
                sd_kg=one.produced.u_tonnes * KILOGRAMS_IN_TONNE,
                statistic=one.z,
                events=(),
            )
        )
    return tuple(found)
