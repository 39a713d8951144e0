"""Invite a foreign end user, and take an invitation up (threat X3).

Who may invite: the licence office, to an address that it found or verified without whoever delivers. The token stands
in the mail and nowhere else: the log holds its hash, and of the address a salted digest. Who may take one up: whoever
holds the link and is signed in for no other party. Looking at a link uses nothing, since mail servers look at links;
the use binds the key, once, whichever of two processes comes first.
"""

import re
import secrets
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ytterby.licence.filed import Filed
from ytterby.licence.invitation import (
    LEAKED,
    MARKS,
    Found,
    Invitation,
    InvitationEnd,
    InvitationRequest,
    InvitationUse,
    Invited,
    binding_text,
    expiry,
    mark_digest,
    token_hash,
)
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.filing import NOBODY, FilingChange, file_with, unregistered
from ytterby.shell.site.filing_tables import invitation_rules
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_speakers import Speaker
from ytterby.shell.store.filed import has_token, kept_filed
from ytterby.shell.store.outbox import queue_notice
from ytterby.terms.instant import write_instant
from ytterby.terms.problem import Problem, refuse

TOKEN_BYTES, SALT_BYTES, ID_BYTES = 32, 16, 6
# What the outbox takes: one address, without a name.
_ADDRESS = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,189}")
INVITATION = "invitation"


class Notice(NamedTuple):
    """A mail to be sent: of which kind, to which address, with which facts. The link is in it and nowhere else."""

    kind: str
    to: str
    facts: Mapping[str, str]


Send = Callable[[Notice], None]


class Seen(NamedTuple):
    """What sessions were seen by, in plain: devices, network or mail addresses, passkeys. Kept as salted digests."""

    device: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    passkey: tuple[str, ...] = ()


UNSEEN = Seen()


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens for whoever holds it: the invitation's number, for which party, and whether it binds a key."""

    problems: tuple[Problem, ...]
    id: str = ""
    party: str = ""
    expires: str = ""
    binds: bool = False


def request_invitation(
    register: Register, name: str, country: str, text: str, speaker: Speaker, *, at: datetime | None = None
) -> FilingChange:
    """Ask the office to invite one's own customer, by name and country: the address the office finds by itself."""
    request = InvitationRequest(secrets.token_hex(ID_BYTES), name, country, text)
    return file_with(register, request, speaker, at=at)


def invite(
    register: Register,
    *,
    asked_by: str,
    party: str,
    address: str,
    found: Found,
    speaker: Speaker,
    link_of: Callable[[str], str],
    send: Send | None = None,
    case: str = "",
    request: str = "",
    rebinds: bool = False,
    at: datetime | None = None,
) -> FilingChange:
    """Enter an invitation and queue its mail, in one transaction. `link_of` makes the link of a token; `send` takes the
    mail in place of the outbox.
    """
    moment = at or now()
    token, salt = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_hex(SALT_BYTES)
    problems = unregistered(party=party, asked_by=asked_by)
    if not _ADDRESS.fullmatch(address) or not address.isprintable():
        problems.append(refuse("invitation.address", "/address", ""))
    if problems:
        return FilingChange(tuple(problems), register.size)
    invitation = Invitation(
        id=secrets.token_hex(ID_BYTES),
        token_hash=token_hash(token),
        asked_by=asked_by,
        party=party,
        found=found,
        address_salt=salt,
        address_digest=mark_digest(salt, "address", address),
        expires=write_instant(expiry(moment, invitation_rules())),
        case=case,
        request=request,
        rebinds=rebinds,
    )
    notice = Notice(INVITATION, address, {"link": link_of(token), "expires": invitation.expires})

    def after(first: int) -> None:
        del first
        if send is None:
            queue_notice(notice.kind, notice.to, notice.facts, moment)
        else:
            send(notice)

    change = file_with(register, invitation, speaker, at=moment, after=after)
    return FilingChange(change.problems, change.size, "" if change.problems else invitation.id)


