"""Accepted events, by their number in the log, and who may see them."""

from django.db import models

from ytterby.shell.store.compartment import Compartment
from ytterby.shell.store.models.submission import Submission


class EventRecord(models.Model):
    """One accepted event. Its bytes are the `number`-th of its submission; digest and salt are 32 bytes.

    `original` is, of an error declaration, the digest of the event that it ends. All events so far are tracing's.
    """

    log_index = models.BigIntegerField(primary_key=True)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT)
    number = models.IntegerField()
    submitter = models.TextField()
    digest = models.BinaryField()
    salt = models.BinaryField()
    event_id = models.TextField(null=True)
    is_original = models.BooleanField()
    original = models.BinaryField(null=True)
    compartment = models.SmallIntegerField(db_default=Compartment.TRACING.value)

    class Meta:
        """One party submits an event once; an eventID names one original of a party."""

        constraints = [
            models.UniqueConstraint(fields=["submitter", "digest"], name="event_once"),
            models.UniqueConstraint(
                fields=["submitter", "event_id"],
                condition=models.Q(is_original=True, event_id__isnull=False),
                name="event_id_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["submitter", "event_id"], condition=models.Q(is_original=False), name="event_declaration"
            )
        ]


class Reader(models.Model):
    """A party that may see some event, written once."""

    party = models.TextField(unique=True)


class Visible(models.Model):
    """That a party may see an event, and why: written with the event, never later.

    `why` holds all its reasons, each a bit (`store.visibility.WHYS`). That reader and event are there is not asked of
    the database for every row, but of the doctor.
    """

    pk = models.CompositePrimaryKey("reader", "event")
    reader = models.ForeignKey(Reader, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    event = models.ForeignKey(EventRecord, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    why = models.SmallIntegerField()
    compartment = models.SmallIntegerField(db_default=Compartment.TRACING.value)

    class Meta:
        """Asked for by party, and by event when the log is verified."""

        indexes = [models.Index(fields=["event"], name="visible_event")]
