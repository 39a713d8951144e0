"""What a registration changes of what is derived: who operated a site then, what a product is.

A site or product that is registered late, or otherwise than before, changes what events of that site or lots of that
product stand for: from the log size of the registration on, never before it.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ytterby.chain.derivation import Dirty
from ytterby.chain.door import read_document
from ytterby.chain.posting_record import subjects_of
from ytterby.shell.site.packs import door_tables
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.derived.postings import (
    ReadyPostings,
    counting,
    insert_versions,
    ready_postings,
    touching,
    unpacked_postings,
)
from ytterby.shell.store.derived.shelf import lots_named
from ytterby.shell.store.derived.threads import chunks
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import EventRecord, LogEntry, LogHead, Registration
from ytterby.shell.store.submitted_text import submitted_text
from ytterby.shell.store.writing import write

# Fields that only people read.
NAMES = frozenset({"name", "name_zh", "registered_at"})
SITE, PRODUCT = "site", "product"


def touched_by_registrations(edition: int, after: int, size: int) -> Dirty:
    """Return what registrations of a range of the log touch: lots of a product; lots, boxes and pools at a site."""
    lots: set[str] = set()
    containers: set[str] = set()
    pools: set[str] = set()
    for kind, key, _ in registration_changes(after, size):
        if kind == PRODUCT:
            lots |= lots_named(key)
            continue
        for rows in touching(edition, [key], size):
            for body in rows.values_list("body", flat=True):
                subjects = subjects_of(unpacked_postings(body))
                lots |= subjects.lots | subjects.made
                containers |= subjects.containers
                pools |= subjects.pools
    return Dirty(frozenset(lots), frozenset(containers), frozenset(pools))


def registration_changes(after: int, size: int) -> Iterator[tuple[str, str, int]]:
    """Yield kind, key and log size of each registration that changes more than a name."""
    rows = Registration.objects.filter(kind__in=(SITE, PRODUCT), log_index__gte=after, log_index__lt=size)
    for row in rows.order_by("log_index"):
        earlier = Registration.objects.filter(kind=row.kind, key=row.key, log_index__lt=row.log_index)
        before = earlier.order_by("-log_index").values_list("document", flat=True).first()
        if before is None or _facts(before) != _facts(row.document):
            ends = LogEntry.objects.values_list("batch_end", flat=True).get(index=row.log_index)
            yield row.kind, row.key, ends


def _facts(document: str) -> dict[str, Any]:
    return {name: value for name, value in json.loads(document).items() if name not in NAMES}


def repost_registered(edition: int, after: int, size: int) -> None:
    """Give events other postings where a registration changed what they stand for."""
    keys: dict[int, list[str]] = {}
    for _, key, ends in registration_changes(after, size):
        keys.setdefault(ends, []).append(key)
    for ends, changed in sorted(keys.items()):
        threads = {lot for key in changed for lot in lots_named(key)} | set(changed)
        _repost(edition, threads, ends)


def _repost(edition: int, threads: Iterable[str], ends: int) -> None:
    touched = (rows.values_list("log_index", flat=True) for rows in touching(edition, list(threads), ends))
    indices = sorted({index for rows in touched for index in rows})
    if not indices:
        return
    world = world_at(ends)
    ready = {index: ready_postings(event, submitter, world) for index, event, submitter in events_at(indices)}

    def enter(head: LogHead) -> None:
        del head
        changed: list[tuple[int, str, ReadyPostings]] = []
        for part in chunks(indices):
            rows = counting(edition, ends).filter(log_index__in=part).values_list("log_index", "submitter", "body")
            for index, submitter, body in rows:
                if unpacked_postings(body) != _postings(ready[index]):
                    changed.append((index, submitter, ready[index]))
        insert_versions(edition, changed, ends)

    write(enter)


def _postings(ready: ReadyPostings) -> tuple[Any, ...]:
    return unpacked_postings(ready.body) if ready.body else ()


def events_at(indices: list[int]) -> Iterator[tuple[int, Any, str]]:
    """Yield number in the log, event and submitter of accepted events, read again from the submitted bytes."""
    columns = ("submission_id", "number", "log_index", "submitter")
    by_submission: dict[int, dict[int, tuple[int, str]]] = {}
    for submission, number, index, submitter in rows_among(EventRecord, columns, "log_index", indices):
        by_submission.setdefault(submission, {})[number] = (index, submitter)
    for submission, numbers in by_submission.items():
        text, level = submitted_text(submission)
        for read in read_document(text, door_tables(), level=level, numbers=numbers).events:
            if read.event is not None:
                index, submitter = numbers[read.number]
                yield index, read.event, submitter
