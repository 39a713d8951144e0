"""Firms that do not exist, named as firms of the trade are named: city, brand, activity, form. The same seed gives the
same firms; an evaluation holds a threshold against them, a benchmark fills an index with them.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FILE = "invented_firms.csv"


@dataclass(frozen=True, slots=True)
class FirmParts:
    """What names are made of, each in Han and in Latin letters."""

    cities: tuple[tuple[str, str], ...]
    syllables: tuple[tuple[str, str], ...]
    activities: tuple[tuple[str, str], ...]
    forms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm that does not exist."""

    han: str
    latin: str


def read_firm_parts(places: str, parts: str) -> FirmParts:
    """Return the parts of names of the texts of `han_places.csv` and of `invented_firms.csv`."""
    rows = list(csv.DictReader(parts.splitlines()))
    named = {
        name: tuple((row["han"], row["latin"]) for row in rows if row["part"] == name)
        for name in ("syllable", "activity", "form")
    }
    cities = tuple((row["han"], row["latin"].title()) for row in csv.DictReader(places.splitlines()))
    return FirmParts(cities, named["syllable"], named["activity"], named["form"])


def invent_firms(parts: FirmParts, count: int, seed: int) -> list[Firm]:
    """Return so many different firms."""
    random = np.random.default_rng(seed)
    found: dict[str, Firm] = {}
    while len(found) < count:
        firm = _invent(parts, random)
        found.setdefault(firm.han, firm)
    return list(found.values())


def _invent(parts: FirmParts, random: np.random.Generator) -> Firm:
    city, first, second, activity, form = (
        _draw(pool, random) for pool in (parts.cities, parts.syllables, parts.syllables, parts.activities, parts.forms)
    )
    brand = (first[1] + second[1]).title()
    return Firm(f"{city[0]}{first[0]}{second[0]}{activity[0]}{form[0]}", f"{city[1]} {brand} {activity[1]} {form[1]}")


def _draw(pool: Sequence[tuple[str, str]], random: np.random.Generator) -> tuple[str, str]:
    return pool[int(random.integers(len(pool)))]
