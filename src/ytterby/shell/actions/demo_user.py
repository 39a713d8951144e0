"""The one user of a demo register: signs in with a password that is made anew for each run.

Threat O4: a sign-in of this kind exists only where the register is marked as a demo for ever, and serves loopback
alone. The file lies in the keys folder, readable by the service alone, and holds a scrypt hash (RFC 7914), never
the password. A new password ends every session that an older one opened.
"""

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

NAME = "demo"
FILE = "demo-user.json"
# Letters and figures that are not mistaken for each other.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 5
_COST = {"n": 2**14, "r": 8, "p": 1}


def make_demo_password(keys: Path) -> str:
    """Return a new password of the user `demo` (about 99 bits) and keep its hash in the keys folder."""
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    salt = secrets.token_bytes(16)
    kept = {"name": NAME, "salt": salt.hex(), "scrypt": _hash(password, salt).hex(), **_COST}
    path = keys / FILE
    new = path.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(kept, file)
    new.replace(path)
    return password


def check_demo_password(keys: Path, name: str, password: str, *names: str) -> bool:
    """Tell whether name and password are those of this run. Takes as long for a wrong name as for a wrong password.

    `names` are further names that the password opens: in a demo, those of its parties.
    """
    kept = _read(keys)
    salt = bytes.fromhex(kept["salt"]) if kept else b"\x00" * 16
    right = bytes.fromhex(kept["scrypt"]) if kept else secrets.token_bytes(64)
    is_right = hmac.compare_digest(_hash(password, salt), right)
    is_named = [hmac.compare_digest(name.encode(), one.encode()) for one in (NAME, *names)]
    return is_right and any(is_named)


def session_mark(keys: Path) -> str | None:
    """Return what a session must hold to be of this run; None where nobody can sign in."""
    kept = _read(keys)
    return hashlib.sha256(b"ytterby/demo-session/v1\x00" + kept["scrypt"].encode()).hexdigest() if kept else None


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, maxmem=2**26, dklen=64, **_COST)


def _read(keys: Path) -> dict[str, str] | None:
    try:
        kept = json.loads((keys / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return {"salt": str(kept["salt"]), "scrypt": str(kept["scrypt"])}
