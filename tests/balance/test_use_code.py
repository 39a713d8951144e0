"""Dated use codes and limits: looked up as of a day, and refused when the file is out of order."""

from datetime import date
from decimal import Decimal

import pytest

from ytterby.balance.use_code import CODE_COLUMNS, parse_dated_codes, parse_use_limits
from ytterby.shell.site.packs import door_tables, packaged_text, use_codes, use_limits

HEAD = ",".join(CODE_COLUMNS)
ROWS = (
    "hdd,2026-01-10,2026-02-01,0.01,0.02,0.03,piece,NdFeB,first,low",
    "hdd,2026-06-10,2026-02-01,0.02,0.03,0.04,piece,NdFeB,mended,low",
    "hdd,2026-06-10,2027-01-01,,0.05,,piece,NdFeB,later,low",
)


def table(*rows: str):
    return parse_dated_codes("\n".join((HEAD, *rows)))


def test_a_row_counts_from_its_effective_day_for_those_who_could_know_it():
    found = table(*reversed(ROWS))
    assert found.on("hdd", date(2026, 1, 31)) is None
    assert found.on("hdd", date(2026, 2, 1)).source == "mended"
    assert found.on("hdd", date(2026, 2, 1), known_on=date(2026, 6, 9)).source == "first"
    assert found.on("hdd", date(2026, 2, 1), known_on=date(2026, 1, 9)) is None
    assert found.on("hdd", date(2027, 1, 1)).source == "later"
    assert found.on("lift", date(2027, 1, 1)) is None


def test_an_empty_figure_is_unknown_and_not_zero():
    row = table(ROWS[2]).on("hdd", date(2027, 1, 1))
    assert (row.kg_low, row.kg_mid, row.kg_high) == (None, Decimal("0.05"), None)


@pytest.mark.parametrize(
    "rows",
    [
        (ROWS[0], ROWS[0]),
        ("hdd,2026-01-10,2026-02-01,0.02,0.01,0.03,piece,NdFeB,s,low",),
        ("hdd,2026-01-10,2026-02-01,-1,0,1,piece,NdFeB,s,low",),
        ("hdd,2026-01-10,2026-02-01,NaN,,,piece,NdFeB,s,low",),
        ("hdd,2026-01-10,2026-02-01,some,,,piece,NdFeB,s,low",),
        ("hdd,2026-01-10,yesterday,1,1,1,piece,NdFeB,s,low",),
    ],
)
def test_a_table_out_of_order_is_refused(rows):
    with pytest.raises(ValueError, match="use codes"):
        table(*rows)


def test_tables_with_other_columns_are_refused():
    with pytest.raises(ValueError, match="columns"):
        parse_dated_codes("code,kg\nhdd,1")
    with pytest.raises(ValueError, match="columns"):
        parse_use_limits("key,value\nscore,3")
    with pytest.raises(KeyError):
        parse_use_limits("key,value,unit,source,confidence\nscore,3,sd,own,high")


def test_every_code_of_the_door_has_a_row_and_a_day():
    assert use_codes().by_code.keys() == door_tables().use_codes
    for code in door_tables().use_codes:
        row = use_codes().on(code, date(2026, 11, 25))
        assert row is not None
        assert row.source
        assert row.confidence


def test_every_limit_has_its_source():
    rows = packaged_text("balance", "use_limits.csv").splitlines()[1:]
    assert all(row.split(",")[3].strip() for row in rows)
    assert use_limits().need_strong > use_limits().need_weak > 1
    assert use_limits().waste_forms & use_limits().counted_forms == frozenset()
