"""Which database a register lies in: SQLite in its folder, or PostgreSQL by DATABASE_URL.

SQLite holds a plant to a province, PostgreSQL a country; the register behaves the same on both. Either commits to the
disk before it answers, and takes locks when a transaction starts or by the row of the log's head; `store.checks`
refuses settings that do less.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

DATABASE = "register.sqlite3"
SQLITE, POSTGRESQL = "sqlite", "postgresql"
SCHEMES = frozenset({"postgres", "postgresql"})
KEEP_SECONDS = 600


class DatabaseAddressError(ValueError):
    """DATABASE_URL says nothing that can be opened."""


def configured_url(data: Path) -> str:
    """Return DATABASE_URL, empty where the register of a folder lies in the folder itself."""
    del data
    return os.environ.get("DATABASE_URL", "")


def kind_of(url: str) -> str:
    """Return which kind of database an address names; none is SQLite."""
    return POSTGRESQL if url else SQLITE


def database_settings(data: Path, url: str) -> dict[str, Any]:
    """Return Django's settings of a register's database.

    Raises:
        DatabaseAddressError: the address cannot be used.
    """
    return postgresql_settings(url) if url else sqlite_settings(str((data / DATABASE).resolve()))


def sqlite_settings(name: str) -> dict[str, Any]:
    """Return settings under which a commit is on the disk and locks are taken at a transaction's start."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=20000;"
            ),
        },
    }


def postgresql_settings(url: str) -> dict[str, Any]:
    """Return the settings of postgresql://user:password@host:port/name?host=/socket/folder&sslmode=…

    Raises:
        DatabaseAddressError: another scheme, or no database's name.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise DatabaseAddressError(f"DATABASE_URL starts with {parts.scheme}://; it must be postgresql://")
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise DatabaseAddressError("DATABASE_URL names no database: postgresql://user@host/NAME")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": KEEP_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
