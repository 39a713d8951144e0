"""Events to measure with: the sample chain's, each under an eventID of its own."""

import copy
import json
from typing import Any
from uuid import UUID

from ytterby.shell.site.packs import packaged_text

SHIPPING = 8  # a shipping of two lots, the commonest kind of event


def sample() -> dict[str, Any]:
    """Return the sample chain as a document."""
    found: dict[str, Any] = json.loads(packaged_text("chain", "sample/example-chain.json"))
    return found


def documents(count: int, size: int, *, kind: int | None = SHIPPING) -> list[bytes]:
    """Return documents of fresh events: all of one kind, or the chain's twenty over and over (kind None)."""
    document = sample()
    events = document["epcisBody"]["eventList"]
    number = 0
    made = []
    for _ in range(count):
        chosen = []
        for _ in range(size):
            event = copy.copy(events[kind if kind is not None else number % len(events)])
            event["eventID"] = f"urn:uuid:{UUID(int=(8 << 76) | (4 << 60) | number)}"
            event.pop("errorDeclaration", None)
            chosen.append(event)
            number += 1
        made.append(json.dumps({**document, "epcisBody": {"eventList": chosen}}).encode())
    return made
