"""Plants that change hands: the operator of a site is a matter of the day of the event, as known when it is asked."""

import json
from datetime import date
from typing import Any

import pytest
import yaml

from shell.histories import digest_of, whole_cells
from shell.register_copy import forget_answers
from shell.test_corrections import KESTREL, METAL, MINE, NORRVIK, ORE, PLANT, codes, made, tell, used
from ytterby.shell.actions.doctor import examine
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.site.register import Register
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.digest import derived_digest
from ytterby.shell.store.models import Visible
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.visibility import bits_of

CHANGE = date(2025, 3, 4)


def change_hands(register: Register, site: str = MINE, **more: Any) -> int:
    """Enrol that a site went from Kestrel to Norrvik on 4 March; return the log size."""
    operations = [{"party": KESTREL, "end": CHANGE}, {"party": NORRVIK, "start": CHANGE}]
    row = {"id": site, "name": "Ridge", "kind": "mine", "country": "XA", "operations": operations, **more}
    result = import_directory(register, yaml.safe_dump({"sites": [row]}))
    assert not result.problems
    return result.size


@pytest.fixture(autouse=True)
def same_as_whole(register):
    yield
    derive_to(register.size)
    assert derived_digest(1) == digest_of(*whole_cells(register.size))
    forget_answers()
    assert examine(register)["unsound"] == []


def holders(lot: str, size: int) -> list[str]:
    book = book_of(OPERATOR_VIEWER, Known(size))
    return [parcel.holder for parcel in book.parcels_of[lot]]


def test_who_may_report_is_the_operator_of_the_day_of_the_event(register):
    """Threat P3."""
    change_hands(register)
    assert tell(register, made(1, day=3), by=KESTREL).outcome == "accepted"
    assert tell(register, made(2, day=4, lot=ORE + "2"), by=NORRVIK).outcome == "accepted"
    for number, day, party in ((3, 4, KESTREL), (4, 3, NORRVIK)):
        result = tell(register, made(number, day=day, lot=ORE + "3"), by=party)
        assert (result.outcome, codes(result)) == ("refused", ["speaker.not_allowed"])


def test_the_old_operator_reports_and_corrects_after_the_change_what_was_before_it(register):
    from shell.test_corrections import wrong

    tell(register, made(1, day=1), by=KESTREL)
    change_hands(register)
    assert tell(register, made(5, 40, day=2, lot=ORE + "2"), by=KESTREL).outcome == "accepted"
    assert codes(tell(register, wrong(made(1, day=1), 6), made(6, 90, day=1), by=KESTREL)) == []
    assert holders(ORE, register.size) == [KESTREL]


def test_old_stock_stays_its_holders_until_somebody_says_otherwise_and_the_new_operator_may_use_it(register):
    change_hands(register)
    tell(register, made(1, day=1), by=KESTREL)
    result = tell(register, used(2, day=5), by=NORRVIK)
    assert result.outcome == "accepted"
    book = book_of(OPERATOR_VIEWER, Known(register.size))
    (ore,) = book.parcels_of[ORE]
    assert (ore.holder, ore.left) == (KESTREL, 40)
    (metal,) = book.parcels_of[METAL]
    assert metal.holder == NORRVIK
    assert not [finding for finding in book.findings if finding.lot == ORE]


def test_the_new_operators_own_lots_are_taken_before_what_the_old_one_left(register):
    change_hands(register)
    tell(register, made(1, day=1), by=KESTREL)
    tell(register, made(2, day=4), by=NORRVIK)
    tell(register, used(3, 60, day=6), by=NORRVIK)
    book = book_of(OPERATOR_VIEWER, Known(register.size))
    assert {parcel.holder: parcel.left for parcel in book.parcels_of[ORE]} == {KESTREL: 100, NORRVIK: 40}


def test_a_change_that_is_registered_late_changes_what_events_stood_for_from_then_on_and_never_before(register):
    tell(register, made(1, day=5), used(2, day=6), by="operator")
    derive_to(register.size)
    before = register.size
    after = change_hands(register)
    assert (holders(ORE, before), holders(ORE, after)) == ([KESTREL], [NORRVIK])
    derive_to(after)
    assert (holders(METAL, before), holders(METAL, after)) == ([KESTREL], [NORRVIK])


def test_a_late_change_leaves_who_may_see_what_was_told_before_and_decides_what_is_told_after(register):
    """Threat C1: what somebody could see is not widened afterwards."""
    tell(register, made(1, day=5), by="operator")
    change_hands(register)
    tell(register, made(2, day=6, lot=ORE + "2"), by="operator")
    rows = Visible.objects.order_by("event_id").values_list("reader__party", "why")
    assert [party for party, why in rows if why & bits_of(["site_holder"])] == [KESTREL, NORRVIK]


def test_a_late_change_at_the_destination_changes_to_whom_goods_were_sent(register):
    """The site to which goods are sent is no place of the event, and decides what it stands for all the same."""
    sent = {
        **made(1, day=5),
        "action": "OBSERVE",
        "bizStep": "shipping",
        "sourceList": [{"type": "location", "source": MINE}],
        "destinationList": [{"type": "location", "destination": PLANT}],
    }
    del sent["ilmd"]
    tell(register, made(2, day=1), sent)
    derive_to(register.size)
    before = register.size
    after = change_hands(register, PLANT)
    for size, party in ((before, NORRVIK), (after, NORRVIK)):
        book = book_of(OPERATOR_VIEWER, Known(size))
        assert [s.node.to_holder for s in book.shipments] == [party]
    operations = [{"party": KESTREL}]
    row = {"id": PLANT, "name": "Works", "kind": "separation", "country": "XB", "operations": operations}
    import_directory(register, json.dumps({"sites": [row]}))
    derive_to(register.size)
    assert [s.node.to_holder for s in book_of(OPERATOR_VIEWER, Known(register.size)).shipments] == [KESTREL]


def test_a_change_there_and_back_again_leaves_each_stretch_with_its_operator(register):
    tell(register, made(1, day=5), by="operator")
    first = register.size
    second = change_hands(register)
    operations = [{"party": KESTREL}]
    row = {"id": MINE, "name": "Ridge", "kind": "mine", "country": "XA", "operations": operations}
    third = import_directory(register, json.dumps({"sites": [row]})).size
    derive_to(third)
    assert [holders(ORE, size) for size in (first, second, third)] == [[KESTREL], [NORRVIK], [KESTREL]]
