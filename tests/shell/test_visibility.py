"""Who may see an event is kept in one row for a party and an event, with all reasons as bits."""

from datetime import timedelta

import msgspec
import pytest
from django.core.management import call_command

from ytterby.chain.door import read_document
from ytterby.chain.party import Directory, Operation, Site, make_directory
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.log import verify_log
from ytterby.shell.site.packs import door_tables
from ytterby.shell.store.models import Reader, Visible
from ytterby.shell.store.visibility import WHYS, Readers, bits_of
from ytterby.terms.identifier import site_of


def rows() -> list[tuple[str, int, int, int]]:
    found = Visible.objects.order_by("event_id", "reader__party")
    return list(found.values_list("reader__party", "event_id", "why", "compartment"))


def test_a_register_of_before_keeps_every_right_there_and_back(register, part_of):
    """Threat P3: a change of how rights are kept gives nobody one and takes none."""
    capture(register, part_of(*range(12)), submitter="operator")
    before = rows()
    assert any(why.bit_count() > 1 for *_, why, _ in before), "nothing here has two reasons"
    call_command("migrate", "store", "0005", verbosity=0, interactive=False)
    call_command("migrate", verbosity=0, interactive=False)
    assert rows() == before
    assert verify_log(register)["failures"] == []
    # Readers that came after those of before get numbers of their own.
    capture(register, part_of(*range(12, 20)), submitter="operator")
    assert verify_log(register)["failures"] == []
    assert Reader.objects.count() == len({party for party, *_ in rows()})


def test_reasons_are_bits_and_a_word_that_is_none_is_refused():
    assert [bits_of([why]) for why in WHYS] == [1 << place for place in range(len(WHYS))]
    assert bits_of(["submitter", "customs", "submitter"]) == 5
    with pytest.raises(KeyError):
        bits_of(["owner"])


def test_a_day_and_a_place_that_were_asked_for_before_do_not_answer_for_another(part_of):
    """Threat P3: a plant changes hands on a day; events before and after it are seen by different parties."""
    (event,) = read_document(part_of(0), door_tables()).said
    place = event.biz_location or event.read_point
    day = event.at.date()

    def of(*operations: Operation) -> Directory:
        return make_directory([], [Site(site_of(place), "", "mine", operations=operations)])

    readers = Readers(of(Operation("old", end=day), Operation("new", start=day)))
    assert readers.of(event, "x").get("new") == bits_of(["site_holder"])
    earlier = msgspec.structs.replace(event, at=event.at - timedelta(days=1))
    assert readers.of(earlier, "x").get("old") == bits_of(["site_holder"])
    assert "new" not in readers.of(earlier, "x")
