"""Statistics count what they say, and nothing that is left out of them can be worked out from them (threat X9)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import ytterby.licence
from ytterby.licence.case_record import CaseRecord, Ended, Fact, Mass, facts_of, month_number, month_text
from ytterby.licence.disclosure_control import Contribution, published_cells
from ytterby.licence.statistics import make_release, read_month
from ytterby.licence.statistics_table import Cell, Measure, Rule, Statistics, Table, read_statistics

TEXT = Path(ytterby.licence.__file__).with_name("statistics.yaml").read_text("utf-8")
REGIONS = ("XA", "XB", "other")
OURS = read_statistics(yaml.safe_load(TEXT), ["Nd", "Dy"], REGIONS)
RULE = OURS.rule
JANUARY = month_number(date(2026, 1, 31))
LATER = JANUARY + 12


def case(n, party, day="2026-01-10", **changes):
    on = date.fromisoformat(day)
    fields = {
        "case": f"C-{n}", "party": party, "received": on, "is_complete": True, "tier": "S", "decided": on,
        "outcome": "approved", "first_days": n, "region": "XA",
    }  # fmt: skip
    return CaseRecord(**{**fields, **changes})


def mass(kg, element="Dy", day="2026-01-10"):
    return Mass(element, Decimal(kg), date.fromisoformat(day))


def release(records, first="2026-01", last="2026-01", earlier=(), this_month=LATER, statistics=OURS):
    return make_release(records, first, last, this_month=this_month, statistics=statistics, earlier=earlier)


def value(made, measure, **where):
    assert made.release is not None, made.problems
    (found,) = [one.value for one in made.release.cells if (one.measure, one.where) == (measure, where)]
    return found


def figure(made, name, code=""):
    (found,) = [one.value for one in made.release.figures if (one.figure, one.code) == (name, code)]
    return found


def codes(made):
    return [problem.code for problem in made.problems]


MANY = [
    *(case(n, f"p{n % 5}") for n in range(1, 11)),
    *(case(n, f"p{n % 4}", outcome="refused", is_within=False, is_complete=False) for n in range(11, 19)),
    *(case(n, f"p{n % 4}", tier="H", stopped_days=3, queries=1) for n in range(19, 27)),
    *(case(n, f"p{n % 4}", tier="H", outcome="refused") for n in range(27, 35)),
]


def test_what_each_measure_counts_by_hand():
    facts = facts_of(
        [
            case(
                1, "p", region="ZZ", licensed=(mass("5.5"),), drawn=(mass("2", day="2026-02-01"),), stopped_days=4,
                ended=(Ended(date(2026, 3, 1), Decimal(2), Decimal("3.5")),), audited=date(2026, 4, 1), has_hit=True,
                appealed=date(2026, 5, 1), is_complete=False, is_within=False,
            ),
            case(2, "q", decided=None),
        ],
        REGIONS,
    )  # fmt: skip
    assert [(one.measure, month_text(one.month), one.codes, str(one.value)) for one in facts] == [
        ("received", "2026-01", ("no",), "1"),
        ("decided", "2026-01", ("S", "approved", "no"), "1"),
        ("stopped_days", "2026-01", ("S",), "4"),
        ("licensed_kg", "2026-01", ("Dy", "other"), "5.5"),
        ("drawn_kg", "2026-02", ("Dy", "other"), "2"),
        ("expired_kg", "2026-03", ("yes",), "2"),
        ("expired_kg", "2026-03", ("no",), "3.5"),
        ("audits", "2026-04", ("yes",), "1"),
        ("appeals", "2026-05", ("no",), "1"),
        ("received", "2026-01", ("yes",), "1"),
    ]
    with pytest.raises(ValueError, match="below zero"):
        facts_of([case(1, "p", queries=-1)], REGIONS)


def test_tables_and_figures_of_an_office_with_enough_parties():
    made = release(MANY)
    assert value(made, "received") == "34"
    assert value(made, "received", complete="yes") == "26"
    assert figure(made, "complete_percent") == "76.5"
    assert value(made, "decided") == "34"
    # Only cases of H were asked: told apart from the sum, that would say that nobody else was.
    assert (value(made, "queries", tier="H"), value(made, "queries")) == (None, "8")
    assert (figure(made, "queries_per_case"), figure(made, "queries_per_case", "H")) == ("0.2", None)
    assert figure(made, "first_outcome_days_p50") == "17"
    assert figure(made, "first_outcome_days_p90") == "31"
    assert figure(made, "unused_percent") is None
    assert release(MANY).release == made.release


# By hand: what each party brings -> whether it may be told
CLOSED = [
    ({}, True),
    ({"a": 50, "b": 50}, True),
    ({"a": 1, "b": 1, "c": 1}, False),
    ({"a": 85, "b": 10, "c": 5}, False),
    ({"a": 86, "b": 9, "c": 5}, True),
    ({"a": 0.85, "b": 0.1, "c": 0.05}, False),
]


@pytest.mark.parametrize(("brings", "closed"), CLOSED)
def test_at_least_three_parties_and_none_above_85_percent(brings, closed):
    by_party = {party: Decimal(str(v)) for party, v in brings.items()}
    assert Contribution(sum(by_party.values(), Decimal(0)), by_party).is_closed(RULE) is closed


# Differencing, by hand


LICENSED = replace(
    OURS,
    tables={"licensed": OURS.tables["licensed"]},
    measures={"licensed_kg": OURS.measures["licensed_kg"]},
    figures=(),
)


def masses(rows, day="2026-01-10", **changes):
    return [case(n, p, day, licensed=(mass(kg, day=day),), **changes) for n, (p, kg) in enumerate(rows)]


def test_months_a_quarter_less_its_first_two_is_one_plant():
    """Threat X9: differencing over months."""
    two = masses([("a", "10"), ("b", "20"), ("c", "30")])
    third = masses([("a", "7")], "2026-03-10")
    before = release(two, statistics=LICENSED, last="2026-02")
    assert value(before, "licensed_kg", element="Dy") == "60"
    after = release(statistics=LICENSED, records=[*two, *third], last="2026-03", earlier=[before.release])
    assert value(after, "licensed_kg", element="Dy") is None
    alone = release(statistics=LICENSED, records=[*two, *third], last="2026-03")
    assert value(alone, "licensed_kg", element="Dy") == "67"
    # In the other order: the quarter stands, its first two months do not.
    first_two = release(statistics=LICENSED, records=[*two, *third], last="2026-02", earlier=[alone.release])
    assert value(first_two, "licensed_kg", element="Dy") is None


def test_months_that_overlap_tell_nothing_by_adding_and_taking_off():
    """Threat X9: Jan-Feb and Feb-Mar less Jan-Mar is February, which stands in no table."""
    many = [("a", "10"), ("b", "20"), ("c", "30")]
    records = [*masses(many), *masses([("a", "5")], "2026-02-10"), *masses(many, "2026-03-10")]
    released = []
    for first, last in (("2026-01", "2026-02"), ("2026-02", "2026-03"), ("2026-01", "2026-03")):
        released.append(release(records, first, last, statistics=LICENSED, earlier=released).release)
    told = [value_of(one, "licensed_kg", element="Dy") for one in released]
    assert told == ["65", "65", None]
    february = release(records, "2026-02", "2026-02", statistics=LICENSED, earlier=released)
    assert value(february, "licensed_kg", element="Dy") is None


def value_of(made, measure, **where):
    return next(one.value for one in made.cells if (one.measure, one.where) == (measure, where))


def test_regions_the_sum_less_one_region_is_one_plant():
    """Threat X9: differencing over regions."""
    many = masses([("a", "10"), ("b", "20"), ("c", "30")])
    made = release(statistics=LICENSED, records=[*many, *masses([("d", "4")], region="XB")])
    told = {one.where.get("region"): one.value for one in made.release.cells if one.where.get("element") == "Dy"
            and one.measure == "licensed_kg"}  # fmt: skip
    assert told["XB"] is None
    assert (told["XA"], told[None]) in {("60", None), (None, "64")}


def test_elements_are_never_added_up():
    """Threat X9: differencing over elements; there is no sum to take one off."""
    by_element = [cell for cell in OURS.cells(0, 0) if "element" in OURS.measures[cell.measure].dimensions]
    assert len(by_element) == 2 * 2 * 4
    assert all("element" in dict(cell.where) for cell in by_element)


def test_two_that_are_left_out_of_a_sum_are_not_told_together_where_they_are_two_parties():
    """The sum less the one tier that is told is two parties' cases, although no cell says so."""
    records = [
        *(case(n, f"p{n % 5}") for n in range(1, 11)),
        *(case(n, "x", tier="G") for n in range(11, 21)),
        *(case(n, "y", tier="H") for n in range(21, 31)),
    ]
    made = release(records)
    assert value(made, "decided") is None or value(made, "decided", tier="S") is None


