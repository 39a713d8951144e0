"""Whatever stands in a line, it gives a name or a problem with its place, and never fails."""

import json

from hypothesis import given
from hypothesis import strategies as st

from ytterby.screening.identifier_check import check_identifiers, is_identifying, normalise_identifier
from ytterby.screening.name_check import check_name
from ytterby.screening.name_lines import parse_queries, parse_targets
from ytterby.terms.problem import is_refused

JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
ROWS = st.dictionaries(st.sampled_from(["id", "schema", "name", "names", "cls", "label", "list"]), JSON)


@given(st.lists(st.text(max_size=60) | ROWS.map(json.dumps), max_size=6))
def test_any_line_is_a_query_or_a_problem(lines):
    whole = [line for text in lines for line in text.split("\n")]
    found, problems = parse_queries(whole)
    told = {int(one.where.pointer.split("/")[0].removeprefix("line ")) for one in problems if is_refused([one])}
    assert len(found) + len(told) == sum(bool(line.strip()) for line in whole)


@given(st.lists(st.text(max_size=60) | ROWS.map(json.dumps), max_size=6))
def test_any_line_is_a_target_or_a_problem(lines):
    whole = [line for text in lines for line in text.split("\n")]
    found, problems = parse_targets(whole)
    assert len({one.key for one in found}) == len(found)
    if sum(bool(line.strip()) for line in whole) > len(found):
        assert problems


def test_a_line_nested_without_end_is_a_problem():
    assert [one.code for one in parse_queries(["[" * 100_000])[1]] == ["screening.line"]


@given(st.text(max_size=6_000))
def test_any_name_is_checked(name):
    for problem in check_name(name, "/name"):
        assert problem.where.pointer == "/name"
        assert len(problem.value) <= 81


@given(st.sampled_from(["lei", "uscc", "imo", "tax", "other"]), st.text(max_size=40))
def test_any_identifier_is_compared_as_it_is_normalised(kind, value):
    plain = normalise_identifier(kind, value)
    assert normalise_identifier(kind, plain) == plain
    assert is_identifying(kind, plain) in {True, False}
    assert len(check_identifiers([(kind, value)])) <= 1
