"""Network vectors: plants, links and items as a file states them, and the statistics that come out."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ytterby.balance.measurements import Item, measurements_of
from ytterby.balance.network import Network, RowLabel
from ytterby.balance.network_factor import score_network
from ytterby.matter.mass import FloatArray

Json = dict[str, Any]
# What an item of a plant's month counts in its M row.
PLANT_SIGNS = {"prod": 1, "final": -1, "loss": -1}


def network_of_vector(document: Mapping[str, Any]) -> Network:
    """Return the network: the M rows of a month in order of plants, then its D rows in order of links.

    Raises:
        ValueError, KeyError, TypeError: the document is not what this kind holds.
    """
    plants = [str(plant) for plant in document["plants"]]
    links = [(plants.index(str(shipper)), plants.index(str(receiver))) for shipper, receiver in document["links"]]
    months = int(document["months"])
    labels = [
        label
        for month in range(months)
        for label in (
            *(RowLabel("plant", plant, month) for plant in plants),
            *(RowLabel("link", str(k), month, plants[s], plants[r]) for k, (s, r) in enumerate(links)),
        )
    ]
    width = len(plants) + len(links)
    groups = {name: float(document["groups"][name]) for name in document["groups"]}
    items = []
    for number, raw in enumerate(document["items"]):
        mass = float(raw["mass"])
        own = {name: groups[name] * mass for name in raw["groups"]}
        entries = _entries(raw, plants, links, width, months)
        items.append(Item(str(raw.get("id", number)), mass, abs(float(raw["sd_rel"]) * mass), own, entries))
    return Network(measurements_of(items, width * months), tuple(labels))


def _entries(
    raw: Mapping[str, Any], plants: list[str], links: list[tuple[int, int]], width: int, months: int
) -> tuple[tuple[int, int], ...]:
    kind, month = str(raw["kind"]), int(raw["t"])
    if not 0 <= month <= months - (kind != "stock"):
        raise ValueError(f"an item in month {month} of {months}")
    here = month * width
    if kind in {"ship", "recv"}:
        link = int(raw["link"])
        if not 0 <= link < len(links):
            raise ValueError(f"link {link} of {len(links)}")
        plant, sign = (links[link][0], 1) if kind == "ship" else (links[link][1], -1)
        return ((here + plant, -sign), (here + len(plants) + link, sign))
    plant = plants.index(str(raw["plant"]))
    if kind == "stock":
        closing = ((here - width + plant, -1),) if month else ()
        return (*closing, (here + plant, 1)) if month < months else closing
    return ((here + plant, PLANT_SIGNS[kind]),)


def compute_network(document: Mapping[str, Any]) -> Json:
    """Return MUF by plant, D by link, leak and party by plant; null: not testable, or no link."""
    network = network_of_vector(document)
    rows = network.measurements.rows_kg
    plants, months = [str(plant) for plant in document["plants"]], int(document["months"])
    scores = score_network(network, rows)
    by_month = rows.reshape(months, -1)
    return {
        "muf": {plant: by_month[:, k].tolist() for k, plant in enumerate(plants)},
        "diff": by_month[:, len(plants) :].T.tolist(),
        "leak": _by_plant(plants, scores.leak),
        "party": _by_plant(plants, scores.party),
    }


def _by_plant(plants: list[str], values: FloatArray) -> Json:
    return {plant: [None if np.isnan(v) else float(v) for v in values[k]] for k, plant in enumerate(plants)}
