"""Spreadsheets as jobs: read from the stored bytes, by whoever takes them up, as they would have been at once."""

import json
import os
import subprocess
import sys
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from plant_month import PlantMonth
from shell.register_copy import forget_answers
from shell.tampering import flipped, named, tamper
from ytterby.proof.receipt import verify_receipt
from ytterby.shell.actions import decide as decide_module
from ytterby.shell.actions.arrive import Incoming, arrive
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.capture_group import GroupCommitter
from ytterby.shell.actions.columns import own_columns, remember_columns
from ytterby.shell.actions.convert import settings_for
from ytterby.shell.actions.lapse import lapse_refused
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.rebuild import rebuild
from ytterby.shell.actions.settle import settle
from ytterby.shell.actions.work import left_jobs, work_once
from ytterby.shell.spreadsheets.format import CSV_TYPE, XLSX_TYPE
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.digest import derived_digest
from ytterby.shell.store.derived.postings import live_edition
from ytterby.shell.store.models import EventRecord, Registration, Submission

KESTREL, NORRVIK = (f"https://id.gs1.org/417/95200000100{n}" for n in ("10", "27"))
AT = datetime(2026, 4, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
OWN = {"Menge": "Quantity [kg]"}


def mined(
    lot: str = "A-1", quantity: str = "12,5", header: str = "Quantity [kg]", site: str = "9520000010010"
) -> bytes:
    lines = (f"Step;Date;Time zone;Site;Product;Lot;{header};Form", f"mined;2026-03-05;+08:00;{site};09520000000011;")
    return f"{lines[0]}\n{lines[1]}{lot};{quantity};ore\n".encode()


def incoming(document: bytes, media_type: str = CSV_TYPE, party: str = KESTREL, **rest: object) -> Incoming:
    return Incoming(document, party, media_type, name="march", **rest)


def at_once(register, document: bytes, party: str = KESTREL, **rest: object):
    return capture(register, document, submitter=party, media_type=CSV_TYPE, name="march", at=AT, **rest)


def digests() -> set[bytes]:
    return {bytes(digest) for digest in EventRecord.objects.values_list("digest", flat=True)}


def test_a_spreadsheet_left_by_a_kill_is_decided_by_another_process_as_it_would_have_been_at_once(register):
    document = PlantMonth(seed=3, days=9).xlsx()
    job = arrive(register, incoming(document, XLSX_TYPE, NORRVIK), at=AT)
    arrival = json.loads(job.arrival_receipt)
    assert verify_receipt(arrival, register.receipt_key.public)
    assert arrival["converter"] == job.converter
    assert (job.derived, left_jobs(), EventRecord.objects.count()) == (None, [job.receipt_id], 0)
    assert verify_log(register)["failures"] == []
    command = [sys.executable, "-m", "ytterby", "register", "work", "--once", "--data", str(register.data)]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    row = Submission.objects.get()
    assert (row.state, row.count, left_jobs()) == ("accepted", PlantMonth(seed=3, days=9).events, [])
    # At once it is the same document, so that nothing of it is new.
    again = capture(register, document, submitter=NORRVIK, media_type=XLSX_TYPE, name="march", at=AT)
    assert (again.outcome, Submission.objects.latest("id").derived) == ("known", row.derived)
    outcome = settle(register, job.receipt_id).outcome_receipt
    assert verify_receipt(outcome, register.receipt_key.public)
    assert outcome["derived_sha256"] == again.outcome_receipt["derived_sha256"]
    assert verify_log(register)["failures"] == []


def test_problems_of_a_job_stand_at_the_same_cells_as_at_once(register):
    """Threat P3 for the right, and a remark of the conversion beside it."""
    document = mined(site="9520000010027")
    first = at_once(register, document)
    job = arrive(register, incoming(document), at=AT)
    result = work_once(register, at=AT + DAY).settled[job.receipt_id]
    assert {problem.code for problem in result.problems} >= {"speaker.not_allowed"}
    assert all(problem.where.row == 2 for problem in result.problems)
    assert (result.outcome, result.problems) == (first.outcome, first.problems) == ("refused", first.problems)
    # Told later, and to whoever asks, as they were told at once.
    assert settle(register, job.receipt_id).problems == first.problems


def test_what_a_column_means_is_settled_at_the_arrival_whatever_is_remembered_later(register):
    settings = settings_for(register, KESTREL, own=OWN)
    job = arrive(register, incoming(mined(header="Menge"), settings=settings), at=AT)
    assert own_columns(KESTREL) == {}
    assert remember_columns(register, KESTREL, "events", {"Menge": "Quantity [t]", "Los": "Lot"}, at=AT) == []
    assert work_once(register, at=AT + DAY).settled[job.receipt_id].outcome == "accepted"
    row = Submission.objects.get()
    assert b"12.5" in zlib.decompress(row.derived)
    assert b"12500" not in zlib.decompress(row.derived)
    # What came with the document is remembered when it is taken in, beside what the party has said since.
    assert own_columns(KESTREL) == {"events": {**OWN, "Los": "Lot"}}
    assert verify_log(register)["failures"] == []


def test_a_job_without_names_of_its_own_brings_none_back(register):
    assert remember_columns(register, KESTREL, "events", OWN, at=AT) == []
    job = arrive(register, incoming(mined(header="Menge")), at=AT)
    assert remember_columns(register, KESTREL, "events", {}, at=AT) == []
    assert work_once(register, at=AT).settled[job.receipt_id].outcome == "accepted"
    assert own_columns(KESTREL) == {}
    assert Registration.objects.filter(kind="columns").count() == 2


def test_nothing_is_converted_under_the_lock(register, monkeypatch):
    inner, seen = decide_module.converted, []

    def converted(*args):
        seen.append(connection.in_atomic_block)
        return inner(*args)

    monkeypatch.setattr(decide_module, "converted", converted)
    assert at_once(register, mined()).outcome == "accepted"
    job = arrive(register, incoming(mined("A-2")), at=AT)
    assert work_once(register, at=AT).settled[job.receipt_id].outcome == "accepted"
    assert seen == [False, False]


def test_a_spreadsheet_does_not_keep_a_group_waiting(register):
    with GroupCommitter(register) as committer, pytest.raises(ValueError, match="captured alone"):
        committer.capture(mined(), submitter=KESTREL, media_type=CSV_TYPE)
    assert Submission.objects.count() == 0


def test_a_job_for_a_converter_that_is_gone_is_refused_and_says_so(register):
    """Nothing is said to be read by one version and read by another."""
    job = arrive(register, incoming(mined()), at=AT)
    tamper("UPDATE store_submission SET converter = %s", job.converter.replace("sheet/1", "sheet/0"))
    result = settle(register, job.receipt_id, at=AT)
    assert (result.outcome, [problem.code for problem in result.problems]) == ("refused", ["capture.converter_gone"])


def test_a_refused_spreadsheet_lapses_whole(register):
    at_once(register, mined(site="9520000010027"))
    row = Submission.objects.get()
    assert (row.state, row.derived, bool(row.document)) == ("refused", None, True)
    assert verify_log(register)["failures"] == []
    text = zlib.compress(b"{}")
    tamper("UPDATE store_submission SET derived = %s", text)
    assert verify_log(register)["failures"]
    assert lapse_refused(register, at=AT + 91 * DAY) == 1
    row.refresh_from_db()
    assert (bytes(row.document), row.derived) == (b"", None)
    assert verify_log(register)["failures"] == []
    tamper("UPDATE store_submission SET derived = %s", text)
    assert verify_log(register)["failures"]


@pytest.fixture
def filled(register):
    """A spreadsheet accepted, the same known, one refused, one waiting, and names of columns."""
    settings = settings_for(register, KESTREL, own=OWN)
    assert at_once(register, mined(header="Menge"), settings=settings).outcome == "accepted"
    assert at_once(register, mined(header="Menge")).outcome == "known"
    assert at_once(register, mined("A-3", site="9520000010027")).outcome == "refused"
    arrive(register, incoming(mined("A-2")), at=AT)
    derive_to(register.size)
    return register


def test_a_register_of_spreadsheets_is_sound_and_comes_out_of_a_rebuild_the_same(filled):
    assert named(filled) == set()
    digest = derived_digest(live_edition().number)
    assert rebuild(filled).derived_digest == digest
    assert named(filled) == set()


def test_a_flipped_bit_in_what_a_spreadsheet_stands_on_is_named(filled):
    """Threat O3."""
    missed, tried = [], 0
    rows = list(Submission.objects.order_by("id").values("id", "converter", "derived"))
    for row in rows:
        for column in ("converter", "derived"):
            value = row[column]
            if value is None:
                continue
            tried += 1
            for changed in (flipped(value if isinstance(value, str) else bytes(value)), None):
                tamper(f'UPDATE store_submission SET "{column}" = %s WHERE id = %s', changed, row["id"])
                if not named(filled) & {"submission.conversion", "submission.receipts"}:
                    missed.append((column, row["id"], changed))
            tamper(f'UPDATE store_submission SET "{column}" = %s WHERE id = %s', value, row["id"])
    assert missed == []
    assert tried == 6
    assert named(filled) == set()


@pytest.mark.parametrize(("column", "value"), [("key", f"{NORRVIK} events"), ("submitter", NORRVIK), ("kind", "site")])
def test_names_of_columns_under_another_party_are_named(filled, column, value):
    """Threat O3."""
    tamper(f"UPDATE store_registration SET {column} = %s WHERE kind = 'columns'", value)
    forget_answers()
    assert "log.registrations" in named(filled)
