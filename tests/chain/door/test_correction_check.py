"""Corrections against the party's own originals: equal in all but the declaration, else refused by field."""

import pytest

from chain.door.door_samples import SAMPLE, document, sample, written
from ytterby.chain.correction_check import GivenOriginal, OwnSubmissions, check_against_own, event_ids_asked
from ytterby.chain.door import read_document

LIST = "/epcisBody/eventList"


@pytest.fixture(scope="module")
def original(tables):
    return read_document(SAMPLE.read_bytes(), tables).events[4]


def own(*reads, declarations=None):
    kept = {r.event.event_id: GivenOriginal(r.digest, r.raw, r.prefixes) for r in reads}
    return OwnSubmissions(kept, declarations or {})


def told(tables, events, mine=None, context=None):
    reads = read_document(written(document(*events, **({"context": context} if context else {}))), tables).events
    assert all(r.event is not None for r in reads)
    found = check_against_own(reads, mine or OwnSubmissions())
    return [(p.severity.value, p.code, p.where.pointer, p.facts.get("fields")) for p in found]


def declaration(**changes):
    return {**sample()["epcisBody"]["eventList"][5], **changes}


def corrective():
    return sample()["epcisBody"]["eventList"][6]


def test_a_declaration_equal_to_its_stored_original_is_no_problem(tables, original):
    assert told(tables, [declaration(), corrective()], own(original)) == []


def test_the_sample_holds_its_corrections_in_itself(tables):
    assert check_against_own(read_document(SAMPLE.read_bytes(), tables).events, OwnSubmissions()) == []


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"disposition": "active"}, "disposition"),
        ({"eventTime": "2025-04-22T08:15:00.001Z", "quantityList": []}, "eventTime, quantityList"),
        ({"ree:purpose": "recycling"}, "ree:purpose"),
        ({"https://mine.example/a": 1}, "https://mine.example/a"),
    ],
)
def test_a_declaration_that_differs_is_refused_and_names_the_fields(tables, original, changes, fields):
    assert told(tables, [declaration(**changes), corrective()], own(original)) == [
        ("refuse", "correction.not_equal", LIST + "/0/errorDeclaration", fields)
    ]


def test_order_of_keys_and_choice_of_prefix_are_no_difference(tables, original):
    turned = dict(reversed(declaration().items()))
    context = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"r": "https://w3id.org/ytterby/ree/"}]
    assert told(tables, [turned, corrective()], own(original), context) == []


def test_a_declaration_whose_original_is_not_there_is_accepted_with_a_remark(tables):
    assert told(tables, [declaration(), corrective()]) == [
        ("remark", "correction.original_unknown", LIST + "/0/errorDeclaration", None)
    ]


def test_a_corrective_event_may_come_later_or_stand_among_the_stored(tables, original):
    assert told(tables, [declaration()], own(original)) == [
        ("remark", "correction.corrective_unknown", LIST + "/0/errorDeclaration/correctiveEventIDs/0", None)
    ]
    stored = read_document(SAMPLE.read_bytes(), tables).events[6]
    assert told(tables, [declaration()], own(original, stored)) == []


def test_a_second_declaration_is_remarked(tables, original):
    event_id = original.event.event_id
    before = own(original, declarations={event_id: frozenset([b"another"])})
    assert [t[:2] for t in told(tables, [declaration(), corrective()], before)] == [("remark", "correction.second")]
    other = declaration(errorDeclaration={"declarationTime": "2025-05-01T00:00:00Z", "reason": "did_not_occur"})
    assert [t[1:3] for t in told(tables, [declaration(), other, corrective()], own(original))] == [
        ("correction.second", LIST + "/1/errorDeclaration")
    ]


def test_a_declaration_without_event_id_ends_nothing(tables):
    nameless = {k: v for k, v in declaration().items() if k != "eventID"}
    assert [t[:2] for t in told(tables, [nameless, corrective()])] == [("remark", "correction.without_event_id")]


def test_an_event_id_is_used_for_one_content_only(tables, original):
    again = sample()["epcisBody"]["eventList"][4]
    assert told(tables, [again], own(original)) == []
    assert told(tables, [{**again, "disposition": "active"}], own(original)) == [
        ("refuse", "event.id_reused", LIST + "/0/eventID", "disposition")
    ]


def test_what_is_looked_up_is_what_the_events_name(tables, original):
    reads = read_document(written(document(declaration())), tables).events
    assert event_ids_asked(reads) == {original.event.event_id, corrective()["eventID"]}
