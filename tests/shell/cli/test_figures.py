import pytest

from ytterby.shell.cli.figures import decimals_for, write_count, write_exact, write_kg, write_score, write_share


@pytest.mark.parametrize(
    ("values", "decimals"),
    [([935.0, 0.2], 2), ([11000.0], 1), ([1.5, None], 4), ([], 1), ([0.0], 1), ([float("inf"), 10.0], 3), ([1e-9], 6)],
)
def test_a_column_shows_five_digits_of_its_largest_value(values, decimals):
    assert decimals_for(values) == decimals


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (10994.0, 1, "10 994.0"),
        (0.0001, 2, "<0.01"),
        (0.0, 2, "0.00"),
        (-0.0001, 2, "0.00"),
        (-12.5, 1, "-12.5"),
        (None, 2, "–"),
        (float("nan"), 2, "–"),
    ],
)
def test_kilograms_are_written_for_people(value, decimals, text):
    assert write_kg(value, decimals) == text


def test_a_difference_bears_its_sign_and_nothing_bears_none():
    assert write_kg(2.4, 1, signed=True) == "+2.4"
    assert write_kg(-2.4, 1, signed=True) == "-2.4"
    assert write_kg(1e-12, 1, signed=True) == "0.0"


def test_a_small_share_is_not_nothing():
    assert write_share(0.0001) == "<0.1"
    assert write_share(0.0) == "0.0"
    assert write_share(1.0) == "100.0"
    assert write_share(None) == "–"


def test_exact_amounts_keep_their_digits():
    assert write_exact("1362.758") == "1 362.758"
    assert write_exact("-11000") == "-11 000"
    assert write_exact("60000.0") == "60 000.0"
    assert write_exact(None) == "–"


def test_scores_have_two_decimals_and_no_negative_zero():
    assert write_score(-0.0) == "0.00"
    assert write_score(3.126) == "3.13"
    assert write_score(float("inf")) == "–"


def test_counts_have_thousands_apart():
    assert write_count(91022) == "91 022"
