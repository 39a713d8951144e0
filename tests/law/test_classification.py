"""What goods are: the oracle's vectors (vectors/law.jsonl of the project's domain), the issue's examples, the edges."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from law.law_case import classified, content_of, with_pack
from ytterby.law.law_vector import compute_law, expected_of_law
from ytterby.shell.site.law_packs import packaged_law

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "law.jsonl"
LATE = "2026-11-20"


def magnet(**elements: float) -> dict[str, object]:
    return {"form": "magnet", "magnet_type": "NdFeB", "elements": elements, "built_in": False}


def test_every_vector_of_the_oracle_agrees():
    rows = [json.loads(line, parse_float=Decimal) for line in VECTORS.read_text().splitlines()]
    computed = compute_law(rows, packaged_law())
    for row, got, wanted in zip(rows, computed, expected_of_law(rows), strict=True):
        expected = wanted if isinstance(wanted, str) else {key: got[key] for key in wanted} | wanted
        assert (got if isinstance(wanted, str) else {key: got[key] for key in wanted}) == expected, row


# The examples, on 2026-11-20


def test_a_magnet_with_dysprosium_is_controlled_and_says_what_would_free_it():
    found = classified(magnet(Nd=29.0, Dy=2.1) | {"u": {"Dy": 0.05}}, LATE)
    assert (found.answer, found.codes, found.by) == ("controlled", ("1C905.a",), "law")
    (beside,) = found.beside
    assert (beside.elements, beside.value, beside.limit) == (("Dy", "Tb"), Decimal("2.1"), Decimal("0.1"))
    assert {reason.trust.confidence for reason in found.reasons} == {"read", "practice"}


def test_a_magnet_below_the_trace_is_free_by_practice_and_never_by_law():
    found = classified(magnet(Nd=30.0, Dy=0.03, Tb=0.01) | {"u": {"Dy": 0.005, "Tb": 0.005}}, LATE)
    assert (found.answer, found.codes, found.by) == ("not_controlled", (), "practice")
    assert any(reason.trust.confidence == "practice" for reason in found.reasons)


def test_a_moulded_sensor_is_free_by_guidance():
    found = classified({"form": "assembly", "magnet_type": "SmCo", "elements": {"Sm": 5.0}, "built_in": True}, LATE)
    assert (found.answer, found.by) == ("not_controlled", "guidance")
    assert "generally" in found.reasons[0].trust.note


def test_a_sensor_of_which_only_the_type_of_magnet_is_stated_is_free_by_guidance_too():
    assert classified({"form": "assembly", "magnet_type": "SmCo", "built_in": True}, LATE).by == "guidance"
    found = classified({"form": "assembly", "elements": {"Ho": 1}, "built_in": True}, LATE)
    assert (found.answer, {one.reading: one.answer for one in found.readings}["ended"]) == ("ask", "ask")


def test_holmium_oxide_is_disputed_and_names_both_readings_and_who_may_settle_it():
    found = classified({"form": "oxide", "elements": {"Ho": 87.0}}, LATE)
    assert (found.answer, found.codes) == ("disputed", ("1C909.b",))
    assert {one.reading: one.answer for one in found.readings} == {"ended": "controlled", "extended": "not_controlled"}
    assert found.settled_by


def test_the_same_oxide_before_the_reported_extension_was_known_is_controlled():
    assert classified({"form": "oxide", "elements": {"Ho": 87.0}}, LATE, "2026-09-23").answer == "controlled"


def test_an_item_whose_rule_is_suspended_is_free_and_the_suspension_is_the_reason():
    found = classified({"form": "oxide", "elements": {"Ho": 87.0}})
    assert found.answer == "not_controlled"
    assert any(getattr(reason.text, "key", "").startswith("suspended") for reason in found.reasons)


# Limits and their uncertainty


@pytest.mark.parametrize(
    ("dy", "u", "answer"),
    [
        (0.1, 0, "ask"),  # the limit exactly
        (0.11, 0.005, "ask"),  # within k u above
        (0.09, 0.005, "ask"),  # within k u below
        (0.111, 0.005, "controlled"),
        (0.089, 0.005, "not_controlled"),
        (0.0, 0, "not_controlled"),
    ],
)
def test_a_result_within_its_uncertainty_of_the_limit_is_asked_about(dy, u, answer):
    assert classified(magnet(Nd=30, Dy=dy) | {"u": {"Dy": u}}).answer == answer


def test_contents_are_compared_as_decimals():
    # In binary 0.07 + 0.03 is more than 0.1; as decimals it is the limit.
    assert classified(magnet(Nd=30, Dy=0.07, Tb=0.03)).answer == "ask"


def test_the_coverage_factor_and_the_limit_are_the_packs():
    content = content_of("cn-18")
    content["parameters"]["heavy-trace"]["value"] = "3"
    book = with_pack(content)
    assert classified(magnet(Nd=29.0, Dy=2.1), book=book).answer == "not_controlled"
    assert classified(magnet(Nd=29.0, Dy=2.1)).answer == "controlled"


# Systems, closed and open lists


@pytest.mark.parametrize(
    ("goods", "answer", "codes"),
    [
        ({"system": "Dy-Fe"}, "controlled", ("1C905.a",)),
        ({"system": "Fe-Dy"}, "controlled", ("1C905.a",)),
        ({"system": "Dy-Fe", "elements": {"Dy": 80, "Fe": 19.2, "Nd": 0.8}}, "controlled", ("1C905.a",)),
        ({"elements": {"Dy": 80, "Fe": 20}}, "controlled", ("1C905.a",)),
        ({"system": "Nd-Dy-Fe"}, "ask", ()),
        ({"system": "Dy-Fe", "elements": {"Dy": 80, "Fe": 10, "Nd": 10}}, "ask", ()),
        ({"system": "Dy-Fe", "elements": {"Dy": 80, "Fe": 19, "Nd": 0.9}, "u": {"Nd": 0.1}}, "ask", ()),
        ({"elements": {"Dy": 20}}, "ask", ()),  # what the rest is, nobody said
        ({"system": "Dy-Zn"}, "not_controlled", ()),
        ({"system": "Nd-Fe", "elements": {"Nd": 80, "Fe": 19.5, "Dy": 0.5}}, "not_controlled", ()),
        ({"system": "Tb-Dy-Fe"}, "controlled", ("1C905.a",)),
    ],
)
def test_a_system_matches_when_the_sets_are_equal_and_more_is_asked_about(goods, answer, codes):
    found = classified({"form": "alloy", **goods})
    assert (found.answer, found.codes) == (answer, codes)


def test_what_a_suspended_rule_would_leave_in_doubt_does_not_make_the_answer_practice():
    found = classified({"form": "alloy", "elements": {"Ho": 20, "Cu": 79.5}, "u": {"Ho": 0.1, "Cu": 0.1}})
    assert (found.answer, found.by) == ("not_controlled", "law")
    assert classified({"form": "alloy", "elements": {"Ho": 20}}).by == "law"


def test_whoever_says_metal_says_that_the_rest_is_impurities():
    assert classified({"form": "metal", "elements": {"Dy": 98.5}}).codes == ("1C905.a",)
    assert classified({"form": "metal", "elements": {"Nd": 78, "Pr": 20, "Dy": 2}}).answer == "ask"
    assert classified({"form": "metal", "elements": {"Nd": 99.5, "Dy": 0.2}}).by == "practice"


def test_an_impurity_that_frees_an_alloy_frees_it_by_practice():
    goods = {"form": "alloy", "system": "Nd-Fe", "elements": {"Nd": 80, "Fe": 19.5, "Dy": 0.5}}
    assert classified(goods).by == "practice"


def test_open_lists_take_any_content_above_its_uncertainty():
    assert classified({"form": "oxide", "elements": {"La": 85, "Y": 0.01}}).codes == ("1C908.b",)
    assert classified({"form": "oxide", "elements": {"La": 85, "Y": 0.01}, "u": {"Y": 0.01}}).answer == "ask"
    assert classified({"form": "compound", "formula": "GdCl3.6H2O"}).codes == ("1C903.c",)


def test_several_codes_at_once():
    assert classified({"form": "oxide", "elements": {"Dy": 40, "Tb": 40}}).codes == ("1C904.b", "1C905.b")
    assert classified(magnet(Nd=28, Dy=2, Tb=1)).codes == ("1C904.a", "1C905.a")


def test_a_sure_code_beside_a_disputed_one_is_controlled_with_both():
    found = classified({"form": "oxide", "elements": {"Dy": 40, "Ho": 40}}, LATE)
    assert (found.answer, found.codes) == ("controlled", ("1C905.b", "1C909.b"))


# What nobody has read, or names


@pytest.mark.parametrize(
    "goods",
    [
        {"form": "alloy", "system": "Tm-Al"},
        {"form": "alloy", "system": "Yb-Al"},
        {"form": "target", "system": "Yb"},
        {"form": "magnet", "magnet_type": "NdFeB", "elements": {"Nd": 28, "Yb": 1}},
    ],
)
def test_a_list_that_was_not_read_is_unknown_and_never_free(goods):
    # The suspension was not known on that day, so that the rule is in force.
    assert classified(goods, "2025-11-20", "2025-11-01").answer == "unknown"
    assert classified(goods, LATE).answer == "unknown"


@pytest.mark.parametrize("form", ["flake", "powder"])
def test_feed_of_magnets_above_the_practice_limit_is_asked_about(form):
    goods = {"form": form, "elements": {"Nd": 29, "Fe": 66, "B": 1, "Dy": 3}}
    assert classified(goods).answer == "ask"
    below = classified({"form": form, "elements": {"Nd": 29, "Fe": 66, "B": 1, "Dy": 0.01}})
    assert (below.answer, below.by) == ("not_controlled", "practice")


def test_swarf_with_a_controlled_element_is_asked_about_since_no_item_names_it():
    found = classified({"form": "swarf", "elements": {"Nd": 25, "Dy": 1}})
    assert found.answer == "ask"
    assert any("no item names swarf" in reason.text["en"] for reason in found.reasons if isinstance(reason.text, dict))
    assert classified({"form": "swarf", "elements": {"Nd": 25}}).answer == "not_controlled"


@pytest.mark.parametrize(
    ("form", "elements"), [("assembly", {"Nd": 8, "Dy": 0.6}), ("catalyst", {"Y": 2}), ("phosphor", {"Y": 44})]
)
def test_before_the_guidance_its_goods_are_asked_about_and_from_its_day_they_are_free(form, elements):
    goods = {"form": form, "elements": elements}
    assert classified(goods, "2025-09-15").answer == "ask"
    assert classified(goods, "2025-09-16").by == "guidance"
    assert classified(goods, "2025-09-16", "2025-09-15").answer == "ask"


def test_an_assembly_of_loose_magnets_is_asked_about():
    assert classified({"form": "assembly", "elements": {"Sm": 5}, "built_in": False}).answer == "ask"


@pytest.mark.parametrize("form", ["equipment", "technology"])
def test_what_no_composition_tells_is_asked_about_while_its_rule_is_in_force(form):
    assert classified({"form": form}, "2025-11-20", "2025-11-01").answer == "ask"
    assert classified({"form": form}).answer == "not_controlled"


def test_goods_of_which_nobody_says_what_they_hold_are_unknown():
    assert classified({"form": "oxide"}).answer == "unknown"
    assert classified({"form": "magnet", "magnet_type": "NdFeB"}).answer == "unknown"
    assert classified({"form": "magnet", "magnet_type": "SmCo"}).codes == ("1C902.a",)


def test_a_magnet_of_unstated_type_is_asked_about_where_its_type_would_decide():
    assert classified({"form": "magnet", "elements": {"Nd": 30, "Dy": 2}}).answer == "ask"
    assert classified({"form": "magnet", "elements": {"Nd": 30}}).answer == "not_controlled"


def test_a_tariff_code_and_a_note_decide_nothing():
    plain = magnet(Nd=29.0, Dy=2.1)
    hinted = plain | {"hs": "8505119000", "note": "free", "origin": "DE"}
    hinted |= {"value": {"currency": "EUR", "price_basis": "EXW", "amount": 12}}
    assert classified(plain).codes == classified(hinted).codes


def test_what_was_recalled_stays_marked_in_the_answer():
    found = classified({"form": "oxide", "elements": {"Dy": 87}})
    assert "recalled" in {reason.trust.confidence for reason in found.reasons}
