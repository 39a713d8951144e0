"""Pages wait a moment for what is much to derive, and then show what is derived; one process at a time derives it."""

from threading import Event, Thread

import pytest

from shell.register_copy import forget_answers
from ytterby.shell.actions.capture import capture
from ytterby.shell.site.alone import NotAlone, alone
from ytterby.shell.store.derived import deriving
from ytterby.shell.store.derived.deriving import derive_alone, derive_to, derived_size
from ytterby.shell.store.reading import beside, waiting
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.reading.waiting import derived_soon


@pytest.fixture
def head(register, part_of, monkeypatch):
    """Return the head of a register of which the first entries are derived, and the rest is much."""
    forget_answers()
    first = capture(register, part_of(0, 1), submitter="operator").size
    derive_to(first)
    capture(register, part_of(2, 3), submitter="operator")
    monkeypatch.setattr(beside, "QUICK_SIZE", 0)
    monkeypatch.setattr(waiting, "QUICK_SIZE", 0)
    monkeypatch.setattr(waiting, "QUICK_ENTRIES", 0)
    yield known_at(OPERATOR_VIEWER, None)
    forget_answers()


def test_a_page_gets_what_is_derived_while_a_step_takes_long(head, monkeypatch):
    may_end, begun, real = Event(), Event(), deriving.derive_step

    def slow(*args):
        begun.set()
        assert may_end.wait(60)
        real(*args)

    monkeypatch.setattr(deriving, "derive_step", slow)
    first = derived_size()
    assert derived_soon(OPERATOR_VIEWER, head, patience_seconds=0.01) == Known(first, head.size)
    assert begun.wait(60)
    with pytest.raises(NotAlone):
        derive_alone(head.size)
    may_end.set()
    assert derived_soon(OPERATOR_VIEWER, head, patience_seconds=60) == head
    assert derived_size() == head.size


def test_what_another_process_derives_is_waited_for_and_not_derived_twice(head, register, monkeypatch):
    steps, real = [], deriving.derive_step
    monkeypatch.setattr(deriving, "derive_step", lambda *args: steps.append(args) or real(*args))
    first = derived_size()
    with alone(register.data / deriving.LOCK):
        assert derived_soon(OPERATOR_VIEWER, head, patience_seconds=0.3) == Known(first, head.size)
        assert steps == []
    assert derived_soon(OPERATOR_VIEWER, head, patience_seconds=60) == head
    assert len(steps) == 1


def test_two_that_ask_at_once_share_one_run(head, monkeypatch):
    steps, real = [], deriving.derive_step
    monkeypatch.setattr(deriving, "derive_step", lambda *args: steps.append(args) or real(*args))
    found = []
    asking = [
        Thread(target=lambda: found.append(derived_soon(OPERATOR_VIEWER, head, patience_seconds=60))) for _ in range(3)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(60)
    assert found == [head] * 3
    assert len(steps) == 1


def test_a_little_is_derived_at_once(head, monkeypatch):
    monkeypatch.setattr(waiting, "QUICK_ENTRIES", 1000)
    assert derived_soon(OPERATOR_VIEWER, head, patience_seconds=60) == head
    assert derived_size() == head.size
