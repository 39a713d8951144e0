"""Who speaks: an account of the log, for a party, and how it was told that it is that account.

A *key* signs each record; a *session* and a *token* are accounts that a door has checked, and their records say that
no key signed them (threat P4); in a *demo* whoever holds the folder says who speaks. An approval is signed by the
person's own key whatever the door (threat D2). What somebody may do in a case is its roles, and these follow from the
log at each step (threats O3, X10): nothing here is remembered.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from ytterby.chain.party import OPERATOR
from ytterby.licence.case import SYSTEM
from ytterby.licence.office import Speaking
from ytterby.proof.key import PrivateKey
from ytterby.shell.site.register import Register
from ytterby.shell.store.models import Account
from ytterby.shell.store.reading.viewer import CONSULTED, CUSTOMS, LICENSING, PROVINCE
from ytterby.shell.store.rights import Rights
from ytterby.terms.problem import Problem, refuse

KEY, SESSION, TOKEN, DEMO = "key", "session", "token", "demo"
ROLE_OF = {LICENSING: "officer", PROVINCE: "province", CONSULTED: "department", CUSTOMS: "customs"}


@dataclass(frozen=True, slots=True)
class Speaker:
    """An account and the party that it speaks for; `key` where it signs."""

    account: str
    party: str
    via: str
    key: PrivateKey | None = None


def key_speaker(rights: Rights, key: PrivateKey) -> Speaker:
    """Return who speaks with a key; the party is empty where no account in force has it."""
    account = rights.accounts().get(key.name)
    party = account.party if account is not None and account.key == key.public.text() else ""
    return Speaker(key.name, party, KEY, key)


def demo_speaker(party: str, person: str = "") -> Speaker:
    """Return who speaks in a demo, where whoever holds the folder says so."""
    return Speaker(person or f"demo-{party.rpartition('/')[2]}", party, DEMO)


def speaker_flaw(
    register: Register, rights: Rights, speaker: Speaker, *, is_disabled: bool | None = None
) -> Problem | None:
    """Return why somebody is not who it says; None when it is. The caller holds the lock where that decides.

    `is_disabled` says whether the row of the account is, where that was looked up already.
    """
    account = rights.accounts().get(speaker.account)
    if speaker.via == DEMO:
        is_other = account is not None and account.party != speaker.party
        return refuse("case.account_needed") if not register.is_demo or is_other or not speaker.party else None
    if account is None or account.party != speaker.party:
        return refuse("case.no_account", "", speaker.account)
    if speaker.via == KEY and (speaker.key is None or account.key != speaker.key.public.text()):
        return refuse("case.no_account", "", speaker.account)
    if is_disabled is None:
        is_disabled = Account.objects.filter(id=speaker.account, is_disabled=True).exists()
    if is_disabled:
        return refuse("rights.disabled", "", speaker.account)
    return None


def speaking(
    rights: Rights,
    speaker: Speaker,
    day: date,
    *,
    applicant: str = "",
    end_users: Collection[str] = (),
    conflicts: Collection[str] = (),
    team: str = "",
) -> Speaking:
    """Return the roles that somebody has in a case of an applicant on a day; without one, as who begins a case.

    `team` is the one that the roster knows, else the body or party. The register's operator is no officer: it runs the
    register, and decides nothing in it.
    """
    held = [] if speaker.party == OPERATOR else rights.of_party(speaker.party, day)
    roles = {ROLE_OF[one.mandate] for one in held if one.mandate in ROLE_OF}
    if speaker.party and speaker.party == (applicant or speaker.party) and not roles:
        roles.add("applicant")
    if speaker.party in end_users:
        roles.add("end_user")
    bodies = frozenset(body for one in held for body in one.bodies)
    team = team or min(bodies, default="") or speaker.party
    return Speaking(speaker.account, speaker.party, frozenset(roles), bodies, team, frozenset(conflicts))


SYSTEM_SPEAKING = Speaking(SYSTEM, "", frozenset({"system"}), team=SYSTEM)
