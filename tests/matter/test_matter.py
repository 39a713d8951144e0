"""Elements, oxides, assays, masses: against the field's own figures and their laws."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.matter import (
    ELEMENTS,
    POSITION,
    Assay,
    DeclaredQuantity,
    Distribution,
    ElementMass,
    MassUncertainty,
    Moisture,
    check_assays,
    combine,
    conform_reo,
    element_mass,
    mass_uncertainty,
    measure,
    reo_percent,
)
from ytterby.matter.declared import project_distribution
from ytterby.matter.element import parse_elements
from ytterby.matter.formula import count_atoms
from ytterby.shell.site.packs import matter_tables, packaged_text

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
TABLES = matter_tables()
EXACT = MassUncertainty(0.0, {}, assumed=False)
percent = st.decimals("0", "20", places=3)


def test_factors_agree_with_the_vectors_to_a_millionth():
    document = json.loads((VECTORS / "reo_factors.json").read_text())
    computed = conform_reo(document, TABLES.weights["O"])["factors"]
    assert set(computed) == set(document["factors"])
    for symbol, row in document["factors"].items():
        for key in ("element_per_oxide", "oxide_per_element"):
            assert computed[symbol][key] == pytest.approx(row[key], abs=1e-6)


def test_our_own_table_gives_the_factors_that_the_field_quotes():
    quoted = {
        "Nd": 0.857356,
        "Pr": 0.827704,
        "Dy": 0.871321,
        "Tb": 0.850216,
        "Y": 0.787444,
        "La": 0.852683,
        "Ce": 0.814088,
    }
    for symbol, factor in quoted.items():
        assert float(TABLES.factors[symbol]) == pytest.approx(factor, abs=1e-6)


def test_promethium_is_an_element_without_a_natural_weight():
    assert TABLES.elements["Pm"].weight is None
    assert "Pm" not in TABLES.factors
    assert reo_percent([("Pm", Decimal(1))], TABLES.factors) is None


def test_a_table_out_of_order_is_a_programming_mistake():
    lines = packaged_text("matter", "elements.csv").splitlines()
    with pytest.raises(ValueError, match="order of Z"):
        parse_elements("\n".join([lines[0], lines[2], lines[1], *lines[3:]]))


COMPOUNDS = list(csv.DictReader(packaged_text("matter", "compounds.csv").splitlines()))


@pytest.mark.parametrize("row", COMPOUNDS, ids=lambda r: r["formula"])
def test_compounds_computed_from_weights_agree_with_the_rounded_columns(row):
    compound = TABLES.compounds[row["element"], row["formula"]]
    if any(atom not in TABLES.weights for atom in count_atoms(compound.formula)):
        pytest.fail(f"{compound.formula} names an atom without a weight")
    fraction = compound.element_fraction(TABLES.weights)
    assert float(fraction) == pytest.approx(float(row["element_mass_fraction"]), abs=2e-5)
    reo = compound.reo_fraction(TABLES.weights, TABLES.factors)
    assert float(reo) == pytest.approx(float(row["oxide_equivalent_fraction_REO"]), abs=3e-5)


@pytest.mark.parametrize("text", ["", "y2o3", "Y2(CO3", "Y2CO3)", "3", "Y2!"])
def test_what_is_no_formula_is_refused_by_name(text):
    with pytest.raises(ValueError, match=r"formula|close"):
        count_atoms(text)


def nd(amount: str, u: str | None = None, shared: str | None = None, **rest: str) -> Assay:
    part = None if shared is None else Decimal(shared)
    u_stated = None if u is None else Decimal(u)
    return Assay("Nd", Decimal(amount), u_stated, "ICP-OES", systematic_uncertainty=part, **rest)


@pytest.mark.parametrize(
    ("assays", "reo", "form", "code"),
    [
        ([Assay("Xx", Decimal(1))], None, None, "assay.unknown_element"),
        ([nd("1"), nd("2")], None, None, "assay.element_twice"),
        ([nd("-1")], None, None, "assay.negative"),
        ([nd("1", "-1")], None, None, "assay.negative_uncertainty"),
        ([nd("9", "2", shared="-1")], None, None, "assay.negative_uncertainty"),
        ([nd("9", "2", shared="2.1")], None, None, "assay.systematic_over_whole"),
        ([nd("9", None, shared="1")], None, None, "assay.systematic_over_whole"),
        ([nd("600000"), Assay("Pr", Decimal(400001))], None, None, "assay.over_whole"),
        ([nd("857400", "10")], None, "oxide", "assay.over_stoichiometry"),
        ([nd("850000", "10")], "90", "oxide", "assay.reo_disagrees"),
    ],
)
def test_what_cannot_be_true_of_an_assay_is_refused_with_its_place(assays, reo, form, code):
    problems = check_assays(assays, None if reo is None else Decimal(reo), form, TABLES, "/ilmd")
    assert code in [p.code for p in problems]
    assert all(p.where.pointer.startswith("/ilmd/ree:") for p in problems)


def test_a_metal_may_hold_more_than_a_hundred_percent_reo_and_a_pure_oxide_is_not_over_its_limit():
    assert check_assays([nd("999000")], Decimal("116.5"), "metal", TABLES) == []
    assert check_assays([nd("857356", "50")], Decimal("100"), "oxide", TABLES) == []


def test_a_reo_content_may_differ_from_the_assay_by_a_tenth():
    assay = [nd("500000")]
    exact = reo_percent((("Nd", Decimal(500000)),), TABLES.factors)
    assert check_assays(assay, exact + Decimal("0.1"), None, TABLES) == []
    assert check_assays(assay, exact + Decimal("0.1001"), None, TABLES) != []


def test_the_mass_of_an_element_is_net_times_fraction_with_errors_in_quadrature():
    found = element_mass(
        Decimal(1000),
        MassUncertainty(2.0, {"scale a": 1.0}, assumed=False),
        [nd("250000", "2500")],
        form=None,
        table=TABLES.starting,
    )
    place = POSITION["Nd"]
    assert found.mass_kg[place] == 250.0
    assert found.random_kg[place] == pytest.approx((2.5**2 + 0.5**2) ** 0.5)
    assert found.groups["scale a"][place] == pytest.approx(0.25)
    assert not found.assumed


def test_an_assay_without_uncertainty_takes_the_starting_tables_and_says_so():
    found = element_mass(Decimal(100), EXACT, [nd("500000")], form="oxide", table=TABLES.starting)
    assert found.assumed
    assert found.u_kg[POSITION["Nd"]] == pytest.approx(50 * (0.02**2 + 0.01**2) ** 0.5)


def test_a_laboratory_that_measures_input_and_output_alike_cancels():
    shared = nd("500000", laboratory="lab 1")
    one = element_mass(Decimal(100), EXACT, [shared], form="oxide", table=TABLES.starting)
    both = combine([(1.0, one), (-1.0, one)])
    assert sum(abs(sd).sum() for sd in both.groups.values()) == 0.0
    assert both.u_kg[POSITION["Nd"]] == pytest.approx(50 * 0.02 * 2**0.5)


def test_a_stated_deviation_is_random_and_an_unstated_mass_is_assumed_by_size():
    assert mass_uncertainty(Decimal(11000), s_dev_kg=Decimal(6), device="wb", table=TABLES.starting) == MassUncertainty(
        6.0, {}, assumed=False
    )
    small = mass_uncertainty(Decimal(500), s_dev_kg=None, device=None, table=TABLES.starting)
    large = mass_uncertainty(Decimal(10594), s_dev_kg=None, device="wb", table=TABLES.starting)
    assert (small.random_kg, small.assumed) == (pytest.approx(500 * 0.0005 * 2**0.5), True)
    assert (large.random_kg, large.groups) == (pytest.approx(21.188), {"scale wb": pytest.approx(10.594)})


def test_a_wet_oxide_assay_becomes_element_by_dry_mass_and_factor():
    declared = DeclaredQuantity(
        gross_kg=Decimal(1100),
        tare_kg=Decimal(100),
        mass_s_dev_kg=Decimal(1),
        moisture=Moisture(Decimal("0.1"), Decimal("0.003"), "oven"),
        form="concentrate",
        assays=(Assay("Nd", Decimal(300000), Decimal(3000), "ICP-OES", basis="oxide"),),
    )
    found = measure(declared, TABLES)
    expected = 1000 * 0.9 * 0.3 * float(TABLES.factors["Nd"])
    assert found.mass_kg[POSITION["Nd"]] == pytest.approx(expected)
    relative = (0.01**2 + 0.001**2 + (0.003 / 0.9) ** 2) ** 0.5
    assert found.u_kg[POSITION["Nd"]] == pytest.approx(expected * relative, rel=1e-6)


def test_a_coating_holds_no_rare_earth():
    bare = DeclaredQuantity(net_kg=Decimal(10), assays=(nd("300000", "1"),))
    coated = DeclaredQuantity(net_kg=Decimal(10), coating_fraction=Decimal("0.05"), assays=(nd("300000", "1"),))
    ratio = measure(coated, TABLES).mass_kg[POSITION["Nd"]] / measure(bare, TABLES).mass_kg[POSITION["Nd"]]
    assert ratio == pytest.approx(0.95)


def test_a_quantity_without_a_net_mass_is_a_programming_mistake():
    with pytest.raises(ValueError, match="net mass"):
        measure(DeclaredQuantity(gross_kg=Decimal(1)), TABLES)


def test_a_one_percent_error_on_nearly_all_of_it_cannot_be_one_percent():
    whole = Distribution(
        Decimal("0.99"),
        Decimal("0.002"),
        (("Nd", Decimal("0.999"), Decimal("0.01")), ("Pr", Decimal("0.001"), Decimal("0.0001"))),
    )
    found = whole.content(Decimal(100), TABLES)
    place = POSITION["Nd"]
    assert found.mass_kg[place] == pytest.approx(100 * 0.99 * 0.999 * float(TABLES.factors["Nd"]))
    assert found.random_kg[place] / found.mass_kg[place] < 2e-4


@given(st.lists(st.floats(1e-6, 1.0), min_size=2, max_size=8))
def test_a_projected_distribution_has_errors_that_sum_to_zero(deviations):
    projected = project_distribution(np.diag(np.square(deviations)))
    assert np.abs(projected.sum(axis=0)).max() <= 1e-9 * max(np.square(deviations))


contents = st.builds(
    lambda mass, random, group: ElementMass(
        np.full(len(ELEMENTS), mass),
        np.full(len(ELEMENTS), random),
        {"g": np.full(len(ELEMENTS), group)},
        assumed=False,
    ),
    st.floats(0, 1e6),
    st.floats(0, 1e3),
    st.floats(-1e3, 1e3),
)


@given(contents, st.floats(0, 1))
def test_parts_of_a_lot_sum_to_it(content, fraction):
    whole = combine([(1.0, content.scaled(fraction)), (1.0, content.scaled(1 - fraction))])
    assert whole.mass_kg == pytest.approx(content.mass_kg, rel=1e-12, abs=1e-9)
    assert whole.groups["g"] == pytest.approx(content.groups["g"], rel=1e-9, abs=1e-9)


@given(st.lists(contents, min_size=1, max_size=5))
def test_more_items_never_know_more(items):
    random = [combine([(1.0, item) for item in items[: n + 1]]).random_kg[0] for n in range(len(items))]
    assert random == sorted(random)


@given(st.lists(percent, min_size=1, max_size=5))
def test_reo_is_never_less_than_the_element(fractions):
    assays = [(ELEMENTS[i], f * 10_000) for i, f in enumerate(fractions)]
    assert reo_percent(assays, TABLES.factors) >= sum(fractions)


def test_a_stated_systematic_part_is_shared_by_the_assays_of_one_laboratory():
    def lot(laboratory: str) -> ElementMass:
        assay = nd("300000", "5000", shared="3000", laboratory=laboratory)
        quantity = DeclaredQuantity(net_kg=Decimal(100), mass_s_dev_kg=Decimal(0), assays=(assay,))
        return measure(quantity, TABLES)

    place = POSITION["Nd"]
    one, same, other = lot("A"), lot("A"), lot("B")
    # 0.5 % of 100 kg is 0.5 kg, of which 0.3 kg is shared: 0.4 kg is left to each.
    assert one.random_kg[place] == pytest.approx(0.4)
    assert one.u_kg[place] == pytest.approx(0.5)
    assert combine([(1.0, one), (-1.0, same)]).u_kg[place] == pytest.approx(0.4 * 2**0.5)
    assert combine([(1.0, one), (-1.0, other)]).u_kg[place] == pytest.approx(0.5 * 2**0.5)
    assert not one.assumed
