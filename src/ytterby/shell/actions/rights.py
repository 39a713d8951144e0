"""Accounts and rights: propose, confirm, withdraw, each a signed record of the log (threat O3).

Who may: accounts of the register's operator, each with a key of its own that never lies on the server. Two of them
make an account or a right, one of them ends it. What is checked here under the lock is checked again from the log
whenever a right is looked up (`store.rights`). In a demo there are no such accounts, and whoever holds the folder may.
"""

import os
import secrets
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ytterby.chain.party import OPERATOR
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.site.register import Register
from ytterby.shell.store.models import Account
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import (
    ACCOUNT,
    CONFIRMATION,
    FOUNDERS,
    KINDS,
    RIGHT,
    WITHDRAWAL,
    WITHDRAWN,
    Granted,
    Rights,
    signed_text,
    stored_rights,
)
from ytterby.terms.problem import Problem, refuse

ID_BYTES = 16
SHORTEST = 8  # characters of a digest that name a record


class RefusedRight(Exception):  # noqa: N818 -- it ends a transaction; the problems are the answer
    """Nothing was entered."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class RightsChange:
    """What came of it: digest of the record that was made or meant, its state, the log's size afterwards."""

    problems: tuple[Problem, ...]
    size: int
    id: str = ""
    state: str = ""


def make_account_key(path: Path) -> PrivateKey:
    """Make the key of a new account in a file that only its owner reads. The key's name is the account.

    Raises:
        FileExistsError: the file is there already.
    """
    key = PrivateKey.from_seed(KeyUse.OFFICER, secrets.token_hex(ID_BYTES), secrets.token_bytes(32))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(key.text() + "\n")
    return key


def add_account(
    register: Register,
    key: PrivateKey,
    *,
    name: str,
    party: str = OPERATOR,
    by: PrivateKey | None = None,
    at: datetime | None = None,
) -> RightsChange:
    """Enter an account that acts for a party. `by` proposes it; the operator's first two sign themselves.

    The name stands beside the log and never in it.
    """
    fields = {"id": key.name, "party": party, "key": key.public.text()}
    founds = party == OPERATOR and by is None

    def check() -> None:
        """Check who may, and note the name; the caller holds the lock."""
        rights = stored_rights(register)
        if founds and not register.is_demo:
            founders = [a for a in rights.granted.values() if a.kind == ACCOUNT and a.by == a.id]
            if len(founders) >= FOUNDERS:
                raise RefusedRight(refuse("rights.account_needed"))
        else:
            _check_signer(register, rights, by)
        Account.objects.create(id=key.name, party=party, name=name)

    row = Registrable(ACCOUNT, key.name, fields)
    return _change(register, row, key if founds else by, at, check, lambda rights: _of(rights, ACCOUNT, key.name))


def enter_rights(register: Register, rows: Sequence[Registrable], by: PrivateKey | None, at: datetime) -> int:
    """Enter registrations among which are rights of public bodies; return the size of the log.

    Raises:
        RefusedRight: the account may not propose.
    """
    ended = _ended(stored_rights(register))
    # A right that was withdrawn may be proposed again in the same words: it is told apart by what ended.
    rows = [_again(row, ended) for row in rows]
    signed = [signed_record(register, row, by) if row.kind in KINDS else row for row in rows]
    return register_documents(signed, OPERATOR, at, check=lambda: _check_signer(register, stored_rights(register), by))


def _again(row: Registrable, ended: dict[str, str]) -> Registrable:
    is_again = row.kind == RIGHT and row.key in ended
    return row._replace(fields={**row.fields, "after": ended[row.key]}) if is_again else row


def _ended(rights: Rights) -> dict[str, str]:
    return {one.id: one.digest for one in rights.rights() if one.state == WITHDRAWN}


def confirm_right(register: Register, which: str, *, by: PrivateKey | None, at: datetime | None = None) -> RightsChange:
    """Confirm an account or a right that another account proposed. `which` is the beginning of its digest."""

    def check_state(found: Granted, signer: str) -> None:
        if found.state != "proposed":
            raise RefusedRight(refuse("rights.already", "", which, state=found.state))
        if signer in {found.by, found.id}:
            raise RefusedRight(refuse("rights.same_person"))

    return _judge(register, CONFIRMATION, which, by, at, check_state)


