"""Checks of the database's settings: a register that may lose or mix what it acknowledged does not start."""

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
