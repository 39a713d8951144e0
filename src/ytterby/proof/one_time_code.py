"""One-time codes of six digits, as an app on a telephone shows them: RFC 6238 over RFC 4226, SHA-1, steps of 30 s.

A code counts once, and one step before and after the present one, for clocks that differ. The parameters are those
that every app knows; others are ignored by most of them.
"""

from base64 import b32encode
from hashlib import sha1
from hmac import compare_digest, digest

STEP_SECONDS, DIGITS, DRIFT_STEPS = 30, 6, 1
SECRET_BYTES = 20


def code_at(secret: bytes, step: int) -> str:
    """Return the code of a time step (RFC 4226 section 5.3)."""
    mac = digest(secret, step.to_bytes(8, "big"), sha1)
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of_code(secret: bytes, code: str, seconds: float, *, last_step: int = 0) -> int | None:
    """Return the step that a code is of, `seconds` after 1970; None where it is of none, or of one that was used."""
    now = int(seconds) // STEP_SECONDS
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        is_same = compare_digest(code_at(secret, step).encode(), code.encode("utf-8", "surrogatepass"))
        if is_same and step > last_step:
            found = step
    return found


def secret_text(secret: bytes) -> str:
    """Return a secret as it is typed into an app."""
    return b32encode(secret).decode().rstrip("=")
