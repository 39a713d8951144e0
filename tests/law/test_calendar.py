"""Working days, both conventions of day one, and due dates in years whose notice has not come."""

import csv
import importlib.util
import io
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from law.calendar_days import WEEKEND, calendar_of, count_day_by_day, dates, weekends, works
from ytterby.law.calendar import (
    Calendar,
    CalendarDay,
    CalendarYear,
    Counting,
    DayKind,
    Spread,
    YearStatus,
    calendar_days_elapsed,
)
from ytterby.law.calendar_table import CalendarTexts, parse_calendars
from ytterby.law.due import DueKind, due_after
from ytterby.shell.site.calendars import calendars
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.wording import sentence

DAY = timedelta(days=1)
# domain/vectors/working_day_vectors.csv: received, working days, due, due where the day of receipt counts, elapsed.
WORKING_DAY_VECTORS = [
    ("2025-04-04", 45, "2025-06-11", "2025-06-11", 68),
    ("2025-04-27", 45, "2025-07-03", "2025-07-02", 67),
    ("2025-08-01", 45, "2025-10-10", "2025-10-09", 70),
    ("2025-09-26", 45, "2025-12-04", "2025-12-03", 69),
    ("2025-12-01", 45, "2026-02-03", "2026-02-02", 64),
    ("2026-01-05", 45, "2026-03-13", "2026-03-12", 67),
    ("2026-02-13", 45, "2026-04-24", "2026-04-23", 70),
    ("2026-04-30", 45, "2026-07-07", "2026-07-06", 68),
    ("2026-09-18", 45, "2026-11-26", "2026-11-25", 69),
]
# Statutory days by the Measures of 10 Nov 2024: 1 Jan, Spring Festival's eve and three days, Tomb-sweeping Day, 1 and
# 2 May, Dragon Boat and Mid-autumn Festival, 1 to 3 Oct. The lunar ones are recalled; all are holidays of the notices.
STATUTORY = {
    2025: ["01-01", "01-28", "01-29", "01-30", "01-31", "04-04", "05-01", "05-02", "05-31", "10-06"],
    2026: ["01-01", "02-16", "02-17", "02-18", "02-19", "04-05", "05-01", "05-02", "06-19", "09-25"],
}
OCTOBER = ["10-01", "10-02", "10-03"]


@pytest.fixture(scope="module")
def china() -> Calendar:
    return calendars()["CN"]


def packaged_rows(name):
    return list(csv.DictReader(io.StringIO(packaged_text("law", f"calendars/{name}.csv"))))


# Oracles


@pytest.mark.parametrize(("received", "days", "due", "due_counted", "elapsed"), WORKING_DAY_VECTORS)
def test_the_vectors_agree(china, received, days, due, due_counted, elapsed):
    start = date.fromisoformat(received)
    found = due_after(china, start, days)
    assert found.day.isoformat() == due
    assert due_after(china, start, days, is_first_counted=True).day.isoformat() == due_counted
    assert found.calendar_days == calendar_days_elapsed(start, found.day) == elapsed
    assert found.certainty.kind is DueKind.FIRM


