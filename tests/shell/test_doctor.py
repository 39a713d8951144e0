"""The doctor names whatever was changed behind the register's back, with the invariant it breaks; never more.

Threat O3: an edited row, a deleted last entry, a self-promoted user are named. Threats L4, L5: receipts and the
published checkpoint say more than a log from which something was taken away.
"""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection

from shell.register_copy import forget_answers
from shell.tampering import fill, flipped, named, tamper, unchecked
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.doctor import CHECKERS, Unsound, examine
from ytterby.shell.site.register import Register, make_register
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.packing import unpacked
from ytterby.shell.store.models import (
    EventCell,
    EventRecord,
    LogEntry,
    LogHead,
    LotCell,
)
from ytterby.terms.problem import finding


@pytest.fixture
def filled(register: Register, part_of) -> Register:
    return fill(register, part_of)


# Of each table: what may be named when one of its columns is changed.
INVARIANTS = {
    "submission": {"submission.bytes", "submission.receipts", "submission.whole", "submission.no_effect"}
    | {"log.nothing_gone", "log.batches"},
    "eventrecord": {"events.rows", "log.commitments", "submission.whole", "submission.receipts", "rights.visible"},
    "visible": {"rights.visible"},
    "reader": {"rights.visible"},
    "logentry": {"log.no_gaps", "log.leaves", "log.times", "log.batches", "log.commitments", "log.registrations"},
    "loghead": {"log.one_head", "log.root", "log.times", "log.nothing_gone"},
    "storedhash": {"log.subtrees"},
    "registration": {"log.registrations"},
    "edition": {"derived.edition", "derived.watermark", "derived.cells", "derived.postings"},
    "thread": {"derived.threads", "derived.touches"},
    "postingrecord": {"derived.postings", "derived.edition"},
    "touch": {"derived.touches", "derived.threads", "derived.edition"},
    "lotcell": {"derived.cells", "derived.edition"},
    "eventcell": {"derived.cells", "derived.edition"},
    "accountversion": {"balance.closed"},
    "listedfile": {"screening.lists"},
    "listedtext": {"screening.lists"},
    "listmembers": {"screening.lists"},
}
# Numbers that the database gives itself and nothing hangs on; places among the simultaneous of what no longer counts.
MEANINGLESS = {("storedhash", "id"), ("postingrecord", "id")}


def columns() -> Iterator[tuple[Any, Any]]:
    for model in apps.get_app_config("store").get_models():
        for field in model._meta.local_fields:
            if field.column and (model._meta.model_name, field.column) not in MEANINGLESS:
                yield model, field


