"""How an office works on a procedure, as packs tell it: the packaged one, two of nobody, and what is refused."""

import copy
import json
import string
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.law_case import codes_of, content_of, pack_of
from law.test_pack import VALUES, pack_with, places
from law.test_procedure import PACKAGED, entry, procedure, words
from shell.cli.conftest import run
from ytterby.law.book import LawBook, calendar_problems
from ytterby.law.casework_fact import CASE_FACTS, FactShape, Op, ops_of
from ytterby.law.casework_rule import ELEMENTS, Check, Phase, ReasonKind
from ytterby.law.pack_diff import diff_packs
from ytterby.law.pack_reader import read_pack
from ytterby.law.span import Span
from ytterby.law.trust import Confidence
from ytterby.licence.customs_file_rules import read_file_rules
from ytterby.shell.site.law_entry import find_entry
from ytterby.shell.site.law_packs import law_of, packaged_law

FOLDERS = Path(__file__).parent / "packs"


@pytest.fixture(scope="module")
def packaged():
    return packaged_law().procedures["CN-procedure"]


@pytest.fixture(scope="module")
def terra():
    return law_of(FOLDERS / "terra")[0].procedures["TERRA-procedure"]


@pytest.fixture(scope="module")
def house():
    return law_of(FOLDERS / "group")[0].procedures["HOUSE-procedure"]


# What the packaged one says. Sources: procedure.yaml, regulation.md section 4 and casework.md of this project.


def test_china_has_every_phase_and_blocks_by_every_check(packaged):
    assert set(packaged.casework.phases) == set(Phase)
    assert packaged.casework.phases[Phase.PRE_CHECK] == "provincial"
    assert packaged.casework.blocking == frozenset(Check)
    assert packaged.casework.notices == "one"
    assert packaged.casework.phase_of("provincial") is Phase.PRE_CHECK
    assert packaged.casework.phase_of("nowhere") is None


def test_china_has_three_tiers_and_only_the_lightest_decides_by_itself(packaged):
    tiers = packaged.casework.tiers
    assert {name: (one.approvals, one.is_automatic) for name, one in tiers.items()} == {
        "G": (0, True),
        "S": (1, False),
        "H": (2, False),
    }
    assert tiers["G"].audit_share >= Decimal("0.05")
    assert [packaged.casework.rank(name) for name in "GSH"] == [0, 1, 2]
    assert tiers["H"].departments == ("other_departments",)
    assert packaged.bodies["other_departments"].role == "consulted"


def test_no_row_of_the_card_of_china_passes_for_law(packaged):
    """The card is our own; nobody may take it for a rule that somebody published."""
    card = packaged.casework.score_card
    told = [card, *card.rows, *card.hard_rules, *packaged.casework.tiers.values()]
    assert {one.trust.confidence for one in told} == {Confidence.PRACTICE}
    assert all(row.points > 0 for row in card.rows)


def test_a_key_element_asks_for_a_new_application(packaged):
    """Order 792 art. 18: kind of item, destination, end user, end use."""
    rule = packaged.casework.amendment
    assert (set(rule.key), rule.clock, rule.is_locked) == (
        {"item", "destination", "end_user", "end_use"},
        "CN-amendment",
        True,
    )
    assert packaged.clocks[rule.clock].days == 20
    assert set(ELEMENTS) - {*rule.key, *rule.amendable} == {"exporter", "licence_kind"}


def test_every_refusal_weighs_a_factor_and_every_factor_has_one(packaged):
    """F14: the eight factors of ECL art. 13 structure refusals. What was recalled of them stays recalled."""
    refusals = packaged.casework.reasons_for(ReasonKind.REFUSAL)
    factors = {one.id: one for one in packaged.provisions.values() if one.kind == "factor"}
    assert {one.factor for one in refusals} == set(factors)
    assert len(factors) == 8
    for one in refusals:
        assert (one.trust.confidence is Confidence.RECALLED) == (
            factors[one.factor].trust.confidence is Confidence.RECALLED
        )


