"""Dossiers: what law makes missing, what practice asks for, what disagrees and what says too little; for both sides."""

import copy
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.law.completeness import documents_of, fold, judge_completeness
from ytterby.law.dossier import read_dossier
from ytterby.shell.site.completeness_answer import complete_json, procedure_of
from ytterby.shell.site.law_packs import law_of, packaged_law
from ytterby.shell.site.packs import door_tables

FOLDER = Path(__file__).parent
BOOK = packaged_law()
PROCEDURE = BOOK.procedures["CN-procedure"]
RULES = BOOK.dossiers["CN-procedure"]
ON = date(2026, 11, 24)
UNITS = door_tables().units
EXAMPLES = ("complete", "two_orders", "quantities_disagree", "vague_use", "names_and_gaps")


def example(name):
    return json.loads((FOLDER / "dossiers" / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)


def judge(value, book=BOOK, procedure=PROCEDURE, on=ON):
    rules = book.dossiers.get(procedure.id)
    dossier, problems = read_dossier(value, procedure, rules, UNITS)
    assert dossier is not None, problems
    return judge_completeness(dossier, procedure, rules, book.end_uses, on)


def told(found):
    return [(one.severity.value, one.code, one.document, one.field) for one in found.gaps]


def paper(value, name):
    return next(one["fields"] for one in value["documents"] if one["document"] == name)


def changed(**fields):
    """Return the complete dossier with fields of its certificate changed; None takes one away."""
    value = example("complete")
    held = paper(value, "end_user_certificate")
    held.update(fields)
    for name in [name for name, one in fields.items() if one is None]:
        del held[name]
    return value


# The examples


def test_a_complete_dossier_lacks_nothing():
    found = judge(example("complete"))
    assert (found.complete, found.kind, found.gaps) == ("yes", "individual", ())


def test_two_orders_on_one_certificate_are_found_by_practice():
    found = judge(example("two_orders"))
    assert ("asked", "several", "end_user_certificate", "order_number") in told(found)
    assert ("disagrees", "differs", "end_user_certificate", "order_number") in told(found)
    # With one end use for both, practice lets it pass, and it is said to be so.
    value = changed(order_number=["PO-2026-118", "PO-2026-121"])
    value["application"]["order_number"] = ["PO-2026-118", "PO-2026-121"]
    paper(value, "contract")["number"] = ["PO-2026-118", "PO-2026-121"]
    found = judge(value)
    assert told(found) == [("near", "several_same", "end_user_certificate", "order_number")]
    assert found.complete == "ask"


def test_quantities_that_disagree_are_told_with_both_sums():
    found = judge(example("quantities_disagree"))
    assert told(found) == [("disagrees", "quantity_differs", "end_user_certificate", "goods.quantity")]
    assert dict(found.gaps[0].facts) == {"value": "1250 KGM", "others": "1200 KGM", "tolerance": "0.05"}
    assert found.complete == "no"


def test_a_vague_use_is_told_element_by_element_and_word_by_word():
    found = judge(example("vague_use"))
    assert found.complete == "ask"
    assert {one.severity for one in found.gaps} == {"vague"}
    words = {dict(one.facts)["word"] for one in found.gaps if one.code.startswith("end_use_vague")}
    assert words == {"industrial use", "motors", "various"}
    missing = [one for one in found.gaps if one.code == "end_use_missing" and one.document == "application_form"]
    assert len(missing) == 5


def test_missing_by_law_comes_before_what_practice_asks_for():
    found = judge(example("names_and_gaps"))
    assert told(found) == [
        ("missing", "field_missing", "end_user_certificate", "no_transfer"),
        ("missing", "document_missing", "identity_proof", ""),
        ("disagrees", "differs", "end_user_certificate", "goods.control_code"),
        ("disagrees", "differs", "end_user_certificate", "goods.name"),
        ("asked", "untranslated", "contract", ""),
        ("near", "near", "end_user_certificate", "end_user"),
    ]
    assert found.gaps[0].article["en"] == "ECL article 16"
    assert all(one.trust.source for one in found.gaps)


# What is asked for


def test_an_empty_dossier_names_every_document_and_all_that_law_requires_in_it():
    found = judge({})
    assert found.complete == "no"
    wanted = {one for one in documents_of(PROCEDURE, "individual") if RULES.documents[one].when == "always"}
    assert {one.document for one in found.gaps if one.code == "document_missing"} == wanted
    for one in found.gaps:
        if one.code == "document_missing":
            named = {title["en"] for title in dict(one.names)["fields"]}
            required = {f.title["en"] for f in RULES.documents[one.document].fields.values() if f.is_required}
            assert required <= named
    assert ("missing", "kind_missing", "", "kind") in told(found)


@pytest.mark.parametrize("kind", list(PROCEDURE.licence_kinds))
def test_each_kind_asks_for_its_own_documents(kind):
    gaps = judge({"kind": kind}).gaps
    assert {one.document for one in gaps} == {
        one for one in documents_of(PROCEDURE, kind) if RULES.documents[one].when == "always"
    }
    practice = {one.document for one in gaps if one.severity == "asked"}
    assert practice == ({"introduction_of_parties"} if kind == "individual" else set())


def test_other_material_is_missing_only_where_somebody_asked_for_it():
    value = example("complete")
    assert judge(value).complete == "yes"
    assert told(judge({**value, "asked": ["other_material"]})) == [
        ("missing", "document_missing", "other_material", "")
    ]


def test_what_is_sensitive_is_never_asked_for():
    """Threat A1: nobody is told to hand in what an officer asks for in a case alone."""
    value = example("complete")
    value["documents"].append({"document": "other_material", "fields": {}})
    found = judge({**value, "asked": ["other_material"]})
    assert found.gaps == ()
    sensitive = {one.title["en"] for one in RULES.documents["other_material"].fields.values() if one.is_sensitive}
    assert len(sensitive) == 6
    (gap,) = judge({**example("complete"), "asked": ["other_material"]}).gaps
    assert dict(gap.names)["fields"] == ()


def required_fields():
    value = example("complete")
    held = {"application_form", *(one["document"] for one in value["documents"])}
    return [(d.id, f.id) for d in RULES.documents.values() if d.id in held for f in d.fields.values() if f.is_required]


@pytest.mark.parametrize(("document", "name"), required_fields())
def test_each_field_that_law_requires_is_missing_when_it_is_taken_away(document, name):
    value = example("complete")
    held = value["application"] if document == "application_form" else paper(value, document)
    head, _, rest = name.partition(".")
    for row in held[head] if rest else [held]:
        del row[rest or head]
    found = judge(value)
    assert ("missing", "field_missing", document, name) in told(found)
    assert found.complete == "no"


def test_an_undertaking_that_is_refused_is_not_given():
    assert told(judge(changed(no_wmd=False))) == [("missing", "field_missing", "end_user_certificate", "no_wmd")]


def test_what_practice_asks_for_is_asked_and_never_missing():
    found = judge(changed(stamped=None))
    assert told(found) == [("asked", "field_missing", "end_user_certificate", "stamped")]
    assert found.complete == "ask"


# What must agree


@pytest.mark.parametrize(
    ("written", "severity"),
    [
        ("EXAMPLE ANTRIEBE gmbh", None),
        ("Ｅｘａｍｐｌｅ Antriebe, GmbH.", None),
        ("Example Antriebe", "near"),
        ("Example Antriebe AG", "near"),
        ("Exampel Antriebe GmbH", "near"),
        ("Other Works SA", "disagrees"),
    ],
)
def test_names_are_equal_folded_near_without_legal_forms_and_else_another(written, severity):
    found = judge(changed(end_user=written))
    assert [one.severity for one in found.gaps if one.field == "end_user"] == ([] if severity is None else [severity])


def test_a_name_in_two_languages_is_equal_by_either():
    assert judge(changed(exporter="示例磁业有限公司")).gaps == ()
    (gap,) = judge(changed(exporter="示例磁业")).gaps
    assert gap.severity == "near"


@pytest.mark.parametrize(
    ("amount", "unit", "is_alike"),
    [
        ("1200", "KGM", True),
        ("1.2", "TNE", True),
        ("1200000", "GRM", True),
        ("1200.6", "KGM", True),
        ("1200.7", "KGM", False),
        ("1199", "KGM", False),
    ],
)
def test_quantities_are_compared_in_base_units_within_the_tolerance(amount, unit, is_alike):
    value = example("complete")
    paper(value, "end_user_certificate")["goods"][0]["quantity"] = {"amount": amount, "unit": unit}
    assert (judge(value).gaps == ()) == is_alike


def test_quantities_in_another_kind_of_unit_are_asked_about():
    value = example("complete")
    paper(value, "contract")["goods"][0]["quantity"] = {"amount": "60000"}
    assert told(judge(value)) == [("near", "units_differ", "contract", "goods.quantity")]


def test_several_certificates_are_added_up():
    value = example("complete")
    held = next(one for one in value["documents"] if one["document"] == "end_user_certificate")
    held["fields"]["goods"][0]["quantity"]["amount"] = "700"
    other = copy.deepcopy(held) | {"id": "EUC-8"}
    other["fields"]["goods"][0]["quantity"]["amount"] = "500"
    value["documents"].append(other)
    assert judge(value).gaps == ()
    # The same paper handed in twice is seen as such.
    value["documents"].append(copy.deepcopy(other))
    assert told(judge(value)) == [("disagrees", "quantity_differs", "end_user_certificate", "goods.quantity")]


def test_another_freight_mode_in_the_contract_disagrees_and_none_is_not_asked_for():
    value = example("complete")
    paper(value, "contract")["freight_mode"] = "air"
    assert told(judge(value)) == [("disagrees", "differs", "contract", "freight_mode")]
    del paper(value, "contract")["freight_mode"], value["application"]["freight_mode"]
    assert judge(value).gaps == ()


def test_a_document_in_another_language_needs_its_translation_and_one_without_a_language_is_asked_about():
    value = example("complete")
    held = next(one for one in value["documents"] if one["document"] == "end_user_certificate")
    held["translations"] = ["fr"]
    assert told(judge(value)) == [("asked", "untranslated", "end_user_certificate", "")]
    del held["language"], held["translations"]
    assert told(judge(value)) == [("asked", "language_missing", "end_user_certificate", "")]


def test_folding_takes_case_width_blanks_and_punctuation():
    assert fold("  Ａcme—Works,\tLTD. ") == "acme works ltd"


def test_a_name_in_a_script_that_cannot_be_compared_is_asked_about():
    value = changed(exporter="Example Magnetics Co., Ltd.")
    value["application"]["applicant"] = "示例磁业有限公司"
    assert {(one.code, one.severity, one.document) for one in judge(value).gaps} == {
        ("other_script", "near", "contract"),
        ("other_script", "near", "end_user_certificate"),
    }


def test_what_is_sensitive_stands_in_a_dossier_sealed_or_not_at_all():
    """Threats A1, S1: the plain value is refused and quoted nowhere; its digest is taken."""
    secret = "four of our customers"
    for plain in (secret, {"sealed": secret}, {"en": secret}, [secret], {"sealed": "0" * 64, "en": secret}):
        value = {"documents": [{"document": "other_material", "fields": {"customer_names": plain}}]}
        dossier, problems = read_dossier(value, PROCEDURE, RULES, UNITS)
        assert dossier is None
        assert [problem.code for problem in problems] == ["dossier.not_sealed"]
        assert secret not in str(problems)
    value = example("complete")
    sealed = {"customer_names": {"sealed": "0f" * 32}}
    value["documents"].append({"document": "other_material", "fields": sealed})
    assert judge({**value, "asked": ["other_material"]}).complete == "yes"


# Properties


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(EXAMPLES), st.randoms(use_true_random=False))
def test_the_order_of_documents_rows_and_fields_changes_nothing(name, random):
    value = example(name)
    before = judge(value)
    random.shuffle(value["documents"])
    for one in value["documents"]:
        items = list(one["fields"].items())
        random.shuffle(items)
        one["fields"] = dict(items)
    assert judge(value) == before


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_stating_a_field_never_makes_it_missing(data):
    value = example(data.draw(st.sampled_from(EXAMPLES)))
    held = data.draw(st.sampled_from(value["documents"]))
    known = RULES.documents[held["document"]].fields
    texts = [n for n, rule in known.items() if rule.value == "text" and "." not in n and not rule.is_sensitive]
    name = data.draw(st.sampled_from(texts))
    gone = held["fields"].pop(name, None)
    before = judge(value)
    held["fields"][name] = gone or data.draw(st.text(min_size=1, max_size=30).filter(str.strip))
    after = judge(value)
    missing = {one for one in told(after) if one[1] == "field_missing"}
    assert missing <= {one for one in told(before) if one[1] == "field_missing"}
    assert ("missing", "field_missing", held["document"], name) not in missing


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(EXAMPLES), st.data())
def test_handing_in_one_more_document_never_makes_one_missing(name, data):
    value = example(name)
    before = {one.document for one in judge(value).gaps if one.code == "document_missing"}
    value["documents"].append({"document": data.draw(st.sampled_from(sorted(PROCEDURE.documents))), "fields": {}})
    assert {one.document for one in judge(value).gaps if one.code == "document_missing"} <= before


