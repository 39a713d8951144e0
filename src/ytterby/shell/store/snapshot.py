"""One moment of the register, read while others go on writing."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """Let everything read within be of one moment. Nothing can be written within, and no lock is taken."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    # Django would begin IMMEDIATE, which keeps writers out; a deferred transaction reads one state of the log.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def part_of_moment() -> AbstractContextManager[object]:
    """Let what fails within leave the rest readable: PostgreSQL ends a transaction in which something failed."""
    return transaction.atomic() if connection.vendor == "postgresql" else nullcontext()
