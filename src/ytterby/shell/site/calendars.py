"""Calendars and the rules of clocks, read from the tables beside the room of law, and from a folder of newer ones.

A folder holds `years.csv` and `days.csv` (a notice), and where it must `calendars.csv` and `spreads.csv`; a year that
it lists takes the place of the packaged year.
"""

from collections.abc import Mapping
from datetime import tzinfo
from functools import lru_cache
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from ytterby.law.calendar import Calendar
from ytterby.law.calendar_table import NO_SPREADS, CalendarTexts, parse_calendars
from ytterby.law.clock_rule import ClockRule, parse_clock_rules
from ytterby.shell.site.packs import packaged_text
from ytterby.terms.problem import Problem

ROOM, FOLDER = "law", "calendars"
# A table of calendars is text that people read; a larger file is not read at all.
BYTES_MAX = 20_000_000
Row = TypeVar("Row")


@lru_cache(maxsize=1)
def calendars() -> Mapping[str, Calendar]:
    """Return the packaged calendars by id."""
    found, problems = parse_calendars(CalendarTexts(*(_packaged(name) for name in CalendarTexts._fields)))
    return _whole(found, problems)


@lru_cache(maxsize=1)
def clock_rules() -> Mapping[str, ClockRule]:
    """Return the packaged rules of clocks by id: those of the packs' procedures, and those of no procedure."""
    # Packs name calendars, so that their reader imports this module.
    from ytterby.shell.site.law_packs import packaged_law

    found, problems = parse_clock_rules(_packaged("clock_rules"), _packaged("clock_reasons"))
    return {**_whole(found, problems), **packaged_law().clock_rules}


def calendars_of(folder: Path) -> tuple[Mapping[str, Calendar], list[Problem]]:
    """Return the packaged calendars with those of a folder over them; none, and all problems, where it is wrong.

    Raises:
        OSError: a file that cannot be read, or is too large; `years.csv` and `days.csv` must be there.
        UnicodeDecodeError: a file that is not UTF-8.
    """
    texts = CalendarTexts(
        calendars=_text(folder, "calendars", _packaged("calendars")),
        years=_text(folder, "years"),
        days=_text(folder, "days"),
        spreads=_text(folder, "spreads", NO_SPREADS),
    )
    newer, problems = parse_calendars(texts)
    if problems:
        return {}, problems
    old = calendars()
    return {**old, **{name: old[name].with_newer(one) if name in old else one for name, one in newer.items()}}, []


def zone_of(name: str) -> tzinfo:
    """Return a zone of the IANA database by its name.

    Raises:
        ValueError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(f"{name!r} is no zone") from None


def _packaged(name: str) -> str:
    return packaged_text(ROOM, f"{FOLDER}/{name}.csv")


def _text(folder: Path, name: str, default: str | None = None) -> str:
    path = folder / f"{name}.csv"
    if default is not None and not path.exists():
        return default
    if path.stat().st_size > BYTES_MAX:
        raise OSError(f"{path.name} has more than {BYTES_MAX} bytes")
    return path.read_text(encoding="utf-8-sig")


def _whole(found: Mapping[str, Row], problems: list[Problem]) -> Mapping[str, Row]:
    if problems:
        raise ValueError(f"the packaged tables are wrong: {problems[0]}")
    return found