def test_every_kind_of_reason_can_be_given_in_china_and_says_what_to_do(packaged):
    reasons = packaged.casework.coded_reasons.values()
    assert {one.kind for one in reasons} == set(ReasonKind)
    assert all(one.remedy[language].strip() for one in reasons for language in ("en", "zh"))


def test_a_refusal_can_be_reviewed_and_that_is_final(packaged):
    """ECL art. 41 says that it is final; days and grounds were recalled."""
    appeal = packaged.casework.appeal
    assert (appeal.within, appeal.to, appeal.is_final) == (Span(60, "calendar_day"), "mofcom", True)
    assert appeal.trust.confidence is Confidence.RECALLED
    assert set(appeal.grounds) == {one.id for one in packaged.casework.reasons_for(ReasonKind.APPEAL_GROUND)}


def test_kinds_of_licence_of_china(packaged):
    """Order 792 art. 15 and 20: one export and lapses; several; registration. The barred keep individual ones alone."""
    kinds = packaged.licence_kinds
    assert {name: one.done_when for name, one in kinds.items()} == {
        "individual": "first_exit",
        "general": "used",
        "registration": "first_exit",
    }
    assert {name: one.holder.barred_by for name, one in kinds.items()} == {
        "individual": (),
        "general": ("barred",),
        "registration": ("barred",),
    }
    assert {one.tolerance for one in kinds.values()} == {Decimal(0)}
    # What lapses with its export gets nothing back.
    assert {name for name, one in kinds.items() if one.restores} == {"general"}
    assert [one.id for one in kinds["individual"].reports] == ["transport", "arrival", "installation", "use"]
    assert {one.trust.confidence for one in kinds["individual"].reports} == {Confidence.PRACTICE}
    assert all(one.value is None for one in kinds["general"].ceilings)
    sure = {one.id: one.trust.confidence for one in kinds["general"].eligibility}
    assert sure["programme"] is sure["channels"] is Confidence.READ
    assert sure["record"] is sure["licences"] is sure["no_penalty"] is Confidence.PRACTICE


def test_a_line_of_the_file_for_customs_has_35_characters(packaged):
    customs = packaged.casework.customs
    content = customs.adapter.content
    assert (customs.body, content["name_width"], content["address_width"]) == ("customs", 35, 35)
    assert packaged.bodies[customs.body].role == "enforces"
    assert content["units"]["H87"]["decimals"] == 0


def test_what_packs_say_of_files_for_customs_is_what_their_writer_takes(packaged, terra):
    for held in (packaged, terra):
        rules, problems = read_file_rules(held.casework.customs.adapter.content)
        assert problems == []
        assert set(rules.units) == set(held.casework.customs.adapter.content["units"])
    # Terra spells nothing anew, and refuses what it cannot write.
    assert rules.transliteration is None


def test_what_is_kept_is_kept_by_a_record_of_the_procedure(packaged):
    assert {packaged.records[name].at_least for name in packaged.casework.retention.values()} == {Span(5, "year")}


# Law of nobody


def test_terra_has_no_completeness_and_each_of_its_three_bodies_approves(terra):
    rules = terra.casework
    assert set(rules.phases) == {Phase.REVIEW, Phase.REFUSED, Phase.DELIVERED, Phase.ENDED}
    assert Check.COMPLETENESS not in rules.blocking
    assert {one.bodies for one in rules.tiers.values()} == {("trade", "mines", "orbit")}
    assert all(terra.bodies[name].has_veto for one in rules.tiers.values() for name in one.bodies)
    assert not any(one.is_automatic for one in rules.tiers.values())
    assert rules.amendment.is_locked is False


