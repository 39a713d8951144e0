"""`log verify` finds any flipped byte of anything stored, and names it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from postgres import ON_POSTGRESQL
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.log import verify_log
from ytterby.shell.site.database import DATABASE
from ytterby.shell.site.register import Register, open_register

KESTREL = "https://id.gs1.org/417/9520000010010"
sqlite_only = pytest.mark.skipif(ON_POSTGRESQL, reason="tampers with SQLite's file; test_doctor does so on both")


@pytest.fixture
def filled(register, part_of) -> Register:
    """A register with accepted, known and refused documents, and more than 256 entries."""
    capture(register, part_of(0, 1, 2), submitter=KESTREL, name="april.json")
    capture(register, part_of(*range(3, 20)), submitter="operator")
    capture(register, part_of(0), submitter=KESTREL)
    capture(register, part_of(0).replace(b'"KGM"', b'"KG"'), submitter=KESTREL)
    from ytterby.shell.actions.enrol import import_directory

    rows = ",".join(f"{{id: 'https://party.example/{n}', name: P{n}}}" for n in range(280))
    import_directory(register, f"parties: [{rows}]")
    assert verify_log(register)["failures"] == []
    return register


def columns(database: Path) -> Iterator[tuple[str, str]]:
    """Return every table and column of the store."""
    with sqlite3.connect(database) as connection:
        tables = [row[0] for row in connection.execute("select name from sqlite_master where type='table'")]
        for table in tables:
            if table.startswith("store_") and table not in DERIVED:
                for row in connection.execute(f'pragma table_info("{table}")'):
                    yield table, row[1]


def flipped(value: object) -> object:
    """Return the value with one bit changed, in the middle."""
    if value is None:
        return None
    if isinstance(value, int):
        return value ^ 1
    raw = bytearray(value.encode() if isinstance(value, str) else value)
    if not raw:
        return "x" if isinstance(value, str) else b"x"
    raw[len(raw) // 2] ^= 1
    return raw.decode("utf-8", "replace") if isinstance(value, str) else bytes(raw)


def tamper(register: Register, statement: str, *values: object) -> None:
    """Change the database behind the register's back."""
    from django.db import connections

    connections["default"].close()
    with sqlite3.connect(register.data / DATABASE) as connection:
        connection.execute("pragma ignore_check_constraints=on")
        connection.execute(statement, values)
    from ytterby.shell.store.reading import entries

    entries._decoded.clear()


# What is derived is not the log's; the doctor compares it (`test_doctor`).
DERIVED = {"store_edition", "store_thread", "store_postingrecord", "store_touch", "store_lotcell", "store_eventcell"}
DERIVED.add("store_licensedevent")
# Names of people stand beside the log, so that they can be erased; what a row claims is compared in `test_rights`.
DERIVED.add("store_account")
# Numbers that the database gives itself and nothing hangs on; a submission's is held by its events.
MEANINGLESS = {("store_storedhash", "id"), ("store_submission", "id")}


@sqlite_only
def test_a_flipped_bit_in_any_column_of_any_table_is_found(filled):
    database = filled.data / DATABASE
    missed = []
    for table, column in columns(database):
        if (table, column) in MEANINGLESS:
            continue
        with sqlite3.connect(database) as connection:
            rows = connection.execute(
                f'select rowid, "{column}" from "{table}" where "{column}" is not null order by rowid'
            ).fetchall()
        for rowid, value in {rows[0], rows[len(rows) // 2], rows[-1]} if rows else ():
            try:
                tamper(filled, f'update "{table}" set "{column}"=? where rowid=?', flipped(value), rowid)
            except sqlite3.IntegrityError:
                continue
            key = flipped(value) if column == "id" else rowid  # SQLite's rowid is such a column
            try:
                found = verify_log(filled)["failures"]
            except Exception as error:
                found = [str(error)]
                pytest.fail(f"{table}.{column}: verify raised {error!r}")
            if not found:
                missed.append((table, column, rowid, value))
            tamper(filled, f'update "{table}" set "{column}"=? where rowid=?', value, key)
    assert not missed
    assert verify_log(filled)["failures"] == []


def test_a_flipped_byte_in_any_published_file_is_found(filled):
    """Threat L2: what is published is what is stored."""
    beside = ("register.", ".publishing")
    files = [p for p in filled.data.rglob("*") if p.is_file() and not p.name.startswith(beside)]
    assert len(files) >= 4
    for path in files:
        original = path.read_bytes()
        changed = bytearray(original)
        changed[len(changed) // 2] ^= 1
        path.write_bytes(bytes(changed))
        assert verify_log(filled)["failures"], path
        path.write_bytes(original)
    assert verify_log(filled)["failures"] == []


@sqlite_only
@pytest.mark.parametrize(
    "statement",
    [
        'delete from store_logentry where "index" = (select max("index") from store_logentry)',
        "delete from store_visible where rowid = (select min(rowid) from store_visible)",
        "delete from store_registration where log_index = (select max(log_index) from store_registration)",
        "delete from store_storedhash",
        "delete from store_loghead",
        "update store_loghead set size = size - 1",
        "insert into store_visible (reader_id, event_id, why) select 9999, min(log_index), 1 from store_eventrecord",
        "update store_visible set why = 63 where rowid = (select min(rowid) from store_visible)",
        "update store_submission set document = (select document from store_submission order by id desc limit 1)",
        "update store_submission set outcome_receipt = null, state = 'arrived' where state = 'accepted'",
    ],
)
def test_what_is_deleted_swapped_or_added_is_named(filled, statement):
    """Threat O3: an edited row, a deleted last entry and a self-given right are named."""
    tamper(filled, statement)
    found = verify_log(filled)
    assert not found["ok"]
    assert all(failure["what"] for failure in found["failures"])


@sqlite_only
def test_the_change_of_a_document_names_its_entry(filled):
    from ytterby.shell.store.models import Submission

    first = Submission.objects.order_by("id").first()
    changed = bytearray(bytes(first.document))
    changed[20] ^= 1
    tamper(filled, "update store_submission set document=? where id=?", bytes(changed), first.id)
    failures = verify_log(filled)["failures"]
    assert first.first_index in [failure["index"] for failure in failures]


def test_an_opened_register_verifies_as_the_made_one(filled):
    assert verify_log(open_register(filled.data))["ok"]
