"""Eight processes that take overlapping documents in, in opposite orders, while a ninth watches the log."""

import json
import os
import subprocess
import sys

from shell.one_process import digest_alone
from shell.shipments import shipments
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.work import work_once
from ytterby.shell.site.register import open_register
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.digest import derived_digest
from ytterby.shell.store.models import EventRecord, LogEntry, LogHead, Submission

WRITERS = 8
DOCUMENTS, SIZE, OVERLAP = 10, 6, 3
EVENTS = DOCUMENTS * (SIZE - OVERLAP) + OVERLAP

# Forks before anything is opened. Each writer tells what it got; the watcher tells how often it looked.
RACE = """
import json, os, sys, traceback
from pathlib import Path
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "ytterby.shell.site.settings"
django.setup()
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.work import work_once
from ytterby.shell.site.register import open_register
folder, data, writers, what = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
documents = json.loads((folder / "documents.json").read_text())
LOOK = 'select (select size from store_loghead), count(*), min("index"), max("index") from store_logentry'

def write(number, register):
    got = []
    for text in documents[::-1] if number % 2 else documents:
        result = capture(register, text.encode(), submitter="operator")
        got.append({"outcome": result.outcome, "entries": result.entries})
    return got

def work(number, register):
    return [{"outcome": one.outcome, "entries": one.entries} for one in work_once(register).settled.values()]

def watch(register):
    from django.db import connection
    looks, size = 0, 0
    while not (folder / "over").exists():
        with connection.cursor() as cursor:
            cursor.execute(LOOK)
            head, count, least, most = cursor.fetchone()
        assert (head, least, most) == (count, 0, count - 1), (head, count, least, most)
        assert count >= size, "the log became shorter"
        looks, size = looks + 1, count
    return looks

def child(number):
    pid = os.fork()
    if pid:
        return pid
    try:
        register = open_register(data)
        told = watch(register) if number == writers else {"write": write, "work": work}[what](number, register)
    except BaseException:
        told = {"failed": traceback.format_exc()}
    (folder / f"told-{number}.json").write_text(json.dumps(told))
    os._exit(0)

watcher = child(writers)
for pid in [child(number) for number in range(writers)]:
    os.waitpid(pid, 0)
(folder / "over").write_text("")
os.waitpid(watcher, 0)
"""


def race(folder, register, documents, what="write", writers=WRITERS):
    """Run the writers and the watcher; return what each told."""
    folder.mkdir()
    (folder / "documents.json").write_text(json.dumps([document.decode() for document in documents]))
    arguments = [sys.executable, "-c", RACE, str(folder), str(register.data), str(writers), what]
    subprocess.run(arguments, check=True, timeout=300, env={**os.environ})
    return [json.loads((folder / f"told-{number}.json").read_text()) for number in range(writers + 1)]


def test_eight_writers_in_opposite_orders_leave_one_log_without_gap_or_double(register, sample, tmp_path):
    documents = shipments(sample, DOCUMENTS, size=SIZE, overlap=OVERLAP)
    *told, looks = race(tmp_path / "race", register, documents)
    assert all(isinstance(one, list) for one in told), told
    assert isinstance(looks, int), looks
    assert looks > 10
    register = open_register(register.data)
    # No deadlock reached a user, and each event was entered by exactly one of the eight.
    assert {got["outcome"] for one in told for got in one} == {"accepted", "known"}
    entered = [index for one in told for got in one for index in got["entries"]]
    assert len(entered) == len(set(entered)) == EVENTS == EventRecord.objects.count()
    indices = list(LogEntry.objects.order_by("index").values_list("index", flat=True))
    assert indices == list(range(LogHead.objects.get(id=1).size))
    assert Submission.objects.filter(outcome_receipt__isnull=True).count() == 0
    assert verify_log(register)["failures"] == []
    derive_to(register.size)
    digest = derived_digest(1)
    # The same set of events, taken in by one process into a register of its own.
    assert digest_alone(tmp_path / "alone", documents) == digest


def test_workers_that_take_up_the_same_jobs_at_once_make_one_outcome_of_each(register, sample, tmp_path):
    from ytterby.shell.actions.arrive import Incoming, arrive

    documents = shipments(sample, 6, size=20)
    receipts = [arrive(register, Incoming(document, "operator")).receipt_id for document in documents]
    *told, looks = race(tmp_path / "race", register, documents, "work", writers=4)
    assert all(isinstance(one, list) for one in told), told
    assert isinstance(looks, int), looks
    register = open_register(register.data)
    assert work_once(register).settled == {}
    assert EventRecord.objects.count() == 6 * 20
    assert set(Submission.objects.values_list("receipt_id", "state")) == {(id_, "accepted") for id_ in receipts}
    # Whoever was slower got the same answer.
    assert {got["outcome"] for one in told for got in one} == {"accepted"}
    assert len({tuple(got["entries"]) for one in told for got in one}) == 6
    assert verify_log(register)["failures"] == []
