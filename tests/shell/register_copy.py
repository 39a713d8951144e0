"""Where the registers of tests lie, and copies of registers that are told once for a run.

A register on SQLite is a folder. One on PostgreSQL has a database of its own beside it, which is copied as a template.
"""

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from postgres import Cluster
from ytterby.shell.site import schema
from ytterby.shell.site.database import configured_url
from ytterby.shell.site.register import Register, keys_beside, open_register


class Databases:
    """Where the registers of a process lie; this one leaves it to the environment."""

    is_placing = True

    def url_of(self, data: Path) -> str:
        """Return the address of the database of a register's folder."""
        return configured_url(data)

    def bring_tables_up(self) -> None:
        """Bring the tables of the open database up to this version."""
        schema.bring_tables_up()

    def copy(self, model: Path, folder: Path) -> None:
        """Copy what of a register lies outside its folder."""

    def forget_environment(self) -> None:
        """Take back what the environment was told of a test's last register."""


class SQLiteDatabases(Databases):
    """Databases in their folders; the tables of the first are copied into every later one."""

    def __init__(self, kept: Path) -> None:
        self.kept = kept

    def bring_tables_up(self) -> None:
        from django.db import connection

        if connection.vendor != "sqlite" or connection.introspection.table_names():
            schema.bring_tables_up()
        elif self.kept.exists():
            with closing(sqlite3.connect(self.kept)) as made:
                made.backup(connection.connection)
        else:
            schema.bring_tables_up()
            with closing(sqlite3.connect(self.kept)) as made:
                connection.connection.backup(made)


class PostgreSQLDatabases(Databases):
    """A database for each register, all in one server."""

    TABLES = "tables"

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.names: dict[Path, str] = {}
        self.made = 0
        self.has_tables = False

    def url_of(self, data: Path) -> str:
        if not self.is_placing:
            return configured_url(data)
        data = data.resolve()
        if data not in self.names:
            self.names[data] = self._next()
            self.cluster.create(self.names[data])
        # Children of a test open the register that it opened last.
        os.environ["DATABASE_URL"] = url = self.cluster.url(self.names[data])
        return url

    def bring_tables_up(self) -> None:
        from django.db import connection

        if not self.is_placing or connection.introspection.table_names():
            schema.bring_tables_up()
            return
        name = str(connection.settings_dict["NAME"])
        if self.has_tables:
            connection.close()
            self.cluster.drop(name)
            self.cluster.create(name, self.TABLES)
        else:
            schema.bring_tables_up()
            connection.close()
            self.cluster.create(self.TABLES, name)
            self.has_tables = True

    def copy(self, model: Path, folder: Path) -> None:
        self.names[folder.resolve()] = name = self._next()
        self.cluster.create(name, self.names[model.resolve()])

    def forget_environment(self) -> None:
        if self.is_placing:
            os.environ.pop("DATABASE_URL", None)

    def _next(self) -> str:
        self.made += 1
        return f"register_{self.made}"


databases = Databases()


def copy_register(model: Path, folder: Path) -> Register:
    """Open a copy of a register, with keys of the same name beside it."""
    from django.db import connections

    # A database that somebody is connected to is no template.
    connections.close_all()
    shutil.copytree(model, folder)
    shutil.copytree(keys_beside(model), keys_beside(folder))
    databases.copy(model, folder)
    forget_answers()
    return open_register(folder)


def forget_answers() -> None:
    """Forget what is kept by log size: sizes that are taken back come again with other content."""
    from ytterby.shell.store.reading import entries
    from ytterby.shell.store.reading.kept import Kept

    entries._decoded.clear()
    for name, module in list(sys.modules.items()):
        if name.startswith("ytterby.shell"):
            for held in list(vars(module).values()):
                if type(held) is Kept:
                    held.clear()
                elif hasattr(held, "cache_clear") and name.startswith(("ytterby.shell.store", "ytterby.shell.actions")):
                    held.cache_clear()
