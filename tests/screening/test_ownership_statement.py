"""Statements of ownership in files: every problem with row and field, bounded, and nothing taken that is wrong."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.owned import DAY
from ytterby.screening.ownership import latest_stakes
from ytterby.screening.ownership_rule import UNIT, WHOLE
from ytterby.screening.ownership_statement import PROBLEMS_MAX, read_listed, read_statements, sum_problems
from ytterby.shell.wording import sentence

HEAD = "owner,owned,lo,hi,on,source\n"


def codes(text):
    return [(one.code, one.where.pointer) for one in read_statements(text).problems]


def test_csv_and_json_say_the_same():
    rows = [("A", "P", "20", "30.5", "2026-11-01", "letter"), ("B", "P", "", "", "2026-11-01", "")]
    csv_text = HEAD + "".join(",".join(row) + "\n" for row in rows)
    names = HEAD.strip().split(",")
    as_objects = [dict(zip(names, row, strict=True)) for row in rows]
    read = [read_statements(text) for text in (csv_text, json.dumps(as_objects), json.dumps({"stakes": as_objects}))]
    assert [one.problems for one in read] == [(), (), ()]
    said = [[stake._replace(row="") for stake in one.stakes] for one in read]
    assert said[0] == said[1] == said[2]
    assert [(one.lo, one.hi) for one in said[0]] == [(20 * UNIT, 30_500_000), (0, WHOLE)]


def test_figures_of_json_are_exact():
    text = '[{"owner": "A", "owned": "P", "lo": 33.333333, "hi": 66.6, "on": "2026-11-01"}]'
    (stake,) = read_statements(text).stakes
    assert (stake.lo, stake.hi) == (33_333_333, 66_600_000)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("A,P,100.000001,,2026-11-01,s", ("ownership.over_whole", "/2/lo")),
        ("A,P,20,10,2026-11-01,s", ("ownership.reversed", "/2/hi")),
        ("A,A,20,30,2026-11-01,s", ("ownership.itself", "/2/owned")),
        ("A,,20,30,2026-11-01,s", ("ownership.no_name", "/2/owned")),
        ("A,P,-1,30,2026-11-01,s", ("ownership.not_a_share", "/2/lo")),
        ("A,P,1e9,30,2026-11-01,s", ("ownership.not_a_share", "/2/lo")),
        ("A,P,33.3333333,50,2026-11-01,s", ("ownership.not_a_share", "/2/lo")),
        ("A,P,NaN,50,2026-11-01,s", ("ownership.not_a_share", "/2/lo")),
        ("A,P,٣٠,50,2026-11-01,s", ("ownership.not_a_share", "/2/lo")),
        ("A,P,20,30,24.11.2026,s", ("ownership.not_a_day", "/2/on")),
        ("A,P,20,30,,s", ("ownership.not_a_day", "/2/on")),
        (f"{'A' * 301},P,20,30,2026-11-01,s", ("ownership.no_name", "/2/owner")),
        ("A\u202eb,P,20,30,2026-11-01,s", ("ownership.no_name", "/2/owner")),
    ],
)
def test_what_is_wrong_is_named_by_row_and_field(row, found):
    assert codes(HEAD + row + "\n") == [found]
    assert read_statements(HEAD + row + "\n").stakes == ()


def test_a_party_that_the_file_does_not_list_is_unknown():
    text = json.dumps({"parties": ["A"], "stakes": [{"owner": "A", "owned": "P", "on": "2026-11-01"}]})
    assert codes(text) == [("ownership.unknown_party", "/0/owned")]


def test_least_stakes_over_the_whole_name_the_rows():
    read = read_statements(HEAD + "A,P,60,,2026-11-01,s\nB,P,50,,2026-11-01,s\nB,Q,50,,2026-11-01,s\n")
    (problem,) = sum_problems(latest_stakes(read.stakes, DAY))
    assert (problem.code, problem.value, problem.facts["total"]) == ("ownership.sum_over_whole", "P", "110")
    assert "2 3" in sentence(problem)[0]
    assert sum_problems(latest_stakes(read.stakes, DAY.replace(year=2025))) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "ownership.columns"),
        ("a,b\n1,2\n", "ownership.columns"),
        ("[1]", "ownership.not_a_row"),
        ('{"stakes": 7}', "ownership.not_a_row"),
        ('{"other": []}', "ownership.not_a_row"),
        ("[" * 5000, "ownership.not_json"),
        ('[{"owner": ', "ownership.not_json"),
    ],
)
def test_files_that_are_none_are_said_to_be_none(text, code):
    assert code in {one for one, _ in codes(text)}


def test_problems_are_counted_and_not_endless():
    problems = read_statements(HEAD + "A,A,1,2,2026-11-01,s\n" * 5000).problems
    assert len(problems) == PROBLEMS_MAX + 1
    assert problems[-1].facts["count"] == "4900"


def test_listed_parties_have_days():
    found, problems = read_listed("party,list,since,until,source\nL,own,2026-01-01,2026-02-01,act\nM,own,,,\n")
    assert not problems
    assert [one.holds_on(DAY) for one in found] == [False, True]
    _, (problem,) = read_listed("party,list,since,until\nL,own,2026-02-01,2026-02-01\n")
    assert problem.code == "ownership.until_before_since"


@given(st.one_of(st.text(max_size=300), st.text(alphabet=',"\n\r\0A1[]{}:', max_size=200).map(lambda t: HEAD + t)))
def test_any_text_gives_stakes_or_problems(text):
    for read in (read_statements(text), read_listed(text)):
        assert all(sentence(one)[0] for one in read[-1])
    for stake in read_statements(text).stakes:
        assert 0 <= stake.lo <= stake.hi <= WHOLE
        assert stake.owner != stake.owned
