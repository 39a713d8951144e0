"""Documents of fresh shipments for the tests of captures: the sample's, each event under an eventID of its own."""

import json
from typing import Any

SHIPPING = 8


def shipments(sample: dict[str, Any], count: int, size: int = 10, start: int = 0, overlap: int = 0) -> list[bytes]:
    """Return documents of `size` events from number `start` on; each repeats the last `overlap` of the one before."""
    event = sample["epcisBody"]["eventList"][SHIPPING]
    made = []
    for number in range(count):
        first = start + number * (size - overlap)
        events = [{**event, "eventID": f"urn:uuid:00000000-0000-4000-8000-{first + i:012d}"} for i in range(size)]
        made.append(json.dumps({**sample, "epcisBody": {"eventList": events}}).encode())
    return made
