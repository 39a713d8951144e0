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

from ytterby.law.book import LawBook
from ytterby.law.calendar import Calendar
from ytterby.law.calendar_table import NO_SPREADS, CalendarTexts, parse_calendars
from ytterby.law.clock_rule import ClockRule, parse_clock_rules
from ytterby.shell.site.packs import packaged_text
from ytterby.terms.problem import Problem

ROOM, FOLDER = "law", "calendars"
# A table of calendars is text that people read; a larger file is not read at all.
BYTES_MAX = 20_000_000
REQUIRED = ("years", "days")
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

    return clock_rules_beside(packaged_law())


def clock_rules_beside(book: LawBook) -> Mapping[str, ClockRule]:
    """Return the rules of clocks of a book's procedures by id, and beside them those of no procedure."""
    return {**_clocks_of_no_procedure(), **book.clock_rules}


@lru_cache(maxsize=1)
def _clocks_of_no_procedure() -> Mapping[str, ClockRule]:
    return _whole(*parse_clock_rules(_packaged("clock_rules"), _packaged("clock_reasons")))


def calendars_of(folder: Path) -> tuple[Mapping[str, Calendar], list[Problem]]:
    """Return the packaged calendars with those of a folder over them; none, and all problems, where it is wrong.

    Raises:
        OSError: a file that cannot be read, or is too large; `years.csv` and `days.csv` must be there.
        UnicodeDecodeError: a file that is not UTF-8.
    """
    return calendars_over(calendars(), calendar_texts(folder))


def calendar_texts(folder: Path) -> dict[str, str]:
    """Return the tables that a folder holds, by name.

    Raises:
        OSError: a file that cannot be read, or is too large; `years.csv` and `days.csv` must be there.
        UnicodeDecodeError: a file that is not UTF-8.
    """
    names = [name for name in CalendarTexts._fields if name in REQUIRED or (folder / f"{name}.csv").exists()]
    return {name: _text(folder, name) for name in names}


def calendars_over(
    old: Mapping[str, Calendar], texts: Mapping[str, str]
) -> tuple[Mapping[str, Calendar], list[Problem]]:
    """Return calendars with those of some tables over them; none, and all problems, where a table is wrong."""
    newer, problems = parse_calendars(
        CalendarTexts(
            calendars=texts.get("calendars", _packaged("calendars")),
            years=texts["years"],
            days=texts["days"],
            spreads=texts.get("spreads", NO_SPREADS),
        )
    )
    if problems:
        return {}, problems
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


def _text(folder: Path, name: str) -> str:
    path = folder / f"{name}.csv"
    if path.stat().st_size > BYTES_MAX:
        raise OSError(f"{path.name} has more than {BYTES_MAX} bytes")
    return path.read_text(encoding="utf-8-sig")


def _whole(found: Mapping[str, Row], problems: list[Problem]) -> Mapping[str, Row]:
    if problems:
        raise ValueError(f"the packaged tables are wrong: {problems[0]}")
    return found
