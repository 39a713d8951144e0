"""Invitations of foreign end users: asked for, sent, opened, taken up, ended (threat X3).

A link is used by whoever holds it, without an account; the token stands in the body of the request and never in an
address, which servers write down. One answer stands for a token that is unknown, used, ended or expired. Whoever asked
for the invitation and shows that it holds the link ends it.
"""

from typing import Any

import msgspec

from ytterby.licence.invitation import Found, binding_text
from ytterby.proof.base64url import to_base64url
from ytterby.shell.actions.filing import NOBODY
from ytterby.shell.actions.invite import (
    accept_invitation,
    end_invitation,
    invite,
    open_invitation,
    request_invitation,
)
from ytterby.shell.actions.speaker import Speaker
from ytterby.shell.api.asked import Asked, Told, entered
from ytterby.shell.api.filed import UNKNOWN, filed, rows
from ytterby.shell.store.reading.filed import list_invitations, list_requests

Json = dict[str, Any]


class NewRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a party wants invited: a name and a country. No address: the office finds it by itself."""

    name: str
    country: str
    text: str


class NewInvitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the office invites, to which address, and how it found that; for whose deliveries."""

    asked_by: str
    party: str
    address: str
    found: Found
    case: str = ""
    request: str = ""
    rebinds: bool = False


class EndOfInvitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an invitation ends: withdrawn, undelivered."""

    reason: str
    text: str = ""


class OpenLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of a link; with the line of a new public key, what that key has to sign."""

    token: str
    key: str = ""


class UseLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The use of a link: the token, and where the party has no key yet the account and public line of a new key (use
    `party`), with the signature that shows that it is held (base64).
    """

    token: str
    account: str = ""
    key: str = ""
    signature: str = ""


def listed(asked: Asked) -> Told:
    """Return invitations, each reader its part."""
    return rows(asked, "invitations", list_invitations(asked.me.viewer, asked.known))


def requests(asked: Asked) -> Told:
    """Return requests for invitations."""
    return rows(asked, "requests", list_requests(asked.me.viewer, asked.known))


def ask(asked: Asked) -> Told:
    """Ask the office to invite a customer."""
    one: NewRequest = asked.body
    change = request_invitation(asked.register, one.name, one.country, one.text, asked.me.speaker, at=asked.at)
    return filed(asked, change)


def send(asked: Asked) -> Told:
    """Invite; the mail waits in the outbox, and the link stands nowhere else."""
    one: NewInvitation = asked.body
    change = invite(
        asked.register,
        asked_by=one.asked_by,
        party=one.party,
        address=one.address,
        found=one.found,
        speaker=asked.me.speaker,
        link_of=lambda token: f"{asked.origin}/invitation#{token}",
        case=one.case,
        request=one.request,
        rebinds=one.rebinds,
        at=asked.at,
    )
    return filed(asked, change)


def end(asked: Asked) -> Told:
    """End an invitation that was not used."""
    one: EndOfInvitation = asked.body
    which = asked.parts["invitation"]
    change = end_invitation(asked.register, which, one.reason, one.text, asked.me.speaker, at=asked.at)
    return filed(asked, change, named=UNKNOWN)


def open_link(asked: Asked) -> Told:
    """Say what a link opens, without using it."""
    one: OpenLink = asked.body
    opened = open_invitation(asked.register, one.token, _speaker(asked), at=asked.at)
    body: Json = {"invitation": opened.id, "party": opened.party, "expires": opened.expires, "binds": opened.binds}
    body["register"] = asked.register.id
    signs = binding_text(asked.register.id, opened.id, opened.party, one.key) if one.key and opened.id else None
    body["signs"] = None if signs is None else to_base64url(signs)
    return entered(asked, body, opened.problems, asked.known.size)


def use_link(asked: Asked) -> Told:
    """Take an invitation up; the link is dead afterwards."""
    one: UseLink = asked.body
    change = accept_invitation(
        asked.register,
        one.token,
        account=one.account,
        key=one.key,
        signature=one.signature,
        speaker=_speaker(asked),
        at=asked.at,
    )
    return filed(asked, change)


def _speaker(asked: Asked) -> Speaker:
    return NOBODY if asked.asker is None else asked.asker.speaker
