"""The tables of the register's database: made, and brought up to this version.

Whether something is missing is seen from the names of the migrations, since Django's own command reads the models and
all migrations first, which takes longer than most questions.
"""

from pkgutil import iter_modules

APP = "store"


def bring_tables_up() -> None:
    """Apply the migrations that the open database does not hold yet.

    Raises:
        django.db.DatabaseError: the database cannot be read.
    """
    if packaged_migrations() <= _applied_migrations():
        return
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def packaged_migrations() -> set[str]:
    """Return the names of the migrations of this version."""
    from ytterby.shell.store import migrations

    return {module.name for module in iter_modules(migrations.__path__)}


def _applied_migrations() -> set[str]:
    from django.db import DatabaseError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM django_migrations WHERE app = %s", [APP])
            return {name for (name,) in cursor.fetchall()}
    except DatabaseError:
        # An empty database, or one that cannot be read: applying all says which.
        return set()
