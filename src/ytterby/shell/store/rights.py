"""Rights of people and of public bodies, worked out from records of the log and from nothing else (threat O3).

Kinds of record: an *account* says that a person acts for a party and with which key; a *right* says that a party is
a public body with a mandate, for a time; a *credential* says that a passkey is an account's; a *confirmation* and a
*withdrawal* name one of these by digest.
Where the register is no demo each is signed by the key of an account of the register's operator, an account or a
right counts only once a second such account, with another key, has confirmed it, and one account alone withdraws.
The first two accounts of the operator, there being nobody to confirm them, sign themselves. A passkey is proposed from
its account's own session, unsigned, and is nothing until an account of the operator has confirmed it; the account may
end it by itself. A key or passkey that was withdrawn before it signed does not count (threat D2).

`rights_from_log` is pure: whatever a database says, a right that the log does not give is none. `unsound_rights`
names what claims more.
"""

import json
from base64 import b64decode
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from ytterby.chain.party import OPERATOR
from ytterby.proof.approval import PasskeyEntry, SigningKeys
from ytterby.proof.base64url import from_base64url
from ytterby.proof.key import KeyUse, PublicKey
from ytterby.shell.store.log_marks import kept_by
from ytterby.shell.store.models import Account, Registration
from ytterby.shell.store.reading.kept import Kept
from ytterby.terms.record_text import record_text

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

ACCOUNT, RIGHT, CONFIRMATION, WITHDRAWAL = "account", "right", "confirmation", "withdrawal"
CREDENTIAL = "credential"
KINDS = (ACCOUNT, RIGHT, CREDENTIAL, CONFIRMATION, WITHDRAWAL)
PROPOSED, IN_FORCE, WITHDRAWN = "proposed", "in_force", "withdrawn"
FOUNDERS = 2
# What is signed: all fields but these.
UNSIGNED = frozenset({"signature", "registered_at"})
DOMAIN = "ytterby/right/v1"
RIGHTS_KEPT = 8

Json = dict[str, Any]


class Record(NamedTuple):
    """One registration: number in the log, kind, digest as hexadecimal, fields."""

    number: int
    kind: str
    digest: str
    fields: Json


@dataclass(frozen=True, slots=True)
class Granted:
    """An account, a right or a passkey with where it stands.

    `by` proposed it, `confirmed_by` is empty until another did. `key` is of an account its key line, of a passkey its
    COSE key in base64url; `account` is whose passkey it is.
    """

    index: int
    kind: str
    digest: str
    id: str
    party: str
    by: str
    state: str = PROPOSED
    confirmed_by: str = ""
    key: str = ""
    mandate: str = ""
    start: date | None = None
    end: date | None = None
    region: str = ""
    sites: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    account: str = ""
    rp_id: str = ""
    origin: str = ""

    def holds_on(self, day: date) -> bool:
        """Tell whether it counts on a day: in force, not before its start, before its end."""
        return self.state == IN_FORCE and (self.start is None or self.start <= day) and not self._is_over(day)

    def _is_over(self, day: date) -> bool:
        return self.end is not None and self.end <= day


@dataclass
class Rights:
    """What the log gives: accounts and rights by the digest of their record, and records without effect."""

    granted: dict[str, Granted] = field(default_factory=dict)
    flaws: list[tuple[int, str]] = field(default_factory=list)

    def accounts(self) -> dict[str, Granted]:
        """Return the accounts in force, by identifier."""
        return {one.id: one for one in self.granted.values() if one.kind == ACCOUNT and one.state == IN_FORCE}

    def rights(self) -> list[Granted]:
        """Return all rights in order of the log, in whatever state."""
        return [one for one in self.granted.values() if one.kind == RIGHT]

    def passkeys(self) -> list[Granted]:
        """Return all passkeys in order of the log, in whatever state."""
        return [one for one in self.granted.values() if one.kind == CREDENTIAL]

    def signing_keys(self) -> SigningKeys:
        """Return the keys by which an approval given now counts: key files and passkeys of accounts in force."""
        accounts = self.accounts()
        passkeys = {}
        for one in self.passkeys():
            if one.state == IN_FORCE and one.account in accounts:
                passkeys[one.id] = PasskeyEntry(one.account, _bytes(one.key), one.rp_id, one.origin)
        return SigningKeys({name: one.key for name, one in accounts.items() if one.key}, passkeys)

    def of_party(self, party: str, day: date) -> list[Granted]:
        """Return the rights of a party that count on a day; of one mandate the latest in force."""
        latest = {one.id: one for one in self.rights() if one.party == party and one.state == IN_FORCE}
        return [one for one in latest.values() if one.holds_on(day)]

    def is_office(self, party: str, mandates: Collection[str], day: date) -> bool:
        """Tell whether a party is the operator, or a body that holds one of these mandates on a day."""
        return party == OPERATOR or any(one.mandate in mandates for one in self.of_party(party, day))


