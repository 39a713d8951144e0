"""Arrival and outcome apart: jobs that survive, deadlines that are proved, clocks set back, refusals that lapse."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from postgres import ON_POSTGRESQL
from shell.shipments import shipments
from ytterby.proof.receipt import verify_receipt
from ytterby.shell.actions import arrive as arrive_module
from ytterby.shell.actions.arrive import Incoming, arrive
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.lapse import lapse_refused
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.settle import settle
from ytterby.shell.actions.work import Worker, left_jobs, work_once
from ytterby.shell.site.packs import limits
from ytterby.shell.store.models import EventRecord, LogEntry, LogHead, Submission
from ytterby.shell.store.reading.submissions import submission_status
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.terms.instant import read_instant

KESTREL, NORRVIK = (f"https://id.gs1.org/417/95200000100{n}" for n in ("10", "27"))
AT = datetime(2026, 1, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def instant(text):
    return read_instant(text)[0]


def test_a_document_that_arrived_is_a_receipt_and_a_job_before_anything_in_it_is_read(register):
    """Threat P4: the receipt is for the exact bytes, even of what nobody can read."""
    submission = arrive(register, Incoming(b"\x00 no JSON", KESTREL), at=AT)
    arrival = json.loads(submission.arrival_receipt)
    assert verify_receipt(arrival, register.receipt_key.public)
    assert left_jobs() == [submission.receipt_id] == [arrival["id"]]
    assert verify_log(register)["failures"] == []
    worked = work_once(register, at=AT)
    assert worked.settled[submission.receipt_id].outcome == "refused"
    assert left_jobs() == []


def test_a_job_is_done_from_the_stored_bytes_as_it_would_have_been_done_at_once(register, part_of):
    at_once = capture(register, part_of(0, 1), submitter=KESTREL, at=AT)
    job = arrive(register, Incoming(part_of(2, 3), "operator"), at=AT)
    result = work_once(register, at=AT + 30 * DAY).settled[job.receipt_id]
    assert (result.outcome, result.events) == ("accepted", 2)
    assert result.entries == [at_once.size, at_once.size + 1]
    assert result.size == register.size
    # Asked for again, it is answered from what is stored.
    again = settle(register, job.receipt_id)
    assert (again.outcome_receipt, again.problems) == (result.outcome_receipt, result.problems)
    assert verify_log(register)["failures"] == []


def test_a_job_that_runs_late_judges_time_by_the_arrival(register, sample):
    """The deadline is proved by the arrival receipt: what was too early then is refused however late it is decided."""
    event = {**sample["epcisBody"]["eventList"][8], "eventTime": "2026-01-05T00:00:00Z"}
    document = json.dumps({**sample, "epcisBody": {"eventList": [event]}}).encode()
    late = arrive(register, Incoming(document, "operator"), at=AT)
    result = settle(register, late.receipt_id, at=AT + 10 * DAY)
    assert [problem.code for problem in result.problems if problem.severity.value == "refuse"] == [
        "event.in_the_future"
    ]
    assert result.arrival["at"] == late.arrived_at
    assert instant(result.outcome_receipt["at"]) == AT + 10 * DAY
    assert capture(register, document, submitter="operator", at=AT + 10 * DAY).outcome == "accepted"


def test_what_is_over_the_limit_is_refused_by_its_length_however_late(register):
    submission = arrive(register, Incoming(b" " * (limits().document_bytes + 1), KESTREL), at=AT)
    assert verify_log(register)["failures"] == []
    (result,) = work_once(register, at=AT).settled.values()
    assert [problem.code for problem in result.problems] == ["document.too_large"]
    assert Submission.objects.get(receipt_id=submission.receipt_id).state == "refused"
    assert verify_log(register)["failures"] == []


def test_a_long_document_is_a_job_and_capture_waits_for_it(register, part_of, monkeypatch):
    small = replace(limits(), settle_at_once_bytes=100)
    monkeypatch.setattr(arrive_module, "limits", lambda: small)
    assert not Incoming(part_of(0), KESTREL).is_settled_at_once
    assert Incoming(b"{}", KESTREL).is_settled_at_once
    assert capture(register, part_of(0), submitter=KESTREL, at=AT).outcome == "accepted"


def test_one_job_that_fails_does_not_keep_the_others_from_being_done(register, part_of, monkeypatch):
    from ytterby.shell.actions import settle as settle_module

    bad = arrive(register, Incoming(part_of(0), KESTREL), at=AT)
    good = arrive(register, Incoming(part_of(1), KESTREL), at=AT)
    inner = settle_module.read_submission

    def read(submission, *args):
        if submission.receipt_id == bad.receipt_id:
            raise MemoryError("of some kind")
        return inner(submission, *args)

    monkeypatch.setattr(settle_module, "read_submission", read)
    worked = work_once(register, at=AT)
    assert (set(worked.settled), set(worked.failed)) == ({good.receipt_id}, {bad.receipt_id})
    monkeypatch.undo()
    assert set(work_once(register, at=AT).settled) == {bad.receipt_id}


@pytest.mark.skipif(ON_POSTGRESQL, reason="the worker's thread is the same on both")
def test_a_worker_takes_up_what_is_left_and_stops(register, part_of):
    import threading

    job = arrive(register, Incoming(part_of(0, 1), "operator"))
    done = threading.Event()
    rounds = []

    def on_round(worked):
        rounds.append(worked)
        done.set()

    with Worker(register, every_seconds=0.01, on_round=on_round):
        assert done.wait(30)
    assert rounds[0].settled[job.receipt_id].outcome == "accepted"
    assert threading.active_count() == 1 or not any(t.name == "ytterby-worker" for t in threading.enumerate())


# Clocks


def test_a_clock_set_back_sets_back_neither_arrival_nor_acceptance(register, part_of):
    sizes = [AT, AT - 100 * DAY, AT + DAY, AT - DAY, AT + 2 * DAY]
    results = [capture(register, part_of(n), submitter="operator", at=at) for n, at in enumerate(sizes)]
    arrivals = [instant(result.arrival["at"]) for result in results]
    decided = [instant(result.outcome_receipt["at"]) for result in results]
    accepted = [instant(at) for at in LogEntry.objects.order_by("index").values_list("accepted_at", flat=True)]
    assert arrivals == sorted(arrivals) == [AT, AT, AT + DAY, AT + DAY, AT + 2 * DAY]
    assert decided == sorted(decided)
    assert accepted == sorted(accepted)
    assert all(a <= d for a, d in zip(arrivals, decided, strict=True))
    assert LogHead.objects.get(id=1).arrived_at == results[-1].arrival["at"]
    assert verify_log(register)["failures"] == []


def test_a_clock_set_back_between_two_processes_sets_nothing_back(register, sample):
    from shell.kills import HEAD, Nursery

    code = (
        HEAD
        + """
