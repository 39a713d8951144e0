"""Bands, identifiers, what supports and what contradicts: nothing clears a hit, and nothing weak stands alone."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.named import BODY, PERSON, bearers, screener
from ytterby.screening.entry import EntrySchema, ListedEntry, ListedName, NameKind
from ytterby.screening.group import Group
from ytterby.screening.identifier_check import (
    check_identifiers,
    identifier_index,
    is_imo,
    is_lei,
    is_uscc,
    normalise_identifier,
)
from ytterby.screening.name_check import check_name
from ytterby.screening.name_index import Bearer, build_index
from ytterby.screening.party_screening import Screened, pins_of, screen_party
from ytterby.screening.rescreening import difference, parties_near
from ytterby.screening.scoring_rules import Band, thresholds_on
from ytterby.screening.screener import Screener
from ytterby.screening.support import NO_FACTS, Facts, Said, support_of
from ytterby.shell.site.screening_tables import name_tables, scoring, thresholds
from ytterby.terms.problem import is_refused

LEI = "529900T8BM49AURSDO55"  # the example of ISO 17442's registration authority
ON = date(2026, 11, 26)
HUADA = "Hangzhou Huada Rare Earth Permanent Magnet Materials Co., Ltd."


def screened(name, *, on=None, facts=NO_FACTS, identifiers=(), same=None, facts_of=lambda _: NO_FACTS, schema=BODY):
    party = Screened(schema, (name,), identifiers, facts)
    return screen_party(party, on or screener(), thresholds(ON), identifiers=same or {}, facts_of=facts_of)


def test_a_listed_name_is_an_alert_and_a_sister_firm_is_none():
    assert screened(HUADA)[0].band is Band.ALERT
    sister = screened("Hangzhou Xintong Rare Earth Permanent Magnet Materials Co., Ltd.")
    assert {one.band for one in sister} <= {Band.CLEAR, Band.REVIEW}


def test_an_identifier_hits_whatever_the_name():
    same = identifier_index([("f3", [("lei", LEI.lower())])])
    (first, *_) = screened("Quite Another Firm", identifiers=(("lei", "5299-00T8 BM49AURSDO55"),), same=same)
    assert (first.key, first.band, first.identifiers) == ("f3", Band.ALERT, (("lei", LEI),))
    assert not screened("Quite Another Firm", identifiers=(("lei", LEI[:-1] + "6"),), same=same)


@given(st.sampled_from(["CN", "DE", ""]), st.sampled_from(["1960", "1990", ""]))
def test_what_contradicts_moves_a_hit_and_never_out(country, born):
    facts = Facts((country,) if country else (), (born,) if born else ())
    listed = Facts(("CN",), ("1960-01-02",), ())
    plain = {one.key: (one.band, one.score) for one in screened(HUADA)}
    told = {one.key: (one.band, one.score) for one in screened(HUADA, facts=facts, facts_of=lambda _: listed)}
    assert told == plain


def test_what_supports_comes_first_among_alerts():
    rows = [Bearer(key, "", PERSON, (("KIM, Chol", NameKind.PRIMARY),)) for key in ("a", "b")]
    index, rarity = build_index(rows, name_tables())
    on = Screener(index, name_tables(), rarity, scoring())
    facts = {"a": Facts(("DE",)), "b": Facts(("KP",))}
    found = screened("Kim Chol", on=on, facts=Facts(("KP",)), facts_of=facts.__getitem__, schema=PERSON)
    assert [one.key for one in found] == ["b", "a"]
    assert found[1].support.country is Said.CONTRADICTS


def test_a_weak_name_is_never_an_alert_alone():
    index, rarity = build_index([Bearer("w", "", BODY, (("Korvatech", NameKind.WEAK),))], name_tables())
    on = Screener(index, name_tables(), rarity, replace(scoring(), weak=1.0))
    assert screened("Korvatech", on=on)[0].band is Band.REVIEW
    supported = screened("Korvatech", on=on, facts=Facts(("CN",)), facts_of=lambda _: Facts(("CN",)))
    assert supported[0].band is Band.ALERT


def test_years_of_birth_near_one_another_say_nothing():
    assert support_of(Facts(born=("1960",)), Facts(born=("1961-05-01",))).born is Said.SILENT
    assert support_of(Facts(born=("1960",)), Facts(born=("1980",))).born is Said.CONTRADICTS


@pytest.mark.parametrize(
    ("check", "good"),
    [(is_lei, LEI), (is_lei, "HWUPKR0MPOU8FGXBT394"), (is_uscc, "91350100M000100Y43"), (is_imo, "9074729")],
)
def test_a_check_digit_holds_and_no_neighbour_does(check, good):
    """LEIs of GLEIF's and Apple's public records; USCC of GB 32100-2015; IMO number of the resolution's example."""
    assert check(good)
    wrong = [good[:-1] + digit for digit in "0123456789" if digit != good[-1]]
    assert not any(map(check, wrong))


