"""What the register was told about parties, sites, mandates and products: records of the log like events."""

from django.db import models


class Registration(models.Model):
    """One registration as canonical JSON; the latest of a kind and key holds from its log index on."""

    log_index = models.BigIntegerField(primary_key=True)
    kind = models.TextField()
    key = models.TextField()
    document = models.TextField()
    digest = models.BinaryField()
    salt = models.BinaryField()
    submitter = models.TextField()

    class Meta:
        """Looked up by kind: one key of it, or the newest of it."""

        indexes = [
            models.Index(fields=["kind", "key"], name="registration_key"),
            models.Index(fields=["kind", "log_index"], name="registration_newest"),
        ]