def test_terra_licenses_programmes_with_a_ceiling_of_value_and_one_of_an_element(terra):
    (programme,) = terra.licence_kinds.values()
    assert [(one.measure, one.per, one.element, one.unit) for one in programme.ceilings] == [
        ("value", "licence", "", "TRC"),
        ("element_mass", "rolling_year", "Dy", "KGM"),
    ]
    assert (programme.done_when, programme.tolerance, programme.counting_unit) == ("used", Decimal("0.02"), "KGM")


def test_the_group_grants_by_one_buyer_blocks_by_nothing_and_refuses_never(house):
    rules = house.casework
    assert dict(rules.phases) == {Phase.REVIEW: "asked", Phase.GRANTED: "declared", Phase.ENDED: "dropped"}
    assert rules.blocking == frozenset()
    assert [(one.approvals, one.bodies) for one in rules.tiers.values()] == [(1, ("buyer",))]
    assert (rules.score_card, rules.appeal, rules.customs, rules.validated_end_user) == (None, None, None, None)
    assert rules.reasons_for(ReasonKind.REFUSAL) == ()


# What is refused


def casework(**parts):
    told = {
        "source": "gazette",
        "confidence": "read",
        "phases": {"review": "open", "ended": "closed"},
        "blocking": [],
        "tiers": [entry("light", approvals=1), entry("grave", approvals=2)],
        "score_card": card(),
        **parts,
    }
    return {name: part for name, part in told.items() if part is not None}


def card(**parts):
    rows = [row("many", {"fact": "open_findings", "op": "at_least", "figure": "1"})]
    return entry("card", **{"rows": rows, "bounds": {"grave": 3}, **parts})


def row(name, when, **more):
    return entry(name, **{"when": when, "points": 2, **more})


def reason(name, what, **more):
    return entry(name, kind=what, remedy=words("do"), **more)


def refused(sections=None, **parts):
    return codes_of(pack_with(procedure=procedure(casework=casework(**parts), **(sections or {}))))


def with_rows(*rows, **more):
    return {"score_card": card(rows=list(rows), **more)}


def asking(**when):
    return with_rows(row("a", when))


def amendment(**fields):
    return {"amendment": {"source": "s", "confidence": "read", **fields}}


HERE = "/procedure/casework"
TWO = [entry("a", approvals=1), entry("b", approvals=1)]
MANY = {"fact": "open_findings", "op": "at_least", "figure": "1"}


def test_a_small_one_is_good():
    assert refused() == []
    assert refused(tiers=[entry("only", approvals=1)], score_card=None) == []


