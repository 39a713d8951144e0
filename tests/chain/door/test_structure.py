"""What GS1's standard demands of an event is refused at both levels, where it stands, all of it at once."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from chain.door.door_samples import (
    LOT,
    SITE,
    WHEN,
    document,
    object_event,
    packing,
    quantity,
    step,
    title,
    without,
    written,
)
from ytterby.chain.door import read_document

AT = "/epcisBody/eventList/0"
SENSOR = {"type": "Mass", "value": 11000, "uom": "KGM"}
SSCC = "https://id.gs1.org/00/095200000000000011"


def sensed(**fields):
    return object_event(sensorElementList=[{"sensorReport": [{**SENSOR, **fields}]}])


REFUSED = [
    ("misspelt field", object_event(bizstep="shipping"), "field.unknown", "/bizstep"),
    ("field of another type", object_event(inputEPCList=[SSCC]), "event.field_misplaced", "/inputEPCList"),
    ("undeclared prefix", object_event(**{"acme:x": 1}), "field.prefix_undeclared", "/acme:x"),
    ("no time", without(object_event(), "eventTime"), "field.missing", ""),
    ("no offset", without(object_event(), "eventTimeZoneOffset"), "field.missing", ""),
    ("odd offset", object_event(eventTimeZoneOffset="+15:00"), "instant.offset", "/eventTimeZoneOffset"),
    ("offset as number", object_event(eventTimeZoneOffset=8), "field.type", "/eventTimeZoneOffset"),
    ("time without zone", object_event(eventTime="2025-04-19T04:00:00"), "instant.offset_missing", "/eventTime"),
    ("time as number", object_event(eventTime=1745035200), "field.type", "/eventTime"),
    ("record time malformed", object_event(recordTime="yesterday"), "instant.malformed", "/recordTime"),
    ("no action", without(object_event(), "action"), "field.missing", ""),
    ("odd action", object_event(action="MOVE"), "event.action", "/action"),
    ("no type", without(object_event(), "type"), "event.type_missing", ""),
    ("odd type", {**object_event(), "type": "ObjectEvnt"}, "event.type_unknown", "/type"),
    ("unknown step", object_event(bizStep="transforming"), "word.unknown", "/bizStep"),
    ("step in GS1's place", object_event(bizStep="cbv:BizStep-shiping"), "word.unknown", "/bizStep"),
    ("unknown disposition", object_event(disposition="in_transport"), "word.unknown", "/disposition"),
    (
        "wrong check digit",
        object_event(epcList=["https://id.gs1.org/00/095200000000000012"]),
        "identifier.check_digit",
        "/epcList/0",
    ),
    ("bare identifier", object_event(epcList=["12345"]), "identifier.not_a_uri", "/epcList/0"),
    ("list as text", object_event(epcList=SSCC), "field.type", "/epcList"),
    ("null list", object_event(epcList=None), "field.type", "/epcList"),
    ("one object twice", object_event(epcList=[SSCC, SSCC]), "identifier.twice", "/epcList/1"),
    (
        "negative mass",
        object_event(quantityList=[quantity(-1)]),
        "quantity.negative",
        "/quantityList/0/quantity",
    ),
    ("unit KG", object_event(quantityList=[quantity(uom="KG")]), "unit.unknown", "/quantityList/0/uom"),
    ("quantity as text", object_event(quantityList=[quantity("11")]), "field.type", "/quantityList/0/quantity"),
    ("no lot", object_event(quantityList=[{"quantity": 1}]), "field.missing", "/quantityList/0"),
    (
        "uncertainty beside a quantity",
        object_event(quantityList=[{**quantity(), "ex:sDev": 6}]),
        "field.not_allowed_here",
        "/quantityList/0/ex:sDev",
    ),
    ("quantity that is no object", object_event(quantityList=[LOT]), "field.type", "/quantityList/0"),
    ("nothing named", without(object_event(), "quantityList"), "event.nothing_named", ""),
    ("place without id", object_event(readPoint={}), "field.missing", "/readPoint"),
    ("place as text", object_event(readPoint=SITE), "field.type", "/readPoint"),
    ("ADD without parent", without(packing(), "parentID"), "event.parent_missing", ""),
    ("DELETE without parent", without(packing(action="DELETE"), "parentID"), "event.parent_missing", ""),
    (
        "association without parent",
        without({**packing(), "type": "AssociationEvent", "action": "OBSERVE"}, "parentID"),
        "event.parent_missing",
        "",
    ),
    ("no children", without(packing(), "childQuantityList"), "event.nothing_named", ""),
    ("transaction without list", without(title(), "bizTransactionList"), "field.missing", ""),
    ("empty transaction list", title(bizTransactionList=[]), "field.empty", "/bizTransactionList"),
    (
        "transaction of no kind that is known",
        title(bizTransactionList=[{"type": "bill", "bizTransaction": "https://a.example/1"}]),
        "word.unknown",
        "/bizTransactionList/0/type",
    ),
    (
        "transaction without identifier",
        title(bizTransactionList=[{"type": "po"}]),
        "field.missing",
        "/bizTransactionList/0",
    ),
    (
        "source without type",
        object_event(sourceList=[{"source": SITE}]),
        "field.missing",
        "/sourceList/0",
    ),
    (
        "more beside a destination",
        object_event(destinationList=[{"type": "location", "destination": SITE, "ex:dock": "4"}]),
        "field.not_allowed_here",
        "/destinationList/0/ex:dock",
    ),
    ("inputs only, no run", without(step(), "outputQuantityList"), "event.one_sided_without_run", ""),
    ("outputs only, no run", without(step(), "inputQuantityList"), "event.one_sided_without_run", ""),
    (
        "run without goods",
        without(step(transformationID="https://a.example/run/1"), "inputQuantityList", "outputQuantityList"),
        "event.nothing_named",
        "",
    ),
    ("ilmd on OBSERVE", object_event(ilmd={"ex:a": 1}), "event.ilmd_without_add", "/ilmd"),
    ("ilmd in a packing", packing(ilmd={"ex:a": 1}), "event.field_misplaced", "/ilmd"),
    ("ilmd field without namespace", step(ilmd={"form": "ore"}), "field.unknown", "/ilmd/form"),
    ("ilmd as list", step(ilmd=[]), "field.type", "/ilmd"),
    ("empty persistent disposition", object_event(persistentDisposition={}), "field.missing", "/persistentDisposition"),
    (
        "nothing set",
        object_event(persistentDisposition={"set": []}),
        "field.empty",
        "/persistentDisposition/set",
    ),
    (
        "unknown disposition set",
        object_event(persistentDisposition={"set": ["complete"]}),
        "word.unknown",
        "/persistentDisposition/set/0",
    ),
    ("declaration without time", object_event(errorDeclaration={}), "field.missing", "/errorDeclaration"),
    (
        "odd reason",
        object_event(errorDeclaration={"declarationTime": WHEN["eventTime"], "reason": "typo"}),
        "word.unknown",
        "/errorDeclaration/reason",
    ),
    (
        "certificate that is none",
        object_event(certificationInfo=["ISO 9001"]),
        "identifier.not_a_uri",
        "/certificationInfo/0",
    ),
    (
        "no report",
        object_event(sensorElementList=[{"sensorMetadata": {}}]),
        "field.missing",
        "/sensorElementList/0",
    ),
    (
        "empty reports",
        object_event(sensorElementList=[{"sensorReport": []}]),
        "field.empty",
        "/sensorElementList/0/sensorReport",
    ),
    (
        "report without type",
        object_event(sensorElementList=[{"sensorReport": [{"value": 1}]}]),
        "field.missing",
        "/sensorElementList/0/sensorReport/0",
    ),
    ("negative weighing", sensed(value=-4), "quantity.negative", "/sensorElementList/0/sensorReport/0/value"),
    ("negative deviation", sensed(sDev=-1), "sensor.negative_deviation", "/sensorElementList/0/sensorReport/0/sDev"),
    ("mass in degrees", sensed(uom="CEL"), "unit.dimension", "/sensorElementList/0/sensorReport/0/uom"),
    ("mass as text", sensed(value="11000"), "field.type", "/sensorElementList/0/sensorReport/0/value"),
    ("misspelt in a report", sensed(sdev=1), "field.unknown", "/sensorElementList/0/sensorReport/0/sdev"),
    ("flag as text", sensed(booleanValue="yes"), "field.type", "/sensorElementList/0/sensorReport/0/booleanValue"),
    (
        "hex that is none",
        sensed(hexBinaryValue="xyz"),
        "field.type",
        "/sensorElementList/0/sensorReport/0/hexBinaryValue",
    ),
]


@pytest.mark.parametrize("level", ["gs1", "profile"])
@pytest.mark.parametrize(("event", "code", "place"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_it_is_refused_where_it_stands(problems_of, event, code, place, level):
    assert ("refuse", code, AT + place) in problems_of(event, level=level)


@pytest.mark.parametrize(
    "event",
    [object_event(), packing(), step(), title(), {**packing(), "type": "AssociationEvent"}],
    ids=lambda e: e["type"],
)
def test_the_plain_event_from_which_they_are_bent_has_no_problem(problems_of, event):
    assert problems_of(event) == []


def test_all_problems_of_all_events_are_told_at_once(problems_of):
    first = object_event(bizStep="shiping", quantityList=[quantity(-1, uom="KG")], colour="red")
    second = without(packing(), "parentID", "eventTime")
    found = {(code, place) for _, code, place in problems_of(first, second)}
    assert found == {
        ("word.unknown", "/epcisBody/eventList/0/bizStep"),
        ("quantity.negative", "/epcisBody/eventList/0/quantityList/0/quantity"),
        ("unit.unknown", "/epcisBody/eventList/0/quantityList/0/uom"),
        ("field.unknown", "/epcisBody/eventList/0/colour"),
        ("event.parent_missing", "/epcisBody/eventList/1"),
        ("field.missing", "/epcisBody/eventList/1"),
    }


@pytest.mark.parametrize(
    ("event", "fact", "meant"),
    [
        (object_event(bizstep="shipping"), "likely", "bizStep"),
        (object_event(bizStep="transforming"), "likely", "transporting"),
        (object_event(quantityList=[quantity(uom="KG")]), "likely", "KGM"),
        (object_event(epcList=["https://id.gs1.org/00/095200000000000012"]), "right", "1"),
        ({**object_event(), "type": "objectevent"}, "likely", "ObjectEvent"),
        (object_event(**{"acme:x": 1}), "prefix", "acme"),
    ],
)
def test_a_problem_holds_the_facts_of_its_cure(tables, event, fact, meant):
    problem = read_document(written(document(event)), tables).all_problems[0]
    assert meant in problem.facts[fact]


@pytest.mark.parametrize("form", ["shipping", "cbv:BizStep-shipping", "https://ref.gs1.org/cbv/BizStep-shipping"])
def test_a_word_is_read_bare_however_it_is_written(event_of, form):
    assert event_of(object_event(bizStep=form)).biz_step == "shipping"


def test_a_word_in_its_old_form_is_read_with_a_remark(problems_of, event_of):
    event = object_event(bizStep="urn:epcglobal:cbv:bizstep:shipping")
    assert event_of(event).biz_step == "shipping"
    assert problems_of(event) == [("remark", "word.old_form", AT + "/bizStep")]


def test_a_word_of_somebody_elses_stays_as_its_uri(event_of):
    assert event_of(object_event(bizStep="ex:smelting")).biz_step == "https://mine.example/terms/smelting"


def test_quantities_are_converted_exactly_to_base_units(event_of):
    (goods,) = event_of(object_event(quantityList=[quantity(2.5, uom="TNE")])).quantities
    assert (goods.amount, goods.unit, goods.declared, goods.declared_unit) == (Decimal("2500.0"), "KGM", "2.5", "TNE")


def test_one_object_written_in_two_ways_counts_once_with_a_remark(problems_of, event_of):
    event = object_event(epcList=[SSCC, "urn:epc:id:sscc:9520000.0000000001"])
    assert event_of(event).epcs == (SSCC,)
    assert problems_of(event) == [("remark", "identifier.same_object", AT + "/epcList/1")]


def test_what_the_profile_alone_demands_is_a_remark_for_events_without_it(problems_of):
    event = object_event(quantityList=[quantity(10.5, uom=None)])
    place = AT + "/quantityList/0/quantity"
    assert problems_of(event) == [("remark", "quantity.part_of_a_piece", place)]
    assert problems_of({**event, "ree:purpose": "trade"}) == [("refuse", "quantity.part_of_a_piece", place)]
    assert problems_of({**event, "ree:purpose": "trade"}, level="gs1") == [
        ("remark", "quantity.part_of_a_piece", place)
    ]


def test_an_event_may_be_a_day_ahead_and_no_more(problems_of):
    now = datetime(2025, 4, 18, 4, 0, tzinfo=UTC)
    assert problems_of(object_event(), received_at=now) == []
    late = object_event(eventTime="2025-04-19T04:00:00.001Z")
    assert problems_of(late, received_at=now) == [("refuse", "event.in_the_future", AT + "/eventTime")]
    assert problems_of(late) == []


def test_an_event_of_long_ago_is_remarked(problems_of):
    old = object_event(eventTime="1970-01-01T00:00:00Z")
    assert problems_of(old) == [("remark", "event.long_ago", AT + "/eventTime")]


ID = "urn:uuid:e46165af-8e55-5448-8e35-a14e955078e8"


def test_an_event_id_stands_for_one_event(problems_of):
    one = object_event(eventID=ID)
    assert problems_of(one, one) == [("remark", "event.twice", "/epcisBody/eventList/1/eventID")]
    other = {**one, "disposition": "in_transit"}
    assert problems_of(one, other) == [("refuse", "event.id_twice", "/epcisBody/eventList/1/eventID")]
    profiled = {**one, "ree:purpose": "trade"}
    assert problems_of(one, profiled) == [("refuse", "event.id_twice", "/epcisBody/eventList/1/eventID")]
    extended = {**one, "ex:captured": "x"}
    assert problems_of(one, extended) == [("remark", "event.id_twice_extensions", "/epcisBody/eventList/1/eventID")]


def test_a_corrective_event_that_is_nowhere_is_remarked(problems_of):
    declared = object_event(
        eventID=ID,
        errorDeclaration={"declarationTime": WHEN["eventTime"], "correctiveEventIDs": ["urn:uuid:" + "a" * 8]},
    )
    place = AT + "/errorDeclaration/correctiveEventIDs/0"
    assert problems_of(declared) == [("remark", "correction.corrective_unknown", place)]
    assert problems_of(declared, object_event(eventID="urn:uuid:" + "a" * 8)) == []
    assert problems_of(declared, own_event_ids={"urn:uuid:" + "a" * 8}) == []
    assert problems_of(declared, own_event_ids=None) == []


def test_a_key_that_stands_twice_is_remarked_without_the_profile_and_refused_with_it(tables):
    plain = (
        b'{"@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", "type": "ObjectEvent",'
        b' "eventTime": "2025-04-04T10:00:00Z", "eventTimeZoneOffset": "+00:00", "action": "OBSERVE",'
        b' "action": "OBSERVE", "epcList": ["https://id.gs1.org/00/095200000000000011"], "bizStep": "shipping"}'
    )
    (problem,) = read_document(plain, tables).all_problems
    assert (problem.code, problem.severity.value, problem.where.pointer) == ("json.duplicate_key", "remark", "/action")
    with_term = plain.replace(b'"bizStep"', b'"ree:purpose": "recycling", "bizStep"').replace(
        b'"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"',
        b'["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"ree":"https://w3id.org/ytterby/ree/"}]',
    )
    found = read_document(with_term, tables)
    assert ("json.duplicate_key", "refuse") in {(p.code, p.severity.value) for p in found.all_problems}
    assert not found.said


def test_some_events_of_a_document_are_read_as_in_the_whole_of_it(tables):
    raw = document(*(object_event(eventID=f"urn:uuid:00000000-0000-8000-8000-00000000000{n}") for n in range(4)))
    whole = read_document(written(raw), tables)
    some = read_document(written(raw), tables, numbers={1, 3})
    assert some.events == (whole.events[1], whole.events[3])
    assert [read.number for read in some.events] == [1, 3]