from datetime import timedelta
clock = importlib.import_module("ytterby.shell.actions.arrive")
other = importlib.import_module("ytterby.shell.actions.settle")
now = clock.now
clock.now = other.now = lambda: now() - timedelta(days=after)
capture(register, sys.stdin.readline().encode(), submitter="operator")
"""
    )
    import os

    documents = shipments(sample, 3, size=2)
    with Nursery() as nursery:
        for number, (document, behind) in enumerate(zip(documents, (0, 400, 30), strict=True)):
            path = register.data / f"given-{number}"
            path.write_bytes(document + b"\n")
            nursery.fork(code, [str(register.data), "", str(behind)], [(str(path), os.O_RDONLY)])
            assert nursery.wait() == 0
            path.unlink()
    rows = Submission.objects.order_by("id").values_list("arrived_at", "decided_at")
    arrived, decided = ([instant(text) for text in column] for column in zip(*rows, strict=True))
    assert len(arrived) == 3
    assert arrived == sorted(arrived)
    assert decided == sorted(decided)
    assert verify_log(register)["failures"] == []


# Refused documents


def refused(register, part_of, at=AT):
    document = part_of(0).replace(b'"uom": "KGM"', b'"uom": "KG"')
    return capture(register, document, submitter=KESTREL, name="april.json", at=at)


def test_a_refused_document_is_kept_for_its_days_and_then_destroyed(register, part_of):
    """Threat P4: what was sent is still proved by digest and receipt when its bytes are gone."""
    result = refused(register, part_of)
    days = timedelta(days=limits().refused_days)
    assert limits().refused_days == 90
    assert lapse_refused(register, at=AT + days - timedelta(microseconds=1)) == 0
    row = Submission.objects.get()
    before = {
        name: getattr(row, name) for name in ("sha256", "length", "arrival_receipt", "outcome_receipt", "problems")
    }
    packed = bytes(row.document)
    assert packed
    assert lapse_refused(register, at=AT + days) == 1
    row.refresh_from_db()
    assert bytes(row.document) == b""
    assert row.state == "refused"
    assert {name: getattr(row, name) for name in before} == before
    lapse = json.loads(row.lapse_receipt)
    assert verify_receipt(lapse, register.receipt_key.public)
    assert (lapse["id"], instant(lapse["at"])) == (result.arrival["id"], AT + days)
    found = verify_log(register)
    assert (found["failures"], found["lapsed"]) == ([], 1)
    # Again, nothing happens; and nothing of it lies about in the database's own files.
    assert lapse_refused(register, at=AT + 2 * days) == 0
    if not ON_POSTGRESQL:
        assert not any(packed[10:60] in path.read_bytes() for path in register.data.glob("register.sqlite3*"))


def test_only_refused_documents_lapse_and_work_lets_them(register, part_of):
    capture(register, part_of(0), submitter=KESTREL, at=AT)
    capture(register, part_of(0), submitter=KESTREL, at=AT)
    arrive(register, Incoming(part_of(1), KESTREL), at=AT)
    refused(register, part_of)
    assert work_once(register, at=AT + 1000 * DAY).lapsed == 1
    kept = Submission.objects.filter(lapse_receipt__isnull=True).values_list("document", flat=True)
    assert all(bytes(document) for document in kept)
    assert EventRecord.objects.count() == 2
    assert verify_log(register)["failures"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"document": b"x"},
        {"state": "accepted"},
        {"lapse_receipt": None},
        {"lapse_receipt": "{}"},
        {"sha256": bytes(32)},
        {"length": 7},
    ],
)
def test_a_lapse_that_was_made_up_is_named(register, part_of, change):
    """Threat O3: a document that was made away with before its time, or a receipt that was edited, is named."""
    refused(register, part_of)
    lapse_refused(register, at=AT + 90 * DAY)
    Submission.objects.update(**change)
    assert verify_log(register)["failures"]


# Status


def test_who_submitted_and_the_operator_are_told_what_became_of_it_and_nobody_else(register, part_of):
    """Threat C1: for all others there is no such receipt."""
    job = arrive(register, Incoming(part_of(0), KESTREL, name="april.json"), at=AT)
    status = submission_status(Viewer(KESTREL), job.receipt_id)
    assert (status["state"], status["outcome"], status["file"]) == ("arrived", None, "april.json")
    work_once(register, at=AT)
    status = submission_status(OPERATOR_VIEWER, job.receipt_id)
    assert (status["state"], status["events"]) == ("accepted", 1)
    assert verify_receipt(status["outcome"], register.receipt_key.public)
    with pytest.raises(KeyError):
        submission_status(Viewer(NORRVIK), job.receipt_id)
    with pytest.raises(KeyError):
        submission_status(Viewer(NORRVIK, frozenset({"audit"})), job.receipt_id)


def test_problems_are_told_later_as_they_were_told_at_once(register, part_of):
    result = refused(register, part_of)
    assert submission_status(Viewer(KESTREL), result.arrival["id"])["problems"] == result.problems


def test_a_demo_on_its_simulated_clock_keeps_what_it_refused(register):
    assert register.is_demo
    assert capture(register, b"{", submitter="operator", at=AT - timedelta(days=400)).outcome == "refused"
    assert work_once(register).lapsed == 0
    assert Submission.objects.get(state="refused").document
