"""What a party exported under licence before, as the log tells it up to a size: whether it may hold a licence for many
exports, and how long a record the score card may count.

The first day of a licence stands for that of its issue; an exit is an entry that draws, whichever body confirmed it.
Penalties are nowhere recorded, and so not known.

Who may read: nobody by this; what comes of it is told to officers, and to a party of itself.
"""

import json
from datetime import date
from decimal import Decimal

from django.db.models import Count, Min, QuerySet

from ytterby.licence.eligibility import History, PastLicence, years_between
from ytterby.licence.year import year_before
from ytterby.shell.store.models import LicenceEntryRow, LicenceRow, Registration
from ytterby.shell.store.reading.known import Known


def exporter_record(party: str, known: Known, on: date) -> dict[str, Decimal | bool]:
    """Return the facts of a party's record that a score card asks, in one query however many licences it held."""
    found = _exits(party, known).aggregate(first=Min("day"), used=Count("line__number", distinct=True))
    years = years_between(date.fromisoformat(found["first"]), on) if found["first"] else 0
    return {"exporter_years": Decimal(max(years, 0)), "licences_used": Decimal(found["used"])}


def holder_history(party: str, body: str, known: Known, on: date) -> History:
    """Return the history of a party of a body of a procedure: its first exit, and the licences of two years."""
    exits = _exits(party, known)
    first = exits.aggregate(first=Min("day"))["first"]
    since = year_before(year_before(on)).isoformat()
    rows = LicenceRow.objects.filter(holder=party, version=1, log_index__lt=known.size, valid_from__gt=since)
    issued = dict(rows.values_list("number", "valid_from"))
    used = set(exits.filter(line__number__in=issued).values_list("line__number", flat=True))
    licences = tuple(
        PastLicence(date.fromisoformat(issued[number]), codes, number in used)
        for number, codes in _codes(rows.values_list("log_index", flat=True)).items()
    )
    return History(body, date.fromisoformat(first) if first else None, licences)


def _exits(party: str, known: Known) -> QuerySet[LicenceEntryRow]:
    """Return the entries by which goods left under licences of a party."""
    numbers = LicenceRow.objects.filter(holder=party, version=1).values("number")
    return LicenceEntryRow.objects.filter(line__number__in=numbers, log_index__lt=known.size, drawn__gt=0)


def _codes(indexes: QuerySet[LicenceRow, int]) -> dict[str, tuple[str, ...]]:
    """Return the control codes of licences by their number."""
    rows = Registration.objects.filter(log_index__in=list(indexes)).order_by("log_index")
    return {
        number: tuple(sorted({line["code"] for line in json.loads(document)["lines"] if line.get("code")}))
        for number, document in rows.values_list("key", "document")
    }
