"""Signed folders of packs: who vouches for which content, in a signed note `packs.sig` beside them.

The note names every pack by id and digest and every table of calendars by the digest of its bytes, and is signed with a
key for packs (C2SP signed-note, Ed25519). A pack that the note does not name is as bad as one that was changed: the
signature holds for the set, so that nothing can be slipped in or left out. Layout and comments of a pack do not count,
since its digest is over what it says.
"""

import os
import secrets
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

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


def sign_folder(folder: Path, packs: Sequence[Pack], key: PrivateKey) -> Path:
    """Sign the packs of a folder and its calendars, and return the file of the signature; an older one is replaced.

    Raises:
        ValueError: the key is for another use.
        OSError: a table cannot be read, or the signature cannot be written.
    """
    note = sign_note(statement(folder, packs), key, use=KeyUse.PACK)
    path, new = folder / SIGNATURE, folder / f".{SIGNATURE}.new"
    new.write_text(note, encoding="utf-8")
    new.replace(path)
    return path


def statement(folder: Path, packs: Sequence[Pack]) -> str:
    """Return what a signature is about: one line for each pack and each table, in order.

    Raises:
        OSError: a table cannot be read.
    """
    return "".join(f"{line}\n" for line in (HEAD, *sorted(_lines(folder, packs))))


def _lines(folder: Path, packs: Sequence[Pack]) -> Iterator[str]:
    for pack in packs:
        yield f"pack {pack.id} {pack.digest}"
    for name in CalendarTexts._fields:
        path = folder / CALENDARS / f"{name}.csv"
        if path.exists():
            yield f"calendars {name} sha256:{sha256(path.read_bytes()).hexdigest()}"


def signature_problems(folder: Path, packs: Sequence[Pack], trusted: Sequence[PublicKey]) -> list[Problem]:
    """Return why a folder is not what one of these keys signed; nothing where it is.

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
    signed, found = set(text.splitlines()), set(statement(folder, packs).splitlines())
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
