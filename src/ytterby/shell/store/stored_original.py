"""What a party itself submitted before, looked up for its corrections; nobody else's is (threat C1)."""

from collections import defaultdict
from collections.abc import Iterable

from ytterby.chain.correction_check import OwnOriginal, OwnSubmissions
from ytterby.chain.door import read_document
from ytterby.shell.site.packs import door_tables
from ytterby.shell.store.models import EventRecord, Submission
from ytterby.shell.store.reading.entries import unpacked

CHUNK = 500  # parameters of one IN list


def own_submissions(submitter: str, event_ids: Iterable[str]) -> OwnSubmissions:
    """Return the party's stored originals and the digests of its error declarations under these eventIDs."""
    wanted = sorted(event_ids)
    places: dict[int, dict[int, str]] = defaultdict(dict)
    declared: dict[str, set[bytes]] = defaultdict(set)
    wrong: dict[str, set[bytes]] = defaultdict(set)
    for start in range(0, len(wanted), CHUNK):
        mine = EventRecord.objects.filter(submitter=submitter, event_id__in=wanted[start : start + CHUNK])
        # Two questions, each with an index of its own; one for both would read all that the party ever sent.
        for event_id, submission, number in mine.filter(is_original=True).values_list(
            "event_id", "submission_id", "number"
        ):
            places[submission][number] = event_id or ""
        for event_id, digest, original in mine.filter(is_original=False).values_list("event_id", "digest", "original"):
            declared[event_id or ""].add(bytes(digest))
            if original is not None:
                wrong[event_id or ""].add(bytes(original))
    originals = {}
    for submission, numbers in places.items():
        document, level = Submission.objects.values_list("document", "level").get(id=submission)
        for read in read_document(unpacked(document), door_tables(), level=level).events:
            if read.number in numbers and read.digest is not None:
                originals[numbers[read.number]] = OwnOriginal(read.digest, read.raw, read.prefixes)
    return OwnSubmissions(
        originals,
        {event_id: frozenset(digests) for event_id, digests in declared.items()},
        {event_id: frozenset(digests) for event_id, digests in wrong.items()},
    )
