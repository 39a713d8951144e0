"""What would explain an alarm in a network: ranked causes with size, and those that the data cannot tell apart.

Each cause is a step: it holds from a month s to the newest one, s chosen by the largest T (generalised likelihood). It
is tested against V of the whole network, so that a laboratory that is known from elsewhere to be sound excuses nobody.
The result is a list of hypotheses, never a verdict; a class of two or more says "either this or that".
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array, hstack

from ytterby.balance.generalised_likelihood import APART, COLLINEAR, WhitenedSignatures, equivalence_classes
from ytterby.balance.network import IndexArray, Network, lifetimes
from ytterby.balance.network_factor import NetworkFactor
from ytterby.matter.mass import FloatArray

CauseKind = Literal[
    "leak",
    "receipts",
    "shipments",
    "hidden_receipts",
    "hidden_shipments",
    "group",
    "shipper_side",
    "receiver_side",
    "both_sides",
    "difference",
]
RECEIVER_KINDS: tuple[CauseKind, ...] = ("receipts", "hidden_receipts")
SHIPPER_KINDS: tuple[CauseKind, ...] = ("shipments", "hidden_shipments")
LINK_KINDS: tuple[CauseKind, ...] = ("shipper_side", "receiver_side", "both_sides", "difference")
# What is left of f'V^-1 f below this share of the sum of f_i^2 / V_ii is rounding: the cause does not show.
DETECTABLE_SHARE = 1e-10


class Cause(NamedTuple):
    """What may be wrong, and where.

    `leak`: material leaves plant `place` undeclared. `receipts`, `shipments`: the plant's declarations are wrong by a
    factor. `hidden_receipts`, `hidden_shipments`: so they are, and its own balance closes all the same, since what is
    not declared, or was never sent, is gone. `group`: a laboratory, scale or method is biased. `shipper_side`,
    `receiver_side`, `both_sides`: declarations on link `place` are wrong by a factor. `difference`: so is either side
    of that link, and both balances close.
    """

    kind: CauseKind
    place: str


class Suspect(NamedTuple):
    """What gave the alarm: the leak or party statistic of a plant, or the mirror difference of a link."""

    statistic: Literal["leak", "party", "mirror"]
    place: str


@dataclass(frozen=True)
class NetworkHypothesis:
    """A class of causes from month `since` on; with more than one they cannot be told apart.

    `sizes_kg`: of each cause over the window, `sd_kg` of the first. A leak > 0 is lost, a declaration > 0 is too high,
    a difference > 0: the shipper's figure is the higher. For a group: the sum of what its items are wrong by. `step`:
    the first cause's own size: kg a month, share of what was declared, or standard deviations of the group.
    """

    element: str
    causes: tuple[Cause, ...]
    sizes_kg: tuple[float, ...]
    sd_kg: float
    step: float
    since: int
    statistic: float

    @property
    def size_kg(self) -> float:
        """The size of the first cause."""
        return self.sizes_kg[0]


class AlarmHypotheses(NamedTuple):
    """All classes, the largest T first; `near`: how many of them are within 4 of the largest T (1: a clear first)."""

    ranked: tuple[NetworkHypothesis, ...]
    near: int


def hypotheses_for_alarm(
    factor: NetworkFactor, rows_kg: FloatArray, element: str, suspect: Suspect, since: Iterable[int] | None = None
) -> AlarmHypotheses:
    """Return what would explain an alarm in rows (m), kg, of one element, for the window that was factored.

    Tried: losses, receipts and shipments of the plants concerned and their partners, either side of the links of the
    plants concerned and their difference, and the systematic groups of the items in their rows that last longer than a
    month. `since`: the months from which a cause may hold, all of the window without it.

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


class FittedCause(NamedTuple):
    """One cause fitted to rows: kg over its months with sd, T, and the rows (m), kg, that it explains."""

    cause: Cause
    since: int
    until: int
    size_kg: float
    sd_kg: float
    statistic: float
    rows_kg: FloatArray


class Trial(NamedTuple):
    """A cause to be fitted from month `since` to month `until` (the newest without it)."""

    cause: Cause
    since: int
    until: int | None = None


def fit_cause(
    factor: NetworkFactor, rows_kg: FloatArray, cause: Cause, since: int, until: int | None = None
) -> FittedCause | None:
    """Return one cause fitted; as `fit_causes`."""
    return fit_causes(factor, rows_kg, (Trial(cause, since, until),))[0]


