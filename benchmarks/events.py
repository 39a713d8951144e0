"""The door and the postings: digest as defined, and decode + all checks + digest + postings, without a store."""

import hashlib
import json

from benchmarks.sample_events import documents
from benchmarks.table import Line, cpu_of
from ytterby.chain.door import read_document
from ytterby.chain.envelope import open_envelope
from ytterby.chain.event import Entry
from ytterby.chain.party import OPERATOR
from ytterby.chain.postings import postings_of
from ytterby.chain.product import ProductList
from ytterby.chain.world import World
from ytterby.matter.tables import MatterTables
from ytterby.shell.site.packs import door_tables, matter_tables
from ytterby.terms.canonical import digest_event
from ytterby.terms.jsontext import decode

COUNTS = {"small": 20, "full": 200}  # documents of 100


def run(size: str) -> list[Line]:
    """Measure both on shipments and on the whole mix of the sample chain."""
    lines = []
    for name, kind in (("shipments", 8), ("the chain's mix", None)):
        raw = documents(COUNTS[size], 100, kind=kind)
        count = COUNTS[size] * 100
        lines.append(digests(name, raw, count))
        lines.append(whole(name, raw, count))
    return lines


def digests(name: str, raw: list[bytes], count: int) -> Line:
    """Digest every event, beside json + sorted keys + SHA-256."""
    envelopes = [open_envelope(document) for document in raw]

    def ours() -> None:
        for envelope in envelopes:
            for event in envelope.events:
                tree, _ = decode(event)
                assert isinstance(tree, dict)
                digest_event(tree, envelope.prefixes)

    def theirs() -> None:
        for envelope in envelopes:
            for event in envelope.events:
                tree = json.loads(event)
                hashlib.sha256(json.dumps(tree, sort_keys=True, separators=(",", ":")).encode()).digest()

    return Line(
        f"event digest as defined, {name}",
        count / cpu_of(3, ours),
        "events/s",
        ">= 40,000",
        "json + sort_keys + SHA-256",
        count / cpu_of(3, theirs),
        "peer: no prefixes, no decimals, no checks",
    )


def whole(name: str, raw: list[bytes], count: int) -> Line:
    """Decode, check, digest and post, beside decoding alone."""
    tables = door_tables()
    matter: MatterTables = matter_tables()
    from benchmarks.sample_world import directory

    world = World(directory(), ProductList(), matter)

    def ours() -> None:
        for document in raw:
            for one in read_document(document, tables).events:
                assert one.event is not None
                postings_of(Entry(one.event, OPERATOR, one.number), world)

    def theirs() -> None:
        for document in raw:
            json.loads(document)

    return Line(
        f"decode + checks + digest + postings, {name}",
        count / cpu_of(3, ours),
        "events/s",
        ">= 10,000",
        "json.loads alone",
        count / cpu_of(3, theirs),
    )
