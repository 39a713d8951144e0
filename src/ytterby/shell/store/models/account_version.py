"""Month balances by value, as they were when their month was closed: written once, never changed."""

from django.db import models


class AccountVersion(models.Model):
    """The balance of a plant and element in a month as known at the log size at which the month was closed.

    `derivation` and `tables` (SHA-256 of the packaged tables) say by what it was worked out, `inputs` (SHA-256) of
    what, `figures` what came of it, as canonical JSON. The record of the close holds a digest over all its versions.
    """

    pk = models.CompositePrimaryKey("month", "known_at", "site", "element")
    month = models.TextField()
    known_at = models.BigIntegerField()
    site = models.TextField()
    element = models.TextField()
    derivation = models.IntegerField()
    tables = models.BinaryField()
    inputs = models.BinaryField()
    figures = models.TextField()