def end_invitation(
    register: Register, invitation: str, reason: str, text: str, speaker: Speaker, *, at: datetime | None = None
) -> FilingChange:
    """End an invitation that was not used: `withdrawn`, or `undelivered`."""
    if reason == LEAKED:
        return FilingChange((refuse("filed.not_yours"),), register.size)
    return file_with(register, InvitationEnd(invitation, reason, text), speaker, at=at)


def open_invitation(register: Register, token: str, speaker: Speaker = NOBODY, *, at: datetime | None = None) -> Opened:
    """Return what a link opens, without using it; the same answer for every link that does not work."""
    moment = at or now()
    filed = kept_filed(register) if has_token(token) else Filed()
    invited = filed.by_token(token)
    if invited is None or not invited.works_at(moment):
        return Opened((refuse("invitation.not_valid"),))
    wrong = _wrong_session(register, invited, speaker, moment)
    if wrong:
        return Opened(wrong)
    one = invited.invitation
    return Opened((), one.id, one.party, one.expires, binds=binds_key(filed, invited))


def binds_key(filed: Filed, invited: Invited) -> bool:
    """Tell whether the first use of an invitation binds a key: its party has none, or is to get another."""
    return invited.invitation.rebinds or not filed.has_key(invited.invitation.party)


def signed_binding(register: Register, opened: Opened, key: PrivateKey) -> str:
    """Return the signature by which a new key shows that it is held, as `accept_invitation` takes it."""
    text = binding_text(register.id, opened.id, opened.party, key.public.text())
    return b64encode(key.sign(text, use=KeyUse.PARTY)).decode()


def accept_invitation(
    register: Register,
    token: str,
    *,
    account: str = "",
    key: str = "",
    signature: str = "",
    speaker: Speaker = NOBODY,
    seen: Seen = UNSEEN,
    theirs: Seen = UNSEEN,
    at: datetime | None = None,
) -> FilingChange:
    """Use an invitation: bind `key` (a line of use `party`, named after `account`) to the invited party, or accept as
    that party where it has a key.

    `speaker` is who is signed in, `seen` what the session was seen by, `theirs` what sessions of whoever asked for the
    invitation were seen by. The link is dead afterwards; from the session of whoever asked it is dead at once.
    """
    moment = at or now()
    invited = kept_filed(register).by_token(token) if has_token(token) else None
    if invited is None or not invited.works_at(moment):
        return FilingChange((refuse("invitation.not_valid"),), register.size)
    wrong = _wrong_session(register, invited, speaker, moment)
    if wrong:
        return FilingChange(wrong, register.size)
    salt = secrets.token_hex(SALT_BYTES)
    use = InvitationUse(
        invitation=invited.invitation.id,
        account=account,
        key=key,
        signature=signature,
        salt=salt,
        marks=_digests(salt, seen),
        theirs=_digests(salt, theirs),
    )
    return file_with(register, use, speaker, at=moment)


def party_of_account(register: Register, account: str) -> str | None:
    """Return the party to which an invitation bound an account; None where none did, or its key has ended."""
    bound = kept_filed(register).keys.get(account)
    return bound.party if bound is not None and bound.ended is None else None


def make_party_key() -> PrivateKey:
    """Return a new signing key for a party; its name is the account."""
    return PrivateKey.from_seed(KeyUse.PARTY, secrets.token_hex(16), secrets.token_bytes(32))


def _wrong_session(register: Register, invited: Invited, speaker: Speaker, at: datetime) -> tuple[Problem, ...]:
    """Refuse a session for another party. Whoever asked for the invitation shows that the link is in its hands: it
    ends, and the office sees why.
    """
    one = invited.invitation
    if speaker.party in {"", one.party}:
        return ()
    if speaker.party == one.asked_by:
        file_with(register, InvitationEnd(one.id, LEAKED, account=speaker.account), speaker, at=at)
    return (refuse("invitation.other_session"),)


def _digests(salt: str, seen: Seen) -> dict[str, tuple[str, ...]]:
    held = {mark: getattr(seen, mark) for mark in MARKS}
    return {mark: tuple(mark_digest(salt, mark, value) for value in values) for mark, values in held.items() if values}
