"""The days of a transaction: of contract, application, acceptance, decision, exit …; which governs, a rule says.

One day alone stands for all of them. Where days are named, each rule is judged at the one that governs it; one that
nobody named is not known, unless a day was given for all others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

# Which day of a transaction can count.
GOVERNS = ("exit", "contract", "application", "acceptance", "decision", "placing_on_market", "delivery", "conduct")
EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Days:
    """Days by name; `every` stands for those that are not named, None where nothing does."""

    every: date | None = None
    named: Mapping[str, date] = field(default_factory=dict)

    def of(self, name: str) -> date | None:
        """Return the day of that name; None where it is not known."""
        return self.named.get(name, self.every)

    def shown(self, name: str) -> date:
        """Return the day of that name, and where it is not known the last that was given: for what is shown.

        Raises:
            ValueError: no day was given at all.
        """
        found = self.of(name)
        return found if found is not None else max(self.named.values())

    @property
    def given(self) -> tuple[date, ...]:
        """Every day that was given, without those given twice."""
        days = (*self.named.values(), *(() if self.every is None else (self.every,)))
        return tuple(sorted(set(days)))


def as_days(on: "date | Days") -> Days:
    """Return days; one day alone is that of everything."""
    return Days(on) if isinstance(on, date) else on
