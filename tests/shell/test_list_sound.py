"""An import or a release is whole or not there, whoever dies or races (threat L4)."""

import json
import os
import subprocess
import sys

import pytest

from shell.kills import HEAD, Nursery
from shell.listing import AT, HOUSE, bring, house, state
from shell.tampering import named
from ytterby.shell.actions.import_list import HELD, IN_FORCE
from ytterby.shell.actions.publish import published_size
from ytterby.shell.actions.release_list import release_list
from ytterby.shell.actions.work import work_once
from ytterby.shell.site.register import open_register
from ytterby.shell.store.models import ListedFile, ListedText, ListMembers, Registration
from ytterby.shell.store.screening_lists import stored_list_states

IMPORT = f"""{HEAD}
from datetime import UTC, datetime
from ytterby.screening.lists.gathering import ListFile
from ytterby.shell.actions.import_list import import_list
raw = (Path(sys.argv[1]).parent / "house.csv").read_bytes()
result = import_list(register, [ListFile("house.csv", raw)], list_id="own-house", at=datetime(2026, 6, 1, tzinfo=UTC))
say(id=result.state, outcome=result.state, entries=[])
"""
RELEASE = f"""{HEAD}
from datetime import UTC, datetime
from ytterby.shell.actions.release_list import release_list
which = (Path(sys.argv[1]).parent / "which").read_text()
result = release_list(register, which, reason="looked", at=datetime(2026, 6, 1, tzinfo=UTC))
say(id=result.record, outcome="released", entries=[])
"""
# Before the rows, between them, between them and the record, before its row, after the commit, between two files.
PLACES = {
    "ytterby.shell.actions.import_list._store": (0, False),
    "ytterby.shell.actions.import_list.insert_rows": (1, False),
    "ytterby.shell.actions.import_list.packed_members": (0, False),
    "ytterby.shell.store.registering.append": (0, False),
    "ytterby.shell.store.writing.save_head": (0, False),
    "ytterby.shell.actions.import_list.publish_or_leave": (0, True),
    "ytterby.shell.actions.publish.write_whole": (0, True),
}


def killed(nursery, code, register, place, after, folder):
    given, said, wrong = (str(folder / name) for name in ("stdin", "stdout", "stderr"))
    (folder / "stdin").write_bytes(b"")
    streams = [(given, os.O_RDONLY), *((one, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for one in (said, wrong))]
    nursery.fork(code, [str(register.data), place, str(after)], streams)
    assert nursery.wait() < 0, (folder / "stderr").read_text()


@pytest.fixture(scope="module")
def nursery():
    with Nursery() as nursery:
        yield nursery


@pytest.mark.parametrize("place", PLACES, ids=[one.rpartition(".")[2] for one in PLACES])
def test_after_a_kill_an_import_is_whole_or_not_there(empty_register, nursery, tmp_path, place):
    """Threat L4."""
    (empty_register.data.parent / "house.csv").write_bytes(house(1, 2, 3).raw)
    after, is_committed = PLACES[place]
    killed(nursery, IMPORT, empty_register, place, after, tmp_path)
    register = open_register(empty_register.data)
    counts = (ListedFile.objects.count(), ListedText.objects.count(), ListMembers.objects.count())
    assert counts == ((1, 3, 1) if is_committed else (0, 0, 0))
    assert (HOUSE in stored_list_states(register).by_list) == is_committed
    assert named(register) == set()
    work_once(register)
    assert bring(register, 1, 2, 3).state == IN_FORCE
    assert published_size(register) == register.size
    assert named(register) == set()


@pytest.mark.parametrize(
    ("place", "is_committed"),
    [
        ("ytterby.shell.store.registering.append", False),
        ("ytterby.shell.store.writing.save_head", False),
        ("ytterby.shell.actions.release_list.publish_or_leave", True),
    ],
)
def test_after_a_kill_a_release_is_whole_or_not_there(empty_register, nursery, tmp_path, place, is_committed):
    """Threats D6, L4: what waits is not in force by a release that was not entered."""
    bring(empty_register, *range(10))
    held = bring(empty_register, 1, 2, hours=1)
    (empty_register.data.parent / "which").write_text(held.record)
    killed(nursery, RELEASE, empty_register, place, 0, tmp_path)
    register = open_register(empty_register.data)
    assert (state(register).in_force.record == held.record) == is_committed
    assert named(register) == set()
    result = release_list(register, held.record, reason="looked", at=AT)
    assert bool(result.problems) == is_committed
    assert state(register).in_force.record == held.record
    assert len(state(register).vanished) == 8


RACE = """
import json, os, sys, traceback
from datetime import UTC, datetime
from pathlib import Path
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "ytterby.shell.site.settings"
django.setup()
from ytterby.screening.lists.gathering import ListFile
from ytterby.shell.actions.import_list import import_list
from ytterby.shell.site.register import open_register
folder, data, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
children = []
for number in range(count):
    children.append(os.fork())
    if not children[-1]:
        try:
            register = open_register(data)
            raw = (folder / f"file-{number}.csv").read_bytes()
            (folder / f"ready-{number}").write_text("")
            while len(list(folder.glob("ready-*"))) < count:
                pass
            at = datetime(2026, 6, 1, 1, tzinfo=UTC)
            result = import_list(register, [ListFile("house.csv", raw)], list_id="own-house", at=at)
            told = {"state": result.state, "holds": list(result.holds), "codes": [p.code for p in result.problems]}
        except BaseException:
            told = {"failed": traceback.format_exc()}
        (folder / f"told-{number}.json").write_text(json.dumps(told))
        os._exit(0)
for pid in children:
    os.waitpid(pid, 0)
"""


def race(register, folder, files):
    folder.mkdir()
    for number, file in enumerate(files):
        (folder / f"file-{number}.csv").write_bytes(file.raw)
    arguments = [sys.executable, "-c", RACE, str(folder), str(register.data), str(len(files))]
    subprocess.run(arguments, check=True, timeout=300, env={**os.environ})
    return [json.loads((folder / f"told-{number}.json").read_text()) for number in range(len(files))]


def test_of_two_imports_at_once_the_later_is_compared_with_the_earlier(empty_register, tmp_path):
    """Threat D6: a shrunken file is held against the file that came in beside it, and not against what was before."""
    told = race(empty_register, tmp_path / "race", [house(*range(1, 101)), house(*range(1, 51))])
    assert all("failed" not in one for one in told), told
    register = open_register(empty_register.data)
    whole, half = told
    first = state(register).snapshots[0]
    if first.entries == 100:
        assert (whole["state"], half["state"], half["holds"]) == (IN_FORCE, HELD, ["removed"])
    else:
        assert (half["state"], whole["state"]) == (IN_FORCE, IN_FORCE)
    assert state(register).in_force.entries == 100
    assert [json.loads(row)["number"] for row in _records()] == [1, 2]
    assert named(register) == set()


def test_the_same_file_at_once_is_stored_once(empty_register, tmp_path):
    told = race(empty_register, tmp_path / "race", [house(1, 2, 3)] * 4)
    assert {one.get("state") for one in told} <= {IN_FORCE, "refused"}, told
    register = open_register(empty_register.data)
    assert (ListedFile.objects.count(), ListedText.objects.count(), ListMembers.objects.count()) == (1, 3, 1)
    assert len(state(register).snapshots) == sum(one["state"] == IN_FORCE for one in told)
    assert named(register) == set()


def _records():
    return Registration.objects.filter(kind="list_snapshot").order_by("log_index").values_list("document", flat=True)
