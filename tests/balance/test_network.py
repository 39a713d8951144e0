"""Leak and party statistics of a network: against their definition, by vectors, and their laws."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import solve_triangular

from balance.random_network import dense_scores, random_network
from ytterby.balance.measurements import Item, Measurements, measurements_of
from ytterby.balance.network import Network, RowLabel
from ytterby.balance.network_factor import factor_network, score_network
from ytterby.balance.network_vector import compute_network

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
SEEDS = st.integers(0, 2**32 - 1)


def assert_are(network: Network, values: np.ndarray, wanted: dict, tolerance: float = 1e-9) -> None:
    """Assert that what is known is equal and that nothing else is known."""
    known = {
        (plant, month): values[p, t]
        for p, plant in enumerate(network.plants)
        for t, month in enumerate(network.months)
        if not np.isnan(values[p, t])
    }
    assert known.keys() == wanted.keys()
    for key, value in wanted.items():
        assert known[key] == pytest.approx(value, rel=tolerance, abs=tolerance), key


def test_the_vector_of_five_plants_agrees():
    document = json.loads((VECTORS / "netfilter_clean.json").read_text())
    computed = compute_network(document)
    for key in ("muf", "leak", "party"):
        for plant, values in document["expected"][key].items():
            np.testing.assert_allclose(computed[key][plant], values, rtol=1e-10, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 5), st.integers(0, 6), st.integers(1, 5), st.booleans())
def test_the_definition_with_dense_matrices_gives_the_same(seed, plants, links, months, odd):
    network = random_network(seed, plants, links, months, odd=odd)
    rows = network.measurements.rows_kg
    leak, party = dense_scores(network, rows)
    scores = score_network(network, rows)
    assert_are(network, scores.leak, leak)
    assert_are(network, scores.party, party)
