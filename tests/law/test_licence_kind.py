"""What packs may say of a kind of licence, and what is refused with its place."""

import pytest

from law.law_case import codes_of
from law.test_pack import pack_with
from law.test_procedure import entry, kind, procedure


def ceiling(**fields):
    told = {"id": "c", "measure": "element_mass", "per": "licence", "value": "1", "unit": "KGM"}
    return {**told, "source": "s", "confidence": "read", **fields}


def report(**fields):
    told = {"id": "arrival", "by": "office", "within": {"count": 3, "unit": "month"}, "after": "exit"}
    return {**told, "source": "s", "confidence": "read", **fields}


def kind_refused(**fields):
    return codes_of(pack_with(procedure=procedure(licence_kinds=[kind(**fields)])))


def test_a_kind_of_licence_may_say_all_of_it():
    fields = {
        "done_when": "never",
        "holder": {"bodies": ["office"]},
        "ceilings": [ceiling(), ceiling(id="v", measure="value", value=None, unit="XTS")],
        "tolerance": "0.1",
        "counting_unit": "H87",
        "eligibility": [entry("x", any_of=[{"fact": "exporter_years", "op": "at_least", "figure": "2"}])],
        "reports": [report(), report(id="use", after="arrival")],
    }
    assert kind_refused(**fields) == []


@pytest.mark.parametrize(
    ("fields", "code", "where"),
    [
        ({"holder": {"bodies": ["x"]}}, "pack.unknown_reference", "/holder/bodies/0"),
        ({"holder": {"bodies": []}}, "pack.kind", "/holder/bodies"),
        ({"holder": {"bodies": ["office"], "barred_by": ["x"]}}, "pack.unknown_reference", "/holder/barred_by/0"),
        ({"ceilings": [ceiling(), ceiling()]}, "pack.twice", "/ceilings/1/id"),
        ({"ceilings": [ceiling(unit="H87")]}, "pack.choice", "/ceilings/0/unit"),
        ({"ceilings": [ceiling(measure="pieces")]}, "pack.choice", "/ceilings/0/unit"),
        ({"ceilings": [ceiling(measure="value")]}, "pack.kind", "/ceilings/0/unit"),
        ({"ceilings": [ceiling(measure="value", unit="H87")]}, "pack.kind", "/ceilings/0/unit"),
        ({"ceilings": [ceiling(element="Fe")]}, "pack.unknown_element", "/ceilings/0/element"),
        ({"ceilings": [ceiling(measure="product_mass", element="Dy")]}, "pack.contradiction", "/ceilings/0/element"),
        ({"ceilings": [ceiling(per="decade")]}, "pack.choice", "/ceilings/0/per"),
        ({"tolerance": "1.01"}, "pack.kind", "/tolerance"),
        ({"tolerance": 0.1}, "pack.kind", "/tolerance"),
        ({"counting_unit": "kg"}, "pack.kind", "/counting_unit"),
        ({"restores": ["hope"]}, "pack.choice", "/restores/0"),
        ({"done_when": "soon"}, "pack.choice", "/done_when"),
        ({"revocation_causes": ["x"]}, "pack.unknown_reference", "/revocation_causes/0"),
        (
            {"eligibility": [entry("x", any_of=[{"fact": "exporter_years", "op": "below", "figure": "2"}])]},
            "casework.op",
            "/eligibility/0/any_of/0/op",
        ),
        ({"eligibility": [entry("x", any_of=[])]}, "pack.kind", "/eligibility/0/any_of"),
        ({"reports": [report(by="x")]}, "pack.unknown_reference", "/reports/0/by"),
        ({"reports": [report(), report()]}, "pack.twice", "/reports/1/id"),
        ({"reports": [report(after="use")]}, "pack.contradiction", "/reports/0/after"),
        ({"reports": [report(after="transport")]}, "pack.contradiction", "/reports/0/after"),
        ({"reports": [report(after="arrival")]}, "pack.contradiction", "/reports/0/after"),
        ({"reports": [report(within={"count": 1, "unit": "working_day"})]}, "procedure.no_calendar", "/reports/0"),
    ],
)
def test_a_kind_of_licence_that_cannot_be_true_is_refused_with_its_place(fields, code, where):
    assert (code, "/procedure/licence_kinds/0" + where) in kind_refused(**fields)
