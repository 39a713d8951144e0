"""Days as lists write them: ISO, day before month with slashes, English names of months, years alone, parts unknown.

Source: the files themselves (OFAC `08 Sep 1966`, UN `1971-01-01`, UK `dd/mm/1945`, EU `1937-04-28`). Where day and
month could be meant either way (03/04/1960) day comes first, as in the UK's list, the only one that writes slashes.
"""

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:T[\d:.+Z-]*)?")
_SLASHES = re.compile(r"(\d{1,2}|dd)[/.](\d{1,2}|mm)[/.](\d{4})", re.IGNORECASE)
_NAMED = re.compile(r"(?:(\d{1,2})[ -])?([A-Za-z]{3,9})\.?,?[ -](\d{4})")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}), ?(\d{4})")
_ABOUT = re.compile(r"^(?:circa|c\.?a?\.?|approximately|about|between)\s+", re.IGNORECASE)
YEAR_FIRST, YEAR_LAST = 1000, 2200


def read_day(text: str) -> date | None:
    """Return the day that a text says; None where it says no whole day."""
    parts = _parts(text)
    if parts is None or parts[1] is None or parts[2] is None:
        return None
    return _date(parts[0], parts[1], parts[2])


def read_partial(text: str) -> str | None:
    """Return a day, month or year as ISO text (1966-09-08, 1966-09, 1966); None where it says none."""
    parts = _parts(_ABOUT.sub("", text.strip()))
    if parts is None:
        return None
    year, month, day = parts
    if month is None:
        return f"{year:04d}"
    if day is None:
        return f"{year:04d}-{month:02d}" if _date(year, month, 1) else None
    found = _date(year, month, day)
    return found.isoformat() if found else None


def read_partials(text: str) -> list[str] | None:
    """Return the days or years of a text that may hold a range (`1957 to 1960`: both ends); None where one is none."""
    pieces = [piece for piece in re.split(r"\s+(?:to|and|or)\s+|;|\||–", text.strip()) if piece.strip()]
    found = [read_partial(piece) for piece in pieces]
    return None if not found or None in found else [one for one in found if one]


def _parts(text: str) -> tuple[int, int | None, int | None] | None:
    text = text.strip()
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
    elif match := _SLASHES.fullmatch(text):
        day, month, year = (None if part.isalpha() else part for part in match.groups())
        if month is None:
            day = None
    elif match := _NAMED.fullmatch(text):
        day, word, year = match.groups()
        month = _month(word)
        if month is None:
            return None
    elif match := _MONTH_FIRST.fullmatch(text):
        word, day, year = match.groups()
        month = _month(word)
        if month is None:
            return None
    else:
        return None
    if year is None or not (year.isascii() and YEAR_FIRST <= int(year) <= YEAR_LAST):
        return None
    return int(year), int(month) if month else None, int(day) if day else None


def _month(word: str) -> str | None:
    start = word[:3].lower()
    return str(_MONTHS.index(start) + 1) if start in _MONTHS else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
