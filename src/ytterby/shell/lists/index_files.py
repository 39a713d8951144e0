"""Files that are made of the entries of lists, to be mapped into memory: `DIR/lists/<digest>/`.

They are derived and may be thrown away. A folder is named by the digest of what it was made of, and is used only while
its files are those that were made (a note of their SHA-256 is written last); else it is made anew. What the log says
is never looked up in them.
"""

import json
import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

FOLDER, NOTE = "lists", "files.json"


def index_folder(data: Path, digest: str) -> Path:
    """Return where the files of a digest lie in the register's folder, made or not.

    Raises:
        ValueError: it is no digest.
    """
    if len(digest) != 64 or not all(c in "0123456789abcdef" for c in digest):
        raise ValueError("no SHA-256 in hexadecimal")
    return data / FOLDER / digest


def kept_index(data: Path, digest: str, make: Callable[[Path], None]) -> Path:
    """Return the folder of the files of a digest; where it is missing or not sound, `make` writes them into a new one.

    Two processes that make the same one do not disturb each other: the folder comes to its place in one step.
    """
    folder = index_folder(data, digest)
    if is_sound(folder):
        return folder
    aside = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        make(aside)
        (aside / NOTE).write_text(json.dumps(_digests(aside), sort_keys=True), encoding="utf-8")
        if is_sound(folder):
            return folder
        if folder.exists():
            folder.rename(aside.with_name(aside.name + ".old"))
        try:
            aside.rename(folder)
        except OSError:
            if not is_sound(folder):
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(aside.with_name(aside.name + ".old"), ignore_errors=True)
    return folder


def is_sound(folder: Path) -> bool:
    """Tell whether a folder holds the files that were made, byte for byte."""
    try:
        noted = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(noted == _digests(folder))


def _digests(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.iterdir()):
        if path.name != NOTE:
            with path.open("rb") as file:
                digest = sha256()
                while part := file.read(1 << 20):
                    digest.update(part)
            found[path.name] = digest.hexdigest()
    return found
