"""Who may see an event, and why: written with the event, from the document and the directory of that moment."""

from collections.abc import Iterator

from ytterby.chain.event import Event
from ytterby.chain.party import Directory
from ytterby.terms.identifier import site_of

PARTY_KINDS = ("owning_party", "possessing_party")


def readers_of(event: Event, submitter: str, directory: Directory) -> set[tuple[str, str]]:
    """Return (party, why) pairs; why is submitter, site_holder, customs, named_source, named_destination, end_user."""
    return set(_readers(event, submitter, directory))


def _readers(event: Event, submitter: str, directory: Directory) -> Iterator[tuple[str, str]]:
    day = event.at.date()

    def operator(place: str | None) -> str | None:
        return directory.operator_of(site_of(place), day) if place else None

    yield submitter, "submitter"
    for place in (event.biz_location, event.read_point):
        party = operator(place)
        if party and place:
            yield party, "customs" if directory.is_customs(site_of(place)) else "site_holder"
    for why, pairs in (("named_source", event.sources), ("named_destination", event.destinations)):
        for kind, identifier in pairs:
            party = identifier if kind in PARTY_KINDS else operator(identifier)
            if party:
                yield party, why
    users = [event.end_user, *(use.end_user for use in event.uses)]
    for user in users:
        if user and user in directory.parties:
            yield user, "end_user"
