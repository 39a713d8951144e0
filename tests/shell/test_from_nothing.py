"""An edition derived in one pass is the one that was derived by differences, wherever the pass was cut off."""

import sys
from pathlib import Path

import pytest

from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.site.register import Register
from ytterby.shell.store.derived import from_nothing
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.digest import derived_digest
from ytterby.shell.store.derived.from_nothing import derive_from_nothing
from ytterby.shell.store.models import Edition, EventCell, LotCell, PostingRecord

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks import province


@pytest.fixture(params=(1, 7, 2_000))
def page(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many events the pass reads at a time."""
    monkeypatch.setattr(from_nothing, "EVENTS_READ", request.param)
    return request.param


def forgotten() -> None:
    """Take the places of events away, which an edition written anew has not yet."""
    PostingRecord.objects.update(rank=0)


def pools() -> set[tuple[bytes, str]]:
    rows = EventCell.objects.filter(pool__isnull=False).values_list("digest", "pool__text")
    return {(bytes(digest), pool) for digest, pool in rows}


def ranks() -> dict[bytes, int]:
    return {bytes(digest): rank for digest, rank in PostingRecord.objects.values_list("digest", "rank")}


def captured(register: Register, events: int) -> None:
    import_directory(register, province.directory())
    for submitter, document in province.documents(events, 50):
        assert capture(register, document, submitter=submitter).outcome == "accepted"


def test_the_sample_in_one_pass_is_what_differences_come_to(register, part_of, page):
    for number in range(20):
        capture(register, part_of(number), submitter="operator")
    capture(register, part_of(0), submitter="https://id.gs1.org/417/9520000010010")
    derive_to(register.size)
    expected, expected_ranks = derived_digest(1), ranks()
    forgotten()
    assert derive_from_nothing(1, register.size) > 0
    assert derived_digest(1) == expected
    assert ranks() == expected_ranks
    assert Edition.objects.get().derived_to == register.size


def test_a_province_with_tanks_late_and_wrong_reports_in_one_pass_and_then_by_differences(empty_register):
    captured(empty_register, 2_500)
    derive_to(empty_register.size)
    expected, expected_ranks, expected_pools = derived_digest(1), ranks(), pools()
    assert expected_pools
    middle = 1_300 - 1_300 % 50
    size = max(s for s in Edition.objects.values_list("derived_to", flat=True))
    ends = sorted(set(PostingRecord.objects.values_list("known_from", flat=True)))
    half = ends[len(ends) * middle // 2_500]
    for upto in (size, half):
        forgotten()
        told: list[int] = []
        derive_from_nothing(1, upto, told.append)
        assert told == sorted(told)
        derive_to(size)
        assert derived_digest(1) == expected
        assert ranks() == expected_ranks
        assert pools() == expected_pools


def test_a_pass_that_was_cut_off_leaves_an_edition_derived_to_nothing_and_the_next_is_whole(
    register, part_of, monkeypatch
):
    monkeypatch.setattr(from_nothing, "EVENTS_READ", 4)
    capture(register, part_of(*range(20)), submitter="operator")
    derive_from_nothing(1, register.size)
    expected = derived_digest(1)

    def cut(entered: int) -> None:
        if entered >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        derive_from_nothing(1, register.size, cut)
    assert Edition.objects.get().derived_to == 0
    assert LotCell.objects.exists()
    derive_from_nothing(1, register.size)
    assert derived_digest(1) == expected
    # Whoever goes by differences over what was left comes to the same.
    with pytest.raises(KeyboardInterrupt):
        derive_from_nothing(1, register.size, cut)
    derive_to(register.size)
    assert derived_digest(1) == expected
