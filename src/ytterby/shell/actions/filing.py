"""Enter what a party files: check it against all that was filed, record it in one transaction, under the lock again.

Who may: a party by its own account, of the log or bound by an invitation; the office by an account of a licensing body.
Whoever has a key signs the record; who came by a session or token is recorded as that. In a demo nobody has to sign.
Two that file at once: the second is judged by what the first left (a token used by two processes binds one key).
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

import msgspec

from ytterby.chain.party import OPERATOR
from ytterby.licence.filed import KIND_OF, key_of
from ytterby.licence.filing import Filing, Speech
from ytterby.proof.key import PrivateKey
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight
from ytterby.shell.site.filing_tables import filing_rules
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_speakers import KEY, SESSION, Speaker, key_speaker
from ytterby.shell.store.filed import (
    filing_fields,
    is_registered,
    judge,
    kept_filed,
    speaker_flaw,
)
from ytterby.shell.store.licence_speakers import is_officer
from ytterby.shell.store.models import Account
from ytterby.shell.store.registering import Registrable, nothing_beside, register_documents
from ytterby.shell.store.rights import signed_text, stored_rights
from ytterby.terms.problem import Problem, refuse

F = TypeVar("F", bound=Filing)
Filer: TypeAlias = Speaker  # as doors know it, which ask the store for nothing themselves
NOBODY = Speaker("", "", SESSION)  # whoever comes by a link and is not signed in


@dataclass(frozen=True, slots=True)
class FilingChange:
    """What came of a filing: the key under which the log keeps it and the log's size afterwards; with a problem that
    refuses nothing was entered.
    """

    problems: tuple[Problem, ...]
    size: int
    key: str = ""


def file_with(
    register: Register,
    one: Filing,
    speaker: Speaker,
    *,
    at: datetime | None = None,
    after: Callable[[int], None] = nothing_beside,
) -> FilingChange:
    """Enter a filing; `after` writes what goes with it in the same transaction."""
    moment, kind, key = at or now(), KIND_OF[type(one)], key_of(one)
    problems = _problems(register, one, speaker, moment)
    if problems:
        return FilingChange(tuple(problems), register.size)
    record = _spoken(register, Registrable(kind, key, _fields(register, one, speaker, moment)), speaker)

    def check() -> None:
        """Judge again by what was entered meanwhile; the caller holds the lock."""
        found = _problems(register, one, speaker, moment) or _speaker(register, record, speaker)
        if found:
            raise RefusedRight(*found)

    try:
        size = register_documents([record], speaker.party or OPERATOR, moment, check=check, after=after)
    except RefusedRight as refused:
        return FilingChange(refused.problems, register.size)
    publish_or_leave(register)
    return FilingChange((), size, key)


def read_filing(fields: Mapping[str, Any], kind: type[F]) -> tuple[F | None, tuple[Problem, ...]]:
    """Return a filing of fields of JSON, or why they are none."""
    try:
        return msgspec.convert(dict(fields), kind), ()
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        return None, (refuse("filed.form", "", "", why=str(error)),)


def speech(register: Register, speaker: Speaker, at: datetime) -> Speech:
    """Return who speaks, with the rights of now."""
    office = is_officer(stored_rights(register), speaker.party, at.date())
    return Speech(at, speaker.party, speaker.account, is_office=office)


def speaker_of(register: Register, key: PrivateKey) -> Speaker:
    """Return who speaks with a key: an account of the log, or one that an invitation bound to its party."""
    bound = kept_filed(register).keys.get(key.name)
    if bound is not None and bound.ended is None and bound.text == key.public.text():
        return Speaker(key.name, bound.party, KEY, key)
    return key_speaker(stored_rights(register), key)


def unregistered(**parties: str) -> list[Problem]:
    """Return each named party that the register does not know; one that is not named is none."""
    return [
        refuse("filed.unknown_party", f"/{name}", party)
        for name, party in parties.items()
        if party and not is_registered(party)
    ]


def _problems(register: Register, one: Filing, speaker: Speaker, at: datetime) -> list[Problem]:
    rights, rules = stored_rights(register), filing_rules(register.id)
    return judge(kept_filed(register), rights, one, KIND_OF[type(one)], speech(register, speaker, at), rules)


def _fields(register: Register, one: Filing, speaker: Speaker, at: datetime) -> dict[str, object]:
    via = KEY if speaker.key is not None else speaker.via
    return filing_fields(key_of(one), one, speech(register, speaker, at), via)


def _spoken(register: Register, record: Registrable, speaker: Speaker) -> Registrable:
    """Return a record with the signature of whoever has a key."""
    if speaker.key is None:
        return record
    signature = speaker.key.sign(signed_text(register.id, record.kind, record.fields), use=speaker.key.use)
    return record._replace(fields={**record.fields, "signature": b64encode(signature).decode()})


def _speaker(register: Register, record: Registrable, speaker: Speaker) -> list[Problem]:
    """Refuse a speaker whose account is not in force, or disabled; in a demo there need be none."""
    if speaker.account and Account.objects.filter(id=speaker.account, is_disabled=True).exists():
        return [refuse("rights.disabled", "", speaker.account)]
    if register.is_demo:
        granted = stored_rights(register).accounts().get(speaker.account)
        is_other = granted is not None and granted.party != speaker.party
        return [refuse("filed.not_an_account", "", speaker.account)] if is_other else []
    flaw = speaker_flaw(stored_rights(register), kept_filed(register), register.id, record.kind, record.fields)
    return [] if flaw is None else [refuse("filed.not_an_account", "", speaker.account)]
