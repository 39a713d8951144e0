"""The rare-earth profile: terms, assays, lot data in both shapes, uses, pools; what contradicts itself is refused."""

from decimal import Decimal

import pytest

from chain.door.door_samples import (
    CONTEXT,
    LOT,
    OTHER_LOT,
    TANK,
    document,
    made,
    object_event,
    quantity,
    step,
    without,
    written,
)
from ytterby.chain.door import read_document
from ytterby.terms.problem import Severity

AT = "/epcisBody/eventList/0"
ND = {"ree:element": "Nd", "ree:milligramPerKilogram": 85000.0}
USE = {"ree:share": 0.5, "ree:useCode": "wind_direct"}
BUYER = "https://id.gs1.org/417/9520000010058"


def shipped(*uses, **fields):
    return object_event(**({"ree:use": list(uses)} if uses else {}), **fields)


REFUSED = [
    ("unknown term", object_event(**{"ree:licenze": "A-1"}), "profile.term_unknown", "/ree:licenze"),
    ("term of another place", object_event(**{"ree:form": "ore"}), "profile.term_unknown", "/ree:form"),
    ("unknown term of a lot", made({"ree:grad": "N42"}), "profile.term_unknown", "/ilmd/ree:grad"),
    (
        "unknown term of an assay",
        made({"ree:assay": [{**ND, "ree:sigma": 1}]}),
        "profile.term_unknown",
        "/ilmd/ree:assay/0/ree:sigma",
    ),
    ("unknown form", made({"ree:form": "oxyde"}), "profile.word_unknown", "/ilmd/ree:form"),
    ("unknown element", made({"ree:assay": [{**ND, "ree:element": "Fe"}]}), "assay.unknown_element", None),
    (
        "an element twice",
        made({"ree:assay": [ND, ND]}),
        "assay.element_twice",
        "/ilmd/ree:assay/1/ree:element",
    ),
    (
        "more than a whole",
        made({"ree:form": "metal", "ree:assay": [{**ND, "ree:milligramPerKilogram": 1000000.1}]}),
        "assay.over_whole",
        "/ilmd/ree:assay",
    ),
    (
        "negative content",
        made({"ree:assay": [{**ND, "ree:milligramPerKilogram": -0.1}]}),
        "assay.negative",
        "/ilmd/ree:assay/0/ree:milligramPerKilogram",
    ),
    ("content as text", made({"ree:assay": [{**ND, "ree:milligramPerKilogram": "1"}]}), "field.type", None),
    ("assay without content", made({"ree:assay": [{"ree:element": "Nd"}]}), "field.missing", "/ilmd/ree:assay/0"),
    ("assay without element", made({"ree:assay": [without(ND, "ree:element")]}), "field.missing", "/ilmd/ree:assay/0"),
    ("odd basis", made({"ree:assay": [{**ND, "ree:basis": "wet"}]}), "profile.word_unknown", None),
    (
        "REO beside its assay",
        made({"ree:form": "concentrate", "ree:reoPercent": 10.1, "ree:assay": [ND]}),
        "assay.reo_disagrees",
        "/ilmd/ree:reoPercent",
    ),
    ("no such REO", made({"ree:reoPercent": 153.6}), "profile.out_of_range", "/ilmd/ree:reoPercent"),
    ("negative REO", made({"ree:reoPercent": -1}), "profile.out_of_range", "/ilmd/ree:reoPercent"),
    (
        "more recycled than there is",
        made({"ree:recycledContentPercent": 100.5}),
        "profile.out_of_range",
        "/ilmd/ree:recycledContentPercent",
    ),
    ("weightless piece", made({"ree:pieceMassGram": 0}), "profile.out_of_range", "/ilmd/ree:pieceMassGram"),
    ("no country", made({"ree:originCountry": "China"}), "profile.country", "/ilmd/ree:originCountry"),
    ("data of another lot", made({"ree:lot": OTHER_LOT}), "profile.lot_not_in_event", "/ilmd"),
    (
        "data of an input",
        step(ilmd={"ree:lotData": [{"ree:lot": LOT, "ree:form": "ore"}]}),
        "profile.lot_not_in_event",
        "/ilmd/ree:lotData/0",
    ),
    (
        "one lot twice",
        made({"ree:lotData": [{"ree:lot": LOT}, {"ree:lot": LOT}]}),
        "profile.lot_twice",
        "/ilmd/ree:lotData",
    ),
    ("data of no lot", made({"ree:lotData": [{"ree:form": "ore"}]}), "field.missing", "/ilmd/ree:lotData/0"),
    (
        "both shapes",
        made({"ree:form": "ore", "ree:lotData": [{"ree:lot": LOT}]}),
        "profile.both_shapes",
        "/ilmd/ree:lotData",
    ),
    (
        "observed lot that the event does not name",
        object_event(**{"ree:lotData": [{"ree:lot": OTHER_LOT, "ree:assay": [ND]}]}),
        "profile.lot_not_in_event",
        "/ree:lotData/0",
    ),
    (
        "observed lot without a name",
        object_event(**{"ree:lotData": [{"ree:assay": [ND]}]}),
        "field.missing",
        "/ree:lotData/0",
    ),
    (
        "observed lot twice",
        object_event(**{"ree:lotData": [{"ree:lot": LOT, "ree:assay": [ND]}] * 2}),
        "profile.lot_twice",
        "/ree:lotData",
    ),
    ("licence as a number", object_event(**{"ree:licence": 7}), "field.type", "/ree:licence"),
    ("pool that is no identifier", step(**{"ree:pool": "tank 1"}), "identifier.not_a_uri", "/ree:pool"),
    (
        "a rule that is never origin",
        step(**{"ree:pool": TANK, "ree:poolRule": "book_and_claim"}),
        "profile.word_unknown",
        "/ree:poolRule",
    ),
    ("shares over one", shipped(USE, {**USE, "ree:share": 0.51}), "use.shares_over_one", "/ree:use"),
    ("a share over one", shipped({**USE, "ree:share": 1.1}), "profile.out_of_range", "/ree:use/0/ree:share"),
    ("a negative share", shipped({**USE, "ree:share": -0.1}), "profile.out_of_range", "/ree:use/0/ree:share"),
    ("no share", shipped(without(USE, "ree:share")), "field.missing", "/ree:use/0"),
    ("no code", shipped(without(USE, "ree:useCode")), "field.missing", "/ree:use/0"),
    ("odd code", shipped({**USE, "ree:useCode": "wind"}), "profile.word_unknown", "/ree:use/0/ree:useCode"),
    ("odd basis of a use", shipped({**USE, "ree:basis": "hope"}), "profile.word_unknown", "/ree:use/0/ree:basis"),
    ("bare field in a use", shipped({**USE, "share": 1}), "field.unknown", "/ree:use/0/share"),
    ("use as text", object_event(**{"ree:use": "motors"}), "field.type", "/ree:use"),
    (
        "volume of goods",
        object_event(quantityList=[quantity(uom="LTR")], **{"ree:purpose": "x"}),
        "unit.dimension",
        None,
    ),
]


