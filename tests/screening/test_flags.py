"""Each red flag at its limits, what is unknown, and the tables behind them."""

from datetime import date

import pytest
import yaml

from screening.applications import DAY
from screening.judging import DRIVES, NO_STOCK, D, flag, grade
from ytterby.screening.flag import Grade, Measured, median, robust_z
from ytterby.screening.flag_facts import (
    Application,
    ConductFacts,
    DemandFacts,
    EndUserFacts,
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
from ytterby.screening.flags import FORMULAS, parse_flag_rules
from ytterby.shell.site.packs import packaged_text, use_codes
from ytterby.shell.site.screening_tables import flag_rules, flag_tables

# Demand


def demand(id_, **facts):
    return grade(id_, demand=DemandFacts(**facts))


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
