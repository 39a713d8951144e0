"""Who may say it: an event's places must be sites for which the submitting party may speak (threat P3).

The submitting party comes from its credential, never from the document. A party may report what happened at a site
that it operates on the day of the event, or for which it holds a mandate on that day. The places that count are those
at which the book will stand what is said: read point and business location, the source location of a dispatch, the
destination location of a receipt, a tank that is a place. A customs place that goods pass is mentioned by whoever
sends or fetches them, and spoken for by nobody else.

Source: threat P3 of the register's threat model; GS1 EPCIS 2.0 (2022), sections 7.3.5 (read point, business location)
and 7.3.6 (sources and destinations).
"""

from collections.abc import Iterable

from ytterby.chain.event import Event
from ytterby.chain.party import OPERATOR, Directory
from ytterby.terms.identifier import site_of
from ytterby.terms.problem import Problem, refuse

LEAVING_STEPS = frozenset(["shipping", "departing", "void_shipping"])
CROSSING_STEPS = frozenset(["departing", "arriving"])
RECEIVING = "receiving"
_PARTY_KINDS = ("owning_party", "possessing_party")


def check_speaker(
    events: Iterable[Event], submitter: str, directory: Directory, *, pointers: Iterable[str] | None = None
) -> list[Problem]:
    """Return a refusal for each place of each event for which the submitter may not speak on that day.

    `pointers` lead to the events in their document, in the same order; without them `/0`, `/1` ... are used. Days are
    those of UTC, as in the book. Codes: `speaker.not_allowed` (facts `site`, `day`), and `speaker.no_place` for an
    event that names no place and whose parties are others. The answer is the same whether a site is another party's
    or not known at all (threat C2).
    """
    if submitter == OPERATOR:
        return []
    places = iter(pointers) if pointers is not None else None
    problems: list[Problem] = []
    for number, event in enumerate(events):
        pointer = f"/{number}" if places is None else next(places)
        problems += _check_event(event, submitter, directory, pointer)
    return problems


def _check_event(event: Event, submitter: str, directory: Directory, pointer: str) -> list[Problem]:
    day = event.at.date()

    def may_speak(place: str | None) -> bool:
        return place is not None and directory.may_speak(submitter, site_of(place), day)

    source, destination = event.source("location"), event.destination("location")
    named = [(f, p) for f, p in (("readPoint", event.read_point), ("bizLocation", event.biz_location)) if p]
    spoken = list(named)
    is_fetched = event.biz_step == "arriving" and may_speak(destination)
    if event.biz_step in CROSSING_STEPS and (may_speak(source) or is_fetched):
        spoken = [(field, place) for field, place in named if not directory.is_customs(site_of(place))]
    if event.biz_step in LEAVING_STEPS and source:
        spoken.append(("sourceList", source))
    elif event.biz_step == RECEIVING and destination:
        spoken.append(("destinationList", destination))
    if event.pool and (site_of(event.pool) != event.pool or event.pool in directory.sites):
        spoken.append(("ree:pool", event.pool))
    if not named and not spoken and not _is_party(event, submitter):
        return [refuse("speaker.no_place", pointer, event.event_id or event.kind)]
    return [
        refuse("speaker.not_allowed", f"{pointer}/{field}", place, site=site_of(place), day=day.isoformat())
        for field, place in spoken
        if not may_speak(place)
    ]


def _is_party(event: Event, submitter: str) -> bool:
    """Tell whether the submitter is one of the parties between which an event without place happened."""
    return any(kind in _PARTY_KINDS and party == submitter for kind, party in (*event.sources, *event.destinations))
