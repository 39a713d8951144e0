"""The people of a demo: accounts with a key each, in the demo's keys folder, used by its pages on their behalf.

Threat O4: such keys lie only where the register is marked as a demo for ever. Threat D2 holds all the same: an approval
is a real signature of that person's key, kept in the log and checked like any other; nothing is signed in the name of
somebody who is not signed in.
"""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.rights import add_account
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import Register
from ytterby.shell.store.rights import stored_rights
from ytterby.shell.wording.yaml_text import read_yaml

FOLDER, FILE = "people", "demo-people.yaml"
ACCOUNT_BYTES = 16


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person of the demo: the name typed to sign in, what it is called, for which party it acts, its account."""

    login: str
    name: str
    party: str
    account: str = ""


def packaged_people() -> list[DemoPerson]:
    """Return the people that every demo has."""
    rows = read_yaml(packaged_text("shell.site", "demo_people.yaml"))["people"]
    return [DemoPerson(row["login"], row["name"], row["party"]) for row in rows]


def enrol_demo_people(
    register: Register, at: datetime, *, people: Sequence[DemoPerson] | None = None
) -> list[DemoPerson]:
    """Enter the demo's office and its people, with a new key each; return them with their accounts.

    The parties of the sample chain must be there. Who is entered already stays as it is.

    Raises:
        ValueError: the register is no demo, or the packaged directory does not fit it.
    """
    if not register.is_demo:
        raise ValueError("keys of people lie beside a register only where it is a demo (threat O4)")
    if people is None:
        directory = read_yaml(packaged_text("shell.site", "demo_people.yaml"))["directory"]
        result = import_directory(register, yaml.safe_dump(directory, allow_unicode=True), at=at)
        if result.problems:
            raise ValueError(f"the demo's office does not fit the register: {result.problems[0].code}")
    held = {one.login: one for one in demo_people(register.keys)}
    folder = register.keys / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    for one in packaged_people() if people is None else people:
        if one.login in held:
            continue
        key = PrivateKey.from_seed(KeyUse.OFFICER, secrets.token_hex(ACCOUNT_BYTES), secrets.token_bytes(32))
        _write(folder / f"{one.login}.key", key.text() + "\n")
        add_account(register, key, name=one.name, party=one.party, at=at)
        held[one.login] = DemoPerson(one.login, one.name, one.party, key.name)
    rows = [{"login": p.login, "name": p.name, "party": p.party, "account": p.account} for p in held.values()]
    _write(register.keys / FILE, yaml.safe_dump(rows, allow_unicode=True, sort_keys=False))
    return list(held.values())


def demo_people(keys: Path) -> list[DemoPerson]:
    """Return the people of the demo whose keys folder this is; none where nobody was entered."""
    try:
        rows = read_yaml((keys / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [DemoPerson(row["login"], row["name"], row["party"], row["account"]) for row in rows or []]


def demo_person(keys: Path, login: str) -> DemoPerson | None:
    """Return the person of a demo who signs in by this name."""
    return next((one for one in demo_people(keys) if one.login == login.strip().casefold()), None)


def demo_key(register: Register, account: str) -> PrivateKey | None:
    """Return the key of a person of this demo; None where there is none, its account is not in force, or no demo."""
    person = next((one for one in demo_people(register.keys) if one.account == account), None)
    if person is None or not register.is_demo:
        return None
    try:
        text = (register.keys / FOLDER / f"{person.login}.key").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    key = PrivateKey.parse(text)
    granted = stored_rights(register).accounts().get(account)
    return key if granted is not None and granted.key == key.public.text() else None


def _write(path: Path, text: str) -> None:
    new = path.with_name(path.name + ".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)
