"""The doctor never says more than is so: whatever happened to a sound register, and while it is written to."""

import json
from threading import Thread

import pytest
from django.db import connections

from shell.histories import AT, History
from shell.tampering import KESTREL, fill, named
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.doctor import examine
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.publish import publish
from ytterby.shell.site.register import Register, make_register
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.models import Edition, PostingRecord, Submission, Touch


@pytest.fixture
def filled(register: Register, part_of) -> Register:
    return fill(register, part_of)


@pytest.mark.parametrize("seed", range(12))
def test_a_register_of_any_history_is_sound(tmp_path, seed):
    register = make_register(tmp_path / "data", origin="test.invalid/log", demo=True, at=AT)
    history = History(seed + 50_000)
    for number, _ in enumerate(history.play(register, moves=14)):
        if history.pick.random() < 0.25:
            derive_to(register.size)
        if number % 5 == 4:
            assert named(register) == set(), seed
    assert named(register) == set()
    assert named(register, sample=10, seed=seed) == set()
    assert verify_log(register)["failures"] == []


def test_what_a_crash_leaves_behind_is_sound(filled, part_of, monkeypatch):
    from ytterby.shell.actions import settle as module
    from ytterby.shell.actions.arrive import Incoming, arrive

    # Arrived and never read; decided and not signed; signed and not published; registered and half reposted.
    arrive(filled, Incoming(part_of(8), "operator"), at=AT)
    assert named(filled) == set()
    monkeypatch.setattr(module, "publish_or_leave", lambda register: "")
    capture(filled, part_of(8), submitter="operator")
    assert named(filled) == set()
    Submission.objects.order_by("-id").filter(state="accepted").update(outcome_receipt=None)
    assert named(filled) == set()
    from ytterby.shell.store.derived.registered import repost_registered

    site = {"id": "https://id.gs1.org/414/9520000010010", "name": "K", "kind": "mine", "country": "XD"}
    import_directory(filled, json.dumps({"sites": [{**site, "operations": [{"party": KESTREL}]}]}))
    assert named(filled) == set()
    before = PostingRecord.objects.count()
    repost_registered(1, Edition.objects.get().derived_to, filled.size)
    assert PostingRecord.objects.count() > before
    assert named(filled) == set()
    derive_to(filled.size)
    publish(filled)
    assert named(filled) == set()


class Meanwhile:
    """Captures a document by a connection of its own whenever another part is looked at, and waits until it is in."""

    def __init__(self, register, documents):
        self.register, self.documents, self.told = register, iter(documents), []

    def __call__(self, part: str, number: int) -> None:
        if part not in self.told:
            self.told.append(part)
            thread = Thread(target=self._capture)
            thread.start()
            thread.join(60)
            assert not thread.is_alive()

    def _capture(self) -> None:
        capture(self.register, next(self.documents), submitter="operator")
        connections.close_all()


@pytest.fixture
def meanwhile(filled, part_of):
    return Meanwhile(filled, [part_of(n) for n in range(9, 20)])


def test_a_register_is_sound_while_it_is_written_to(filled, meanwhile):
    """The doctor reads one moment, and keeps nobody from writing meanwhile."""
    size = filled.size
    found = examine(filled, tell=meanwhile)
    assert found["unsound"] == []
    assert found["as_of_size"] == size
    assert len(meanwhile.told) >= 3
    assert filled.size >= size + len(meanwhile.told)
    assert Touch.objects.filter(log_index__gte=size).exists()
    assert named(filled) == set()


def test_a_log_is_verified_while_it_is_written_to(filled, meanwhile):
    """What comes in while it is read is no failure: a killed client's commit, too, comes after the next one opened."""
    size = filled.size
    found = verify_log(filled, meanwhile)
    assert (found["failures"], found["size"]) == ([], size)
    assert len(meanwhile.told) == 2
    assert filled.size >= size + 2
    assert verify_log(filled)["ok"]
