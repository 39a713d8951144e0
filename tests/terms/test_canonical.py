import copy
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terms.digest_reference import RefusalError, reference_canonical, reference_digest
from ytterby.terms import canonical
from ytterby.terms.canonical import (
    DIGEST_SUITE,
    IRI_FIELDS,
    UncanonicalError,
    canonical_json,
    digest_event,
    event_digest,
    write_exactly,
    write_number,
)
from ytterby.terms.jsontext import decode
from ytterby.terms.prefix import BUILT_IN, REE_NAMESPACE

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "digest.json").read_text(encoding="utf-8"))
PREFIXES = {**BUILT_IN, "ree": REE_NAMESPACE}


def event_of(text: str) -> dict[str, object]:
    event, problems = decode(text.encode("utf-8"))
    assert problems == []
    assert isinstance(event, dict)
    return event


@pytest.mark.parametrize("vector", VECTORS, ids=[v["name"] for v in VECTORS])
def test_digest_vector(vector: dict[str, object]) -> None:
    event, prefixes = event_of(str(vector["event"])), vector["prefixes"]
    assert isinstance(prefixes, dict)
    written = canonical_json(event, prefixes)
    assert written.decode("utf-8") == vector["canonical"]
    assert event_digest(written).hex() == vector["sha256"]
    assert write_exactly(event, prefixes) == written
    again = reference_canonical(str(vector["event"]), prefixes)
    assert (again, reference_digest(again)) == (vector["canonical"], vector["sha256"])


def test_there_are_twenty_vectors_and_the_suite_is_named() -> None:
    assert len(VECTORS) == 20
    assert DIGEST_SUITE == "ytterby-event-digest/v1:sha-256"
    # The vectors never change: this is the digest of all their digests.
    every = "".join(str(v["sha256"]) for v in VECTORS)
    assert reference_digest(every) == "1a44f1ca2dd4267b0accdfa1d3ed8d1bc22dfde3526f58317c0d0cf2b4bfc1c5"


def test_spacing_key_order_and_prefix_do_not_change_a_digest() -> None:
    plain, turned, ore, other_prefix, in_full = (VECTORS[i]["sha256"] for i in range(5))
    assert plain == turned
    assert ore == other_prefix == in_full
    assert VECTORS[5]["sha256"] != ore


