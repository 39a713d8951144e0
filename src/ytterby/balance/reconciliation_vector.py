"""Reconciliation vectors: A, y, S, B and c as a file states them, and all tests that come out."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ytterby.balance.generalised_likelihood import equivalence_classes
from ytterby.balance.reconciliation import reconcile
from ytterby.matter.mass import FloatArray

Json = dict[str, Any]


def compute_reconciliation(document: Mapping[str, Any]) -> Json:
    """Return reconciled values, tests, likelihood ratios [T, size] and equivalence classes; null: not detectable.

    Raises:
        ValueError, KeyError, TypeError: the document is not what this kind holds.
    """
    balances = _matrix(document["A"])
    found = reconcile(
        balances,
        np.array([float(value) for value in document["y"]]),
        _matrix(document["S"]),
        None if document.get("B") is None else _matrix(document["B"]),
        None if document.get("c") is None else np.array([float(value) for value in document["c"]]),
    )
    statistic, size, _ = found.signatures.ratios()
    pairs = [[_or_null(t), _or_null(b)] for t, b in zip(statistic, size, strict=True)]
    measured = balances.shape[1]
    names = found.signatures.names
    return {
        "x": found.x.tolist(),
        "cov_diag": np.diag(found.covariance).tolist(),
        "adjust": found.adjustment.tolist(),
        "global_stat": found.total,
        "dof": found.dof,
        "p_global": found.p_value,
        "measurement_test_mp": found.measurement_test.tolist(),
        "nodal_test": None if found.nodal_test is None else found.nodal_test.tolist(),
        "glr_bias": pairs[:measured],
        "glr_leak": pairs[measured:],
        "equivalence_classes": [[names[k] for k in members] for members in equivalence_classes(found.signatures)],
        "unmeasured": [_or_null(value) for value in found.unmeasured],
        "unmeasured_sd": [_or_null(value) for value in found.unmeasured_sd],
        "unobservable": list(found.unobservable),
        "not_redundant": list(found.not_redundant),
    }


def _matrix(rows: list[list[Any]]) -> FloatArray:
    return np.array([[float(value) for value in row] for row in rows], dtype=np.float64)


def _or_null(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
