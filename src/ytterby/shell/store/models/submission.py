"""What was submitted, byte for byte, with both receipts."""

from django.db import models


class Submission(models.Model):
    """One document: arrived, then accepted, refused (kept without effect) or known already.

    `document` holds the bytes, zlib-compressed; instants are RFC 3339 text in UTC. Of a spreadsheet `converter` holds
    name, version and settings of the conversion as JSON, and `derived` the EPCIS document that it made, compressed.
    """

    receipt_id = models.TextField(unique=True)
    sha256 = models.BinaryField()
    document = models.BinaryField()
    length = models.BigIntegerField()
    media_type = models.TextField()
    level = models.TextField()
    name = models.TextField()
    submitter = models.TextField()
    arrived_at = models.TextField()
    state = models.TextField(default="arrived")
    problems = models.TextField(default="[]")
    decided_at = models.TextField(null=True)
    first_index = models.BigIntegerField(null=True)
    count = models.BigIntegerField(default=0)
    size_after = models.BigIntegerField(null=True)
    converter = models.TextField(null=True)
    derived = models.BinaryField(null=True)
    arrival_receipt = models.TextField()
    outcome_receipt = models.TextField(null=True)

    class Meta:
        """What was decided and has no receipt yet is looked for at every capture."""

        indexes = [
            models.Index(fields=["id"], condition=models.Q(outcome_receipt__isnull=True), name="submission_unsigned")
        ]
