"""The one text of plain JSON content that is signed, digested or stored: equal content, equal bytes.

Keys are sorted, there is no white space, and characters stand as themselves. Events have a canonical form of their own
(`canonical`), since others write them; this is for what the register itself writes.
"""

import json
from hashlib import sha256
from typing import Any


def record_text(content: Any) -> str:
    """Return the text of content that is made of dicts with text keys, lists, texts, whole numbers, truths and None.

    Raises:
        TypeError: something else is in it.
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def named_digest(domain: str, content: Any) -> str:
    """Return the SHA-256 (hexadecimal) of content under a domain, so that no digest passes for that of another kind.

    Raises:
        TypeError: as for `record_text`.
        UnicodeEncodeError: a text holds half of a surrogate pair.
    """
    return sha256(f"{domain}\x00{record_text(content)}".encode()).hexdigest()
