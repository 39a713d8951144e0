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


class Visible(models.Model):
    """That a party may see an event, and why: written with the event, never later."""

    party = models.TextField()
    event = models.ForeignKey(EventRecord, on_delete=models.PROTECT)
    why = models.TextField()
    compartment = models.SmallIntegerField(db_default=Compartment.TRACING.value)

    class Meta:
        """A party, an event and a reason stand once."""

        constraints = [models.UniqueConstraint(fields=["party", "event", "why"], name="visible_once")]
