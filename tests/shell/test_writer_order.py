"""The writer order: the lock of the log's head first, everything that decides after it, and writes nowhere else."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

import ytterby.shell as shell
from postgres import ON_POSTGRESQL
from ytterby.shell.actions.arrive import Incoming, arrive
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.lapse import lapse_refused
from ytterby.shell.actions.work import work_once
from ytterby.shell.store import writing
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import LogHead, Registration, Submission
from ytterby.shell.store.writing import write

SHELL = Path(shell.__file__).parent
AT = datetime(2026, 1, 2, tzinfo=UTC)
KESTREL = "https://id.gs1.org/417/9520000010010"
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|COPY)\b", re.IGNORECASE)
WRITERS = {"save", "create", "bulk_create", "bulk_update", "update", "delete", "get_or_create", "update_or_create"}


class Watch:
    """Holds every statement against the order: the first of a transaction locks the head, none writes outside."""

    def __init__(self):
        self.is_open = False
        self.has_locked = False
        self.wrong = []
        self.transactions = 0

    def __call__(self, execute, sql, params, many, context):
        if connection.in_atomic_block and not self.is_open:
            self.is_open, self.has_locked = True, False
            self.transactions += 1
            if not ("store_loghead" in sql and sql.lstrip().upper().startswith("SELECT")):
                self.wrong.append(f"a transaction begins with {sql[:80]}")
        if not connection.in_atomic_block:
            self.is_open = False
            if WRITES.match(sql):
                self.wrong.append(f"written outside a transaction: {sql[:80]}")
        result = execute(sql, params, many, context)
        connection.on_commit(lambda: setattr(self, "is_open", False)) if connection.in_atomic_block else None
        return result


def test_every_action_locks_the_head_first_and_writes_nowhere_else(register, part_of):
    watch = Watch()
    with connection.execute_wrapper(watch):
        capture(register, part_of(*range(8)), submitter="operator", at=AT)
        capture(register, part_of(0), submitter="operator", at=AT)
        capture(register, b"{", submitter=KESTREL, at=AT)
        job = arrive(register, Incoming(part_of(9), "operator"), at=AT)
        assert work_once(register, at=AT).settled[job.receipt_id].outcome == "accepted"
        assert lapse_refused(register, at=AT + timedelta(days=100)) == 1
        import_directory(register, f"parties: [{{id: '{KESTREL}', name: Another}}]", at=AT)
        derive_to(register.size)
    assert watch.wrong == []
    assert watch.transactions >= 12


def test_the_watch_sees_a_write_beside_the_order(register):
    watch = Watch()
    with connection.execute_wrapper(watch):
        Submission.objects.filter(id=0).update(name="x")
        with transaction.atomic():
            Submission.objects.filter(id=0).update(name="x")
    assert len(watch.wrong) >= 1


def writing_calls(path):
    """Yield line and scope of each call that writes rows; the scope is the functions around it, outermost first."""

    def visit(node, scope):
        for child in ast.iter_child_nodes(node):
            inner = [*scope, child] if isinstance(child, ast.FunctionDef | ast.ClassDef) else scope
            if isinstance(child, ast.Call) and is_writing(child):
                yield child.lineno, scope
            yield from visit(child, inner)

    yield from visit(ast.parse(path.read_text(encoding="utf-8")), [])


def is_writing(call):
    if isinstance(call.func, ast.Name):
        return call.func.id in {"insert_rows", "update_rows", "delete_among", "save_head"}
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITERS:
        return False
    # A set's or a digest's update writes no row.
    return call.func.attr not in {"update"} or "objects" in ast.unparse(call.func.value)


def holds_the_lock(scope):
    """Tell whether a function is one that `write` runs, or says that its caller holds the lock."""
    names = [node.name for node in scope if isinstance(node, ast.FunctionDef)]
    says = any("caller holds the lock" in " ".join((ast.get_docstring(node) or "").split()) for node in scope)
    return says or "enter" in names


# Before there is a head to lock: the first rows of a register.
FOUNDING = {"store/founding.py"}
# The lock itself, and what it hands to its own.
THE_ORDER = {"store/writing.py", "store/inserting.py"}


def test_every_function_that_writes_rows_is_run_under_the_lock_or_says_so():
    guilty, seen = [], 0
    for path in [*SHELL.rglob("actions/*.py"), *SHELL.rglob("store/**/*.py")]:
        name = path.relative_to(SHELL).as_posix()
        if "migrations" in name or name in FOUNDING | THE_ORDER:
            continue
        for line, scope in writing_calls(path):
            seen += 1
            if not holds_the_lock(scope):
                guilty.append(f"{name}:{line}")
    assert guilty == [], "write through store.writing.write"
    assert seen > 10


def test_transactions_are_opened_in_one_place():
    opened = [
        path.relative_to(SHELL).as_posix()
        for path in SHELL.rglob("*.py")
        if re.search(r"\batomic\(|select_for_update|set_autocommit", path.read_text(encoding="utf-8"))
    ]
    # One reads a moment of the database, in a transaction that can write nothing.
    assert sorted(opened) == ["store/snapshot.py", "store/writing.py"]


# Retries


def passing(sqlstate):
    """Return an error that goes away by itself, as this database would raise it."""
    if not ON_POSTGRESQL:
        return OperationalError("database is locked")
    error = OperationalError("try again")
    error.__cause__ = type("Passing", (Exception,), {"sqlstate": sqlstate})()
    return error


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_a_passing_trouble_is_tried_again_and_does_not_reach_the_user(register, monkeypatch, sqlstate):
    waits = []
    monkeypatch.setattr(writing, "time", SimpleNamespace(sleep=waits.append))
    calls = []

    def action(head):
        calls.append(head.size)
        if len(calls) < 4:
            raise passing(sqlstate)
        return "done"

    assert write(action) == "done"
    assert len(calls) == 4
    assert len(waits) == len(set(waits)) == 3, "the waits have no jitter"


def test_a_trouble_that_stays_is_raised_after_three_more_tries_and_another_at_once(register, monkeypatch):
    monkeypatch.setattr(writing, "time", SimpleNamespace(sleep=lambda seconds: None))
    calls = []

    def busy(head):
        calls.append(1)
        raise passing("40001")

    with pytest.raises(OperationalError):
        write(busy)
    assert len(calls) == 4

    def full(head):
        calls.append(1)
        raise OperationalError("database or disk is full")

    with pytest.raises(OperationalError, match="full"):
        write(full)
    assert len(calls) == 5


# Many rows at once


def test_rows_that_conflict_fail_as_a_whole_and_are_never_passed_over(register):
    """COPY goes into the table itself: under the lock a conflict is a defect, and must be seen."""
    columns = ("log_index", "kind", "key", "document", "digest", "salt", "submitter")
    before, size = Registration.objects.count(), LogHead.objects.get(id=1).size
    row = ("party", "x", "{}", bytes(32), bytes(32), "operator")
    taken = Registration.objects.order_by("log_index").first().log_index
    with pytest.raises(IntegrityError):
        write(lambda head: insert_rows(Registration, columns, [(10_000, *row), (taken, *row)]))
    assert Registration.objects.count() == before
    assert LogHead.objects.get(id=1).size == size
