"""A party's own stored originals, looked up for its corrections; nobody else's are."""

from collections.abc import Sequence

from ytterby.chain.event import Event
from ytterby.shell.store.models import EventRecord
from ytterby.shell.store.reading.entries import accepted_event

CHUNK = 500


def own_originals(submitter: str, events: Sequence[tuple[int, Event]]) -> dict[str, Event]:
    """Return the party's stored originals whose eventID one of these events bears."""
    wanted = sorted({event.event_id for _, event in events if event.event_id is not None})
    found: dict[str, Event] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = EventRecord.objects.filter(
            submitter=submitter, is_original=True, event_id__in=wanted[start : start + CHUNK]
        )
        for event_id, submission, number in rows.values_list("event_id", "submission_id", "number"):
            found[event_id or ""] = accepted_event(submission, number)
    return found