# Releases


def test_what_was_published_is_told_again_as_it_was_and_what_changed_since_stops_everything():
    made = release(MANY)
    assert release(MANY[:1], earlier=[made.release]).release == made.release
    more = release([*MANY, case(99, "p9")], last="2026-02", earlier=[made.release])
    assert (more.release, set(codes(more))) == (None, {"statistics.changed_since"})


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"first": "2026-1"}, "statistics.month"),
        ({"last": "2026-13"}, "statistics.month"),
        ({"first": "2026-02"}, "statistics.order"),
        ({"first": "2020-01"}, "statistics.order"),
        ({"this_month": JANUARY}, "statistics.not_over"),
    ],
)
def test_a_period_that_cannot_be_published_is_refused(how, code):
    assert codes(release(MANY, **how)) == [code]


def test_another_split_by_regions_is_refused():
    made = release(MANY)
    other = read_statistics(yaml.safe_load(TEXT), ["Nd", "Dy"], ["XA", "other"])
    refused = release(MANY, last="2026-02", earlier=[made.release], statistics=other)
    assert codes(refused) == ["statistics.other_regions"]


def test_a_code_that_no_table_lists_is_a_mistake_of_the_program():
    with pytest.raises(ValueError, match="no table lists"):
        release([case(1, "p", outcome="perhaps")])


