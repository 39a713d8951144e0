"""A licence as a viewer may read it: where it stands, what is left of it, what left on it and beside it.

Who may read: the holder its own; the licensing office, auditors and the register's operator all; customs, with a place
of its own in the country whose office issued it, those. For everybody else there is no licence. The holder is told of
an exit what was drawn and whether customs' figure is its own, and nothing of proposals or of whom a check concerned.
"""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef

from ytterby.chain.party import OPERATOR
from ytterby.licence.draw_down import EXHAUSTED, OK, Entry, Kind, Line
from ytterby.licence.exit import NO_LICENCE, pairs
from ytterby.licence.licence import Licence, unscaled
from ytterby.licence.refusal import exit_problems
from ytterby.shell.site.register import current_register
from ytterby.shell.store.licence_ledger import exit_of
from ytterby.shell.store.licence_replay import EntryOnLine, LicenceReplay, replay_licences
from ytterby.shell.store.licences import DRAW_DOWN, LICENSED, held_licence
from ytterby.shell.store.models import EventRecord, LicenceEntryRow, LicensedEvent, Registration
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.licence_list import OFFICES, may_read, status_on
from ytterby.shell.store.reading.readers import PARTY_FIELDS
from ytterby.shell.store.reading.viewer import CUSTOMS, Viewer
from ytterby.terms.problem import Problem, problem_fields

NOT_THE_HOLDER = "licence.not_the_holder"

Json = dict[str, Any]


def show_licence(viewer: Viewer, number: str, *, known: Known, on: date) -> Json:
    """Return a licence with its lines, exits and, to the office, all that was entered on it.

    Raises:
        KeyError: there is none that the viewer may read.
    """
    found = replay_licences(current_register(), number=number, size=known.size)
    licence = found.licences.get(number)
    if licence is None or not may_read(viewer, licence, known):
        raise KeyError(number)
    now = next(one for one in found.versions if one.version == licence.version)
    status = status_on(now.status, licence, on)
    whole: Json = {
        "licence": number,
        "version": licence.version,
        "status": status,
        "customs": now.customs,
        "holder": licence.holder,
        "country": licence.country,
        "destination": licence.destination,
        "kind": licence.kind,
        "exports": licence.exports,
        "done_when": licence.done_when,
        "validity": {"from": licence.valid_from, "to": licence.valid_to},
        "lines": [_line(line, found.lines[number, line.line], licence, status) for line in licence.lines],
        "exits": list(_exits(found, viewer, licence)),
        "findings": [problem_fields(one) for one in _findings(found)],
        "entries": [_entry(one) for one in found.entries if one.kind != LICENSED],
        "waiting": _waiting(found, licence),
        "unlinked": [_unlinked(index, fields) for index, fields in sorted(found.unlinked[number].items())],
        "events": _events_told_otherwise(viewer, licence, known),
        "as_of_size": known.size,
    }
    shown = fields_for(viewer, licence)
    return whole if shown is None else {name: whole[name] for name in whole if name in shown}


def unlicensed_exits(viewer: Viewer, *, known: Known) -> list[Json]:
    """Return what left beyond licences, or on none, and what was drawn on a reservation alone, in order of the log.

    Who may read: the office and auditors all, customs what concerns licences of its country. Nobody else is alarmed.
    """
    if not viewer.mandates & (OFFICES | {CUSTOMS}):
        return []
    rows = LicenceEntryRow.objects.filter(kind=Kind.EXIT.value, log_index__lt=known.size).exclude(reason="")
    found = []
    for row in rows.select_related("line").order_by("log_index"):
        held, judged = held_licence(row.line.number), exit_of(row)
        if held is not None and judged is not None and may_read(viewer, held.licence, known):
            amounts = {"drawn": _plain(judged.drawn), "unlicensed": _plain(judged.unlicensed), "unit": row.line.unit}
            about = {"licence": row.line.number, "line": row.line.line, "declaration": row.declaration}
            found.append({"index": row.log_index, **about, **amounts, "reason": row.reason})
    if viewer.mandates & OFFICES:
        found += _on_no_licence(known)
    return sorted(found, key=lambda one: one["index"])


def _on_no_licence(known: Known) -> list[Json]:
    """Return exits of which no licence was there when they were recorded, and that nobody linked since."""
    records = Registration.objects.filter(kind=DRAW_DOWN, log_index__lt=known.size)
    entered = LicenceEntryRow.objects.filter(log_index=OuterRef("log_index"))
    # What is linked stands under the same number; nearly every record has its entry, and is not read.
    alone = dict(records.exclude(Exists(entered)).order_by("log_index").values_list("log_index", "key"))
    of_these = records.filter(key__in=set(alone.values())).values_list("log_index", "document") if alone else ()
    told = {index: json.loads(text) for index, text in of_these}
    linked = {fields["links"] for fields in told.values() if "links" in fields}
    found = []
    for index in alone:
        if index not in linked:
            fields = told[index]
            said, about = fields["entry"], {"licence": fields["id"], "line": fields["line"]}
            amounts = {"drawn": "0", "unlicensed": said["quantity"], "unit": said["unit"]}
            found.append({"index": index, **about, "declaration": said["declaration"], **amounts, "reason": NO_LICENCE})
    return found


