"""Month balances by value, as they were when their month was closed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """No month was closed before."""

    dependencies = [("store", "0007_visible")]

    operations = [
        migrations.CreateModel(
            name="AccountVersion",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "month",
                        "known_at",
                        "site",
                        "element",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("month", models.TextField()),
                ("known_at", models.BigIntegerField()),
                ("site", models.TextField()),
                ("element", models.TextField()),
                ("derivation", models.IntegerField()),
                ("tables", models.BinaryField()),
                ("inputs", models.BinaryField()),
                ("figures", models.TextField()),
            ],
        ),
    ]
