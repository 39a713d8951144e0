"""What was submitted, byte for byte, with both receipts."""

from django.db import models

# What became of a document: arrived and not decided yet; accepted; refused, kept without effect; known already.
ARRIVED, ACCEPTED, REFUSED, KNOWN = "arrived", "accepted", "refused", "known"


class Submission(models.Model):
    """One document: arrived, then accepted, refused (kept without effect for a time) or known already.

    `document` holds the bytes, zlib-compressed; instants are RFC 3339 text in UTC. Of a spreadsheet `converter` holds
    name, version and settings of the conversion as JSON, and `derived`, once it is accepted or known, the EPCIS
    document that it made, compressed. `lapse_receipt` says, signed, that the bytes of a refused document were
    destroyed, and when; then `document` is empty.
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
    lapse_receipt = models.TextField(null=True)

    class Meta:
        """Looked for: what was not decided, what was decided and has no receipt yet, refused bytes still kept."""

        indexes = [
            models.Index(fields=["id"], condition=models.Q(outcome_receipt__isnull=True), name="submission_unsigned"),
            models.Index(
                fields=["id"],
                condition=models.Q(state=REFUSED, lapse_receipt__isnull=True),
                name="submission_refused_kept",
            ),
        ]
