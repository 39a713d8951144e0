"""Follow accepted export events on the licences that they name: the exporter's reserves, the one of customs confirms.

It runs after a document is accepted and never before: whether it is accepted does not depend on any licence, and what
the licence says to it is an entry of its own, or the reason why there is none (`LicensedEvent.why`). Events are
followed in order of the log, each once; what a kill left is followed next time. An error declaration of an event takes
back what that event did: a reservation is released, an exit corrected.

Who reserves by an event: the licence's holder, as owner of the goods, by an event of its own, of the register's
operator on its behalf, or of somebody who may speak for the site of the holder that the goods were sent from. Who
confirms: as for any exit (threat Q4).
"""

import json
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from django.db import DatabaseError

from ytterby.chain.event import Event
from ytterby.chain.party import OPERATOR
from ytterby.licence.draw_down import OK, Entry, Kind
from ytterby.licence.exit_event import entry_of, left_at, owner_of, sent_from
from ytterby.licence.licence import unscaled
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.draw_down import EVENT, Asked, enter_draw_down
from ytterby.shell.site.calendars import zone_of
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_speakers import Speaker
from ytterby.shell.store.derived.registered import events_at
from ytterby.shell.store.licence_ledger import share_on
from ytterby.shell.store.licence_speakers import is_customs_at
from ytterby.shell.store.licences import HeldLicence, held_licence, stored_lines
from ytterby.shell.store.models import (
    EventRecord,
    LicenceEntryRow,
    LicenceLineRow,
    LicensedEvent,
    LogHead,
    Registration,
)
from ytterby.shell.store.registrations import registered_site
from ytterby.shell.store.rights import stored_rights
from ytterby.shell.store.writing import write
from ytterby.terms.instant import write_instant

AT_ONCE = 500
NO_LINE = "-"
NO_UNIT, NOTHING_TO_TAKE_BACK, TOLD_BEFORE = "licence.event_unit", "licence.event_without_effect", "licence.event_again"
# Why an event led to no record, beside problems that have a sentence.
WITHOUT_EFFECT = frozenset({NO_UNIT, NOTHING_TO_TAKE_BACK, TOLD_BEFORE})


def follow_exports(register: Register, *, at: datetime | None = None) -> int:
    """Follow the events that wait, in order of the log; return how many there were."""
    moment, count = at or now(), 0
    while waiting := list(LicensedEvent.objects.filter(followed__isnull=True).order_by("log_index")[:AT_ONCE]):
        found = {index: (event, submitter) for index, event, submitter in events_at([one.log_index for one in waiting])}
        for one in waiting:
            event, submitter = found[one.log_index]
            followed, why = _follow(register, one.log_index, event, submitter, moment)
            _mark(one.log_index, followed, why)
            count += 1
    return count


def follow_left(register: Register, *, at: datetime | None = None) -> None:
    """Follow what waits; what cannot be followed now is left to the next time."""
    with suppress(DatabaseError):
        follow_exports(register, at=at)


def _mark(index: int, followed: int, why: str) -> None:
    def mark(head: LogHead) -> None:
        """Write it; the caller holds the lock."""
        del head
        LicensedEvent.objects.filter(log_index=index).update(followed=followed, why=why)

    write(mark)


def _follow(register: Register, index: int, event: Event, submitter: str, at: datetime) -> tuple[int, str]:
    """Return the number of the record that an event led to, its own where it led to none, and why."""
    asked, why = _asked(register, index, event, submitter, at)
    if asked is None:
        return index, why
    party = asked_party(asked, event, submitter)
    result = enter_draw_down(register, asked, Speaker("", party, EVENT), at=at, publishes=False)
    why = result.problems[0].code if result.problems else ""
    return (index, why) if result.index is None else (result.index, why)


def asked_party(asked: Asked, event: Event, submitter: str) -> str:
    """Return for whom an event speaks: who submitted it, or the owner of the goods for whom it was submitted."""
    return owner_of(event) if asked.entry.kind in {Kind.RESERVE, Kind.RELEASE} else submitter


