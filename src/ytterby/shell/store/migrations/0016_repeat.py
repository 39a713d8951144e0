"""Answers of the interface that are told again under their keys."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Nothing was asked before."""

    dependencies = [("store", "0013_outbox")]

    operations = [
        migrations.CreateModel(
            name="RepeatedAnswer",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                ("request", models.TextField()),
                ("begun_at", models.DateTimeField(db_index=True)),
                ("status", models.IntegerField(default=0)),
                ("body", models.TextField(default="")),
                ("version", models.TextField(default="")),
            ],
        ),
    ]
