"""Reconciliation, likelihood ratios and serial compensation: by vectors, exact fractions, planted errors, and laws."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from balance import exact_reconciliation
from ytterby.balance.generalised_likelihood import compensate, equivalence_classes, rank
from ytterby.balance.reconciliation import reconcile
from ytterby.balance.reconciliation_vector import compute_reconciliation

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
SEEDS = st.integers(0, 2**32 - 1)
# A chain of four plants: each delivery declared by both sides, stocks known.
CHAIN = np.array(
    [
        [1, -1, 0, 0, 0, 0, 0, 0],
        [0, 1, -1, 0, 0, 0, 0, 0],
        [0, 0, 1, -1, 0, 0, 0, 0],
        [0, 0, 0, 1, -1, 0, 0, 0],
        [0, 0, 0, 0, 1, -1, 0, 0],
        [0, 0, 0, 0, 0, 1, -1, 0],
        [0, 0, 0, 0, 0, 0, 1, -1],
    ],
    dtype=float,
)


def random_case(seed, constraints, streams, hidden):
    rng = np.random.default_rng(seed)
    balances = rng.integers(-1, 2, (constraints, streams)).astype(float)
    unmeasured = rng.integers(-1, 2, (constraints, hidden)).astype(float) if hidden else None
    root = rng.normal(size=(streams, streams))
    covariance = np.diag(rng.uniform(0.5, 2, streams)) + root @ root.T / streams
    return balances, rng.normal(100, 10, streams), covariance, unmeasured, rng.normal(size=constraints)


def reconciled(case):
    try:
        return reconcile(*case)
    except ValueError:
        assume(False)


@pytest.mark.parametrize("name", ["recon_mirror_and_node", "recon_unmeasured_streams"])
def test_the_vectors_agree(name):
    document = json.loads((VECTORS / f"{name}.json").read_text())
    computed, wanted = compute_reconciliation(document), document["expected"]
    assert computed["equivalence_classes"] == wanted["equivalence_classes"]
    assert computed["dof"] == wanted["dof"]
    for key in ("x", "cov_diag", "adjust", "global_stat", "p_global", "measurement_test_mp", "glr_bias", "glr_leak"):
        given_, found = np.array(wanted[key], dtype=float), np.array(computed[key], dtype=float)
        np.testing.assert_allclose(found, given_, rtol=1e-11, atol=1e-11 * np.nanmax(np.abs(given_)), err_msg=key)
    if wanted["nodal_test"] is None:
        assert computed["nodal_test"] is None
    else:
        np.testing.assert_allclose(computed["nodal_test"], wanted["nodal_test"], rtol=1e-11)


def test_the_vector_with_unmeasured_streams_is_what_exact_fractions_give():
    kept = json.loads((VECTORS / "recon_unmeasured_streams.json").read_text())
    assert kept == json.loads(json.dumps(exact_reconciliation.document()))


def test_what_cannot_be_observed_or_checked_is_named():
    found = compute_reconciliation(exact_reconciliation.document())
    assert found["unobservable"] == [1, 2]
    assert found["not_redundant"] == [5]
    assert found["unmeasured"][1:] == [None, None]
    assert found["unmeasured"][0] == pytest.approx(found["x"][1] - found["x"][2] - 0.5)
    assert found["adjust"][5] == pytest.approx(0.0, abs=1e-12)


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(1, 6), st.integers(1, 9), st.integers(0, 3))
def test_what_is_reconciled_closes_all_balances_and_is_surer_than_what_was_measured(seed, constraints, streams, hidden):
    case = random_case(seed, constraints, streams, hidden)
    balances, _, covariance, unmeasured, constants = case
    found = reconciled(case)
    left = constants - balances @ found.x
    if unmeasured is None:
        np.testing.assert_allclose(left, 0, atol=1e-8)
    else:
        flows, *_ = np.linalg.lstsq(unmeasured, left, rcond=1e-10)
        np.testing.assert_allclose(unmeasured @ flows, left, atol=1e-8)
        seen = ~np.isnan(found.unmeasured)
        np.testing.assert_allclose(found.unmeasured[seen], flows[seen], atol=1e-8)
    assert np.all(np.diag(found.covariance) <= np.diag(covariance) + 1e-12)
    assert np.linalg.eigvalsh(covariance - found.covariance)[0] > -1e-9


@settings(max_examples=100, deadline=None)
@given(SEEDS, st.integers(1, 5), st.integers(2, 8), st.integers(0, 2))
def test_the_likelihood_ratio_of_a_bias_is_the_square_of_the_measurement_test(seed, constraints, streams, hidden):
    found = reconciled(random_case(seed, constraints, streams, hidden))
    statistic = found.signatures.ratios()[0][:streams]
    known = ~np.isnan(statistic)
    np.testing.assert_allclose(statistic[known], found.measurement_test[known] ** 2, rtol=1e-8, atol=1e-12)
    assert np.all(found.measurement_test[~known] == 0.0)
    assert np.all(statistic[known] <= found.total * (1 + 1e-8) + 1e-9)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(0, 7), st.floats(-50, 50))
def test_one_error_without_noise_explains_all_and_is_found_with_its_size(seed, wrong, size):
    assume(abs(size) > 0.1)
    covariance = np.diag(np.random.default_rng(seed).uniform(0.5, 2, 8))
    measured = np.full(8, 100.0)
    measured[wrong] += size
    found = reconcile(CHAIN, measured, covariance)
    first = rank(found.signatures)[0]
    assert f"bias:{wrong}" in first.members
    assert first.statistic == pytest.approx(found.total)
    assert abs(first.size) == pytest.approx(abs(size))


def test_a_bias_at_the_open_end_and_a_leak_there_are_one_class():
    signatures = reconcile(CHAIN, np.full(8, 100.0), np.eye(8)).signatures
    classes = [{signatures.names[k] for k in members} for members in equivalence_classes(signatures)]
    assert {"bias:0", "leak:0"} in classes
    assert {"bias:7", "leak:6"} in classes
    assert {"bias:3"} in classes


def test_serial_compensation_finds_two_errors_and_then_the_test_passes():
    measured = np.full(8, 100.0)
    measured[2] += 9.0
    measured[5] -= 7.0
    found = compensate(reconcile(CHAIN, measured, 0.5 * np.eye(8)).signatures, level=0.05)
    assert [one.signature for one in found.found] == ["bias:2", "bias:5"]
    assert found.undecided == ()
    assert found.total == pytest.approx(0.0, abs=1e-9)
    assert found.dof == 5
    assert found.found[1].size == pytest.approx(-7.0)


def test_two_causes_that_explain_nearly_as_much_are_both_named_and_none_is_chosen():
    # Stream 3 and 4 meet in one balance only; half of the error in each is as likely as all in either.
    measured = np.full(8, 100.0)
    measured[3] += 2.5
    measured[4] -= 2.5
    found = compensate(reconcile(CHAIN, measured, 0.5 * np.eye(8)).signatures, level=0.05)
    assert found.found == ()
    assert {"bias:3", "bias:4"} <= {one.signature for one in found.undecided}
    statistics = [one.statistic for one in found.undecided]
    assert statistics[0] - statistics[-1] < 4.0


def test_what_passes_the_global_test_has_no_error_to_compensate():
    found = compensate(reconcile(CHAIN, np.full(8, 100.0) + 0.1, np.eye(8)).signatures, level=0.05)
    assert found.found == found.undecided == ()
    assert found.p_value == 1.0


@pytest.mark.parametrize("level", [0.0, 1.0, -1.0])
def test_a_level_is_between_zero_and_one(level):
    with pytest.raises(ValueError, match="level"):
        compensate(reconcile(CHAIN, np.full(8, 100.0), np.eye(8)).signatures, level)


def test_constraints_that_follow_from_each_other_are_refused():
    balances = np.array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0], [1.0, 0.0, -1.0]])
    with pytest.raises(ValueError, match="follows from the others"):
        reconcile(balances, np.full(3, 10.0), np.eye(3))


def test_a_balance_of_unmeasured_streams_only_is_refused():
    with pytest.raises(ValueError, match="what is exact"):
        reconcile(np.array([[1.0, -1.0], [0.0, 0.0]]), np.full(2, 10.0), np.eye(2))
    # What is left of these balances is 0 = c, times a rounding error that must not pass for a variance.
    case = random_case(59980, 3, 1, 2)
    with pytest.raises(ValueError, match="what is exact"):
        reconcile(*case)


@pytest.mark.parametrize(
    "case",
    [
        (np.eye(2), np.zeros(3), np.eye(3), None, None),
        (np.eye(2), np.zeros(2), np.eye(3), None, None),
        (np.eye(2), np.zeros(2), np.array([[1.0, 0.5], [0.0, 1.0]]), None, None),
        (np.eye(2), np.zeros(2), np.eye(2), np.zeros((3, 1)), None),
        (np.eye(2), np.zeros(2), np.eye(2), None, np.zeros(3)),
    ],
)
def test_shapes_that_do_not_fit_are_refused(case):
    with pytest.raises(ValueError):
        reconcile(*case)


def test_where_all_balances_hold_an_unmeasured_stream_nothing_is_tested():
    found = reconcile(np.array([[1.0, -1.0]]), np.array([10.0, 4.0]), np.eye(2), np.array([[-1.0]]))
    assert (found.dof, found.total, found.p_value) == (0, 0.0, 1.0)
    np.testing.assert_allclose(found.x, [10.0, 4.0])
    np.testing.assert_allclose(found.unmeasured, [6.0])
    np.testing.assert_allclose(found.unmeasured_sd, [2**0.5])
    assert found.not_redundant == (0, 1)
    assert equivalence_classes(found.signatures) == []