@pytest.mark.parametrize(("event", "code", "place"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_it_is_refused_where_it_stands(problems_of, event, code, place):
    found = [(severity, at) for severity, have, at in problems_of(event) if have == code]
    assert found
    assert {severity for severity, _ in found} == {"refuse"}
    assert place is None or AT + place in {at for _, at in found}


@pytest.mark.parametrize("event", [c[1] for c in REFUSED if c[2].startswith(("profile", "assay", "use"))])
def test_the_level_of_gs1_does_not_ask_the_profile(problems_of, event):
    assert [p for p in problems_of(event, level="gs1") if p[0] == "refuse"] == []


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (object_event(**{"ree:licence": "20250044170001"}), "profile.only_digits"),
        (object_event(**{"ree:poolRule": "fifo"}), "profile.rule_without_pool"),
        (shipped({**USE, "ree:useCode": "other"}), "use.text_missing"),
        (made(**{"ree:use": [USE]}), "use.not_a_shipment"),
        (shipped(USE, **{"ree:endUse": "lift machine"}), "use.beside_end_use"),
        (made({"ree:assay": [ND]}, quantityList=[quantity(100, uom=None)]), "profile.piece_mass_missing"),
        (
            made({"ree:pieceMassGram": 45, "ree:netMassKilogram": 5}, quantityList=[quantity(100, uom=None)]),
            "profile.net_mass_disagrees",
        ),
    ],
)
def test_what_is_odd_but_can_be_true_is_only_remarked(problems_of, event, code):
    assert [(severity, have) for severity, have, _ in problems_of(event)] == [("remark", code)]