RightsAt = Callable[[int], Rights]
_kept = Kept[Rights](RIGHTS_KEPT)


def signed_text(register_id: str, kind: str, fields: Mapping[str, Any]) -> bytes:
    """Return what the signature of a record is over: register, kind and every field but the time and itself."""
    plain = {name: value for name, value in fields.items() if name not in UNSIGNED}
    text = record_text(plain)
    return f"{DOMAIN}\x00{register_id}\x00{kind}\x00{text}".encode()


def rights_from_log(records: Iterable[Record], *, register_id: str, is_demo: bool) -> Rights:
    """Return what records of the log, in its order, give to whom."""
    rights = Rights()
    founders: list[str] = []
    for record in records:
        enter = _ENTERED.get(record.kind)
        if enter is None:
            continue
        flaw = None if is_demo else _speaker_flaw(rights, record, register_id, founders)
        flaw = flaw or enter(rights, record, is_demo=is_demo, founders=founders)
        if flaw:
            rights.flaws.append((record.number, flaw))
    return rights


def _speaker_flaw(rights: Rights, record: Record, register_id: str, founders: list[str]) -> str | None:
    """Return what is wrong with who signed a record; None when nothing is."""
    fields = record.fields
    by = str(fields.get("by", ""))
    speaker = rights.accounts().get(by)
    if record.kind == CREDENTIAL or _ends_own_passkey(rights, record, by):
        # From the account's session, where no key of the account's lies: by itself it gives nothing.
        return None if speaker is not None else "it is by no account that was in force"
    if speaker is not None and speaker.party == OPERATOR:
        key = speaker.key
    elif record.kind == ACCOUNT and _founds(fields, founders):
        key = str(fields.get("key", ""))
    else:
        return "it is by no account of the operator that was in force"
    return signature_flaw(key, register_id, record.kind, fields)


def signature_flaw(key: str, register_id: str, kind: str, fields: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the signature of a record by an account's key; None when nothing is."""
    try:
        signature = b64decode(str(fields.get("signature", "")), validate=True)
        public = PublicKey.parse(key)
    except ValueError:
        return "its signature cannot be read"
    is_signed = public.use is KeyUse.OFFICER and public.verify(signed_text(register_id, kind, fields), signature)
    return None if is_signed else "its signature is not that of the account it names"


def _founds(fields: Mapping[str, Any], founders: list[str]) -> bool:
    return fields.get("party") == OPERATOR and fields.get("by") == fields.get("id") and len(founders) < FOUNDERS


def _enter(rights: Rights, record: Record, *, is_demo: bool, founders: list[str]) -> str | None:
    fields = record.fields
    key = str(fields.get("key", ""))
    if record.kind == ACCOUNT and any(one.kind == ACCOUNT and one.key == key for one in rights.granted.values() if key):
        return "another account has the same key"
    is_founder = record.kind == ACCOUNT and _founds(fields, founders)
    if is_founder:
        founders.append(str(fields.get("id")))
    rights.granted[record.digest] = Granted(
        index=record.number,
        kind=record.kind,
        digest=record.digest,
        id=str(fields.get("id", "")),
        party=str(fields.get("party", "")),
        by=str(fields.get("by", "")),
        state=IN_FORCE if is_demo or is_founder else PROPOSED,
        key=key,
        mandate=str(fields.get("as", "")),
        start=_day(fields.get("start")),
        end=_day(fields.get("end")),
        region=str(fields.get("region") or ""),
        sites=tuple(fields.get("sites") or ()),
        bodies=tuple(fields.get("bodies") or ()),
    )
    return None


def _enter_passkey(rights: Rights, record: Record, *, is_demo: bool, founders: list[str]) -> str | None:
    del founders
    fields = record.fields
    id_, account = str(fields.get("id", "")), str(fields.get("account", ""))
    if account not in rights.accounts() or fields.get("by") != account:
        return "it is for an account that is not in force, or by another than its account"
    if any(one.id == id_ for one in rights.passkeys()):
        return "a passkey of this name was entered before"
    rights.granted[record.digest] = Granted(
        index=record.number,
        kind=CREDENTIAL,
        digest=record.digest,
        id=id_,
        party=rights.accounts()[account].party,
        by=account,
        state=IN_FORCE if is_demo else PROPOSED,
        key=str(fields.get("key", "")),
        account=account,
        rp_id=str(fields.get("rp_id", "")),
        origin=str(fields.get("origin", "")),
    )
    return None


def _ends_own_passkey(rights: Rights, record: Record, by: str) -> bool:
    """Tell whether a record is an account's own, unsigned word that a passkey of its is no more."""
    gone = rights.granted.get(str(record.fields.get("of", "")))
    return record.kind == WITHDRAWAL and gone is not None and gone.kind == CREDENTIAL and gone.account == by


def _confirm(rights: Rights, record: Record, *, is_demo: bool, founders: list[str]) -> str | None:
    del is_demo, founders
    of, by = str(record.fields.get("of", "")), str(record.fields.get("by", ""))
    wanted = rights.granted.get(of)
    if wanted is None or wanted.state == WITHDRAWN:
        return "it confirms what nobody proposed, or what was withdrawn"
    if wanted.by == by:
        return "it is by the account that proposed; another has to confirm"
    if wanted.kind == ACCOUNT and wanted.id == by:
        return "an account confirms itself"
    rights.granted[of] = replace(wanted, state=IN_FORCE, confirmed_by=by)
    return None


def _withdraw(rights: Rights, record: Record, *, is_demo: bool, founders: list[str]) -> str | None:
    del is_demo, founders
    of = str(record.fields.get("of", ""))
    gone = rights.granted.get(of)
    if gone is None:
        return "it withdraws what nobody proposed"
    # Earlier versions do not come back to life.
    for digest, one in rights.granted.items():
        if (one.kind, one.id) == (gone.kind, gone.id):
            rights.granted[digest] = replace(one, state=WITHDRAWN)
    return None


_ENTERED = {
    ACCOUNT: _enter,
    RIGHT: _enter,
    CREDENTIAL: _enter_passkey,
    CONFIRMATION: _confirm,
    WITHDRAWAL: _withdraw,
}


def _bytes(text: str) -> bytes:
    """Return bytes written in base64url; none where the text is none, so that no signature fits."""
    try:
        return from_base64url(text)
    except ValueError:
        return b""


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) and text else None
    except ValueError:
        return None


