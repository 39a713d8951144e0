from decimal import Decimal

import pytest

from ytterby.shell.cli.agreement import Agreement


def compare(computed, expected, **how):
    agreement = Agreement(how.pop("tolerance", 1e-6), **how)
    agreement.compare("", computed, expected)
    return agreement


def test_a_number_alone_is_compared_with_its_own_size():
    assert compare({"a": 1.0000005}, {"a": 1.0}).agrees
    assert not compare({"a": 1.000002}, {"a": 1.0}).agrees
    assert not compare({"a": 1e-9}, {"a": 0.0}).agrees


def test_a_number_in_a_list_is_compared_with_the_largest_of_the_list():
    assert compare([1000.0, 0.0005], [1000.0, 0.0]).agrees
    assert not compare([1000.0, 0.002], [1000.0, 0.0]).agrees


def test_a_matrix_is_one_list():
    assert compare([[1000.0, 0.0], [0.0005, 1.0]], [[1000.0, 0.0], [0.0, 1.0]]).agrees


def test_an_absolute_tolerance_asks_for_no_size():
    assert compare({"a": 5e-7}, {"a": 0.0}, is_absolute=True).agrees
    assert not compare({"a": 1000.000002}, {"a": 1000.0}, is_absolute=True).agrees


@pytest.mark.parametrize(
    ("computed", "expected"),
    [
        ({}, {"a": 1}),
        ([1], [1, 2]),
        ({"a": None}, {"a": 1}),
        ({"a": 1}, {"a": None}),
        ({"a": "x"}, {"a": "y"}),
        (3, {}),
    ],
)
def test_keys_lengths_texts_and_null_have_to_be_equal(computed, expected):
    assert not compare(computed, expected).agrees


def test_what_is_not_expected_is_not_compared():
    agreement = compare({"a": 1.0, "b": {"c": 2.0}}, {"a": 1.0})
    assert agreement.agrees
    assert agreement.compared == 1


def test_a_whole_row_may_hold_no_further_name():
    agreement = compare({"A": 1.0, "B": 1e-11}, {"A": 1.0}, has_whole_rows=True)
    assert not agreement.agrees
    assert agreement.differ[0]["path"] == "/B"


def test_the_worst_is_named_with_its_path_and_at_most_twenty_are_listed():
    agreement = compare({str(n): 2.0 for n in range(30)} | {"x": 9.0}, {str(n): 1.0 for n in range(30)} | {"x": 1.0})
    assert agreement.worst == {"path": "/x", "computed": 9.0, "expected": 1.0, "error": 8.0}
    assert len(agreement.differ) == 20
    assert agreement.differing == 31


def test_exact_decimals_are_compared_as_numbers():
    assert compare({"a": 0.1}, {"a": Decimal("0.1")}, tolerance=1e-15).agrees
