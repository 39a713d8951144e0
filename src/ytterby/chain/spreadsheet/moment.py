"""Days, times and zones as people write them; a day that could be two is never guessed.

`05/03/2026` may be March or May: the other cells of its column settle it, or it stays open and is a problem. Numbers
are days since 1900 or 1904, as spreadsheets count.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from ytterby.chain.spreadsheet.cell import INSTANT, NUMBER, TEXT, TIME, Cell
from ytterby.terms.instant import read_instant, read_offset

DAY_FIRST, MONTH_FIRST = "day", "month"
# Serial numbers that are days of this age: 1954 to 2119.
_SERIAL_MIN, _SERIAL_MAX = 20_000, 80_000
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 -- a sheet's days have no zone
_YMD = re.compile(r"([12][0-9]{3})[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?")
_BASIC = re.compile(r"([12][0-9]{3})([01][0-9])([0-3][0-9])")
_DMY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([12][0-9]{3})")
_SLASHES = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([12][0-9]{3})")
_CLOCK = re.compile(r"([0-9]{1,2})[:时h.]([0-9]{2})(?:[:分m.]([0-9]{2})(?:[.,]([0-9]{1,6}))?)?秒?分?")
_MONTH = re.compile(r"([12][0-9]{3})[-./年]?([0-9]{1,2})月?|([0-9]{1,2})[./-]([12][0-9]{3})")
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])\s*([0-9]{1,2})(?::?([0-9]{2}))?", re.IGNORECASE)


class Moment(NamedTuple):
    """What a cell says of when: a day, perhaps the time of day, and the offset where it is stated."""

    day: date
    clock: time | None = None
    offset: str = ""


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def day_order(cells: Iterable[Cell]) -> str:
    """Return in which order the days of a column are written, where one of them shows it; empty where none does."""
    orders = set()
    for cell in cells:
        found = _SLASHES.match(_plain(cell.text)) if cell.kind == TEXT else None
        if found and int(found.group(1)) > 12:
            orders.add(DAY_FIRST)
        elif found and int(found.group(2)) > 12:
            orders.add(MONTH_FIRST)
    return orders.pop() if len(orders) == 1 else ""


def read_moment(cell: Cell, order: str, *, epoch_1904: bool = False) -> Moment | str | None:
    """Return when a cell says; None when it says nothing, and its text when the day could be two."""
    if cell.kind == INSTANT and cell.instant is not None:
        at = cell.instant
        return Moment(at.date(), at.time() if at.time() != time() else None)
    if cell.kind == NUMBER and cell.number is not None:
        return _serial(cell, epoch_1904=epoch_1904)
    if cell.kind != TEXT:
        return None
    text = _plain(cell.text)
    at_once, _ = read_instant(text.replace(" ", "T", 1)) if len(text) < 60 else (None, [])
    if at_once is not None:
        offset = "+00:00" if text.endswith("Z") else text[-6:]
        return _local(at_once, offset)
    day_text, clock_text = _halves(text)
    clock = read_clock_text(clock_text) if clock_text else None
    if clock_text and clock is None:
        return None
    day = _day(day_text, order)
    return Moment(day, clock) if isinstance(day, date) else day


def _local(at: datetime, offset: str) -> Moment | None:
    minutes, _ = read_offset(offset)
    if minutes is None:
        return None
    try:
        local = at + timedelta(minutes=minutes)
    except OverflowError:
        return None
    return Moment(local.date(), local.time().replace(tzinfo=None), offset)


def _halves(text: str) -> tuple[str, str]:
    """Return the part of the day and that of the clock."""
    found = (
        re.fullmatch(r"(\S+)(?:[T\s]+(\S.*))?", text) if "T" not in text[8:12] else re.fullmatch(r"([^T]+)T(.+)", text)
    )
    return (found.group(1), (found.group(2) or "").strip()) if found else (text, "")


def _day(text: str, order: str) -> date | str | None:
    found = _YMD.fullmatch(text) or _BASIC.fullmatch(text)
    if found:
        return _date(found.group(1), found.group(2), found.group(3))
    found = _DMY.fullmatch(text)
    if found:
        return _date(found.group(3), found.group(2), found.group(1))
    found = _SLASHES.fullmatch(text)
    if not found:
        return None
    first, second, year = found.groups()
    if int(first) > 12 or first == second:
        return _date(year, second, first)
    if int(second) > 12:
        return _date(year, first, second)
    if order == DAY_FIRST:
        return _date(year, second, first)
    return _date(year, first, second) if order == MONTH_FIRST else text


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _serial(cell: Cell, *, epoch_1904: bool) -> Moment | None:
    number = cell.number
    if number is None or not _SERIAL_MIN <= number <= _SERIAL_MAX:
        return _basic(cell)
    seconds = int((number * 86_400).to_integral_value())
    at = (_EPOCH_1904 if epoch_1904 else _EPOCH) + timedelta(seconds=seconds)
    return Moment(at.date(), at.time() if at.time() != time() else None)


def _basic(cell: Cell) -> Moment | None:
    """Return the day of a number that writes it in eight digits, 20260305."""
    found = _BASIC.fullmatch(cell.text)
    day = _date(*found.groups()) if found else None
    return Moment(day) if day else None


def read_clock(cell: Cell) -> time | None:
    """Return the time of day of a cell: a clock, a part of a day, or a text such as 14:30."""
    if cell.kind == TIME:
        return cell.clock
    if cell.kind == INSTANT and cell.instant is not None:
        return cell.instant.time()
    if cell.kind == NUMBER and cell.number is not None and 0 <= cell.number < 1:
        return (_EPOCH + timedelta(seconds=int((cell.number * 86_400).to_integral_value()))).time()
    return read_clock_text(_plain(cell.text)) if cell.kind == TEXT else None


def read_clock_text(text: str) -> time | None:
    """Return the time of day that a text names."""
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    hour, minute, second, fraction = found.groups()
    try:
        return time(int(hour), int(minute), int(second or 0), int((fraction or "0").ljust(6, "0")))
    except ValueError:
        return None


def read_zone(text: str) -> str | None:
    """Return an offset as EPCIS writes it: `+08:00` for `+8`, `UTC+08:00`, `Z`."""
    plain = _plain(text)
    if plain.casefold() in ("z", "utc", "gmt"):
        return "+00:00"
    found = _OFFSET.fullmatch(plain.replace("−", "-"))
    if not found:
        return None
    offset = f"{found.group(1)}{int(found.group(2)):02d}:{found.group(3) or '00'}"
    minutes, _ = read_offset(offset)
    return None if minutes is None else offset


def read_month(cell: Cell) -> tuple[int, int] | None:
    """Return year and month of a cell: a text such as 2026-03, 03/2026, 2026年3月, or any day of the month."""
    if cell.kind == INSTANT and cell.instant is not None:
        return cell.instant.year, cell.instant.month
    if cell.kind == TEXT or (cell.kind == NUMBER and len(cell.text) == 6):
        found = _MONTH.fullmatch(_plain(cell.text))
        if found:
            year, month = (found.group(1), found.group(2)) if found.group(1) else (found.group(4), found.group(3))
            return (int(year), int(month)) if 1 <= int(month) <= 12 else None
    read = read_moment(cell, "")
    return (read.day.year, read.day.month) if isinstance(read, Moment) else None


def instant_of(moment: Moment, clock: time, offset: str) -> datetime | None:
    """Return the instant in UTC; None when it lies beyond the calendar."""
    minutes, _ = read_offset(offset)
    assert minutes is not None, "an offset was read before"
    try:
        return (datetime.combine(moment.day, clock) - timedelta(minutes=minutes)).replace(tzinfo=UTC)
    except OverflowError:
        return None
