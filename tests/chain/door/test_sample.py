"""The sample chain passes the door without a word, and says what it is meant to say."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from chain.door.door_samples import SAMPLE
from ytterby.chain.door import read_document, read_event


@pytest.fixture(scope="module")
def chain(tables):
    return read_document(SAMPLE.read_bytes(), tables, received_at=datetime(2025, 9, 1, tzinfo=UTC))


@pytest.mark.parametrize("level", ["gs1", "profile"])
def test_it_has_twenty_events_and_no_problem_of_any_severity(tables, level):
    found = read_document(SAMPLE.read_bytes(), tables, level=level)
    assert (len(found.said), found.all_problems) == (20, ())


def test_an_error_declaration_knows_the_digest_of_its_original(chain):
    original, declaration, corrective = chain.said[4:7]
    assert declaration.original == original.digest
    assert declaration.digest != original.digest
    assert original.original is None
    assert declaration.error.reason == "incorrect_data"
    assert declaration.error.corrective_event_ids == (corrective.event_id,)


def test_both_shapes_of_ilmd_are_read(chain):
    ore, concentrate = chain.said[0].lot_data[0], chain.said[1].lot_data[0]
    assert (ore.form, ore.origin_country, ore.deposit) == ("ore", "XA", "Kestrel Ridge, bench 7")
    assert ore.lot == chain.said[0].quantities[0].lot
    assert concentrate.lot == chain.said[1].output_quantities[0].lot
    assert concentrate.reo_percent == Decimal("55.554")
    assert [(a.element, a.milligram_per_kilogram, a.standard_uncertainty) for a in concentrate.assays][3] == (
        "Nd",
        Decimal("85000.0"),
        Decimal("850.0"),
    )
    component = next(e for e in chain.said if e.biz_step == "assembling").lot_data[0]
    assert (component.lot, component.magnet_pieces_per_unit) == (None, Decimal(48))


def test_quantities_stand_in_base_units_beside_what_was_declared(chain):
    magnets = next(e for e in chain.said if e.biz_step == "departing").quantities[0]
    assert (magnets.amount, magnets.unit, magnets.declared, magnets.declared_unit) == (20000, "H87", "20000", "")
    weighing = chain.said[3].weighings[0]
    assert (weighing.value_kg, weighing.s_dev_kg) == (Decimal(11000), Decimal(6))
    assert weighing.device == "https://id.gs1.org/8004/952000WB01"


def test_an_end_use_text_becomes_one_declared_use_of_the_whole(chain):
    departing = next(e for e in chain.said if e.biz_step == "departing")
    (use,) = departing.uses
    assert (use.share, use.use_code, use.country) == (Decimal(1), "traction_motor_car", "XB")
    assert use.end_user == departing.end_user == "https://id.gs1.org/417/9520000010058"
    assert departing.net_mass_kg == Decimal("900.0")


def test_a_stock_taking_says_that_it_is_complete(chain):
    assert [e.is_complete for e in chain.said if e.biz_step == "stock_taking"] == [True]


def test_an_event_is_read_again_from_its_bytes_and_prefixes(chain, tables):
    for read in chain.events:
        again = read_event(read.raw, read.prefixes, tables)
        assert (again.event, again.digest, again.problems) == (read.event, read.digest, ())
