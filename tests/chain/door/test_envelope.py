"""Envelopes: every shape that EPCIS allows, limits before decoding, one clear problem for what is no document."""

import gzip
import tracemalloc

import pytest

from chain.door.door_samples import CONTEXT, SAMPLE, document, object_event, packing, sample, written
from ytterby.chain.door import read_document
from ytterby.chain.envelope import BYTES_MAX, open_envelope


def codes(raw, tables, **options):
    return [(p.code, p.where.pointer) for p in read_document(raw, tables, **options).all_problems]


BARE = {"@context": CONTEXT, **object_event()}
QUERY = {
    "@context": CONTEXT,
    "type": "EPCISQueryDocument",
    "schemaVersion": "2.0",
    "creationDate": "2025-08-31T00:00:00Z",
    "epcisBody": {"queryResults": {"queryName": "all", "resultsBody": {"eventList": [object_event()]}}},
}


@pytest.mark.parametrize(
    ("tree", "pointer"),
    [
        (document(object_event()), "/epcisBody/eventList/0"),
        (QUERY, "/epcisBody/queryResults/resultsBody/eventList/0"),
        (BARE, ""),
        ([BARE], "/0"),
    ],
    ids=["document", "query document", "bare event", "array"],
)
def test_every_shape_holds_the_same_event(tables, tree, pointer):
    found = read_document(written(tree), tables)
    assert found.all_problems == ()
    assert [read.pointer for read in found.events] == [pointer]
    assert found.said == read_document(written(document(object_event())), tables).said


def test_an_event_has_the_same_digest_in_every_shape_and_with_its_own_context(tables):
    own = {"@context": {"shared": "https://w3id.org/ytterby/ree/"}, **object_event(), "shared:purpose": "trade"}
    plain = {**object_event(), "ree:purpose": "trade"}
    one, other = (read_document(written(document(e)), tables).events[0] for e in (own, plain))
    assert (one.problems, one.digest) == ((), other.digest)
    assert one.event.purpose == "trade"


def test_a_bare_event_needs_its_own_context(tables):
    assert ("context.missing", "") in codes(written(object_event()), tables)
    assert ("context.missing", "/1") in codes(written([BARE, object_event()]), tables)


def test_an_empty_list_of_events_is_a_document_without_events(tables):
    assert codes(written(document()), tables) == []


@pytest.mark.parametrize(
    ("tree", "code", "pointer"),
    [
        ({**document(), "epcisBody": {}}, "document.no_event_list", "/epcisBody"),
        ({**document(), "epcisBody": {"eventList": {}}}, "document.no_event_list", "/epcisBody"),
        ({**document(), "epcisBody": []}, "document.no_event_list", "/epcisBody"),
        ({**document(), "type": "EPCISDokument"}, "document.type", "/type"),
        ({**document(), "schemaVersion": "two"}, "document.version", "/schemaVersion"),
        ({**document(), "schemaVersion": 2.0}, "document.version", "/schemaVersion"),
        ({**document(), "schemaVersion": "1.2"}, "document.version_other", "/schemaVersion"),
        ({**document(), "creationDate": "today"}, "instant.malformed", "/creationDate"),
        ({**document(), "sender": 7}, "field.type", "/sender"),
        ({**document(), "comment": "x"}, "field.unknown", "/comment"),
        ({**document(), "acme:a": "x"}, "field.prefix_undeclared", "/acme:a"),
        ({k: v for k, v in document().items() if k != "@context"}, "context.missing", "/@context"),
        ({k: v for k, v in document().items() if k != "creationDate"}, "document.field_missing", ""),
        (document(None), "event.not_an_object", "/epcisBody/eventList/0"),
        (document("event"), "event.not_an_object", "/epcisBody/eventList/0"),
        ({"name": "nobody"}, "document.not_epcis", ""),
    ],
)
def test_an_envelope_that_is_not_in_order_says_where(tables, tree, code, pointer):
    assert (code, pointer) in codes(written(tree), tables)


