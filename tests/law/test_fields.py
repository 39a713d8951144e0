"""Every field that anybody is asked for stands in the list with what it rests on, and nothing else stands there."""

import copy
import importlib
import json
from dataclasses import fields as fields_of_class
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from law.law_case import content_of, with_pack
from ytterby.balance import inquiry
from ytterby.balance.custody import Count, Hand, Result, Sample
from ytterby.balance.quota_ledger import QuotaEntry
from ytterby.balance.sampling_plan import Plan, Stratum
from ytterby.chain import envelope, event_fields, event_shape, sensor
from ytterby.chain import profile_terms as terms
from ytterby.chain.door import read_document
from ytterby.chain.product import Product
from ytterby.law import goods
from ytterby.law.basis import Basis
from ytterby.law.book import make_book
from ytterby.law.field_list import FACTS, fields_of_book, read_forms
from ytterby.law.pack_reader import read_pack
from ytterby.shell.actions import enrol
from ytterby.shell.portal.casework import application_form
from ytterby.shell.portal.law import due as due_page
from ytterby.shell.portal.screening import alerts as alerts_page
from ytterby.shell.portal.screening import names as names_page
from ytterby.shell.site.law_fields import (
    COLUMNS,
    SHEET_FORMS,
    column_words,
    field_list,
    field_rows,
    ground_rows,
    own_fields,
    without_words,
)
from ytterby.shell.site.law_packs import law_of, packaged_law, packaged_packs
from ytterby.shell.site.packs import door_tables, sheet_tables
from ytterby.terms.problem import Severity

BOOK = packaged_law()
LIST = field_list(BOOK)
FILES = {one.name: one for one in files("ytterby.law").joinpath("fields").iterdir() if one.name.endswith(".yaml")}


def names_of(form):
    return {one.name for one in LIST.of_form(form)}


# The parts of an event that are objects of their own, and where their fields stand in the list.
PARTS = {
    "readPoint": event_fields._PLACE_FIELDS,
    "bizLocation": event_fields._PLACE_FIELDS,
    "errorDeclaration": event_shape._ERROR_FIELDS,
    "persistentDisposition": event_shape._PERSISTENT_FIELDS,
    "sourceList": {"source", "type"},
    "destinationList": {"destination", "type"},
}
STEPS = {one.__struct_config__.tag: one.__struct_fields__ for one in inquiry.Step.__args__}
SHEETS = {
    form: {one.key for one in sheet_tables().of_sheet(kind)} | {"element", "element_u"}
    for kind, form in SHEET_FORMS.items()
}
# What the code itself asks for: form -> fields, read from the tables by which the code reads.
ASKED = {
    "epcis-document": envelope._DOCUMENT_FIELDS,
    "epcis-event": event_shape._ALL_FIELDS
    | {f"{part}/{name}" for part, names in PARTS.items() for name in names}
    | {f"ree:{term}" for term in terms.EVENT_TERMS},
    "epcis-quantity": event_fields._QUANTITY_FIELDS,
    "epcis-pair": {"bizTransaction", "type"},
    "epcis-sensor": sensor._ELEMENT
    | {f"sensorMetadata/{name}" for name in sensor._METADATA}
    | {f"sensorReport/{name}" for name in sensor._REPORT},
    "epcis-lot": terms.ILMD_TERMS.keys(),
    "epcis-assay": terms.ASSAY_TERMS.keys(),
    "epcis-use": terms.USE_TERMS.keys(),
    "epcis-sealed": {terms.SEALED},
    **SHEETS,
    **{
        f"enrolment-{one}": enrol.FIELDS[section]
        for one, section in (("party", "parties"), ("mandate", "mandates"), ("body", "bodies"), ("list", "lists"))
    },
    "enrolment-site": enrol.FIELDS["sites"] | {f"operations/{name}" for name in ("party", "start", "end")},
    "product": {one.name for one in fields_of_class(Product)},
    "goods": set(goods.FIELDS),
    "quota-entry": set(QuotaEntry._fields),
    "month-close": {"month"},
    "inquiry-step": {f"{tag}.{name}" for tag, names in STEPS.items() for name in names},
    "visit-count": set(Count.__struct_fields__),
    "visit-sample": set(Sample.__struct_fields__),
    "visit-hand": set(Hand.__struct_fields__),
    "visit-result": set(Result.__struct_fields__),
    "sampling-stratum": set(Stratum.__struct_fields__),
    "sampling-plan": set(Plan.__struct_fields__),
    "end-use": {*BOOK.end_uses["CN-end-use"].elements, "text"},
    "due-date": set(due_page.FIELDS),
    "compared-packs": {"old", "new", "file", "as"},
    "impact": {"change"},
    "asked-days": {"on", "known_on", "known_at", "transit_days", "q"},
    "sign-in": {"name", "password"},
    "screened-name": set(names_page.FIELDS),
    "opinion": set(alerts_page.FIELDS),
    "application": {*application_form.HEAD, *application_form.USE, "kind", "file"},
    "application-line": set(application_form.LINE),
    "application-party": set(application_form.PARTY),
    "licence-entry": {"line", "declaration", "quantity", "on", "site"},
    "licence-standing": {"reason", "text"},
    "customs-answer": {"codes"},
    "sign-in-code": {"code"},
    "list-judged": {"reason", "entry", "act"},
    FACTS: set(BOOK.facts),
    **{
        f"{rules.id}.{document}": set(entry.fields)
        for rules in BOOK.dossiers.values()
        for document, entry in rules.documents.items()
    },
}


