"""Questions of capture in plain SQL, since building a query object takes longer than answering it: for hundreds of
values, and for the one row that every document asks for.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db import connection, models

# Parameters of one statement, far below SQLite's limit of 32,766.
VALUES_MAX = 4_000


def rows_where(
    model: type[models.Model], columns: Sequence[str], where: str, parameters: Sequence[Any] = (), then: str = ""
) -> list[tuple[Any, ...]]:
    """Return columns of the rows for which a condition in SQL holds, never made of what somebody sent.

    `then` is what follows the condition: order, limit, lock.
    """
    quote = connection.ops.quote_name
    named = ", ".join(map(quote, columns))
    statement = f"SELECT {named} FROM {quote(model._meta.db_table)} WHERE {where} {then}"  # noqa: S608 -- names of our own model
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def rows_among(
    model: type[models.Model],
    columns: Sequence[str],
    column: str,
    values: Collection[Any],
    where: str = "",
    parameters: Sequence[Any] = (),
) -> Iterator[tuple[Any, ...]]:
    """Yield columns of the rows whose `column` is one of these values, in no order.

    `where` is a further condition in SQL over the model's own columns, with its parameters: never made of what somebody
    sent.
    """
    quote = connection.ops.quote_name
    named = ", ".join(map(quote, columns))
    statement = f"SELECT {named} FROM {quote(model._meta.db_table)} WHERE "  # noqa: S608 -- names of our own model
    for part, condition in _parts(quote(column), values):
        asked = [*parameters, *part]
        with connection.cursor() as cursor:
            cursor.execute(statement + (f"{where} AND {condition}" if where else condition), asked)
            yield from cursor.fetchall()


def delete_among(
    model: type[models.Model],
    column: str,
    values: Collection[Any],
    where: str = "",
    parameters: Sequence[Any] = (),
) -> None:
    """Delete the rows whose `column` is one of these values; the rest as in `rows_among`."""
    quote = connection.ops.quote_name
    statement = f"DELETE FROM {quote(model._meta.db_table)} WHERE "  # noqa: S608 -- names of our own model
    for part, condition in _parts(quote(column), values):
        with connection.cursor() as cursor:
            cursor.execute(statement + (f"{where} AND {condition}" if where else condition), [*parameters, *part])


def _parts(column: str, values: Collection[Any]) -> Iterator[tuple[list[Any], str]]:
    """Yield parameters and the condition that takes them."""
    rows = list(values)
    for start in range(0, len(rows), VALUES_MAX):
        part = rows[start : start + VALUES_MAX]
        if connection.vendor == "postgresql":
            yield [part], f"{column} = ANY(%s)"
        else:
            yield part, f"{column} IN ({', '.join(['%s'] * len(part))})"
