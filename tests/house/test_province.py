"""The province that benchmarks are measured on is one that the door would take."""

import sys
from collections import Counter
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import province  # noqa: E402 -- the benchmarks lie beside the package, not in it

from ytterby.chain import ProductList, World, build_book, read_document  # noqa: E402
from ytterby.chain.event import Entry  # noqa: E402
from ytterby.chain.node import NodeKind  # noqa: E402
from ytterby.chain.party import Directory, Operation, Party, Site, make_directory  # noqa: E402
from ytterby.chain.speaker import check_speaker  # noqa: E402
from ytterby.shell.site.packs import door_tables, matter_tables  # noqa: E402

EVENTS = 12_000


def directory() -> Directory:
    rows = yaml.safe_load(province.directory())
    return make_directory(
        [Party(p["id"], p["name"], country=p["country"]) for p in rows["parties"]],
        [
            Site(s["id"], s["name"], s["kind"], s["country"], tuple(Operation(o["party"]) for o in s["operations"]))
            for s in rows["sites"]
        ],
    )


def test_a_province_is_accepted_whole_and_hardly_remarked_and_its_book_nearly_closes():
    parties, tables = directory(), door_tables()
    entries = []
    for submitter, document in province.documents(EVENTS, 100):
        read = read_document(document, tables)
        assert not read.all_problems
        assert not check_speaker(read.said, submitter, parties)
        entries += [Entry(event, submitter, len(entries)) for event in read.said]
    assert len(entries) == EVENTS
    kinds = Counter((e.event.biz_step, e.event.error is not None) for e in entries)
    assert {"commissioning", "shipping", "receiving", "creating_class_instance", "assembling", "stock_taking"} <= {
        step for step, _ in kinds
    }
    assert kinds["receiving", True] > 0
    book = build_book(entries, World(parties, ProductList(), matter_tables()))
    # What is late is still missing at the end of what was told; the rest closes.
    assert len(book.findings) < EVENTS / 20
    assert len(book.parcels_of) > 0.7 * EVENTS
    assert any(node.kind is NodeKind.TANK for node in book.nodes)
    instants = Counter(e.event.at for e in entries)
    assert 0.6 < sum(count == 1 for count in instants.values()) / EVENTS < 1


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    first, again = (list(province.documents(500, 100)) for _ in range(2))
    assert first == again
    assert list(province.documents(500, 100, seed=2)) != first


def test_documents_hold_as_many_events_as_asked_for_and_can_all_be_the_operators():
    handed_in = list(province.documents(500, 200, of_party=False))
    assert {submitter for submitter, _ in handed_in} == {"operator"}
    assert [len(read_document(raw, door_tables()).events) for _, raw in handed_in] == [200, 200, 100]
