"""Who may see an event, and why: written with the event, from the document and the directory of that moment."""

from collections.abc import Collection, Iterable
from datetime import date

from ytterby.chain.event import Event
from ytterby.chain.party import Directory
from ytterby.shell.store.asking import rows_among, rows_where
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import Reader
from ytterby.terms.identifier import site_of

PARTY_KINDS = ("owning_party", "possessing_party")
# Each reason is a bit of `Visible.why`, by its place; new ones go to the end.
WHYS = ("submitter", "site_holder", "customs", "named_source", "named_destination", "end_user")
_BITS = {why: 1 << place for place, why in enumerate(WHYS)}
_SUBMITTER, _SITE_HOLDER, _CUSTOMS, _SOURCE, _DESTINATION, _END_USER = _BITS.values()


def bits_of(whys: Iterable[str]) -> int:
    """Return reasons as they are stored together.

    Raises:
        KeyError: one is no reason.
    """
    bits = 0
    for why in whys:
        bits |= _BITS[why]
    return bits


class Readers:
    """Tells who may see events, by a directory; what it was asked about a place and a day it does not look up again."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._holders: dict[tuple[str, date], tuple[str | None, int]] = {}

    def of(self, event: Event, submitter: str) -> dict[str, int]:
        """Return the parties that may see an event, each with its reasons as bits."""
        day = event.at.date()
        found = {submitter: _SUBMITTER}
        for place in (event.biz_location, event.read_point):
            if place:
                party, why = self._holder(place, day)
                if party:
                    found[party] = found.get(party, 0) | why
        for why, pairs in ((_SOURCE, event.sources), (_DESTINATION, event.destinations)):
            for kind, identifier in pairs:
                party = identifier if kind in PARTY_KINDS else self._holder(identifier, day)[0]
                if party:
                    found[party] = found.get(party, 0) | why
        for user in (event.end_user, *(use.end_user for use in event.uses)):
            if user and user in self._directory.parties:
                found[user] = found.get(user, 0) | _END_USER
        return found

    def _holder(self, place: str, day: date) -> tuple[str | None, int]:
        """Return who operates the site of a place on a day, and for which reason that party sees what happens there."""
        found = self._holders.get((place, day))
        if found is None:
            site = site_of(place)
            why = _CUSTOMS if self._directory.is_customs(site) else _SITE_HOLDER
            found = self._holders[(place, day)] = (self._directory.operator_of(site, day), why)
        return found


def reader_ids(parties: Collection[str]) -> dict[str, int]:
    """Return the numbers under which parties are written as readers, new ones written; the caller holds the lock."""
    found: dict[str, int] = dict(rows_among(Reader, ("party", "id"), "party", parties))
    new = sorted(set(parties) - found.keys())
    if new:
        last = max((id_ for (id_,) in rows_where(Reader, ("id",), "true", then="ORDER BY id DESC LIMIT 1")), default=0)
        numbered = {party: number for number, party in enumerate(new, last + 1)}
        insert_rows(Reader, ("id", "party"), [(number, party) for party, number in numbered.items()])
        found |= numbered
    return found
