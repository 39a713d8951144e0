"""Sessions of the portal: opened, proved by every factor, ended. The cookie holds a number, its digest is the row.

Threat X10: a session lives on the server, so that signing out, a new password or a disabled account ends it at once,
whoever holds a copy of the cookie. What its person may do is not in it: that is asked of the log at each request.
"""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from ytterby.proof.base64url import to_base64url
from ytterby.shell.actions.secret_digest import secret_digest
from ytterby.shell.site.people_limits import people_limits
from ytterby.shell.store.models import Account, LogHead, WebSession
from ytterby.shell.store.writing import write

_DOMAIN = "ytterby/web-session/v1"
NUMBER_BYTES = 32


class OpenSession(NamedTuple):
    """An open session: whose, and when every factor was last given; None where one is owed."""

    account: str
    opened_at: datetime
    proved_at: datetime | None

    def is_fresh(self, at: datetime) -> bool:
        """Tell whether every factor was given so lately that keys may be changed."""
        return self.proved_at is not None and at - self.proved_at <= timedelta(minutes=people_limits().proof_minutes)


def open_session(account: str, at: datetime, *, is_proved: bool, instead_of: str = "") -> str:
    """Open a session and return the number for its cookie; `instead_of` is the number of one that it replaces."""
    number = to_base64url(secrets.token_bytes(NUMBER_BYTES))
    ends_at = at + timedelta(hours=people_limits().session_hours)
    proved_at = at if is_proved else None

    def enter(head: LogHead) -> None:
        del head
        WebSession.objects.filter(ends_at__lt=at).delete()
        WebSession.objects.filter(digest=secret_digest(_DOMAIN, instead_of)).delete()
        WebSession.objects.create(
            digest=secret_digest(_DOMAIN, number), account=account, opened_at=at, ends_at=ends_at, proved_at=proved_at
        )

    write(enter)
    return number


def session_of(number: str, at: datetime) -> OpenSession | None:
    """Return the session of a cookie's number; None where it ended, or its account is disabled.

    A session that owes a factor lives some minutes only.
    """
    row = WebSession.objects.filter(digest=secret_digest(_DOMAIN, number), ends_at__gte=at).first()
    if row is None or Account.objects.filter(id=row.account, is_disabled=True).exists():
        return None
    if row.proved_at is None and at - row.opened_at > timedelta(minutes=people_limits().step_minutes):
        return None
    return OpenSession(row.account, row.opened_at, row.proved_at)


def end_session(number: str) -> None:
    """End a session."""

    def enter(head: LogHead) -> None:
        del head
        WebSession.objects.filter(digest=secret_digest(_DOMAIN, number)).delete()

    write(enter)


def end_sessions_of(account: str) -> None:
    """End every session of an account; the caller holds the lock."""
    WebSession.objects.filter(account=account).delete()
