"""What holds of all red flags: more knowledge, order, monotony, unknown left out."""

from dataclasses import fields
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.applications import DAY, grades, judged
from screening.judging import DRIVES, NO_STOCK, D, flag
from ytterby.screening.flag import Grade, Limit, Measured, graded
from ytterby.screening.flag_facts import (
    Application,
    ConductFacts,
    DemandFacts,
    EndUserFacts,
    FlagInput,
    Identity,
    OwnershipFacts,
    Paper,
    Place,
    PlannedUnits,
    Refusal,
    RouteFacts,
    Tie,
    TransitCountry,
    UseFacts,
)
from ytterby.screening.flags import combined, questions
from ytterby.shell.site.screening_tables import flag_rules

# What holds of all flags

AMOUNT = st.decimals(0, 10_000, places=2)
MEASURED = st.builds(Measured, AMOUNT, st.decimals(0, 100, places=2))
DATES = st.dates(date(2015, 1, 1), date(2027, 1, 1))
USES = st.sampled_from(["hdd", "traction_motor_car", "wind_no_magnet", "loudspeaker", "downhole", "nowhere"])
PLACE = st.builds(Place, st.decimals(-90, 90, places=1), st.decimals(-180, 180, places=1))
WORD = st.sampled_from(["a", "b", "Works Street 5"])
SUBJECTS = {
    "demand": {
        "quantity_kg": AMOUNT, "rolling_kg": AMOUNT, "stock_kg": MEASURED, "arrivals_kg": MEASURED,
        "capacity_kg": AMOUNT,
        "units": st.lists(st.builds(PlannedUnits, USES, AMOUNT), max_size=3).map(tuple),
        "yield_share": st.decimals("0.01", 1, places=2), "daily_kg": MEASURED, "balance_kg": MEASURED,
        "history_kg": st.lists(AMOUNT, max_size=6).map(tuple),
    },
    "end_user": {
        "on": DATES, "registered_on": DATES, "founded_on": DATES, "controlled_since": DATES,
        "has_verified_delivery": st.booleans(), "names_end_user": st.booleans(), "states_civil_use": st.booleans(),
        "consignee_roles": st.sampled_from([frozenset(), frozenset({"bank"})]),
        "consignee_activities": st.sampled_from([frozenset(), frozenset({"4690"})]),
        "activities": st.sampled_from([("2930",), ("4690", "x")]), "seat": st.sampled_from(["XA", "XB"]),
        "ties": st.lists(st.builds(Tie, st.integers(1, 4), WORD), max_size=2).map(tuple),
        "texts": st.sampled_from([(), ("weapon works",), ("toys",)]),
        "telephone_country": st.sampled_from(["XA", "XB"]),
        "mail_domain": st.sampled_from(["a.xa", "qq.com", "a.com"]),
        "identity": st.builds(Identity, st.just((("telephone", "1"),)), st.tuples(WORD)),
        "suspects": st.just((("S", Identity((("telephone", "2"),), ("Works Street 5",))),)),
    },
    "ownership": {"verdict": st.sampled_from(["captured", "possible", "clear", "unstated"])},
    "route": {
        "on": DATES, "legs": st.sampled_from([(), ("XT",)]), "is_explained": st.booleans(),
        "is_producer": st.booleans(),
        "transit_countries": st.sampled_from([(), (TransitCountry("XT"),), (TransitCountry("XT", D("0.01")),)]),
        "waypoints": st.lists(PLACE, max_size=4).map(tuple),
        "after_kg": AMOUNT, "before_kg": AMOUNT, "exporter": WORD, "end_user": WORD, "address": WORD, "item": WORD,
        "refusals": st.lists(st.builds(Refusal, DATES, WORD, WORD, WORD, WORD), max_size=3).map(tuple),
    },
    "use": {
        "use_code": USES, "item": st.sampled_from(["NdFeB", "SmCo", "Tb"]),
        "grade": st.sampled_from(["none", "H", "UH", "AH"]), "dy_tb_wt": MEASURED, "dy_wt": MEASURED,
        "stated": st.sets(st.sampled_from(["model", "units", "plant_address"])).map(frozenset), "text": WORD,
        "unrelated_texts": st.tuples(WORD),
    },
    "conduct": {
        "on": DATES, "applications": st.lists(st.builds(Application, DATES, AMOUNT), max_size=4).map(tuple),
        "general_limit_kg": AMOUNT, "changes": st.lists(DATES, max_size=3).map(tuple), "window_start": DATES,
        "unit_value": AMOUNT, "prices": st.lists(AMOUNT, max_size=8).map(tuple),
        "papers": st.lists(st.builds(Paper, WORD, st.none() | WORD, st.none() | AMOUNT, st.none() | USES), max_size=3
                           ).map(tuple),
        "verifications_due": st.integers(5, 9), "verifications_missing": st.integers(0, 5),
        "reports": st.integers(5, 9), "reports_corrected": st.integers(0, 5),
    },
}  # fmt: skip
TYPES = {"demand": DemandFacts, "end_user": EndUserFacts, "ownership": OwnershipFacts, "route": RouteFacts,
         "use": UseFacts, "conduct": ConductFacts}  # fmt: skip


