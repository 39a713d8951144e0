"""Derived bit by bit from the store: equal to the whole book, whatever the order and the corrections."""

import random
import struct
from hashlib import sha256

import pytest

from ytterby.chain import build_book
from ytterby.chain.excerpt import cells_of_book
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.digest import derived_digest
from ytterby.shell.store.derived.packing import unpacked
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import Edition, EventCell, LotCell
from ytterby.shell.store.reading.entries import accepted_entries
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER


def kept() -> tuple[dict[str, bytes], dict[bytes, bytes]]:
    lots = {text: unpacked(body) for text, body in LotCell.objects.values_list("lot__text", "body")}
    events = {bytes(d): unpacked(body) for d, body in EventCell.objects.values_list("digest", "body")}
    return lots, events


def whole(size: int) -> tuple[dict[str, bytes], dict[bytes, bytes]]:
    """Return what the whole book says, made from the submitted bytes."""
    entries = accepted_entries(OPERATOR_VIEWER, Known(size))
    return cells_of_book(build_book(entries, world_at(size)))


def digest_of(lots: dict[str, bytes], events: dict[bytes, bytes]) -> str:
    """Return what the digest of these cells must be, from what it is said to be."""
    found = sha256(b"ytterby/derived/v1\x00")
    rows = [(text.encode(), lots[text]) for text in sorted(lots)] + sorted(events.items())
    for key, body in rows:
        for part in (key, body):
            found.update(struct.pack(">Q", len(part)) + part)
    return found.hexdigest()


def same_as_whole(register) -> None:
    derive_to(register.size)
    lots, events = kept()
    expected_lots, expected_events = whole(register.size)
    assert lots.keys() == expected_lots.keys()
    assert events.keys() == expected_events.keys()
    assert (lots, events) == (expected_lots, expected_events)


@pytest.mark.parametrize("seed", range(6))
def test_the_sample_derived_in_any_order_is_the_whole_book(register, part_of, seed):
    numbers = list(range(20))
    random.Random(seed).shuffle(numbers)
    for number in numbers:
        capture(register, part_of(number), submitter="operator")
        if number % 3 == 0:
            same_as_whole(register)
    same_as_whole(register)
    assert derived_digest(1) == digest_of(*whole(register.size))


def test_a_site_and_a_product_that_are_registered_late_change_what_events_stood_for(empty_register, part_of):
    for number in range(20):
        capture(empty_register, part_of(number), submitter="operator")
    same_as_whole(empty_register)
    before, size = derived_digest(1), empty_register.size
    import_directory(empty_register, packaged_text("shell.site", "sample_directory.yaml"))
    same_as_whole(empty_register)
    assert derived_digest(1) != before
    assert cells_of_book(build_book(accepted_entries(OPERATOR_VIEWER, Known(size)), world_at(size)))


def test_the_watermark_says_how_far_and_deriving_again_changes_nothing(register, part_of):
    capture(register, part_of(0, 1, 2), submitter="operator")
    assert Edition.objects.get().derived_to == 0
    assert derive_to(register.size) == register.size
    before = derived_digest(1)
    assert derive_to(register.size) == register.size
    assert derived_digest(1) == before
