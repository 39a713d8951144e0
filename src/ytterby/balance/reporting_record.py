"""How an enterprise kept its duty to report over a period: how many returns were in time, late, missing, corrected.

Counts and no score: what follows from them is a rule of its own, which reads them. Days and what was asked for are
arguments, so that the same months give the same counts whenever they are asked for.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from ytterby.balance.flow_return import FlowReturn, State
from ytterby.chain.period import Month

# Of which month of which enterprise an authority asked for a correction, and when.
Asked = Mapping[tuple[str, Month], datetime]


class ReportingRecord(NamedTuple):
    """Counts over the returns that were owed and due, each in the month in which what it is of ended.

    `in_time + late + missing = owed`; `nil` are among those entered. `corrected` are returns with a correction,
    `corrected_after_asked` those with one that arrived after it was asked for, `corrected_unasked` the others.
    `differing` counts deliveries of which the other side says something else.
    """

    party: str
    first: Month
    last: Month
    owed: int
    in_time: int
    late: int
    missing: int
    nil: int
    corrected: int
    corrected_after_asked: int
    corrected_unasked: int
    corrections: int
    differing: int
    latest_by: timedelta | None


def reporting_record_of(
    party: str,
    returns: Iterable[FlowReturn],
    first: Month,
    last: Month,
    *,
    asked: Asked,
    differing: Mapping[tuple[str, Month], int],
) -> ReportingRecord:
    """Return how an enterprise reported the months from `first` to `last`, both included.

    Raises:
        ValueError: the period ends before it begins.
    """
    if last < first:
        raise ValueError(f"a period from {first} to {last} ends before it begins")
    own = [one for one in returns if one.party == party and first <= one.month <= last]
    due = [one for one in own if one.state in {State.IN_TIME, State.LATE, State.MISSING}]
    mended = [one for one in own if one.corrections]
    after_asked = [one for one in mended if _is_after_asked(one, asked.get((party, one.month)))]
    return ReportingRecord(
        party=party,
        first=first,
        last=last,
        owed=len(due),
        in_time=sum(one.state is State.IN_TIME for one in due),
        late=sum(one.state is State.LATE for one in due),
        missing=sum(one.state is State.MISSING for one in due),
        nil=sum(one.is_nil for one in due),
        corrected=len(mended),
        corrected_after_asked=len(after_asked),
        corrected_unasked=len(mended) - len(after_asked),
        corrections=sum(len(one.corrections) for one in mended),
        differing=sum(n for (who, month), n in differing.items() if who == party and first <= month <= last),
        latest_by=max((one.late_by for one in due if one.late_by is not None), default=None),
    )


def _is_after_asked(one: FlowReturn, asked_at: datetime | None) -> bool:
    return asked_at is not None and one.corrected_at is not None and one.corrected_at > asked_at
