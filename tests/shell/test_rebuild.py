"""A second edition of what is derived, written from the submitted bytes, is the first, and takes over."""

import fcntl
import random

import pytest
from django.core.management import call_command

from shell.cli.conftest import run
from ytterby.shell.actions import rebuild as rebuilds
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.rebuild import rebuild
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import RegisterOutdated, open_register
from ytterby.shell.store.derived import deriving, rebuilding
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.digest import derived_digest
from ytterby.shell.store.derived.postings import live_edition
from ytterby.shell.store.models import Edition, EventCell, EventRecord, LotCell, PostingRecord, Touch

MODELS = (PostingRecord, Touch, LotCell, EventCell)


def postings() -> list[tuple[object, ...]]:
    """Return what the live edition's postings say, without the numbers of rows."""
    rows = PostingRecord.objects.filter(edition=live_edition().number).order_by("log_index", "known_from")
    columns = ("log_index", "digest", "submitter", "at", "rank", "known_from", "known_to", "body")
    return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in rows.values_list(*columns)]


def touches() -> set[tuple[str, int]]:
    rows = Touch.objects.filter(edition=live_edition().number)
    return set(rows.values_list("thread__text", "log_index"))


@pytest.fixture
def tangled(empty_register, part_of):
    """The sample out of order, half of it before its sites were registered, a declaration before its original."""
    numbers = list(range(20))
    random.Random(7).shuffle(numbers)
    for number in numbers[:9]:
        capture(empty_register, part_of(number), submitter="operator")
    import_directory(empty_register, packaged_text("shell.site", "sample_directory.yaml"))
    for number in numbers[9:]:
        capture(empty_register, part_of(number), submitter="operator")
    derive_to(empty_register.size)
    return empty_register


def test_a_rebuild_writes_the_same_rows_and_drops_the_old_ones(tangled):
    before = postings(), touches(), derived_digest(live_edition().number)
    rebuilt = rebuild(tangled)
    assert rebuilt.is_sound
    assert rebuilt.changes is not None
    assert (rebuilt.changes.lot_count, rebuilt.changes.event_count) == (0, 0)
    assert (postings(), touches(), derived_digest(live_edition().number)) == before
    assert rebuilt.derived_digest == before[2]
    assert list(Edition.objects.values_list("number", "is_live", "derived_to")) == [(2, True, tangled.size)]
    for model in MODELS:
        assert not model.objects.exclude(edition=2).exists()


class StoppedError(Exception):
    """A machine that goes down between two transactions."""


def test_a_rebuild_that_is_stopped_before_any_of_its_transactions_goes_on_where_it_was(tangled, monkeypatch):
    before = postings(), derived_digest(1)
    monkeypatch.setattr(rebuilding, "EVENTS_A_TRANSACTION", 4)
    write, stop_at, stops = rebuilding.write, 0, 0
    left = [0]

    def fragile(action):
        left[0] -= 1
        if left[0] == 0:
            raise StoppedError
        return write(action)

    monkeypatch.setattr(rebuilding, "write", fragile)
    while stops == stop_at:
        stop_at += 1
        left[0] = stop_at
        try:
            rebuild(tangled)
        except StoppedError:
            stops += 1
            assert Edition.objects.filter(is_live=True).count() == 1
            assert verify_log(tangled)["ok"]
            assert rebuild(tangled).is_sound
        assert (postings(), derived_digest(live_edition().number)) == before
        assert Edition.objects.count() == 1
    assert stops > 10


def test_captures_go_on_while_a_rebuild_is_under_way_and_none_is_lost(register, part_of, monkeypatch):
    for number in range(8):
        capture(register, part_of(number), submitter="operator")
    left = list(range(8, 20))

    def and_capture(name):
        function = getattr(rebuilds, name)

        def wrapped(*args, **kwargs):
            found = function(*args, **kwargs)
            for _ in range(min(3, len(left))):
                capture(register, part_of(left.pop(0)), submitter="operator")
            return found

        monkeypatch.setattr(rebuilds, name, wrapped)

    and_capture("begin_edition")
    and_capture("catch_up")
    and_capture("compare_editions")
    rebuilt = rebuild(register)
    assert rebuilt.size == register.size
    assert EventRecord.objects.count() == 20 - len(left)
    assert not left or len(left) < 12
    monkeypatch.undo()
    again = rebuild(register)
    assert again.is_sound
    assert again.derived_digest == rebuilt.derived_digest


def test_rows_that_somebody_changed_are_named_and_put_right(tangled):
    digest = derived_digest(1)
    cell = LotCell.objects.exclude(lot__text__contains="OM-").first()
    assert cell is not None
    LotCell.objects.filter(edition=1, lot=cell.lot).update(body=bytes(cell.body)[:-6] + b"\x00" * 6)
    rebuilt = rebuild(tangled)
    assert not rebuilt.is_sound
    assert rebuilt.changes is not None
    assert rebuilt.changes.lots == (cell.lot.text,)
    assert rebuilt.derived_digest == digest


