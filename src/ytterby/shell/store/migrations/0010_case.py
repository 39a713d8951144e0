"""Cases of the licence office: where each stands, its events, its approvals, its parties."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """There were no cases before."""

    dependencies = [
        ("store", "0009_listed"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseRow",
            fields=[
                ("number", models.TextField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("procedure", models.TextField()),
                ("state", models.TextField()),
                ("holder", models.TextField()),
                ("version", models.IntegerField()),
                ("applicant", models.TextField()),
                ("officer", models.TextField(default="")),
                ("tier", models.TextField(default="")),
                ("destination", models.TextField(default="")),
                ("begun_at", models.TextField()),
                ("received_at", models.TextField(null=True)),
                ("decided_at", models.TextField(null=True)),
                ("changed_at", models.TextField()),
                ("due", models.TextField()),
                ("is_open", models.BooleanField(default=True)),
                ("amending", models.TextField(null=True, unique=True)),
                ("copy_of", models.TextField(default="")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["is_open", "holder", "due", "number"], name="case_worklist"),
                    models.Index(fields=["is_open", "officer", "due", "number"], name="case_of_officer"),
                    models.Index(fields=["applicant", "number"], name="case_of_applicant"),
                    models.Index(fields=["due", "number"], name="case_due"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="case_version_from_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseParty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.TextField()),
                ("role", models.TextField()),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="store.caserow"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["party", "role"], name="case_of_party")],
                "constraints": [models.UniqueConstraint(fields=("case", "party", "role"), name="case_party_once")],
            },
        ),
        migrations.CreateModel(
            name="CaseEventRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField()),
                ("log_index", models.BigIntegerField(unique=True)),
                ("verb", models.TextField()),
                ("by", models.TextField()),
                ("at", models.TextField()),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="store.caserow"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "version"), name="case_version_once")],
            },
        ),
        migrations.CreateModel(
            name="ApprovalRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("draft", models.TextField()),
                ("order", models.IntegerField()),
                ("by", models.TextField()),
                ("author", models.TextField()),
                ("nonce", models.TextField(unique=True)),
                ("log_index", models.BigIntegerField()),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="store.caserow"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("by", models.F("author")), _negated=True), name="approval_not_by_author"
                    ),
                    models.CheckConstraint(condition=models.Q(("order__gte", 1)), name="approval_order_from_one"),
                    models.UniqueConstraint(fields=("draft", "by"), name="approval_of_a_person_once"),
                    models.UniqueConstraint(fields=("draft", "order"), name="approval_of_an_order_once"),
                ],
            },
        ),
    ]