def test_months_are_read_as_they_are_written():
    assert month_text(read_month("2026-01")) == "2026-01"
    assert [read_month(text) for text in ("2026-00", "26-01", "2026-1", "2026/01", "²026-01", "")] == [None] * 6


def test_every_table_says_in_both_languages_what_it_counts():
    for table in OURS.tables.values():
        assert set(table.title) == set(table.definition) == {"en", "zh"}
    broken = yaml.safe_load(TEXT)
    broken["tables"]["audits"]["rows"] = "tier"
    with pytest.raises(ValueError, match="split by"):
        read_statistics(broken, [], [])


# The attacker: everything that was ever published, as equations over months and codes; written without the code above.

CODES = {"x": ("1", "2", "3"), "y": ("1", "2")}
COUNT = Measure("count", ("x", "y"), "case", is_count=True)
SMALL = Statistics(
    RULE, CODES, {}, {"count": COUNT},
    {"t": Table("t", "count", "x", "y", frozenset({"rows", "columns"}), {}, {})}, (),
)  # fmt: skip
MONTHS = 3
SPANS = [(a, b) for a in range(MONTHS) for b in range(a, MONTHS)]
ATOMS = list(product(range(MONTHS), CODES["x"], CODES["y"]))


@st.composite
def histories(draw):
    facts = draw(
        st.lists(
            st.builds(
                lambda month, x, y, party, v: Fact("count", month, (x, y), party, Decimal(v)),
                st.integers(0, MONTHS - 1), st.sampled_from(CODES["x"]), st.sampled_from(CODES["y"]),
                st.sampled_from("abcdef"), st.integers(1, 9),
            ),
            min_size=5, max_size=60,
        )
    )  # fmt: skip
    return facts, draw(st.lists(st.sampled_from(SPANS), min_size=1, max_size=4, unique=True))


