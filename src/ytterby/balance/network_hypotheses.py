"""What would explain an alarm in a network: ranked causes with size, and those that the data cannot tell apart.

Each cause is a step: it holds from a month s to the newest one, s chosen by the largest T (generalised likelihood). It
is tested against V of the whole network, so that a laboratory that is known from elsewhere to be sound excuses nobody.
The result is a list of hypotheses, never a verdict; a class of two or more says "either this or that".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array, hstack

from ytterby.balance.generalised_likelihood import APART, COLLINEAR, WhitenedSignatures, equivalence_classes
from ytterby.balance.network import Network
from ytterby.balance.network_factor import NetworkFactor
from ytterby.balance.network_plan import IndexArray
from ytterby.matter.mass import FloatArray

CauseKind = Literal["leak", "receipts", "shipments", "group", "shipper_side", "receiver_side", "both_sides"]
# What is left of f'V^-1 f below this share of the sum of f_i^2 / V_ii is rounding: the cause does not show.
DETECTABLE_SHARE = 1e-10


class Cause(NamedTuple):
    """Loss at a plant; its receipts or shipments wrong by a factor; a laboratory; one or both sides of a link."""

    kind: CauseKind
    place: str


class Suspect(NamedTuple):
    """What gave the alarm: the leak or party statistic of a plant, or the mirror difference of a link."""

    statistic: Literal["leak", "party", "mirror"]
    place: str


@dataclass(frozen=True)
class NetworkHypothesis:
    """A class of causes from month `since` on.

    `size_kg`, `sd_kg`: over the window; a leak > 0 is lost, a declaration > 0 is too high. For a group it is the sum of
    what its items are wrong by. `causes` with more than one: they cannot be told apart. Sizes are the first cause's.
    """

    element: str
    causes: tuple[Cause, ...]
    since: int
    size_kg: float
    sd_kg: float
    statistic: float


class AlarmHypotheses(NamedTuple):
    """All classes, the largest T first; `near`: how many of them are within 4 of the largest T (1: a clear first)."""

    ranked: tuple[NetworkHypothesis, ...]
    near: int


def hypotheses_for_alarm(
    factor: NetworkFactor, rows_kg: FloatArray, element: str, suspect: Suspect, since: Iterable[int] | None = None
) -> AlarmHypotheses:
    """Return what would explain an alarm in rows (m), kg, of one element, for the window that was factored.

    Tried: losses, receipts and shipments of the plants concerned and their partners, both sides of the links of the
    plants concerned, and the systematic groups of the items in their rows. `since`: the months from which a cause may
    hold, all of the window without it.

    Raises:
        KeyError: the suspect is no plant or link of the network.
    """
    network = factor.network
    starts = _starts(network, since)
    steps = [_Steps(network, cause) for cause in _causes(network, suspect)]
    columns = csr_array(hstack([step.columns(starts) for step in steps], format="csr"))
    squares, projections = factor.squares_and_projections(columns, rows_kg)
    shape = (len(steps), len(starts))
    statistic = _ratios(squares, projections, _floor(network, columns)).reshape(shape)
    # Causes that cannot be told apart must begin in the same month: of months with an equal T the first is taken.
    best = [int(np.argmax(row >= COLLINEAR * row.max())) for row in statistic]
    chosen = columns[:, [k * shape[1] + start for k, start in enumerate(best)]]
    signatures = _whiten(factor, steps, chosen, rows_kg)
    ranked = _rank(signatures, element, steps, [starts[k] for k in best])
    near = sum(1 for one in ranked if ranked[0].statistic - one.statistic < APART)
    return AlarmHypotheses(ranked, near)


class _Steps:
    """The signature of a cause month by month, and how many kg a unit of it is."""

    def __init__(self, network: Network, cause: Cause) -> None:
        self.cause = cause
        self.network = network
        if cause.kind == "leak":
            labels = network.labels
            row = np.array([k for k, label in enumerate(labels) if label[:2] == ("plant", cause.place)], dtype=np.intp)
            self.month = np.array([labels[k].month for k in row], dtype=np.intp)
            self.row, self.value, self.kg = row, np.ones(len(row)), np.ones(len(row))
            testable = network.variance[row] > 0.0
            self.kg = self.kg * testable
            self.kg_month = self.month
        else:
            self._of_items(*_wrong_items(network, cause))

    def _of_items(self, items: IndexArray, kg: FloatArray) -> None:
        entries = self.network.measurements.incidence[:, items].tocoo()
        month_of = np.array([label.month for label in self.network.labels], dtype=np.intp)
        # An item that counts in two months belongs to the first of them.
        first = np.full(len(items), np.iinfo(np.intp).max, dtype=np.intp)
        np.minimum.at(first, entries.col, month_of[entries.row])
        self.row, self.value, self.month = entries.row, entries.data * kg[entries.col], first[entries.col]
        self.kg, self.kg_month = np.abs(kg), first

    def columns(self, starts: tuple[int, ...]) -> csr_array:
        """Return the step signature (m x starts) from each start on."""
        held = [self.month >= start for start in starts]
        where = [np.flatnonzero(mask) for mask in held]
        number = np.repeat(np.arange(len(starts)), [len(places) for places in where])
        flat = np.concatenate(where) if where else np.empty(0, dtype=np.intp)
        shape = (len(self.network.labels), len(starts))
        return csr_array(coo_array((self.value[flat], (self.row[flat], number)), shape=shape))

    def kg_since(self, start: int) -> float:
        """Return how many kg over the window a unit of the signature is."""
        return float(self.kg[self.kg_month >= start].sum())


def _wrong_items(network: Network, cause: Cause) -> tuple[IndexArray, FloatArray]:
    """Return the items that a cause makes wrong, and each one's kg for a unit of it: its mass, or its sd in a group."""
    measurements = network.measurements
    if cause.kind == "group":
        column = measurements.loading_kg[:, [measurements.groups.index(cause.place)]].tocoo()
        return np.asarray(column.row, dtype=np.intp), np.asarray(column.data)
    sides = {"receipts": (-1,), "receiver_side": (-1,), "shipments": (1,), "shipper_side": (1,), "both_sides": (1, -1)}
    rows = [
        k
        for k, label in enumerate(network.labels)
        if label.kind == "link"
        and cause.place == {"receipts": label.receiver, "shipments": label.shipper}.get(cause.kind, label.place)
    ]
    entries = measurements.incidence[rows, :].tocoo()
    items = np.unique(entries.col[np.isin(np.sign(entries.data), sides[cause.kind])]).astype(np.intp)
    return items, measurements.mass_kg[items]


