"""What a machine that dies leaves behind, and two processes that write at once."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.log import verify_log
from ytterby.shell.site.register import open_register
from ytterby.shell.store.models import EventRecord, LogEntry, Submission

WRITER = """
import json, sys
from pathlib import Path
from ytterby.shell.site.register import open_register
register = open_register(Path(sys.argv[1]))
from ytterby.shell.actions.capture import capture
print("ready", flush=True)
for line in sys.stdin:
    result = capture(register, line.encode(), submitter=sys.argv[2])
    print(json.dumps({"outcome": result.outcome, "entries": result.entries, "id": result.arrival["id"]}), flush=True)
"""


def documents(sample: dict, count: int, size: int = 10, start: int = 0) -> list[str]:
    """Return documents of fresh shipments, one a line."""
    event = sample["epcisBody"]["eventList"][8]
    made = []
    for number in range(start, start + count):
        events = [{**event, "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:06d}{i:06d}"} for i in range(size)]
        made.append(json.dumps({**sample, "epcisBody": {"eventList": events}}))
    return made


def writer(data: Path, party: str = "operator") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(data), party],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ},
    )


def test_every_receipt_printed_before_a_kill_is_found_and_no_half_document(register, sample):
    pick = random.Random(5)
    received: list[dict] = []
    for attempt in range(8):
        process = writer(register.data)
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("\n".join(documents(sample, 40, start=attempt * 100)) + "\n")
        process.stdin.flush()
        # Wait for one receipt, so that each kill comes while documents are being taken in.
        received.append(json.loads(process.stdout.readline()))
        time.sleep(pick.uniform(0.0, 0.25))
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate()
        received += [json.loads(line) for line in rest.splitlines() if line.endswith("}")]
        again = open_register(register.data)
        assert verify_log(again)["failures"] == []
        for receipt in received:
            assert Submission.objects.get(receipt_id=receipt["id"]).state == "accepted"
            assert EventRecord.objects.filter(log_index__in=receipt["entries"]).count() == 10
        for submission in Submission.objects.all():
            assert submission.eventrecord_set.count() == (10 if submission.state == "accepted" else 0)
    assert len(received) >= 8


def test_a_capture_after_a_kill_takes_the_same_document_again(register, sample):
    document = documents(sample, 1)[0]
    first = capture(register, document.encode(), submitter="operator")
    # The state that a kill between commit and answer leaves: decided, no outcome receipt.
    Submission.objects.filter(receipt_id=first.arrival["id"]).update(outcome_receipt=None)
    again = capture(register, document.encode(), submitter="operator")
    assert again.outcome == "known"
    assert Submission.objects.filter(outcome_receipt__isnull=True).count() == 0
    assert verify_log(register)["ok"]


def test_two_processes_that_capture_the_same_documents_in_opposite_orders_leave_no_gap_and_no_double(register, sample):
    made = documents(sample, 12)
    processes = [writer(register.data), writer(register.data)]
    for process, lines in zip(processes, (made, made[::-1]), strict=True):
        assert process.stdin is not None
        process.stdin.write("\n".join(lines) + "\n")
        process.stdin.close()
        process.stdin = None
    answers = []
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        answers += [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    again = open_register(register.data)
    assert sorted(a["outcome"] for a in answers) == ["accepted"] * 12 + ["known"] * 12
    assert EventRecord.objects.count() == 120
    indices = list(LogEntry.objects.order_by("index").values_list("index", flat=True))
    assert indices == list(range(len(indices)))
    assert verify_log(again)["failures"] == []
