"""Roles and rights of people that the register never gave (threat O3).

Whoever adds a table of people adds a checker to `CHECKERS`: a function of the register that yields what is unsound.
"""

import os
from collections.abc import Callable, Iterable, Iterator

from django.db import connection

from ytterby.shell.actions.demo_user import FILE
from ytterby.shell.actions.doctor.unsound import Unsound
from ytterby.shell.site.register import Register
from ytterby.shell.store.models import Login, Token, WebSession
from ytterby.shell.store.rights import ACCOUNT, stored_rights, unsound_rights
from ytterby.terms.problem import finding

POWERS = ("is_superuser", "is_staff")


def demo_user_elsewhere(register: Register) -> Iterator[Unsound]:
    """Name a demo's user in a register that is no demo (threat O4)."""
    if not register.is_demo and os.path.lexists(register.keys / FILE):
        yield Unsound(finding("rights.people"), f"keys folder, {FILE}", "a demo's user in a register that is no demo")


def self_promoted(register: Register) -> Iterator[Unsound]:
    """Name users of Django's own kind with powers over everything: the register gives no such powers."""
    del register
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        quote = connection.ops.quote_name
        for table in sorted(tables):
            columns = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            key = "username" if "username" in columns else "id"
            for power in sorted(columns.intersection(POWERS)):
                # Names come from the database's own catalogue, quoted.
                statement = f"SELECT {quote(key)} FROM {quote(table)} WHERE {quote(power)}"  # noqa: S608
                cursor.execute(statement)
                for (name,) in cursor.fetchall():
                    yield Unsound(finding("rights.people"), f"{table}, user {name}", f"{power} was never given")


def beyond_the_log(register: Register) -> Iterator[Unsound]:
    """Name accounts and rights that claim more than the log's records give (threat O3)."""
    for where, what, _ in unsound_rights(register):
        yield Unsound(finding("rights.people"), where, what)


def logins_of_nobody(register: Register) -> Iterator[Unsound]:
    """Name those who can sign in, or send a token, for an account that the log does not know."""
    known = {one.id for one in stored_rights(register).granted.values() if one.kind == ACCOUNT}
    for model, what in ((Login, "a login"), (Token, "a token"), (WebSession, "a session")):
        for account in sorted(set(model.objects.values_list("account", flat=True)) - known):
            yield Unsound(finding("rights.people"), f"account {account}", f"{what} of an account that the log lacks")


CHECKERS: list[Callable[[Register], Iterable[Unsound]]] = [
    demo_user_elsewhere,
    self_promoted,
    beyond_the_log,
    logins_of_nobody,
]


def unsound_people(register: Register) -> Iterator[Unsound]:
    """Yield what every checker finds."""
    for checker in CHECKERS:
        yield from checker(register)
