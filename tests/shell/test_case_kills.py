"""A process that dies between two writes of a step, or of a draw, leaves all of it or nothing; the step goes again."""

import json
import os
import signal
import sys

import pytest

from shell.casework_story import EXPORTER, LICENCE, Work, sample_application
from shell.kills import Nursery
from shell.licensed import say, status
from shell.register_copy import copy_register
from ytterby.licence.step import Issue, Submit, Withdraw
from ytterby.shell.actions.doctor.case_marks import unsound_case_marks
from ytterby.shell.actions.doctor.cases import unsound_cases
from ytterby.shell.actions.doctor.customs import unsound_customs
from ytterby.shell.actions.doctor.licences import unsound_licences
from ytterby.shell.site.register import open_register
from ytterby.shell.store.models import LicenceLineRow, LogEntry

CHILD = """
import importlib, json, os, signal, sys
from pathlib import Path
data, place, paths, what, number = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), sys.argv[4], sys.argv[5]
sys.path[:0] = paths
from ytterby.shell.site.register import open_register
from shell.test_case_kills import STEPS
from shell.casework_story import Work
module, name = place.rsplit(".", 1)
def die(*args, **named):
    os.kill(os.getpid(), signal.SIGKILL)
work = Work(open_register(Path(data)))
setattr(importlib.import_module(module), name, die)
STEPS[what](work, number)
"""
ACTIONS, STORE = "ytterby.shell.actions", "ytterby.shell.store"
SUBMIT = [
    *(f"{ACTIONS}.casework.{name}" for name in ("write_case", "tell_of_case", "publish_or_leave")),
    *(f"{ACTIONS}.case_follow.{name}" for name in ("write_case_mark", "set_status")),
    f"{STORE}.cases.event_rows",
]
ISSUE = [
    *(f"{ACTIONS}.case_follow.{name}" for name in ("write_case_mark", "enter_licence")),
    *(f"{STORE}.licences.{name}" for name in ("follow_outbox", "stored_lines", "_set_quantities", "follow_use")),
    *(f"{ACTIONS}.casework.{name}" for name in ("tell_of_case", "publish_or_leave")),
]
DRAW = [
    f"{ACTIONS}.draw_down.{name}" for name in ("register_documents", "enter_outcome", "follow_use", "publish_or_leave")
]


def submit(work, number):
    work.take(number, Submit("Mara Quill", declares=True), "clerk")


def issue(work, number):
    work.take(number, Issue("", {}), work.drawn(number))


def draw(work, seq):
    """Reserve under one declaration, as the licence is of one export."""
    made = say(
        work.register, "reserve", "10", by=EXPORTER, how={"number": LICENCE}, at=work.later(), on="2025-07-01",
        seq=int(seq), publishes=True,
    )  # fmt: skip
    assert made.code == "ok", made


STEPS = {"submit": submit, "issue": issue, "draw": draw}


@pytest.fixture(scope="module")
def nursery():
    with Nursery() as made:
        yield made


@pytest.fixture
def work(licensed_folder, tmp_path):
    return Work(copy_register(licensed_folder, tmp_path / "data"))


def killed(nursery, work, tmp_path, place, what, number):
    """Let a child take a step and die in it; return the register as it is found."""
    wrong = tmp_path / "stderr"
    streams = [(os.devnull, os.O_RDONLY), (os.devnull, os.O_WRONLY), (str(wrong), os.O_WRONLY | os.O_CREAT)]
    nursery.fork(CHILD, [str(work.register.data), place, json.dumps(sys.path), what, number], streams)
    code = nursery.wait()
    assert code == -signal.SIGKILL, (place, wrong.read_text())
    work.register = open_register(work.register.data)
    register = work.register
    found = [*unsound_licences(register), *unsound_cases(register), *unsound_customs(register)]
    assert [*found, *unsound_case_marks()] == [], place
    assert list(LogEntry.objects.order_by("index").values_list("index", flat=True)) == list(range(register.size))


def is_done(place):
    """Tell whether a child that died at a place had committed."""
    return place.endswith("publish_or_leave")


@pytest.mark.long
def test_an_amendment_is_handed_in_and_issued_whole_or_not_at_all(nursery, work, tmp_path):
    number = work.begin("amendment", sample_application("800"), amends=LICENCE)
    for place in SUBMIT:
        if work.case(number).state != "draft":
            number = again(work, number)
        killed(nursery, work, tmp_path, place, "submit", number)
        wanted = ("review", "amending") if is_done(place) else ("draft", "active")
        assert (work.case(number).state, status(LICENCE)) == wanted, place
    if work.case(number).state == "draft":
        work.submit(number)
    work.propose(number, settles="No advice was asked.")
    work.approve(number)
    for place in ISSUE:
        killed(nursery, work, tmp_path, place, "issue", number)
        wanted = ("issued", "issued") if is_done(place) else ("granted", "amending")
        assert (work.case(number).state, status(LICENCE)) == wanted, place
    assert LicenceLineRow.objects.get(number=LICENCE).quantity == 800 * 10**6
    assert work.follows(number) == []


def again(work, number):
    """Withdraw an amendment and begin another."""
    work.take(number, Withdraw(), "clerk")
    return work.begin("amendment", sample_application("800"), amends=LICENCE)


def test_a_draw_is_entered_whole_or_not_at_all(nursery, work, tmp_path):
    for seq, place in enumerate(DRAW, 1):
        killed(nursery, work, tmp_path, place, "draw", str(seq))
        reserved = LicenceLineRow.objects.get(number=LICENCE).reserved
        assert reserved == (10 * 10**6 if is_done(place) else 0), place
