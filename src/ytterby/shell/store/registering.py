"""Registrations: parties, sites, mandates and products as salted records of the log."""

import json
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ytterby.proof.entry import SALT_BYTES
from ytterby.proof.registration import registration_digest
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import LogHead, Registration
from ytterby.shell.store.writing import REGISTRATION, accepted_at, append, new_record, write
from ytterby.terms.instant import write_instant
from ytterby.terms.record_text import record_text


class Registrable(NamedTuple):
    """One document to be registered: its kind, what it is known by, and its fields."""

    kind: str
    key: str
    fields: dict[str, Any]


def nothing_to_check() -> None:
    """Let everything be entered."""


def nothing_beside(first: int) -> None:
    """Write nothing beside the log."""
    del first


def register_documents(
    documents: Sequence[Registrable],
    submitter: str,
    at: datetime,
    *,
    check: Callable[[], None] = nothing_to_check,
    after: Callable[[int], None] = nothing_beside,
    judged_at: int | None = None,
    are_new: bool = False,
) -> int:
    """Enter these documents in one transaction; what is registered with the same fields already is passed over, which
    is not looked for where `are_new` says that none can be.

    `judged_at` is the log size at which the caller made sure of all that `check` would: where the log is still of that
    size, nothing came in between, and it is not checked again.

    `check` runs under the lock before anything is entered, and raises where nothing may be; what it writes beside the
    log is written with the documents. So is what `after` writes, which runs when they are entered and gets the number
    of the first in the log. Returns the size of the log afterwards.
    """
    made = []
    for kind, key, fields in documents:
        text = record_text({**fields, "registered_at": write_instant(at)})
        digest, salt = registration_digest(kind, text), secrets.token_bytes(SALT_BYTES)
        made.append((kind, key, text, digest, salt, new_record(REGISTRATION, salt, digest)))

    def enter(head: LogHead) -> int:
        if judged_at is None or head.size != judged_at:
            check()
        new = made if are_new else [row for row in made if not _is_latest(row[0], row[1], row[2])]
        first = append(head, [row[5] for row in new], accepted_at(head, at))
        rows = [(first + n, *row[:5], submitter) for n, row in enumerate(new)]
        insert_rows(Registration, ("log_index", "kind", "key", "document", "digest", "salt", "submitter"), rows)
        after(first)
        return head.size

    return write(enter)


def _is_latest(kind: str, key: str, text: str) -> bool:
    """Tell whether the latest document of a key says the same but for the time."""
    rows = Registration.objects.filter(kind=kind, key=key).order_by("-log_index").values_list("document", flat=True)
    latest = rows.first()
    return latest is not None and _timeless(latest) == _timeless(text)


def _timeless(text: str) -> dict[str, Any]:
    return {name: value for name, value in json.loads(text).items() if name != "registered_at"}