@pytest.mark.parametrize(
    ("parts", "code", "where"),
    [
        ({"phases": {"ended": "closed"}}, "pack.missing_field", "/phases"),
        ({"phases": {"review": "none", "ended": "closed"}}, "pack.unknown_reference", "/phases/review"),
        ({"phases": {"review": "open", "ended": "open"}}, "pack.twice", "/phases/ended"),
        ({"phases": {"review": "open", "doubt": "closed"}}, "pack.unknown_field", "/phases/doubt"),
        ({"blocking": ["mood"]}, "pack.choice", "/blocking/0"),
        ({"tiers": []}, "pack.kind", "/tiers"),
        ({"tiers": [entry("a", approvals=1), entry("a", approvals=1)]}, "pack.twice", "/tiers/1/id"),
        ({"tiers": TWO, "score_card": None}, "casework.no_card", "/tiers"),
        ({"tiers": [entry("a", approvals=2, bodies=["office"])]}, "casework.approvals", "/tiers/0/bodies"),
        ({"tiers": [entry("a", approvals=1, bodies=["nobody"])]}, "pack.unknown_reference", "/tiers/0/bodies/0"),
        ({"tiers": [entry("a", approvals=1, departments=["x"])]}, "pack.unknown_reference", "/tiers/0/departments/0"),
        ({"tiers": [entry("a", approvals=0)]}, "pack.contradiction", "/tiers/0/approvals"),
        (
            {"tiers": [entry("light", approvals=0, is_automatic=True), entry("grave", approvals=1)]},
            "casework.no_audit",
            "/tiers/0/audit_share",
        ),
        (
            {"tiers": [entry("light", approvals=1), entry("grave", approvals=0, is_automatic=True, audit_share="1")]},
            "casework.all_automatic",
            "/tiers/1/is_automatic",
        ),
        (
            {"tiers": [entry("a", approvals=1, is_automatic=True, audit_share="1.1")]},
            "pack.kind",
            "/tiers/0/audit_share",
        ),
        ({"tiers": [entry("a", approvals=1, end_user_level="rumour")]}, "pack.choice", "/tiers/0/end_user_level"),
        ({"score_card": card(bounds={})}, "pack.missing_field", "/score_card/bounds"),
        ({"score_card": card(bounds={"grave": 0})}, "casework.bounds", "/score_card/bounds/grave"),
        ({"score_card": card(bounds={"grave": 1, "light": 2})}, "pack.unknown_reference", "/score_card/bounds/light"),
        ({"score_card": card(rows=[])}, "pack.kind", "/score_card/rows"),
        (with_rows(row("a", MANY), row("a", MANY)), "pack.twice", "/score_card/rows/1/id"),
        (with_rows(row("a", MANY, unknown=3)), "pack.contradiction", "/score_card/rows/0/unknown"),
        (with_rows(row("a", {**MANY, "fact": "mood"})), "pack.choice", "/score_card/rows/0/when/fact"),
        (with_rows(row("a", {**MANY, "op": "below"})), "casework.op", "/score_card/rows/0/when/op"),
        (with_rows(row("a", {**MANY, "values": ["1"]})), "pack.unknown_field", "/score_card/rows/0/when/values"),
        (with_rows(row("a", {**MANY, "figure": "-1"})), "pack.kind", "/score_card/rows/0/when/figure"),
        (asking(fact="value", op="at_least", figure="1"), "pack.missing_field", "/score_card/rows/0/when"),
        (asking(fact="elements", op="none_of", values=["Dy"]), "casework.op", "/score_card/rows/0/when/op"),
        (asking(fact="elements", op="any_of", values=["Fe"]), "pack.choice", "/score_card/rows/0/when/values/0"),
        (asking(fact="screening", op="any_of", values=["odd"]), "pack.choice", "/score_card/rows/0/when/values/0"),
        (asking(fact="watch_listed", op="is_false"), "casework.op", "/score_card/rows/0/when/op"),
        (
            {"score_card": card(hard_rules=[entry("x", when=MANY, at_least="none")])},
            "pack.unknown_reference",
            "/score_card/hard_rules/0/at_least",
        ),
        ({"coded_reasons": [reason("a", "query"), reason("a", "query")]}, "pack.twice", "/coded_reasons/1/id"),
        ({"coded_reasons": [reason("a", "query", factor="x")]}, "pack.unknown_reference", "/coded_reasons/0/factor"),
        ({"coded_reasons": [entry("a", kind="query")]}, "pack.missing_field", "/coded_reasons/0"),
        ({"phases": {"review": "open", "refused": "closed"}}, "casework.no_reason", "/coded_reasons"),
        (
            {"appeal": {**entry("x", within={"count": 3, "unit": "year"}, to="office", is_final=True, grounds=["g"])}},
            "pack.unknown_field",
            "/appeal/id",
        ),
        (amendment(key=["item"], amendable=["item"]), "pack.contradiction", "/amendment/amendable"),
        (amendment(key=["mood"], amendable=[]), "pack.choice", "/amendment/key/0"),
        (amendment(key=[], amendable=[], clock="x"), "pack.unknown_reference", "/amendment/clock"),
        ({"retention": {"case": "none"}}, "pack.unknown_reference", "/retention/case"),
        ({"retention": {"mood": "none"}}, "pack.unknown_field", "/retention/mood"),
    ],
)
def test_casework_that_cannot_be_true_is_refused_with_its_place(parts, code, where):
    assert (code, HERE + where) in refused(**parts)


