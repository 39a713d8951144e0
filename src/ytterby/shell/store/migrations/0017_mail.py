"""Mail addresses of accounts, beside the log."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Nobody had told one before."""

    dependencies = [("store", "0016_repeat")]

    operations = [
        migrations.CreateModel(
            name="AccountMail",
            fields=[
                ("account", models.TextField(primary_key=True, serialize=False)),
                ("address", models.TextField()),
                ("language", models.TextField(default="en")),
            ],
        ),
    ]
