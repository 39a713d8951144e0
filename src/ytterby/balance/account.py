"""The accounts of a nation of plants: what was counted at which plant and between which, in which month.

A *row* is one balance: a plant in a month (MUF), or a link between two plants in a month (shipper less receiver). A
plant's month ends with a stock-taking: what came and went since the one before counts in the month whose end lies
nearest to it. So a stock-taking a few days early or late is carried by the postings in between, and a month without one
has no balance of its own: it counts with the next.

Masses are kilograms of element, over the 17 elements in order of Z; months are those of each site's own clock.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from math import hypot
from typing import NamedTuple

import numpy as np

from ytterby.balance.content import is_of_lot
from ytterby.balance.measurements import Item, Measurements, measurements_of
from ytterby.balance.quantity import Quantity
from ytterby.chain.period import Month
from ytterby.matter.mass import ElementMass, FloatArray

Link = tuple[str, str]


class What(StrEnum):
    """What an item is to the plants it counts for."""

    RECEIPT = "receipt"
    SHIPMENT = "shipment"
    IMPLIED = "implied"  # shipped by one and used by the other, and reported received by nobody
    PRODUCTION = "production"
    LOSS = "loss"
    STOCK = "stock"


class Row(NamedTuple):
    """One balance: of a plant (`link` None) or of a link (`site` empty), in a month by its number in the accounts."""

    site: str
    link: Link | None
    month: int


class Counted(NamedTuple):
    """One measured content and the rows in which it counts, with its sign.

    `is_known` is False where nobody said what the lot holds: the rows it counts in cannot be tested. `own` are errors
    of this item alone that are common to its elements, kg by element, such as that of its weighing.
    """

    key: str
    what: What
    site: str
    lot: str
    at: datetime
    events: tuple[bytes, ...]
    content: ElementMass
    is_known: bool
    entries: tuple[tuple[Row, int], ...]
    own: tuple[FloatArray, ...] = ()

    @property
    def u_kg(self) -> FloatArray:
        """The combined standard uncertainty of each element, kg."""
        variance = self.content.u_kg**2
        for sd in self.own:
            variance = variance + sd * sd
        return np.sqrt(variance)


class NotCounted(NamedTuple):
    """A posting that moves nothing across the bounds of its plant, or cannot be counted, with the reason's code."""

    digest: bytes
    number: int
    site: str
    reason: str


class Untestable(NamedTuple):
    """Why a plant's month has no balance: `no_stock_taking`, `before_first_stock_taking`, `content_unknown`, with the
    lot whose content nobody said.
    """

    reason: str
    lot: str = ""


def item_of(one: Counted, quantity: Quantity, entries: tuple[tuple[int, int], ...]) -> Item:
    """Return a counted content as an item of a quantity: its elements err independently but for its own errors, and so
    they do within the content of a lot.
    """
    content = one.content
    groups = {
        group: quantity.of_random(sd) if is_of_lot(group) else quantity.of(sd) for group, sd in content.groups.items()
    }
    return Item(
        key=one.key,
        mass_kg=quantity.of(content.mass_kg),
        random_kg=hypot(quantity.of_random(content.random_kg), *(quantity.of(sd) for sd in one.own)),
        groups={group: sd for group, sd in groups.items() if sd},
        entries=entries,
    )


@dataclass(frozen=True)
class Accounts:
    """Everything counted, the rows in order of month, plants before links, and what cannot be tested."""

    months: tuple[Month, ...]
    rows: tuple[Row, ...]
    counted: tuple[Counted, ...]
    not_counted: tuple[NotCounted, ...]
    untestable: Mapping[Row, Untestable]

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """The plants that have a balance, in order."""
        return tuple(dict.fromkeys(row.site for row in sorted(self.rows) if row.link is None))

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links of which both sides spoke, in order."""
        return tuple(sorted({row.link for row in self.rows if row.link is not None}))

    @cached_property
    def _by_row(self) -> Mapping[Row, tuple[int, ...]]:
        """The places of the items that count in each row."""
        found: dict[Row, list[int]] = {}
        for place, one in enumerate(self.counted):
            for row, _ in one.entries:
                found.setdefault(row, []).append(place)
        return {row: tuple(places) for row, places in found.items()}

    @cached_property
    def by_key(self) -> Mapping[str, Counted]:
        """What was counted, by its key."""
        return {one.key: one for one in self.counted}

    def counted_in(self, rows: Iterable[Row]) -> tuple[Counted, ...]:
        """Return what counts in any of these rows, in order, each once."""
        places = sorted({place for row in rows for place in self._by_row.get(row, ())})
        return tuple(self.counted[place] for place in places)

    def items(self, quantity: Quantity, rows: Sequence[Row] | None = None) -> tuple[Item, ...]:
        """Return the items of a quantity that count in these rows (all by default), in order.

        A row keeps the number it has among those given; an item that counts in none of them is left out.
        """
        wanted = self.rows if rows is None else rows
        numbers = {row: number for number, row in enumerate(wanted)}
        found = (
            item_of(one, quantity, tuple((numbers[row], sign) for row, sign in one.entries if row in numbers))
            for one in self.counted_in(wanted)
        )
        return tuple(item for item in found if item.mass_kg or item.random_kg or item.groups)

    def measurements(self, quantity: Quantity, rows: Sequence[Row] | None = None) -> Measurements:
        """Return the arrays of a quantity over these rows (all by default)."""
        return measurements_of(self.items(quantity, rows), len(self.rows if rows is None else rows))

    def of_sites(self, sites: Collection[str]) -> "Accounts":
        """Return the accounts of these plants alone, without links."""

        def is_own(row: Row) -> bool:
            return row.link is None and row.site in sites

        kept = (one._replace(entries=tuple(e for e in one.entries if is_own(e[0]))) for one in self.counted)
        return Accounts(
            months=self.months,
            rows=tuple(row for row in self.rows if is_own(row)),
            counted=tuple(one for one in kept if one.entries),
            not_counted=tuple(one for one in self.not_counted if one.site in sites),
            untestable={row: why for row, why in self.untestable.items() if is_own(row)},
        )

    @cached_property
    def _rows_at(self) -> Mapping[str | Link, tuple[Row, ...]]:
        """The rows of each plant and link, in order of month."""
        found: dict[str | Link, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.site if row.link is None else row.link, []).append(row)
        return {place: tuple(rows) for place, rows in found.items()}

    def rows_of(self, site: str) -> tuple[Row, ...]:
        """Return the rows of a plant, in order of month."""
        return self._rows_at.get(site, ())

    def rows_between(self, link: Link) -> tuple[Row, ...]:
        """Return the rows of a link, in order of month."""
        return self._rows_at.get(link, ())

    def testable(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """Return those of these rows that have a balance, in order."""
        return tuple(row for row in rows if row not in self.untestable)