def test_45_working_days_are_60_to_72_calendar_days_and_66_in_the_median(china):
    """Source: regulation page of this project, 1.7 (computed, 2025-2026)."""
    starts = [date(2025, 1, 1) + n * DAY for n in range(638)]
    elapsed = sorted(due_after(china, start, 45).calendar_days for start in starts)
    assert (elapsed[0], elapsed[-1], elapsed[len(elapsed) // 2]) == (60, 72, 66)


def statutory_calendar() -> Calendar:
    found = set()
    for year, own in STATUTORY.items():
        days = sorted(date.fromisoformat(f"{year}-{day}") for day in own + OCTOBER)
        found |= set(days)
        for day in days:
            # A statutory day on a weekend is made up for on the next day that works.
            if day.weekday() in WEEKEND:
                next_days = (day + n * DAY for n in range(1, 9))
                found.add(next(d for d in next_days if d not in found and d.weekday() not in WEEKEND))
    found |= {
        date.fromisoformat(r["date"]) for r in packaged_rows("days") if r["date"] > "2027" and r["calendar"] == "CN"
    }
    return calendar_of(holidays=found)


def test_the_spread_of_a_year_without_notice_is_what_two_noticed_years_show(china):
    """Source: regulation page of this project, section 2: 638 start days, 96.2 %, 98.3 %, worst -4/+7."""
    by_statute = statutory_calendar()
    starts = [date(2025, 1, 1) + n * DAY for n in range(638)]
    apart = [(by_statute.nth_day_after(s, 45) - china.nth_day_after(s, 45)).days for s in starts]
    stated = china.spread(YearStatus.PROVISIONAL, 45)
    assert (min(apart), max(apart)) == (stated.low_days, stated.high_days) == (-4, 7)
    assert len(starts) == stated.starts
    assert round(sum(abs(d) <= 1 for d in apart) / len(starts), 3) == stated.within_1_day == 0.962
    assert round(sum(abs(d) <= 3 for d in apart) / len(starts), 3) == stated.within_3_days == 0.983


@pytest.mark.parametrize("status", [YearStatus.PROVISIONAL, YearStatus.UNLISTED])
@pytest.mark.parametrize("days", [1, 5, 20, 46, 90, 120, 180, 250])
def test_every_stated_spread_holds_in_the_noticed_years(china, status, days):
    by_less = statutory_calendar() if status is YearStatus.PROVISIONAL else calendar_of()
    last = date(2026, 12, 31)
    starts = [date(2025, 1, 1) + n * DAY for n in range(638)]
    true = [(s, china.nth_day_after(s, days)) for s in starts if china.days_between(s, last) >= days]
    apart = [(by_less.nth_day_after(s, days) - end).days for s, end in true]
    stated = china.spread(status, days)
    assert stated.low_days <= min(apart) <= max(apart) <= stated.high_days


@pytest.mark.parametrize("year", [2025, 2026])
def test_each_day_is_that_of_the_package_chinesecalendar(china, year):
    """That package is no dependency; where it is installed it is asked."""
    if importlib.util.find_spec("chinese_calendar") is None:
        pytest.skip("the package chinesecalendar is not installed; install it to compare day by day")
    import chinese_calendar

    for number in range(365):
        day = date(year, 1, 1) + number * DAY
        assert china.counts(day) is chinese_calendar.is_workday(day), day


# Arithmetic


@given(
    st.data(), dates(), st.integers(1, 400), st.sets(dates(), max_size=40), st.sets(dates(), max_size=40), weekends()
)
def test_a_due_date_is_that_of_counting_day_by_day(data, start, days, holidays, made_up, weekend):
    made_up -= holidays
    first = data.draw(st.booleans())
    calendar = calendar_of(holidays, made_up, weekend)
    due = calendar.nth_day_after(start, days, is_first_counted=first)
    assert due == count_day_by_day(start, days, holidays, made_up, weekend, is_first_counted=first)
    assert calendar.counts(due)
    counted = calendar.days_between(start, due) + (first and calendar.counts(start))
    assert counted == days


@given(dates(), dates(), st.sets(dates(), max_size=60), st.sets(dates(), max_size=60))
def test_days_between_are_those_that_work_and_add_up(start, end, holidays, made_up):
    made_up -= holidays
    calendar = calendar_of(holidays, made_up)
    low, high = min(start, end), max(start, end)
    span = [low + n * DAY for n in range(1, (high - low).days + 1)]
    assert calendar.days_between(low, high) == sum(works(day, holidays, made_up) for day in span)
    assert calendar.days_between(low, high) == -calendar.days_between(high, low)
    assert all(calendar.counts(day) is works(day, holidays, made_up) for day in span[:50])


@given(dates(), st.integers(1, 300), st.sets(dates(), max_size=60), dates(), st.booleans())
def test_another_holiday_never_makes_a_due_date_earlier(start, days, holidays, another, first):
    before = calendar_of(holidays).nth_day_after(start, days, is_first_counted=first)
    after = calendar_of(holidays | {another}).nth_day_after(start, days, is_first_counted=first)
    assert after >= before


@given(dates(), st.integers(1, 300), st.sets(dates(), max_size=60), dates(), st.booleans())
def test_another_makeup_day_never_makes_a_due_date_later(start, days, made_up, another, first):
    before = calendar_of((), made_up).nth_day_after(start, days, is_first_counted=first)
    after = calendar_of((), made_up | {another}).nth_day_after(start, days, is_first_counted=first)
    assert after <= before


@given(dates(), st.integers(1, 300), st.sets(dates(), max_size=60), st.sets(dates(), max_size=60))
def test_the_two_conventions_differ_by_at_most_one_working_day(start, days, holidays, made_up):
    calendar = calendar_of(holidays, made_up - holidays)
    due, counted = (calendar.nth_day_after(start, days, is_first_counted=first) for first in (False, True))
    assert calendar.index(due) - calendar.index(counted) == (1 if calendar.counts(start) else 0)


def test_decades_are_counted_as_exactly_as_weeks(china):
    start, days = date(1950, 3, 1), 25_000
    holidays = {d for d, one in china.days.items() if one.kind is DayKind.HOLIDAY}
    made_up = {d for d, one in china.days.items() if one.kind is DayKind.MAKEUP_WORKDAY}
    assert china.nth_day_after(start, days) == count_day_by_day(start, days, holidays, made_up)


def test_a_weekend_of_friday_and_saturday():
    calendar = calendar_of(weekend=frozenset({4, 5}))
    assert calendar.nth_day_after(date(2026, 3, 5), 1) == date(2026, 3, 8)


def test_where_calendar_days_count_every_day_does_and_every_due_date_is_firm():
    calendar = Calendar(
        "T", weekend=WEEKEND, counting=Counting.CALENDAR_DAYS,
        days={date(2026, 3, 9): CalendarDay(date(2026, 3, 9), DayKind.HOLIDAY)},
    )  # fmt: skip
    due = due_after(calendar, date(2026, 3, 6), 90)
    assert due.day == date(2026, 6, 4)
    assert due.calendar_days == 90
    assert due.certainty.kind is DueKind.FIRM
    assert due_after(calendar, date(2026, 3, 7), 1, is_first_counted=True).day == date(2026, 3, 7)


@pytest.mark.parametrize("days", [0, -1])
def test_less_than_a_day_is_no_period(china, days):
    with pytest.raises(ValueError):
        due_after(china, date(2026, 3, 2), days)


@pytest.mark.parametrize("start", [date(9999, 12, 30), date.max])
def test_the_end_of_time_is_said_and_not_run_over(china, start):
    with pytest.raises(ValueError):
        china.nth_day_after(start, 3)


def test_the_first_day_of_all_can_be_counted(china):
    assert china.nth_day_after(date.min, 1, is_first_counted=True) == date.min
    assert due_after(china, date.min, 1, is_first_counted=True).day == date.min


def test_a_week_without_a_working_day_is_no_calendar():
    with pytest.raises(ValueError):
        calendar_of(weekend=frozenset(range(7)))


# Years without notice


def test_a_due_date_in_a_year_without_notice_is_provisional_with_its_spread(china):
    """Source: regulation page of this project, section 2: accepted on the pack's day, due 27 Jan 2027 by statute."""
    due = due_after(china, date(2026, 11, 24), 45)
    assert due.day == date(2027, 1, 27)
    assert due.certainty.kind is DueKind.PROVISIONAL
    assert [one.year for one in due.certainty.open_years] == [2027]
    # Stated less true is -4 to +7, so the true day is up to 7 days before and 4 days after what is stated.
    assert (due.certainty.earliest, due.certainty.latest) == (date(2027, 1, 20), date(2027, 1, 31))


def test_the_spread_of_another_length_is_that_of_all_lengths(china):
    spread = due_after(china, date(2026, 12, 24), 20).certainty.spread
    assert (spread.low_days, spread.high_days, spread.days_from) == (-6, 9, 1)


def test_the_true_day_is_never_before_the_first_that_is_not_sure(china):
    due = due_after(china, date(2026, 12, 30), 2)
    assert due.day == date(2027, 1, 4)
    assert due.certainty.earliest == date(2027, 1, 1)


def test_of_a_year_that_is_not_listed_nothing_is_sure_and_a_wider_spread_stands(china):
    due = due_after(china, date(2027, 12, 1), 45)
    assert [one.status for one in due.certainty.open_years] == [YearStatus.PROVISIONAL, YearStatus.UNLISTED]
    assert due.certainty.spread.status is YearStatus.UNLISTED
    assert due.certainty.latest > due.day


def test_what_was_not_measured_has_no_spread():
    due = due_after(calendars()["US-federal"], date(2027, 12, 1), 45)
    assert due.certainty.kind is DueKind.PROVISIONAL
    assert (due.certainty.spread, due.certainty.earliest, due.certainty.latest) == (None, None, None)


def test_the_same_question_is_firm_once_the_notice_has_come(china):
    notice = Calendar(
        "CN",
        weekend=WEEKEND,
        days={day: CalendarDay(day, DayKind.HOLIDAY) for day in (date(2027, 1, 1), date(2027, 1, 27))},
        years={2027: CalendarYear(2027, YearStatus.NOTICED, "the notice", "read")},
    )
    newer = china.with_newer(notice)
    due = due_after(newer, date(2026, 11, 24), 45)
    assert due.day == date(2027, 1, 28)
    assert due.certainty.kind is DueKind.FIRM
    assert due.certainty.earliest == due.certainty.latest == due.day
    assert newer.counts(date(2027, 2, 5)), "a statutory day that the notice does not list is its own word"
    assert due_after(newer, date(2025, 4, 4), 45) == due_after(china, date(2025, 4, 4), 45)
    assert newer.spreads == china.spreads


@given(dates(date(2024, 1, 1), date(2028, 6, 1)), st.integers(1, 250), st.booleans())
def test_a_provisional_date_lies_within_its_spread_and_only_unsure_years_make_it_so(start, days, first):
    china = calendars()["CN"]
    due = due_after(china, start, days, is_first_counted=first)
    begin = start if first else start + DAY
    unsure = any(not china.year(year).status.is_firm for year in range(min(begin, due.day).year, due.day.year + 1))
    assert (due.certainty.kind is DueKind.PROVISIONAL) is unsure
    assert due.certainty.earliest <= due.day <= due.certainty.latest


# Tables

GOOD = CalendarTexts(
    calendars="calendar,counting,weekend,zone,source,confidence\nX,working_days,Sat Sun,UTC,a law,read\n",
    years="calendar,year,status,source,confidence\nX,2026,noticed,a notice,read\n",
    days="calendar,date,kind,name,source,confidence\nX,2026-05-01,holiday,Labour Day,a notice,read\n",
    spreads=(
        "calendar,status,days_from,days_to,low_days,high_days,within_1_day,within_3_days,starts,source,confidence\n"
        "X,provisional,1,250,-6,9,0.9,0.95,600,own,computed\n"
    ),
)


def test_a_good_table_is_read():
    found, problems = parse_calendars(GOOD)
    assert problems == []
    assert not found["X"].counts(date(2026, 5, 1))
    assert found["X"].year(2026).source == "a notice"
    assert found["X"].spread(YearStatus.PROVISIONAL, 45).high_days == 9


@pytest.mark.parametrize(
    ("table", "old", "new", "code", "column"),
    [
        ("days", "2026-05-01", "2026-02-30", "calendar.no_day", "date"),
        ("days", "2026-05-01", "20260501", "calendar.no_day", "date"),
        ("days", "2026-05-01", "２０２６-05-01", "calendar.no_day", "date"),
        ("days", "2026-05-01", "2028-05-01", "calendar.no_year", "date"),
        ("days", "holiday", "makeup_workday", "calendar.works_anyway", "date"),
        ("days", "holiday", "feast", "calendar.no_word", "kind"),
        ("days", "X,", "Y,", "calendar.unknown", "calendar"),
        ("days", "Labour Day", "", "calendar.empty_cell", "name"),
        ("days", "a notice", " ", "calendar.empty_cell", "source"),
        ("days", "read", "sure", "calendar.no_word", "confidence"),
        ("days", ",read", "", "calendar.no_row", ""),
        ("days", "\nX", '\n"X', "calendar.no_table", ""),
        ("days", "date,kind", "kind,date", "calendar.no_columns", ""),
        ("years", "2026", "20x6", "calendar.no_number", "year"),
        ("years", "2026", "0026", "calendar.no_number", "year"),
        ("years", "noticed", "unlisted", "calendar.no_word", "status"),
        ("calendars", "Sat Sun", "Sat Son", "calendar.no_word", "weekend"),
        ("calendars", "Sat Sun", "Mon Tue Wed Thu Fri Sat Sun", "calendar.all_idle", "weekend"),
        ("calendars", "working_days", "days", "calendar.no_word", "counting"),
        ("calendars", "UTC", "", "calendar.empty_cell", "zone"),
        ("spreads", "provisional", "noticed", "calendar.no_word", "status"),
        ("spreads", "1,250", "251,250", "calendar.reversed", "days_from"),
        ("spreads", "-6,9", "9,-6", "calendar.reversed", "low_days"),
        ("spreads", "0.9,", "0.99,", "calendar.reversed", "within_1_day"),
        ("spreads", "0.95", "95", "calendar.no_number", "within_3_days"),
        ("spreads", "600", "0", "calendar.no_number", "starts"),
    ],
)
def test_a_bad_row_is_refused_with_its_row_column_and_cure(table, old, new, code, column):
    text = getattr(GOOD, table).replace(old, new, 1)
    found, problems = parse_calendars(GOOD._replace(**{table: text}))
    assert found == {}
    wrong = {one.code: one for one in problems}
    assert code in wrong
    where = wrong[code].where
    assert (where.file, where.column) == (f"{table}.csv", column)
    assert where.row == (1 if code in {"calendar.no_table", "calendar.no_columns"} else 2)
    assert all(sentence(wrong[code], language)[1] for language in ("en", "zh"))
    assert "?" not in "".join(sentence(wrong[code]))


def test_all_problems_of_all_tables_come_out_at_once():
    spoilt = GOOD._replace(
        days=GOOD.days + "X,2026-05-01,holiday,Again,a notice,read\nX,never,holiday,None,a notice,read\n",
        years=GOOD.years + "X,2026,noticed,a notice,read\n",
    )
    _, problems = parse_calendars(spoilt)
    assert [(one.code, one.where.row) for one in problems] == [
        ("calendar.twice", 3), ("calendar.twice", 3), ("calendar.no_day", 4),
    ]  # fmt: skip


def test_a_notice_may_move_the_last_days_of_the_year_before():
    years = GOOD.years.replace("2026", "2027")
    days = GOOD.days.replace("2026-05-01", "2026-12-31")
    found, problems = parse_calendars(GOOD._replace(years=years, days=days))
    assert problems == []
    assert not found["X"].counts(date(2026, 12, 31))


@given(st.sampled_from(CalendarTexts._fields), st.text(max_size=300), st.integers(0, 200), st.integers(0, 40))
def test_no_text_makes_the_parser_fail(table, scrap, at, cut):
    text = getattr(GOOD, table)
    at = min(at, len(text))
    for spoilt in (scrap, text[:at] + scrap + text[at + cut :]):
        found, problems = parse_calendars(GOOD._replace(**{table: spoilt}))
        assert not (found and problems)
        assert all(one.code.startswith("calendar.") for one in problems)


def test_every_packaged_day_states_its_source_and_every_year_what_it_rests_on():
    for name, calendar in calendars().items():
        assert all(one.source and one.confidence for one in calendar.days.values()), name
        assert all(one.source and one.confidence for one in calendar.years.values()), name
        assert {day.year for day in calendar.days} <= calendar.years.keys(), name


def test_what_is_recalled_stays_marked(china):
    assert china.year(2025).confidence.startswith("recalled")
    assert china.year(2027).status is YearStatus.PROVISIONAL


def test_a_spread_is_the_narrowest_that_was_measured():
    wide, narrow = (
        Spread(YearStatus.PROVISIONAL, low, high, -low, low, 0.5, 0.9, 10) for low, high in ((1, 250), (45, 45))
    )
    calendar = calendar_of(spreads=(wide, narrow))
    assert calendar.spread(YearStatus.PROVISIONAL, 45) is narrow
    assert calendar.spread(YearStatus.PROVISIONAL, 44) is wide
    assert calendar.spread(YearStatus.PROVISIONAL, 251) is None
