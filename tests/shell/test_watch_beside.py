"""The watch of a large register beside its pages: told how far it is, done once, nothing counted meanwhile."""

from threading import Event
from threading import enumerate as enumerate_threads

import pytest

from counted_months import OWNERS, PLANT, Plan, make_register_of_months
from shell.strangers import forget_answers
from ytterby.shell.store.reading import watch_beside, watching
from ytterby.shell.store.reading.findings import count_findings, findings_of_lot, list_findings
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.shell.store.reading.watch_beside import watch_run


@pytest.fixture
def known(tmp_path, monkeypatch):
    """Return the head of a register that is too large for a page to wait for its findings."""
    forget_answers()
    make_register_of_months(tmp_path / "data", Plan(loss_share=0.06))
    monkeypatch.setattr(watching, "QUICK_SIZE", 10)
    yield known_at(OPERATOR_VIEWER, None)
    join()
    forget_answers()


def threads():
    return [thread for thread in enumerate_threads() if thread.name == watch_beside.NAME]


def join():
    for thread in threads():
        thread.join(60)
        assert not thread.is_alive()


def test_findings_that_are_not_worked_out_are_no_number_and_no_list(known):
    assert count_findings(OPERATOR_VIEWER, known=known) is None
    assert findings_of_lot(OPERATOR_VIEWER, "any", known=known) is None
    assert not watching._kept.has((watch_beside.register_id(OPERATOR_VIEWER), known.size))


def test_the_watch_is_begun_once_and_then_at_hand(known, monkeypatch):
    may_go, asked = Event(), []
    real = watch_beside.watching

    def slow(viewer, at, *, tell):
        asked.append(at.size)
        tell(2, 5)
        assert may_go.wait(60)
        return real(viewer, at, tell=tell)

    monkeypatch.setattr(watch_beside, "watching", slow)
    first = watch_run(OPERATOR_VIEWER, known)
    second = watch_run(OPERATOR_VIEWER, known)
    assert first is second
    may_go.set()
    join()
    assert asked == [known.size]
    assert first.done == first.of > 0
    assert watch_run(OPERATOR_VIEWER, known) is None
    found = list_findings(OPERATOR_VIEWER, known=known)["findings"]
    assert count_findings(OPERATOR_VIEWER, known=known) == len(found) > 0
    lots = {one["lot"] for one in found if one["lot"]}
    for lot in lots:
        assert findings_of_lot(OPERATOR_VIEWER, lot, known=known) == [one for one in found if one["lot"] == lot]


def test_what_stopped_it_is_raised_once_and_then_it_begins_anew(known, monkeypatch):
    def fail(viewer, at, *, tell):
        raise LookupError("no such row")

    with monkeypatch.context() as broken:
        broken.setattr(watch_beside, "watching", fail)
        watch_run(OPERATOR_VIEWER, known)
        join()
        with pytest.raises(LookupError, match="no such row"):
            watch_run(OPERATOR_VIEWER, known)
    assert watch_run(OPERATOR_VIEWER, known) is not None
    join()
    assert watch_run(OPERATOR_VIEWER, known) is None


def test_a_party_has_nothing_to_wait_for(known):
    viewer = Viewer(OWNERS[PLANT])
    assert watch_run(viewer, known) is None
    assert not threads()
