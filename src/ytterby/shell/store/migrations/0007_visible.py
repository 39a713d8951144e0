"""Who may see an event: parties written once, and one row for a party and an event with all reasons as bits."""

import django.db.models.deletion
from django.db import migrations, models

KEEP = "CREATE TABLE store_visible_before AS SELECT party, event_id, why, compartment FROM store_visible"
NAME = "INSERT INTO store_reader (party) SELECT DISTINCT party FROM store_visible_before ORDER BY party"
# A reason stands once for a party and an event, so that a sum of bits is their union; as in `store.visibility.WHYS`.
FILL = """
INSERT INTO store_visible (reader_id, event_id, why, compartment)
SELECT r.id, b.event_id,
       SUM(CASE b.why WHEN 'submitter' THEN 1 WHEN 'site_holder' THEN 2 WHEN 'customs' THEN 4
                      WHEN 'named_source' THEN 8 WHEN 'named_destination' THEN 16 WHEN 'end_user' THEN 32 END),
       MIN(b.compartment)
FROM store_visible_before b JOIN store_reader r ON r.party = b.party
GROUP BY r.id, b.event_id ORDER BY b.event_id, r.id
"""
DROP = "DROP TABLE store_visible_before"
# The way back: a row for each reason.
SPREAD = """
CREATE TABLE store_visible_before AS
SELECT r.party AS party, v.event_id AS event_id, w.why AS why, v.compartment AS compartment
FROM store_visible v JOIN store_reader r ON r.id = v.reader_id
JOIN (SELECT 1 AS bit, 'submitter' AS why UNION ALL SELECT 2, 'site_holder' UNION ALL SELECT 4, 'customs'
      UNION ALL SELECT 8, 'named_source' UNION ALL SELECT 16, 'named_destination' UNION ALL SELECT 32, 'end_user') w
ON (v.why & w.bit) > 0
"""
REFILL = """
INSERT INTO store_visible (party, event_id, why, compartment)
SELECT party, event_id, why, compartment FROM store_visible_before ORDER BY event_id, party, why
"""


class Migration(migrations.Migration):
    """Nobody gains or loses a right."""

    dependencies = [("store", "0006_spreadsheets")]

    operations = [
        migrations.RunSQL(KEEP, [REFILL, DROP]),
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
        migrations.RunSQL(NAME, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(DROP, SPREAD),
    ]