def _asked(register: Register, index: int, event: Event, submitter: str, at: datetime) -> tuple[Asked | None, str]:
    number = event.licence or ""
    held, lines = held_licence(number), stored_lines(number)
    # One that names no line means the only one.
    name = event.licence_line or (next(iter(lines)) if len(lines) == 1 else NO_LINE)
    line = lines.get(name)
    size = register.size
    site = registered_site(left_at(event), size)
    is_customs = is_customs_at(stored_rights(register), submitter, site, at.date())
    if event.error is not None:
        return _taken_back(index, event, submitter)
    kind = Kind.EXIT if is_customs else Kind.RESERVE
    if kind is Kind.RESERVE and not speaks_for_holder(event, submitter, held, size):
        return None, "licence.not_the_holder" if held is not None else "licence.unknown"
    unit = line.unit if line is not None else "KGM"
    entry = entry_of(event, kind, index, unit, _zone(held))
    if entry is None:
        return None, NO_UNIT
    asked = Asked(
        licence=number,
        line=name,
        entry=entry,
        site=left_at(event),
        owner=owner_of(event),
        event=index,
        instant=write_instant(event.at),
    )
    return (None, TOLD_BEFORE) if line is not None and _is_told(asked, line, submitter) else (asked, "")


def _zone(held: HeldLicence | None) -> tzinfo:
    return UTC if held is None else zone_of(held.licence.zone)


def speaks_for_holder(event: Event, submitter: str, held: HeldLicence | None, size: int) -> bool:
    """Tell whether an event is the holder's: its own, or submitted for it by who may speak for its site.

    The door has let the submitter speak for the place that the goods were sent from.
    """
    if held is None or owner_of(event) != held.licence.holder:
        return False
    if submitter in {held.licence.holder, OPERATOR}:
        return True
    site = registered_site(sent_from(event), size)
    return site is not None and site.operator_on(event.at.date()) == held.licence.holder


def _is_told(asked: Asked, line: LicenceLineRow, submitter: str) -> bool:
    """Tell whether customs told the same exit before in another event, which nobody declared wrong."""
    if asked.entry.kind is not Kind.EXIT:
        return False
    rows = LicenceEntryRow.objects.filter(line=line, declaration=asked.entry.declaration, kind=Kind.EXIT.value)
    documents = Registration.objects.filter(log_index__in=list(rows.values_list("log_index", flat=True)))
    for index, document in documents.values_list("log_index", "document"):
        fields = json.loads(document)
        same = (fields.get("instant"), fields["party"]) == (asked.instant, submitter)
        if same and Decimal(fields["entry"]["quantity"]) == asked.entry.quantity and not _is_corrected(line, index):
            return True
    return False


def _is_corrected(line: LicenceLineRow, index: int) -> bool:
    rows = LicenceEntryRow.objects.filter(line=line, kind=Kind.CORRECT.value)
    documents = Registration.objects.filter(log_index__in=list(rows.values_list("log_index", flat=True)))
    return any(json.loads(text).get("corrects") == index for text in documents.values_list("document", flat=True))


def _taken_back(index: int, event: Event, submitter: str) -> tuple[Asked | None, str]:
    """Return what takes back what the original of an error declaration did."""
    original = EventRecord.objects.filter(submitter=submitter, digest=event.original, is_original=True).first()
    led = None if original is None else LicensedEvent.objects.filter(log_index=original.log_index).first()
    if led is None or led.followed is None:
        return None, NOTHING_TO_TAKE_BACK
    row = LicenceEntryRow.objects.filter(log_index=led.followed, code=OK).select_related("line").first()
    entry = None if row is None else taken_back(row, index)
    if row is None or entry is None:
        return None, NOTHING_TO_TAKE_BACK
    return Asked(
        licence=row.line.number,
        line=row.line.line,
        entry=entry,
        site=left_at(event),
        owner=owner_of(event),
        event=index,
        instant=write_instant(event.at),
        corrects=row.log_index,
    ), ""


def taken_back(row: LicenceEntryRow, seq: int) -> Entry | None:
    """Return the entry that takes an entry back, as far as it is still there; None where nothing of it is."""
    share = share_on(row.line, row.declaration)
    if row.kind == Kind.RESERVE.value:
        return Entry(Kind.RELEASE, row.declaration, seq, row.day, unit=row.unit) if share.reserved > 0 else None
    quantity = min(share.left, unscaled(row.asked))
    return Entry(Kind.CORRECT, row.declaration, seq, row.day, quantity, row.unit) if quantity > 0 else None
