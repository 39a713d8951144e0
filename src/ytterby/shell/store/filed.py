"""What parties of deliveries filed, worked out from records of the log and from nothing else (as rights:
`store.rights`).

Each filing is one record: who says it (account and party), by which way (`key`: signed by the account's key,
`session` or `token`: the register saw who was signed in, `demo`), and what. What was checked when it was entered is
checked again here: the rights of that moment, the signature, all rules of `licence.filed`. A record that does not
hold has no effect, and the doctor names it (threat O3).

An account is one of the log's (`store.rights`), or one that an invitation bound to its party (`licence.invitation`):
the one signs with a key of use `officer`, the other with one of use `party` (threat O1).
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from ytterby.licence.filed import KINDS, STRUCTS, Filed, FilingRules, enter, refused
from ytterby.licence.filing import Filing, Speech
from ytterby.licence.invitation import InvitationUse, token_hash
from ytterby.proof.key import KeyUse, PublicKey
from ytterby.shell.site.filing_tables import filing_rules
from ytterby.shell.store.licence_speakers import is_officer
from ytterby.shell.store.log_marks import kept_by
from ytterby.shell.store.models import Registration
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.rights import KINDS as RIGHTS_KINDS
from ytterby.shell.store.rights import Record, Rights, RightsAt, rights_by_index, signed_text, stored_records
from ytterby.terms.instant import read_instant
from ytterby.terms.problem import Problem, refuse

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

KEY, SESSION, TOKEN, DEMO = "key", "session", "token", "demo"
WAYS = (KEY, SESSION, TOKEN, DEMO)
KEPT = 8
_kept = Kept[Filed](KEPT)
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, msgspec.ValidationError)

Json = dict[str, Any]


def filing_fields(key: str, one: Filing, said: Speech, via: str) -> Json:
    """Return what the record of a filing says, before it is signed."""
    filing = msgspec.to_builtins(one)
    return {"id": key, "by": said.account, "party": said.party, "via": via, "filing": filing}


def speech_of(rights: Rights, fields: Mapping[str, Any], at: datetime) -> Speech:
    """Return who a record says to have spoken."""
    party = str(fields["party"])
    return Speech(at, party, str(fields["by"]), is_office=is_officer(rights, party, at.date()))


def speaker_flaw(rights: Rights, filed: Filed, register_id: str, kind: str, fields: Mapping[str, Any]) -> str | None:
    """Return what is wrong with who filed a record where the register is no demo; None when nothing is."""
    account, party, via = str(fields["by"]), str(fields["party"]), str(fields["via"])
    if kind == "invitation_use" and not account and not party:
        return None  # whoever comes by the link has no account yet: the new key signs, and that is checked with the use
    if via not in WAYS or via == DEMO:
        return "it did not come by a way that counts"
    key, use = account_key(rights, filed, account, party)
    if key is None:
        return "it is by no account of its party that was in force"
    if via != KEY:
        return None
    try:
        signature = b64decode(str(fields["signature"]), validate=True)
        public = PublicKey.parse(key)
    except (KeyError, ValueError):
        return "its signature cannot be read"
    is_signed = public.use is use and public.verify(signed_text(register_id, kind, fields), signature)
    return None if is_signed else "its signature is not that of the account it names"


def account_key(rights: Rights, filed: Filed, account: str, party: str) -> tuple[str | None, KeyUse]:
    """Return the key of an account of a party that is in force, and its use; None where there is none."""
    granted = rights.accounts().get(account)
    if granted is not None and granted.party == party:
        return granted.key, KeyUse.OFFICER
    bound = filed.keys.get(account)
    if bound is not None and bound.party == party and bound.ended is None:
        return bound.text, KeyUse.PARTY
    return None, KeyUse.PARTY


def judge(filed: Filed, rights: Rights, one: Filing, kind: str, said: Speech, rules: FilingRules) -> list[Problem]:
    """Return what refuses a filing beside all that was filed and by the rights of now."""
    problems = _key_taken(rights, one) if isinstance(one, InvitationUse) and one.key else []
    return problems or refused(filed, kind, one, said, rules)


def _key_taken(rights: Rights, one: InvitationUse) -> list[Problem]:
    """Refuse to bind a key that some account of the log has: it is the exporter's, or anybody else's."""
    try:
        raw = PublicKey.parse(one.key).raw
        taken = {PublicKey.parse(account.key).raw for account in rights.granted.values() if account.key}
    except ValueError:
        return [refuse("invitation.key", "/key", "")]
    return [refuse("invitation.key_in_use", "/key", one.account)] if raw in taken else []


def filed_from_log(records: Iterable[Record], rights_at: RightsAt, *, rules: FilingRules, is_demo: bool) -> Filed:
    """Return what the records of filings, in order of the log, come to."""
    filed = Filed()
    for record in records:
        try:
            flaw = _take(filed, record, rights_at(record.number), rules, is_demo=is_demo)
        except UNREADABLE as error:
            flaw = f"it cannot be read: {type(error).__name__}"
        if flaw:
            filed.flaws.append((record.number, flaw))
    return filed


def _take(filed: Filed, record: Record, rights: Rights, rules: FilingRules, *, is_demo: bool) -> str | None:
    fields = record.fields
    at = read_instant(fields["registered_at"])[0]
    if at is None:
        return "it does not say when it was entered"
    flaw = None if is_demo else speaker_flaw(rights, filed, rules.register_id, record.kind, fields)
    if flaw:
        return flaw
    one = msgspec.convert(fields["filing"], STRUCTS[record.kind])
    said = speech_of(rights, fields, at)
    problems = _key_taken(rights, one) if isinstance(one, InvitationUse) and one.key else []
    problems = problems or enter(filed, record.kind, one, said, rules)
    return f"the rules do not allow it: {problems[0].code}" if problems else None


def stored_filed(register: "Register", size: int | None = None) -> Filed:
    """Return what the log gives, now or at a log size."""
    return filed_from_log(
        stored_records(size, kinds=KINDS),
        rights_by_index(register),
        rules=filing_rules(register.id),
        is_demo=register.is_demo,
    )


def kept_filed(register: "Register", size: int | None = None) -> Filed:
    """Return the same, worked out anew only where something was filed or rights changed. Nobody changes it."""
    if size is not None:
        return kept_by(_kept, (*KINDS, *RIGHTS_KINDS), size, lambda: stored_filed(register, size))
    rows = Registration.objects.filter(kind__in=(*KINDS, *RIGHTS_KINDS))
    last = rows.order_by("-log_index").values_list("log_index", "digest").first()
    if last is None:
        return Filed()
    index, digest = last[0], bytes(last[1])
    return _kept.get((register.id, index, digest), lambda: stored_filed(register, index + 1))


def has_token(token: str) -> bool:
    """Tell whether an invitation of a token was entered: one look into an index, whatever is guessed (threat X2)."""
    return Registration.objects.filter(kind="invitation", key=token_hash(token)).exists()


def is_registered(party: str) -> bool:
    """Tell whether the register knows a party."""
    return Registration.objects.filter(kind="party", key=party).exists()
