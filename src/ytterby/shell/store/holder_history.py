"""What a party exported under licence before, as the log tells it up to a size: whether it may hold a licence for many
exports, and how long a record the score card may count.

The first day of a licence stands for that of its issue; an exit is an entry that draws, whichever body confirmed it.
Penalties are nowhere recorded, and so not known.

Who may read: nobody by this; what comes of it is told to officers, and to a party of itself.
"""

import json
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from ytterby.licence.eligibility import History, PastLicence, years_between
from ytterby.licence.year import year_before
from ytterby.shell.store.holder_past import past_exits
from ytterby.shell.store.models import LicenceRow, Registration
from ytterby.shell.store.reading.known import Known


def exporter_record(party: str, known: Known, on: date) -> dict[str, Decimal | bool]:
    """Return the facts of a party's record that a score card asks."""
    exits = past_exits(party, known)
    first = exits.first_day(known.size)
    years = years_between(first, on) if first is not None else 0
    return {"exporter_years": Decimal(max(years, 0)), "licences_used": Decimal(exits.used(known.size))}


def holder_history(party: str, body: str, known: Known, on: date) -> History:
    """Return the history of a party of a body of a procedure: its first exit, and the licences of two years."""
    since = year_before(year_before(on)).isoformat()
    rows = LicenceRow.objects.filter(holder=party, version=1, log_index__lt=known.size, valid_from__gt=since)
    issued = dict(rows.values_list("number", "valid_from"))
    exits = past_exits(party, known)
    licences = tuple(
        PastLicence(date.fromisoformat(issued[number]), codes, exits.is_used(number, known.size))
        for number, codes in _codes(rows.values_list("log_index", flat=True)).items()
    )
    return History(body, exits.first_day(known.size), licences)


def _codes(indexes: QuerySet[LicenceRow, int]) -> dict[str, tuple[str, ...]]:
    """Return the control codes of licences by their number."""
    rows = Registration.objects.filter(log_index__in=list(indexes)).order_by("log_index")
    return {
        number: tuple(sorted({line["code"] for line in json.loads(document)["lines"] if line.get("code")}))
        for number, document in rows.values_list("key", "document")
    }
