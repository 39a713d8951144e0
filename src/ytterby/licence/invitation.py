"""Inviting a foreign end user: the office, to an address that it found or verified without the exporter (threat X3).

The link in the mail holds a token and works once, for some days, and of several for one neighbour only the newest.
What is stored is the token's SHA-256 under a domain. The first use binds a signing key to the party, proved by a
signature of that key; afterwards the link is dead. One answer stands for unknown, used, ended, expired: whoever
guesses learns nothing. A link that is used from the session of whoever asked for it is in the wrong hands: it is
refused and ends.

An end user is one party however many exporters ask for it: whoever has a key already accepts as itself, and only an
invitation that the office marked so binds another key, which ends the ones before.

*Marks* are what a session was seen by (device, address, passkey), kept as salted digests: the same mark on both sides
is a red flag for the office, and changes nothing that others see. Levels of assurance: *claimed* (nobody but the
exporter says so), *address* (it answered at an address found without the exporter), *organisation* (a register, LEI
record or embassy vouches for it by a document).

Source: threats of this project, X3; own rules, `address_sources.csv` and `invitation_days.csv`.
"""

import csv
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from ytterby.licence.filing import (
    NAME_MAX,
    Filing,
    Speech,
    country_problems,
    document_problems,
    is_digest,
    office_speaks,
    past_problems,
    text_problems,
    unknown,
)
from ytterby.proof.key import KeyUse, PublicKey
from ytterby.terms.instant import read_instant
from ytterby.terms.problem import Problem, pointer, refuse

TOKEN_DOMAIN, MARK_DOMAIN, BINDING_DOMAIN = (f"ytterby/{one}/v1" for one in ("invitation", "mark", "key-binding"))
CLAIMED, ADDRESS, ORGANISATION = "claimed", "address", "organisation"
LEVELS = (CLAIMED, ADDRESS, ORGANISATION)
MARKS = ("device", "address", "passkey")
INVITED, ACCEPTED, COMPLETE = "invited", "accepted", "complete"
WITHDRAWN, LEAKED, UNDELIVERED = "withdrawn", "leaked", "undelivered"
ENDS = (WITHDRAWN, LEAKED, UNDELIVERED)
OWN_SESSION = "own_session"  # the red flag of a link that came from the session of whoever asked for it
MARKS_MAX = 20


@dataclass(frozen=True, slots=True)
class InvitationRules:
    """How long an invitation works, by the day from which that counts, and what each way to an address is worth."""

    days_from: tuple[tuple[date, int], ...]
    level_by_source: Mapping[str, str]

    def days_on(self, day: date) -> int:
        """Return for how many days an invitation of a day works.

        Raises:
            ValueError: no row counts on that day.
        """
        found = [days for start, days in self.days_from if start <= day]
        if not found:
            raise ValueError(f"no row of the days of invitations counts on {day}")
        return found[-1]


def parse_invitation_rules(days_csv: str, sources_csv: str) -> InvitationRules:
    """Return the rules of the two tables.

    Raises:
        ValueError, KeyError: a day or number is none, a level is unknown, a column is missing.
    """
    days = sorted(
        (date.fromisoformat(row["effective"]), int(row["days"])) for row in csv.DictReader(days_csv.splitlines())
    )
    levels = {row["code"]: row["level"] for row in csv.DictReader(sources_csv.splitlines())}
    if not set(levels.values()) <= set(LEVELS):
        raise ValueError(f"levels of assurance are {LEVELS}, not {sorted(set(levels.values()))}")
    return InvitationRules(tuple(days), levels)


class Found(Filing, frozen=True):
    """How the office came to the address: a row of the table, where it looked, on which day, with which documents."""

    how: str
    where: str
    on: str
    documents: tuple[str, ...] = ()


class InvitationRequest(Filing, frozen=True):
    """That a party wants its customer invited: who that is. No address: the office finds it by itself."""

    id: str
    name: str
    country: str
    text: str


class Invitation(Filing, frozen=True):
    """An invitation as it was sent. Of the mail address only a salted digest is kept; `party` is the invited one,
    `asked_by` the neighbour that delivers to it. `rebinds`: the key that its first use binds ends earlier ones.
    """

    id: str
    token_hash: str
    asked_by: str
    party: str
    found: Found
    address_salt: str
    address_digest: str
    expires: str
    case: str = ""
    request: str = ""
    rebinds: bool = False