def brought(cell, facts):
    """Return what each party brings to a cell."""
    brings: dict[str, Decimal] = {}
    for f in facts:
        if cell.first <= f.month <= cell.last and set(cell.where) <= set(zip("xy", f.codes, strict=True)):
            brings[f.party] = brings.get(f.party, Decimal(0)) + f.value
    return brings


def bounds_of(cell, told):
    """Return the least and the most of a cell, as whoever read all releases can work them out."""

    def row(one):
        where = dict(one.where)
        return [
            float(one.first <= m <= one.last and where.get("x", x) == x and where.get("y", y) == y) for m, x, y in ATOMS
        ]

    matrix, right = np.array([row(one) for one in told]), np.array([float(v) for v in told.values()])
    ends = []
    for sign in (1.0, -1.0):
        solved = linprog(sign * np.array(row(cell)), A_eq=matrix, b_eq=right, bounds=(0, None))
        ends.append(sign * solved.fun if solved.status == 0 else sign * -np.inf)
        assert solved.status in {0, 3}, solved.message
    return ends


@settings(deadline=None, max_examples=20, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(histories())
def test_no_sum_that_was_left_out_of_a_series_of_releases_can_be_pinned(history):
    """Threat X9, by linear programmes over all that was published, at the finest split there is: cells that were left
    out, and those of months that no release was made for.
    """
    facts, spans = history
    ever: dict[Cell, Decimal | None] = {}
    for first, last in spans:
        cells = SMALL.cells(first, last)
        ever |= published_cells(cells, facts, measures=SMALL.measures, codes=CODES, rule=RULE, earlier=dict(ever))
    told = {cell: v for cell, v in ever.items() if v is not None}
    never = [cell for a, b in SPANS for cell in SMALL.cells(a, b) if cell not in ever]
    for cell in [*ever, *never]:
        brings = brought(cell, facts)
        true = sum(brings.values(), Decimal(0))
        if cell in told:
            assert told[cell] == true
        elif told and Contribution(true, brings).is_closed(RULE):
            low, high = bounds_of(cell, told)
            assert low <= float(true) + 1e-6 <= high + 2e-6
            assert high - low > max(0.9, float(RULE.spread) * float(true) * 0.99), (cell, low, high, told)


@given(histories())
def test_no_cell_that_is_told_breaks_the_rule(history):
    facts, spans = history
    found = published_cells(SMALL.cells(*spans[0]), facts, measures=SMALL.measures, codes=CODES, rule=RULE, earlier={})
    for cell, v in found.items():
        brings = brought(cell, facts)
        if v is not None:
            assert len(brings) >= 3
            assert max(brings.values()) <= Decimal("0.85") * v


def test_something_is_told_where_everybody_brings_alike():
    """The control is no blanket: an even table is told whole."""
    facts = [Fact("count", 0, (x, y), party, Decimal(2)) for x, y in product(*CODES.values()) for party in "abcd"]
    found = published_cells(SMALL.cells(0, 0), facts, measures=SMALL.measures, codes=CODES, rule=RULE, earlier={})
    assert None not in found.values()
    assert len(found) == 12
    one = [f for f in facts if not (f.codes == ("1", "1") and f.party in "bcd")]
    found = published_cells(SMALL.cells(0, 0), one, measures=SMALL.measures, codes=CODES, rule=RULE, earlier={})
    # One cell of two by two is left out, and three with it: the least that keeps all totals.
    assert sum(v is None for v in found.values()) == 4


def test_the_rule_is_data():
    lax = Rule(1, Decimal(1), Decimal(0))
    facts = [Fact("count", 0, (x, y), "a", Decimal(2)) for x, y in product(*CODES.values())]
    found = published_cells(SMALL.cells(0, 0), facts, measures=SMALL.measures, codes=CODES, rule=lax, earlier={})
    assert None not in found.values()
