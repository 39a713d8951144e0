"""The list of licences, a page at a time in order of their numbers, since there may be a million.

Who may read: as in `licences`: the holder its own; the licensing office, auditors and the register's operator all;
customs those of its country. It is told as the log has it at a size; of an earlier size it is worked out from the
records.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from ytterby.licence.licence import Licence
from ytterby.shell.site.register import current_register
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.licence_replay import replay_licences
from ytterby.shell.store.licences import SUPERSEDED, licence_of, licence_table
from ytterby.shell.store.log_marks import head_size
from ytterby.shell.store.models import LicenceRow, Registration
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import AUDIT, CUSTOMS, LICENSING, Viewer
from ytterby.shell.store.registrations import registered_site

OFFICES = frozenset({LICENSING, AUDIT})
EXPIRED = "expired"
PAGE, PAGE_MOST = 50, 500

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WantedLicences:
    """Which licences: with such a part in their number, that stand so, behind a number (`next` of the page before)."""

    number: str = ""
    status: str | None = None
    after: str = ""
    limit: int = PAGE


class _Standing(NamedTuple):
    """Where the version of a number that stands is, and what it says."""

    status: str
    customs: str
    licence: Licence


ALL = WantedLicences()


def list_licences(viewer: Viewer, *, known: Known, on: date, wanted: WantedLicences = ALL) -> Json:
    """Return a page of the licences that a viewer may read; `next` is where the next one begins, None at the end."""
    limit = max(1, min(wanted.limit, PAGE_MOST))
    held = _stored(viewer, wanted, limit) if known.size >= head_size() else _replayed(wanted, known)
    readable = (one for one in held if may_read(viewer, one.licence, known))
    told = (_row(one, on) for one in readable)
    found = list(islice((row for row in told if wanted.status in {None, row["status"]}), limit + 1))
    more = len(found) > limit
    page = found[:limit]
    return {"licences": page, "next": page[-1]["licence"] if more else None, "as_of_size": known.size}


def may_read(viewer: Viewer, licence: Licence, known: Known) -> bool:
    """Tell whether a licence exists for a viewer."""
    if viewer.party == licence.holder or viewer.mandates & OFFICES:
        return True
    if CUSTOMS not in viewer.mandates:
        return False
    sites = (registered_site(place, known.size) for place in viewer.places)
    return any(site is not None and site.country == licence.country for site in sites)


def status_on(status: str, licence: Licence, on: date) -> str:
    """Return a status as of a day: what may still be ended is expired after its last day."""
    return EXPIRED if on.isoformat() > licence.valid_to and licence_table().row(status, "expire") else status


def _stored(viewer: Viewer, wanted: WantedLicences, at_once: int) -> Iterator[_Standing]:
    """Yield licences as the tables hold them, in order of their numbers, some at a time."""
    rows = LicenceRow.objects.exclude(status=SUPERSEDED).order_by("number")
    if wanted.number:
        rows = rows.filter(number__icontains=wanted.number)
    if not viewer.mandates & (OFFICES | {CUSTOMS}):
        rows = rows.filter(holder=viewer.party)
    after = wanted.after
    while some := list(rows.filter(number__gt=after)[: at_once + 1]):
        indexes = [row.log_index for row in some]
        documents = dict(rows_among(Registration, ("log_index", "document"), "log_index", indexes))
        for row in some:
            licence = licence_of(msgspec.json.decode(documents[row.log_index]))
            yield _Standing(row.status, row.customs, licence)
        if len(some) <= at_once:
            return
        after = some[-1].number


def _replayed(wanted: WantedLicences, known: Known) -> Iterator[_Standing]:
    """Yield licences as the records up to a size tell them, in order of their numbers."""
    found = replay_licences(current_register(), size=known.size)
    part = wanted.number.casefold()
    for one in sorted(found.versions):
        is_wanted = one.number > wanted.after and part in one.number.casefold()
        if is_wanted and one.version == found.licences[one.number].version:
            yield _Standing(one.status, one.customs, found.licences[one.number])


def _row(one: _Standing, on: date) -> Json:
    licence = one.licence
    return {
        "licence": licence.number,
        "version": licence.version,
        "status": status_on(one.status, licence, on),
        "customs": one.customs,
        "holder": licence.holder,
        "destination": licence.destination,
        "validity": {"from": licence.valid_from, "to": licence.valid_to},
    }
