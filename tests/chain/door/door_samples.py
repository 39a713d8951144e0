"""Events and documents that the tests of the door bend."""

import copy
import json
from pathlib import Path

import ytterby.chain

SAMPLE = Path(ytterby.chain.__file__).parent / "sample" / "example-chain.json"
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"ree": "https://w3id.org/ytterby/ree/", "ex": "https://mine.example/terms/"},
]
LOT = "https://id.gs1.org/01/09520000000028/10/KR-C-0418"
OTHER_LOT = "https://id.gs1.org/01/09520000000035/10/KR-T-0418"
SITE = "https://id.gs1.org/414/9520000010010"
TANK = "https://id.gs1.org/414/9520000010010/254/TANK-1"

WHEN = {"eventTime": "2025-04-19T04:00:00.000Z", "eventTimeZoneOffset": "+08:00"}


def quantity(amount=11000, uom="KGM", lot=LOT):
    row = {"epcClass": lot, "quantity": amount}
    return row if uom is None else {**row, "uom": uom}


def object_event(**fields):
    return {
        "type": "ObjectEvent",
        **WHEN,
        "action": "OBSERVE",
        "quantityList": [quantity()],
        "bizStep": "shipping",
        "readPoint": {"id": SITE},
        **fields,
    }


def made(ilmd=None, **fields):
    """Return an event that makes one lot, with data of it."""
    return object_event(action="ADD", bizStep="commissioning", **({"ilmd": ilmd} if ilmd is not None else {}), **fields)


def packing(**fields):
    return {
        "type": "AggregationEvent",
        **WHEN,
        "action": "ADD",
        "parentID": "https://id.gs1.org/00/095200000000000011",
        "childQuantityList": [quantity()],
        "bizStep": "packing",
        **fields,
    }


def step(**fields):
    return {
        "type": "TransformationEvent",
        **WHEN,
        "inputQuantityList": [quantity()],
        "outputQuantityList": [quantity(lot=OTHER_LOT)],
        **fields,
    }


def title(**fields):
    return {
        "type": "TransactionEvent",
        **WHEN,
        "action": "ADD",
        "bizTransactionList": [{"type": "po", "bizTransaction": "https://norrvik.example/po/7781"}],
        "quantityList": [quantity()],
        **fields,
    }


def without(event, *names):
    return {name: value for name, value in event.items() if name not in names}


def document(*events, context=CONTEXT, **fields):
    return {
        "@context": context,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2025-08-31T00:00:00.000Z",
        "epcisBody": {"eventList": list(events)},
        **fields,
    }


def written(tree) -> bytes:
    return json.dumps(tree, ensure_ascii=False).encode()


def sample() -> dict:
    return copy.deepcopy(json.loads(SAMPLE.read_bytes()))