WHOLE = SAMPLE.read_bytes()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "json.empty"),
        (b"  \n", "json.empty"),
        (b'"text"', "document.not_epcis"),
        (b"17", "document.not_epcis"),
        (b"null", "document.not_epcis"),
        (b"\xef\xbb\xbf" + WHOLE, "json.encoding"),
        (WHOLE.decode().encode("utf-16"), "json.encoding"),
        (WHOLE.decode().encode("utf-32-le"), "json.encoding"),
        (WHOLE.replace(b"Kestrel", b"K\xe9strel"), "json.encoding"),
        (gzip.compress(WHOLE), "document.compressed"),
        (WHOLE[:-3], "json.truncated"),
        (WHOLE + b"}", "json.malformed"),
        (WHOLE.replace(b"120000", b"NaN", 1), "json.not_a_number"),
        (WHOLE.replace(b"120000", b"-Infinity", 1), "json.not_a_number"),
        (WHOLE.replace(b"120000", b"1e999", 1), "json.number_range"),
        (WHOLE.replace(b"120000", b"1E+999", 1), "json.number_range"),
        (WHOLE.replace(b"120000", b"1e999120000", 1), "json.number_range"),
        (WHOLE.replace(b"120000", b"1e-999120000", 1), "json.number_range"),
        (WHOLE.replace(b"120000", b"0e999120000", 1), "json.number_range"),
        (WHOLE.replace(b"120000", b"1e99999999999999999999", 1), "json.number_range"),
        (WHOLE.replace(b"120000", b"1" * 500, 1), "json.number_range"),
        (b"[" * 100_000, "json.nesting"),
        (b'{"epcisBody":' + b"[" * 5_000 + b"]" * 5_000 + b',"type":"EPCISDocument"}', "json.nesting"),
    ],
)
def test_what_cannot_be_read_is_one_clear_problem(tables, raw, code):
    found = read_document(raw, tables)
    assert {p.code for p in found.all_problems} == {code}
    assert (found.is_refused, found.said if code.startswith("document") else ()) == (True, ())


@pytest.mark.parametrize(
    ("old", "new", "pointer"),
    [
        (b'"schemaVersion"', b'"type": "EPCISDocument", "schemaVersion"', "/type"),
        (b'"epcisBody"', b'"epcisBody": {"eventList": []}, "epcisBody"', "/epcisBody"),
        (b'"eventList"', b'"eventList": [], "eventList"', "/epcisBody/eventList"),
        (b'"action"', b'"action": "ADD", "action"', "/epcisBody/eventList/0/action"),
    ],
)
def test_a_field_that_stands_twice_is_refused_wherever_it_is(tables, old, new, pointer):
    assert ("json.duplicate_key", pointer) in codes(WHOLE.replace(old, new, 1), tables)


def test_limits_are_judged_before_anything_is_decoded(tables):
    assert codes(b"{" * 100, tables, bytes_max=99) == [("document.too_large", "")]
    assert codes(written(document(object_event(), packing())), tables, events_max=1) == [
        ("document.too_many_events", "/epcisBody/eventList")
    ]
    assert codes(b" " * (BYTES_MAX + 1), tables) == [("document.too_large", "")]


def test_one_event_that_cannot_be_read_leaves_the_others_readable(tables):
    tree = sample()
    raw = written(tree).replace(b'"quantity": 11000', b'"quantity": 1e999', 1)
    found = read_document(raw, tables)
    assert (len(found.said), len(found.events)) == (19, 20)
    assert [(p.code, p.where.pointer) for p in found.all_problems] == [
        ("json.number_range", "/epcisBody/eventList/1/outputQuantityList/0/quantity")
    ]


def test_splitting_costs_little_more_memory_than_the_bytes():
    raw = written(document(*[object_event()] * 10_000))
    tracemalloc.start()
    try:
        envelope = open_envelope(raw)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(envelope.events) == 10_000
    assert peak < 3 * len(raw) + 5_000_000
