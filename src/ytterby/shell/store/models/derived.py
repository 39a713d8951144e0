"""What is derived from the log and may be thrown away: postings, what they touch, and the cells of the book.

Every row belongs to an edition. One edition is live; a rebuild writes another beside it, and changing places is one
update of the log's head. Postings carry the log sizes between which they counted, so that the book as known at any
size can be written from them; cells are the live book as of the edition's watermark.
"""

from django.db import models

# Of what still counts.
FOR_EVER = 2**63 - 1


class Edition(models.Model):
    """One set of derived rows: by which derivation, postings of how much of the log, cells of how much of it.

    One is live, and there postings come with their events; one that is not live is being written by a rebuild up to
    `posted_to`, or is retired and about to be dropped.
    """

    number = models.IntegerField(primary_key=True)
    derivation = models.IntegerField()
    posted_to = models.BigIntegerField(default=0)
    derived_to = models.BigIntegerField(default=0)
    is_live = models.BooleanField(default=False)
    is_retired = models.BooleanField(default=False)

    class Meta:
        """One is live."""

        constraints = [
            models.UniqueConstraint(fields=["is_live"], condition=models.Q(is_live=True), name="edition_live_once")
        ]


class Thread(models.Model):
    """A lot, container, pool or site by its identifier, written once; `tail` is how people say it."""

    text = models.TextField(unique=True)
    tail = models.TextField()

    class Meta:
        """Looked up by what people say."""

        indexes = [models.Index(fields=["tail"], name="thread_tail")]


class PostingRecord(models.Model):
    """The postings of one event, from the log size `known_from` on and before `known_to`.

    `at` is the instant in microseconds since 1970, `rank` the event's place among those of the same instant as of the
    edition's watermark, `body` compressed.
    """

    edition = models.IntegerField()
    log_index = models.BigIntegerField()
    digest = models.BinaryField()
    submitter = models.TextField()
    at = models.BigIntegerField()
    rank = models.IntegerField(default=0)
    known_from = models.BigIntegerField()
    known_to = models.BigIntegerField(default=FOR_EVER)
    body = models.BinaryField()

    class Meta:
        """Asked for by event, by instant, by digest, and by when they began or ceased to count."""

        constraints = [
            models.UniqueConstraint(fields=["edition", "log_index", "known_from"], name="posting_once"),
        ]
        indexes = [
            models.Index(fields=["edition", "at"], name="posting_at"),
            models.Index(fields=["edition", "digest"], name="posting_digest"),
            models.Index(fields=["edition", "known_from"], name="posting_from"),
            models.Index(
                fields=["edition", "known_to"], condition=models.Q(known_to__lt=FOR_EVER), name="posting_ended"
            ),
        ]


class Touch(models.Model):
    """That an event touches a thread, in any version of its postings."""

    pk = models.CompositePrimaryKey("edition", "thread", "log_index")
    edition = models.IntegerField()
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    log_index = models.BigIntegerField()


class LotCell(models.Model):
    """The nodes of a lot with their rows (`chain.cell`), compressed."""

    pk = models.CompositePrimaryKey("edition", "lot")
    edition = models.IntegerField()
    lot = models.ForeignKey(Thread, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    body = models.BinaryField()


class EventCell(models.Model):
    """The step or the states of a pool that an event made (`chain.cell`), compressed."""

    pk = models.CompositePrimaryKey("edition", "digest")
    edition = models.IntegerField()
    digest = models.BinaryField()
    pool = models.ForeignKey(Thread, on_delete=models.PROTECT, null=True, db_constraint=False)
    body = models.BinaryField()