def test_reo_over_a_hundred_percent_is_possible_for_a_metal(event_of):
    ilmd = {"ree:form": "metal", "ree:reoPercent": 116.64, "ree:assay": [{**ND, "ree:milligramPerKilogram": 1000000}]}
    assert event_of(made(ilmd)).lot_data[0].reo_percent == Decimal("116.64")


def test_a_shipment_may_declare_several_uses(event_of):
    motor = {
        "ree:share": 0.25,
        "ree:useCode": "traction_motor_car",
        "ree:endUser": BUYER,
        "ree:product": "motor",
        "ree:model": "L1",
        "ree:country": "XB",
        "ree:basis": "contract",
    }
    first, second, third = event_of(shipped(motor, USE, {"ree:share": 0.25, "ree:useCode": "not_yet_known"})).uses
    assert (first.share, first.end_user, first.model, first.country, first.basis) == (
        Decimal("0.25"),
        BUYER,
        "L1",
        "XB",
        "contract",
    )
    assert (second.use_code, third.use_code) == ("wind_direct", "not_yet_known")


def test_an_end_use_that_has_no_code_is_kept_as_text(event_of):
    (use,) = event_of(object_event(**{"ree:endUse": "speaker of a museum guide"})).uses
    assert (use.share, use.use_code, use.text) == (1, "other", "speaker of a museum guide")


def test_a_sealed_end_user_stays_sealed_and_is_never_quoted(tables):
    event = object_event(**{"ree:endUser": {"ree:sealed": "sha-256:q1w2e3"}, "ree:endUse": "lift machine"})
    found = read_document(written(document(event)), tables)
    assert found.said[0].end_user == found.said[0].uses[0].end_user == "sealed:sha-256:q1w2e3"
    for broken in (
        {"ree:sealed": ["q1w2e3"]},
        {"ree:sealed": {"a": "q1w2e3"}},
        [{"ree:sealed": "q1w2e3"}],
        {"x": "q1w2e3"},
    ):
        found = read_document(written(document({**event, "ree:endUser": broken})), tables)
        assert found.is_refused
        assert "q1w2e3" not in repr(found.all_problems)


def test_a_pool_and_its_rule_are_read(event_of):
    event = event_of(without(step(transformationID=TANK, **{"ree:pool": TANK, "ree:poolRule": "fifo"}), "ilmd"))
    assert (event.pool, event.pool_rule, event.run) == (TANK, "fifo", TANK)


@pytest.mark.parametrize("prefix", ["ree", "r", "https://w3id.org/ytterby/ree/"])
def test_terms_mean_the_same_under_any_prefix(tables, prefix):
    full = prefix.startswith("https")
    ns = {"other": "https://mine.example/"} if full else {prefix: "https://w3id.org/ytterby/ree/"}
    event = made({"ree:form": "metal", "ree:assay": [ND]}, **{"ree:licence": "A-1"})
    text = written(document(event, context=[CONTEXT[0], ns])).decode()
    raw = text.replace('"ree:', f'"{prefix}' if full else f'"{prefix}:').encode()
    found = read_document(raw, tables)
    usual = read_document(written(document(event)), tables)
    assert found.all_problems == ()
    assert found.said == usual.said


def test_a_prefix_of_one_document_does_not_leak_into_the_next(tables):
    event = made({"ree:form": "metal"})
    foreign = document(event, context=[CONTEXT[0], {"ree": "https://mine.example/ree/"}])
    for _ in range(2):
        assert read_document(written(document(event)), tables).said[0].lot_data[0].form == "metal"
        assert read_document(written(foreign), tables).said[0].lot_data == ()
        undeclared = read_document(written(document(event, context=CONTEXT[0])), tables)
        assert {p.code for p in undeclared.all_problems} == {"field.prefix_undeclared"}


def test_whoever_receives_or_counts_says_what_his_own_assay_found(tables):
    told = {"ree:lot": LOT, "ree:form": "oxide", "ree:assay": [{**ND, "ree:standardUncertainty": 400.5}]}
    event = object_event(quantityList=[quantity()], **{"ree:lotData": [told]})
    read = read_document(written(document(event)), tables)
    assert [p for p in read.all_problems if p.severity is Severity.REFUSE] == []
    (found,) = read.events[0].event.lot_data
    assert (found.lot, found.form, found.assays[0].milligram_per_kilogram) == (LOT, "oxide", Decimal("85000.0"))
    assert found.assays[0].standard_uncertainty == Decimal("400.5")
