"""Kills at chosen or random moments: what every one of them must leave behind.

A child opens the register and works; where it is to die it dies by SIGKILL, like a machine that loses its power as far
as a process can. The product knows nothing of this: the child wraps functions of the product before it starts. Children
are forked by a nursery that has imported everything and opened nothing, since imports take longer than kills. After
each kill the register is opened again and held against what the child had said.

A scenario is the code that the child runs, and where it dies.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ytterby.shell.actions.doctor import examine
from ytterby.shell.actions.work import work_once
from ytterby.shell.site.register import Register, open_register
from ytterby.shell.store.models import EventRecord, LogEntry, Submission

EVENTS = 4
WAIT_SECONDS = 120

NURSERY = """
import json, os, sys, traceback
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "ytterby.shell.site.settings"
django.setup()
import ytterby.shell.actions.work, ytterby.shell.actions.capture, ytterby.shell.store.derived.deriving
import ytterby.shell.actions.rebuild
from ytterby.shell.site.packs import door_tables
door_tables()
print("ready", flush=True)
for line in sys.stdin:
    order = json.loads(line)
    pid = os.fork()
    if pid == 0:
        os.environ.pop("DATABASE_URL", None)
        os.environ.update(order["environment"])
        for number, (path, flags) in enumerate(order["streams"]):
            os.dup2(os.open(path, flags, 0o600), number)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")
        sys.argv = ["child", *order["arguments"]]
        try:
            exec(order["code"], {"__name__": "__main__"})
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
HEAD = """
import importlib, json, os, signal, sys
from pathlib import Path
from ytterby.shell.site.register import open_register
register = open_register(Path(sys.argv[1]))
fault, after = sys.argv[2], int(sys.argv[3])
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.arrive import Incoming, arrive
from ytterby.shell.actions.rebuild import rebuild
from ytterby.shell.actions.settle import settle
from ytterby.shell.site import packs
from ytterby.shell.store.derived.deriving import derive_to

def die(*args, **named):
    os.kill(os.getpid(), signal.SIGKILL)

def die_before(place):
    # The after-th call of a function, in the module that calls it, does not come back.
    module, name = place.rsplit(".", 1)
    home = importlib.import_module(module)
    inner, left = getattr(home, name), [after]
    def call(*args, **named):
        left[0] -= 1
        return die() if left[0] < 0 else inner(*args, **named)
    setattr(home, name, call)

def say(**facts):
    print(json.dumps(facts), flush=True)

if fault:
    die_before(fault)
"""


def capturing(then: str) -> str:
    """Return the code of a child that captures documents, says what came of each, and does something after it."""
    return f"""{HEAD}
for line in sys.stdin:
    result = capture(register, line.encode(), submitter="operator")
    say(id=result.arrival["id"], outcome=result.outcome, entries=result.entries)
    {then}
"""


CAPTURE = (
    capturing("pass")
    + """
if not fault:
    # Who is killed from outside waits for it, however slowly it comes.
    signal.pause()
"""
)
JOB = (
    HEAD
    + """
import dataclasses
small = dataclasses.replace(packs.limits(), settle_at_once_bytes=100)
for module in ("ytterby.shell.actions.arrive", "ytterby.shell.actions.settle"):
    setattr(importlib.import_module(module), "limits", lambda: small)
for line in sys.stdin:
    incoming = Incoming(line.encode(), "operator")
    assert not incoming.is_settled_at_once
    arrival = json.loads(arrive(register, incoming).arrival_receipt)
    say(id=arrival["id"], outcome="arrived", entries=[])
    result = settle(register, arrival["id"])
    say(id=arrival["id"], outcome=result.outcome, entries=result.entries)
"""
)
DERIVE = capturing("derive_to(register.size)")
REBUILD = capturing("rebuild(register)")


@dataclass(frozen=True)
class Scenario:
    """What a child runs, and the functions at whose call it dies; with none it is killed from outside, at random."""

    code: str
    places: tuple[str, ...] = ()


