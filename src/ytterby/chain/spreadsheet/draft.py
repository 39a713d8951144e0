"""An EPCIS event while it is being written from rows: its fields, and from which cell each came."""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from ytterby.chain.spreadsheet.cell import Place
from ytterby.terms.prefix import REE_NAMESPACE
from ytterby.terms.problem import pointer

Json = dict[str, Any]
CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ree": REE_NAMESPACE}]
# The document has no day of its own: one made again from the same bytes is the same, byte for byte.
CREATED = "1970-01-01T00:00:00.000Z"
NAMESPACE = uuid5(NAMESPACE_URL, REE_NAMESPACE + "spreadsheet")
_encoder = msgspec.json.Encoder(decimal_format="number")
_sorted = msgspec.json.Encoder(decimal_format="number", order="sorted")


class Draft:
    """One event: fields in the order in which they were put, places by pointer from the event."""

    def __init__(self, place: Place, key: str = "") -> None:
        self.place = place
        self.key = key  # what tells it from another event of the same content
        self.fields: Json = {}
        self.places: dict[str, Place] = {}

    def put(self, name: str, value: object, place: Place | None = None) -> None:
        """Set a field."""
        self.fields[name] = value
        if place is not None:
            self.places[pointer(name)] = place

    def add(self, name: str, row: object, places: Mapping[str, Place] | Place) -> None:
        """Append to the list of a field; `places` are those of the row's fields, or of the whole row."""
        rows = self.fields.setdefault(name, [])
        self.place_row(pointer(name, len(rows)), places)
        rows.append(row)

    def place_row(self, at: str, places: Mapping[str, Place] | Place) -> None:
        """Note from where a row of a list came."""
        if isinstance(places, Place):
            self.places[at] = places
            return
        for field, place in places.items():
            self.places.setdefault(at, place)
            self.places[f"{at}{field}"] = place

    def identified(self, party: str) -> Json:
        """Return the fields, with an eventID made from the party and the content where none is given."""
        if "eventID" in self.fields:
            return self.fields
        content = _sorted.encode([party, self.key, self.fields]).decode()
        name, rest = ("type", self.fields["type"]), {k: v for k, v in self.fields.items() if k != "type"}
        return {name[0]: name[1], "eventID": f"urn:uuid:{uuid5(NAMESPACE, content)}", **rest}


def named_uuid(*parts: str) -> str:
    """Return an eventID made from these parts: the same parts, the same identifier."""
    return f"urn:uuid:{uuid5(NAMESPACE, _sorted.encode(list(parts)).decode())}"


def write_document(drafts: list[Draft], party: str) -> tuple[bytes, dict[str, Place]]:
    """Return the EPCIS document of these events as JSON, and the place of each part of it by pointer."""
    places: dict[str, Place] = {}
    events = []
    for number, draft in enumerate(drafts):
        at = pointer("epcisBody", "eventList", number)
        places[at] = draft.place
        places.update({at + below: place for below, place in draft.places.items()})
        events.append(draft.identified(party))
    document = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": CREATED,
        "epcisBody": {"eventList": events},
    }
    return _encoder.encode(document), places
