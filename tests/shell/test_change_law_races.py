"""Confirmations at once, and a kill in the middle of one: a proposal is in force once, or waits as it did."""

import json
import os
import signal
import subprocess
import sys

import pytest

from shell.changed_law import AT, START, newer
from shell.kills import HEAD, Nursery
from shell.tampering import named
from ytterby.shell.actions.change_law import activate_law, propose_law
from ytterby.shell.actions.log import verify_log
from ytterby.shell.site.register import open_register
from ytterby.shell.store.laws import stored_laws

CONFIRMERS = 4
RACE = """
import json, os, sys, time
from pathlib import Path
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "ytterby.shell.site.settings"
django.setup()
from datetime import datetime
from ytterby.shell.actions.change_law import activate_law, withdraw_law
from ytterby.shell.site.register import open_register
folder, data, number, at = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], datetime.fromisoformat(sys.argv[4])
what, begin = sys.argv[5], time.time() + 1
children = []
for one in range(int(sys.argv[6])):
    pid = os.fork()
    if pid:
        children.append(pid)
        continue
    register = open_register(data)
    time.sleep(max(0.0, begin - time.time()))
    act = withdraw_law if what == "both" and one % 2 else activate_law
    result = act(register, number, at=at)
    told = {"state": result.state, "codes": [problem.code for problem in result.problems]}
    (folder / f"told-{one}.json").write_text(json.dumps(told))
    os._exit(0)
for pid in children:
    os.waitpid(pid, 0)
"""
ACTIVATE = (
    HEAD
    + """
from datetime import datetime
from ytterby.shell.actions.change_law import activate_law
activate_law(register, sys.argv[4], at=datetime.fromisoformat(sys.argv[5]))
"""
)


@pytest.fixture
def proposed(register):
    """A demo in which a pack waits for the second step; with the number of its proposal."""
    made = propose_law(register, [newer()], start=START, at=AT)
    assert made.state == "proposed", made.problems
    return register, made.id


@pytest.mark.parametrize("what", ["confirm", "both"])
def test_of_those_who_confirm_or_withdraw_at_once_one_does(proposed, tmp_path, what):
    register, number = proposed
    folder = tmp_path / "told"
    folder.mkdir()
    arguments = [sys.executable, "-c", RACE, str(folder), str(register.data), number, AT.isoformat(), what]
    arguments.append(str(CONFIRMERS))
    subprocess.run(arguments, check=True, timeout=120, env={**os.environ})
    told = [json.loads((folder / f"told-{one}.json").read_text()) for one in range(CONFIRMERS)]
    register = open_register(register.data)
    (done,) = [one for one in told if not one["codes"]]
    refused = {"in_force": ["law.confirmed_already"], "withdrawn": ["law.withdrawn_already"]}[done["state"]]
    assert [one["codes"] for one in told if one["codes"]] == [refused] * (CONFIRMERS - 1)
    assert stored_laws(register).proposals[number].state == done["state"]
    assert stored_laws(register).flaws == []
    assert verify_log(register)["failures"] == []


@pytest.mark.parametrize(
    ("place", "state"),
    [
        ("ytterby.shell.store.registering.append", "proposed"),
        ("ytterby.shell.store.writing.save_head", "proposed"),
        ("ytterby.shell.actions.change_law.publish_or_leave", "in_force"),
    ],
)
def test_a_confirmation_that_is_killed_is_whole_or_never_was(proposed, tmp_path, place, state):
    """Threat L4: a machine that loses its power in the middle."""
    register, number = proposed
    streams = [(str(tmp_path / name), os.O_RDWR | os.O_CREAT) for name in ("in", "out", "wrong")]
    with Nursery() as nursery:
        nursery.fork(ACTIVATE, [str(register.data), place, "0", number, AT.isoformat()], streams)
        assert nursery.wait() == -signal.SIGKILL, (tmp_path / "wrong").read_text()
    register = open_register(register.data)
    assert stored_laws(register).proposals[number].state == state
    if state == "proposed":
        assert activate_law(register, number, at=AT).state == "in_force"
    assert stored_laws(register).flaws == []
    assert named(register) - {"log.published"} == set()