class InvitationUse(Filing, frozen=True):
    """The first use of an invitation. `account` and `key` (one line) are bound to the party, with a signature of that
    key; both are empty where the party accepts as itself. `marks` are the session's, `theirs` those that whoever asked
    was seen by, both as digests under `salt`.
    """

    invitation: str
    account: str = ""
    key: str = ""
    signature: str = ""
    salt: str = ""
    marks: Mapping[str, tuple[str, ...]] = {}
    theirs: Mapping[str, tuple[str, ...]] = {}


class InvitationEnd(Filing, frozen=True):
    """That an invitation ends unused: withdrawn or undelivered (the office says so), or leaked (the register saw it
    come from `account` of whoever asked for it).
    """

    invitation: str
    reason: str
    text: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation with what became of it: used when, or ended; `is_newest` of those for the same two parties."""

    invitation: Invitation
    at: datetime
    use: InvitationUse | None = None
    used_at: datetime | None = None
    end: InvitationEnd | None = None
    is_newest: bool = True

    def works_at(self, at: datetime) -> bool:
        """Tell whether its link can be used at an instant."""
        expires = read_instant(self.invitation.expires)[0]
        is_open = self.use is None and self.end is None and self.is_newest
        return is_open and expires is not None and at < expires

    @property
    def flags(self) -> tuple[str, ...]:
        """The red flags of its use, for the office alone: which marks both sides share, or the wrong session."""
        if self.end is not None and self.end.reason == LEAKED:
            return (OWN_SESSION,)
        return same_marks(self.use) if self.use is not None else ()


@dataclass(frozen=True, slots=True)
class BoundKey:
    """A signing key that an invitation bound to a party; `ended` where another took its place."""

    party: str
    account: str
    text: str
    since: datetime
    ended: datetime | None = None


def token_hash(token: str) -> str:
    """Return the SHA-256 (hexadecimal) of a token, as it is stored."""
    return sha256(f"{TOKEN_DOMAIN}\x00{token}".encode("utf-8", "surrogatepass")).hexdigest()


def mark_digest(salt: str, mark: str, value: str) -> str:
    """Return the salted SHA-256 of what a session was seen by, or of a mail address; case and blanks do not count."""
    told = " ".join(value.split()).casefold()
    return sha256(f"{MARK_DOMAIN}\x00{salt}\x00{mark}\x00{told}".encode("utf-8", "surrogatepass")).hexdigest()


def binding_text(register_id: str, invitation: str, party: str, key: str) -> bytes:
    """Return what a new key signs to show that whoever binds it holds it."""
    return f"{BINDING_DOMAIN}\x00{register_id}\x00{invitation}\x00{party}\x00{key}".encode()


def level_of(found: Found, rules: InvitationRules) -> str:
    """Return what answering at an address is worth: *organisation* only by a document."""
    level = rules.level_by_source.get(found.how, CLAIMED)
    return ADDRESS if level == ORGANISATION and not found.documents else level


def expiry(at: datetime, rules: InvitationRules) -> datetime:
    """Return when an invitation of an instant ends."""
    return at + timedelta(days=rules.days_on(at.date()))


def same_marks(use: InvitationUse) -> tuple[str, ...]:
    """Return by which marks the end user's session and whoever asked for it are the same."""
    return tuple(mark for mark in MARKS if set(use.marks.get(mark, ())) & set(use.theirs.get(mark, ())))


def check_request(said: Speech, one: InvitationRequest, known: Mapping[str, InvitationRequest]) -> list[Problem]:
    """Return what keeps a request for an invitation out."""
    problems = [] if said.party else [refuse("filed.not_yours")]
    if one.id in known:
        problems.append(refuse("filed.twice", "/id", one.id))
    problems += text_problems({"id": one.id, "name": one.name}, most=NAME_MAX) + text_problems({"text": one.text})
    return problems + country_problems("country", one.country)


