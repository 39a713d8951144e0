"""A problem as fields of JSON: what receipts speak over, and what comes back from it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.terms.problem import Problem, Severity, Where, problem_fields, problem_of, refuse

texts = st.text(max_size=8)
places = st.builds(Where, texts, texts, texts, st.none() | st.integers(0, 99), texts)


@given(st.builds(Problem, texts, places, texts, st.dictionaries(texts, texts, max_size=3), st.sampled_from(Severity)))
def test_a_problem_comes_back_from_its_fields(problem):
    assert problem_of(json.loads(json.dumps(problem_fields(problem)))) == problem


def test_fields_have_one_order_and_places_of_a_sheet_only_where_they_are_stated():
    """Outcome receipts are signed over these texts."""
    plain = refuse("quantity.negative", "/a/0", -1, unit="kg")
    assert json.dumps(problem_fields(plain)) == (
        '{"code": "quantity.negative", "pointer": "/a/0", "value": "-1", "facts": {"unit": "kg"}, "severity": "refuse"}'
    )
    cell = Problem("sheet.merged", Where("", "a.csv", "events", 3, "C"), severity=Severity.REMARK)
    assert json.dumps(problem_fields(cell)) == (
        '{"code": "sheet.merged", "pointer": "", "value": "", "facts": {}, "severity": "remark",'
        ' "file": "a.csv", "sheet": "events", "row": 3, "column": "C"}'
    )


@pytest.mark.parametrize("wrong", [{"facts": 5}, {"facts": "ab"}, {"severity": "mild"}])
def test_what_is_no_problem_raises(wrong):
    fields = problem_fields(refuse("sheet.merged"))
    with pytest.raises((ValueError, TypeError)):
        problem_of(fields | wrong)
    with pytest.raises(KeyError):
        problem_of({name: value for name, value in fields.items() if name != "code"})