def places(model: Any, column: str) -> list[tuple[dict[str, Any], Any]]:
    """Return the key and the value of the first, the middle and the last row whose value is not null."""
    keys = [field.column for field in getattr(model._meta.pk, "fields", [model._meta.pk])]
    listed = ", ".join(f'"{name}"' for name in [*keys, column])
    counts = ""
    if column == "rank":
        counts = f" AND known_to > known_from AND known_to = {2**63 - 1}"
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {listed} FROM "{model._meta.db_table}" WHERE "{column}" IS NOT NULL{counts} ORDER BY {listed}'
        )
        rows = cursor.fetchall()
    picked = {0, len(rows) // 2, len(rows) - 1} if rows else set()
    (kind,) = (f.get_internal_type() for f in model._meta.local_fields if f.column == column)
    found = []
    for number in sorted(picked):
        *key, value = rows[number]
        value = bytes(value) if isinstance(value, memoryview) else value
        found.append((dict(zip(keys, key, strict=True)), bool(value) if kind == "BooleanField" else value))
    return found


def put(model: Any, column: str, key: dict[str, Any], value: Any) -> None:
    where = " AND ".join(f'"{name}" = %s' for name in key)
    assert tamper(f'UPDATE "{model._meta.db_table}" SET "{column}" = %s WHERE {where}', value, *key.values()) == 1


@pytest.mark.long
def test_a_flipped_bit_in_any_column_of_any_table_is_named(filled):
    """Threat O3."""
    assert named(filled) == set()
    missed, tried = [], 0
    for model, field in columns():
        name, column = model._meta.model_name, field.column
        for key, value in places(model, column):
            changed = flipped(value)
            try:
                put(model, column, key, changed)
            except IntegrityError:
                continue
            tried += 1
            found = named(filled)
            if not found & INVARIANTS[name]:
                missed.append((name, column, key, value, found))
            put(model, column, {**key, column: changed} if column in key else key, value)
    assert missed == []
    assert tried > 150
    assert named(filled) == set()


def test_in_a_sample_of_lots_a_changed_cell_is_named_and_the_seed_tells_which(filled):
    assert named(filled, sample=50, seed=1) == set()
    assert EventCell.objects.exists()
    for model in (LotCell, EventCell):
        for key, value in places(model, "body"):
            put(model, "body", key, flipped(value))
            assert "derived.cells" in named(filled, sample=50, seed=1)
            put(model, "body", key, value)
    first = examine(filled, sample=2)["checked"]
    assert any("sample of 2 lots, seed " in line for line in first)
    assert any("(all" in line for line in examine(filled)["checked"])


@pytest.mark.parametrize("model", [m._meta.model_name for m in (LotCell, EventCell)])
def test_a_cell_that_says_something_else_and_can_be_read_is_named(filled, model):
    """Not a flipped bit: somebody who knows how cells are written gives material another origin."""
    import zlib

    import msgspec

    from ytterby.chain.cell import read_cell, write_cell

    table = apps.get_model("store", model)
    for key, value in places(table, "body"):
        cell = read_cell(unpacked(value))
        if not cell.nodes:
            continue
        node = msgspec.structs.replace(cell.nodes[0], left=cell.nodes[0].left + 1)
        forged = msgspec.structs.replace(cell, nodes=(node, *cell.nodes[1:]))
        put(table, "body", key, zlib.compress(write_cell(forged)))
        assert "derived.cells" in named(filled)
        put(table, "body", key, value)


def rows_after(size: int) -> None:
    """Delete entries from a log size on with all that hangs on them, as whoever knows the tables would."""
    ids = list(EventRecord.objects.filter(log_index__gte=size).values_list("submission_id", flat=True))
    for statement, value in (
        ("DELETE FROM store_visible WHERE event_id >= %s", size),
        ("DELETE FROM store_touch WHERE log_index >= %s", size),
        ("DELETE FROM store_postingrecord WHERE log_index >= %s", size),
        ("DELETE FROM store_eventrecord WHERE log_index >= %s", size),
        ("DELETE FROM store_registration WHERE log_index >= %s", size),
        ('DELETE FROM store_logentry WHERE "index" >= %s', size),
    ):
        tamper(statement, value)
    for number in set(ids):
        tamper("DELETE FROM store_submission WHERE id = %s", number)


def test_a_deleted_last_entry_is_named_with_and_without_its_rows(filled):
    """Threats O3, L5: the head, the checkpoint and the receipts say more than is there."""
    last = LogEntry.objects.order_by("-index").first()
    tamper('DELETE FROM store_logentry WHERE "index" = %s', last.index)
    assert "log.nothing_gone" in named(filled)
    rows_after(last.batch_end - 2)
    assert "log.nothing_gone" in named(filled)


def test_a_log_cut_short_with_its_head_is_named_by_what_was_published_and_by_receipts(filled, part_of):
    """Threats L4, L5: whoever can compute heads cannot take back what others hold."""
    from ytterby.proof.merkle import Frontier

    before = LogHead.objects.get(id=1)
    kept = {name: getattr(before, name) for name in ("size", "frontier", "root", "accepted_at")}
    capture(filled, part_of(8), submitter="operator")
    derive_to(filled.size)
    sets = ", ".join(f"{name} = %s" for name in kept)
    tamper(f"UPDATE store_loghead SET {sets}", *(bytes(v) if isinstance(v, memoryview) else v for v in kept.values()))
    assert Frontier.from_bytes(bytes(kept["frontier"])).root() == bytes(kept["root"])
    assert {"log.nothing_gone", "derived.watermark"} <= named(filled)
    rows_after(kept["size"])
    assert "log.nothing_gone" in named(filled)


@pytest.mark.parametrize(
    ("statement", "invariant"),
    [
        ("DELETE FROM store_submission WHERE state = 'accepted'", "submission.whole"),
        ("DELETE FROM store_eventrecord WHERE log_index = (SELECT max(log_index) FROM store_eventrecord)", None),
        ("DELETE FROM store_visible WHERE event_id = (SELECT min(event_id) FROM store_visible)", "rights.visible"),
        ("DELETE FROM store_registration WHERE log_index = 40", "log.registrations"),
        ("DELETE FROM store_storedhash", "log.subtrees"),
        ("DELETE FROM store_loghead", "log.one_head"),
        ("DELETE FROM store_edition", "derived.edition"),
        ("DELETE FROM store_thread WHERE id = (SELECT min(id) FROM store_thread)", "derived.threads"),
        ("DELETE FROM store_postingrecord WHERE id = (SELECT max(id) FROM store_postingrecord)", "derived.postings"),
        ("DELETE FROM store_touch WHERE log_index = (SELECT max(log_index) FROM store_touch)", "derived.touches"),
        ("DELETE FROM store_lotcell WHERE lot_id = (SELECT min(lot_id) FROM store_lotcell)", "derived.cells"),
        ("DELETE FROM store_eventcell", "derived.cells"),
        ("UPDATE store_submission SET state = 'refused' WHERE state = 'known'", "submission.receipts"),
        ("UPDATE store_submission SET outcome_receipt = NULL, state = 'arrived' WHERE state = 'accepted'", None),
        ("UPDATE store_submission SET state = 'refused', count = 0 WHERE state = 'accepted'", "submission.no_effect"),
        (
            "INSERT INTO store_visible (reader_id, event_id, why, compartment)"
            " SELECT min(r.id), min(e.log_index), 1, 1 FROM store_reader r, store_eventrecord e WHERE NOT EXISTS"
            " (SELECT 1 FROM store_visible v WHERE v.reader_id = r.id AND v.event_id = e.log_index)"
            " GROUP BY e.log_index ORDER BY e.log_index LIMIT 1",
            "rights.visible",
        ),
        (
            "INSERT INTO store_visible (reader_id, event_id, why, compartment)"
            " SELECT 9999, min(log_index), 1, 1 FROM store_eventrecord",
            "rights.visible",
        ),
        ("DELETE FROM store_reader WHERE id = (SELECT max(id) FROM store_reader)", "rights.visible"),
        ("UPDATE store_edition SET is_live = NOT is_live", "derived.edition"),
        (
            "INSERT INTO store_touch (edition, thread_id, log_index)"
            " SELECT edition, thread_id, log_index + 1 FROM store_touch"
            " WHERE log_index = (SELECT max(log_index) FROM store_touch)",
            "derived.touches",
        ),
        (
            "INSERT INTO store_postingrecord"
            " (edition, log_index, digest, submitter, at, rank, known_from, known_to, body)"
            " SELECT edition, log_index, digest, submitter, at, rank, known_from + 1, known_to, body"
            " FROM store_postingrecord WHERE id = (SELECT max(id) FROM store_postingrecord)",
            "derived.postings",
        ),
        (
            "INSERT INTO store_storedhash (level, position, hash) SELECT 1, 7, hash FROM store_storedhash",
            "log.subtrees",
        ),
    ],
)
def test_what_is_deleted_swapped_or_added_is_named(filled, statement, invariant):
    """Threat O3."""
    assert tamper(statement) > 0
    found = named(filled)
    assert found
    assert invariant is None or invariant in found


def test_an_event_twice_and_an_event_id_twice_are_named_once_the_constraint_is_gone(filled):
    """Threat O3: whoever owns the database can take constraints away; that is named too."""
    for statement in ("ALTER TABLE store_eventrecord DROP CONSTRAINT event_once", "DROP INDEX event_id_once"):
        if connection.vendor == "postgresql" or "ALTER" not in statement:
            tamper(statement)
    if connection.vendor == "sqlite":
        with unchecked() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'store_eventrecord'")
            (made,) = cursor.fetchone()
            start = made.index(', CONSTRAINT "event_once"')
            cursor.execute("ALTER TABLE store_eventrecord RENAME TO was")
            cursor.execute(made[:start] + made[made.index(")", start) + 1 :])
            cursor.execute("INSERT INTO store_eventrecord SELECT * FROM was")
            cursor.execute("DROP TABLE was")
    assert "store.shape" in named(filled)
    tamper(
        "INSERT INTO store_eventrecord"
        " (log_index, submission_id, number, submitter, digest, salt, event_id, is_original, original)"
        " SELECT 9999, submission_id, number, submitter, digest, salt, event_id, is_original, original"
        " FROM store_eventrecord WHERE is_original AND event_id IS NOT NULL LIMIT 1"
    )
    forget_answers()
    found = examine(filled)["unsound"]
    once = [row["what"] for row in found if row["invariant"] == "events.once"]
    assert len(once) == 2


def test_a_trigger_that_nobody_of_the_register_made_is_named(filled):
    """Threat O3."""
    if connection.vendor == "sqlite":
        tamper("CREATE TRIGGER later AFTER INSERT ON store_visible BEGIN DELETE FROM store_visible; END")
    else:
        tamper("CREATE FUNCTION nothing() RETURNS trigger AS 'BEGIN RETURN NULL; END' LANGUAGE plpgsql")
        tamper("CREATE TRIGGER later AFTER INSERT ON store_visible EXECUTE FUNCTION nothing()")
    assert named(filled) == {"store.shape"}


@pytest.mark.parametrize("power", ["is_superuser", "is_staff"])
def test_a_self_promoted_user_is_named(register, power):
    """Threat O3."""
    kind = "boolean NOT NULL DEFAULT false"
    tamper(f"CREATE TABLE auth_user (id integer, username text, is_superuser {kind}, is_staff {kind})")
    tamper("INSERT INTO auth_user (id, username) VALUES (1, 'clerk')")
    assert named(register) == set()
    tamper(f"UPDATE auth_user SET {power} = true")
    rows = examine(register)["unsound"]
    assert [(row["invariant"], "clerk" in row["where"]) for row in rows] == [("rights.people", True)]


def test_whoever_keeps_people_adds_a_checker_in_one_line(register, monkeypatch):
    extra = Unsound(finding("rights.people"), "user x", "a role the register never gave")
    monkeypatch.setattr("ytterby.shell.actions.doctor.people.CHECKERS", [*CHECKERS, lambda register: [extra]])
    assert named(register) == {"rights.people"}


def test_a_demo_user_in_a_register_that_is_no_demo_is_named(tmp_path):
    """Threat O4."""
    from ytterby.shell.actions.demo_user import make_demo_password

    register = make_register(tmp_path / "real", origin="log.example.org/register")
    assert named(register) == set()
    make_demo_password(register.keys)
    assert named(register) == {"rights.people"}


def test_keys_that_others_may_read_and_half_written_files_are_named(register):
    """Threat S-: keys are the register's own user's alone."""
    (register.keys / "log.key").chmod(0o640)
    assert named(register) == {"keys.closed"}
    (register.keys / "log.key").chmod(0o600)
    register.keys.chmod(0o750)
    assert named(register) == {"keys.closed"}
    register.keys.chmod(0o700)
    (register.data / ".checkpoint.999999999").write_bytes(b"half")
    assert named(register) == {"store.half_written"}


def test_a_changed_published_file_is_named(filled):
    """Threat L2."""
    path = next(p for p in (filled.data / "tile").rglob("*") if p.is_file())
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert named(filled) == {"log.published"}
    shutil.rmtree(filled.data / "tile")
    assert named(filled) == {"log.published"}


def test_unsound_settings_of_the_database_are_named(register):
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
            assert named(register) == {"store.settings"}
            cursor.execute("PRAGMA synchronous=FULL")
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
            assert named(register) == {"store.settings"}
            cursor.execute("SET synchronous_commit = on")
    assert named(register) == set()


def test_what_is_unsound_a_thousand_times_is_listed_a_hundred_times_and_counted(filled):
    tamper("UPDATE store_logentry SET leaf = entry")
    rows = [row for row in examine(filled)["unsound"] if row["invariant"] == "log.leaves"]
    assert len(rows) == 101
    assert "more of the same" in rows[-1]["what"]


def test_the_doctor_answers_in_chinese_and_writes_nothing(filled):
    before = {model: model.objects.count() for model in apps.get_app_config("store").get_models()}
    tamper("DELETE FROM store_storedhash")
    found = examine(filled, language="zh")
    assert all("。" in row["text"] and "。" in row["cure"] for row in found["unsound"])
    before[apps.get_model("store", "storedhash")] = 0
    assert before == {model: model.objects.count() for model in before}
