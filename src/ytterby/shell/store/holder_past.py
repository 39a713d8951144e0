"""What a party exported and was licensed, kept by the process and brought up to a log size by what came since: so that
a thousandth case of a party costs what its first did.

What a size gave it always gives, since the log only grows; a question about an earlier size than is kept is answered
from the tables. Who may read: nobody by this.
"""

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from ytterby.shell.site.register import current_register
from ytterby.shell.store.licences import LICENCE
from ytterby.shell.store.models import LicenceEntryRow, LicenceRow, Registration
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.writing import is_settled

KEPT = 4_096
LICENCES_MOST = 200  # of a year, the latest; the largest of fewer makes a case stricter and never lighter


@dataclass(frozen=True, slots=True)
class PastExits:
    """The exits of a party below a log size: the first one of each licence, and in the log's order each one that was on
    an earlier day than all before it.
    """

    size: int = 0
    firsts: Mapping[str, int] = field(default_factory=dict)
    earlier: tuple[tuple[int, str], ...] = ()

    def used(self, size: int) -> int:
        """Return on how many licences something had left below a size."""
        return sum(index < size for index in self.firsts.values())

    def is_used(self, licence: str, size: int) -> bool:
        """Tell whether something had left on a licence below a size."""
        return self.firsts.get(licence, size) < size

    def first_day(self, size: int) -> date | None:
        """Return the day of the earliest exit below a size."""
        place = bisect_left(self.earlier, (size, ""))
        return date.fromisoformat(self.earlier[place - 1][1]) if place else None

    def after(self, size: int, exits: Iterable[tuple[int, str, str]]) -> "PastExits":
        """Return it with the exits up to another size: number in the log, licence and day of each, in order."""
        new = list(exits)
        if not new:
            return replace(self, size=size)
        firsts, earlier = dict(self.firsts), list(self.earlier)
        for index, licence, day in new:
            firsts.setdefault(licence, index)
            if not earlier or day < earlier[-1][1]:
                earlier.append((index, day))
        return PastExits(size, firsts, tuple(earlier))


@dataclass(frozen=True, slots=True)
class PastLicence:
    """A licence as it was issued: its number in the log, its end users, and how much of which unit its lines held."""

    index: int
    end_users: frozenset[str]
    lines: tuple[tuple[Decimal, str], ...]


_exits = Kept[PastExits](KEPT)
_licences = Kept[tuple[int, tuple[PastLicence, ...]]](KEPT)


def past_exits(party: str, known: Known) -> PastExits:
    """Return the exits of a party, at least up to a size."""
    key = (current_register().id, party)
    kept = _exits.peek(key) or PastExits()
    if kept.size >= known.size:
        return kept
    numbers = LicenceRow.objects.filter(holder=party, version=1).values("number")
    rows = LicenceEntryRow.objects.filter(
        line__number__in=numbers, log_index__gte=kept.size, log_index__lt=known.size, drawn__gt=0
    )
    told = rows.order_by("log_index", "pk").values_list("log_index", "line__number", "day")
    made = kept.after(known.size, told)
    if is_settled(known.size):
        _exits.put(key, made)
    return made


def past_licences(holder: str, since: str, known: Known) -> tuple[PastLicence, ...]:
    """Return the licences of a party that are valid from a later day than `since`, the latest ones first and so many at
    most.
    """
    key = (current_register().id, holder, since)
    size, kept = _licences.peek(key) or (0, ())
    if known.size < size:
        return _issued(holder, since, 0, known.size)
    if known.size > size:
        kept = (*_issued(holder, since, size, known.size), *kept)[:LICENCES_MOST]
        if is_settled(known.size):
            _licences.put(key, (known.size, kept))
    return kept


def _issued(holder: str, since: str, first: int, size: int) -> tuple[PastLicence, ...]:
    rows = LicenceRow.objects.filter(holder=holder, log_index__gte=first, log_index__lt=size, valid_from__gt=since)
    latest = rows.order_by("-log_index").values("log_index")[:LICENCES_MOST]
    documents = Registration.objects.filter(kind=LICENCE, log_index__in=latest).order_by("-log_index")
    return tuple(_past(index, document) for index, document in documents.values_list("log_index", "document"))


def _past(index: int, document: str) -> PastLicence:
    licence = json.loads(document)
    lines = tuple((Decimal(line["quantity"]), str(line["unit"])) for line in licence["lines"])
    return PastLicence(index, frozenset(licence.get("end_users", ())), lines)
