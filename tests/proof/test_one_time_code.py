"""One-time codes: the vectors of the RFCs, once each, and no drift beyond a step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.proof.one_time_code import code_at, secret_text, step_of_code

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("step", "code"),
    [*enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"])],
)
def test_the_codes_are_those_of_rfc_4226_appendix_d(step, code):
    assert code_at(SECRET, step) == code


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_codes_are_those_of_rfc_6238_appendix_b(seconds, code):
    assert step_of_code(SECRET, code, seconds) == seconds // 30


@given(st.integers(100, 10**9), st.integers(-5, 5))
def test_a_code_counts_a_step_before_and_after_and_once(step, drift):
    """Threat X2: a code that was seen over a shoulder is worth nothing once it was used."""
    code = code_at(SECRET, step)
    found = step_of_code(SECRET, code, (step + drift) * 30)
    assert (found == step) is (abs(drift) <= 1)
    assert step_of_code(SECRET, code, step * 30, last_step=step) != step
    assert step_of_code(SECRET, code, step * 30, last_step=step + 1) is None


def test_what_is_no_code_is_none():
    for text in ("", "28708", "2870820", " 287082", "２８７０８２", "\ud800"):
        assert step_of_code(SECRET, text, 59) is None


def test_a_secret_is_typed_in_as_base32():
    assert secret_text(SECRET) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
