"""Checks of the database's settings: a register that may lose or mix what it acknowledged does not start.

PostgreSQL: commits wait for the disk, transactions read what is committed (the writer order needs no more, and more
would refuse it), text is UTF-8. SQLite: transactions lock at their start, write-ahead log, full syncs, foreign keys.
"""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.db import connection


@register("ytterby", "database")
def check_sqlite(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse deferred transactions, a journal other than WAL, a sync less than FULL, and loose foreign keys."""
    del app_configs, kwargs
    if connection.vendor != "sqlite":
        return []
    problems: list[CheckMessage] = []
    if connection.settings_dict.get("OPTIONS", {}).get("transaction_mode") != "IMMEDIATE":
        problems.append(Error("SQLite transactions must start IMMEDIATE", id="ytterby.E001"))
    wanted = {"synchronous": 2, "foreign_keys": 1}
    with connection.cursor() as cursor:
        for name, value in wanted.items():
            cursor.execute(f"PRAGMA {name}")
            if cursor.fetchone()[0] != value:
                problems.append(Error(f"SQLite must run with {name} = {value}", id="ytterby.E002"))
        cursor.execute("PRAGMA journal_mode")
        if cursor.fetchone()[0] not in {"wal", "memory"}:
            problems.append(Error("SQLite must run with a write-ahead log", id="ytterby.E003"))
    return problems


VERSION_LEAST = 150000
# Setting -> values under which nothing acknowledged is lost or mixed.
POSTGRESQL_SETTINGS = {
    "synchronous_commit": frozenset({"on", "remote_write", "remote_apply"}),
    "fsync": frozenset({"on"}),
    "full_page_writes": frozenset({"on"}),
    "transaction_isolation": frozenset({"read committed"}),
    "server_encoding": frozenset({"UTF8"}),
}


@register("ytterby", "database")
def check_postgresql(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse commits that do not wait for the disk, another isolation than READ COMMITTED, and old servers."""
    del app_configs, kwargs
    if connection.vendor != "postgresql":
        return []
    problems: list[CheckMessage] = []
    with connection.cursor() as cursor:
        for name, good in POSTGRESQL_SETTINGS.items():
            cursor.execute("SELECT current_setting(%s)", [name])
            value = cursor.fetchone()[0]
            if value not in good:
                words = " or ".join(sorted(good))
                problems.append(Error(f"PostgreSQL must run with {name} = {words}, not {value}", id="ytterby.E004"))
        cursor.execute("SELECT current_setting('server_version_num')::int")
        if cursor.fetchone()[0] < VERSION_LEAST:
            problems.append(Error("PostgreSQL must be of version 15 or newer", id="ytterby.E005"))
    return problems
