"""Indexes that answer by themselves what end users are to get, and which precedents of a key are the latest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The indexes before held less, so that rows were read and sorted."""

    dependencies = [("store", "0017_mail")]

    operations = [
        migrations.RemoveIndex("enduserask", "end_user_ask_party"),
        migrations.AddIndex(
            "enduserask", models.Index(fields=["party", "element", "kg", "case"], name="end_user_ask_party")
        ),
        migrations.RemoveIndex("precedentkey", "precedent_key"),
        migrations.AddIndex("precedentkey", models.Index(fields=["key", "decided", "precedent"], name="precedent_key")),
    ]
