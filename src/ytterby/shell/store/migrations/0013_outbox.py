"""What waits to be sent: notices to people, messages to customs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Nobody was sent anything before."""

    dependencies = [("store", "0015_evidence")]

    operations = [
        migrations.CreateModel(
            name="NoticeRow",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("to", models.TextField()),
                ("reference", models.TextField()),
                ("language", models.TextField()),
                ("link", models.TextField(default="")),
                ("expires", models.TextField(default="")),
                ("state", models.TextField(default="queued")),
                ("attempts", models.IntegerField(default=0)),
                ("queued_at", models.TextField()),
                ("next_at", models.TextField()),
                ("sent_at", models.TextField(default="")),
                ("failure", models.TextField(default="")),
            ],
            options={
                "indexes": [models.Index(fields=["state", "next_at"], name="notice_due")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("queued", "sent", "failed"))), name="notice_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "queued"), ("link", ""), _connector="OR"), name="notice_link_gone"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomsMessageRow",
            fields=[
                ("message", models.TextField(primary_key=True, serialize=False)),
                ("licence", models.TextField()),
                ("country", models.TextField()),
                ("version", models.IntegerField()),
                ("sequence", models.IntegerField()),
                ("attempt", models.IntegerField()),
                ("action", models.TextField()),
                ("sent_at", models.TextField()),
                ("log_index", models.BigIntegerField()),
                ("state", models.TextField()),
            ],
            options={
                "indexes": [models.Index(fields=["state", "country", "log_index"], name="customs_waiting")],
                "constraints": [
                    models.UniqueConstraint(fields=("licence", "sequence", "attempt"), name="customs_place_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("waiting", "acknowledged", "rejected", "settled"))),
                        name="customs_state",
                    ),
                ],
            },
        ),
    ]
