"""What is worked out beside the pages: told how far it is, done once, and the last that is done shown meanwhile."""

from threading import Event
from threading import enumerate as enumerate_threads

import pytest

from counted_months import OWNERS, PLANT, Plan, make_register_of_months
from shell.register_copy import forget_answers
from ytterby.shell.store.reading import beside, watching
from ytterby.shell.store.reading.beside import Work, is_at_hand, latest_done, run_of
from ytterby.shell.store.reading.findings import count_findings, findings_of_lot, list_findings
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.shell.store.reading.watching import FINDINGS


@pytest.fixture
def known(tmp_path, monkeypatch):
    """Return the head of a register that is too large for a page to wait for what takes long."""
    forget_answers()
    make_register_of_months(tmp_path / "data", Plan(loss_share=0.06))
    for module in (beside, watching):
        monkeypatch.setattr(module, "QUICK_SIZE", 10)
    yield known_at(OPERATOR_VIEWER, None)
    join()
    forget_answers()


def threads():
    return [thread for thread in enumerate_threads() if thread.name == beside.THREAD]


def join():
    for thread in threads():
        thread.join(60)
        assert not thread.is_alive()


class Held:
    """A work that is held up until a test lets it go."""

    def __init__(self):
        self.may_go, self.begun, self.sizes, self.error = Event(), Event(), [], None

    def make(self, viewer, known, tell):
        self.sizes.append(known.size)
        tell(2, 5)
        self.begun.set()
        assert self.may_go.wait(60)
        if self.error:
            raise self.error

    @property
    def work(self):
        return Work("held", self.make)


@pytest.fixture
def held():
    found = Held()
    yield found
    found.may_go.set()
    join()


def ask(held, known):
    return run_of(OPERATOR_VIEWER, held.work, known, patience_seconds=0.01)


def test_a_small_register_waits_and_begins_no_thread(known, held):
    assert is_at_hand(OPERATOR_VIEWER, held.work, Known(10))
    assert ask(held, Known(10)) is None
    assert not threads()


def test_a_work_is_begun_once_and_then_at_hand(known, held):
    first = ask(held, known)
    assert held.begun.wait(60)
    assert (first.done, first.of) == (2, 5)
    assert ask(held, known) is first
    assert latest_done(OPERATOR_VIEWER, held.work) is None
    held.may_go.set()
    join()
    assert ask(held, known) is None
    assert (held.sizes, latest_done(OPERATOR_VIEWER, held.work)) == ([known.size], Known(known.size))


def test_one_size_at_a_time_is_done_and_the_last_one_is_known_meanwhile(known, held):
    later = Known(known.size + 3)
    first = ask(held, known)
    assert ask(held, later) is first
    held.may_go.set()
    join()
    held.may_go.clear()
    second = ask(held, later)
    assert second is not first
    assert latest_done(OPERATOR_VIEWER, held.work) == Known(known.size)
    held.may_go.set()
    join()
    assert held.sizes == [known.size, later.size]
    assert latest_done(OPERATOR_VIEWER, held.work) == Known(later.size)


def test_a_size_of_the_past_is_no_later_one(known, held):
    held.may_go.set()
    for size in (known.size, known.size - 5):
        assert run_of(OPERATOR_VIEWER, held.work, Known(size), patience_seconds=60) is None
    assert latest_done(OPERATOR_VIEWER, held.work) == Known(known.size)


def test_what_is_done_for_one_viewer_is_not_at_hand_for_another(known, held):
    held.may_go.set()
    assert run_of(OPERATOR_VIEWER, held.work, known, patience_seconds=60) is None
    other = Viewer(OWNERS[PLANT])
    assert not is_at_hand(other, held.work, known)
    assert latest_done(other, held.work) is None


def test_what_stopped_it_is_raised_where_somebody_asks_next_and_then_it_begins_anew(known, held):
    held.error = LookupError("no such row")
    assert ask(held, known) is not None
    held.may_go.set()
    join()
    with pytest.raises(LookupError, match="no such row"):
        run_of(OPERATOR_VIEWER, held.work, known, patience_seconds=60)
    held.error = None
    assert run_of(OPERATOR_VIEWER, held.work, known, patience_seconds=60) is None


def test_findings_that_are_not_worked_out_are_no_number_and_no_list(known):
    assert count_findings(OPERATOR_VIEWER, known=known) is None
    assert findings_of_lot(OPERATOR_VIEWER, "any", known=known) is None
    assert run_of(OPERATOR_VIEWER, FINDINGS, known, patience_seconds=120) is None
    found = list_findings(OPERATOR_VIEWER, known=known)["findings"]
    assert count_findings(OPERATOR_VIEWER, known=known) == len(found) > 0
    for lot in {one["lot"] for one in found if one["lot"]}:
        assert findings_of_lot(OPERATOR_VIEWER, lot, known=known) == [one for one in found if one["lot"] == lot]


@pytest.mark.parametrize("viewer", [OPERATOR_VIEWER, Viewer(OWNERS[PLANT])])
def test_the_watch_tells_how_far_it_is(known, viewer):
    told = []
    FINDINGS.make(viewer, known, lambda done, of: told.append((done, of)))
    assert (told == []) is (viewer.party == OWNERS[PLANT])
    assert told == sorted(told)
