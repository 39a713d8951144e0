"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite.

Every writer holds the lock of the log's head and has looked up what is known already, so that nothing can conflict
but by a defect; and then it should fail rather than be passed over. So COPY goes straight into the table: a temporary
table and ON CONFLICT would write every row twice, in order to hide what must be seen.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

Rows = Iterable[Sequence[Any]]
# So few rows are in the table before a COPY has begun.
FEW = 16


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Rows) -> None:
    """Insert rows of these columns, in order.

    Raises:
        IntegrityError: a row breaks a constraint.
    """
    rows = list(rows)
    if not rows:
        return
    table = connection.ops.quote_name(model._meta.db_table)
    named = ", ".join(connection.ops.quote_name(column) for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    if connection.vendor == "postgresql":
        if len(rows) > FEW:
            _copy(f"COPY {table} ({named}) FROM STDIN", rows)
            return
        with connection.cursor() as cursor:
            values = ", ".join([f"({marks})"] * len(rows))
            cursor.execute(f"INSERT INTO {table} ({named}) VALUES {values}", [one for row in rows for one in row])  # noqa: S608
        return
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({named}) VALUES ({marks})", rows)  # noqa: S608


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Rows) -> None:
    """Set these columns of rows that exist; each row is the values, then the row's id. One statement for all."""
    rows = list(rows)
    if not rows:
        return
    table = connection.ops.quote_name(model._meta.db_table)
    sets = ", ".join(f"{connection.ops.quote_name(column)} = %s" for column in columns)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = %s", rows)  # noqa: S608


def _copy(statement: str, rows: Rows) -> None:
    # psycopg's errors reach Django's callers as Django's own.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)