@pytest.mark.parametrize("form", sorted(ASKED.keys() | LIST.forms.keys()))
def test_each_field_of_the_code_has_its_entry_and_each_entry_its_field(form):
    assert names_of(form) == set(ASKED[form])


def test_a_document_of_a_procedure_without_fields_of_its_own_says_on_what_it_rests():
    procedure = BOOK.procedures["CN-procedure"]
    assert {one.basis for one in procedure.documents.values()} <= {"law", "practice", "guidance"}
    assert set(BOOK.dossiers["CN-procedure"].documents) == set(procedure.documents)


def test_only_law_and_the_sense_of_the_entry_require():
    for one in LIST.rows:
        if one.is_required:
            requiring = [ground for ground in one.grounds if ground.is_required]
            assert {ground.basis for ground in requiring} <= {Basis.LAW, Basis.INTELLIGIBLE}, one
            assert requiring, one


def test_law_names_an_entry_of_a_pack_and_a_source():
    laws = [(one, ground) for one in LIST.rows for ground in one.grounds if ground.basis is Basis.LAW]
    assert len(laws) > 40
    for one, ground in laws:
        assert ground.rule in BOOK.entries, one
        assert ground.pack in BOOK.packs
        assert ground.trust is not None
        assert ground.trust.source


def test_what_is_sensitive_and_merely_practice_is_never_asked_by_default():
    sensitive = [one for one in LIST.rows if one.is_sensitive]
    assert {one.name for one in sensitive} >= {"plant_photos", "customer_names", "operations", "yearly_production"}
    for one in sensitive:
        assert Basis.LAW in one.bases or not one.is_asked, one
        assert not one.is_required
    # What the procedure says that nobody is asked for, the dossier does not ask for either.
    unasked = [p for p in BOOK.procedures["CN-procedure"].provisions.values() if not p.is_asked]
    held = {f.title["en"]: f for d in BOOK.dossiers["CN-procedure"].documents.values() for f in d.fields.values()}
    assert len(unasked) == 7
    assert not [f for f in held.values() if f.is_asked and f.trust.source in {p.trust.source for p in unasked}]


def test_whoever_needs_a_field_is_a_module_that_exists():
    modules = {name for one in LIST.rows for name in one.read_by}
    assert len(modules) > 25
    for name in modules:
        assert importlib.import_module(f"ytterby.{name}").__doc__


def test_whatever_is_needed_says_in_both_languages_what_gets_worse():
    for one in LIST.rows:
        if Basis.NEED in one.bases:
            assert one.read_by, one
            assert one.without is not None, one
            assert all(one.without[language].strip() for language in ("en", "zh"))
        assert all(one.title[language].strip() for language in ("en", "zh"))
        assert one.grounds, one
        assert Basis.VOLUNTARY not in one.bases or len(one.bases) == 1, one


