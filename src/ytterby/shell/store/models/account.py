"""People who act for a party. What an account may do stands in the log; this row only names the person."""

from django.db import models


class Account(models.Model):
    """A person, by the random identifier that records of the log use.

    `party` repeats what the log says, and nothing is decided by it; `name` is personal, stands nowhere else and can
    be erased. A disabled account signs nothing more; the flag takes away and never gives.
    """

    id = models.TextField(primary_key=True)
    party = models.TextField()
    name = models.TextField()
    is_disabled = models.BooleanField(default=False)
