"""Lists of the listed as the log gives them: imports, releases, delistings, and the rows that their digests name.

Three kinds of record (`screening.list_state` says what they come to). Where the register is no demo each is signed by
the key of an account of the register's operator or of a licensing body; a release by another account than the one that
imported. A record that does not hold has no effect, and the doctor names it (threats O3, D6).
"""

import json
import zlib
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists

from ytterby.screening.entry import ListedEntry, members_text, text_digest
from ytterby.screening.entry_text import read_entry
from ytterby.screening.list_state import (
    DelistingRecord,
    ListRecord,
    ListSnapshotRecord,
    ListStates,
    ReleaseRecord,
    list_states,
)
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.log_marks import last_of
from ytterby.shell.store.models import ListedText, ListMembers, Registration
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.viewer import LICENSING
from ytterby.shell.store.rights import Record, Rights, recorded_day, rights_by_index, signature_flaw, stored_records
from ytterby.terms.instant import read_instant

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

LIST_SNAPSHOT, LIST_RELEASE, LIST_DELISTING = "list_snapshot", "list_release", "list_delisting"
LIST_KINDS = (LIST_SNAPSHOT, LIST_RELEASE, LIST_DELISTING)
# Who keeps lists beside the operator.
KEEPERS = frozenset({LICENSING})
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)
STATES_KEPT = 8
_states = Kept[ListStates](STATES_KEPT)
_NOTHING: Mapping[str, str] = {}

Json = dict[str, Any]


def last_list_record(size: int | None = None) -> int:
    """Return the number of the last record about lists in the log, up to a log size; -1 where there is none."""
    if size is not None:
        return last_of(LIST_KINDS, size)
    rows = Registration.objects.filter(kind__in=LIST_KINDS)
    last = rows.order_by("-log_index").values_list("log_index", flat=True).first()
    return -1 if last is None else last


def stored_list_states(register: "Register", size: int | None = None) -> ListStates:
    """Return where all lists stand, now or at a log size; kept for those asked for last, so nobody changes one."""
    last = last_list_record(size)
    return _states.get((register.id, last), lambda: read_list_states(register, last + 1))


def read_list_states(register: "Register", size: int | None = None) -> ListStates:
    """Return the same from the rows, whatever is kept."""
    rights_at = rights_by_index(register)
    flaws: list[tuple[int, str]] = []
    records: list[ListRecord] = []
    for record in stored_records(size, kinds=LIST_KINDS):
        try:
            flaw = None if register.is_demo else speaker_flaw(rights_at(record.number), register.id, record)
            if not flaw:
                records.append(_record(record))
        except UNREADABLE as error:
            flaw = f"it cannot be read: {type(error).__name__}"
        if flaw:
            flaws.append((record.number, flaw))
    found = list_states(records, members_of)
    found.flaws = sorted([*flaws, *found.flaws])
    return found


def speaker_flaw(rights: Rights, register_id: str, record: Record) -> str | None:
    """Return what is wrong with who signed a record about lists; None when nothing is."""
    fields = record.fields
    account = rights.accounts().get(str(fields.get("by", "")))
    if account is None:
        return "it is by no account that was in force"
    if account.party != fields.get("party"):
        return "it is by an account of another party"
    if not rights.is_office(account.party, KEEPERS, recorded_day(fields)):
        return "it is by an account of nobody who may keep lists"
    return signature_flaw(account.key, register_id, record.kind, fields)


def _record(record: Record) -> ListRecord:
    fields, at = record.fields, _instant(record.fields)
    speaker = str(fields.get("by", ""))
    if record.kind == LIST_SNAPSHOT:
        return ListSnapshotRecord(
            index=record.number,
            record=record.digest,
            list=str(fields["list"]),
            published=date.fromisoformat(fields["published"]) if fields["published"] else None,
            imported_at=at,
            snapshot=str(fields["snapshot"]),
            format=str(fields["format"]),
            version=int(fields["version"]),
            entries=int(fields["entries"]),
            holds=tuple(map(str, fields["holds"])),
            speaker=speaker,
        )
    if record.kind == LIST_RELEASE:
        delisted = {str(entry): str(act) for entry, act in dict(fields["delisted"]).items()}
        return ReleaseRecord(record.number, str(fields["of"]), str(fields["reason"]), delisted, at, speaker)
    return DelistingRecord(record.number, str(fields["list"]), str(fields["entry"]), str(fields["act"]), at, speaker)


def _instant(fields: Mapping[str, Any]) -> datetime:
    at = read_instant(str(fields["registered_at"]))[0]
    if at is None:
        raise ValueError("no instant")
    return at


# The rows that digests name


def packed_members(members: Mapping[str, str]) -> bytes:
    """Return the entries of a snapshot as they are stored."""
    return zlib.compress(members_text(members.items()))


def snapshots_there(snapshots: Collection[str]) -> set[str]:
    """Return which snapshots have their row, where what entries say is there at all; in one question, so that it can
    be asked before each licence and each exit.
    """
    rows = ListMembers.objects.filter(snapshot__in=snapshots).filter(Exists(ListedText.objects.all()))
    return set(rows.values_list("snapshot", flat=True))


def members_of(snapshot: str) -> Mapping[str, str]:
    """Return the entries of a snapshot, id to digest; nothing where the row is gone or is not what the digest says.

    The doctor names such a row; nobody is taken off a list by it, since what was in force before has vanished then.
    """
    row = ListMembers.objects.filter(snapshot=snapshot).values_list("members", flat=True).first()
    if row is None:
        return _NOTHING
    try:
        lines = zlib.decompress(bytes(row))
    except zlib.error:
        return _NOTHING
    if text_digest(lines) != snapshot:
        return _NOTHING
    return dict(_pair(line) for line in lines.decode().split("\n") if line)


def _pair(line: str) -> tuple[str, str]:
    id_, _, digest = line.partition("\x00")
    return id_, digest


def stored_entries(digests: Collection[str]) -> Iterator[tuple[str, ListedEntry]]:
    """Yield (digest, entry) for those of these digests that are stored, in no order."""
    for digest, document in rows_among(ListedText, ("digest", "document"), "digest", list(digests)):
        yield digest, read_entry(document)


def import_fields(record: str) -> Json | None:
    """Return all that the record of an import says; None for no such record."""
    try:
        digest = bytes.fromhex(record)
    except ValueError:
        return None
    found = Registration.objects.filter(kind=LIST_SNAPSHOT, digest=digest).values_list("document", flat=True).first()
    return json.loads(found) if found else None
