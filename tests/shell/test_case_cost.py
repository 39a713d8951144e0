"""What a case costs, in statements: six steps from the application to the licence. Counts hold where time would not."""

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
from benchmarks.casework_office import AT, BY_HAND, EXPORTER, key_of, make_office
from benchmarks.casework_worker import STEPS, Office
from django.db import connection

from ytterby.licence.step import Advise
from ytterby.shell.actions.casework import take_step
from ytterby.shell.actions.rights import withdraw_right
from ytterby.shell.store.case_speakers import key_speaker
from ytterby.shell.store.log_marks import _kept, _newest, head_size, last_of, marks_at
from ytterby.shell.store.models import Registration
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import ACCOUNT, RIGHT, kept_rights, stored_rights

# Of lite-api, the one open licensing system of a state: 526 (docs/benchmarks.md).
MOST = 60
# What opens and closes a transaction is the database's own, and PostgreSQL's driver counts it nowhere.
FRAMES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@pytest.fixture
def office(tmp_path):
    return Office(make_office(tmp_path))


@contextmanager
def counted():
    """Count the statements of a block."""
    told: list[str] = []

    def note(execute, sql, params, many, context):
        if not sql.startswith(FRAMES):
            told.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield told


def whole_case(office, lines=1):
    """Take one case from the application to the licence; return the statements of each step."""
    number, asked = office.draft(lines, BY_HAND), Counter()
    for name, step in office.steps(number):
        with counted() as told:
            step()
        asked[name] = len(told)
        office.look(number)
    assert office.case(number).state == "issued"
    return asked


def test_six_steps_of_a_case_ask_little_of_the_database(office):
    first = whole_case(office)
    warm = whole_case(office)
    assert set(warm) == set(STEPS)
    assert warm.total() <= MOST, warm
    assert warm.total() < first.total(), "what is kept spares nothing"


def test_ten_lines_cost_hardly_more_than_one(office):
    whole_case(office)
    assert whole_case(office, lines=10).total() <= MOST, "it grows with the lines"


def test_what_came_in_between_is_read(office):
    """What is kept is worked out anew where a record came in: an account that was withdrawn speaks no more (X10)."""
    whole_case(office)
    number = office.draft(1, BY_HAND)
    office.submit(number)
    office.look(number)
    officer = office.assigned[number][0]
    held = kept_rights(office.register, head_size())
    (digest,) = [one.digest for one in held.granted.values() if (one.kind, one.id) == (ACCOUNT, officer)]
    speaker = key_speaker(held, key_of(officer))
    assert not withdraw_right(office.register, digest, by=None, at=AT + timedelta(hours=1)).problems
    done = take_step(office.register, number, Advise("approve", "Late."), speaker, at=AT + timedelta(hours=2))
    assert [one.code for one in done.problems] == ["case.no_account"]
    now = head_size()
    assert kept_rights(office.register, now).granted == stored_rights(office.register).granted
    assert kept_rights(office.register, now - 1).accounts().keys() > stored_rights(office.register).accounts().keys()


def test_nothing_is_kept_of_what_is_taken_back(office):
    """A transaction reads what it has entered, and leaves no trace of it where it fails."""
    whole_case(office)
    size = head_size()
    before = kept_rights(office.register, size)

    class StoppedError(Exception):
        pass

    def after(first):
        assert kept_rights(office.register, first + 1).granted != before.granted
        assert last_of([RIGHT], first + 1) == first
        raise StoppedError

    row = Registrable(RIGHT, "x", {"id": "x", "party": EXPORTER, "as": "audit", "by": ""})
    with pytest.raises(StoppedError):
        register_documents([row], "operator", AT, after=after)
    # Something else takes the same place of the log.
    office.draft(1, BY_HAND)
    assert head_size() > size
    assert last_of([RIGHT], head_size()) < size
    assert kept_rights(office.register, head_size()).granted == before.granted


def test_the_newest_records_are_those_of_the_log(office):
    for _ in range(2):
        whole_case(office)
    whole = marks_at(office.register.size)
    for size in (0, 1, office.register.size // 2, office.register.size):
        rows = Registration.objects.filter(log_index__lt=size).order_by("log_index")
        assert {kind: mark for kind, mark in marks_at(size).items() if kind} == dict(
            rows.values_list("kind", "log_index")
        )
    _newest.clear()
    _kept.clear()
    assert marks_at(office.register.size) == whole, "from the beginning, and from what came since"