def test_a_field_that_the_door_requires_is_called_required():
    """Of a good event each field that the list requires is taken away in turn: the door refuses."""
    event = {
        "type": "ObjectEvent", "eventTime": "2026-03-01T08:00:00Z", "eventTimeZoneOffset": "+00:00",
        "action": "OBSERVE", "bizStep": "shipping", "readPoint": {"id": "https://id.gs1.org/414/9520000010010"},
        "quantityList": [
            {"epcClass": "https://id.gs1.org/01/09520000012342/10/L1", "quantity": 2, "uom": "KGM"}
        ],
    }  # fmt: skip
    document = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "EPCISDocument",
        "schemaVersion": "2.0", "creationDate": "2026-03-01T08:00:00Z", "epcisBody": {"eventList": [event]},
    }  # fmt: skip

    def refused(told):
        outcome = read_document(json.dumps(told).encode(), door_tables())
        return [p.code for p in outcome.all_problems if p.severity is Severity.REFUSE]

    assert refused(document) == []
    for name in (one.name for one in LIST.of_form("epcis-document") if one.is_required):
        assert refused({key: value for key, value in document.items() if key != name}), name
    optional = []
    for one in LIST.of_form("epcis-event"):
        if one.name in event:
            told = {key: value for key, value in event.items() if key != one.name}
            is_refused = bool(refused({**document, "epcisBody": {"eventList": [told]}}))
            assert is_refused or not one.is_required, one.name
            optional += [] if is_refused else [one.name]
    assert optional == ["bizStep", "readPoint"]


# The list as lawyers and forms use it


def test_a_row_for_each_reason_names_where_it_stands():
    rows = ground_rows(field_rows(BOOK, "en"))
    assert all(tuple(sorted(row)) == tuple(sorted(COLUMNS)) for row in rows)
    law = [row for row in rows if row["basis"] == "law"]
    assert all(row["rule"] and row["source"] and row["confidence"] for row in law)
    assert len(rows) > len(LIST.rows)


def test_a_form_or_a_basis_narrows_the_list():
    assert {row["form"] for row in field_rows(BOOK, "en", form="goods")} == {"goods"}
    law = field_rows(BOOK, "zh", basis="law")
    assert law
    assert all("law" in row["basis"] for row in law)
    assert field_rows(BOOK, "en", form="none") == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_optional_field_of_a_sheet_says_what_gets_worse_or_is_voluntary(language):
    for form in SHEET_FORMS.values():
        said = column_words(BOOK, form, language)
        for one in LIST.of_form(form):
            if one.is_required:
                assert said[one.name] is None
            elif one.bases != (Basis.VOLUNTARY,):
                assert said[one.name], one.name
    assert "form" not in without_words(BOOK, "goods", language)


# Bad files, and packs that say of fields what cannot be


def own(**changes):
    row = {"field": "a", "title": {"en": "a", "zh": "甲"}, "voluntary": True}
    row = {key: value for key, value in {**row, **changes}.items() if value is not None}
    form = {"id": "f", "title": {"en": "f", "zh": "表"}, "fields": [row]}
    return {"schema": "ytterby-fields/1", "forms": [form]}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"required": True}, "fields.required_without_law"),
        ({"practice": "press", "required": True, "voluntary": None}, "fields.required_without_law"),
        ({"need": "law.goods", "voluntary": None}, "fields.need_without_words"),
        ({"practice": "press"}, "pack.contradiction"),
        ({"same_as": "f#b"}, "fields.same_as_nothing"),
        ({"same_as": "f#a"}, "fields.same_as_nothing"),
        ({"title": None}, "pack.missing_field"),
        ({"why": "x"}, "pack.unknown_field"),
    ],
)
def test_a_bad_entry_is_refused(changes, code):
    assert code in [problem.code for problem in read_forms([own(**changes)])[1]]


