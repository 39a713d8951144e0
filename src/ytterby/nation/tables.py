"""What the simulated nation is made of: kinds of plants, routes between them, figures of forms, end uses.

All of it is data (kinds.csv, routes.csv, forms.csv, uses.csv, each row with its source or a plain guess) and is handed
in as text. Shares and relative standard deviations follow the project's accountancy, 2.3.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

FILES = ("kinds.csv", "routes.csv", "forms.csv", "uses.csv")
USE_CODES = "use_codes.csv"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of plant: how many of 200, what it keeps and loses, and on which days of a month it works."""

    name: str
    of_200: int
    is_needed: bool
    feed: str  # form of what it takes from the ground; empty for all but mines
    stock_form: str
    loss_form: str
    loss_share: float
    receive_day: int
    charge_day: int
    draw_day: int
    ship_day: int
    name_en: str
    name_zh: str


@dataclass(frozen=True, slots=True)
class Route:
    """Which kind sends which form to which; `links` for each plant of the side that counts them.

    `share` is the part of a sender's output that leaves in this form; routes of one form divide it between them.
    """

    sender: str
    receiver: str
    form: str
    is_counted_by_receiver: bool
    links: int
    share: float


@dataclass(frozen=True, slots=True)
class Form:
    """Relative standard deviations of one lot's content, its assay method, and its usual contents, mg/kg."""

    name: str
    random: float
    systematic: float
    method: str
    content: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Use:
    """An end use by its code, its English name, and how often it occurs; not civil: where swapped goods go."""

    code: str
    name: str
    weight: float
    is_civil: bool


@dataclass(frozen=True, slots=True)
class NationTables:
    """The tables of the nation."""

    kinds: Mapping[str, Kind]
    routes: tuple[Route, ...]
    forms: Mapping[str, Form]
    uses: tuple[Use, ...]


ELEMENTS = ("Nd", "Pr", "Dy", "Tb")


def read_nation_tables(texts: Mapping[str, str]) -> NationTables:
    """Return the tables from their texts by file name; `use_codes.csv` is the chain's.

    Raises:
        KeyError: a text or a column is missing, or a use has no code in the chain's table.
        ValueError: a number is none.
    """
    names = {row["code"]: row["en"] for row in _rows(texts[USE_CODES])}
    return NationTables(
        kinds={row["kind"]: _kind(row) for row in _rows(texts["kinds.csv"])},
        routes=tuple(_route(row) for row in _rows(texts["routes.csv"])),
        forms={row["form"]: _form(row) for row in _rows(texts["forms.csv"])},
        uses=tuple(
            Use(row["use_code"], names[row["use_code"]], float(row["weight"]), row["is_civil"] == "yes")
            for row in _rows(texts["uses.csv"])
        ),
    )


def _rows(csv_text: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(csv_text.splitlines())


def _kind(row: Mapping[str, str]) -> Kind:
    return Kind(
        name=row["kind"],
        of_200=int(row["of_200"]),
        is_needed=row["is_needed"] == "yes",
        feed=row["feed"],
        stock_form=row["stock_form"],
        loss_form=row["loss_form"],
        loss_share=float(row["loss_share"]),
        receive_day=int(row["receive_day"]),
        charge_day=int(row["charge_day"]),
        draw_day=int(row["draw_day"]),
        ship_day=int(row["ship_day"]),
        name_en=row["name_en"],
        name_zh=row["name_zh"],
    )


def _route(row: Mapping[str, str]) -> Route:
    counted = row["counted_by"] == "receiver"
    return Route(row["sender"], row["receiver"], row["form"], counted, int(row["links"]), float(row["share"]))


def _form(row: Mapping[str, str]) -> Form:
    content = {element: float(row[element]) for element in ELEMENTS}
    return Form(row["form"], float(row["random"]), float(row["systematic"]), row["method"], content)
