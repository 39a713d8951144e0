from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.terms.instant import read_instant, read_offset, write_instant

GOOD = {
    "2025-04-19T04:00:00.000Z": "2025-04-19T04:00:00.000Z",
    "2025-04-19T12:00:00+08:00": "2025-04-19T04:00:00.000Z",
    "2025-04-19T12:00:00.5+08:00": "2025-04-19T04:00:00.500Z",
    "2025-04-18T20:30:00-07:30": "2025-04-19T04:00:00.000Z",
    "2025-04-19T04:00:00-00:00": "2025-04-19T04:00:00.000Z",
    "2025-04-19T18:00:00+14:00": "2025-04-19T04:00:00.000Z",
    # Digits beyond the sixth are cut: .9999999 stays before the full second.
    "2025-04-19T04:00:00.9999999Z": "2025-04-19T04:00:00.999999Z",
    "2025-04-19T04:00:00.0000001Z": "2025-04-19T04:00:00.000Z",
    "2025-04-19T04:00:00.1234567890123456789Z": "2025-04-19T04:00:00.123456Z",
    "2025-04-19T04:00:00.9996Z": "2025-04-19T04:00:00.999600Z",
    "2025-12-31T24:00:00Z": "2026-01-01T00:00:00.000Z",
    "2025-12-31T24:00:00.000Z": "2026-01-01T00:00:00.000Z",
    "2024-02-28T24:00:00.0+08:00": "2024-02-28T16:00:00.000Z",
    "2024-02-29T00:00:00.000Z": "2024-02-29T00:00:00.000Z",
    "0001-01-01T00:00:00.000Z": "0001-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z": "9999-12-31T23:59:59.999Z",
}
BAD = {
    "2025-04-19T04:00:00": "instant.offset_missing",
    "2025-04-19T04:00:00.000": "instant.offset_missing",
    "2016-12-31T23:59:60Z": "instant.leap_second",
    "2016-12-31T23:59:60.500Z": "instant.leap_second",
    **dict.fromkeys(
        [
            "",
            "today",
            "2025-04-19",
            "2025-04-19T04:00Z",
            "2025-04-19 04:00:00Z",
            "2025-04-19t04:00:00z",
            "20250419T040000Z",
            "2025-W16-6T04:00:00.000Z",
            "2025-02-29T00:00:00.000Z",
            "2025-13-01T00:00:00Z",
            "2025-00-10T00:00:00Z",
            "2025-04-31T00:00:00.000Z",
            "2025-04-19T25:00:00Z",
            "2025-04-19T24:00:01Z",
            "2025-04-19T24:00:00.001Z",
            "2025-04-19T23:60:00.000Z",
            "2025-04-19T23:59:61Z",
            "2025-04-19T04:00:00.Z",
            "2025-04-19T04:00:00+14:01",
            "2025-04-19T04:00:00+15:00",
            "2025-04-19T04:00:00+08:60",
            "2025-04-19T04:00:00+8:00",
            "2025-04-19T04:00:00+0800",
            "-2025-04-19T04:00:00Z",
            "12025-04-19T04:00:00Z",
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00+08:00",
            "9999-12-31T24:00:00Z",
            "9999-12-31T23:00:00-08:00",
            " 2025-04-19T04:00:00Z",
            "2025-04-19T04:00:00Z\n",
            "２０２５-04-19T04:00:00.000Z",
            "2025-04-19T04:00:00,000Z",
        ],
        "instant.malformed",
    ),
}


@pytest.mark.parametrize(("text", "utc"), GOOD.items())
def test_an_instant_is_read_as_utc(text: str, utc: str) -> None:
    at, problems = read_instant(text)
    assert problems == []
    assert at is not None
    assert at.utcoffset() == timedelta(0)
    assert write_instant(at) == utc


@pytest.mark.parametrize(("text", "code"), BAD.items())
def test_what_is_no_instant_is_refused(text: str, code: str) -> None:
    at, (problem,) = read_instant(text, "/eventTime")
    assert at is None
    assert (problem.code, problem.where.pointer) == (code, "/eventTime")


def test_a_leap_second_says_what_to_write_instead() -> None:
    _, (problem,) = read_instant("2016-12-31T23:59:60.500Z")
    assert problem.facts["instead"] == "2016-12-31T23:59:59.500Z"
    assert read_instant(problem.facts["instead"])[1] == []


@settings(max_examples=200, deadline=None)
@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_what_is_written_is_read_back_in_any_offset(naive: datetime, minutes: int) -> None:
    at = naive.replace(tzinfo=UTC)
    assert read_instant(write_instant(at)) == (at, [])
    local = at.astimezone(timezone(timedelta(minutes=minutes)))
    assert read_instant(local.isoformat(timespec="microseconds")) == (at, [])
    assert write_instant(local) == write_instant(at)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.from_regex(r"[0-9]{1,12}", fullmatch=True), min_size=2, max_size=2))
def test_instants_never_swap_whatever_digits_they_have(fractions: list[str]) -> None:
    early, late = sorted(fractions, key=lambda f: f.ljust(12, "0"))
    a, b = (read_instant(f"2025-04-19T04:00:00.{f}Z")[0] for f in (early, late))
    assert a is not None
    assert b is not None
    assert a <= b


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=30), st.from_regex(r"\A[0-9]{4}-[0-9T:.Z+-]{15,25}\Z")))
def test_no_text_raises(text: str) -> None:
    at, problems = read_instant(text)
    assert (at is None) == bool(problems)
    minutes, problems = read_offset(text)
    assert (minutes is None) == bool(problems)


def test_an_instant_without_a_zone_is_a_programmers_mistake() -> None:
    with pytest.raises(ValueError, match="zone"):
        write_instant(datetime(2025, 1, 1))


def test_offsets() -> None:
    good = {"+08:00": 480, "-05:30": -330, "+00:00": 0, "-00:00": 0, "+14:00": 840, "-14:00": -840}
    assert {text: read_offset(text)[0] for text in good} == good
    for text in ("Z", "08:00", "+8:00", "+0800", "+14:01", "+08:60", "+08:00 ", "+０8:00", ""):
        assert [p.code for p in read_offset(text, "/o")[1]] == ["instant.offset"]
