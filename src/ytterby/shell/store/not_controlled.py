"""Documents that goods need no licence, what customs said of them, and exits under them, from records of the log.

All have the document's number as their key. A record `not_controlled` holds the document with its signed note,
`not_controlled_challenge` what customs said of it, in order, `not_controlled_exit` an exit that was counted.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ytterby.licence.not_controlled import (
    Ask,
    Challenge,
    Exit,
    Find,
    NotControlled,
    Take,
    challenge_state,
    document_fields,
    open_document,
    read_document,
    read_said,
)
from ytterby.proof.note import NoteError
from ytterby.shell.site.licence_key import licence_key
from ytterby.shell.site.register import Register
from ytterby.shell.store.models import Registration

DOCUMENT, CHALLENGE, EXIT = "not_controlled", "not_controlled_challenge", "not_controlled_exit"
KINDS = (DOCUMENT, CHALLENGE, EXIT)
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, msgspec.ValidationError, NoteError)

Json = dict[str, Any]


@dataclass
class FreeGoods:
    """A document with all that was said of it: its note, challenges by id, exits by key, and records that do not hold
    (number in the log, and why).
    """

    document: NotControlled
    note: str
    index: int
    challenges: dict[str, Challenge] = field(default_factory=dict)
    exits: dict[tuple[str, int, int], Exit] = field(default_factory=dict)
    flaws: list[tuple[int, str]] = field(default_factory=list)

    @property
    def challenge(self) -> str:
        """How challenges bear on it."""
        return challenge_state(self.challenges.values())


def document_record(one: NotControlled, note: str) -> Json:
    """Return the fields of the record of a document."""
    return {"id": one.number, **document_fields(one), "note": note}


def stored_free_goods(number: str, size: int | None = None) -> FreeGoods | None:
    """Return a document as the log tells it, up to a log size where one is given; None where there is none."""
    rows = Registration.objects.filter(kind__in=KINDS, key=number)
    rows = rows if size is None else rows.filter(log_index__lt=size)
    found: FreeGoods | None = None
    for row in rows.order_by("log_index"):
        fields = json.loads(row.document)
        if row.kind == DOCUMENT:
            if found is None:
                found = FreeGoods(read_document(fields), str(fields["note"]), row.log_index)
            else:
                found.flaws.append((row.log_index, "the number was given before"))
        elif found is not None:
            _take(found, row.log_index, row.kind, fields)
    return found


def _take(found: FreeGoods, index: int, kind: str, fields: Json) -> None:
    try:
        if kind == EXIT:
            one = msgspec.convert({name: fields[name] for name in Exit.__struct_fields__}, Exit)
            found.exits.setdefault(one.key, one)
            return
        _take_said(found, fields)
    except UNREADABLE as error:
        found.flaws.append((index, f"it cannot be read: {error}"))


def _take_said(found: FreeGoods, fields: Json) -> None:
    said = read_said(fields["said"])
    if isinstance(said, Ask):
        found.challenges[said.id] = Challenge(said, fields["at"], fields["by"])
        return
    challenge = found.challenges[said.id]
    if isinstance(said, Take):
        challenge.samples.append(said)
    elif isinstance(said, Find):
        challenge.result, challenge.ended_at = said, fields["at"]


def numbers_of(holder: str | None = None, case: str | None = None) -> list[str]:
    """Return the numbers of all documents, of one holder or one case where that is asked, in order of the log."""
    rows = Registration.objects.filter(kind=DOCUMENT).order_by("log_index").values_list("key", "document")
    return [
        number
        for number, fields in ((key, json.loads(document)) for key, document in rows)
        if (holder is None or fields.get("holder") == holder) and (case is None or fields.get("case") == case)
    ]


def unsound_documents(register: Register) -> Iterator[tuple[int, str]]:
    """Yield each record that does not hold: whose note is not the register's, or says something else."""
    keys = [licence_key(register).public] if Registration.objects.filter(kind=DOCUMENT).exists() else []
    for number in numbers_of():
        try:
            found = stored_free_goods(number)
            if found is not None and open_document(found.note, register.id, keys) != found.document:
                yield found.index, "the note says something else than the record"
            yield from found.flaws if found is not None else ()
        except UNREADABLE as error:
            row = Registration.objects.filter(kind=DOCUMENT, key=number).order_by("log_index").first()
            yield (row.log_index if row is not None else 0), f"it does not hold: {error}"
