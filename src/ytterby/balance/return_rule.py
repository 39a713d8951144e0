"""Who owes a return of flow, of which period and until when: what the packs of law say of a site and a month.

The day on which a return falls due governs, and by its end on the clock of the site the return must have arrived. Kinds
of enterprise are kinds of site, since one enterprise may run a mine and a magnet works.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from ytterby.chain.party import Site
from ytterby.chain.period import Month
from ytterby.law.applies import DISPUTED
from ytterby.law.book import LawBook
from ytterby.law.flow_law import OWED, Duty, duty_of
from ytterby.law.return_period import EVERY, MONTH, ReturnPeriod, period_with


@dataclass(frozen=True, slots=True)
class ReturnRules:
    """What a book of law says, as known on a day; each answer is worked out once."""

    law: LawBook
    known: date
    _kept: dict[tuple[str, str, Month], Duty] = field(default_factory=dict, compare=False, repr=False)

    def duty(self, site: Site, month: Month) -> Duty:
        """Return what a site of this kind and country owes of the period that holds a month."""
        key = (site.kind, site.country, month)
        if key not in self._kept:
            self._kept[key] = duty_of(self.law, *key[:2], month.year, month.month, known=self.known)
        return self._kept[key]

    def period(self, site: Site | None, month: Month) -> ReturnPeriod:
        """Return the period that a month of a site is reported in: a month where no law asks for a return of it."""
        duty = None if site is None else self.duty(site, month)
        if duty is None or duty.period is None or duty.word not in {OWED, DISPUTED}:
            return period_with(month.year, month.month, MONTH)
        return duty.period

    def reach_months(self) -> int:
        """Return how many months a month may lie back whose return falls due today."""
        due = (one.months_after + EVERY[entry.every] for entry in self.law.flow_returns.values() for one in entry.due)
        return max(due, default=0)


def return_rules_of(law: LawBook, known: date) -> ReturnRules:
    """Return the rules of returns that a book of law holds, as known on a day."""
    return ReturnRules(law, known)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """Return the instant before which what is due on a day must have arrived: the end of it, UTC."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
