"""Compartments of events and rights, and the people who act for parties."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """All events so far belong to the compartment tracing."""

    dependencies = [("store", "0004_arrival")]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("party", models.TextField()),
                ("name", models.TextField()),
                ("is_disabled", models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(model_name="eventrecord", name="compartment", field=models.SmallIntegerField(db_default=1)),
        migrations.AddField(model_name="visible", name="compartment", field=models.SmallIntegerField(db_default=1)),
    ]