SCENARIOS: dict[str, Scenario] = {
    "capture": Scenario(CAPTURE),
    # After the decision is committed: before the receipt is signed, before it is stored, before the files are made,
    # between two files.
    "commit_and_tile": Scenario(
        CAPTURE,
        (
            "ytterby.shell.actions.settle.publish_or_leave",
            "ytterby.shell.actions.publish.write_whole",
            "ytterby.shell.actions.publish._drop_narrower",
        ),
    ),
    "commit_and_answer": Scenario(
        CAPTURE,
        (
            "ytterby.shell.actions.settle.apply",
            "ytterby.shell.actions.settle.outcome_of",
            "ytterby.shell.actions.settle.enter_outcomes",
            "ytterby.shell.actions.settle.answer",
        ),
    ),
    "job": Scenario(
        JOB,
        (
            "ytterby.shell.actions.settle.read_submission",
            "ytterby.shell.actions.settle.decide",
            "ytterby.shell.actions.decide.insert_events",
            "ytterby.shell.actions.settle.complete",
        ),
    ),
    "derive": Scenario(
        DERIVE,
        (
            "ytterby.shell.store.derived.deriving.derive",
            "ytterby.shell.store.derived.shelf.insert_rows",
            "ytterby.shell.store.derived.deriving.write",
        ),
    ),
    "rebuild": Scenario(
        REBUILD,
        (
            "ytterby.shell.store.derived.rebuilding.post_submissions",
            "ytterby.shell.store.derived.rebuilding.derive_from_nothing",
            "ytterby.shell.store.derived.from_nothing.insert_rows",
            "ytterby.shell.actions.rebuild.compare_editions",
        ),
    ),
    # Before it, in the middle of it, after it, and while the old rows are dropped.
    "swap": Scenario(
        REBUILD,
        (
            "ytterby.shell.actions.rebuild.swap",
            "ytterby.shell.store.derived.rebuilding._submissions",
            "ytterby.shell.actions.rebuild.derived_digest",
            "ytterby.shell.store.derived.rebuilding._drop_some",
        ),
    ),
}


@dataclass
class Kills:
    """Kills of one scenario on one register: what was promised so far, and how many were survived."""

    register: Register
    scenario: str
    documents: Callable[[int], Sequence[bytes]]
    nursery: "Nursery"
    folder: Path
    seed: int = 5
    is_sound: Callable[[Register], Sequence[object]] = lambda register: examine(register)["unsound"]
    promised: dict[str, dict[str, Any]] = field(default_factory=dict)
    survived: int = 0

    def run(self, count: int) -> None:
        """Kill so many children, and check after each."""
        pick = random.Random(self.seed)
        for _ in range(count):
            self._kill(pick)
            self._check()
            self.survived += 1

    def _kill(self, pick: random.Random) -> None:
        scenario = SCENARIOS[self.scenario]
        place = scenario.places[self.survived % len(scenario.places)] if scenario.places else ""
        given, said, wrong = (self.folder / name for name in ("stdin", "stdout", "stderr"))
        given.write_bytes(b"\n".join(self.documents(self.survived)) + b"\n")
        said.write_bytes(b"")
        wrong.write_bytes(b"")
        pid = self.nursery.fork(
            scenario.code,
            [str(self.register.data), place, str(pick.randrange(3))],
            [(str(given), os.O_RDONLY), (str(said), os.O_WRONLY), (str(wrong), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)],
        )
        if not place:
            # The kill comes while documents are being taken in: after the first receipt.
            deadline = time.monotonic() + WAIT_SECONDS
            while b"}" not in said.read_bytes() and time.monotonic() < deadline:
                time.sleep(0.002)
            time.sleep(pick.uniform(0.0, 0.15))
            os.kill(pid, signal.SIGKILL)
        code = self.nursery.wait()
        assert code == -signal.SIGKILL, f"the child was to die at {place}: {wrong.read_text()}"
        for line in said.read_text().splitlines():
            if line.endswith("}"):
                promise = json.loads(line)
                self.promised[promise["id"]] = promise

    def _check(self) -> None:
        """Every receipt that was printed is found, nothing is half there, and what was left is brought to its end."""
        register = self.register = open_register(self.register.data)
        self._look()
        worked = work_once(register)
        assert worked.failed == {}
        unsound = list(self.is_sound(register))
        assert unsound == [], unsound
        self._look()
        assert not Submission.objects.filter(outcome_receipt__isnull=True).exists(), "a job or a signature was left"
        indices = list(LogEntry.objects.order_by("index").values_list("index", flat=True))
        assert indices == list(range(register.size)), "the log has a gap"

    def _look(self) -> None:
        for id_, said in self.promised.items():
            found = Submission.objects.get(receipt_id=id_)
            assert said["outcome"] in {found.state, "arrived"}
            assert EventRecord.objects.filter(log_index__in=said["entries"], submission=found).count() == len(
                said["entries"]
            )
        for submission in Submission.objects.all():
            expected = EVENTS if submission.state == "accepted" else 0
            assert submission.eventrecord_set.count() == submission.count == expected, "half a document"


class Nursery:
    """A process that has imported everything and forks children that run a code; used as a context."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._read() == "ready"

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def fork(self, code: str, arguments: Sequence[str], streams: Sequence[tuple[str, int]]) -> int:
        """Start a child with these arguments and standard streams (path and flags of each); return its id."""
        kept = {name: os.environ[name] for name in ("DATABASE_URL",) if name in os.environ}
        order = {"code": code, "arguments": arguments, "streams": streams, "environment": kept}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._read())

    def wait(self) -> int:
        """Return how the child ended: its exit code, or the number of a signal, negative."""
        return int(self._read())

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *raised: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=WAIT_SECONDS)
