"""What waits to be sent: notices to people, and messages to customs as the log has them.

A notice is no record of the log: it holds an address, and nothing that it tells is decided by it. Rows of messages are
functions of the log (`store.customs`), and the doctor works them out again.
"""

from django.db import models

QUEUED, SENT, FAILED = "queued", "sent", "failed"
WAITING, ACKNOWLEDGED, REJECTED, SETTLED = "waiting", "acknowledged", "rejected", "settled"


class NoticeRow(models.Model):
    """A mail to a person: what kind, to which address, about which reference. `link` is there until it is sent, and
    only where the mail is the one place for it (threats X3, O5). Instants are texts in UTC.
    """

    id = models.TextField(primary_key=True)
    kind = models.TextField()
    to = models.TextField()
    reference = models.TextField()
    language = models.TextField()
    link = models.TextField(default="")
    expires = models.TextField(default="")
    state = models.TextField(default=QUEUED)
    attempts = models.IntegerField(default=0)
    queued_at = models.TextField()
    next_at = models.TextField()
    sent_at = models.TextField(default="")
    failure = models.TextField(default="")

    class Meta:
        """Looked up by what is due."""

        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=(QUEUED, SENT, FAILED)), name="notice_state"),
            models.CheckConstraint(condition=models.Q(state=QUEUED) | models.Q(link=""), name="notice_link_gone"),
        ]
        indexes = [models.Index(fields=["state", "next_at"], name="notice_due")]


class CustomsMessageRow(models.Model):
    """A message to customs: of which change of which licence, what became of it, whose customs it is for."""

    message = models.TextField(primary_key=True)
    licence = models.TextField()
    country = models.TextField()
    version = models.IntegerField()
    sequence = models.IntegerField()
    attempt = models.IntegerField()
    action = models.TextField()
    sent_at = models.TextField()
    log_index = models.BigIntegerField()
    state = models.TextField()

    class Meta:
        """Looked up by licence, and by what waits."""

        constraints = [
            models.UniqueConstraint(fields=["licence", "sequence", "attempt"], name="customs_place_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=(WAITING, ACKNOWLEDGED, REJECTED, SETTLED)), name="customs_state"
            ),
        ]
        indexes = [models.Index(fields=["state", "country", "log_index"], name="customs_waiting")]
