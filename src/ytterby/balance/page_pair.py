"""Two charts on the same z, k = 0.5 and k = 1.0 say: how often chance alone makes either alarm.

Both add the same z, so that their alarms come together more often than apart and the rates do not add. Exactly: let
S >= R be the two charts' levels (k < l, starting from 0 together) and f(u) the mean number of months to an alarm from
S = u, R = 0. As long as R > 0 the difference D = S - R grows by l - k every month whatever z is, so that an excursion
of R above 0 is a one-dimensional walk y between 0 and min(h_R, h_S - D), with D known. It ends in an alarm, at S = R =
0, or at R = 0 with S = v; hence

    f(u) = months(u) + P(to 0) f(0) + integral of density(u -> v) f(v) dv.

f is smooth between h_S, h_S - h_R and what lies whole multiples of l - k below them: there the panels meet on which f
is a polynomial through Gauss-Legendre nodes. Growing nodes change the result in the tenth digit.

Up and down pairs: where an up chart alarms, the down charts stand at 0, but for a jump of more than 3 standard
deviations from just below the other side's limit (one alarm in many thousands). So the rates of the two sides add.

Names: `pair_run_length`, `pair_survival`, `pair_thresholds`.
Source: the integral equation of Page (1954) for two dimensions, worked out here; checked by simulation in the tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.interpolate import BarycentricInterpolator
from scipy.optimize import brentq
from scipy.special import ndtr

from ytterby.balance.page_quadrature import legendre, normal_density, run_length_threshold
from ytterby.matter.mass import FloatArray

PANEL_NODES = 10
EXCURSION_NODES = 32
# Panels narrower than this are rounding of edges that coincide.
PANEL_MIN = 1e-9


@dataclass(frozen=True)
class _Panels:
    """Where f is a polynomial each: `edges` (panels + 1), `nodes` and `weights` (panels x PANEL_NODES)."""

    edges: FloatArray
    nodes: FloatArray
    weights: FloatArray


class _Excursions(NamedTuple):
    """From each start (S = u, R = 0), by months since: `kernel` (stages x starts x starts), which gives for a function
    of the start its mean over being back at R = 0 one month later, and `alive` (stages x starts), R above 0 until then.
    """

    kernel: FloatArray
    alive: FloatArray


class _Stage(NamedTuple):
    """One month of an excursion: levels of R (q), the probability at each, and S - R; a start has R = 0 for sure."""

    levels: FloatArray
    mass: FloatArray
    difference: float


def pair_run_length(k: float, h: float, other_k: float, other_h: float) -> float:
    """Return the mean number of months until either of two charts alarms, from 0, in control.

    Raises:
        ValueError: k is not below other_k, or h not above other_h (then the second chart is never the first).
    """
    excursions = _excursions(k, h, other_k, other_h)
    kernel = excursions.kernel.sum(axis=0)
    lengths = np.linalg.solve(np.eye(len(kernel)) - kernel, excursions.alive.sum(axis=0))
    return float(lengths[0])


def pair_survival(months: int, k: float, h: float, other_k: float, other_h: float) -> FloatArray:
    """Return P(neither chart alarms in the first t months) in control for t = 0 … months; errors as the run length."""
    excursions = _excursions(k, h, other_k, other_h)
    stages, points = excursions.alive.shape
    found = np.zeros((months + 1, points))
    for month in range(months + 1):
        # Still in the first excursion, or back at R = 0 after `stage + 1` months and alive for the rest.
        if month < stages:
            found[month] = excursions.alive[month]
        for stage in range(min(month, stages)):
            found[month] += excursions.kernel[stage] @ found[month - stage - 1]
    return found[:, 0]


@lru_cache(maxsize=64)
def pair_thresholds(k: float, other_k: float, months: float) -> tuple[float, float]:
    """Return the thresholds of two charts, each as rare an alarm as the other, with a joint mean run of some months.

    Raises:
        ValueError: no threshold does it.
    """

    def thresholds(single: float) -> tuple[float, float]:
        return run_length_threshold(k, single), run_length_threshold(other_k, single)

    def excess(log_single: float) -> float:
        h, other_h = thresholds(float(np.exp(log_single)))
        return float(np.log(pair_run_length(k, h, other_k, other_h) / months))

    # Alone each runs longer than both together, and at most twice as long, were their alarms never to coincide.
    low, high = np.log(months), np.log(2.2 * months)
    return thresholds(float(np.exp(brentq(excess, low, high, xtol=1e-8))))


# A table of expected alarms asks for many numbers of months of the same charts.
@lru_cache(maxsize=8)
def _excursions(k: float, h: float, other_k: float, other_h: float) -> _Excursions:
    if not k < other_k:
        raise ValueError(f"the reference values {k} and {other_k} are not in rising order")
    if other_h >= h:
        raise ValueError("the chart of the larger reference value needs the lower threshold")
    panels = _panels(h, other_h, other_k - k)
    starts = np.concatenate([[0.0], panels.nodes.ravel()])
    # An excursion is over when S - R has grown to h; the one from 0 lasts longest.
    stages = len(list(_excursion(0.0, k, h, other_k, other_h)))
    found = _Excursions(np.zeros((stages, len(starts), len(starts))), np.zeros((stages, len(starts))))
    for row, start in enumerate(starts):
        for place, stage in enumerate(_excursion(float(start), k, h, other_k, other_h)):
            heights = stage.difference + stage.levels
            end = min(stage.difference + other_k - k, h)
            found.alive[place, row] = stage.mass.sum()
            found.kernel[place, row, 0] = stage.mass @ ndtr(k - heights)
            found.kernel[place, row, 1:] = _landing(panels, heights - k, stage.mass, end)
    return found


def _panels(h: float, other_h: float, growth: float) -> _Panels:
    steps = growth * np.arange(int(np.ceil(h / growth)) + 1)
    edges = np.concatenate([[0.0], h - steps, h - other_h - steps])
    edges = np.unique(edges[(edges >= 0) & (edges <= h)])
    edges = edges[np.concatenate([[True], np.diff(edges) > PANEL_MIN])]
    pieces = [legendre(low, high, PANEL_NODES) for low, high in pairwise(edges)]
    return _Panels(edges, np.array([nodes for nodes, _ in pieces]), np.array([weights for _, weights in pieces]))


def _excursion(start: float, k: float, h: float, other_k: float, other_h: float) -> Iterator[_Stage]:
    """Yield the start (S = start, R = 0) and then each month in which R is above 0 and nothing has alarmed."""
    stage = _Stage(np.zeros(1), np.ones(1), start)
    while True:
        yield stage
        difference = stage.difference + other_k - k
        top = min(other_h, h - difference)
        if top <= 0:
            return
        levels, weights = legendre(0.0, top, EXCURSION_NODES)
        arriving = normal_density(levels[:, np.newaxis] - stage.levels + other_k) @ stage.mass
        stage = _Stage(levels, weights * arriving, difference)


def _landing(panels: _Panels, shifts: FloatArray, mass: FloatArray, end: float) -> FloatArray:
    """Return the weight of f at each node for ending at R = 0 with S = v < end; v has the density of shift + z."""
    found = np.zeros_like(panels.nodes)
    for place, (low, high) in enumerate(pairwise(panels.edges)):
        if end <= low:
            break
        nodes, weights = panels.nodes[place], panels.weights[place]
        if end >= high:
            found[place] = weights * (normal_density(nodes[:, np.newaxis] - shifts) @ mass)
        else:
            inner, inner_weights = legendre(low, end, PANEL_NODES)
            density = inner_weights * (normal_density(inner[:, np.newaxis] - shifts) @ mass)
            found[place] = density @ BarycentricInterpolator(nodes, np.eye(PANEL_NODES))(inner)
    return found.ravel()
