"""Licences, their lines, what is drawn on them, and the triggers that keep both equal."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from ytterby.shell.store import ledger_triggers


def make_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    del apps
    for statement in ledger_triggers.making(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def drop_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    del apps
    for statement in ledger_triggers.dropping(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """There were no licences before."""

    dependencies = [("store", "0010_case")]

    operations = [
        migrations.CreateModel(
            name="LicenceRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.TextField()),
                ("version", models.IntegerField()),
                ("status", models.TextField()),
                ("customs", models.TextField()),
                ("holder", models.TextField()),
                ("valid_from", models.TextField()),
                ("valid_to", models.TextField()),
                ("log_index", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["holder"], name="licence_holder")],
                "constraints": [
                    models.UniqueConstraint(fields=("number", "version"), name="licence_once"),
                    models.UniqueConstraint(
                        condition=~models.Q(status="superseded"), fields=("number",), name="licence_version_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            status__in=(
                                *("issued", "active", "amending", "suspended", "exhausted"),
                                *("expired", "revoked", "surrendered", "superseded"),
                            )
                        ),
                        name="licence_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(customs__in=("not_sent", "sent", "acknowledged", "rejected")),
                        name="licence_customs",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LicenceLineRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.TextField()),
                ("line", models.TextField()),
                ("unit", models.TextField()),
                ("quantity", models.BigIntegerField(default=0)),
                ("tolerance", models.BigIntegerField(default=0)),
                ("drawn", models.BigIntegerField(default=0)),
                ("reserved", models.BigIntegerField(default=0)),
                ("free", models.BigIntegerField(default=0)),
                ("unlicensed", models.BigIntegerField(default=0)),
                ("entries", models.BigIntegerField(default=0)),
                ("is_exhausted", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("number", "line"), name="licence_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            quantity__gte=0,
                            tolerance__gte=0,
                            drawn__gte=0,
                            reserved__gte=0,
                            free__gte=0,
                            unlicensed__gte=0,
                        ),
                        name="licence_line_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            free=models.F("quantity") + models.F("tolerance") - models.F("drawn") - models.F("reserved")
                        ),
                        name="licence_line_balance",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LicenceEntryRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "line",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.licencelinerow"
                    ),
                ),
                ("place", models.BigIntegerField()),
                ("log_index", models.BigIntegerField()),
                ("kind", models.TextField()),
                ("declaration", models.TextField()),
                ("declaration_line", models.BigIntegerField()),
                ("seq", models.BigIntegerField()),
                ("day", models.TextField()),
                ("asked", models.BigIntegerField()),
                ("unit", models.TextField()),
                ("code", models.TextField()),
                ("reason", models.TextField(default="")),
                ("quantity", models.BigIntegerField(default=0)),
                ("tolerance", models.BigIntegerField(default=0)),
                ("drawn", models.BigIntegerField(default=0)),
                ("reserved", models.BigIntegerField(default=0)),
                ("unlicensed", models.BigIntegerField(default=0)),
                ("back", models.BigIntegerField(default=0)),
                ("drawn_after", models.BigIntegerField()),
                ("reserved_after", models.BigIntegerField()),
                ("is_exhausted_after", models.BooleanField()),
            ],
            options={
                "indexes": [models.Index(fields=["log_index"], name="licence_entry_record")],
                "constraints": [
                    models.UniqueConstraint(fields=("line", "place"), name="licence_entry_place"),
                    models.UniqueConstraint(
                        fields=("line", "declaration", "declaration_line", "seq"), name="licence_entry_key"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LicensedEvent",
            fields=[
                ("log_index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("licence", models.TextField()),
                ("followed", models.BigIntegerField(null=True)),
                ("why", models.TextField(default="")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(followed__isnull=True), fields=["log_index"], name="licensed_event_waits"
                    )
                ],
            },
        ),
        migrations.RunPython(make_triggers, drop_triggers),
    ]
