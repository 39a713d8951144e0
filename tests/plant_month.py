"""A month of a separation plant, simulated: what its clerk would type, and the book that it should come to.

Concentrate comes in by lorry, is charged to the extraction line, oxides are drawn, packed, shipped and counted; a drum
is spilled. Nothing is random but by the seed.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from random import Random

import openpyxl

SITE, MINE, CUSTOMER = "9520000010027", "9520000010010", "9520000010034"
CONCENTRATE = "09520000000028"
OXIDES = {"09520000000134": ("Nd", "Pr"), "09520000000158": ("Dy",), "09520000000141": ("Tb",)}
TANK = f"https://id.gs1.org/414/{SITE}/254/SX-3"
RUN = "https://norrvik.example/run/"
HEADER = (
    "Event", "Step", "Side", "Date", "Time zone", "Site", "Place", "Product", "Lot", "Quantity [kg]", "u of the mass [kg]",  # noqa: E501
    "Scale", "Form", "Assay method", "Run", "Process", "Tank", "Tank rule", "Delivery note", "From party", "From site",
    "To party", "To site", "Container", "Complete", "Use code", "Share of use", "Grade",
    "Nd [mg/kg]", "u(Nd) [mg/kg]", "Pr, wt%", "Dy [mg/kg]", "u(Dy) [mg/kg]", "Tb [g/kg]",
)  # fmt: skip
Row = dict[str, object]


@dataclass
class PlantMonth:
    """Rows of a month, and how much of each product was received, made, shipped, lost and counted, kg."""

    seed: int
    days: int = 28
    rows: list[Row] = field(default_factory=list)
    totals: dict[str, Decimal] = field(default_factory=dict)
    events: int = 0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.stock: dict[tuple[str, str], Decimal] = {}
        self.at = datetime(2026, 3, 1, 7)
        for day in range(self.days):
            self.at = datetime(2026, 3, 1, 7) + timedelta(days=day)
            self._day(day)
        self._count()

    def _add(self, step: str, kind: str, quantity: Decimal, *, is_same: bool = False, **cells: object) -> None:
        if not is_same:
            self.events += 1
            self.at += timedelta(minutes=self.random.randrange(7, 90))
        self.totals[kind] = self.totals.get(kind, Decimal(0)) + quantity
        named = {name.replace("_", " "): value for name, value in cells.items()}
        self.rows.append(
            {"Event": self.events, "Step": step, "Date": self.at, "Site": SITE, "Quantity [kg]": quantity, **named}
        )

    def _kilograms(self, low: int, high: int) -> Decimal:
        return Decimal(self.random.randrange(low * 10, high * 10)) / 10

    def _day(self, day: int) -> None:
        if day % 3 == 0:
            self._receive(day)
        if day % 4 == 1:
            self._charge(day)
        if day % 5 == 2:
            self._draw(day)
        if day % 7 == 3:
            self._ship(day)
        if day % 11 == 5:
            self._lose()

    def _receive(self, day: int) -> None:
        lot, quantity = f"KR-{day:02d}", self._kilograms(4000, 12000)
        self.stock[CONCENTRATE, lot] = quantity
        more = {"u of the mass [kg]": Decimal(6), "Scale": "https://id.gs1.org/8004/952000WB01"}
        self._add(
            "received", "received", quantity, Product=CONCENTRATE, Lot=lot, Delivery_note=f"D-{day}", From_party=MINE, From_site=MINE, **more  # noqa: E501
        )  # fmt: skip

    def _charge(self, day: int) -> None:
        mine = [(key, left) for key, left in self.stock.items() if key[0] == CONCENTRATE and left > 0]
        for number, ((product, lot), left) in enumerate(mine[:2]):
            quantity = left if number else (left / 2).quantize(Decimal("0.1"))
            self.stock[product, lot] = left - quantity
            self._add(
                "charged", "charged", quantity, is_same=number > 0, Product=product, Lot=lot, Tank=TANK, Run=f"{RUN}{day}",  # noqa: E501
                Process="solvent extraction",
            )  # fmt: skip

    def _draw(self, day: int) -> None:
        for number, (product, elements) in enumerate(OXIDES.items()):
            lot, quantity = f"NV-{elements[0]}-{day:02d}", self._kilograms(*((300, 900), (4, 20), (2, 9))[number])
            self.stock[product, lot] = quantity
            assays: Row = {}
            if "Nd" in elements:
                assays |= {
                    "Nd [mg/kg]": Decimal(self.random.randrange(6_000_000, 6_400_000)) / 10,
                    "u(Nd) [mg/kg]": 1200,
                }
                assays["Pr, wt%"] = Decimal(self.random.randrange(18000, 21000)) / 1000
            if "Dy" in elements:
                assays |= {"Dy [mg/kg]": self.random.randrange(860_000, 871_000), "u(Dy) [mg/kg]": Decimal("870.5")}
            if "Tb" in elements:
                assays["Tb [g/kg]"] = Decimal(self.random.randrange(84000, 85000)) / 100
            self._add(
                "drawn", "drawn", quantity, is_same=number > 0, Product=product, Lot=lot, Tank=TANK, Run=f"{RUN}{day}",
                Form="oxide", Assay_method="ICP-OES", Tank_rule="proportional", **assays,
            )  # fmt: skip

    def _oxides(self) -> list[tuple[tuple[str, str], Decimal]]:
        return [(key, left) for key, left in self.stock.items() if key[0] in OXIDES and left > 1]

    def _ship(self, day: int) -> None:
        for number, ((product, lot), left) in enumerate(self._oxides()[:3]):
            quantity = (left * 3 / 4).quantize(Decimal("0.1"))
            self.stock[product, lot] = left - quantity
            self._add(
                "shipped", "shipped", quantity, is_same=number > 0, Product=product, Lot=lot, Delivery_note=f"NV-{day}",
                To_party=CUSTOMER, To_site=CUSTOMER,
            )  # fmt: skip

    def _lose(self) -> None:
        for (product, lot), left in self._oxides()[:1]:
            self.stock[product, lot] = left - Decimal("0.5")
            self._add("lost", "lost", Decimal("0.5"), Product=product, Lot=lot)

    def _count(self) -> None:
        self.at += timedelta(hours=3)
        held = [(key, left) for key, left in self.stock.items() if left > 0]
        for number, ((product, lot), left) in enumerate(held):
            self._add("counted", "counted", left, is_same=number > 0, Product=product, Lot=lot, Complete="yes")

    def xlsx(self, zone: str = "+01:00") -> bytes:
        """Return the month as the workbook of somebody who types some numbers and days as texts."""
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        sheet.title = "March"
        sheet.append(["Norrvik Separation, March 2026"])
        sheet.append(list(HEADER))
        for number, row in enumerate(self.rows):
            cells: list[object] = []
            for name in HEADER:
                value = zone if name == "Time zone" else row.get(name)
                if isinstance(value, Decimal):
                    value = (
                        str(value).replace(".", ",") if number % 3 == 2 and name == "Quantity [kg]" else float(value)
                    )
                elif isinstance(value, datetime) and number % 4 == 1:
                    value = f"{value:%d.%m.%Y %H:%M}"
                cells.append(value)
            sheet.append(cells)
        target = BytesIO()
        book.save(target)
        return target.getvalue()
