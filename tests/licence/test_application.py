"""Applications: whatever JSON is handed in gives an application or problems with places; and no fact is typed twice."""

import copy
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from licence.case_story import APPLICATION
from ytterby.law.completeness import judge_completeness
from ytterby.law.dossier import read_dossier
from ytterby.licence.application import (
    LINES_MAX,
    LOTS_MAX,
    PARTIES_MAX,
    ROLES,
    TEXT_MAX,
    Application,
    Line,
    PartyOnCase,
    dossier_of,
    read_application,
)
from ytterby.shell.site.law_packs import law_of, packaged_law
from ytterby.shell.site.packs import door_tables
from ytterby.shell.wording import LANGUAGES, sentence

LAW = Path(__file__).resolve().parents[1] / "law"
BOOK = packaged_law()
PROCEDURE, RULES = BOOK.procedures["CN-procedure"], BOOK.dossiers["CN-procedure"]
UNITS = door_tables().units
ON = date(2026, 11, 24)
PLAIN = json.loads(msgspec.json.encode(APPLICATION))
NAMES = {"urn:party:exporter": "Example Magnetics Co., Ltd.", "urn:party:user": "Example Antriebe GmbH"}


def name_of(party):
    return NAMES.get(party, "")


def read(value):
    return read_application(value, UNITS)


def refused(value):
    found, problems = read(value)
    assert found is None
    return [(one.code.removeprefix("application."), one.where.pointer) for one in problems]


def changed(**fields):
    return {**copy.deepcopy(PLAIN), **fields}


def with_line(**fields):
    value = copy.deepcopy(PLAIN)
    value["lines"][0].update(fields)
    return value


def with_party(**fields):
    value = copy.deepcopy(PLAIN)
    value["parties"][1].update(fields)
    return value


# Reading


