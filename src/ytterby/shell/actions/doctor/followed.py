"""Whether each export event that names a licence was followed to what it says: an exit that nobody follows is drawn
nowhere (threats D1, Q4).
"""

import json
from collections.abc import Iterator, Mapping

from ytterby.shell.actions.doctor.unsound import Unsound, at_entry
from ytterby.shell.actions.follow_exports import WITHOUT_EFFECT
from ytterby.shell.store.licences import DRAW_DOWN
from ytterby.shell.store.models import LicensedEvent, Registration
from ytterby.shell.wording import catalogue
from ytterby.terms.problem import finding


def unsound_followed(named: Mapping[int, str]) -> Iterator[Unsound]:
    """Name each row of a followed event that is not what the log gives. `named`: event -> the licence that it names."""
    led = _led()
    rows = {row.log_index: row for row in LicensedEvent.objects.order_by("log_index").iterator()}
    for index, licence in named.items():
        row = rows.pop(index, None)
        flaw = "the row is gone" if row is None else _flaw(row, licence, led.get(index))
        if flaw:
            yield Unsound(finding("licence.followed"), at_entry(index), flaw)
    for index in rows:
        yield Unsound(finding("licence.followed"), at_entry(index), "no event there names a licence")


def _led() -> dict[int, int]:
    """Return the number of the record that each event led to."""
    rows = Registration.objects.filter(kind=DRAW_DOWN).order_by("log_index")
    said = ((index, json.loads(text).get("event")) for index, text in rows.values_list("log_index", "document"))
    return {event: index for index, event in said if event is not None}


def _flaw(row: LicensedEvent, licence: str, led: int | None) -> str:
    if row.licence != licence:
        return "it names another licence"
    if row.why and row.why not in {*catalogue(), *WITHOUT_EFFECT}:
        return "the reason is none"
    if row.followed is None:
        return "it led to a record, and the row says that it waits" if led is not None or row.why else ""
    if led is not None:
        return "" if row.followed == led else "it led to another record"
    return "" if row.followed == row.log_index and row.why else "it led to no record"