def check_invitation(
    said: Speech,
    one: Invitation,
    rules: InvitationRules,
    *,
    is_known: bool,
    requests: Mapping[str, str],
    has_key: bool,
) -> list[Problem]:
    """Return what keeps an invitation out. `is_known`: its number or token was used before; `requests` are who asked,
    by the request's number; `has_key`: the invited party has one.
    """
    if problems := office_speaks(said):
        return problems
    if is_known:
        problems.append(refuse("filed.twice", "/id", one.id))
    if one.found.how not in rules.level_by_source:
        known_ways = ", ".join(rules.level_by_source)
        problems.append(refuse("invitation.source", "/found/how", one.found.how, known=known_ways))
    problems += [found.at("/found") for found in text_problems({"where": one.found.where}, most=NAME_MAX)]
    problems += [found.at("/found") for found in past_problems("on", one.found.on, said)]
    problems += [found.at("/found") for found in document_problems(one.found.documents)]
    if one.asked_by == one.party or not one.party or not one.asked_by:
        problems.append(refuse("invitation.parties", "/party", one.party))
    if said.party in {one.party, one.asked_by}:
        problems.append(refuse("invitation.own_interest"))
    if one.request and requests.get(one.request) != one.asked_by:
        problems.append(unknown("/request", one.request))
    if one.rebinds and not has_key:
        problems.append(refuse("invitation.nothing_to_rebind", "/rebinds"))
    expires = read_instant(one.expires)[0]
    if expires is None or not said.at < expires <= expiry(said.at, rules):
        problems.append(refuse("invitation.expiry", "/expires", one.expires, days=rules.days_on(said.day)))
    if not (is_digest(one.token_hash) and is_digest(one.address_digest) and one.address_salt):
        problems.append(refuse("filed.no_digest", "/token_hash", ""))
    return problems


def check_use(
    said: Speech,
    one: InvitationUse,
    invited: Invited | None,
    *,
    register_id: str,
    has_key: bool,
    is_taken: Callable[[str, bytes], bool],
) -> list[Problem]:
    """Return what keeps the first use of an invitation out. `has_key`: the invited party has one; `is_taken` tells
    whether an account, or the bytes of a key, are bound already.
    """
    if invited is None or not invited.works_at(said.at):
        return [refuse("invitation.not_valid")]
    party = invited.invitation.party
    if said.party and said.party != party:
        return [refuse("invitation.other_session")]
    problems = _mark_problems(one)
    if has_key and not invited.invitation.rebinds:
        if said.party != party:
            problems.append(refuse("invitation.sign_in_first"))
        if one.key or one.account:
            problems.append(refuse("invitation.key_bound", "/key"))
        return problems
    return problems + _key_problems(one, party, register_id, is_taken)


def _key_problems(
    one: InvitationUse, party: str, register_id: str, is_taken: Callable[[str, bytes], bool]
) -> list[Problem]:
    try:
        key = PublicKey.parse(one.key)
        signature = b64decode(one.signature, validate=True)
    except ValueError:
        return [refuse("invitation.key", "/key", "")]
    if key.use is not KeyUse.PARTY or key.name != one.account:
        return [refuse("invitation.key", "/key", key.name)]
    if not key.verify(binding_text(register_id, one.invitation, party, one.key), signature):
        return [refuse("invitation.key_not_held", "/signature")]
    if is_taken(one.account, key.raw):
        return [refuse("invitation.key_in_use", "/key", key.name)]
    return []


def _mark_problems(one: InvitationUse) -> list[Problem]:
    problems = []
    for name, held in (("marks", one.marks), ("theirs", one.theirs)):
        for mark, digests in held.items():
            if mark not in MARKS or len(digests) > MARKS_MAX or not all(map(is_digest, digests)):
                problems.append(refuse("invitation.mark", pointer(name, mark), mark, known=", ".join(MARKS)))
    return problems


def check_end(said: Speech, one: InvitationEnd, invited: Invited | None) -> list[Problem]:
    """Return what keeps the end of an invitation out; that it leaked the register says, of whoever asked for it."""
    if one.reason not in ENDS:
        return [refuse("invitation.end", "/reason", one.reason, known=", ".join(ENDS))]
    if one.reason == LEAKED:
        # It was seen in the session of whoever asked for the invitation, and of nobody else.
        is_seen = invited is not None and said.party == invited.invitation.asked_by
        return [] if is_seen and _is_open(invited) else [refuse("filed.not_yours")]
    if problems := office_speaks(said):
        return problems
    problems = [] if _is_open(invited) else [unknown("/invitation", one.invitation)]
    return problems + text_problems({"text": one.text})


def _is_open(invited: Invited | None) -> bool:
    return invited is not None and invited.use is None and invited.end is None
