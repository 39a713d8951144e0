"""Whatever comes in, the door answers with events or located problems, never with an exception."""

import json
from datetime import UTC, datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chain.door.door_samples import CONTEXT, SAMPLE, document, object_event, sample, written
from ytterby.chain.correction_check import OwnSubmissions, check_against_own
from ytterby.chain.door import ReadDocument, read_document, read_event
from ytterby.chain.party import make_directory
from ytterby.chain.speaker import check_speaker
from ytterby.shell.site.packs import door_tables
from ytterby.terms.problem import is_refused

TABLES = door_tables()
WHOLE = SAMPLE.read_bytes()
COMPACT = json.dumps(json.loads(WHOLE), separators=(",", ":")).encode()
INSERTED = [b"{", b"[", b'"', b"\\", b",", b"1e999", b"null", b"\xff", b"\x00"]
NOW = datetime(2025, 9, 1, tzinfo=UTC)


def leads_into(pointer: str, tree: object) -> bool:
    """Tell whether a pointer leads to something in the tree, or names what is missing in an object of it."""
    parts = pointer.split("/")[1:]
    for position, part in enumerate(parts):
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(tree, dict) and key in tree:
            tree = tree[key]
        elif isinstance(tree, list) and key.isdigit() and int(key) < len(tree):
            tree = tree[int(key)]
        else:
            return isinstance(tree, dict) and position == len(parts) - 1
    return True


def judge(raw: bytes, level: str = "profile") -> ReadDocument:
    """Read and hold what is true of every answer."""
    found = read_document(raw, TABLES, level=level, received_at=NOW)
    for problem in found.all_problems:
        assert len(problem.value) <= 80
        assert problem.where.pointer == "" or problem.where.pointer.startswith("/")
    for read in found.events:
        assert (read.event is None) == is_refused(read.problems)
    check_speaker(found.said, "somebody", make_directory([], []), pointers=found.pointers)
    check_against_own(found.events, OwnSubmissions())
    return found


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_bytes_that_are_bent_anywhere(data):
    raw = bytearray(COMPACT)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        kind = data.draw(st.sampled_from(["set", "cut", "insert", "repeat"]))
        if kind == "set":
            raw[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del raw[at : at + data.draw(st.integers(1, 60))]
        elif kind == "insert":
            raw[at:at] = data.draw(
                st.sampled_from([b"{", b"[", b'"', b"\\", b",", b"1e999", b"null", b"\xff", b"\x00"])
            )
        else:
            raw[at:at] = raw[at : at + 200]
    judge(bytes(raw))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(COMPACT) - 1))
def test_a_document_that_ends_anywhere_is_refused(length):
    assert judge(COMPACT[:length]).is_refused


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200))
@example(b"{}")
@example(b"[]")
@example(b"[[]]")
@example(b'{"type":"EPCISDocument"}')
@example(b'{"eventTime":1}')
def test_any_bytes_at_all(raw):
    judge(raw)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.sampled_from([1e-9, -0.0, 1e12, 0.1, -3.5, 1e300]),
    st.sampled_from(
        [
            "",
            " ",
            "x",
            "urn:",
            "https://",
            "https://id.gs1.org/01/1",
            "%",
            "ree:a",
            "2025-02-30T00:00:00Z",
            "é😀",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from(["id", "type", "ree:lot", "x", "@context", "ex:a"]), st.integers(0, 3), max_size=2),
)


def places(tree, path=()):
    """Yield the path of everything in a tree."""
    yield path
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from places(value, (*path, key))
    elif isinstance(tree, list):
        for position, value in enumerate(tree):
            yield from places(value, (*path, position))


PATHS = [p for p in places(sample()) if p]


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_a_tree_that_is_bent_anywhere_has_problems_that_lead_into_it(data):
    tree = sample()
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(PATHS))
        node = tree
        try:
            for key in path[:-1]:
                node = node[key]
            old = node[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue
        if isinstance(node, str):
            continue
        kind = data.draw(st.sampled_from(["delete", "rename", "replace", "nest"]))
        if kind == "delete":
            del node[path[-1]]
        elif kind == "rename" and isinstance(node, dict):
            del node[path[-1]]
            node[data.draw(st.sampled_from([str(path[-1]).upper(), "ex:" + str(path[-1]), "ree:x", "", "a/b~c"]))] = old
        elif kind == "nest":
            node[path[-1]] = [old]
        else:
            node[path[-1]] = data.draw(ODD)
    for level in ("gs1", "profile"):
        for problem in judge(written(tree), level).all_problems:
            assert leads_into(problem.where.pointer, tree), problem


def test_deep_nesting_anywhere_is_a_problem_and_no_recursion():
    deep = "[" * 3000 + "]" * 3000
    for old in (b'"KGM"', b'"ore"', b'"2.0"', b'{"id":"https://id.gs1.org/414/9520000010010"}'):
        found = judge(COMPACT.replace(old, deep.encode(), 1))
        assert "json.nesting" in {p.code for p in found.all_problems}


def test_threat_c2_problems_quote_only_what_the_document_shows():
    tree = sample()
    for event in tree["epcisBody"]["eventList"]:
        event["bizStep"] = "nowhere"
    raw = written(tree)
    for problem in judge(raw).all_problems:
        assert problem.value.rstrip("…") in raw.decode()


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(20)))
def test_an_event_reads_the_same_wherever_it_stands_among_others(order):
    events = sample()["epcisBody"]["eventList"]
    tree = document(*(events[i] for i in order), context=CONTEXT)
    found = read_document(written(tree), TABLES)
    usual = read_document(WHOLE, TABLES)
    assert [read.event for read in found.events] == [usual.events[i].event for i in order]


def test_ten_thousand_events_on_one_instant_are_read():
    found = read_document(written(document(*[object_event(eventID=f"urn:x:{i}") for i in range(10_000)])), TABLES)
    assert (len(found.said), found.all_problems) == (10_000, ())


def test_no_level_of_another_name():
    for read in (lambda: read_document(b"{}", TABLES, level="strict"), lambda: read_event(b"{}", {}, TABLES, level="")):
        try:
            read()
        except ValueError:
            continue
        raise AssertionError("an unknown level is a programmer's mistake")
