"""Two processes on one line of a licence: what is there goes once, and nobody is told of a lock (invariants I1, I3)."""

import json
import os
import subprocess
import sys

import pytest

from shell.licensed import AT, NUMBER, OFFICE, balance, issue, licence, office, status
from shell.tampering import named
from ytterby.shell.actions.change_licence import change_licence
from ytterby.shell.site.register import open_register
from ytterby.shell.store.case_speakers import demo_speaker
from ytterby.shell.store.models import LicenceEntryRow

RACE = """
import json, os, sys, time, traceback
from pathlib import Path
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "ytterby.shell.site.settings"
django.setup()
from shell.licensed import AT, OFFICE, NUMBER, say
from ytterby.shell.actions.change_licence import confirm_change
from ytterby.shell.store.case_speakers import demo_speaker
from ytterby.shell.site.register import open_register
folder, data, what, draws = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
begin = time.time() + 0.5

def work(number, register):
    told = []
    for n in range(1, draws + 1):
        name = f"d{n}" if what == "keys" else f"d{number}-{n}"
        result = say(register, "draw", "0.1" if what == "suspend" else "1", decl=name)
        told.append({"code": result.code, "problems": [one.code for one in result.problems]})
        # However late the other one gets its turn, this one goes on until it has noticed, and a little longer.
        if what == "suspend" and [one["code"] for one in told[-10:]].count("ok") == 0:
            break
    return told

def suspend(register):
    time.sleep(0.1)
    result = confirm_change(register, NUMBER, int(sys.argv[5]), demo_speaker(OFFICE, "bo"), at=AT)
    return [{"code": result.state, "problems": [one.code for one in result.problems]}]

children = []
for number in range(2):
    pid = os.fork()
    if pid:
        children.append(pid)
        continue
    try:
        register = open_register(data)
        time.sleep(max(0.0, begin - time.time()))
        told = suspend(register) if what == "suspend" and number else work(number, register)
    except BaseException:
        told = {"failed": traceback.format_exc()}
    (folder / f"told-{number}.json").write_text(json.dumps(told))
    os._exit(0)
for pid in children:
    os.waitpid(pid, 0)
"""


def race(folder, register, what, draws, proposal=0):
    """Let two processes draw at once; return what each was told."""
    folder.mkdir(exist_ok=True)
    arguments = [sys.executable, "-c", RACE, str(folder), str(register.data), what, str(draws), str(proposal)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    subprocess.run(arguments, check=True, timeout=600, env=environment)
    told = [json.loads((folder / f"told-{number}.json").read_text()) for number in range(2)]
    assert all(isinstance(one, list) for one in told), told
    return told


def draw_300(folder, register, draws=500, quantity=300):
    told = [one for half in race(folder, register, "lines", draws) for one in half]
    good = [one for one in told if one["code"] == "ok"]
    assert len(told) == 2 * draws
    assert len(good) == quantity
    assert {one["code"] for one in told} == {"ok", "refused:exhausted"}
    assert balance() == (quantity, 0, 0, 0)


@pytest.fixture
def licensed(register):
    office(register)
    assert issue(licence(quantity="300")) == []
    return register


def test_of_a_thousand_draws_on_three_hundred_exactly_three_hundred_succeed(licensed, tmp_path):
    draw_300(tmp_path / "race", licensed)
    assert status() == "exhausted"
    assert LicenceEntryRow.objects.filter(kind="draw").count() == 1000


@pytest.mark.long
@pytest.mark.parametrize("turn", range(19))
def test_and_so_they_do_each_time(licensed, tmp_path, turn):
    draw_300(tmp_path / "race", licensed)


def test_the_same_draw_by_two_is_one(licensed, tmp_path):
    told = race(tmp_path / "race", licensed, "keys", 60)
    assert {one["code"] for half in told for one in half} == {"ok"}
    assert balance() == (60, 0, 240, 0)
    assert LicenceEntryRow.objects.filter(kind="draw").count() == 60


def test_from_the_moment_of_a_suspension_on_nothing_is_drawn(licensed, tmp_path):
    first = change_licence(licensed, NUMBER, "suspend", demo_speaker(OFFICE, "ann"), reason="suspended_factors", at=AT)
    drawn, (suspended,) = race(tmp_path / "race", licensed, "suspend", 2_900, first.proposal)
    assert suspended == {"code": "done", "problems": []}
    codes = [one["code"] for one in drawn]
    assert codes == sorted(codes)  # once refused, always refused
    assert set(codes) <= {"ok", "refused:suspended"}
    assert "refused:suspended" in codes
    assert round(balance()[0] * 10) == codes.count("ok")
    assert named(open_register(licensed.data)) == set()