# Days, other laws, the answer in words


@pytest.mark.parametrize("kind", ["individual", "general"])
def test_the_answer_says_everything_in_both_languages_with_its_source(kind):
    for name in (*EXAMPLES, ""):
        value = {**(example(name) if name else {}), "kind": kind}
        english, chinese = (complete_json(BOOK, PROCEDURE, value, ON, language)[0] for language in ("en", "zh"))
        assert [one["code"] for one in english["gaps"]] == [one["code"] for one in chinese["gaps"]]
        for one in english["gaps"] + chinese["gaps"]:
            assert one["text"]
            assert one["cure"]
            assert "?" not in one["text"].replace("?”", "")
            assert one["source"]
        assert all(pack["digest"] for pack in english["packs"])


def test_an_amount_is_worded_in_kilograms():
    (gap,) = complete_json(BOOK, PROCEDURE, example("quantities_disagree"), ON, "en")[0]["gaps"]
    assert gap["text"].startswith(
        "The end-user and end-use certificate sums to 1250 kg, the application form to 1200 kg"
    )


def test_terra_asks_for_its_own_plan_from_its_own_days_on():
    book, problems = law_of(FOLDER / "packs" / "terra")
    assert problems == []
    procedure = book.procedures["TERRA-procedure"]
    plan = {"shipper": "Orbital", "shipments": [{"quantity": {"amount": "2", "unit": "TNE"}}] * 2}
    value = {"procedure": "TERRA-procedure", "application": {**plan, "total": {"amount": "4000", "unit": "KGM"}}}
    # Its only kind of licence needs no naming, and the field of a later day is not asked for before it.
    assert judge(value, book, procedure, date(2025, 12, 31)).complete == "yes"
    assert told(judge(value, book, procedure, date(2026, 1, 1))) == [("missing", "field_missing", "plan", "hull")]
    value["application"] |= {"hull": "ship", "total": {"amount": "4001", "unit": "KGM"}}
    (gap,) = judge(value, book, procedure, date(2026, 1, 1)).gaps
    assert (gap.code, gap.severity, gap.rule) == ("quantity_differs", "disagrees", "TERRA-procedure:plan")


def test_a_procedure_without_rules_for_dossiers_asks_for_the_documents_of_its_steps():
    book, problems = law_of(FOLDER / "packs" / "group")
    assert problems == []
    procedure = book.procedures["HOUSE-procedure"]
    found = judge({}, book, procedure)
    assert told(found) == [("asked", "document_missing", "declaration", "")]
    assert found.complete == "ask"
    assert judge({"documents": [{"document": "declaration"}]}, book, procedure).complete == "yes"


def test_which_procedure_is_meant_is_told_or_the_only_one():
    assert procedure_of(BOOK, {}, None) is PROCEDURE
    assert procedure_of(BOOK, {}, "none") is None
    book, _ = law_of(FOLDER / "packs" / "terra")
    assert procedure_of(book, {}, None) is None
    assert procedure_of(book, {"procedure": "TERRA-procedure"}, None).id == "TERRA-procedure"
