"""What a party exported under licence before: of the log up to a size, and of nobody else's licences."""

from datetime import date
from decimal import Decimal

import pytest

from shell.licensed import AT, DAY, EXPORTER, issue, licence, office, say, size
from shell.strangers import LUMEN
from ytterby.licence.eligibility import PastLicence, Shown, eligibility
from ytterby.shell.site.law_packs import packaged_law
from ytterby.shell.store.holder_history import exporter_record, holder_history
from ytterby.shell.store.reading.known import Known

ON = date(2028, 6, 1)


@pytest.fixture
def exported(register):
    """Two licences of the exporter, of one of which something left, and one of another party."""
    office(register)
    for number, changes in (
        ("N-1", {}),
        ("N-2", {"valid_from": "2026-07-01"}),
        ("N-3", {"valid_from": "2024-01-01"}),
        ("O-1", {"holder": LUMEN, "consignees": (EXPORTER,)}),
    ):
        assert issue(licence(number, **changes)) == []
    before = size()
    assert not say(register, "reserve", "4", how={"number": "N-1"}).problems
    reserved = size()
    assert not say(register, "exit", "4", seq=2, how={"number": "N-1"}).problems
    return before, reserved, size()


def test_a_reservation_is_no_export_and_an_exit_is_one(exported):
    before, reserved, after = exported
    nothing = {"exporter_years": Decimal(0), "licences_used": Decimal(0)}
    for known in (before, reserved):
        assert exporter_record(EXPORTER, Known(known), ON) == nothing
        assert holder_history(EXPORTER, "exporter", Known(known), ON).first_export is None
    assert exporter_record(EXPORTER, Known(after), ON) == {"exporter_years": 2, "licences_used": 1}
    assert exporter_record(EXPORTER, Known(after), date(2028, 5, 31))["exporter_years"] == 1
    # On a day before the exit itself there is no record that would be below nothing.
    assert exporter_record(EXPORTER, Known(after), date(2020, 1, 1))["exporter_years"] == 0
    assert exporter_record(LUMEN, Known(after), ON) == nothing


def test_the_licences_of_two_years_are_told_with_their_codes(exported):
    _, _, after = exported
    found = holder_history(EXPORTER, "exporter", Known(after), date(2026, 12, 1))
    assert found.first_export == date.fromisoformat(DAY)
    assert set(found.licences) == {
        PastLicence(date(2026, 1, 1), ("1C905.a",), is_used=True),
        PastLicence(date(2026, 7, 1), ("1C905.a",), is_used=False),
    }
    assert holder_history(EXPORTER, "exporter", Known(0), ON).licences == ()
    # Nobody recorded penalties, so that nobody knows that there was none.
    assert found.penalties is None


def test_who_has_no_record_is_told_what_is_lacking_for_a_general_licence(exported):
    general = packaged_law().procedures["CN-procedure"].licence_kinds["general"]
    found = eligibility(general, holder_history(LUMEN, "exporter", Known(exported[2]), AT.date()), AT.date())
    assert {one.id for one in found.rows if one.shown is Shown.NO} == {"record", "licences"}
    assert found.answer is Shown.NO