def fit_causes(factor: NetworkFactor, rows_kg: FloatArray, trials: Sequence[Trial]) -> tuple[FittedCause | None, ...]:
    """Return each cause alone, fitted by generalised least squares, all in one pass over the months; None where it
    does not show.
    """
    network = factor.network
    groups, last = set(network.measurements.groups), network.months[-1]
    causes = {one.cause for one in trials if one.cause.kind != "group" or one.cause.place in groups}
    steps = {cause: _Steps(network, cause) for cause in causes}
    held = [one for one in trials if one.cause in steps]
    if not held:
        return (None,) * len(trials)
    columns = csr_array(hstack([steps[one.cause].column(one.since, one.until) for one in held], format="csr"))
    squares, projections = factor.squares_and_projections(columns, rows_kg)
    found: dict[Trial, FittedCause] = {}
    for place in np.flatnonzero(squares > _floor(network, columns)):
        one, square, projection = held[place], squares[place], projections[place]
        kg = steps[one.cause].kg_between(one.since, one.until)
        step, sd = float(projection / square), float(square**-0.5)
        explained: FloatArray = columns[:, [place]].toarray()[:, 0] * step
        until = last if one.until is None else one.until
        statistic = float(projection**2 / square)
        found[one] = FittedCause(one.cause, one.since, until, step * kg, sd * kg, statistic, explained)
    return tuple(found.get(one) for one in trials)


class _Steps:
    """The signature of a cause, month by month (`row`, `value`, `month`), and the kg of a unit (`kg`, `kg_month`)."""

    def __init__(self, network: Network, cause: Cause) -> None:
        self.cause = cause
        self.size = len(network.labels)
        if cause.kind in {"leak", "difference", "hidden_receipts", "hidden_shipments"}:
            self._of_rows(network, *_wrong_rows(network, cause))
        else:
            self._of_items(network, *_wrong_items(network, cause))

    def _of_rows(self, network: Network, rows: IndexArray, value: FloatArray) -> None:
        self.row, self.value = rows, value
        self.month = self.kg_month = network.month_of[rows]
        self.kg = np.abs(value) * (network.variance[rows] > 0.0)

    def _of_items(self, network: Network, items: IndexArray, kg: FloatArray) -> None:
        incidence = network.measurements.incidence[:, items]
        entries = incidence.tocoo()
        # An item that counts in two months belongs to the first of them.
        first, _ = lifetimes(incidence, network.month_of)
        self.row, self.value, self.month = entries.row, entries.data * kg[entries.col], first[entries.col]
        # What both sides of a delivery say too much is one mass, not two.
        self.kg, self.kg_month = np.abs(kg) * (0.5 if self.cause.kind == "both_sides" else 1.0), first

    def columns(self, starts: tuple[int, ...]) -> csr_array:
        """Return the step signature (m x starts) from each start on."""
        where = [np.flatnonzero(self.month >= start) for start in starts]
        number = np.repeat(np.arange(len(starts)), [len(places) for places in where])
        flat = np.concatenate(where) if where else np.empty(0, dtype=np.intp)
        return csr_array(coo_array((self.value[flat], (self.row[flat], number)), shape=(self.size, len(starts))))

    def column(self, since: int, until: int | None) -> csr_array:
        """Return the signature (m x 1) from one month to another, to the newest without it."""
        whole = self.columns((since,))
        return whole if until is None else csr_array(whole - self.columns((until + 1,)))

    def kg_since(self, start: int) -> float:
        """Return how many kg over the window a unit of the signature is."""
        return float(self.kg[self.kg_month >= start].sum())

    def kg_between(self, since: int, until: int | None) -> float:
        """Return how many kg a unit of the signature is from one month to another, to the newest without it."""
        return self.kg_since(since) - (0.0 if until is None else self.kg_since(until + 1))


def _wrong_rows(network: Network, cause: Cause) -> tuple[IndexArray, FloatArray]:
    """Return the rows that a cause shifts, and by how much, kg: 1 for a leak, else what flowed on the link."""
    if cause.kind == "leak":
        rows = np.array(network.rows_of["plant", cause.place], dtype=np.intp)
        return rows, np.ones(len(rows))
    # Both declarations say what flowed. Their mean serves both sides, so that what is the same cause is one class.
    flow = (np.abs(network.declared_kg[0]) + np.abs(network.declared_kg[1])) / 2.0
    links = _links_of(network, cause)
    rows = np.array([row for link in links for row in network.rows_of["link", link]], dtype=np.intp)
    return rows, -flow[rows] if cause.kind == "hidden_receipts" else flow[rows]