def test_every_fact_is_drawn():
    # Safety stock is a claim and no knowledge, a minority only ever true.
    left = {"safety_kg", "is_minority"}
    for subject, facts in TYPES.items():
        assert set(SUBJECTS[subject]) | left >= {one.name for one in fields(facts)}


@st.composite
def inputs(draw) -> tuple[FlagInput, FlagInput]:
    """Draw an input in which much is known, and the same with less of it known."""
    more, less = {}, {}
    for subject, facts in TYPES.items():
        drawn = draw(st.fixed_dictionaries(SUBJECTS[subject]))
        names = sorted(drawn)
        hidden = draw(st.sets(st.sampled_from(names)))
        hidden_more = draw(st.sets(st.sampled_from(names), max_size=2)) & hidden
        more[subject] = facts(**{name: value for name, value in drawn.items() if name not in hidden_more})
        less[subject] = facts(**{name: value for name, value in drawn.items() if name not in hidden})
    return FlagInput(**more), FlagInput(**less)


@settings(max_examples=120, deadline=None)
@given(inputs())
def test_more_knowledge_never_makes_a_known_flag_unknown(pair):
    more, less = (grades(one) for one in pair)
    for id_ in less:
        if less[id_] != "unknown":
            assert more[id_] != "unknown", id_


@settings(max_examples=100, deadline=None)
@given(inputs(), st.randoms())
def test_r_lies_from_0_to_1_whatever_the_order_and_leaves_the_unknown_out(pair, rng):
    flags = list(judged(pair[0]))
    whole = combined(flags)
    assert 0 <= whole <= 1
    rng.shuffle(flags)
    assert combined(flags) == whole
    assert combined([one for one in flags if one.s is not None]) == whole
    assert all((one.s is None) == (one.judged.grade is Grade.UNKNOWN) for one in flags)
    assert {one.s for one in flags} <= {None, D(0), D("0.5"), D(1)}
    for one in flags:
        assert combined([each for each in flags if each is not one]) <= whole


@settings(max_examples=100, deadline=None)
@given(inputs())
def test_whatever_is_not_calm_asks_and_names_what_is_missing(pair):
    for one in questions(judged(pair[1])):
        assert one.rule.question["en"].endswith(("?", "."))
        assert set(one.judged.missing) <= set(flag_rules().inputs)
        assert set(one.judged.missing) <= set(one.rule.needs)


LIMITS = st.tuples(AMOUNT, AMOUNT).map(lambda two: Limit(max(two), min(two)))
ORDER = {Grade.NONE: 0, Grade.WEAK: 1, Grade.STRONG: 2}


@given(LIMITS, AMOUNT, AMOUNT, AMOUNT, AMOUNT)
def test_a_grade_rises_with_its_figure(limit, low, mid, more_low, more_mid):
    mid = max(low, mid)
    first = graded(limit, Fraction(low), Fraction(mid))
    second = graded(limit, Fraction(low + more_low), Fraction(mid + more_low + more_mid))
    assert ORDER[second] >= ORDER[first]


RISES = {
    "D1": lambda x: {"demand": DemandFacts(quantity_kg=x, units=DRIVES, stock_kg=NO_STOCK)},
    "D2": lambda x: {"demand": DemandFacts(quantity_kg=x, arrivals_kg=NO_STOCK, capacity_kg=D(50), yield_share=D(1))},
    "D3": lambda x: {"demand": DemandFacts(quantity_kg=x + 1, history_kg=(D(30), D(31), D(29), D(30)))},
    "D4": lambda x: {"demand": DemandFacts(stock_kg=Measured(x), daily_kg=Measured(D("0.2")))},
    "D5": lambda x: {"demand": DemandFacts(balance_kg=Measured(-x, D(9)))},
    "R3": lambda x: {"route": RouteFacts(after_kg=x, before_kg=D(10), is_producer=False)},
    "U2": lambda x: {"use": UseFacts("hdd", "NdFeB", "none", dy_tb_wt=Measured(x / 10))},
    "C1": lambda x: {"conduct": ConductFacts(on=DAY, applications=(Application(DAY, x),) * 9, general_limit_kg=D(100))},
    "C3": lambda x: {"conduct": ConductFacts(unit_value=100 + x, prices=(D(100),) * 5)},
    "V1": lambda x: {"conduct": ConductFacts(verifications_due=100, verifications_missing=int(x))},
}


@pytest.mark.parametrize("id_", RISES)
def test_a_score_rises_with_its_figure_and_takes_every_value(id_):
    scores = [flag(id_, **RISES[id_](D(x))).s for x in range(100)]
    known = [s for s in scores if s is not None]
    assert known == sorted(known)
    assert set(known) >= {D("0.5"), D(1)}
