"""Passkeys of accounts: proposed from the account's own session, confirmed by the operator, used to approve.

The public half is a record of the log (kind `credential`). An account's session proposes it; it counts once an account
of the operator has confirmed it with its own key (`rights.confirm_right`; in a demo at once), so that neither a stolen
session nor whoever writes into the database makes a key that approves (threats D2, O3). The account ends it by itself.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from ytterby.chain.party import OPERATOR
from ytterby.proof.approval import PASSKEY, ApprovalSignature, SigningKeys, passkey_assertion, signature_flaw
from ytterby.proof.assertion import NewPasskey, assertion_counter
from ytterby.proof.base64url import to_base64url
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight, RightsChange
from ytterby.shell.site.people_limits import people_limits
from ytterby.shell.site.register import Register
from ytterby.shell.store.models import Account, Passkey
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import CREDENTIAL, WITHDRAWAL, WITHDRAWN, Rights, rights_by_index, stored_rights
from ytterby.terms.problem import Problem, refuse

NAME_LENGTH_MAX = 60
Check = Callable[[], None]


class Place(NamedTuple):
    """Where passkeys are made and used: the name that they belong to, and the address of the pages."""

    rp_id: str
    origin: str


def propose_passkey(
    register: Register, account: str, made: NewPasskey, place: Place, *, name: str, at: datetime | None = None
) -> RightsChange:
    """Enter a passkey that an account's session has just made."""
    id_ = to_base64url(made.id)
    fields = {
        "id": id_,
        "account": account,
        "key": to_base64url(made.key),
        "rp_id": place.rp_id,
        "origin": place.origin,
        "by": account,
    }

    def check() -> None:
        """Check who may, and note what the owner calls it; the caller holds the lock."""
        rights = stored_rights(register)
        _check_account(rights, account)
        held = [one for one in rights.passkeys() if one.account == account and one.state != WITHDRAWN]
        if any(one.id == id_ for one in rights.passkeys()):
            raise RefusedRight(refuse("people.passkey_known"))
        if len(held) >= people_limits().passkeys_most:
            raise RefusedRight(refuse("people.passkeys_many", most=str(people_limits().passkeys_most)))
        Passkey.objects.create(
            credential=id_, account=account, name=name.strip()[:NAME_LENGTH_MAX] or "passkey", counter=made.counter
        )

    return _enter(register, Registrable(CREDENTIAL, id_, fields), id_, at, check)


def withdraw_own_passkey(register: Register, account: str, id_: str, *, at: datetime | None = None) -> RightsChange:
    """End a passkey of one's own; from this record on it signs nothing that counts."""
    found = next((one for one in stored_rights(register).passkeys() if (one.id, one.account) == (id_, account)), None)
    if found is None:
        return RightsChange((refuse("people.passkey_unknown"),), register.size)

    def check() -> None:
        rights = stored_rights(register)
        _check_account(rights, account)
        if rights.granted[found.digest].state == WITHDRAWN:
            raise RefusedRight(refuse("people.passkey_unknown"))

    fields = {"id": found.digest, "of": found.digest, "by": account}
    return _enter(register, Registrable(WITHDRAWAL, found.digest, fields), id_, at, check)


def _enter(register: Register, row: Registrable, id_: str, at: datetime | None, check: Check) -> RightsChange:
    try:
        size = register_documents([row], OPERATOR, at or now(), check=check)
    except RefusedRight as refused:
        return RightsChange(refused.problems, register.size)
    publish_or_leave(register)
    found = next(one for one in stored_rights(register).passkeys() if one.id == id_)
    return RightsChange((), size, found.digest, found.state)


def _check_account(rights: Rights, account: str) -> None:
    if account not in rights.accounts() or Account.objects.filter(id=account, is_disabled=True).exists():
        raise RefusedRight(refuse("people.no_account", "", account))


def signing_keys(register: Register, *, before: int | None = None) -> SigningKeys:
    """Return the keys by which an approval counts: now, or as they were before an entry of the log."""
    rights = stored_rights(register) if before is None else rights_by_index(register)(before)
    return rights.signing_keys()


def check_approval(
    register: Register,
    signature: ApprovalSignature,
    challenge: bytes,
    *,
    account: str,
    keys: SigningKeys | None = None,
) -> Sequence[Problem]:
    """Return why a signature that came in now does not count; an empty list when it does.

    It must be by the account that speaks, over the challenge, by a key that counts now, and a passkey's count must have
    gone up. `note_use` notes it with the approval. Whether the nonce was used before is asked elsewhere. `keys` are
    those that count, where whoever asks has looked them up, and that the account's row is not disabled.
    """
    is_disabled = keys is None and Account.objects.filter(id=account, is_disabled=True).exists()
    if signature.account != account or is_disabled:
        return [refuse("people.signature", "", "anothers_key", why="anothers_key")]
    flaw = signature_flaw(signature, challenge, keys or signing_keys(register))
    if flaw is None and _is_cloned(signature):
        flaw = "counter"
    return [] if flaw is None else [refuse("people.signature", "", flaw, why=flaw)]


def _is_cloned(signature: ApprovalSignature) -> bool:
    """Tell whether a passkey that counts has counted no further than last time (WebAuthn section 6.1.1)."""
    assertion = passkey_assertion(signature) if signature.suite == PASSKEY else None
    row = None if assertion is None else Passkey.objects.filter(credential=signature.key).first()
    if assertion is None or row is None:
        return False
    count = assertion_counter(assertion)
    return bool(count or row.counter) and count <= row.counter


def note_use(signature: ApprovalSignature, at: datetime) -> None:
    """Note that a passkey was used, and its count; of a key file nothing is noted. The caller holds the lock."""
    assertion = passkey_assertion(signature) if signature.suite == PASSKEY else None
    if assertion is not None:
        count = assertion_counter(assertion)
        Passkey.objects.filter(credential=signature.key, counter__lte=count).update(counter=count, used_at=at)
