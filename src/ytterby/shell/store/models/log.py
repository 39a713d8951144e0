"""The log: entries, stored hashes of complete subtrees, and the one row that every writer locks first."""

from django.db import models


class LogEntry(models.Model):
    """One entry. `record` says what it commits to (event, registration, public); `batch_end` is the log size at the
    end of the transaction that wrote it, the only sizes at which the register can be asked.
    """

    index = models.BigIntegerField(primary_key=True)
    record = models.TextField()
    entry = models.BinaryField()
    leaf = models.BinaryField()
    accepted_at = models.TextField()
    batch_end = models.BigIntegerField(db_index=True)


class StoredHash(models.Model):
    """The root of a complete subtree of 256^level leaves."""

    level = models.IntegerField()
    position = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        """A subtree stands once."""

        constraints = [models.UniqueConstraint(fields=["level", "position"], name="hash_once")]


class LogHead(models.Model):
    """The single row (id 1): size, frontier and root of the log, and whose it is.

    `accepted_at` is the time of the last entry, `arrived_at` the latest time at which a document arrived.
    """

    register_id = models.TextField()
    origin = models.TextField()
    size = models.BigIntegerField()
    frontier = models.BinaryField()
    root = models.BinaryField()
    accepted_at = models.TextField()
    arrived_at = models.TextField(null=True)