def _causes(network: Network, suspect: Suspect) -> list[Cause]:
    """Return what may be tried, the plants concerned before their partners."""
    ends = {label.place: (label.shipper, label.receiver) for label in network.labels if label.kind == "link"}
    if suspect.statistic == "mirror":
        centre = tuple(dict.fromkeys(ends[suspect.place]))
        links = {suspect.place: ends[suspect.place]}
    elif suspect.place in network.plants:
        centre = (suspect.place,)
        links = {link: pair for link, pair in ends.items() if suspect.place in pair}
    else:
        raise KeyError(suspect.place)
    touched = {link: pair for link, pair in ends.items() if set(pair) & set(centre)}
    plants = dict.fromkeys((*centre, *(plant for pair in links.values() for plant in pair)))
    found = [Cause("leak", plant) for plant in plants if plant in network.plants]
    found += [Cause("receipts", plant) for plant in plants if any(pair[1] == plant for pair in ends.values())]
    found += [Cause("shipments", plant) for plant in plants if any(pair[0] == plant for pair in ends.values())]
    found += [Cause(side, link) for link in touched for side in ("shipper_side", "receiver_side", "both_sides")]
    return found + [Cause("group", group) for group in _groups_at(network, set(centre) | set(touched))]


def _groups_at(network: Network, places: set[str]) -> Iterator[str]:
    rows = [k for k, label in enumerate(network.labels) if label.place in places]
    columns = network.measurements.incidence[rows, :].tocoo().col
    held = network.measurements.loading_kg[np.unique(columns), :].tocoo()
    for group in np.unique(held.col[held.data != 0.0]):
        yield network.measurements.groups[group]


def _starts(network: Network, since: Iterable[int] | None) -> tuple[int, ...]:
    wanted = set(network.months if since is None else since)
    return tuple(month for month in network.months if month in wanted)


def _floor(network: Network, columns: csr_array) -> FloatArray:
    entries = columns.tocoo()
    variance = network.variance[entries.row]
    weight = np.divide(entries.data**2, variance, out=np.zeros_like(entries.data), where=variance > 0.0)
    return DETECTABLE_SHARE * np.bincount(entries.col, weights=weight, minlength=columns.shape[1])


def _ratios(squares: FloatArray, projections: FloatArray, floor: FloatArray) -> FloatArray:
    known = squares > floor
    return np.divide(projections**2, squares, out=np.zeros_like(squares), where=known)


def _whiten(factor: NetworkFactor, steps: list[_Steps], columns: csr_array, rows_kg: FloatArray) -> WhitenedSignatures:
    whole = factor.inner_products(csr_array(hstack([columns, rows_kg[:, np.newaxis]], format="csr")))
    return WhitenedSignatures(
        names=tuple(f"{step.cause.kind}:{step.cause.place}" for step in steps),
        products=whole[:-1, :-1],
        projections=whole[:-1, -1],
        total=float(whole[-1, -1]),
        dof=sum(len(month.alone) + len(month.core) for month in factor.months),
        floor=_floor(factor.network, columns),
    )


def _rank(
    signatures: WhitenedSignatures, element: str, steps: list[_Steps], since: list[int]
) -> tuple[NetworkHypothesis, ...]:
    statistic, size, sd = signatures.ratios()
    found = []
    for members in equivalence_classes(signatures):
        first = members[0]
        kg = steps[first].kg_since(since[first])
        causes = tuple(steps[k].cause for k in members)
        found.append(
            NetworkHypothesis(element, causes, since[first], size[first] * kg, sd[first] * kg, float(statistic[first]))
        )
    return tuple(sorted(found, key=lambda one: -one.statistic))