def test_a_plain_application_is_read_as_it_was_written():
    assert read(PLAIN) == (APPLICATION, [])
    assert APPLICATION.exporter == "urn:party:exporter"
    assert APPLICATION.party_ids == ("urn:party:exporter", "urn:party:user")


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ([], [("form", "")]),
        (None, [("form", "")]),
        ("application", [("form", "")]),
        ({}, [("form", "")]),
        (changed(procedure=7), [("form", "/procedure")]),
        (changed(surprise=1), [("form", "")]),
        (changed(lines={}), [("form", "/lines")]),
        (with_line(quantity=900), [("form", "/lines/0/quantity")]),
        (with_line(lots=["a", 7]), [("form", "/lines/0/lots/1")]),
        (with_line(colour="red"), [("form", "/lines/0")]),
        (changed(schema="ytterby-application/2"), [("schema", "/schema")]),
        (with_line(quantity="0"), [("quantity", "/lines/0/quantity")]),
        (with_line(quantity="-1"), [("quantity", "/lines/0/quantity")]),
        (with_line(quantity="9e2"), [("quantity", "/lines/0/quantity")]),
        (with_line(quantity="NaN"), [("quantity", "/lines/0/quantity")]),
        (with_line(quantity=""), [("quantity", "/lines/0/quantity")]),
        (with_line(quantity="0.0000001"), [("places", "/lines/0/quantity")]),
        (with_line(unit="stone"), [("unit.unknown", "/lines/0/unit")]),
        (with_line(line=0), [("line_number", "/lines/0/line")]),
        (with_line(line=2), [("line_twice", "/lines")]),
        (with_line(value="much"), [("value", "/lines/0/value")]),
        (with_line(lots=["a", "a"]), [("lots", "/lines/0/lots")]),
        (with_line(lots=[str(n) for n in range(LOTS_MAX + 1)]), [("lots", "/lines/0/lots")]),
        (with_line(name="x" * (TEXT_MAX + 1)), [("too_long", "/lines/0/name")]),
        (with_line(specification="x" * (TEXT_MAX + 1)), [("too_long", "/lines/0/specification")]),
        (with_party(role="friend"), [("role", "/parties/1/role")]),
        (with_party(role="exporter"), [("exporters", "/parties")]),
        (with_party(country="Germany"), [("country", "/parties/1/country")]),
        (with_party(country="de"), [("country", "/parties/1/country")]),
        (with_party(party="", name=" "), [("nobody", "/parties/1/name")]),
        (changed(destination="XAA"), [("country", "/destination")]),
        (with_line(line=0, quantity="0", value="x"), [
            ("line_number", "/lines/0/line"), ("quantity", "/lines/0/quantity"), ("value", "/lines/0/value")]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(value, wrong):
    assert refused(value) == wrong


def test_what_is_just_within_its_limits_is_read():
    lots = [str(n) for n in range(LOTS_MAX)]
    line = {"name": "x" * TEXT_MAX, "quantity": "0.000001", "lots": lots, "value": "1.50", "line": 7}
    lines = [{**PLAIN["lines"][0], "line": n + 1} for n in range(LINES_MAX)]
    parties = [{"role": "end_user", "name": str(n)} for n in range(PARTIES_MAX)]
    for value in (with_line(**line), changed(lines=lines), changed(parties=parties), changed(lines=[], parties=[])):
        assert read(value)[1] == []
    more = [*lines, {**PLAIN["lines"][0], "line": LINES_MAX + 1}]
    assert refused(changed(lines=more)) == [("too_many", "/lines")]
    assert refused(changed(parties=[*parties, {"role": "end_user", "name": "one more"}])) == [("too_many", "/parties")]


JSON = st.recursive(
    # No decoder of JSON gives anything else: what is not finite is refused at the door (`terms.jsontext`).
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def places(value, at=()):
    """Yield the place of everything in JSON."""
    yield at
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in children:
        yield from places(one, (*at, name))


def replaced(value, at, other):
    if not at:
        return other
    found = copy.copy(value)
    found[at[0]] = replaced(value[at[0]], at[1:], other)
    return found


def points_into(pointer, value):
    """Tell whether a JSON pointer leads to something in a value, or to a field that it lacks."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    for number, part in enumerate(parts):
        if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            return number == len(parts) - 1
    return True


@given(JSON)
@example({"procedure": "x", "lines": [{}], "parties": []})
def test_any_json_gives_problems_and_no_exception(value):
    found, problems = read(value)
    assert (found is None) is bool(problems)
    for one in problems:
        assert all(all(sentence(one, language)) for language in LANGUAGES)
        assert points_into(one.where.pointer, value)


@settings(max_examples=150)
@given(st.sampled_from(list(places(PLAIN))), JSON)
def test_anything_in_any_place_gives_an_application_or_problems_that_point_there(at, other):
    value = replaced(PLAIN, at, other)
    found, problems = read(value)
    assert (found is None) is bool(problems)
    assert all(points_into(one.where.pointer, value) for one in problems)
    if found is not None:
        assert read(json.loads(msgspec.json.encode(found))) == (found, [])


# The dossier that is made of it


def judged(application, rules=RULES, procedure=PROCEDURE, book=BOOK):
    told = dossier_of(application, rules, name_of)
    value = json.loads(json.dumps(told), parse_float=Decimal)
    dossier, problems = read_dossier(value, procedure, rules, UNITS)
    assert dossier is not None, problems
    return told, judge_completeness(dossier, procedure, rules, book.end_uses, ON)


def sample(name):
    return json.loads((LAW / "dossiers" / f"{name}.json").read_text(encoding="utf-8"))


def application_of(dossier):
    """Return the application from which a dossier of the samples would have been made."""
    form = dossier["application"]
    held = {"applicant", "end_user", "destination", "end_use", "order_number", "freight_mode", "goods"}
    lines = [
        Line(
            number,
            row["name"] if isinstance(row["name"], str) else row["name"]["en"],
            row["quantity"]["amount"],
            row["quantity"]["unit"],
            specification=row.get("specification", ""),
            control_code=row.get("control_code", ""),
        )
        for number, row in enumerate(form["goods"], 1)
    ]
    use = form["end_use"]
    return Application(
        procedure=dossier["procedure"],
        licence_kind=dossier["kind"],
        destination=form["destination"],
        order=form["order_number"] if isinstance(form["order_number"], str) else form["order_number"][0],
        lines=tuple(lines),
        parties=(PartyOnCase("exporter", party="urn:party:exporter"), PartyOnCase("end_user", party="urn:party:user")),
        use=use if isinstance(use, dict) and "function" in use else {"text": use},
        freight_mode=form["freight_mode"],
        fields={name: value for name, value in form.items() if name not in held},
        documents=tuple(dossier["documents"]),
    )


def gaps_of(found):
    return [(one.severity.value, one.code, one.document, one.field) for one in found.gaps]


@pytest.mark.parametrize("name", ["complete", "names_and_gaps", "quantities_disagree", "vague_use"])
def test_the_dossier_of_an_application_lacks_what_the_one_filed_by_hand_lacks(name):
    by_hand = sample(name)
    value = json.loads(json.dumps(by_hand), parse_float=Decimal)
    dossier, problems = read_dossier(value, PROCEDURE, RULES, UNITS)
    assert problems == []
    wanted = judge_completeness(dossier, PROCEDURE, RULES, BOOK.end_uses, ON)
    _, found = judged(application_of(by_hand))
    assert (found.complete, found.kind) == (wanted.complete, wanted.kind)
    assert gaps_of(found) == gaps_of(wanted)


def texts(value):
    """Yield every text in JSON that stands for a fact, with the field it stands in."""
    if isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, str):
                yield name, one
            else:
                yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def test_no_fact_of_the_form_is_typed_twice():
    """What the dossier says of the application comes from one place of it: changed there it is changed everywhere."""
    one = application_of(sample("complete"))
    told, _ = judged(one)
    form = told["application"]
    assert form["applicant"] == NAMES["urn:party:exporter"]
    assert form["end_user"] == NAMES["urn:party:user"]
    assert form["goods"][0]["quantity"] == {"amount": "1200", "unit": "KGM"}
    # Names of registered parties come from the register and stand nowhere in the application.
    plain = json.dumps(msgspec.to_builtins(msgspec.structs.replace(one, documents=(), use={})))
    assert not any(name in plain for name in NAMES.values())
    marked = msgspec.structs.replace(
        one, destination="ZZ", order="MARK-1", freight_mode="rail",
        lines=(msgspec.structs.replace(one.lines[0], name="MARK-2", quantity="77", control_code="MARK-3"),),
    )  # fmt: skip
    before, after = (sorted(texts(dossier_of(each, RULES, name_of)["application"])) for each in (one, marked))
    assert len(before) == len(after)
    differ = {name for (name, old), (_, new) in zip(before, after, strict=True) if old != new}
    assert {"destination", "order_number", "freight_mode", "name", "amount", "control_code"} <= differ
    for mark in ("ZZ", "MARK-1", "MARK-2", "MARK-3", "77", "rail"):
        assert sum(text == mark for _, text in after) == 1, mark


def test_a_name_on_the_application_goes_before_that_of_the_register_and_several_stand_together():
    parties = (
        PartyOnCase("exporter", party="urn:party:exporter", name="Own name"),
        PartyOnCase("end_user", name="One"),
        PartyOnCase("end_user", name="Two"),
        PartyOnCase("end_user", party="urn:party:unknown"),
    )
    told = dossier_of(msgspec.structs.replace(application_of(sample("complete")), parties=parties), RULES, name_of)
    assert (told["application"]["applicant"], told["application"]["end_user"]) == ("Own name", "One; Two")


def test_what_no_field_of_the_form_is_called_is_refused_and_not_dropped():
    one = application_of(sample("complete"))
    slip = msgspec.structs.replace(one, fields={"aplicant": "Example Magnetics Co., Ltd."})
    told = dossier_of(slip, RULES, name_of)
    _, problems = read_dossier(json.loads(json.dumps(told)), PROCEDURE, RULES, UNITS)
    assert [(said.code, said.where.pointer) for said in problems] == [
        ("dossier.unknown_field", "/application/aplicant")
    ]


def test_an_empty_application_lacks_all_that_the_form_must_hold():
    empty = Application("CN-procedure", (), ())
    told, found = judged(empty)
    assert told["application"] == {}
    assert "kind" not in told
    assert found.complete == "no"


@pytest.mark.parametrize("role", [role for role in ROLES if role not in {"exporter", "intermediary"}])
def test_each_role_that_a_form_asks_for_goes_into_its_field(role):
    one = msgspec.structs.replace(APPLICATION, parties=(PartyOnCase(role, name="N. N."),))
    form = dossier_of(one, RULES, name_of).get("application", {})
    asks = role in RULES.documents[RULES.application].fields
    assert form.get(role) == ("N. N." if asks else None)


# Another law


def terra():
    book, problems = law_of(LAW / "packs" / "terra")
    assert problems == []
    return book


def test_the_same_code_makes_the_dossier_of_a_land_with_other_forms():
    book = terra()
    rules, procedure = book.dossiers["TERRA-procedure"], book.procedures["TERRA-procedure"]
    rows = [{"quantity": {"amount": "5", "unit": "KGM"}}, {"quantity": {"amount": "7", "unit": "KGM"}}]
    fields = {
        "shipper": "Terra Mines",
        "hull": "station",
        "shipments": rows,
        "total": {"amount": "12", "unit": "KGM"},
    }
    one = Application(
        "TERRA-procedure",
        (),
        (PartyOnCase("exporter", party="urn:party:exporter"),),
        licence_kind=next(iter(procedure.licence_kinds)),
        fields=fields,
    )
    told, found = judged(one, rules, procedure, book)
    # Nothing of a form that Terra has not: neither destination nor order nor applicant.
    assert told["application"] == fields
    assert not [gap for gap in gaps_of(found) if gap[2] == "plan"]
    less = msgspec.structs.replace(one, fields={**fields, "total": {"amount": "13", "unit": "KGM"}})
    assert ("disagrees", "quantity_differs") in {gap[:2] for gap in gaps_of(judged(less, rules, procedure, book)[1])}
    lacks = msgspec.structs.replace(one, fields={name: one for name, one in fields.items() if name != "shipper"})
    assert ("missing", "field_missing", "plan", "shipper") in gaps_of(judged(lacks, rules, procedure, book)[1])


def test_a_procedure_without_a_dossier_asks_for_no_form():
    told = dossier_of(APPLICATION, None, name_of)
    assert "application" not in told
    kept = dossier_of(msgspec.structs.replace(APPLICATION, fields={"note": "So."}), None, name_of)
    assert kept["application"] == {"note": "So."}
