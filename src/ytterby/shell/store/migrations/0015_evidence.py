"""What cases leave for others to find: reservations of lots, what end users are to get, precedents."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """There was none of it before."""

    dependencies = [
        ("store", "0012_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseMarkRow",
            fields=[
                ("case", models.TextField(primary_key=True, serialize=False)),
                ("digest", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="PrecedentRow",
            fields=[
                ("case", models.TextField(primary_key=True, serialize=False)),
                ("decided", models.TextField()),
                ("document", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="EndUserAsk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.TextField()),
                ("party", models.TextField()),
                ("element", models.TextField()),
                ("kg", models.TextField()),
            ],
            options={
                "indexes": [models.Index(fields=["party"], name="end_user_ask_party")],
                "constraints": [models.UniqueConstraint(fields=("case", "party", "element"), name="end_user_ask_once")],
            },
        ),
        migrations.CreateModel(
            name="LotReservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.TextField()),
                ("line", models.IntegerField()),
                ("holder", models.TextField()),
                ("licence", models.TextField(default="")),
                ("licence_line", models.TextField(default="")),
                ("amount", models.TextField()),
                ("unit", models.TextField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "line"), name="lot_reservation_once")],
            },
        ),
        migrations.CreateModel(
            name="PrecedentKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField()),
                ("decided", models.TextField()),
                (
                    "precedent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.precedentrow"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["key", "decided"], name="precedent_key")],
                "constraints": [models.UniqueConstraint(fields=("precedent", "key"), name="precedent_key_once")],
            },
        ),
        migrations.CreateModel(
            name="ReservedLot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lot", models.TextField()),
                (
                    "reservation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.lotreservation"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["lot"], name="reserved_lot")],
                "constraints": [models.UniqueConstraint(fields=("reservation", "lot"), name="reserved_lot_once")],
            },
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(fields=["kind", "log_index"], name="registration_newest"),
        ),
    ]
