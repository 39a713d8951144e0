"""Dossiers and rules for dossiers that cannot be: each refused with its place, none of them an exception."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.law_case import content_of
from ytterby.law.completeness import judge_completeness
from ytterby.law.dossier import read_dossier
from ytterby.law.pack_reader import read_pack
from ytterby.shell.site.completeness_answer import complete_json
from ytterby.shell.site.law_packs import packaged_law
from ytterby.shell.site.packs import door_tables

FOLDER = Path(__file__).parent
BOOK = packaged_law()
PROCEDURE = BOOK.procedures["CN-procedure"]
RULES = BOOK.dossiers["CN-procedure"]
ON = date(2026, 11, 24)
UNITS = door_tables().units


def example(name):
    return json.loads((FOLDER / "dossiers" / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)


def judge(value):
    dossier, problems = read_dossier(value, PROCEDURE, RULES, UNITS)
    assert dossier is not None, problems
    return judge_completeness(dossier, PROCEDURE, RULES, BOOK.end_uses, ON)


# Bad input


@pytest.mark.parametrize(
    ("value", "code", "where"),
    [
        ([], "dossier.kind", ""),
        ({"kinds": "individual"}, "dossier.unknown_field", "/kinds"),
        ({"kind": "bulk"}, "dossier.choice", "/kind"),
        ({"kind": ["individual"]}, "dossier.choice", "/kind"),
        ({"asked": "contract"}, "dossier.kind", "/asked"),
        ({"asked": ["letter"]}, "dossier.choice", "/asked/0"),
        ({"documents": {}}, "dossier.kind", "/documents"),
        ({"documents": ["contract"]}, "dossier.kind", "/documents/0"),
        ({"documents": [{}]}, "dossier.missing_field", "/documents/0"),
        ({"documents": [{"document": "letter"}]}, "dossier.choice", "/documents/0/document"),
        ({"documents": [{"document": "contract", "language": "English"}]}, "dossier.kind", "/documents/0/language"),
        ({"documents": [{"document": "contract", "id": 7}]}, "dossier.kind", "/documents/0/id"),
        ({"application": {"aplicant": "x"}}, "dossier.unknown_field", "/application/aplicant"),
        ({"application": {"applicant": 7}}, "dossier.kind", "/application/applicant"),
        ({"application": {"applicant": {"fr": "x"}}}, "dossier.kind", "/application/applicant"),
        ({"application": {"destination": "Germany"}}, "dossier.kind", "/application/destination"),
        ({"application": {"freight_mode": "boat"}}, "dossier.choice", "/application/freight_mode"),
        ({"application": {"goods": {}}}, "dossier.kind", "/application/goods"),
        ({"application": {"goods": [{"nam": "x"}]}}, "dossier.unknown_field", "/application/goods/0/nam"),
        ({"application": {"goods": [{"quantity": 12}]}}, "dossier.kind", "/application/goods/0/quantity"),
        (
            {"application": {"goods": [{"quantity": {"amount": "1e9"}}]}},
            "dossier.kind",
            "/application/goods/0/quantity/amount",
        ),
        (
            {"application": {"goods": [{"quantity": {"amount": "1", "unit": "ZZZ"}}]}},
            "unit.unknown",
            "/application/goods/0/quantity/unit",
        ),
        ({"application": {"end_use": {"product": 7}}}, "end_use.kind", "/application/end_use/product"),
        ({"application": {"applicant": ["x"] * 21}}, "dossier.kind", "/application/applicant"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(value, code, where):
    dossier, problems = read_dossier(value, PROCEDURE, RULES, UNITS)
    assert dossier is None
    assert (code, where) in [(problem.code, problem.where.pointer) for problem in problems]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def places(value, place=()):
    """Yield the way to every value inside a value."""
    yield place
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        yield from places(one, (*place, key))


@settings(max_examples=300, deadline=None)
@given(st.data(), JSON)
def test_a_dossier_with_one_value_spoilt_is_judged_or_says_why(data, spoilt):
    value = {"": example("complete")}
    *way, last = data.draw(st.sampled_from(list(places(value))[1:]))
    held = value
    for key in way:
        held = held[key]
    held[last] = spoilt
    answer, problems = complete_json(BOOK, PROCEDURE, value[""], ON, "en")
    assert (answer is None) == bool(problems)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_nothing_that_json_brings_raises(value):
    answer, problems = complete_json(BOOK, PROCEDURE, value, ON, "zh")
    assert (answer is None) == bool(problems)


def test_the_largest_dossier_takes_bounded_time_and_a_larger_one_is_refused():
    value = example("complete")
    held = next(one for one in value["documents"] if one["document"] == "end_user_certificate")
    row = held["fields"]["goods"][0]
    held["fields"]["goods"] = [{**row, "name": f"{'magnet ' * 40}{n}"} for n in range(200)]
    contract = next(one for one in value["documents"] if one["document"] == "contract")
    contract["fields"]["goods"] = [{"name": f"{'rotor ' * 40}{n}", "quantity": {"amount": "6"}} for n in range(200)]
    start = process_time()
    judge(value)
    assert process_time() - start < 5
    value["documents"] = [held] * 30
    _, problems = read_dossier(value, PROCEDURE, RULES, UNITS)
    assert [problem.code for problem in problems] == ["dossier.too_large"]


# Bad rules


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda d: d.update(application="letter"), "pack.unknown_reference"),
        (lambda d: d["documents"].append(d["documents"][0]), "pack.twice"),
        (lambda d: d["documents"][0]["fields"].append(d["documents"][0]["fields"][0]), "pack.twice"),
        (lambda d: d["documents"][0]["fields"][0].pop("rule"), "fields.law_without_rule"),
        (lambda d: d["documents"][0]["fields"][5].update(required=True), "fields.required_without_law"),
        (lambda d: d["documents"][5]["fields"][0].pop("asked"), "fields.sensitive_asked"),
        (lambda d: d["documents"][0]["fields"][0].update(choices=["a"]), "pack.contradiction"),
        (lambda d: d["documents"][0]["fields"][0].update(effective="2026-01-01", until="2025-01-01"),
         "pack.dates_reversed"),
        (lambda d: d["checks"][0].pop("in"), "pack.missing_field"),
        (lambda d: d["checks"][0].update({"in": ["contract#letter"]}), "pack.unknown_reference"),
        (lambda d: d["checks"][1].update({"in": ["contract#number"]}), "pack.kind"),
        (lambda d: d["checks"][1].update(near="1.5"), "pack.kind"),
        (lambda d: d["checks"][4].pop("tolerance"), "pack.missing_field"),
        (lambda d: d["checks"][4].update({"in": ["contract#number", "contract#seller"]}), "pack.contradiction"),
        (lambda d: d["checks"][11].update({"in": ["letter"]}), "pack.unknown_reference"),
        (lambda d: d["checks"][0].update(basis="law"), "fields.law_without_rule"),
    ],
)  # fmt: skip
def test_bad_rules_are_refused_with_the_pack(spoil, code):
    content = content_of("cn-dossier")
    spoil(content["dossier"])
    assert code in [problem.code for problem in read_pack(content)[1]]


@settings(max_examples=150, deadline=None)
@given(st.data(), JSON)
def test_rules_with_one_value_spoilt_load_or_say_why(data, spoilt):
    content = content_of("cn-dossier")
    *way, last = data.draw(st.sampled_from([one for one in places(content) if one[:1] in {("dossier",), ("end_use",)}]))
    held = content
    for key in way:
        held = held[key]
    held[last] = spoilt
    pack, problems = read_pack(content)
    assert (pack is None) == bool(problems)
