"""Instants as EPCIS writes them, and as the register keeps them: UTC, to the microsecond.

An instant is an `xsd:dateTimeStamp`: a date and time with an offset, which is required. Digits of a second
beyond the sixth are cut, never rounded, without any float: two events keep their order or become equal, they
never swap. `24:00:00` is midnight at the end of that day. A leap second (`:60`) is not in xsd:dateTimeStamp
and has no place on the UTC scale of Python; it is refused with the cure to write second 59.

Source: EPCIS 2.0 section 7.3.1 (eventTime, eventTimeZoneOffset); W3C XSD 1.1 part 2, 3.3.7 and 3.4.28;
RFC 3339 for what we write.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from ytterby.terms.problem import Problem, refuse

_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:(Z)|([+-])([0-9]{2}):([0-9]{2}))?"
)
_COMMON = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}(?:[0-9]{3})?Z").fullmatch
_OFFSET = re.compile(r"([+-])([0-9]{2}):([0-9]{2})")
_DAY = timedelta(days=1)
OFFSET_MINUTES_MAX = 14 * 60


def read_instant(text: str, pointer: str = "") -> tuple[datetime | None, list[Problem]]:
    """Return the instant that a text names, as an aware datetime in UTC.

    Codes: `instant.malformed` (not xsd:dateTimeStamp, or no such day or time), `instant.offset_missing`,
    `instant.leap_second`.
    """
    if _COMMON(text):
        try:
            return datetime.fromisoformat(text), []
        except ValueError:
            pass  # an impossible day, 24:00:00 or :60: told apart below
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None, [refuse("instant.malformed", pointer, text)]
    day, hour, minute, second, fraction, zulu, sign, off_hour, off_minute = found.groups()
    if zulu is None and sign is None:
        return None, [refuse("instant.offset_missing", pointer, text)]
    if second == "60":
        return None, [refuse("instant.leap_second", pointer, text, instead=text[:17] + "59" + text[19:])]
    is_end_of_day = hour == "24" and minute == second == "00" and not (fraction or "").strip("0")
    offset = 0 if zulu else _offset_minutes(sign, off_hour, off_minute)
    if offset is None:
        return None, [refuse("instant.malformed", pointer, text)]
    try:
        start = datetime.fromisoformat(f"{day}T{'00' if is_end_of_day else hour}:{minute}:{second}")
        local = start.replace(microsecond=int(((fraction or "") + "000000")[:6]))
        zone = timezone(timedelta(minutes=offset))
        return ((local + _DAY) if is_end_of_day else local).replace(tzinfo=zone).astimezone(UTC), []
    except (ValueError, OverflowError):
        return None, [refuse("instant.malformed", pointer, text)]


def write_instant(at: datetime) -> str:
    """Return an instant as RFC 3339 in UTC with Z: milliseconds, or microseconds where it has any.

    Raises ValueError for a datetime without a zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {at!r}")
    utc = at.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="microseconds" if utc.microsecond % 1000 else "milliseconds") + "Z"


def read_offset(text: str, pointer: str = "") -> tuple[int | None, list[Problem]]:
    """Return the minutes east of UTC of an eventTimeZoneOffset such as `+08:00` (code `instant.offset`)."""
    found = _OFFSET.fullmatch(text)
    minutes = _offset_minutes(*found.groups()) if found else None
    return minutes, [] if minutes is not None else [refuse("instant.offset", pointer, text)]


def _offset_minutes(sign: str, hour: str, minute: str) -> int | None:
    """Return the minutes of an offset, or None beyond 14 hours (XSD 1.1 part 2, 3.3.7)."""
    minutes = int(hour) * 60 + int(minute)
    if int(minute) > 59 or minutes > OFFSET_MINUTES_MAX:
        return None
    return -minutes if sign == "-" else minutes