def test_an_identifier_with_a_wrong_check_digit_is_told():
    (problem,) = check_identifiers([("imo", "IMO 9074720"), ("tax", "7")])
    assert (problem.code, problem.where.pointer) == ("screening.identifier", "/0")
    assert normalise_identifier("imo", "IMO 9074729") == "9074729"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "screening.name_empty"),
        ("... --", "screening.name_empty"),
        ("x", "screening.name_one_letter"),
        ("x" * 10_000, "screening.name_too_long"),
    ],
)
def test_what_cannot_be_compared_is_refused(name, code):
    problems = check_name(name)
    assert is_refused(problems)
    assert [one.code for one in problems] == [code]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Ab cd " * 100, "screening.name_cut"),
        ("Korva\x07tech", "screening.name_signs"),
        ("Kоrvatech", "screening.name_scripts"),  # the first o is Cyrillic
    ],
)
def test_what_is_strange_is_compared_and_remarked(name, code):
    problems = check_name(name)
    assert not is_refused(problems)
    assert code in [one.code for one in problems]
    assert screener().screen(name, BODY) is not None


def test_lookalike_letters_do_not_hide_a_name():
    assert screened("Kоrvatech Instruments")[0].key == "f3"


def test_thresholds_of_every_group_hold_on_a_day_and_none_before():
    found = thresholds(ON)
    for group in Group:
        assert found.values[group, Band.ALERT].value > found.values[group, Band.REVIEW].value
        assert found.values[group, Band.ALERT].false_alert_rate < found.values[group, Band.REVIEW].false_alert_rate
    with pytest.raises(LookupError, match="2001"):
        thresholds(date(2001, 1, 1))
    one_group = tuple(one for one in found.values.values() if one.group is Group.PERSON)
    with pytest.raises(LookupError, match="body alert"):
        thresholds_on(one_group, ON)


def test_pins_name_what_a_screening_hangs_on():
    pins = pins_of(screener(), thresholds(ON))
    other, rarity = build_index(bearers()[:-1], name_tables())
    changed = pins_of(Screener(other, name_tables(), rarity, scoring()), thresholds(ON))
    assert pins.index != changed.index
    assert pins.rarity != changed.rarity
    assert (pins.rules, pins.scorer, pins.thresholds) == (changed.rules, changed.scorer, changed.thresholds)


def entry(key, *names):
    return ListedEntry("test", key, EntrySchema.ORGANIZATION, tuple(ListedName(name) for name in names))


def test_what_changed_on_a_list_is_asked_of_the_parties():
    before = [entry("1", "Nobody At All"), entry("2", "Some Firm")]
    after = [entry("1", "Nobody At All", "Korvatech Instruments"), entry("3", "Severmetall")]
    changed = difference(before, after)
    assert [[one.id for one in part] for part in (changed.added, changed.changed, changed.removed)] == [
        ["3"],
        ["1"],
        ["2"],
    ]
    near = parties_near([*changed.added, *changed.changed], screener(), 0.5)
    assert {party: [key for key, _ in found] for party, found in near.items()} == {"f3": ["1"], "f4": ["3"]}
