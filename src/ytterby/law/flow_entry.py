"""Entries of a pack that speak of returns of flow and of quotas, as they were read.

What they say of a day is asked with the whole book (`flow_law`).
"""

from dataclasses import dataclass
from datetime import date

from ytterby.law.dated_rule import Rule
from ytterby.law.return_period import ReturnPeriod, day_after
from ytterby.law.trust import Trust, Words

# What asks for a return: a text, what people do, or the register itself.
LAW, PRACTICE, NEED = "law", "practice", "need"
BASES = (LAW, PRACTICE, NEED)
COUNTS = ("calendar_days",)
UNITS = ("t_reo",)
# Which day governs.
DUE_DAY, PRODUCTION = "due_day", "production"


@dataclass(frozen=True, slots=True)
class DueDay:
    """The day of a later month on which a return falls due, for due days from `effective` on, before `until`."""

    day: int
    months_after: int
    counts: str
    published: date
    effective: date
    until: date | None
    article: Words | None
    trust: Trust

    def of(self, period: ReturnPeriod) -> date:
        """Return the due day that this gives a period."""
        return day_after(period, self.day, self.months_after)


@dataclass(frozen=True, slots=True)
class FlowReturnRule:
    """That sites of some kinds, in some countries (none named: everywhere), owe a return of each period."""

    id: str
    pack: str
    dated: Rule
    kinds: frozenset[str]
    countries: frozenset[str]
    every: str
    due: tuple[DueDay, ...]
    basis: str
    article: Words | None
    until: date | None
    trust: Trust

    def concerns(self, kind: str, country: str) -> bool:
        """Tell whether it speaks of sites of this kind in this country."""
        return kind in self.kinds and (not self.countries or country in self.countries)

    def due_of(self, period: ReturnPeriod, known: date) -> tuple[DueDay, date] | None:
        """Return the due day of a period and what gives it, as known on a day: of several, the last that governs."""
        found = [
            (one.effective, one, day)
            for one in self.due
            if one.trust.is_known(known)
            and one.effective <= (day := one.of(period))
            and (one.until is None or day < one.until)
        ]
        return max(found, key=lambda row: row[0])[1:] if found else None


@dataclass(frozen=True, slots=True)
class QuotaDraw:
    """Which making draws on a kind of quota: at which kinds of site, in which countries (none named: everywhere).

    `made` are forms whose making counts, `entered` the ways into the chain that count as making, `not_counted` the
    origins that draw on nothing.
    """

    id: str
    pack: str
    dated: Rule
    kind: str
    sites: frozenset[str]
    made: frozenset[str]
    entered: frozenset[str]
    not_counted: frozenset[str]
    countries: frozenset[str]
    unit: str
    article: Words | None
    until: date | None
    trust: Trust

    def concerns(self, site: str, country: str) -> bool:
        """Tell whether it speaks of sites of this kind in this country."""
        return site in self.sites and (not self.countries or country in self.countries)

    def counts(self, form: str | None, entered: str) -> bool:
        """Tell whether making goods of this form counts; of what is entered, whether its way does."""
        return form in self.made and (not entered or entered in self.entered)


# What packs say of flow.
FlowEntry = FlowReturnRule | QuotaDraw


def is_said_twice(one: FlowEntry, other: FlowEntry) -> bool:
    """Tell whether two entries ask for returns of the same sites on the same basis, or count the same making for the
    same kind of quota, on the same days.
    """
    if isinstance(one, FlowReturnRule) and isinstance(other, FlowReturnRule):
        is_alike = one.basis == other.basis and bool(one.kinds & other.kinds)
    elif isinstance(one, QuotaDraw) and isinstance(other, QuotaDraw):
        is_alike = one.kind == other.kind and bool(one.sites & other.sites)
    else:
        is_alike = False
    if one.countries and other.countries and not one.countries & other.countries:
        return False
    (one_from, one_until), (other_from, other_until) = _span(one), _span(other)
    return is_alike and one_from < other_until and other_from < one_until


def _span(entry: FlowEntry) -> tuple[date, date]:
    first = entry.dated.versions[0].effective
    return first or date.min, entry.until or date.max
