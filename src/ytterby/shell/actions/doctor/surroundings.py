"""What the register stands on: settings and shape of its database, the keys folder, files left half-written."""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.apps import apps
from django.core.checks import run_checks
from django.db import connection, models

from ytterby.shell.actions.doctor.unsound import Unsound
from ytterby.shell.site.register import Register
from ytterby.shell.store.ledger_triggers import trigger_texts
from ytterby.terms.problem import finding

ASIDE = re.compile(r"^\..+\.(\d+)$")  # `publish.write_whole`: a file that is being written, by which process
# Name and text; of PostgreSQL's the body of the function, or what keeps it from being run.
TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT t.tgname, CASE WHEN t.tgenabled = 'O' THEN p.prosrc ELSE 'disabled' END "
        "FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal"
    ),
}


def unsafe_settings() -> Iterator[Unsound]:
    """Name settings under which something acknowledged may be lost or mixed (`store.checks`)."""
    for one in run_checks(tags=["ytterby"], databases=["default"]):
        yield Unsound(finding("store.settings"), "database", str(one.msg))


def changed_shape() -> Iterator[Unsound]:
    """Name tables, columns, constraints and indexes that are gone, and triggers that nobody of us made."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in apps.get_app_config("store").get_models():
            table = model._meta.db_table
            if table not in tables:
                yield Unsound(finding("store.shape"), table, "the table is gone")
                continue
            have = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            kept = connection.introspection.get_constraints(cursor, table)
            names = {name for name, one in kept.items() if one["unique"] or one["index"] or one["check"]}
            uniques = {tuple(one["columns"]) for one in kept.values() if one["unique"]}
            for lost in _lost(model, have, names, uniques):
                yield Unsound(finding("store.shape"), table, f"{lost} is gone")
        cursor.execute(TRIGGERS[connection.vendor])
        yield from _changed_triggers(dict(cursor.fetchall()))


def _changed_triggers(have: Mapping[str, str]) -> Iterator[Unsound]:
    """Name triggers that are not ours, and ours that are gone or do something else (`store.ledger_triggers`)."""
    ours = trigger_texts(connection.vendor)
    for name in sorted(have.keys() - ours.keys()):
        yield Unsound(finding("store.shape"), "database", f"a trigger {name} changes rows by itself")
    for name, text in ours.items():
        if name not in have:
            yield Unsound(finding("store.shape"), "database", f"the trigger {name} is gone")
        elif have[name] != text:
            yield Unsound(finding("store.shape"), "database", f"the trigger {name} does something else")


def _lost(
    model: type[models.Model], have: set[str], names: set[str], uniques: set[tuple[str | None, ...]]
) -> Iterator[str]:
    for field in model._meta.local_fields:
        # A composite primary key is a field without a column.
        if field.column and field.column not in have:
            yield f"the column {field.column}"
        if field.unique and not field.primary_key and (field.column,) not in uniques:
            yield f"the constraint on {field.column}"
    for one in (*model._meta.constraints, *model._meta.indexes):
        if one.name not in names:
            yield f"the constraint or index {one.name}"


def open_keys(register: Register) -> Iterator[Unsound]:
    """Name keys that others than the register's own user may read, or that lie where backups take them along."""
    keys = register.keys
    if keys.resolve().is_relative_to(register.data.resolve()):
        yield Unsound(finding("keys.apart"), str(keys), "the keys lie in the data folder")
    for path in (keys, *sorted(keys.rglob("*"))):
        wanted = 0o700 if path.is_dir() and not path.is_symlink() else 0o600
        mode = stat.S_IMODE(path.lstat().st_mode)
        if mode & ~wanted or path.is_symlink():
            yield Unsound(finding("keys.closed"), str(path), f"mode {mode:o}, wanted {wanted:o}")


def half_written(register: Register) -> Iterator[Unsound]:
    """Name files that a process left half-written when it died."""
    for folder in (register.data, register.keys):
        for path in sorted(folder.rglob(".*")) + sorted(folder.glob("*.new")):
            match = ASIDE.match(path.name)
            if path.is_file() and (path.suffix == ".new" or (match and not _is_running(int(match.group(1))))):
                yield Unsound(
                    finding("store.half_written"), str(_within(path, register)), "left by a process that died"
                )


def _is_running(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _within(path: Path, register: Register) -> Path:
    return path.relative_to(register.data if path.is_relative_to(register.data) else register.keys)
