"""Lists of the listed: files, entries, snapshots."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """There were no lists before."""

    dependencies = [("store", "0008_account_version")]

    operations = [
        migrations.CreateModel(
            name="ListedFile",
            fields=[
                ("sha256", models.TextField(primary_key=True, serialize=False)),
                ("content", models.BinaryField()),
                ("length", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ListedText",
            fields=[
                ("digest", models.TextField(primary_key=True, serialize=False)),
                ("document", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="ListMembers",
            fields=[
                ("snapshot", models.TextField(primary_key=True, serialize=False)),
                ("members", models.BinaryField()),
            ],
        ),
    ]
