"""Nonces that the register hands out: for one account, one purpose, some minutes, and one use (threats D2, X10)."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from ytterby.proof.base64url import to_base64url
from ytterby.shell.site.people_limits import people_limits
from ytterby.shell.store.models import IssuedNonce, LogHead
from ytterby.shell.store.writing import write

NONCE_BYTES = 32


class Purpose(StrEnum):
    """What a nonce is for; it serves nothing else."""

    PASSKEY = "passkey"
    APPROVAL = "approval"


def issue_nonce(account: str, purpose: Purpose, at: datetime) -> str:
    """Return a new nonce (base64url)."""
    nonce = to_base64url(secrets.token_bytes(NONCE_BYTES))
    ends_at = at + timedelta(minutes=people_limits().nonce_minutes)

    def enter(head: LogHead) -> None:
        del head
        IssuedNonce.objects.filter(ends_at__lt=at).delete()
        IssuedNonce.objects.create(nonce=nonce, account=account, purpose=purpose.value, ends_at=ends_at)

    write(enter)
    return nonce


def use_nonce(nonce: str, account: str, purpose: Purpose, at: datetime) -> bool:
    """Use a nonce up; False where it was not handed to this account for this, is too old, or was used."""

    def enter(head: LogHead) -> bool:
        del head
        held = IssuedNonce.objects.filter(nonce=nonce, account=account, purpose=purpose.value, ends_at__gte=at)
        return held.delete()[0] == 1

    return write(enter)
