"""What a signer signs: the register hands out the draft as it stands and a nonce, and the key signs where it is.

An approval is a signature of the person's own key over draft, case, version, order and nonce (threat D2): by an Ed25519
key file, or a passkey. It comes back as the step `approve`. A bearer token alone approves nothing.
"""

from typing import Any

import msgspec

from ytterby.proof.approval import APPROVAL_DOMAIN, approval_challenge
from ytterby.proof.base64url import to_base64url
from ytterby.shell.actions.issued_nonce import Purpose, issue_nonce
from ytterby.shell.api.asked import Asked, NotThere, Told
from ytterby.shell.store.reading.casework import OFFICER, find_case, part_of

Json = dict[str, Any]


class WhichApproval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of the approvals of a draft: 1, 2 …"""

    order: int = 1


def challenge(asked: Asked) -> Told:
    """Return what an approval of the draft as it stands has to sign, with a nonce that nobody was given before."""
    one: WhichApproval = asked.query
    try:
        case = find_case(asked.me.viewer, asked.parts["case"])
    except KeyError:
        raise NotThere from None
    if part_of(asked.me.viewer, case) != OFFICER or case.draft is None:
        raise NotThere
    nonce = issue_nonce(asked.me.account, Purpose.APPROVAL, asked.at)
    register = asked.register.id
    signed = approval_challenge(case.draft_digest, case.number, case.version, one.order, nonce, register)
    told: Json = {
        "domain": APPROVAL_DOMAIN,
        "register": register,
        "case": case.number,
        "version": case.version,
        "draft": case.draft_digest,
        "order": one.order,
        "nonce": nonce,
        "challenge": to_base64url(signed),
    }
    return Told(told, version=case.version)
