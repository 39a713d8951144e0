"""The register's key for licences and documents that goods need none: a file beside its other keys, made when missing.

It signs nothing but these (threat O1). What was signed is believed by its public half, which `licence free show` tells.
"""

import os
import secrets

from ytterby.proof.key import SEED_BYTES, KeyUse, PrivateKey
from ytterby.shell.site.register import Register, RegisterMismatch, write_secret

LICENCE_KEY = "licence.key"


def licence_key(register: Register) -> PrivateKey:
    """Return the key; it is drawn where the register has none yet.

    Raises:
        RegisterMismatch: the file is no key for licences of this register.
    """
    path = register.keys / LICENCE_KEY
    if not path.exists():
        drawn = PrivateKey.from_seed(KeyUse.LICENCE, register.origin, secrets.token_bytes(SEED_BYTES))
        whole = path.with_name(f"{LICENCE_KEY}.{secrets.token_hex(8)}")
        write_secret(whole, drawn.text() + "\n")
        try:
            os.link(whole, path)  # whole or not at all; where another process was first its key counts
        except FileExistsError:
            pass
        finally:
            whole.unlink()
    try:
        key = PrivateKey.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RegisterMismatch(f"the key {path} cannot be read: {error}") from None
    if key.use is not KeyUse.LICENCE or key.name != register.origin:
        raise RegisterMismatch(f"the key {path} is not this register's for licences")
    return key
