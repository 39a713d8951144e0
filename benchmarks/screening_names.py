"""Names to fill an index with: the 50,000 invented persons of yente's set, persons of their parts, and firms after the
pattern city, brand, activity, form; brands are drawn as often as the words of the lists occur. Seeded.
"""

import csv
import os
from pathlib import Path

import numpy as np

from ytterby.screening.entry import EntrySchema, NameKind
from ytterby.screening.invented_firm import invent_firms
from ytterby.screening.name_index import Bearer
from ytterby.shell.site.screening_tables import firm_parts

DATA = Path(os.environ.get("YTTERBY_SHARED_DATA", "")) / "screening"
PERSONS = DATA / "raw" / "yente_negatives_global.csv"
TARGETS = DATA / "dev" / "targets.csv"
CITIES = [
    "Osaka",
    "Busan",
    "Hanoi",
    "Mumbai",
    "Izmir",
    "Munich",
    "Turin",
    "Lyon",
    "Bilbao",
    "Gdansk",
    "Brno",
    "Tampere",
    "Leeds",
    "Toledo",
    "Monterrey",
    "Santos",
]


def made_up(count: int, seed: int = 5) -> list[Bearer]:
    """Return so many bearers of one name each, half of them persons where the 50,000 are used up."""
    with PERSONS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    random = np.random.default_rng(seed)
    names: list[tuple[str, EntrySchema]] = [(row["full_name"], EntrySchema.PERSON) for row in rows[: count // 2 + 1]]
    persons = max(0, count // 2 - len(names))
    first, last = ([row[name] for row in rows if row[name]] for name in ("first_name", "last_name"))
    pairs = zip(random.integers(len(first), size=persons), random.integers(len(last), size=persons), strict=True)
    names += [(f"{first[one]} {last[other]}", EntrySchema.PERSON) for one, other in pairs]
    names += [(name, EntrySchema.ORGANIZATION) for name in _firms(count - len(names), random)]
    return [Bearer(f"n{n:08d}", "", schema, ((name, NameKind.PRIMARY),)) for n, (name, schema) in enumerate(names)]


def _firms(count: int, random: np.random.Generator) -> list[str]:
    """Return names of firms; a word of a list is drawn as a brand as often as it stands there."""
    with TARGETS.open(encoding="utf-8") as file:
        listed = [row["name"] for row in csv.DictReader(file) if row["schema"] != "Person" and row["name"].isascii()]
    words = [word.title() for name in listed for word in name.split() if word.isalpha() and len(word) > 3]
    parts = [firm.latin for firm in invent_firms(firm_parts(), min(count, 20_000), 9)]
    brands, shapes, places = (random.integers(n, size=count) for n in (len(words), len(parts), len(CITIES) + 1))
    found = []
    for brand, shape, place in zip(brands.tolist(), shapes.tolist(), places.tolist(), strict=True):
        city, own, *rest = parts[shape].split()
        where = city if place == len(CITIES) else CITIES[place]
        found.append(" ".join([where, words[brand] if place % 3 else own, *rest]))
    return found
