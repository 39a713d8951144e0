from datetime import datetime
from typing import Any

from django.db import migrations, models

from ytterby.terms.instant import read_instant


def instant(text: str) -> datetime:
    """Return the instant of a text that the register wrote."""
    at, _ = read_instant(text)
    assert at is not None
    return at


def latest_arrival(apps: Any, schema_editor: Any) -> None:
    """Write into the head of the log when the latest document arrived."""
    del schema_editor
    times = apps.get_model("store", "Submission").objects.values_list("arrived_at", flat=True)
    latest = max(times.iterator(), key=instant, default=None)
    apps.get_model("store", "LogHead").objects.filter(id=1).update(arrived_at=latest)


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0002_derived"),
    ]

    operations = [
        migrations.AddField(
            model_name="loghead",
            name="arrived_at",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="lapse_receipt",
            field=models.TextField(null=True),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("lapse_receipt__isnull", True), ("state", "refused")),
                fields=["id"],
                name="submission_refused_kept",
            ),
        ),
        migrations.RunPython(latest_arrival, migrations.RunPython.noop),
    ]
