"""A disk that is full: a clear answer, nothing half, and what is missing is made good at the next chance."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from postgres import ON_POSTGRESQL
from shell.shipments import shipments
from ytterby.chain.product import Product
from ytterby.shell.actions import publish as publish_module
from ytterby.shell.actions.arrive import Incoming, arrive
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.publish import published_size
from ytterby.shell.actions.register_product import register_product
from ytterby.shell.actions.settle import NotSettled, settle
from ytterby.shell.actions.work import work_once
from ytterby.shell.site.register import open_register
from ytterby.shell.store.models import EventRecord, Submission

sqlite_only = pytest.mark.skipif(ON_POSTGRESQL, reason="limits SQLite's own file")


def pages(spare):
    """Let SQLite's file grow by so many pages and no more; None for as many as it likes."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count={cursor.fetchone()[0] + spare if spare is not None else 2**30}")


@sqlite_only
def test_when_not_even_the_bytes_can_be_stored_nothing_is_there(register, sample):
    (document,) = shipments(sample, 1, size=2000)
    pages(0)
    with pytest.raises(DatabaseError, match="full"):
        capture(register, document, submitter="operator")
    pages(None)
    assert Submission.objects.count() == 0
    assert verify_log(register)["failures"] == []
    assert capture(register, document, submitter="operator").outcome == "accepted"


@sqlite_only
def test_what_has_arrived_and_cannot_be_decided_is_decided_when_there_is_room(register, sample):
    (document,) = shipments(sample, 1, size=400)
    submission = arrive(register, Incoming(document, "operator"))
    pages(3)
    with pytest.raises(NotSettled, match="full") as raised:
        settle(register, submission.receipt_id)
    assert raised.value.arrival["id"] == submission.receipt_id
    assert EventRecord.objects.count() == 0
    worked = work_once(register)
    assert set(worked.failed) == {submission.receipt_id}
    pages(None)
    assert work_once(register).settled[submission.receipt_id].outcome == "accepted"
    assert EventRecord.objects.count() == 400
    assert verify_log(register)["failures"] == []


def test_when_the_files_of_the_log_cannot_be_written_the_document_is_accepted_all_the_same(
    register, sample, monkeypatch
):
    before = published_size(register)

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish_module, "write_whole", full)
    first, second = shipments(sample, 2)
    result = capture(register, first, submitter="operator")
    assert (result.outcome, result.unpublished) == ("accepted", "No space left on device")
    assert published_size(register) == before
    assert verify_log(register)["failures"] == []
    assert work_once(register).unpublished == "No space left on device"
    monkeypatch.undo()
    assert work_once(register).unpublished == ""
    assert published_size(register) == register.size
    assert capture(register, second, submitter="operator").unpublished == ""
    assert verify_log(register)["failures"] == []


def test_what_is_registered_is_entered_all_the_same_where_the_files_cannot_be_written(register, monkeypatch):
    """It is in the log, so that saying it failed would be untrue; the files are made at the next chance."""

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish_module, "write_whole", full)
    maker = "https://id.gs1.org/417/9520000010034"
    party = import_directory(register, "parties: [{id: 'https://party.example/x', name: X}]")
    alloy = Product("https://id.gs1.org/01/09520000000264", maker, "alloy", is_free_of_rare_earths=True)
    product = register_product(register, alloy, submitter=maker)
    assert (party.problems, product.problems) == ((), ())
    assert published_size(register) < register.size
    monkeypatch.undo()
    assert work_once(register).unpublished == ""
    assert published_size(register) == register.size
    assert verify_log(register)["failures"] == []


def run(register, path, *, file_bytes):
    """Run `event capture` in a child whose files cannot grow beyond a size."""
    code = (
        "import signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "from ytterby.shell.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    arguments = ["event", "capture", str(path), "--as", "operator", "--data", str(register.data)]
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes)),
        check=False,
        timeout=120,
    )


@sqlite_only
def test_the_command_says_that_the_disk_is_full_and_ends_with_three(register, sample, tmp_path):
    path: Path = tmp_path / "big.json"
    path.write_bytes(shipments(sample, 1, size=1500)[0])
    connection.close()
    largest = max(file.stat().st_size for file in register.data.glob("register.sqlite3*"))
    done = run(register, path, file_bytes=largest + 8192)
    assert done.returncode == 3, done.stderr
    assert "could not be" in done.stderr
    assert "Traceback" not in done.stderr
    again = open_register(register.data)
    assert verify_log(again)["failures"] == []
    for submission in Submission.objects.all():
        assert submission.eventrecord_set.count() == submission.count
    worked = work_once(again)
    assert worked.failed == {}
    result = capture(again, path.read_bytes(), submitter="operator")
    assert result.outcome in {"accepted", "known"}
    assert EventRecord.objects.count() == 1500
    assert json.loads(Submission.objects.order_by("-id").first().arrival_receipt)["length"] == path.stat().st_size
    assert verify_log(again)["failures"] == []
