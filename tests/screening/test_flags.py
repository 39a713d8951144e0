"""Each red flag at its limits, what is unknown, and what holds of all of them."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.applications import DAY, grades, judged
from ytterby.screening.flag import Grade, Limit, Measured, graded, median, robust_z
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
from ytterby.screening.flag_route import great_circle_km
from ytterby.screening.flag_use import similarity
from ytterby.screening.flags import FORMULAS, combined, parse_flag_rules, questions
from ytterby.shell.site.packs import packaged_text, use_codes
from ytterby.shell.site.screening_tables import flag_rules, flag_tables

D = Decimal


def grade(id_, **subjects):
    return grades(FlagInput(**subjects))[id_]


def flag(id_, **subjects):
    return next(one for one in judged(FlagInput(**subjects)) if one.rule.id == id_)


# Demand


def demand(id_, **facts):
    return grade(id_, demand=DemandFacts(**facts))


DRIVES = (PlannedUnits("hdd", D(1000)),)
NO_STOCK = Measured(D(0))


@pytest.mark.parametrize(
    ("quantity", "found"),
    # A thousand drives take 25 g x 1.3 = 32.5 kg at most and 15 g x 1.25 = 18.75 kg usually.
    [("65", "weak"), ("65.0001", "strong"), ("28.125", "none"), ("28.1251", "weak"), ("0", "none")],
)
def test_d1_holds_the_lower_end_against_the_strong_limit_and_the_middle_against_the_weak_one(quantity, found):
    assert demand("D1", quantity_kg=D(quantity), units=DRIVES, stock_kg=NO_STOCK) == found


def test_d1_counts_stock_and_leaves_safety_out():
    assert demand("D1", quantity_kg=D(60), units=DRIVES, stock_kg=Measured(D(10)), safety_kg=D(5)) == "weak"
    assert demand("D1", quantity_kg=D(60), units=DRIVES, stock_kg=Measured(D("10.1"))) == "strong"
    # Stock that is only known to within its weighing makes nothing strong.
    assert demand("D1", quantity_kg=D(60), units=DRIVES, stock_kg=Measured(D("5.1"), D("0.1"))) == "weak"


def test_d1_without_stock_is_known_where_it_is_over_without_it():
    assert demand("D1", quantity_kg=D(20), units=DRIVES) == "unknown"
    one = flag("D1", demand=DemandFacts(quantity_kg=D(66), units=DRIVES))
    assert (one.judged.grade, one.judged.missing) == (Grade.STRONG, ("stock",))


def test_d1_of_a_use_that_holds_no_magnet_is_strong_and_of_one_without_a_figure_unknown():
    none = (PlannedUnits("wind_no_magnet", D(5)),)
    assert demand("D1", quantity_kg=D(1), units=none, stock_kg=NO_STOCK) == "strong"
    one = flag("D1", demand=DemandFacts(quantity_kg=D(1), units=(PlannedUnits("downhole", D(5)),), stock_kg=NO_STOCK))
    assert (one.judged.grade, one.judged.missing) == (Grade.UNKNOWN, ("unit_mass",))
    both = (*none, *DRIVES)
    assert demand("D1", quantity_kg=D(20), units=both, stock_kg=NO_STOCK) == "none"


@pytest.mark.parametrize(
    ("arrivals", "found"), [("15", "none"), ("15.01", "weak"), ("35", "weak"), ("35.01", "strong")]
)
def test_d2_is_exact_at_its_limits(arrivals, found):
    known = {"capacity_kg": D(80), "yield_share": D("0.8")}
    assert demand("D2", quantity_kg=D(85), arrivals_kg=Measured(D(arrivals)), **known) == found


def test_d3_is_a_robust_z_of_logarithms_from_four_quarters_on():
    history = tuple(D(x) for x in (100, 100, 100, 100))
    assert demand("D3", quantity_kg=D(100), history_kg=history[:3]) == "unknown"
    # ln 1.65 / 0.25 = 2.003, ln 2.12 / 0.25 = 3.006
    assert [demand("D3", quantity_kg=D(q), history_kg=history) for q in ("164", "165", "211", "212")] == [
        "none", "weak", "weak", "strong",
    ]  # fmt: skip
    assert robust_z(D(100), [D(50), D(100), D(200)], D("0.25")) == 0


@pytest.mark.parametrize(("stock", "found"), [("180", "none"), ("181", "weak"), ("365", "weak"), ("366", "strong")])
def test_d4_counts_days(stock, found):
    assert demand("D4", stock_kg=Measured(D(stock)), daily_kg=Measured(D(1))) == found


def test_d4_of_a_stock_that_nobody_uses_is_strong():
    assert demand("D4", stock_kg=Measured(D(1)), daily_kg=Measured(D(0))) == "strong"


@pytest.mark.parametrize(("value", "found"), [("2", "none"), ("-2.1", "weak"), ("3", "weak"), ("-3.1", "strong")])
def test_d5_is_told_either_way(value, found):
    assert demand("D5", balance_kg=Measured(D(value), D(1))) == found


# End user


def end_user(id_, use=None, **facts):
    return grade(id_, end_user=EndUserFacts(on=DAY, **facts), use=use or UseFacts())


CONTROL = date(2025, 4, 4)


@pytest.mark.parametrize(
    ("registered", "founded", "verified", "found"),
    [
        (date(2025, 11, 27), date(2025, 6, 1), False, "strong"),
        (date(2025, 11, 26), date(2025, 6, 1), False, "weak"),
        (date(2026, 1, 1), date(2020, 1, 1), False, "weak"),
        (date(2023, 11, 27), None, False, "weak"),
        (date(2023, 11, 26), None, False, "none"),
        (date(2026, 1, 1), None, True, "none"),
        (date(2026, 1, 1), None, None, "unknown"),
        (None, None, False, "unknown"),
    ],
)
def test_e1_counts_whole_months(registered, founded, verified, found):
    known = {"registered_on": registered, "founded_on": founded, "controlled_since": CONTROL}
    assert end_user("E1", has_verified_delivery=verified, **known) == found


@pytest.mark.parametrize(
    ("roles", "named", "found", "s", "weight"),
    [
        ({"trader"}, False, "strong", 1, "0.8"),
        ({"bank"}, True, "weak", 1, "0.3"),
        ({"manufacturer"}, False, "none", 0, "0.8"),
    ],
)
def test_e2_has_two_weights(roles, named, found, s, weight):
    one = flag("E2", end_user=EndUserFacts(consignee_roles=frozenset(roles), names_end_user=named))
    assert (one.judged.grade, one.s, one.weight) == (found, s, D(weight))
    assert flag("E2").s is None


def test_e3_is_the_cosine_of_lines_of_business():
    motor = UseFacts(use_code="traction_motor_car")
    assert end_user("E3", motor, activities=("2930",)) == "none"
    assert end_user("E3", motor, activities=("4690",)) == "strong"
    # Of three equal lines one fits: 1 - 1 / sqrt(3) = 0.42; of five: 1 - 1 / sqrt(5) = 0.55.
    assert end_user("E3", motor, activities=("2930", "2100", "2640")) == "none"
    assert end_user("E3", motor, activities=("2930", "2100", "2640", "2393", "9999")) == "weak"
    assert end_user("E3", motor, activities=("7777",)) == "strong"
    assert end_user("E3", UseFacts(use_code="other"), activities=("2930",)) == "unknown"


def test_e4_asks_of_civil_users_with_ties():
    assert end_user("E4", ties=(Tie(1, "owner"),)) == "strong"
    assert end_user("E4", ties=(Tie(2, "customer"),)) == "weak"
    assert end_user("E4", ties=(Tie(3, "customer"),)) == "none"
    assert end_user("E4", ties=(), texts=("Institute of defence technology",)) == "strong"
    assert end_user("E4", ties=(), texts=("某兵器研究所",)) == "strong"
    assert end_user("E4", ties=(), texts=("self-defenceless toys",)) == "none"
    assert end_user("E4", texts=("toys",)) == "unknown"
    assert end_user("E4", ties=(Tie(1, "owner"),), states_civil_use=False) == "none"


@pytest.mark.parametrize(
    ("telephone", "mail", "found"),
    [
        ("XA", "works.xa", "none"), ("XA", "works.com", "none"), ("XB", "works.xa", "weak"),
        ("XA", "gmail.com", "weak"), ("XB", "works.xb", "strong"), (None, "works.xb", "weak"),
        (None, "works.xa", "unknown"), (None, None, "unknown"),
    ],
)  # fmt: skip
def test_e5_counts_contacts_that_do_not_fit(telephone, mail, found):
    assert end_user("E5", seat="XA", telephone_country=telephone, mail_domain=mail) == found


def test_e6_takes_identifiers_before_addresses():
    suspects = (
        ("S", Identity((("telephone", "+86 (10) 1234"),), ("No. 5 Ring Road, Baotou, Inner Mongolia, 014000",))),
    )

    def of(identifiers=(), addresses=()):
        return end_user("E6", identity=Identity(identifiers, addresses), suspects=suspects)

    assert of((("Telephone", "+86-10-1234"),)) == "strong"
    assert of((("fax", "+86-10-1234"),)) == "none"
    assert of(addresses=("5 Ring Road, Baotou, Inner Mongolia 014000",)) == "weak"
    assert of(addresses=("7 Ring Road, Hohhot",)) == "none"
    assert end_user("E6", identity=Identity()) == "unknown"
    assert end_user("E6", identity=Identity(), suspects=()) == "none"


@pytest.mark.parametrize(
    ("verdict", "minority", "found"),
    [("captured", False, "strong"), ("listed", False, "strong"), ("possible", False, "weak"), ("clear", True, "weak"),
     ("clear", False, "none"), ("unstated", False, "unknown"), (None, False, "unknown")],
)  # fmt: skip
def test_o1_follows_the_rules_of_ownership(verdict, minority, found):
    assert grade("O1", ownership=OwnershipFacts(verdict, minority)) == found


# Route


def route(id_, **facts):
    return grade(id_, route=RouteFacts(on=DAY, **facts))


def test_r1_needs_a_listed_country_that_uses_little():
    listed = (TransitCountry("XT", D("0.09")), TransitCountry("XU", D("0.1")), TransitCountry("XV"))
    assert route("R1", legs=("XT",), transit_countries=listed) == "strong"
    assert route("R1", legs=("XT",), transit_countries=listed, is_explained=True) == "weak"
    assert route("R1", legs=("XU", "XW"), transit_countries=listed) == "none"
    assert route("R1", legs=("XV",), transit_countries=listed) == "unknown"
    assert route("R1", legs=("XT",)) == "unknown"


def test_r2_is_the_way_over_the_great_circle():
    pole, equator = Place(D(90), D(0)), Place(D(0), D(0))
    assert great_circle_km(pole, equator, 6371.0088) == D("10007.557")
    assert route("R2", waypoints=(equator, Place(D(0), D(30)))) == "none"
    assert route("R2", waypoints=(equator, Place(D(0), D(-30)), Place(D(0), D(30)))) == "strong"
    assert route("R2", waypoints=(equator, Place(D(0), D(-8)), Place(D(0), D(30)))) == "weak"
    assert route("R2", waypoints=(equator, equator)) == "unknown"


@pytest.mark.parametrize(
    ("after", "before", "producer", "found"),
    [("51", "10", True, "strong"), ("50", "10", False, "weak"), ("50", "10", True, "none"),
     ("50", "10", None, "unknown"), ("25", "10", None, "none"), ("1", "0", None, "strong"), ("0", "0", None, "none")],
)  # fmt: skip
def test_r3_is_weak_only_where_the_end_product_is_not_made(after, before, producer, found):
    assert route("R3", after_kg=D(after), before_kg=D(before), is_producer=producer) == found


def test_r4_is_another_exporter_within_a_year():
    def of(on, exporter="other", **rest):
        refusals = (Refusal(on, exporter, "user", "", rest.pop("item", "")),)
        return route("R4", end_user="user", exporter="us", refusals=refusals, **rest)

    assert of(date(2025, 11, 26)) == "strong"
    assert of(date(2025, 11, 25)) == "none"
    assert of(date(2026, 11, 1), "us") == "none"
    assert of(date(2026, 11, 1), item="Dy") == "strong"
    assert route("R4", end_user="user", refusals=()) == "none"
    assert route("R4", end_user="user") == "unknown"


# Use


@pytest.mark.parametrize(
    ("item", "suffix", "use", "dy", "found"),
    [
        ("NdFeB", "H", "loudspeaker", None, "none"), ("NdFeB", "UH", "loudspeaker", None, "weak"),
        ("SmCo", None, "loudspeaker", None, "strong"), ("NdFeB", "none", "traction_motor_car", None, "strong"),
        ("NdFeB", None, "traction_motor_car", None, "unknown"), ("NdFeB", "M", "traction_motor_car", None, "unknown"),
        ("NdFeB", None, "wind_no_magnet", None, "strong"), ("Tb", None, "phosphor", None, "weak"),
        ("NdFeB", "H", "hdd", None, "unknown"), ("NdFeB", "H", "hdd", "1.9", "none"),
        ("NdFeB", "H", "hdd", "2.1", "weak"),
        ("Gd", None, "loudspeaker", None, "strong"), ("Lu", None, "wind_direct", None, "unknown"),
    ],
)  # fmt: skip
def test_u1_follows_the_matrix_and_what_it_lacks_is_unknown(item, suffix, use, dy, found):
    content = None if dy is None else Measured(D(dy))
    assert grade("U1", use=UseFacts(use, item, suffix, dy_wt=content)) == found


def test_u2_is_the_graver_of_heat_and_heavy_rare_earths():
    assert grade("U2", use=UseFacts("traction_motor_car", "NdFeB", "AH")) == "strong"  # 230 - 150 = 80 K
    assert grade("U2", use=UseFacts("traction_motor_car", "NdFeB", "EH")) == "weak"
    assert grade("U2", use=UseFacts("traction_motor_car", "NdFeB", "UH")) == "unknown"  # 30 K; Dy and Tb not known
    assert grade("U2", use=UseFacts("hdd", "NdFeB", "H", dy_tb_wt=Measured(D("5.1"), D("0.1")))) == "weak"
    assert grade("U2", use=UseFacts("hdd", "NdFeB", "H", dy_tb_wt=Measured(D("5.3"), D("0.1")))) == "strong"


def test_u3_counts_what_is_missing_and_what_is_copied():
    text = "Rotors for the compressor of the split air conditioner AC-12, 40,000 pieces, plant at Works Street 3"
    whole = frozenset({"model", "units", "plant_address"})
    assert grade("U3", use=UseFacts(stated=whole, text=text, unrelated_texts=(text[:30],))) == "none"
    assert grade("U3", use=UseFacts(stated=whole, text=text, unrelated_texts=(text + ".",))) == "weak"
    assert grade("U3", use=UseFacts(stated=whole - {"units"}, text=text, unrelated_texts=(text.upper(),))) == "strong"
    assert similarity("", "") == 0


# Conduct


def conduct(id_, **facts):
    return grade(id_, conduct=ConductFacts(on=DAY, **facts))


def test_c1_adds_small_applications_of_ninety_days():
    def of(*kgs, on=DAY):
        applications = tuple(Application(on, D(kg)) for kg in kgs)
        return conduct("C1", applications=applications, general_limit_kg=D(10))

    assert of(10) == "none"
    assert of(10, 5) == "none"
    assert of(10, "5.1") == "weak"
    assert of(10, 10, 10) == "weak"
    assert of(10, 10, 10, "0.1") == "strong"
    assert of(500) == "none"
    assert of(10, 10, 10, 10, on=date(2026, 8, 28)) == "none"


def test_c2_counts_changes_in_its_window():
    start = date(2026, 11, 13)
    for days, found in (
        ((), "none"),
        ((start,), "weak"),
        ((start, DAY), "strong"),
        ((date(2026, 11, 12),) * 9, "none"),
    ):
        assert conduct("C2", changes=days, window_start=start) == found


def test_c3_is_told_either_way():
    prices = tuple(D(x) for x in (100, 101, 99, 100, 100))
    assert [conduct("C3", unit_value=D(v), prices=prices) for v in ("100", "117", "85", "123", "80", "0")] == [
        "none", "weak", "weak", "strong", "strong", "strong",
    ]  # fmt: skip
    assert conduct("C3", unit_value=D(100), prices=prices[:4]) == "unknown"


def test_c4_compares_documents():
    first = Paper("statement", "user", D(100), "hdd")
    assert conduct("C4", papers=(first, Paper("invoice", "user", D(98)))) == "none"
    assert conduct("C4", papers=(first, Paper("invoice", "user", D("97.9")))) == "weak"
    assert conduct("C4", papers=(first, Paper("invoice", "other", D(100)))) == "strong"
    assert conduct("C4", papers=(first, Paper("application", use_code="lift"))) == "strong"
    assert conduct("C4", papers=(first, Paper("invoice"))) == "unknown"
    assert conduct("C4", papers=(first,)) == "unknown"


def test_v1_is_the_larger_share():
    assert conduct("V1", verifications_due=10, verifications_missing=1) == "none"
    assert conduct("V1", verifications_due=10, verifications_missing=2, reports=100, reports_corrected=0) == "weak"
    assert conduct("V1", verifications_due=10, verifications_missing=0, reports=10, reports_corrected=4) == "strong"
    assert conduct("V1", verifications_due=0, verifications_missing=0) == "unknown"


# What holds of all flags

AMOUNT = st.decimals(0, 10_000, places=2)
MEASURED = st.builds(Measured, AMOUNT, st.decimals(0, 100, places=2))
DATES = st.dates(date(2015, 1, 1), date(2027, 1, 1))
USES = st.sampled_from(["hdd", "traction_motor_car", "wind_no_magnet", "loudspeaker", "downhole", "nowhere"])
PLACE = st.builds(Place, st.decimals(-90, 90, places=1), st.decimals(-180, 180, places=1))
WORD = st.sampled_from(["a", "b", "Works Street 5"])
SUBJECTS = {
    "demand": {
        "quantity_kg": AMOUNT, "stock_kg": MEASURED, "arrivals_kg": MEASURED, "capacity_kg": AMOUNT,
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


@settings(max_examples=300, deadline=None)
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


def test_a_minority_of_the_unstated_only_asks():
    assert grade("O1", ownership=OwnershipFacts("unstated", is_minority=True)) == "weak"


# Data


def test_every_flag_of_the_table_has_its_formula_and_every_formula_its_flag():
    wanted = [f"D{n}" for n in range(1, 6)] + [f"E{n}" for n in range(1, 7)] + ["O1"]
    wanted += [f"R{n}" for n in range(1, 5)] + ["U1", "U2", "U3", "C1", "C2", "C3", "C4", "V1"]
    assert [one.id for one in flag_rules().rules] == wanted
    assert {one.formula for one in flag_rules().rules} == set(FORMULAS)
    used = {name for one in flag_rules().rules for name in one.needs}
    assert used == set(flag_rules().inputs)
    assert all(one.title["zh"] and one.question["zh"] and one.source for one in flag_rules().rules)


def test_a_flag_counts_from_its_day_on():
    assert flag_rules().on(date(2023, 12, 31), known=DAY) == ()
    assert flag_rules().on(DAY, known=date(2026, 11, 24)) == ()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c["flags"].append(c["flags"][0]),
        lambda c: c["flags"][0].update(formula="guess"),
        lambda c: c["flags"][0].update(subject="weather"),
        lambda c: c["flags"][0]["weights"].update(strong="1.1"),
        lambda c: c["flags"][0]["needs"].append("luck"),
        lambda c: c["flags"][0]["limits"]["ratio"].update(strong="1"),
    ],
)
def test_rules_that_say_nothing_sensible_are_not_taken(spoil):
    content = yaml.safe_load(packaged_text("screening", "flag_rules.yaml"))
    spoil(content)
    with pytest.raises(ValueError, match=r"."):
        parse_flag_rules(content)


def test_no_fact_of_the_demand_model_stands_twice():
    """Kilograms of a use are the balances' alone, and the chain's table, which shows them to people, says the same."""
    tables = flag_tables(DAY, DAY)
    codes = {row.split(",")[0]: row.split(",") for row in packaged_text("chain", "use_codes.csv").splitlines()[1:]}
    for code, row in codes.items():
        owner = use_codes().on(code, DAY)
        assert [row[3], row[4], row[5]] == [
            "" if kg is None else str(kg) for kg in (owner.kg_low, owner.kg_mid, owner.kg_high)
        ]
        assert tables.demand[code][:3] == (owner.kg_low, owner.kg_mid, owner.kg_high)
    for product in tables.products.values():
        assert any(kg is not None for kg in product.kg) != (product.code in codes)
        if product.code in codes:
            assert product.name == {"en": codes[product.code][1], "zh": codes[product.code][2]}
    magnets = {code for code, row in codes.items() if row[7].startswith("NdFeB")}
    assert magnets <= tables.products.keys()
    assert {use for _, use in tables.matrix} - {"*"} <= codes.keys()
    assert tables.classes.keys() <= codes.keys()


def test_the_middle_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="nothing"):
        median([])
    assert median([D(1), D(2)]) == D("1.5")
    assert replace(FlagInput()) == FlagInput()
