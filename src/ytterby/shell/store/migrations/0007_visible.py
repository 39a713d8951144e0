"""Who may see an event: parties written once, and one row for a party and an event with all reasons as bits."""

import django.db.models.deletion
from django.db import migrations, models

KEEP = "CREATE TABLE store_visible_before AS SELECT party, event_id, why, compartment FROM store_visible"
NAME = "INSERT INTO store_reader (party) SELECT DISTINCT party FROM store_visible_before ORDER BY party"
# A reason stands once for a party and an event, so that a sum of bits is their union. The same order as in `WHYS`.
FILL = """
INSERT INTO store_visible (reader_id, event_id, why, compartment)
SELECT r.id, b.event_id,
       SUM(CASE b.why WHEN 'submitter' THEN 1 WHEN 'site_holder' THEN 2 WHEN 'customs' THEN 4
                      WHEN 'named_source' THEN 8 WHEN 'named_destination' THEN 16 WHEN 'end_user' THEN 32 END),
       MIN(b.compartment)
FROM store_visible_before b JOIN store_reader r ON r.party = b.party
GROUP BY r.id, b.event_id ORDER BY b.event_id, r.id
"""


class Migration(migrations.Migration):
    """Nobody gains or loses a right."""

    dependencies = [("store", "0005_rights")]

    operations = [
        migrations.RunSQL(KEEP),
        migrations.DeleteModel(name="Visible"),
        migrations.CreateModel(
            name="Reader",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.TextField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Visible",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "reader", "event", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.reader",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="store.eventrecord",
                    ),
                ),
                ("why", models.SmallIntegerField()),
                ("compartment", models.SmallIntegerField(db_default=1)),
            ],
            options={"indexes": [models.Index(fields=["event"], name="visible_event")]},
        ),
        migrations.RunSQL(NAME),
        migrations.RunSQL(FILL),
        migrations.RunSQL("DROP TABLE store_visible_before"),
    ]
