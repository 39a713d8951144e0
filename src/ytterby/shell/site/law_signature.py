"""Signed folders of packs: who vouches for which content, in a signed note `packs.sig` beside them.

The note names every pack by id and digest and every table of calendars by the digest of its bytes, and is signed with a
key for packs (C2SP signed-note, Ed25519). A pack that the note does not name is as bad as one that was changed: the
signature holds for the set, so that nothing can be slipped in or left out. Layout and comments of a pack do not count,
since its digest is over what it says. A set bears a whole number that rises from set to set, and the day on which it
was signed, so that an older set, which is still signed, can be told from a newer one and refused.
"""

import os
import re
import secrets
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from ytterby.law.calendar_table import CalendarTexts
from ytterby.law.pack import Pack
from ytterby.proof.key import SEED_BYTES, KeyUse, PrivateKey, PublicKey
from ytterby.proof.note import NOTE_BYTES_MAX, NoteError, open_note, sign_note
from ytterby.terms.problem import Problem, refuse

SIGNATURE = "packs.sig"
CALENDARS = "calendars"
HEAD = "ytterby/packs/v1"
PUBLIC_ENDING = ".pub"
KEY_FILE_BYTES_MAX = 10_000
SEQUENCE_MOST = 999_999_999
_STAMP = re.compile(r"sequence ([1-9][0-9]{0,8}) ([0-9]{4}-[0-9]{2}-[0-9]{2})")


class Stamp(NamedTuple):
    """Which set of a signer this is, and when it was signed."""

    sequence: int
    day: date


def sign_folder(folder: Path, packs: Sequence[Pack], key: PrivateKey, stamp: Stamp) -> Path:
    """Sign the packs of a folder and its calendars, and return the file of the signature; an older one is replaced.

    Raises:
        ValueError: the key is for another use.
        OSError: a table cannot be read, or the signature cannot be written.
    """
    note = sign_note(statement(folder, packs, stamp), key, use=KeyUse.PACK)
    path, new = folder / SIGNATURE, folder / f".{SIGNATURE}.new"
    new.write_text(note, encoding="utf-8")
    new.replace(path)
    return path


def stamp_of(folder: Path) -> Stamp | None:
    """Return what the signature in a folder says that it is, whoever made it; None where it says nothing.

    Raises:
        OSError: it cannot be read.
    """
    path = folder / SIGNATURE
    if not path.exists():
        return None
    with path.open("rb") as file:
        text = file.read(NOTE_BYTES_MAX).decode("utf-8", "replace")
    return _stamp(text)


def _stamp(text: str) -> Stamp | None:
    lines = text.splitlines()
    found = _STAMP.fullmatch(lines[1]) if len(lines) > 1 else None
    try:
        return None if found is None else Stamp(int(found.group(1)), date.fromisoformat(found.group(2)))
    except ValueError:
        return None


def statement(folder: Path, packs: Sequence[Pack], stamp: Stamp | None) -> str:
    """Return what a signature is about: which set it is, then one line for each pack and each table, in order.

    Raises:
        OSError: a table cannot be read.
    """
    head = (HEAD,) if stamp is None else (HEAD, f"sequence {stamp.sequence} {stamp.day}")
    return "".join(f"{line}\n" for line in (*head, *sorted(_lines(folder, packs))))


def _lines(folder: Path, packs: Sequence[Pack]) -> Iterator[str]:
    for pack in packs:
        yield f"pack {pack.id} {pack.digest}"
    for name in CalendarTexts._fields:
        path = folder / CALENDARS / f"{name}.csv"
        if path.exists():
            yield f"calendars {name} sha256:{sha256(path.read_bytes()).hexdigest()}"


def signature_problems(
    folder: Path, packs: Sequence[Pack], trusted: Sequence[PublicKey], not_before: int | None = None
) -> list[Problem]:
    """Return why a folder is not what one of these keys signed; nothing where it is.

    With `not_before` a set of a smaller number, or of none, is refused.

    Raises:
        OSError: the signature, or a table, cannot be read.
    """
    path = folder / SIGNATURE
    names = ", ".join(key.name for key in trusted)
    if not path.exists():
        return [refuse("signature.missing", "", path.name, signer=names)]
    with path.open("rb") as file:
        raw = file.read(NOTE_BYTES_MAX + 1)
    try:
        text, _ = open_note(raw.decode("utf-8"), trusted, use=KeyUse.PACK)
    except (NoteError, UnicodeDecodeError) as error:
        return [refuse("signature.bad", "", path.name, why=error, signer=names)]
    stamp = _stamp(text)
    if not_before is not None and (stamp is None or stamp.sequence < not_before):
        said = "-" if stamp is None else f"{stamp.sequence} ({stamp.day})"
        return [refuse("signature.older", "", path.name, sequence=said, wanted=not_before, signer=names)]
    signed, found = set(text.splitlines()), set(statement(folder, packs, stamp).splitlines())
    # One line for each name, whether it was changed, slipped in or left out.
    differing = dict.fromkeys(" ".join(line.split(" ")[:2]) for line in sorted(signed ^ found))
    return [refuse("signature.other_content", "", name, signer=names) for name in differing]


# Keys


def read_trusted(path: Path) -> tuple[PublicKey, ...]:
    """Return the public keys for packs of a file, one a line.

    Raises:
        OSError: it cannot be read.
        ValueError: it holds no key, or one of another use.
    """
    keys = tuple(PublicKey.parse(line) for line in _text(path).splitlines() if line.strip())
    if not keys:
        raise ValueError("no key")
    for key in keys:
        _check_use(key.use)
    return keys


def read_signer(path: Path) -> PrivateKey:
    """Return the private key for packs of a file.

    Raises:
        OSError: it cannot be read.
        ValueError: it holds none, or one of another use.
    """
    key = PrivateKey.parse(_text(path))
    _check_use(key.use)
    return key


def make_signer(path: Path, name: str) -> PrivateKey:
    """Make a key for packs in a file that only its owner reads, and write its public half beside it (`.pub`).

    Raises:
        FileExistsError: one of the files is there already.
        ValueError: the name is empty or holds a plus sign or white space.
    """
    key = PrivateKey.from_seed(KeyUse.PACK, name, secrets.token_bytes(SEED_BYTES))
    for file, text, mode in ((path, key.text(), 0o600), (public_file(path), key.public.text(), 0o644)):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text + "\n")
    return key


def public_file(path: Path) -> Path:
    """Return where the public half of a key lies."""
    return path.with_name(path.name + PUBLIC_ENDING)


def _check_use(use: KeyUse) -> None:
    if use is not KeyUse.PACK:
        raise ValueError(f"a key for {use}, not for {KeyUse.PACK}")


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(KEY_FILE_BYTES_MAX).decode("utf-8")