def _wrong_items(network: Network, cause: Cause) -> tuple[IndexArray, FloatArray]:
    """Return the items that a cause makes wrong, and each one's kg for a unit of it: its mass, or its sd in a group."""
    measurements = network.measurements
    if cause.kind == "group":
        column = measurements.loading_kg[:, [measurements.groups.index(cause.place)]].tocoo()
        return np.asarray(column.row, dtype=np.intp), np.asarray(column.data)
    signs = {"receipts": (-1,), "receiver_side": (-1,), "shipments": (1,), "shipper_side": (1,), "both_sides": (1, -1)}
    rows = [row for link in _links_of(network, cause) for row in network.rows_of["link", link]]
    entries = measurements.incidence[rows, :].tocoo()
    items = np.unique(entries.col[np.isin(np.sign(entries.data), signs[cause.kind])]).astype(np.intp)
    return items, measurements.mass_kg[items]


def _links_of(network: Network, cause: Cause) -> list[str]:
    if cause.kind in RECEIVER_KINDS:
        return [link for link, (_, receiver) in network.links.items() if receiver == cause.place]
    if cause.kind in SHIPPER_KINDS:
        return [link for link, (shipper, _) in network.links.items() if shipper == cause.place]
    return [cause.place]


def _causes(network: Network, suspect: Suspect) -> list[Cause]:
    """Return what may be tried, the plants concerned before their partners."""
    ends = network.links
    if suspect.statistic == "mirror":
        centre = tuple(dict.fromkeys(ends[suspect.place]))
        partners = centre
    elif suspect.place in network.plants:
        centre = (suspect.place,)
        partners = tuple(plant for pair in ends.values() if suspect.place in pair for plant in pair)
    else:
        raise KeyError(suspect.place)
    touched = [link for link, pair in ends.items() if set(pair) & set(centre)]
    plants = tuple(dict.fromkeys((*centre, *partners)))
    receivers, shippers = {pair[1] for pair in ends.values()}, {pair[0] for pair in ends.values()}
    found = [Cause("leak", plant) for plant in plants if plant in network.plants]
    found += [Cause(kind, plant) for kind in RECEIVER_KINDS for plant in plants if plant in receivers]
    found += [Cause(kind, plant) for kind in SHIPPER_KINDS for plant in plants if plant in shippers]
    found += [Cause(kind, link) for kind in LINK_KINDS for link in touched]
    return found + [Cause("group", group) for group in _groups_at(network, centre, touched)]


def _groups_at(network: Network, plants: Iterable[str], links: Iterable[str]) -> Iterator[str]:
    places = [("plant", plant) for plant in plants] + [("link", link) for link in links]
    rows = [row for place in places for row in network.rows_of.get(place, [])]
    columns = network.measurements.incidence[rows, :].tocoo().col
    held = network.measurements.loading_kg[np.unique(columns), :].tocoo()
    for group in np.unique(held.col[held.data != 0.0]):
        if network.is_lasting[group]:
            yield network.measurements.groups[group]


def _starts(network: Network, since: Iterable[int] | None) -> tuple[int, ...]:
    wanted = set(network.months if since is None else since)
    return tuple(month for month in network.months if month in wanted)


def _floor(network: Network, columns: csr_array) -> FloatArray:
    entries = columns.tocoo()
    variance = network.variance[entries.row]
    weight = np.divide(entries.data**2, variance, out=np.zeros_like(entries.data), where=variance > 0.0)
    found: FloatArray = np.bincount(entries.col, weights=weight, minlength=columns.shape[1]).astype(np.float64)
    return DETECTABLE_SHARE * found


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
        dof=sum(len(month.own.rows) + len(month.late.rows) + len(month.core) for month in factor.months),
        floor=_floor(factor.network, columns),
    )


def _rank(
    signatures: WhitenedSignatures, element: str, steps: list[_Steps], since: list[int]
) -> tuple[NetworkHypothesis, ...]:
    statistic, size, sd = signatures.ratios()
    found = []
    for members in equivalence_classes(signatures):
        first = members[0]
        kg = [steps[k].kg_since(since[k]) for k in members]
        found.append(
            NetworkHypothesis(
                element=element,
                causes=tuple(steps[k].cause for k in members),
                sizes_kg=tuple(float(size[k]) * kg_of for k, kg_of in zip(members, kg, strict=True)),
                sd_kg=float(sd[first]) * kg[0],
                step=float(size[first]),
                since=since[first],
                statistic=float(statistic[first]),
            )
        )
    return tuple(sorted(found, key=lambda one: -one.statistic))
