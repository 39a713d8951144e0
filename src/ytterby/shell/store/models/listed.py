"""Lists of the listed: the files as they came, entries by what they say, and which entries make a snapshot.

All three are addressed by the digest of what they hold, so that twenty snapshots of a list that hardly changed cost
little more than one. The records of the log name the digests.
"""

from django.db import models


class ListedFile(models.Model):
    """A file of a list, zlib-compressed; `sha256` is hexadecimal, over the bytes as they came."""

    sha256 = models.TextField(primary_key=True)
    content = models.BinaryField()
    length = models.BigIntegerField()


class ListedText(models.Model):
    """What an entry says, as `screening.entry_text` writes it, under its entry digest."""

    digest = models.TextField(primary_key=True)
    document = models.TextField()


class ListMembers(models.Model):
    """The entries of a snapshot, under its digest: lines of id, NUL and entry digest, sorted, zlib-compressed."""

    snapshot = models.TextField(primary_key=True)
    members = models.BinaryField()
