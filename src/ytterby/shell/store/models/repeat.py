"""Answers of the interface that are told again when the same request comes again under its key.

No row gives a right, and nothing is decided by one: what was entered stands in the log.
"""

from django.db import models


class RepeatedAnswer(models.Model):
    """What was answered to a request. `key` is a digest of account and Idempotency-Key, `request` one of the request.

    `status` is 0 while it is not known what came of it.
    """

    key = models.TextField(primary_key=True)
    request = models.TextField()
    begun_at = models.DateTimeField(db_index=True)
    status = models.IntegerField(default=0)
    body = models.TextField(default="")
    version = models.TextField(default="")
