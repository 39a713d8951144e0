"""A length of time as law states it: how many of a unit."""

from dataclasses import dataclass

UNITS = ("working_day", "calendar_day", "month", "year")


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: how many of a unit."""

    count: int
    unit: str
