"""A record about a case or a sample, signed by whoever says so, and whether they may (threat O3).

Who may: for the office accounts of the operator and of auditing and tracing bodies, for a party its own accounts, each
with a key that never lies on the server. In a demo nobody has to sign, and whoever holds the folder may.
"""

from base64 import b64encode
from datetime import date
from typing import Any

from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.rights import RefusedRight
from ytterby.shell.site.register import Register
from ytterby.shell.store.inquiries import speaker_flaw
from ytterby.shell.store.models import Account
from ytterby.shell.store.rights import signed_text, stored_rights
from ytterby.terms.problem import refuse

Json = dict[str, Any]


def signed_fields(register: Register, kind: str, fields: Json, by: PrivateKey | None) -> Json:
    """Return the fields of a record with the signature of who says so; without a key as they are."""
    if by is None or by.use is not KeyUse.OFFICER:
        return fields
    signature = by.sign(signed_text(register.id, kind, fields), use=KeyUse.OFFICER)
    return {**fields, "signature": b64encode(signature).decode()}


def check_speaker(register: Register, kind: str, fields: Json, by: PrivateKey | None, day: date) -> None:
    """Refuse a record whose speaker may not say it; the caller holds the lock.

    Raises:
        RefusedRight: nobody signed, or the account may not.
    """
    if by is None:
        if register.is_demo:
            return
        raise RefusedRight(refuse("inquiry.account_needed"))
    if register.is_demo:
        return
    if speaker_flaw(stored_rights(register), register.id, kind, fields, day) is not None:
        raise RefusedRight(refuse("inquiry.not_an_account"))
    if Account.objects.filter(id=by.name, is_disabled=True).exists():
        raise RefusedRight(refuse("rights.disabled", "", by.name))
