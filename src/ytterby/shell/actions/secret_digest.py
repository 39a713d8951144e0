"""What is kept of a secret that is handed out once: its digest under a domain. The secrets are random and long, so that
one digest is enough.
"""

from hashlib import sha256


def secret_digest(domain: str, secret: str) -> str:
    """Return the SHA-256 (hexadecimal) of a secret; any text that somebody sends has one."""
    return sha256(f"{domain}\x00{secret}".encode("utf-8", "surrogatepass")).hexdigest()
