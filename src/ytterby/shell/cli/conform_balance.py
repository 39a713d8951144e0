"""Vectors of the kinds `balance` (items in periods) and `page` (thresholds and run lengths) of `ytterby conform`.

What computes is imported when a vector of the kind is run: every command loads this module, few need scipy.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ytterby.balance.innovation import Innovations
    from ytterby.balance.measurements import Item, Measurements
    from ytterby.balance.period_balance import PeriodBalance

Json = dict[str, Any]
# V is held whole; a longer series than that is no plant's.
PERIODS_MAX = 5_000
LEAST_EIGENVALUE_SHARE = 1e-12
H_TOLERANCE, ARL_TOLERANCE = 1e-5, 1e-4
PAGE_OUTPUTS = {"horizon": ("h", "h_first_without_k"), "arl": ("arl",), "h_for_arl": ("h",)}


def is_balance_vector(document: Any) -> bool:
    """Tell whether a document is a vector of balances."""
    return isinstance(document, dict) and document.keys() >= {"n_periods", "items", "groups", "k"}


def is_page_vector(document: Any) -> bool:
    """Tell whether a document is a vector of Page's test."""
    return isinstance(document, dict) and all(isinstance(document.get(name), list) for name in PAGE_OUTPUTS)


def run_balance(document: Json) -> Json:
    """Return the figures of a vector of balances; from `L` on they are absent where V is singular.

    Raises:
        ValueError, TypeError, KeyError, ArithmeticError: a vector that cannot be read.
    """
    from ytterby.balance.period_balance import period_balance

    measurements = _measurements(document)
    balance = period_balance(measurements)
    figures = {
        "muf": balance.muf_kg,
        "V": balance.covariance_kg2,
        "sigma_muf": balance.sigma_kg,
        "sigma_muf_random_only": balance.sigma_random_kg,
        "sigma_muf_systematic_only": balance.sigma_systematic_kg,
        "cumuf": balance.cumuf_kg,
        "sigma_cumuf": balance.sigma_cumuf_kg,
    }
    if _is_singular(balance):
        return {name: figure.tolist() for name, figure in figures.items()} | {"singular": True}
    figures |= _innovation_figures(balance.innovations, float(document["k"]))
    return {name: figure.tolist() for name, figure in figures.items()}


def _measurements(document: Json) -> "Measurements":
    from ytterby.balance.measurements import measurements_of

    periods = int(document["n_periods"])
    if not 1 <= periods <= PERIODS_MAX:
        raise ValueError(f"n_periods is {periods}, not 1 to {PERIODS_MAX}")
    systematic = {name: float(sd) for name, sd in dict(document["groups"]).items()}
    return measurements_of((_item(row, place, systematic) for place, row in enumerate(document["items"])), periods)


def _item(row: Json, place: int, systematic: Mapping[str, float]) -> "Item":
    from ytterby.balance.measurements import Item

    mass = float(row["mass"])
    return Item(
        key=str(row.get("id", place)),
        mass_kg=mass,
        random_kg=mass * float(row["rel_random"]),
        groups={name: mass * systematic[name] for name in row["groups"]},
        entries=tuple((int(period), int(sign)) for period, sign in row["periods"]),
    )


def _is_singular(balance: "PeriodBalance") -> bool:
    import numpy as np

    values = np.linalg.eigvalsh(balance.covariance_kg2)
    return bool(values[0] <= LEAST_EIGENVALUE_SHARE * values[-1])


def _innovation_figures(found: "Innovations", k: float) -> dict[str, Any]:
    from ytterby.balance.page import page

    return {
        "L": found.factor,
        "sitmuf": found.sitmuf,
        "itmuf": found.itmuf,
        "itmuf_sd": found.itmuf_sd,
        "page": page(found.sitmuf, k),
        "page_first_without_k": page(found.sitmuf, k, is_first_without_k=True),
        "gemuf_v1": found.gemuf,
    }


def run_page(document: Json) -> Json:
    """Return the three lists of a vector of Page's test, each row with its inputs and what comes of them.

    Raises:
        ValueError, TypeError, KeyError, ArithmeticError: a vector that cannot be read.
    """
    from ytterby.balance.page_quadrature import average_run_length, run_length_threshold

    return {
        "horizon": [_horizon(row) for row in document["horizon"]],
        "arl": [
            _inputs(row, "k", "h", "delta")
            | {"arl": average_run_length(float(row["k"]), float(row["h"]), float(row["delta"]))}
            for row in document["arl"]
        ],
        "h_for_arl": [
            _inputs(row, "k", "arl") | {"h": run_length_threshold(float(row["k"]), float(row["arl"]))}
            for row in document["h_for_arl"]
        ],
    }


def _horizon(row: Json) -> Json:
    from ytterby.balance.page_quadrature import horizon_threshold

    months, alpha, k = int(row["n"]), float(row["alpha"]), float(row["k"])
    return {
        **_inputs(row, "n", "alpha", "k"),
        "h": horizon_threshold(months, alpha, k),
        "h_first_without_k": horizon_threshold(months, alpha, k, is_first_without_k=True),
    }


def _inputs(row: Json, *names: str) -> Json:
    return {name: float(row[name]) for name in names}


def expected_of_page(document: Json) -> Json:
    """Return the lists that hold any output; a list of inputs alone expects nothing."""
    return {
        name: document[name]
        for name, outputs in PAGE_OUTPUTS.items()
        if any(output in row for row in document[name] for output in outputs)
    }
