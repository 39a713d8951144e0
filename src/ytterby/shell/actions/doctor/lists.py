"""Lists of the listed: files, entries and snapshots are what the log's digests say, and nothing is in force by itself.

Every import's holds are worked out again from what it was compared with, so that a record that says too little of
them is named.
"""

import zlib
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from ytterby.screening.entry import entry_digest
from ytterby.screening.entry_text import read_entry
from ytterby.screening.list_diff import diff_members
from ytterby.screening.list_rule import hold_reasons
from ytterby.shell.actions.doctor.unsound import Unsound, at_entry
from ytterby.shell.lists.tables import list_rules
from ytterby.shell.site.register import Register
from ytterby.shell.store.models import ListedFile, ListedText, ListMembers
from ytterby.shell.store.rights import recorded_day, stored_records
from ytterby.shell.store.screening_lists import LIST_SNAPSHOT, UNREADABLE, members_of, read_list_states
from ytterby.terms.problem import finding

Json = dict[str, Any]


def unsound_lists(register: Register) -> Iterator[Unsound]:
    """Yield records without effect, rows that are not what their digest says, and rows that no record names."""
    for index, what in read_list_states(register).flaws:
        yield Unsound(finding("screening.lists"), at_entry(index), f"the record has no effect: {what}")
    imports = [(one.number, one.digest, one.fields) for one in stored_records(kinds=(LIST_SNAPSHOT,))]
    yield from _files({str(file.get("sha256")) for _, _, said in imports for file in said.get("files", ())})
    snapshots = {str(said.get("snapshot")) for _, _, said in imports}
    entries: set[str] = set()
    yield from _snapshots(snapshots, entries)
    yield from _entries(entries)
    by_record = {record: said for _, record, said in imports}
    for index, _, said in imports:
        try:
            yield from _import(index, said, by_record)
        except UNREADABLE as error:
            what = f"the record of the import cannot be read: {type(error).__name__}"
            yield Unsound(finding("screening.lists"), at_entry(index), what)


def _files(named: set[str]) -> Iterator[Unsound]:
    for row in ListedFile.objects.order_by("sha256").iterator(chunk_size=1):
        where = f"file {row.sha256[:12]}"
        if row.sha256 not in named:
            yield Unsound(finding("screening.lists"), where, "no import names this file")
        named.discard(row.sha256)
        try:
            raw = zlib.decompress(bytes(row.content))
        except zlib.error:
            raw = b""
        if sha256(raw).hexdigest() != row.sha256 or len(raw) != row.length:
            yield Unsound(finding("screening.lists"), where, "the bytes are not those that were imported")
    for digest in sorted(named):
        yield Unsound(finding("screening.lists"), f"file {digest[:12]}", "the file is gone")


def _snapshots(named: set[str], entries: set[str]) -> Iterator[Unsound]:
    """Check what each snapshot holds, and note its entries."""
    named = set(named)
    for snapshot in ListMembers.objects.order_by("snapshot").values_list("snapshot", flat=True):
        where = f"snapshot {snapshot[:12]}"
        if snapshot not in named:
            yield Unsound(finding("screening.lists"), where, "no import names this snapshot")
        named.discard(snapshot)
        members = members_of(snapshot)
        if not members:
            yield Unsound(finding("screening.lists"), where, "its entries do not give its digest")
        entries.update(members.values())
    for snapshot in sorted(named):
        yield Unsound(finding("screening.lists"), f"snapshot {snapshot[:12]}", "what it holds is gone")


def _entries(named: set[str]) -> Iterator[Unsound]:
    named = set(named)
    for row in ListedText.objects.order_by("digest").iterator(chunk_size=2000):
        where = f"entry {row.digest[:12]}"
        if row.digest not in named:
            yield Unsound(finding("screening.lists"), where, "no snapshot holds this entry")
        named.discard(row.digest)
        try:
            digest = entry_digest(read_entry(row.document))
        except UNREADABLE:
            digest = ""
        if digest != row.digest:
            yield Unsound(finding("screening.lists"), where, "the entry says something else than its digest")
    for digest in sorted(named):
        yield Unsound(finding("screening.lists"), f"entry {digest[:12]}", "the entry is gone")


def _import(index: int, said: Json, by_record: dict[str, Json]) -> Iterator[Unsound]:
    """Check an import's counts, and that it waited where it had to."""
    now = members_of(str(said["snapshot"]))
    before = by_record.get(str(said["before"])) if said["before"] else None
    was = members_of(str(before["snapshot"])) if before is not None else {}
    diff = diff_members(was, now)
    counts = (len(now), len(diff.added), len(diff.changed), len(diff.removed))
    if counts != (said["entries"], said["added"], said["changed"], said["removed"]):
        yield Unsound(
            finding("screening.lists"), at_entry(index), "the counts of the import are not those of its entries"
        )
    published, earlier = (one["published"] if one else None for one in (said, before))
    due = hold_reasons(
        list_rules().limits_on(recorded_day(said)),
        before=diff.before,
        removed=len(diff.removed),
        changed=len(diff.changed),
        is_older=bool(published and earlier and published < earlier),
        has_findings=False,
        is_untried=False,
    )
    if missing := set(due) - set(said["holds"]):
        what = f"the import should have waited for a release: {', '.join(sorted(missing))}"
        yield Unsound(finding("screening.lists"), at_entry(index), what)