def test_a_raised_derivation_must_be_rebuilt_and_the_rebuild_says_what_changed(tangled):
    digest, lots = derived_digest(1), LotCell.objects.count()
    Edition.objects.update(derivation=0)
    LotCell.objects.filter(lot__text__contains="KR-C").update(body=b"written by another version")
    with pytest.raises(RegisterOutdated):
        open_register(tangled.data)
    found = run("lot", "list", "--data", tangled.data)
    assert found.code == 3
    assert f"ytterby register rebuild --data {tangled.data}" in found.err
    assert run("log", "verify", "--data", tangled.data).code == 0
    found = run("register", "rebuild", "--data", tangled.data, "--json")
    assert found.code == 0
    assert found.json["was_outdated"]
    assert found.json["derived_digest"] == digest
    assert 0 < found.json["changed"]["lots"] < lots
    assert run("lot", "list", "--data", tangled.data).code == 0


def test_a_register_made_before_anything_was_derived_is_brought_up_to_date(tangled):
    digest, declarations = derived_digest(1), EventRecord.objects.filter(original__isnull=False).count()
    assert declarations
    call_command("migrate", "store", "0001", verbosity=0, interactive=False)
    with pytest.raises(RegisterOutdated):
        open_register(tangled.data)
    register = open_register(tangled.data, outdated=True)
    rebuilt = rebuild(register)
    assert rebuilt.was_outdated
    assert rebuilt.derived_digest == digest
    assert EventRecord.objects.filter(original__isnull=False).count() == declarations
    assert verify_log(register)["failures"] == []


def test_the_commands_say_how_far_the_register_is(tangled):
    found = run("register", "derive", "--data", tangled.data, "--json")
    assert found.code == 0
    assert found.json == {
        "derived_to": tangled.size,
        "edition": 1,
        "derived_digest": derived_digest(1),
        "as_of_size": tangled.size,
    }
    found = run("register", "rebuild", "--data", tangled.data)
    assert (found.code, found.err) == (0, "")
    assert "byte for byte" in found.out
    found = run("register", "rebuild", "--data", tangled.data, "--anew", "--lang", "zh")
    assert "逐字节相同" in found.out


def test_a_register_of_which_nothing_was_derived_is_derived_in_one_pass_and_no_other(
    empty_register, part_of, monkeypatch
):
    size = capture(empty_register, part_of(*range(20)), submitter="operator").size
    stepped = []
    derive_step = deriving.derive_step
    monkeypatch.setattr(
        deriving, "derive_step", lambda edition, at, to: (stepped.append(edition), derive_step(edition, at, to))
    )
    found = run("register", "rebuild", "--data", empty_register.data)
    assert (found.code, found.err) == (0, "")
    assert "Nothing was derived before" in found.out
    assert not stepped
    assert list(Edition.objects.values_list("number", "is_live", "derived_to")) == [(2, True, size)]
    found = run("register", "rebuild", "--data", empty_register.data)
    assert "byte for byte" in found.out


def test_two_rebuilds_at_once_are_one_too_many(tangled):
    from ytterby.shell.actions.rebuild import LOCK

    with (tangled.data / LOCK).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        found = run("register", "rebuild", "--data", tangled.data)
    assert found.code == 3
    assert "Another process is rebuilding" in found.err
    assert Edition.objects.count() == 1


def test_what_somebody_took_away_is_named_by_the_doctor_and_made_again(tangled):
    digest = derived_digest(1)
    Edition.objects.all().delete()
    for command in (("lot", "list"), ("event", "capture", "x.json", "--as", "operator")):
        assert run(*command, "--data", tangled.data).code == 3
    found = run("register", "doctor", "--data", tangled.data, "--json")
    assert found.code == 1
    assert "derived.edition" in {one["invariant"] for one in found.json["unsound"]}
    found = run("register", "rebuild", "--data", tangled.data, "--json")
    assert (found.code, found.json["sound"], found.json["changed"]) == (1, False, None)
    assert found.json["derived_digest"] == digest
    assert run("register", "doctor", "--data", tangled.data).code == 0


def test_cells_that_cannot_be_unpacked_do_not_keep_a_rebuild_from_putting_them_right(tangled, part_of):
    digest = derived_digest(1)
    LotCell.objects.all().update(body=b"no cell at all")
    import_directory(tangled, "sites: [{id: 'https://id.gs1.org/414/9520000010010', name: Kestrel, kind: other}]")
    assert not rebuild(tangled).is_sound
    assert derived_digest(live_edition().number) != digest
    assert rebuild(tangled).is_sound


def test_the_cures_of_the_doctor_are_commands_that_there_are():
    import re

    from shell.cli.test_command import commands
    from ytterby.shell.site.packs import packaged_text

    named = set(re.findall(r"`(ytterby [a-z]+ [a-z]+)([^`]*)`", packaged_text("shell.wording", "doctor.yaml")))
    options = {" ".join(path): parser.format_help() for path, parser in commands()}
    assert named
    for command, rest in named:
        assert all(option in options[command.removeprefix("ytterby ")] for option in rest.split() if option[0] == "-")