KEYS = st.one_of(
    st.sampled_from(
        [*IRI_FIELDS, "ree:form", "ree:assay", "cbv:x", "unknown:y", "ree://z", "quantity", "ilmd", "é", "𝄞", "～"]
    ),
    st.text(max_size=6),
).filter(lambda key: key != "@context" and not any("\ud800" <= c <= "\udfff" for c in key))
TEXTS = st.one_of(
    st.sampled_from(
        ["ree:a", "cbv:BizStep-x", "http://a", "urn:epc:id:x", "bare", "ree://b", "x:y", "", ":", "E-1", "1E-9"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
NUMBERS = st.one_of(
    st.integers(-(10**12), 10**12),
    st.sampled_from(
        [Decimal(t) for t in ("0.0000001", "1E-9", "0.0", "1.50", "-2.00", "0", "1E+5", "-0.0", "-1E-8", "-0")]
    ),
    st.decimals(-(10**9), 10**9, places=3),
)
VALUES = st.recursive(
    st.one_of(TEXTS, NUMBERS, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=20,
)
EVENTS = st.dictionaries(KEYS, VALUES, max_size=6)
PREFIX_SETS = st.sampled_from(
    [{}, PREFIXES, {"ree": "https://other.example/", "x": "urn:x:"}, {"urn": "https://u.example/"}]
)


def outcome(write: object, event: Mapping[str, object], prefixes: Mapping[str, str]) -> object:
    assert callable(write)
    try:
        return write(event, prefixes)
    except UncanonicalError as error:
        return [(p.code, p.where.pointer) for p in error.problems]


@settings(max_examples=400, deadline=None)
@given(EVENTS, PREFIX_SETS)
def test_the_fast_path_equals_the_exact_walk(event: dict[str, object], prefixes: dict[str, str]) -> None:
    before = copy.deepcopy(event)
    assert outcome(canonical_json, event, prefixes) == outcome(write_exactly, event, prefixes)
    assert event == before


@settings(max_examples=200, deadline=None)
@given(EVENTS, PREFIX_SETS)
def test_the_product_equals_the_reference(event: dict[str, object], prefixes: dict[str, str]) -> None:
    text = as_text(event)
    decoded, problems = decode(text.encode("utf-8"))
    assert problems == []
    assert isinstance(decoded, dict)
    try:
        expected: object = reference_canonical(text, prefixes).encode("utf-8")
    except RefusalError:
        digest, found = digest_event(decoded, prefixes)
        assert digest is None
        assert {p.code for p in found} <= {"json.equal_keys", "context.nested"}
        return
    assert canonical_json(decoded, prefixes) == expected


def as_text(node: object) -> str:
    """Write a value as some JSON text, numbers as Python's decimals happen to print them."""
    if isinstance(node, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} : {as_text(v)}" for k, v in node.items()) + "}"
    if isinstance(node, list):
        return "[" + " , ".join(map(as_text, node)) + "\n]"
    return str(node) if isinstance(node, Decimal) else json.dumps(node)


@settings(max_examples=100, deadline=None)
@given(EVENTS)
def test_what_is_canonical_stays_as_it_is(event: dict[str, object]) -> None:
    try:
        once = canonical_json(event, PREFIXES)
    except UncanonicalError:
        return
    again, problems = decode(once)
    assert problems == []
    assert isinstance(again, dict)
    assert canonical_json(again, {}) == once


def test_keys_that_become_equal_are_refused_with_both_their_names() -> None:
    event = event_of('{"ilmd":{"ree:form":"ore","https://w3id.org/ytterby/ree/form":"metal"}}')
    digest, problems = digest_event(event, PREFIXES)
    assert digest is None
    (problem,) = problems
    assert problem.code == "json.equal_keys"
    assert problem.where.pointer == "/ilmd/https:~1~1w3id.org~1ytterby~1ree~1form"
    assert problem.facts["other"] == "ree:form"


def test_a_context_inside_an_event_is_refused_and_its_own_is_left_out() -> None:
    inside = event_of('{"ree:a":[{"@context":{"ree":"https://x.example/"}}]}')
    _, problems = digest_event(inside, PREFIXES)
    assert [(p.code, p.where.pointer) for p in problems] == [("context.nested", "/ree:a/0/@context")]
    own = event_of('{"@context":[{"ree":"https://x.example/"}],"action":"ADD"}')
    assert canonical_json(own, PREFIXES) == b'{"action":"ADD"}'


def test_prefixes_of_one_document_never_leak_into_the_next() -> None:
    event = {"ree:form": "ore", "bizStep": "ree:x"}
    first, second = {"ree": "https://a.example/"}, {"ree": "https://b.example/"}
    for _ in range(3):
        assert canonical_json(event, first) == b'{"bizStep":"https://a.example/x","https://a.example/form":"ore"}'
        assert canonical_json(event, second) == b'{"bizStep":"https://b.example/x","https://b.example/form":"ore"}'
        assert canonical_json(event, {}) == b'{"bizStep":"ree:x","ree:form":"ore"}'
    # A caller that changes its mapping in place is no other case.
    first["ree"] = "https://c.example/"
    assert b"https://c.example/form" in canonical_json(event, first)


def test_memory_of_names_and_prefixes_is_bounded() -> None:
    for number in range(3 * canonical._PREFIX_SETS_MAX):
        canonical_json({"p:a": 1}, {"p": f"https://{number}.example/"})
    assert len(canonical._names_by_prefixes) <= canonical._PREFIX_SETS_MAX
    for number in range(2 * canonical._NAMES_MAX):
        canonical_json({f"p:{number}": 1}, {"p": "https://one.example/"})
    assert len(canonical._names_last.known) == canonical._NAMES_MAX


def test_an_error_declaration_has_another_digest_than_its_original() -> None:
    original = event_of('{"eventID":"urn:uuid:1","action":"ADD"}')
    declared = {**original, "errorDeclaration": {"declarationTime": "2025-05-02T09:00:00Z"}}
    assert digest_event(original, {}) != digest_event(declared, {})


@pytest.mark.parametrize("value", [0.5, {1, 2}, b"x", Decimal("NaN"), Decimal("Infinity")])
def test_a_value_that_no_json_text_gives_is_a_programmers_mistake(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical_json({"quantity": value}, {})


def test_numbers_are_written_by_value_with_their_zeros() -> None:
    cases = {"1.50": "1.50", "1E+5": "100000", "1E-9": "0.000000001", "-0.00": "0.00", "-1.0": "-1.0", "0E+2": "0"}
    assert {text: write_number(Decimal(text)) for text in cases} == cases
    assert write_number(-7) == "-7"


# GS1's own example names two eventIDs for one event: two readers would take two different ones.
AMBIGUOUS = "AssociationEvent-h.jsonld"


def test_every_event_of_the_documents_of_others_has_a_digest_on_both_paths(shared_data: Path) -> None:
    count = 0
    for path in sorted((shared_data / "epcis").rglob("*.json*")):
        if "gs1-spec" in path.parts or "Queries" in path.parts:
            continue
        document, problems = decode(path.read_bytes())
        assert [p.code for p in problems] == (["json.duplicate_key"] if path.name == AMBIGUOUS else [])
        if not isinstance(document, dict):
            continue
        for event in document.get("epcisBody", {}).get("eventList", []):
            assert canonical_json(event, PREFIXES) == write_exactly(event, PREFIXES)
            count += 1
    assert count > 50