def recorded_day(fields: Mapping[str, Any]) -> date:
    """Return the day, UTC, on which a record was entered."""
    return date.fromisoformat(str(fields["registered_at"])[:10])


def stored_records(size: int | None = None, *, kinds: Collection[str] = KINDS) -> Iterator[Record]:
    """Yield the records of rights, or of other kinds, in order of the log; up to a log size where one is given."""
    rows = Registration.objects.filter(kind__in=kinds)
    rows = rows if size is None else rows.filter(log_index__lt=size)
    for row in rows.order_by("log_index"):
        yield Record(row.log_index, row.kind, bytes(row.digest).hex(), json.loads(row.document))


def stored_rights(register: "Register") -> Rights:
    """Return what the log gives now."""
    return rights_from_log(stored_records(), register_id=register.id, is_demo=register.is_demo)


def kept_rights(register: "Register", size: int) -> Rights:
    """Return what the log gave at a size, worked out anew only where a record of rights came in. Nobody changes it."""

    def work_out() -> Rights:
        return rights_from_log(stored_records(size), register_id=register.id, is_demo=register.is_demo)

    return kept_by(_kept, KINDS, size, work_out)


def rights_by_index(register: "Register") -> RightsAt:
    """Return the rights as they were before an entry of the log, each state worked out once."""
    records = list(stored_records())
    numbers = [record.number for record in records]
    kept: dict[int, Rights] = {}

    def rights_at(index: int) -> Rights:
        count = bisect_left(numbers, index)
        if count not in kept:
            kept[count] = rights_from_log(records[:count], register_id=register.id, is_demo=register.is_demo)
        return kept[count]

    return rights_at


def unsound_rights(register: "Register") -> Iterator[tuple[str, str, str]]:
    """Yield (where, what, cure) for each claim to a right that the log does not bear out (threat O3)."""
    found = stored_rights(register)
    for index, what in found.flaws:
        yield f"entry {index}", f"the record has no effect: {what}", "Ask who entered it; nothing is read by it."
    known = {one.id: one for one in found.granted.values() if one.kind == ACCOUNT}
    for row in Account.objects.order_by("id"):
        said = known.pop(row.id, None)
        where = f"account {row.id}"
        if said is None:
            yield where, "the log knows no such account", "Delete the row; it gives no right."
        elif said.party != row.party:
            what = f"the row says that it acts for {row.party}, the log says {said.party}"
            yield where, what, f"Set the row's party to {said.party}, and ask who changed it."
        elif said.state == PROPOSED and not row.is_disabled:
            continue  # waits for a second person, and can do nothing until then
        elif said.state == WITHDRAWN and not row.is_disabled:
            yield where, "the log withdrew the account, the row does not say so", "Disable the row."