def fields_for(viewer: Viewer, licence: Licence) -> frozenset[str] | None:
    """Return the fields that a viewer is shown; None for all."""
    if viewer.mandates & OFFICES:
        return None
    return PARTY_FIELDS["licence shown" if viewer.party == licence.holder else "licence shown to customs"]


def _line(line: Any, now: Line, licence: Licence, status: str) -> Json:
    # What is left of a licence whose one export is gone has lapsed: nobody uses it any more.
    has_lapsed = licence.ends_at_exit and status == EXHAUSTED
    return {
        "line": line.line,
        "product": line.product,
        "name": line.name,
        "code": line.code,
        "quantity": _plain(now.quantity),
        "tolerance": _plain(now.tolerance),
        "unit": now.unit,
        "drawn": _plain(now.drawn),
        "reserved": _plain(now.reserved),
        "free": "0" if has_lapsed else _plain(now.free),
        "lapsed": _plain(now.free) if has_lapsed else "0",
        "unlicensed": _plain(now.unlicensed),
        "is_exhausted": now.is_exhausted,
    }


def _exits(found: LicenceReplay, viewer: Viewer, licence: Licence) -> Iterator[Json]:
    """Yield each export as both sides tell it; to the holder its own figure, and whether the other one agrees."""
    by_line: dict[str, list[tuple[str, str, Decimal]]] = {}
    for one in found.entries:
        if one.code == OK and one.declaration:
            by_line.setdefault(one.line, []).append((one.declaration, one.kind, unscaled(one.asked)))
    is_whole = bool(viewer.mandates & (OFFICES | {CUSTOMS})) or viewer.party != licence.holder
    for line, said in sorted(by_line.items()):
        for pair in pairs(said):
            row = {
                "declaration": pair.declaration,
                "line": line,
                "exporter": _or_none(pair.exporter),
                "customs": _or_none(pair.customs),
                "difference": _or_none(pair.difference),
                "state": pair.state,
            }
            yield row if is_whole else {name: row[name] for name in row if name in PARTY_FIELDS["licence exit"]}


def _findings(found: LicenceReplay) -> Iterator[Problem]:
    """Yield what left beyond the licence, and what was drawn on a reservation when it was not open any more."""
    for one in found.entries:
        judged = exit_of(one)
        if judged is not None:
            entry = Entry(Kind.EXIT, one.declaration, one.seq, one.day, unscaled(one.asked), line=one.declaration_line)
            yield from exit_problems(entry, found.lines[one.number, one.line], judged)


def _entry(one: EntryOnLine) -> Json:
    return {
        "index": one.log_index,
        "line": one.line,
        "kind": one.kind,
        "declaration": one.declaration,
        "declaration_line": one.declaration_line,
        "seq": one.seq,
        "on": one.day,
        "quantity": _plain(unscaled(one.asked)),
        "code": one.code,
        "drawn": _plain(unscaled(one.drawn)),
        "reserved": _plain(unscaled(one.reserved)),
        "unlicensed": _plain(unscaled(one.unlicensed)),
        "reason": one.reason,
    }


def _waiting(found: LicenceReplay, licence: Licence) -> list[Json]:
    return [
        {"proposal": one.index, "command": one.command, "reason": one.reason, "text": one.text, "by": one.by}
        for one in found.changes[licence.number].waiting(licence.version)
    ]


def _unlinked(index: int, fields: Json) -> Json:
    said = fields["entry"]
    return {
        "record": index,
        "line": fields["line"],
        "declaration": said["declaration"],
        "seq": said["seq"],
        "on": said["on"],
        "quantity": said["quantity"],
        "unit": said["unit"],
    }


def _events_told_otherwise(viewer: Viewer, licence: Licence, known: Known) -> list[Json]:
    """Return events that name the licence and did nothing on it, or not all that they said, with why: to the office
    all of them, to others those that they handed in, or the operator for them as the holder.
    """
    rows = LicensedEvent.objects.filter(licence=licence.number, log_index__lt=known.size).exclude(why="")
    told = {row.log_index: row for row in rows.order_by("log_index")}
    if not told:
        return []
    said = dict(EventRecord.objects.filter(log_index__in=told).values_list("log_index", "submitter"))
    if not viewer.mandates & OFFICES:
        own = (viewer.party, OPERATOR) if viewer.party == licence.holder else (viewer.party,)
        told = {index: row for index, row in told.items() if said[index] in own and row.why != NOT_THE_HOLDER}
    return [{"index": index, "record": row.followed, "why": row.why} for index, row in told.items()]


def _plain(quantity: Decimal) -> str:
    """Return a quantity as plain decimal text."""
    return format(quantity.normalize() if quantity else Decimal(0), "f")


def _or_none(quantity: Decimal | None) -> str | None:
    return None if quantity is None else _plain(quantity)
