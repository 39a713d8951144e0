"""What a party itself submitted before, looked up for its corrections; nobody else's is (threat C1)."""

from collections import defaultdict
from collections.abc import Iterable

from ytterby.chain.correction_check import OwnOriginal, OwnSubmissions
from ytterby.chain.door import read_document
from ytterby.shell.site.packs import door_tables
from ytterby.shell.store.models import EventRecord
from ytterby.shell.store.submitted_text import submitted_text

CHUNK = 500  # parameters of one IN list


def own_submissions(submitter: str, event_ids: Iterable[str]) -> OwnSubmissions:
    """Return the party's stored originals and the digests of its error declarations under these eventIDs."""
    wanted = sorted(event_ids)
    places: dict[int, dict[int, str]] = defaultdict(dict)
    declared: dict[str, set[bytes]] = defaultdict(set)
    for start in range(0, len(wanted), CHUNK):
        mine = EventRecord.objects.filter(submitter=submitter, event_id__in=wanted[start : start + CHUNK])
        # Two questions, each with an index of its own; one for both would read all that the party ever sent.
        for event_id, submission, number in mine.filter(is_original=True).values_list(
            "event_id", "submission_id", "number"
        ):
            places[submission][number] = event_id or ""
        for event_id, digest in mine.filter(is_original=False).values_list("event_id", "digest"):
            declared[event_id or ""].add(bytes(digest))
    originals = {}
    for submission, numbers in places.items():
        text, level = submitted_text(submission)
        for read in read_document(text, door_tables(), level=level).events:
            if read.number in numbers and read.digest is not None:
                originals[numbers[read.number]] = OwnOriginal(read.digest, read.raw, read.prefixes)
    return OwnSubmissions(originals, {event_id: frozenset(digests) for event_id, digests in declared.items()})
