"""What is simulated: how many plants and months, from which seed, and what goes wrong."""

from dataclasses import dataclass
from datetime import date

from ytterby.nation.tables import ELEMENTS

PLANTS_MIN, PLANTS_MAX = 5, 5000
DIVERSIONS = ("abrupt", "protracted", "falsified_receipts", "collusion_uncovered", "collusion_loss", "use_swap")


@dataclass(frozen=True, slots=True)
class DiversionOrder:
    """A diversion to be planted: its kind, the share of a plant's monthly throughput, and where and when if said.

    `plant` is the number of a plant in the plan, `month` counts from 0.
    """

    kind: str
    share: float
    plant: int | None = None
    month: int | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """All that a nation is made from: equal scenarios give equal bytes.

    Of `late_share` of the links the last lot of a month is under way at its end; `mistakes` is the chance that a
    plant's report of a month holds a mistake or comes late; `epoch_months` is how long a laboratory's bias holds (None:
    always). `lots` are those of a link in a month; `commercial` is the share of plants that send samples to one of the
    common laboratories, of which there are `laboratories_of_200`; `weighing` is a scale's relative standard deviation.

    Raises:
        ValueError: a number is outside what can be simulated.
    """

    plants: int = 200
    months: int = 36
    seed: int = 1
    start: date = date(2023, 1, 1)
    elements: tuple[str, ...] = ("Nd", "Pr", "Dy")
    lots: int = 4
    clean: int = 12
    diversions: tuple[DiversionOrder, ...] = ()
    mistakes: float = 0.0
    late_share: float = 0.0
    epoch_months: int | None = None
    commercial: float = 0.7
    laboratories_of_200: int = 40
    links_per_plant: float = 3.26
    weighing: float = 0.0005
    offset: str = "+08:00"

    def __post_init__(self) -> None:
        """Hold the numbers to their ranges."""
        if not PLANTS_MIN <= self.plants <= PLANTS_MAX:
            raise ValueError(f"plants: {self.plants} is not between {PLANTS_MIN} and {PLANTS_MAX}")
        if not 1 <= self.months <= 600:
            raise ValueError(f"months: {self.months} is not between 1 and 600")
        if not 1 <= self.lots <= 9:
            raise ValueError(f"lots: {self.lots} is not between 1 and 9")
        if self.seed < 0 or self.clean < 0:
            raise ValueError("seed and clean are not below 0")
        if self.start.day != 1:
            raise ValueError("start: not the first day of a month")
        for name in ("mistakes", "late_share", "commercial"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}: {getattr(self, name)} is not between 0 and 1")
        if not self.elements or not set(self.elements) <= set(ELEMENTS) or len(set(self.elements)) < len(self.elements):
            raise ValueError(f"elements: some of {' '.join(ELEMENTS)}, each once")
        if self.epoch_months is not None and self.epoch_months < 1:
            raise ValueError("epoch_months: not below 1")
        for order in self.diversions:
            _check_order(order, self.months)
        # Opening stocks are counted in the month before the first, the last reports are written in the one after.
        for month in (-1, self.months):
            self.first_day(month)

    def first_day(self, month: int) -> date:
        """Return the first day of a month counted from 0; -1 is the month before the first.

        Raises:
            ValueError: a year before 1 or after 9999.
        """
        years, rest = divmod(self.start.month - 1 + month, 12)
        return date(self.start.year + years, rest + 1, 1)

    def epoch(self, month: int) -> int:
        """Return the number of the proficiency epoch of a month."""
        return 0 if self.epoch_months is None else month // self.epoch_months


def _check_order(order: DiversionOrder, months: int) -> None:
    if order.kind not in DIVERSIONS:
        raise ValueError(f"diversion: {order.kind} is none of {' '.join(DIVERSIONS)}")
    if not 0 < order.share <= 0.5:
        raise ValueError(f"diversion: share {order.share:g} is not above 0 and up to 0.5")
    if order.month is not None and not 0 <= order.month < months:
        raise ValueError(f"diversion: month {order.month} is not one of the {months}")
