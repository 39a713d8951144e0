"""What the licences of a holder have let out and may still let out, against the ceilings that a licence took over.

What counts of each declaration: what it drew, what it has reserved, and what left beyond the licence, on the first day
that it names; goods that came back count no more where the pack says that they restore the balance. All licences count
that the holder has under the same procedure and kind.

At the issue what those may still let out counts as well (`beyond_at`): a licence that ended lets out nothing any more.
At a draw (`goes_beyond`) what has left and is reserved counts alone.

Who may read: nobody by this; what comes of it is a refusal of a step or an entry.
"""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from ytterby.law.licence_kind import Per
from ytterby.licence.ceiling import EXACT, CountedExit, Room, beyond
from ytterby.licence.ceiling_terms import NOT_KNOWN, CeilingTerm, LineContent, counted, together
from ytterby.licence.licence import Licence, unscaled
from ytterby.licence.step import Issue
from ytterby.licence.year import year_before
from ytterby.shell.site.register import current_register
from ytterby.shell.store.case_marks import ENDED
from ytterby.shell.store.licence_replay import replay_licences
from ytterby.shell.store.licences import LICENCE, licence_of
from ytterby.shell.store.models import LicenceEntryRow, LicenceRow, Registration

NOTHING = Decimal(0)


class Counted(NamedTuple):
    """What an entry would let out: on which line, under which declaration, how much, on which day."""

    line: str
    declaration: str
    quantity: Decimal
    on: date


class _Taken(NamedTuple):
    """What a declaration took of a line, and the first day that it names."""

    on: date
    quantity: Decimal
    reserved: Decimal


def goes_beyond(licence: Licence, asked: Counted) -> bool:
    """Tell whether an entry goes beyond a ceiling of a licence; what its declaration has reserved counts already."""
    if not licence.ceilings:
        return False
    taken = {number: _taken(number, None) for number in _numbers(licence, None)}
    own = taken.get(licence.number, {}).get((asked.line, asked.declaration))
    more = asked.quantity - (own.reserved if own is not None else NOTHING)
    if more <= NOTHING:
        return False
    new = counted(asked.on, more, _contents(licence).get(asked.line, NOT_KNOWN))
    exits = {number: _exits(number, rows, None) for number, rows in taken.items()}
    return any(_beyond(one, licence.number, exits, new) for one in licence.ceilings)


def beyond_at(step: Issue, size: int) -> tuple[str, ...]:
    """Return the ceilings that the holder's licences would go beyond with one that is issued, as known at a log size.

    Of a ceiling for a year a licence may use the room of each year that its days begin.
    """
    try:
        licence = licence_of(step.content)
    except (msgspec.ValidationError, KeyError):
        return ()  # it is none, and other guards say so
    if not licence.ceilings:
        return ()
    first = date.fromisoformat(licence.valid_from)
    exits = {number: _whole(number, first, size) for number in _numbers(licence, size) if number != licence.number}
    new = together([counted(first, Decimal(one.quantity), one.content or NOT_KNOWN) for one in licence.lines], first)
    found = []
    for ceiling in licence.ceilings:
        years = 1 if ceiling.per is Per.LICENCE else _years(first, date.fromisoformat(licence.valid_to))
        for room in _beyond(ceiling, licence.number, exits, new, years):
            found.append(f"{room.ceiling} {room.element}".strip())
    return tuple(found)


def _beyond(
    ceiling: CeilingTerm, number: str, exits: Mapping[str, list[CountedExit]], new: CountedExit, years: int = 1
) -> tuple[Room, ...]:
    """Return where something new does not fit; of a ceiling for a licence that one's own exits count alone."""
    of_all = [one for held in exits.values() for one in held]
    counting = exits.get(number, []) if ceiling.per is Per.LICENCE else of_all
    widened = msgspec.structs.replace(ceiling, value=EXACT.multiply(ceiling.value, Decimal(years)))
    return beyond([widened], {}, counting, new)


def _years(first: date, last: date) -> int:
    """Return how many periods of twelve months the days of a licence begin."""
    years = 1
    while (last := year_before(last)) >= first:
        years += 1
    return years


def _numbers(licence: Licence, size: int | None) -> list[str]:
    """Return the licences of the same holder, procedure and kind; a new one is among them once it is entered."""
    rows = LicenceRow.objects.filter(holder=licence.holder)
    rows = rows if size is None else rows.filter(log_index__lt=size)
    found: dict[str, None] = {}
    for number, text in Registration.objects.filter(
        kind=LICENCE, log_index__in=list(rows.values_list("log_index", flat=True))
    ).values_list("key", "document"):
        fields: dict[str, Any] = json.loads(text)
        if (fields.get("procedure"), fields.get("kind")) == (licence.procedure, licence.kind):
            found[number] = None
    return list(found)


def _versions(number: str, size: int | None) -> list[Licence]:
    rows = Registration.objects.filter(kind=LICENCE, key=number)
    rows = rows if size is None else rows.filter(log_index__lt=size)
    return [licence_of(json.loads(text)) for text in rows.order_by("log_index").values_list("document", flat=True)]


def _contents(licence: Licence) -> dict[str, LineContent]:
    return {one.line: one.content or NOT_KNOWN for one in licence.lines}


def _taken(number: str, size: int | None) -> dict[tuple[str, str], _Taken]:
    """Return what each declaration took of each line of a licence."""
    rows = LicenceEntryRow.objects.filter(line__number=number).exclude(declaration="")
    rows = rows if size is None else rows.filter(log_index__lt=size)
    fields = ("line__line", "declaration", "day", "drawn", "reserved", "unlicensed")
    found: dict[tuple[str, str], _Taken] = {}
    for line, declaration, day, drawn, reserved, unlicensed in rows.order_by("log_index").values_list(*fields):
        before = found.get((line, declaration), _Taken(date.fromisoformat(day), NOTHING, NOTHING))
        quantity = before.quantity + unscaled(drawn) + unscaled(reserved) + unscaled(unlicensed)
        found[line, declaration] = _Taken(before.on, quantity, before.reserved + unscaled(reserved))
    return found


def _exits(number: str, taken: Mapping[tuple[str, str], _Taken], size: int | None) -> list[CountedExit]:
    """Return what the declarations of a licence count for, each line by the last version that has it."""
    held: dict[str, LineContent] = {}
    for version in _versions(number, size):
        held |= _contents(version)
    return [
        counted(one.on, one.quantity, held.get(line, NOT_KNOWN))
        for (line, _), one in taken.items()
        if one.quantity > NOTHING
    ]


def _whole(number: str, on: date, size: int) -> list[CountedExit]:
    """Return what a licence has let out, and on a day what it may still let out, as known at a log size."""
    taken = _taken(number, size)
    found = _exits(number, taken, size)
    licence = _versions(number, size)[-1]
    if licence.valid_to < on.isoformat() or _is_over(number, size):
        return found
    for line in licence.lines:
        used = sum((one.quantity for (name, _), one in taken.items() if name == line.line), NOTHING)
        left = Decimal(line.quantity) - used
        if left > NOTHING:
            found.append(counted(on, left, line.content or NOT_KNOWN))
    return found


def _is_over(number: str, size: int) -> bool:
    """Tell whether a licence lets nothing out any more, as known at a log size."""
    versions = replay_licences(current_register(), number=number, size=size).versions
    return bool(versions) and versions[-1].status in ENDED
