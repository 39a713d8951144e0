"""The documents of the demo: the packaged chain cut in parts, and an event with mistakes that people make.

The events are cut out byte for byte, so that their digests are those of the chain.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from ytterby.chain.envelope import open_envelope

Json = dict[str, Any]
# Numbers of events, from 1: what was known when the first weighing came, its correction, all up to the magnets, their
# packing, their export, all the rest.
PARTS = (tuple(range(1, 6)), (6, 7), tuple(range(8, 14)), (14, 16), (17,), (15, 18, 19, 20))
_MARK = '"events stand here"'


class Document(NamedTuple):
    """A document, and the day after its last event, on which the demo hands it in."""

    name: str
    raw: bytes
    handed_in: datetime


def cut_chain(raw: bytes) -> list[Document]:
    """Return the chain as documents, in the order in which the demo hands them in."""
    slices = open_envelope(raw).events
    return [
        _document(raw, [slices[number - 1] for number in numbers], f"{n}-events-{numbers[0]}-{numbers[-1]}.json")
        for n, numbers in enumerate(PARTS, 1)
    ]


def _document(raw: bytes, events: Sequence[bytes], name: str) -> Document:
    head = json.loads(raw)
    head["epcisBody"] = {"eventList": [json.loads(_MARK)]}
    text = json.dumps(head, ensure_ascii=False, indent=1)
    whole = text.encode().replace(_MARK.encode(), b",\n".join(events))
    return Document(name, whole, max(_told(json.loads(event)) for event in events) + timedelta(days=1))


def _told(event: Json) -> datetime:
    """Return the latest instant that an event speaks of itself."""
    instants = [event["eventTime"]]
    if "errorDeclaration" in event:
        instants.append(event["errorDeclaration"]["declarationTime"])
    return max(datetime.fromisoformat(at).astimezone(UTC) for at in instants)


def first_day(documents: Sequence[Document]) -> datetime:
    """Return the day before anything happened, on which the register is made."""
    return min(_told(event) for document in documents for event in _events(document.raw)) - timedelta(days=1)


def _events(raw: bytes) -> list[Json]:
    events: list[Json] = json.loads(raw)["epcisBody"]["eventList"]
    return events


def spoil(raw: bytes) -> bytes:
    """Return a document with the chain's first event, and four mistakes in it.

    A wrong check digit, a unit that people write and nobody defines, a mass below zero, a misspelt field.
    """
    head = json.loads(raw)
    event = json.loads(open_envelope(raw).events[0])
    goods = event["quantityList"][0]
    goods["epcClass"] = goods["epcClass"].replace("09520000000011", "09520000000017")
    goods["uom"] = "KG"
    event["sensorElementList"][0]["sensorReport"][0]["value"] = -120000
    lot_data = {("ree:assey" if key == "ree:assay" else key): value for key, value in event["ilmd"].items()}
    event["ilmd"] = {key: value for key, value in lot_data.items() if key != "ree:lot"}
    event["eventID"] = "urn:uuid:00000000-0000-5000-8000-000000000001"
    head["epcisBody"] = {"eventList": [event]}
    return json.dumps(head, ensure_ascii=False, indent=1).encode()
