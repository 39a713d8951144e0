"""How people sign in: names and passwords, open sessions, nonces, passkeys in use, tokens of machines.

None of these rows gives a right: what somebody may do is worked out from the log at each request (`store.rights`).
Whoever writes into these tables can at most sign in as somebody; no approval comes of that (threat D2). Secrets are
stored hashed, or encrypted under a key that does not lie in the database.
"""

from django.db import models


class Login(models.Model):
    """What an account signs in with: a name, a password's hash, and a secret of one-time codes, encrypted.

    `code_step` is the time step of the last code that was used: no code counts twice. An invitation is stored hashed.
    """

    account = models.TextField(primary_key=True)
    name = models.TextField(unique=True)
    password = models.TextField(default="")
    code_secret = models.TextField(default="")
    code_step = models.BigIntegerField(default=0)
    invitation = models.TextField(default="")
    invited_until = models.DateTimeField(null=True)


class AccountMail(models.Model):
    """Where the person of an account is told that there is something new, and in which language. It is personal data:
    it stands beside the log, and never in it.
    """

    account = models.TextField(primary_key=True)
    address = models.TextField()
    language = models.TextField(default="en")


class WebSession(models.Model):
    """A session of the portal, by the digest of what its cookie holds. To delete the row ends the session.

    `proved_at` is when its person last gave every factor; None where a factor is still owed.
    """

    digest = models.TextField(primary_key=True)
    account = models.TextField()
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    proved_at = models.DateTimeField(null=True)


class IssuedNonce(models.Model):
    """A nonce that was handed to an account for one purpose; whoever uses it deletes it."""

    nonce = models.TextField(primary_key=True)
    account = models.TextField()
    purpose = models.TextField()
    ends_at = models.DateTimeField(db_index=True)


class Passkey(models.Model):
    """What stands beside a passkey of the log: what its owner calls it, and the count of its last assertion."""

    credential = models.TextField(primary_key=True)
    account = models.TextField()
    name = models.TextField()
    counter = models.BigIntegerField(default=0)
    used_at = models.DateTimeField(null=True)


class Token(models.Model):
    """A bearer token of a machine that speaks for an account, by its digest; it signs nothing."""

    digest = models.TextField(primary_key=True)
    account = models.TextField()
    name = models.TextField()
    scopes = models.TextField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    is_revoked = models.BooleanField(default=False)
