"""Random histories of a small world: captures, corrections, late events, registrations; each a matter of its seed.

A history is documents with real JSON, taken in through the door. Its events tell of few lots at few instants, so that
they meet: lots are made again, used before they are made, packed, pooled, counted, called back. Its people report
late, twice, wrongly, correct what they said, and correct the correction; sites and products are registered at the
beginning, in between, anew, or never.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import yaml
from django.db import connection

from shell.register_copy import forget_answers
from ytterby.chain import build_book
from ytterby.chain.excerpt import cells_of_book
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.register_product import register_product
from ytterby.shell.site.register import Register
from ytterby.shell.store.derived.digest import START
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.founding import found
from ytterby.shell.store.reading.entries import accepted_entries
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

Json = dict[str, Any]
AT = datetime(2026, 1, 1, tzinfo=UTC)
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"ree": "https://w3id.org/ytterby/ree/"},
]
PLACES = ("0010", "0027", "0034", "0072")
SITES = tuple(f"https://id.gs1.org/414/952000001{n}" for n in PLACES)
PARTIES = tuple(f"https://id.gs1.org/417/952000001{n}" for n in PLACES)
CUSTOMS = SITES[3]
CLASSES = tuple(f"https://id.gs1.org/01/0952000000{n}" for n in ("0011", "0028", "0110", "0127", "0318"))
BOXES = tuple(f"https://id.gs1.org/00/09520000000000{n}" for n in ("0011", "0028"))
TANKS = tuple(f"{SITES[n]}/254/TANK-{n}" for n in (0, 1, 1))
RULES = ("proportional", "fifo", "rolling_average")
KINDS = ("mine", "separation", "magnet", "recycler", "customs", "other")


@dataclass
class History:
    """A history while it is being told."""

    seed: int
    said: list[tuple[str, Json]] = field(default_factory=list)  # submitter and event, in order of telling
    held_back: list[tuple[str, Json]] = field(default_factory=list)  # told later than what refers to it

    def __post_init__(self) -> None:
        self.pick = random.Random(self.seed)
        self.number = 0

    # Events

    def lot(self) -> str:
        number = self.pick.randrange(len(CLASSES))
        return f"{CLASSES[number]}/10/L{number % 3}"

    def goods(self, count: int = 1) -> list[Json]:
        rows = []
        for _ in range(count):
            lot = self.lot()
            row: Json = {"epcClass": lot, "quantity": self.pick.choice((1, 2, 3, 5, 8, 13))}
            # The last class is counted in pieces.
            rows.append(row if lot.startswith(CLASSES[-1]) else {**row, "uom": "KGM"})
        return list({row["epcClass"]: row for row in rows}.values())

    def event(self) -> tuple[str, Json]:
        """Return a new event and who tells it."""
        pick = self.pick
        at = AT - timedelta(days=pick.choice((30, 20, 20, 10, 10, 5)), hours=pick.choice((0, 0, 0, 6)))
        site = pick.randrange(3)
        head = {"eventTime": at.isoformat().replace("+00:00", "Z"), "eventTimeZoneOffset": "+00:00"}
        if pick.random() < 0.9:
            self.number += 1
            head["eventID"] = f"urn:uuid:{self.seed % 2**32:08x}-0000-4000-8000-{self.number:012x}"
        if pick.random() < 0.95:
            head["bizLocation"] = {"id": SITES[site]}
        body = pick.choice(
            [self.made] * 2
            + [self.step] * 3
            + [self.sent] * 2
            + [self.pooled] * 2
            + [self.received, self.counted, self.lost, self.boxed, self.sold, self.called_back, self.passed]
        )(site)
        teller = "operator" if pick.random() < 0.75 else PARTIES[site]
        return teller, {**head, **body}

    def assays(self, rows: list[Json]) -> Json:
        told = []
        for row in rows:
            if self.pick.random() < 0.6:
                one: Json = {"ree:lot": row["epcClass"], "ree:form": self.pick.choice(("ore", "oxide", "swarf"))}
                elements = self.pick.sample(("La", "Nd", "Dy"), self.pick.randint(1, 2))
                one["ree:assay"] = [
                    {"ree:element": e, "ree:milligramPerKilogram": self.pick.choice((1000, 52000.5, 240000))}
                    for e in elements
                ]
                if "uom" not in row:
                    one["ree:pieceMassGram"] = 45
                told.append(one)
        return {"ilmd": {"ree:lotData": told}} if told else {}

    def made(self, site: int) -> Json:
        rows = self.goods(self.pick.randint(1, 2))
        head = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning"}
        return {**head, "quantityList": rows, **self.assays(rows)}

    def step(self, site: int) -> Json:
        outputs = self.goods(self.pick.randint(1, 2))
        return {
            "type": "TransformationEvent",
            "inputQuantityList": self.goods(self.pick.randint(1, 2)),
            "outputQuantityList": outputs,
            **self.assays(outputs),
        }

    def pooled(self, site: int) -> Json:
        which = self.pick.randrange(len(TANKS))
        body: Json = {"type": "TransformationEvent", "ree:pool": TANKS[which], "ree:poolRule": RULES[which]}
        if self.pick.random() < 0.6:
            body["inputQuantityList"] = self.goods()
        if "inputQuantityList" not in body or self.pick.random() < 0.2:
            body["outputQuantityList"] = self.goods()
            body |= self.assays(body["outputQuantityList"])
        return {**body, "transformationID": f"https://kestrel.example/run/{which}"}

    def link(self, source: int, destination: int) -> Json:
        body: Json = {
            "sourceList": [{"type": "location", "source": SITES[source]}],
            "destinationList": [{"type": "location", "destination": SITES[destination]}],
        }
        if self.pick.random() < 0.5:
            body["sourceList"].append({"type": "owning_party", "source": PARTIES[source]})
            body["destinationList"].append({"type": "owning_party", "destination": PARTIES[destination]})
        if self.pick.random() < 0.6:
            number = self.pick.randrange(2)
            body["bizTransactionList"] = [{"type": "desadv", "bizTransaction": f"https://a.example/d/{number}"}]
        return body

    def moved(self) -> Json:
        body: Json = {"type": "ObjectEvent", "action": "OBSERVE"}
        if self.pick.random() < 0.3:
            body["epcList"] = [self.pick.choice(BOXES)]
        if "epcList" not in body or self.pick.random() < 0.5:
            body["quantityList"] = self.goods(self.pick.randint(1, 2))
        return body

    def sent(self, site: int) -> Json:
        step = self.pick.choice(("shipping", "shipping", "departing"))
        return {**self.moved(), "bizStep": step, **self.link(site, self.pick.randrange(3))}

    def received(self, site: int) -> Json:
        return {**self.moved(), "bizStep": "receiving", **self.link(self.pick.randrange(3), site)}

    def passed(self, site: int) -> Json:
        step = self.pick.choice(("departing", "arriving"))
        body = {**self.moved(), "bizStep": step, "bizLocation": {"id": CUSTOMS}}
        return {**body, **self.link(site, self.pick.randrange(3))}

    def called_back(self, site: int) -> Json:
        return {**self.moved(), "bizStep": "void_shipping", **self.link(site, self.pick.randrange(3))}

    def counted(self, site: int) -> Json:
        body: Json = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "stock_taking"}
        if self.pick.random() < 0.3:
            which = self.pick.randrange(len(TANKS))
            body |= {"ree:pool": TANKS[which], "ree:poolRule": RULES[which]}
        elif self.pick.random() < 0.3:
            body["persistentDisposition"] = {"set": ["completeness_verified"]}
        return {**body, "quantityList": self.goods()}

    def lost(self, site: int) -> Json:
        return {"type": "ObjectEvent", "action": "DELETE", "bizStep": "destroying", "quantityList": self.goods()}

    def boxed(self, site: int) -> Json:
        out = self.pick.random() < 0.3
        step = ("unpacking", "DELETE") if out else ("packing", "ADD")
        body = {"type": "AggregationEvent", "bizStep": step[0], "action": step[1], "parentID": self.pick.choice(BOXES)}
        return {**body, "childQuantityList": self.goods(2)}

    def sold(self, site: int) -> Json:
        body = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "accepting", "quantityList": self.goods()}
        owners = {"sourceList": [{"type": "owning_party", "source": PARTIES[site]}]}
        owners["destinationList"] = [{"type": "owning_party", "destination": PARTIES[(site + 1) % 3]}]
        return {**body, **owners}

    # What is told: events, corrections, what was told before

    def document(self) -> tuple[str, list[Json]]:
        """Return the events of the next document and their submitter."""
        pick = self.pick
        if self.held_back and pick.random() < 0.4:
            teller, event = self.held_back.pop(pick.randrange(len(self.held_back)))
            events = [event]
        elif self.said and pick.random() < 0.35:
            teller, events = self.correction()
        elif self.said and pick.random() < 0.08:
            # Told again: by the same party, or in the same words by another.
            teller, event = pick.choice(self.said)
            teller, events = pick.choice((teller, "operator")), [event]
        else:
            teller, event = self.event()
            events = [event]
            while pick.random() < 0.3:
                other, more = self.event()
                if other == teller:
                    events.append(more)
            if pick.random() < 0.08:
                self.held_back += [(teller, one) for one in events]
                events = [self.wrong(one, []) for one in events]
        return teller, events

    def correction(self) -> tuple[str, list[Json]]:
        pick = self.pick
        teller, event = pick.choice(self.said)
        original = {name: value for name, value in event.items() if name != "errorDeclaration"}
        if pick.random() < 0.1:
            # A declaration that differs from its original: refused, or told before it.
            original["disposition"] = "unknown"
        if pick.random() < 0.4:
            return teller, [self.wrong(original, [])]
        self.number += 1
        corrective = {**original, "eventID": f"urn:uuid:{self.seed % 2**32:08x}-0000-4000-8000-{self.number:012x}"}
        for name in ("quantityList", "inputQuantityList", "outputQuantityList"):
            if name in corrective:
                rows = [{**row, "quantity": pick.choice((1, 4, 9))} for row in corrective[name]]
                corrective[name] = rows
        if pick.random() < 0.3:
            corrective["eventTime"] = (AT - timedelta(days=pick.choice((60, 15)))).isoformat().replace("+00:00", "Z")
        events = [self.wrong(original, [corrective["eventID"]])]
        if pick.random() < 0.3:
            self.held_back.append((teller, corrective))
        else:
            events.insert(pick.randrange(2), corrective)
        return teller, events

    def wrong(self, event: Json, correctives: list[str]) -> Json:
        """Return an event declared wrong."""
        reason = "incorrect_data" if correctives else self.pick.choice(("did_not_occur", "incorrect_data"))
        told: Json = {"declarationTime": "2026-01-01T00:00:00Z", "reason": reason}
        return {**event, "errorDeclaration": {**told, "correctiveEventIDs": correctives} if correctives else told}

    # Registrations

    def site(self, number: int) -> Json:
        pick = self.pick
        day = (AT - timedelta(days=pick.choice((25, 15, 7)))).date()
        party, other = PARTIES[number], pick.choice(PARTIES)
        changes: list[Json] = [{"party": party, "end": day}, {"party": other, "start": day}]
        kind = "customs" if number == 3 else pick.choice(KINDS) if pick.random() < 0.4 else "separation"
        return {
            "id": SITES[number],
            "name": f"site {number}",
            "kind": kind,
            "country": pick.choice(("XA", "XA", "XB", None)),
            "operations": changes if pick.random() < 0.4 else [{"party": party}],
        }

    def directory(self, numbers: list[int]) -> str:
        parties = [{"id": PARTIES[n], "name": f"party {n}", "country": "XA"} for n in numbers]
        return yaml.safe_dump({"parties": parties, "sites": [self.site(n) for n in numbers]})

    def product(self) -> Any:
        from decimal import Decimal

        from ytterby.chain.product import Product
        from ytterby.matter.assay import Assay

        pick = self.pick
        number = pick.randrange(len(CLASSES))
        is_free = pick.random() < 0.3
        assays = () if is_free else (Assay("Nd", Decimal(pick.choice((1000, 90000)))),)
        start = None if pick.random() < 0.6 else (AT - timedelta(days=15)).date()
        return Product(
            CLASSES[number],
            PARTIES[0],
            "oxide",
            is_free,
            assays,
            Decimal(pick.choice((45, 50))) if number == len(CLASSES) - 1 else None,
            start,
        )

    # The history itself

    def play(self, register: Register, *, moves: int) -> Iterator[str]:
        """Let a history of some moves happen; yield what each came to."""
        pick = self.pick
        known = [n for n in range(4) if pick.random() < 0.6]
        if known:
            assert not import_directory(register, self.directory(known), at=AT).problems
        for number in range(moves):
            at = AT + timedelta(minutes=number)
            chance = pick.random()
            if chance < 0.08:
                assert not import_directory(register, self.directory([pick.randrange(4)]), at=at).problems
                yield "registered"
            elif chance < 0.13:
                register_product(register, self.product(), submitter="operator", at=at)
                yield "registered"
            else:
                teller, events = self.document()
                document = json.dumps(document_of(events)).encode()
                outcome = capture(register, document, submitter=teller, at=at).outcome
                if outcome != "refused" or pick.random() < 0.1:
                    self.said += [(teller, one) for one in events]
                yield outcome


def document_of(events: list[Json]) -> Json:
    """Return an EPCIS document of these events."""
    head = {"@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0"}
    return {**head, "creationDate": "2026-01-01T00:00:00.000Z", "epcisBody": {"eventList": events}}


def start_again(register: Register) -> None:
    """Empty a register of all but its founding, so that thousands of histories need one register."""
    from django.apps import apps

    tables = [model._meta.db_table for model in reversed(list(apps.get_app_config("store").get_models()))]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Triggers keep the ledgers of licences, which no history has, from being emptied.
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("TRUNCATE " + ", ".join(tables) + " RESTART IDENTITY")
            cursor.execute("SET session_replication_role = origin")
        else:
            cursor.execute("PRAGMA foreign_keys=OFF")
            for table in tables:
                cursor.execute(f"DELETE FROM {table}")
            cursor.execute("PRAGMA foreign_keys=ON")
    forget_answers()
    found(register, AT)


def whole_cells(size: int) -> tuple[dict[str, bytes], dict[bytes, bytes]]:
    """Return what the whole book says, made from the submitted bytes."""
    return cells_of_book(build_book(accepted_entries(OPERATOR_VIEWER, Known(size)), world_at(size)))


def digest_of(lots: dict[str, bytes], events: dict[bytes, bytes]) -> str:
    """Return what the digest of these cells must be (`store.derived.digest`)."""
    digest = sha256(START)
    rows = [(text.encode(), lots[text]) for text in sorted(lots)] + sorted(events.items())
    for row in rows:
        for part in row:
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
