"""Stock-takings of a plant: which one ends which month, and what it found.

A stock-taking ends the month whose end lies nearest to it on the plant's own clock. Where several days count for one
month the nearest day does; a lot or tank counted twice that day counts as it was counted last. A stock-taking that does
not say it is complete is no inventory. The closing lots of a monthly return are one: they stand at its last second.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from typing import NamedTuple

from ytterby.balance.account import NotCounted
from ytterby.chain.period import CLOSING, Month, is_period_pool, period_of
from ytterby.chain.posting import Line, PoolOut, StockTake


class Count(NamedTuple):
    """One posting that counts stock: a stock-taking, or the draw of a return's closing lots."""

    posting: StockTake | PoolOut
    number: int
    lines: tuple[Line, ...]
    is_complete: bool

    @property
    def pool(self) -> str:
        """The tank that was counted; empty where lots were."""
        return (self.posting.pool or "") if isinstance(self.posting, StockTake) else ""


class Inventory(NamedTuple):
    """What lay at a plant at an instant, ending a month; each line with the count it stands in."""

    at: datetime
    month: Month
    lines: tuple[tuple[Count, Line], ...]
    counts: tuple[Count, ...]


def month_of(at: datetime, zone: tzinfo) -> Month:
    """Return the month of an instant on a plant's clock."""
    local = at.astimezone(zone)
    return Month(local.year, local.month)


def month_ended_by(at: datetime, zone: tzinfo) -> Month:
    """Return the month whose end lies nearest to an instant."""
    here = month_of(at, zone)
    return here if end_of(here, zone) - at < at - end_of(here.before(), zone) else here.before()


def end_of(month: Month, zone: tzinfo) -> datetime:
    """Return the instant, UTC, at which a month ends on a plant's clock."""
    return datetime(*month.after(), 1, tzinfo=zone).astimezone(UTC)


def counts_of(postings: Iterable[tuple[int, StockTake | PoolOut]]) -> tuple[list[Count], list[NotCounted]]:
    """Return the postings that count stock, and those of them that are the same stock told again."""
    counts: list[Count] = []
    again: list[NotCounted] = []
    for number, posting in postings:
        closing = tuple(line for line in posting.lines if (period_of(line.lot) or ("",))[0] == CLOSING)
        if isinstance(posting, PoolOut):
            if closing:
                counts.append(Count(posting, number, closing, is_complete=True))
        elif closing and posting.pool is None:
            # The opening of a return is the closing of the one before.
            again.append(NotCounted(posting.digest, number, posting.site, "opening_of_return"))
        else:
            is_return = posting.pool is not None and is_period_pool(posting.pool)
            counts.append(Count(posting, number, posting.lines, posting.is_complete or is_return))
    return counts, again


def inventories_of(counts: Iterable[Count], zone: tzinfo) -> tuple[list[Inventory], list[NotCounted]]:
    """Return the inventories of one plant in order of time, and the counts that are none, with the reason."""
    by_month: dict[Month, list[Count]] = {}
    for count in counts:
        by_month.setdefault(_ends(count, zone), []).append(count)
    found: list[Inventory] = []
    left: list[NotCounted] = []
    for month in sorted(by_month):
        inventory, others = _inventory(month, by_month[month], zone)
        if inventory is not None:
            found.append(inventory)
        left += others
    return found, left


def _ends(count: Count, zone: tzinfo) -> Month:
    """A return speaks of its month whatever the clock."""
    if isinstance(count.posting, PoolOut) or is_period_pool(count.pool):
        return month_of(count.posting.at, UTC)
    return month_ended_by(count.posting.at, zone)


def _inventory(month: Month, counts: list[Count], zone: tzinfo) -> tuple[Inventory | None, list[NotCounted]]:
    end = end_of(month, zone)
    by_day: dict[date, list[Count]] = {}
    for count in counts:
        by_day.setdefault(count.posting.at.astimezone(zone).date(), []).append(count)
    whole = {day: day_counts for day, day_counts in by_day.items() if any(c.is_complete for c in day_counts)}
    left = [_not(count, "stock_taking_in_part") for day in by_day.keys() - whole.keys() for count in by_day[day]]
    if not whole:
        return None, left
    day = min(whole, key=lambda d: (abs(max(c.posting.at for c in whole[d]) - end), d))
    left += [_not(count, "stock_taking_nearer") for other in whole if other != day for count in whole[other]]
    taken, again = _last_counts(whole[day])
    left += again
    at = max(count.posting.at for count in whole[day])
    return Inventory(at, month, taken, tuple(whole[day])), left


def _last_counts(counts: list[Count]) -> tuple[tuple[tuple[Count, Line], ...], list[NotCounted]]:
    """Return the lines that stand: of a tank or a lot that was counted twice, as it was counted last."""
    ordered = sorted(counts, key=lambda c: (c.posting.at, c.posting.digest, c.number))
    last = {count.pool: count for count in ordered if count.pool}
    lots: dict[tuple[str, str], tuple[Count, Line]] = {}
    for count in ordered:
        if not count.pool or last[count.pool] is count:
            lots.update({(count.pool, line.lot): (count, line) for line in count.lines})
    standing = {id(count) for count, _ in lots.values()} | {id(count) for count in last.values()}
    again = [_not(count, "counted_again") for count in ordered if count.lines and id(count) not in standing]
    again += [_not(c, "counted_again") for c in ordered if not c.lines and c.pool and last[c.pool] is not c]
    return tuple(lots.values()), again


def _not(count: Count, reason: str) -> NotCounted:
    return NotCounted(count.posting.digest, count.number, count.posting.site, reason)
