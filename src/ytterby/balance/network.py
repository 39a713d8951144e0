"""A network of plants and links over months: which row is whose, and what a wrong factor of a party does to the rows.

A plant in a month has an M row: receipts + production + opening stock - shipments - losses - final deliveries -
closing stock, kg. A link in a month has a D row: what the shipper declares minus what the receiver declares, kg. A
plant or link may miss months; a link to a plant that does not report has no row. Two links may join the same plants,
and a link may lead back to where it came from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, csr_array

from ytterby.balance.measurements import Measurements
from ytterby.matter.mass import FloatArray

IndexArray = npt.NDArray[np.intp]
# Below this share of a row's own variance what the other rows leave of it is rounding, not measurement.
VARIANCE_FLOOR = 1e-12


class RowLabel(NamedTuple):
    """Whose row: a plant's (M) or a link's (D), of one month; `shipper` and `receiver` are plants, for links only."""

    kind: Literal["plant", "link"]
    place: str
    month: int
    shipper: str = ""
    receiver: str = ""


class PartySignatures(NamedTuple):
    """Columns f (m x k), kg, each for the (plant, month) at its place in `of`."""

    columns: csc_array
    of: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Network:
    """Rows with their labels, one label a row.

    Raises:
        ValueError: labels and rows differ in number, or two rows have the same label.
    """

    measurements: Measurements
    labels: tuple[RowLabel, ...]

    def __post_init__(self) -> None:
        if len(self.labels) != self.measurements.incidence.shape[0]:
            raise ValueError(f"{len(self.labels)} labels for {self.measurements.incidence.shape[0]} rows")
        if len({label[:3] for label in self.labels}) != len(self.labels):
            raise ValueError("two rows of one place in one month")

    @cached_property
    def months(self) -> tuple[int, ...]:
        """The months that have a row, ascending."""
        return tuple(sorted({label.month for label in self.labels}))

    @cached_property
    def plants(self) -> tuple[str, ...]:
        """The plants that have a row, in order of first row."""
        return tuple(dict.fromkeys(label.place for label in self.labels if label.kind == "plant"))

    @cached_property
    def month_of(self) -> IndexArray:
        """The month of each row (m)."""
        return np.array([label.month for label in self.labels], dtype=np.intp)

    @cached_property
    def links(self) -> dict[str, tuple[str, str]]:
        """Shipper and receiver of each link that has a row, in order of first row."""
        return {label.place: (label.shipper, label.receiver) for label in self.labels if label.kind == "link"}

    @cached_property
    def rows_of(self) -> dict[tuple[str, str], list[int]]:
        """Rows by kind and place, ascending."""
        found: dict[tuple[str, str], list[int]] = {}
        for row, label in enumerate(self.labels):
            found.setdefault((label.kind, label.place), []).append(row)
        return found

    @cached_property
    def variance(self) -> FloatArray:
        """The diagonal of V (m), kg squared; 0 where a row is not testable."""
        return row_squares(self.measurements.random_factor) + row_squares(self.measurements.group_factor)

    @cached_property
    def is_lasting(self) -> npt.NDArray[np.bool_]:
        """Tell for each group whether it errs in more than one month: an error of one delivery is no bias."""
        first, last = lifetimes(self.measurements.group_factor, self.month_of)
        found: npt.NDArray[np.bool_] = last > first
        return found

    @cached_property
    def declared_kg(self) -> FloatArray:
        """Sums of H x over entries > 0 and over entries < 0 (2 x m), kg: on D rows shipper's and receiver's side."""
        entries = self.measurements.incidence.tocoo()
        found = np.zeros((2, len(self.labels)))
        side = (entries.data < 0).astype(np.intp)
        np.add.at(found, (side, entries.row), entries.data * self.measurements.mass_kg[entries.col])
        return found

    @cached_property
    def party_signatures(self) -> PartySignatures:
        """The column f of each plant and month: own shipments minus own receipts, on the D rows of that month only.

        Plants without a D row, or with declared nothing, have no column.
        """
        shipped, received = self.declared_kg
        cells: dict[tuple[str, int], dict[int, float]] = {}
        for row, label in enumerate(self.labels):
            if label.kind == "link":
                for place, value in ((label.shipper, shipped[row]), (label.receiver, received[row])):
                    column = cells.setdefault((place, label.month), {})
                    column[row] = column.get(row, 0.0) + float(value)
        plants = set(self.plants)
        known = {key: column for key, column in cells.items() if key[0] in plants and any(column.values())}
        return PartySignatures(columns_of(known.values(), len(self.labels)), tuple(known))


def columns_of(columns: Iterable[Mapping[int, float]], rows: int) -> csc_array:
    """Return columns (rows x k) from what each holds by row."""
    listed = list(columns)
    cells = [(row, place, value) for place, column in enumerate(listed) for row, value in column.items()]
    values = np.array([cell[2] for cell in cells], dtype=np.float64)
    where = ([cell[0] for cell in cells], [cell[1] for cell in cells])
    return csc_array((values, where), shape=(rows, len(listed)))


def lifetimes(
    factor: csr_array, month: IndexArray, rows: npt.NDArray[np.bool_] | None = None
) -> tuple[IndexArray, IndexArray]:
    """Return the first and last month (of each row: `month`) that each column touches, in some rows or in all.

    The first month of a column that touches none comes after its last.
    """
    entries = factor.tocoo()
    held = entries.data != 0.0
    if rows is not None:
        held &= rows[entries.row]
    first = np.full(factor.shape[1], np.iinfo(np.intp).max)
    last = np.full(factor.shape[1], -1, dtype=np.intp)
    np.minimum.at(first, entries.col[held], month[entries.row[held]])
    np.maximum.at(last, entries.col[held], month[entries.row[held]])
    return first, last


def row_squares(factor: csr_array) -> FloatArray:
    """Return the sum of squares of each row."""
    found: FloatArray = np.asarray(factor.multiply(factor).sum(axis=1), dtype=np.float64).ravel()
    return found