def appeal(**fields):
    told = {"within": {"count": 3, "unit": "year"}, "to": "office", "is_final": True, "grounds": ["g"]}
    return {**told, "source": "s", "confidence": "read", **fields}


@pytest.mark.parametrize(
    ("fields", "code", "where"),
    [
        ({"to": "nobody"}, "pack.unknown_reference", "/to"),
        ({"grounds": ["q"]}, "pack.unknown_reference", "/grounds/0"),
        ({"grounds": []}, "pack.kind", "/grounds"),
        ({"within": {"count": 3, "unit": "working_day"}}, "procedure.no_calendar", ""),
    ],
)
def test_an_appeal_names_a_body_grounds_that_are_some_and_a_calendar(fields, code, where):
    reasons = [reason("g", "appeal_ground"), reason("q", "query")]
    assert refused(coded_reasons=reasons, appeal=appeal()) == []
    assert (code, HERE + "/appeal" + where) in refused(coded_reasons=reasons, appeal=appeal(**fields))


def test_customs_is_a_body_and_its_file_has_lines():
    adapter = {"id": "f", "units": {"KGM": {"word": "K", "decimals": 3}}, "characters": LETTERS}
    adapter |= dict.fromkeys(WIDTHS, 5)
    told = {"body": "office", "acknowledge_within_minutes": 5, "list_age_hours": 24, "adapter": adapter}
    told |= {"source": "s", "confidence": "read"}
    assert refused(customs=told) == []
    assert refused(customs=told | {"body": "x"}) == [("pack.unknown_reference", HERE + "/customs/body")]
    one, other = {"word": "K", "decimals": 0}, {"word": "P", "decimals": -1}
    for place, name, bad in (
        *((width, width, 0) for width in WIDTHS),
        ("characters", "characters", LETTERS[1:]),
        ("characters", "characters", LETTERS + "\n"),
        ("units", "units", {}),
        ("units/H87/decimals", "units", {"H87": other}),
        ("units/H87/word", "units", {"H87": {"word": "P P", "decimals": 0}}),
        ("units/H87/word", "units", {"KGM": one, "H87": one}),
        ("transliteration", "transliteration", "none"),
        ("transliteration/ab", "transliteration", {"ab": "c"}),
        ("transliteration/ü", "transliteration", {"ü": "ü"}),
    ):
        found = refused(customs=told | {"adapter": adapter | {name: bad}})
        assert [where for _, where in found] == [f"{HERE}/customs/adapter/{place}"], (name, bad)
        # The writer of files refuses the same.
        assert read_file_rules(adapter | {name: bad})[1]


LETTERS = string.ascii_letters + string.digits + " -_.:/"
WIDTHS = ("name_width", "address_width", "address_lines", "text_width", "lines", "consignees", "digits")


def test_a_state_that_is_no_phase_is_refused():
    assert refused(phases={"review": "open"}) == [("casework.state_without_phase", "/procedure/states/1")]


def test_where_factors_are_named_a_refusal_weighs_one_of_them():
    sections = {"provisions": [entry("f", kind="factor"), entry("d", kind="duty")]}
    assert refused(sections, coded_reasons=[reason("a", "refusal", factor="f")]) == []
    assert refused(sections, coded_reasons=[reason("a", "query")]) == []
    bare = refused(sections, coded_reasons=[reason("a", "refusal")])
    assert bare == [("pack.missing_field", HERE + "/coded_reasons/0")]
    other = refused(sections, coded_reasons=[reason("a", "refusal", factor="d")])
    assert other == [("pack.unknown_reference", HERE + "/coded_reasons/0/factor")]


