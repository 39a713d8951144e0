"""Notices to people: queued in the transaction of what they tell of, sent later by whoever works (`actions.deliver`).

A mail names a reference and says nothing of what it is about (threat O5); only the mail of an invitation holds a link,
which stands nowhere else and leaves the row when it is sent (threat X3). What a notice may hold is listed here;
anything else is a mistake of the program, seen at once.
"""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime

from ytterby.shell.site.notice_texts import LANGUAGES, notice_texts
from ytterby.shell.store.models import NoticeRow
from ytterby.terms.instant import write_instant

ID_BYTES = 16
FACTS = frozenset({"reference", "language", "link", "expires"})
_REFERENCE = re.compile(r"[A-Za-z0-9./:_-]{0,80}")
_ADDRESS = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,189}")


def is_address(text: str) -> bool:
    """Tell whether a text is one address as a mail may have it, without a name."""
    return bool(_ADDRESS.fullmatch(text)) and text.isprintable()


def queue_notice(kind: str, to: str, facts: Mapping[str, str], at: datetime) -> str:
    """Queue a mail in the caller's transaction; return its identifier. `facts` are some of FACTS.

    The caller holds the lock.

    Raises:
        ValueError: a kind, address or fact that no mail may have.
    """
    texts = notice_texts().get(kind)
    if texts is None:
        raise ValueError(f"there is no notice {kind}")
    if not facts.keys() <= FACTS or not is_address(to):
        raise ValueError(f"a notice {kind} with what no mail holds: {sorted(facts.keys() - FACTS)}")
    reference, language = facts.get("reference", ""), facts.get("language", "en")
    if not _REFERENCE.fullmatch(reference) or language not in LANGUAGES:
        raise ValueError("a reference is an identifier, and a language one that mails are written in")
    if bool(facts.get("link")) != texts.has_link:
        raise ValueError(f"only the mail that a link stands in has one, and that always: {kind}")
    id_ = secrets.token_hex(ID_BYTES)
    NoticeRow.objects.create(
        id=id_,
        kind=kind,
        to=to,
        reference=reference,
        language=language,
        link=facts.get("link", ""),
        expires=facts.get("expires", ""),
        queued_at=write_instant(at),
        next_at=write_instant(at),
    )
    return id_
