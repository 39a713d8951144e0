"""What of a pack's ceilings goes with a licence, and what a quantity of a line counts for."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType

from hypothesis import given
from hypothesis import strategies as st

from licence.flipped_branches import unnoticed
from ytterby.law.licence_kind import Measure
from ytterby.licence import ceiling_terms as shipped
from ytterby.licence.application import Line
from ytterby.licence.evidence import ElementNeed, LineLots
from ytterby.licence.fact_test import Money
from ytterby.shell.site.law_packs import law_of, packaged_law

PACKS = Path(__file__).resolve().parents[1] / "law" / "packs"

D, ON = Decimal, date(2026, 7, 1)
LOTS = LineLots(1, "900", elements={"Dy": ElementNeed("11.37", "9", "0", "yes")})


def line(quantity="900", unit="KGM", **changes):
    return Line(1, "magnets", quantity, unit, **{"value": "180000", "currency": "TRC", **changes})


def check_semantics(module: ModuleType) -> None:
    whole = module.content_of(line(), LOTS)
    assert (whole.product_kg, whole.pieces, whole.value, whole.currency) == (1, None, 200, "TRC")
    assert whole.element_kg == {"Dy": D("0.012633333333")}
    pieces = module.content_of(line("20000", "H87"), LOTS)
    assert (pieces.product_kg, pieces.pieces, pieces.value) == (D("0.045"), 1, 9)
    # What was not gathered, or not said, is not known; and without a quantity nothing is.
    bare = module.content_of(line("20000", "H87", value="", currency=""), LineLots(1))
    assert (bare.element_kg, bare.product_kg, bare.pieces, bare.value) == (None, None, 1, None)
    assert module.content_of(line(currency=""), LOTS).value is None
    assert module.content_of(line(value=""), LOTS).value is None
    assert module.content_of(line("20000", "H87"), LineLots(1)).product_kg is None
    part = LineLots(1, "900", elements={**LOTS.elements, "Tb": ElementNeed("", "9", "0", "unknown")})
    assert module.content_of(line(), part).element_kg is None
    assert module.content_of(line("0"), LOTS) == module.NOT_KNOWN

    assert module.content_of(line(), LineLots(1)).product_kg == 1

    # Ceilings whose value the pack fixes go with the licence; China's are fixed by what each licence is granted for.
    (programme,) = law_of(PACKS / "terra")[0].procedures["TERRA-procedure"].licence_kinds.values()
    assert [(one.id, one.measure, one.element, one.value) for one in module.terms_of(programme)] == [
        ("worth", Measure.VALUE, "", D("25000000.00")),
        ("dysprosium", Measure.ELEMENT_MASS, "Dy", D(500)),
    ]
    general = packaged_law().procedures["CN-procedure"].licence_kinds["general"]
    assert (len(general.ceilings), module.terms_of(general), module.terms_of(None)) == (2, (), ())

    # What is granted whole comes to the whole again, though a unit of it has no end.
    found = module.counted(ON, D(900), whole)
    assert (found.on, found.product_kg, found.pieces, found.value) == (ON, 900, None, Money(D(180000), "TRC"))
    assert found.element_kg == {"Dy": D("11.37")}
    assert module.counted(ON, D(7), pieces).pieces == 7
    none = module.counted(ON, D(7), module.NOT_KNOWN)
    assert (none.element_kg, none.product_kg, none.pieces, none.value) == (None,) * 4

    def together(*exits):
        one = module.together(exits, ON)
        return one.element_kg, one.product_kg, one.pieces, one.value

    assert together(found, found) == ({"Dy": D("22.74")}, 1800, None, Money(D(360000), "TRC"))
    assert together(found, none) == (None,) * 4
    assert together(none, found) == (None,) * 4
    other = module.counted(ON, D(1), module.content_of(line(currency="CNY"), LOTS))
    assert together(found, other)[3] is None
    assert together(module.counted(ON, D(7), pieces), module.counted(ON, D(2), pieces))[2] == 9


def test_what_a_line_holds_means_what_it_says():
    check_semantics(shipped)


def test_every_branch_of_it_turned_round_is_noticed():
    assert unnoticed(shipped, check_semantics) == []


@given(st.decimals("0.000001", "99999999", places=6), st.decimals("0.01", "999999999", places=2))
def test_what_is_granted_whole_counts_as_a_whole_to_its_smallest_part(quantity, value):
    asked = line(f"{quantity:f}", value=f"{value:f}")
    found = shipped.counted(ON, quantity, shipped.content_of(asked, LineLots(1)))
    assert abs(found.value.amount - value) <= D("0.0001") + quantity * D("1E-12")