def withdraw_right(
    register: Register, which: str, *, by: PrivateKey | None, at: datetime | None = None
) -> RightsChange:
    """Withdraw an account or a right, or refuse what was proposed; it counts at the next request (threat X10)."""

    def check_state(found: Granted, signer: str) -> None:
        """Check that there is something to end, and disable an account; the caller holds the lock."""
        del signer
        if found.state == WITHDRAWN:
            raise RefusedRight(refuse("rights.already", "", which, state=found.state))
        if found.kind == ACCOUNT:
            Account.objects.filter(id=found.id).update(is_disabled=True)

    return _judge(register, WITHDRAWAL, which, by, at, check_state)


def _judge(
    register: Register,
    kind: str,
    which: str,
    by: PrivateKey | None,
    at: datetime | None,
    check_state: Callable[[Granted, str], None],
) -> RightsChange:
    found = _named(stored_rights(register), which)
    if found is None:
        return RightsChange((refuse("rights.unknown", "", which),), register.size)
    signer = by.name if by is not None else ""
    id_ = f"{found.digest} {signer}" if kind == CONFIRMATION else found.digest

    def check() -> None:
        rights = stored_rights(register)
        _check_signer(register, rights, by)
        check_state(rights.granted[found.digest], signer)

    row = Registrable(kind, id_, {"id": id_, "of": found.digest})
    return _change(register, row, by, at, check, lambda rights: rights.granted[found.digest])


def _change(
    register: Register,
    row: Registrable,
    by: PrivateKey | None,
    at: datetime | None,
    check: Callable[[], None],
    made: Callable[[Rights], Granted],
) -> RightsChange:
    try:
        size = register_documents([signed_record(register, row, by)], OPERATOR, at or now(), check=check)
    except RefusedRight as refused:
        return RightsChange(refused.problems, register.size)
    publish_or_leave(register)
    one = made(stored_rights(register))
    return RightsChange((), size, one.digest, one.state)


def signed_record(register: Register, row: Registrable, by: PrivateKey | None) -> Registrable:
    """Return a record with who says so and its signature; in a demo nobody has to."""
    fields: dict[str, Any] = {**row.fields, "by": by.name if by is not None else ""}
    if by is not None and by.use is KeyUse.OFFICER:
        signature = by.sign(signed_text(register.id, row.kind, fields), use=KeyUse.OFFICER)
        fields["signature"] = b64encode(signature).decode()
    return row._replace(fields=fields)


def check_key(
    register: Register, by: PrivateKey | None, may: Callable[[PrivateKey], bool], *, needed: Problem, refused: Problem
) -> None:
    """Refuse a key that may not sign, or whose account is disabled; in a demo none is needed.

    Raises:
        RefusedRight: there is no key (`needed`), it may not (`refused`), or its account is disabled.
    """
    if by is None:
        if register.is_demo:
            return
        raise RefusedRight(needed)
    if not may(by):
        raise RefusedRight(refused)
    if Account.objects.filter(id=by.name, is_disabled=True).exists():
        raise RefusedRight(refuse("rights.disabled", "", by.name))


def party_of_key(rights: Rights, by: PrivateKey) -> str | None:
    """Return the party for which a key's account acts; None where no account in force has this key."""
    account = rights.accounts().get(by.name)
    return account.party if account is not None and account.key == by.public.text() else None


def _check_signer(register: Register, rights: Rights, by: PrivateKey | None) -> None:
    """Refuse a key that is of no account of the operator in force."""
    needed, refused = refuse("rights.account_needed"), refuse("rights.not_an_account")
    check_key(register, by, lambda key: party_of_key(rights, key) == OPERATOR, needed=needed, refused=refused)


def _named(rights: Rights, which: str) -> Granted | None:
    text = which.lower()
    found = [one for digest, one in rights.granted.items() if len(text) >= SHORTEST and digest.startswith(text)]
    return found[0] if len(found) == 1 else None


def _of(rights: Rights, kind: str, id_: str) -> Granted:
    return [one for one in rights.granted.values() if (one.kind, one.id) == (kind, id_)][-1]
