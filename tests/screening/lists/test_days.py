"""Days as lists write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.screening.lists.countries import fold_country
from ytterby.screening.lists.days import read_day, read_partial, read_partials
from ytterby.shell.lists.tables import list_rules, list_tables


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1966-09-08", "1966-09-08"),
        ("08 Sep 1966", "1966-09-08"),
        ("8 September 1966", "1966-09-08"),
        ("Sep 1966", "1966-09"),
        ("September 8, 1966", "1966-09-08"),
        ("08/09/1966", "1966-09-08"),
        ("dd/mm/1945", "1945"),
        ("dd/03/1945", "1945-03"),
        ("21-Jan-2025", "2025-01-21"),
        ("circa 1957", "1957"),
        ("1957", "1957"),
        ("2026-02-27T00:00:09.554Z", "2026-02-27"),
        ("31/02/1960", None),
        ("1966-13", None),
        ("no day", None),
        ("", None),
        ("99999", None),
    ],
)
def test_a_day_a_month_or_a_year(text, expected):
    assert read_partial(text) == expected
    whole = expected is not None and len(expected) == 10 and not text.startswith("circa")
    assert read_day(text) == (date.fromisoformat(expected) if whole else None)


def test_both_ends_of_a_range():
    assert read_partials("1957 to 1960") == ["1957", "1960"]
    assert read_partials("08 Sep 1966; 1967") == ["1966-09-08", "1967"]
    assert read_partials("1957 to never") is None


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2200, 12, 31)))
def test_every_day_is_read_back_in_every_way_of_writing(day):
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    named = f"{day.day:02d} {months[day.month - 1]} {day.year:04d}"
    for text in (day.isoformat(), f"{day:%d}/{day:%m}/{day.year:04d}", named):
        assert read_day(text) == day


@given(st.text(max_size=40))
def test_no_text_raises(text):
    read_day(text)
    read_partial(text)
    read_partials(text)
    list_tables().countries.code_of(text)
    list_tables().identifiers.kind_of(text, text)


def test_a_country_is_known_by_its_names_and_its_code():
    code_of = list_tables().countries.code_of
    assert {code_of(text) for text in ("China", "中国", "cn", "People's Republic of CHINA", "PRC")} == {"CN"}
    assert code_of("Korea, North") == "KP"
    assert code_of("Côte d’Ivoire") == code_of("Cote d'Ivoire") == "CI"
    assert code_of("Atlantis") is None
    assert fold_country("The Gambia") == fold_country("Gambia")


def test_every_list_names_formats_that_are_there():
    from ytterby.screening.lists.reading import FORMATS

    for rule in list_rules().lists:
        assert set(rule.formats) <= set(FORMATS), rule.list
        assert rule.licence
        assert rule.source
        assert rule.title["zh"]
