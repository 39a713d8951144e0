"""What a licence takes over from its pack; three packs, none of them like another."""

from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from ytterby.law.licence_kind import Measure, Per
from ytterby.licence.ceiling_terms import CeilingTerm
from ytterby.licence.licence import Licence, LicenceLine, licence_problems
from ytterby.licence.licence_terms import licence_terms
from ytterby.shell.site.law_packs import law_of

PACKS = Path(__file__).resolve().parents[1] / "law" / "packs"
LINE = LicenceLine("L1", "p", "magnets", "900", "KGM")


def terms(procedure, kind="", folder=None):
    held = law_of(folder and PACKS / folder)[0].procedures[procedure]
    found = licence_terms(held.licence_kinds.get(kind), held.casework)
    told = ("N-1", 1, "C-1", "d", procedure, kind, "h", "XA", "XB", "2026-01-01", "2026-12-31", (LINE,))
    assert licence_problems(Licence(*told, **found)) == []
    return found


def test_an_individual_licence_of_china_is_done_with_its_first_exit_and_nothing_comes_back():
    assert terms("CN-procedure", "individual") == {
        "exports": "one", "done_when": "first_exit", "tolerance": "0", "counting_unit": "", "restores": (),
        "ceilings": (), "needs_acknowledgement": True, "list_hours": 24,
    }  # fmt: skip


def test_a_programme_of_terra_runs_until_it_is_used_with_a_tolerance():
    assert terms("TERRA-procedure", "programme", "terra") == {
        "exports": "several", "done_when": "used", "tolerance": "0.02", "counting_unit": "KGM",
        "restores": ("returned",), "needs_acknowledgement": True, "list_hours": 72,
        "ceilings": (
            CeilingTerm("worth", Measure.VALUE, Per.LICENCE, "", Decimal("25000000.00"), "TRC"),
            CeilingTerm("dysprosium", Measure.ELEMENT_MASS, Per.ROLLING_YEAR, "Dy", Decimal(500), "KGM"),
        ),
    }  # fmt: skip


def test_where_nothing_is_licensed_no_customs_acknowledges_and_no_list_is_asked():
    assert terms("HOUSE-procedure", folder="group") == {
        "exports": "several", "done_when": "never", "tolerance": "0", "counting_unit": "", "restores": (),
        "ceilings": (), "needs_acknowledgement": False, "list_hours": None,
    }  # fmt: skip


@pytest.mark.parametrize("blocking", [frozenset(), frozenset({"completeness"})])
def test_lists_are_asked_for_at_a_draw_where_screening_blocks_and_nowhere_else(blocking):
    held = law_of(None)[0].procedures["CN-procedure"].casework
    assert licence_terms(None, held)["list_hours"] == 24
    changed = type(held)(**{name: getattr(held, name) for name in held.__dataclass_fields__} | {"blocking": blocking})
    assert licence_terms(None, changed)["list_hours"] is None
    assert licence_terms(None, None)["needs_acknowledgement"] is False
    assert msgspec.json.encode(licence_terms(None, changed))
