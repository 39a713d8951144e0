"""Registers that differ only in what strangers said: the same party, counterparts, times and salts.

The party is Norrvik; its counterparts are Kestrel, who ships to it, and Tamarack, who receives from it. Strangers are
everybody else, and Tamarack where it speaks of its own plant and names nobody.
"""

import json
import random
import secrets
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

KESTREL, NORRVIK, TAMARACK, ORIEL, LUMEN, FERN = (
    f"https://id.gs1.org/417/95200000100{n}" for n in ("10", "27", "34", "41", "58", "65")
)
SITE_OF = {party: party.replace("/417/", "/414/") for party in (KESTREL, NORRVIK, TAMARACK, ORIEL, LUMEN, FERN)}
AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
# Lots of the party and of its counterparts, which strangers name as well as their own.
OWN_LOTS = (
    "https://id.gs1.org/01/09520000000028/10/KR-C-0418",
    "https://id.gs1.org/01/09520000000066/10/NV-NdPr-31",
    "https://id.gs1.org/01/09520000000028/10/KR-C-0500",
)
DOCUMENTS = ("https://kestrel.example/desadv/553", "https://norrvik.example/desadv/2204", "https://x.example/desadv/7")
EVENTS_OF_STRANGERS = 5

Json = dict[str, Any]


def document(sample: Json, events: list[Json]) -> bytes:
    """Return a document of these events."""
    return json.dumps({**sample, "epcisBody": {"eventList": events}}).encode()


def stranger_events(seed: int, number: int, party: str) -> list[Json]:
    """Return events of a stranger that name neither the party nor, as sender or receiver, anybody of its deliveries.

    Their number depends on nothing; all else on the seed.
    """
    draw = random.Random(f"{seed} {number} {party}")
    site = SITE_OF[party]
    made = [_event(draw, site, party, k) for k in range(EVENTS_OF_STRANGERS - 1)]
    wrong = {
        **made[0],
        "errorDeclaration": {"declarationTime": "2025-09-01T01:00:00.000Z", "reason": "incorrect_data"},
    }
    return [*made, wrong]


def _event(draw: random.Random, site: str, party: str, number: int) -> Json:
    at = datetime(2025, 4, 1, tzinfo=UTC) + timedelta(hours=draw.randrange(3000))
    # Some at the very instants of the party's own events, where book order is decided by digests.
    when = draw.choice(["2025-04-19T04:00:00.000Z", "2025-05-20T10:00:00.000Z", f"{at:%Y-%m-%dT%H:%M:%S}.000Z"])
    lot = draw.choice([*OWN_LOTS, f"https://id.gs1.org/01/09520000000028/10/S{draw.randrange(10**6)}"])
    goods = [{"epcClass": lot, "quantity": draw.randrange(1, 20000), "uom": "KGM"}]
    base = {
        "eventID": f"urn:uuid:{draw.getrandbits(32):08x}-0000-5000-8000-{draw.getrandbits(48):012x}",
        "eventTime": when,
        "eventTimeZoneOffset": "+08:00",
        "readPoint": {"id": site},
        "bizLocation": {"id": site},
    }
    return draw.choice((_made, _sent, _received, _processed, _counted))(draw, base, goods, party)


def _made(draw: random.Random, base: Json, goods: list[Json], party: str) -> Json:
    del party
    assay = [{"ree:element": "Nd", "ree:milligramPerKilogram": draw.randrange(1, 400000)}]
    told = {"ree:form": "concentrate", "ree:assay": assay}
    return {
        "type": "ObjectEvent", **base, "action": "ADD", "bizStep": "commissioning", "quantityList": goods, "ilmd": told,
    }  # fmt: skip


def _between(draw: random.Random, party: str, *, is_sent: bool) -> Json:
    other = draw.choice([one for one in (ORIEL, LUMEN, FERN) if one != party])
    source, destination = (party, other) if is_sent else (other, party)
    return {
        "sourceList": [
            {"type": "owning_party", "source": source}, {"type": "location", "source": SITE_OF[source]},
        ],
        "destinationList": [
            {"type": "owning_party", "destination": destination},
            {"type": "location", "destination": SITE_OF[destination]},
        ],
        "bizTransactionList": [{"type": "desadv", "bizTransaction": draw.choice(DOCUMENTS)}],
    }  # fmt: skip


def _sent(draw: random.Random, base: Json, goods: list[Json], party: str) -> Json:
    use = [{"ree:share": 1, "ree:useCode": "other", "ree:text": "x", "ree:endUser": draw.choice([NORRVIK, LUMEN])}]
    return {
        "type": "ObjectEvent", **base, "action": "OBSERVE", "bizStep": "shipping", "quantityList": goods,
        **_between(draw, party, is_sent=True), "ree:use": use,
    }  # fmt: skip


def _received(draw: random.Random, base: Json, goods: list[Json], party: str) -> Json:
    return {
        "type": "ObjectEvent", **base, "action": "OBSERVE", "bizStep": "receiving", "quantityList": goods,
        **_between(draw, party, is_sent=False),
    }  # fmt: skip


def _processed(draw: random.Random, base: Json, goods: list[Json], party: str) -> Json:
    del party
    out = [{**goods[0], "epcClass": f"https://id.gs1.org/01/09520000000035/10/T{draw.randrange(10**6)}"}]
    return {
        "type": "TransformationEvent", **base, "bizStep": "creating_class_instance", "inputQuantityList": goods,
        "outputQuantityList": out, "transformationID": f"https://run.example/{draw.randrange(10**6)}",
    }  # fmt: skip


def _counted(draw: random.Random, base: Json, goods: list[Json], party: str) -> Json:
    del draw, party
    return {
        "type": "ObjectEvent", **base, "action": "OBSERVE", "bizStep": "stock_taking", "quantityList": goods,
    }  # fmt: skip


def fix_chance(monkeypatch) -> None:
    """Let salts, keys and numbers of receipts come out the same in each register, and commitments hide what they are
    to hide: whatever is committed to, the entry looks the same (that it hides it is threat C4's test).
    """
    from ytterby.shell.site import register as register_module
    from ytterby.shell.store import writing

    number = count()
    real = writing.record_entry

    def drawn(length: int | None = None) -> bytes:
        return random.Random(next(number)).randbytes(length or 32)

    monkeypatch.setattr(secrets, "token_bytes", drawn)
    monkeypatch.setattr(secrets, "token_hex", lambda length=None: drawn(length).hex())
    monkeypatch.setattr(secrets, "token_urlsafe", lambda length=None: drawn(length).hex())
    monkeypatch.setattr(register_module, "uuid4", lambda: "00000000-0000-4000-8000-000000000000")
    monkeypatch.setattr(writing, "record_entry", lambda salt, digest: real(salt, bytes(len(digest))))