def test_a_report_or_an_appeal_by_a_calendar_that_nobody_has_is_refused():
    content = content_of(PACKAGED)
    content["procedure"]["casework"]["appeal"]["calendar"] = "Mars"
    content["procedure"]["licence_kinds"][1]["reports"][0]["calendar"] = "Venus"
    book = LawBook({**packaged_law().packs, PACKAGED: pack_of(content)})
    assert [(one.value, one.where.pointer) for one in calendar_problems(book, ["CN"])] == [
        ("Venus", f"{PACKAGED}#/procedure/licence_kinds/1/reports/0/calendar"),
        ("Mars", f"{PACKAGED}#/procedure/casework/appeal/calendar"),
    ]


def test_of_every_fact_a_card_can_ask_one_side_and_eligibility_the_other():
    """The two sides of a fact are never the same question, unless words alone tell which is which."""
    for name, fact in CASE_FACTS.items():
        risk, merit = ops_of(name, is_risk=True), ops_of(name, is_risk=False)
        is_said = fact.shape in {FactShape.WORDS, FactShape.WORD}
        assert (set(risk) & set(merit) == set()) != is_said, name
        assert (Op.NONE_OF in risk) == (fact.shape is FactShape.WORD)


# Whatever is written


@settings(deadline=None, max_examples=60)
@given(st.data(), VALUES)
def test_casework_with_one_value_spoilt_loads_or_says_why_and_where(data, value):
    content = copy.deepcopy(content_of(PACKAGED))
    ways = [way for way in places(content) if len(way) > 2 and way[:2] == ("procedure", "casework")]
    ways += [way for way in places(content) if len(way) > 3 and way[:2] == ("procedure", "licence_kinds")]
    way = data.draw(st.sampled_from(ways))
    holder = content
    for key in way[:-1]:
        holder = holder[key]
    holder[way[-1]] = value
    pack, problems = read_pack(content)
    assert (pack is None) == bool(problems)
    assert all(one.where.pointer.startswith("/procedure") for one in problems)


def test_a_change_of_the_card_is_in_the_digest_and_named_by_its_row():
    content = content_of(PACKAGED)
    content["procedure"]["casework"]["score_card"]["rows"][0]["points"] = 3
    old, new = pack_of(content_of(PACKAGED)), pack_of(content)
    assert old.digest != new.digest
    (change,) = diff_packs({PACKAGED: old}, {PACKAGED: new})
    assert change.place == ("procedure", "casework", "score_card", "rows", "heavy", "points")
    assert (change.old, change.new) == (2, 3)


# What is shown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_whole_of_it_is_shown(language):
    shown = find_entry(packaged_law(), "CN-procedure", language)["casework"]
    content = content_of(PACKAGED)["procedure"]["casework"]
    assert shown["phases"] == content["phases"]
    assert [one["id"] for one in shown["tiers"]] == ["G", "S", "H"]
    assert [one["points"] for one in shown["score_card"]["rows"]] == [
        one["points"] for one in content["score_card"]["rows"]
    ]
    assert [one["remedy"] for one in shown["coded_reasons"]] == [
        one["remedy"][language] for one in content["coded_reasons"]
    ]
    assert shown["score_card"]["rows"][0]["test"] == "elements any_of Dy, Er, Ho, Lu, Tb, Tm, Yb"
    assert shown["score_card"]["confidence"] == "practice"
    assert json.loads(json.dumps(shown)) == shown


def test_the_command_tells_every_row_reason_and_tier():
    text = run("law", "show", "CN-procedure", "--lang", "zh").out
    rules = packaged_law().procedures["CN-procedure"].casework
    for one in (*rules.score_card.rows, *rules.coded_reasons.values(), *rules.tiers.values()):
        assert one.title["zh"] in text


def test_a_coded_reason_is_shown_by_its_name():
    found = run("law", "show", "CN-procedure:refused_end_use", "--json")
    assert (found.code, found.json["factor"]) == (0, "factor_end_use")
