import math
import re
from decimal import Decimal, InvalidOperation, localcontext
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ytterby.terms
from ytterby.terms.problem import Problem
from ytterby.terms.quantity import COLUMNS, UnitTable, divide, parse_units

CSV = (Path(ytterby.terms.__file__).parent / "units.csv").read_text(encoding="utf-8")
UNITS = parse_units(CSV)


def base(quantity: str, unit: str | None) -> tuple[Decimal, str]:
    found = UNITS.base(Decimal(quantity), unit)
    assert not isinstance(found, Problem)
    return found


@pytest.mark.parametrize(
    ("quantity", "unit", "expected"),
    [
        # International pound 1959, exact: 0.45359237 kg; ounce 1/16, grain 1/7000, troy ounce 480 grains of it.
        ("11000", "KGM", ("11000", "mass")),
        ("1.50", "TNE", ("1500.00", "mass")),
        ("2.5", "GRM", ("0.0025", "mass")),
        ("1", "LBR", ("0.45359237", "mass")),
        ("16", "ONZ", ("0.45359237", "mass")),
        ("7000", "GRN", ("0.45359237", "mass")),
        ("1", "APZ", ("0.0311034768", "mass")),
        ("1", "STN", ("907.18474", "mass")),
        ("1", "LTN", ("1016.0469088", "mass")),
        ("5", "CTM", ("0.001", "mass")),
        ("60000", None, ("60000", "count")),
        ("60000", "H87", ("60000", "count")),
        ("3", "DZN", ("36", "count")),
        ("1", "GLL", ("0.003785411784", "volume")),
        ("1", "FTQ", ("0.028316846592", "volume")),
        ("250", "LTR", ("0.25", "volume")),
        ("1", "INH", ("0.0254", "length")),
        ("2", "DAY", ("172800", "time")),
        ("0.5", "60", ("5000", "mass_fraction")),
    ],
)
def test_a_quantity_is_brought_to_the_base_unit_exactly(
    quantity: str, unit: str | None, expected: tuple[str, str]
) -> None:
    amount, dimension = base(quantity, unit)
    assert (amount, dimension) == (Decimal(expected[0]), expected[1])


def test_a_quantity_in_the_base_unit_keeps_the_zeros_that_were_written() -> None:
    assert str(base("11000.00", "KGM")[0]) == "11000.00"


@pytest.mark.parametrize(
    ("written", "likely"),
    [
        ("KG", "KGM"),
        ("kg", "KGM"),
        ("Kgs", "KGM"),
        ("千克", "KGM"),
        ("吨", "TNE"),
        ("t", "TNE"),
        ("MT", "TNE"),
        ("g", "GRM"),
        ("pcs", "H87"),
        ("件", "H87"),
        ("kgm", "KGM"),
        ("Kilogram", "KGM"),
        ("lbs", "LBR"),
        ("l", "LTR"),
        ("mg/kg", "NA"),
        ("furlong", "KGM, GRM, TNE, H87"),
        ("", "KGM, GRM, TNE, H87"),
    ],
)
def test_an_unknown_unit_is_refused_with_the_code_that_was_likely_meant(written: str, likely: str) -> None:
    found = UNITS.base(Decimal(1), written, "/quantityList/0/uom")
    assert isinstance(found, Problem)
    assert (found.code, found.where.pointer, found.value) == ("unit.unknown", "/quantityList/0/uom", written)
    assert found.facts["likely"] == likely


def test_a_unit_of_another_dimension_is_refused() -> None:
    found = UNITS.base(Decimal(1), "LTR", "/x", expected=("mass", "count"))
    assert isinstance(found, Problem)
    assert (found.code, found.facts["dimension"], found.facts["expected"]) == (
        "unit.dimension",
        "volume",
        "count, mass",
    )
    assert UNITS.base(Decimal(1), None, expected=("mass", "count")) == (Decimal(1), "count")


def test_a_unit_without_an_exact_factor_is_known_but_not_converted() -> None:
    for code, into in (("CEL", "KEL"), ("KMH", "MTS"), ("DD", "C81")):
        found = UNITS.base(Decimal(1), code)
        assert isinstance(found, Problem)
        assert (found.code, found.facts["base"]) == ("unit.not_convertible", into)


def test_every_unit_in_the_documents_of_others_is_known(shared_data: Path) -> None:
    codes = set()
    for path in (shared_data / "epcis").rglob("*.json*"):
        if "gs1-spec" not in path.parts:
            codes |= set(re.findall(r'"uom": *"([^"]+)"', path.read_text(encoding="utf-8")))
    assert len(codes) >= 9
    assert [code for code in codes if UNITS.unit(code) is None] == []


def test_each_row_of_the_table_has_a_source_and_a_confidence() -> None:
    assert len(list(UNITS)) > 90
    for unit in UNITS:
        assert unit.source.startswith("UN/ECE Rec 20")
        assert unit.confidence in ("read", "recalled")


HEAD = ",".join(COLUMNS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "code,name\nKGM,kilogram",
        f"{HEAD}\nKGM,kilogram,mass,KGM,1,,s,c\nKGM,kilogram,mass,KGM,1,,s,c",
        f"{HEAD}\nGRM,gram,mass,KGM,0.001,,s,c",
        f"{HEAD}\nKGM,kilogram,mass,KGM,0,,s,c",
        f"{HEAD}\nMTR,metre,length,MTR,1,,s,c\nKGM,kilogram,mass,MTR,1,,s,c",
    ],
)
def test_a_table_that_contradicts_itself_is_a_programmers_mistake(text: str) -> None:
    with pytest.raises(ValueError, match=r"units\.csv"):
        parse_units(text)


POSITIVE = st.decimals("0.000000001", "1000000000000", places=9)


@settings(max_examples=300, deadline=None)
@given(POSITIVE, POSITIVE)
def test_a_fraction_is_the_nearest_float_of_34_digits(a: Decimal, b: Decimal) -> None:
    exact = Fraction(a) / Fraction(b)
    found = divide(a, b)
    assert abs(Fraction(found) - exact) <= Fraction(math.ulp(found)) * Fraction(500_000_001, 10**9)
    assert divide(a, a) == 1.0


def test_division_does_not_depend_on_the_context_of_the_caller() -> None:
    with localcontext() as context:
        context.prec = 3
        assert divide(Decimal(1), Decimal(3)) == 1 / 3
        found = base("123456789.123456", "LBR")[0]
    assert Fraction(found) == Fraction("123456789.123456") * Fraction("0.45359237")


def test_division_by_zero_is_a_programmers_mistake() -> None:
    with pytest.raises(ZeroDivisionError):
        divide(Decimal(1), Decimal(0))
    with pytest.raises((ZeroDivisionError, InvalidOperation)):
        divide(Decimal(0), Decimal(0))


def test_an_empty_table_knows_nothing() -> None:
    found = UnitTable({}).base(Decimal(1), None)
    assert isinstance(found, Problem)