def test_a_field_that_rests_on_nothing_is_refused_once_the_packs_are_known():
    bare, problems = read_forms([own(voluntary=None)])
    assert problems == []
    assert "fields.no_basis" in [problem.code for problem in fields_of_book(bare, BOOK)[1]]


def test_a_field_stands_once():
    content = own()
    content["forms"][0]["fields"] *= 2
    assert [problem.code for problem in read_forms([content])[1]] == ["pack.twice"]


def basis(**changes):
    row = {"id": "own", "form": "goods", "fields": ["hs"], "basis": "law", "rule": "CN-18"}
    row |= {"source": "s", "confidence": "read"}
    return {key: value for key, value in {**row, **changes}.items() if value is not None}


def pack_with(**sections):
    title = {"en": "own", "zh": "自有"}
    return {
        "schema": "ytterby-pack/1",
        "id": "own",
        "group": "own",
        "title": title,
        "knows": {"from": "2026-01-01", "to": "2026-12-31"},
        **sections,
    }


def test_a_pack_adds_a_basis_and_the_field_is_then_required_by_law():
    book = with_pack(pack_with(field_basis=[basis(required=True)]))
    found, problems = fields_of_book(own_fields(), book)
    assert problems == []
    held = found.find("goods", "hs")
    assert held is not None
    assert held.is_required
    assert held.bases[0] is Basis.LAW
    assert field_list(BOOK).find("goods", "hs").is_required is False


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (basis(rule=None), "fields.law_without_rule"),
        (basis(basis="practice"), "fields.law_without_rule"),
        (basis(basis="practice", rule=None, required=True), "fields.required_without_law"),
        (basis(basis="need"), "pack.choice"),
    ],
)
def test_a_basis_that_cannot_be_is_refused_with_the_pack(row, code):
    assert code in [problem.code for problem in read_pack(pack_with(field_basis=[row]))[1]]


def test_law_that_no_pack_holds_is_refused():
    pack, problems = read_pack(pack_with(field_basis=[basis(rule="CN-none")]))
    assert problems == []
    assert [one.code for one in make_book([*packaged_packs(), pack])[1]] == ["pack.unknown_reference"]


@pytest.mark.parametrize("row", [basis(fields=["none"]), basis(form="none")])
def test_a_basis_of_a_field_that_no_form_has_is_refused_with_its_place(tmp_path, row):
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(pack_with(field_basis=[row])), encoding="utf-8")
    _, (problem,) = law_of(tmp_path)
    assert problem.code == "pack.unknown_reference"
    assert problem.where.pointer == "/field_basis/0/fields/0"


@pytest.mark.parametrize("name", ["terra", "group"])
def test_packs_of_another_law_bring_their_own_or_none(name):
    book, problems = law_of(Path(__file__).parent / "packs" / name)
    assert problems == []
    assert fields_of_book(own_fields(), book)[1] == []


def test_what_two_packs_say_comes_out_alike_in_any_order():
    packs = list(packaged_packs())
    forward, backward = (make_book(order)[0] for order in (packs, packs[::-1]))
    assert fields_of_book(own_fields(), forward)[0].rows == fields_of_book(own_fields(), backward)[0].rows


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None)
@given(st.data(), JSON)
def test_a_file_with_one_value_spoilt_loads_or_says_why(data, value):
    name = data.draw(st.sampled_from(sorted(FILES)))
    content = yaml.safe_load(FILES[name].read_text(encoding="utf-8"))
    content = {**content, "forms": content["forms"][:1]}
    form = copy.deepcopy(content["forms"][0])
    row = data.draw(st.integers(0, len(form["fields"]) - 1))
    place = data.draw(st.sampled_from(["form", "row", *form["fields"][row]]))
    if place == "form":
        form["fields"] = value
    elif place == "row":
        form["fields"][row] = value
    else:
        form["fields"][row][place] = value
    _, problems = read_forms([{**content, "forms": [form]}])
    assert all(problem.code for problem in problems)


def test_steps_of_a_case_are_all_in_the_list():
    assert all(issubclass(one, msgspec.Struct) for one in inquiry.Step.__args__)
    assert content_of("cn-fields")["field_basis"]
