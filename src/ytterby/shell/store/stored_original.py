"""What a party itself submitted before, looked up for its corrections; nobody else's is (threat C1)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ytterby.chain.correction_check import OwnOriginal, OwnSubmissions
from ytterby.chain.door import read_document
from ytterby.shell.site.packs import door_tables
from ytterby.shell.store.derived.threads import chunks
from ytterby.shell.store.models import EventRecord
from ytterby.shell.store.submitted_text import submitted_text


def own_submissions(asked: Mapping[str, Iterable[str]]) -> dict[str, OwnSubmissions]:
    """Return, for each party, its stored originals and the digests of its error declarations under these eventIDs."""
    wanted = sorted({(party, event_id) for party, ids in asked.items() for event_id in ids})
    places: dict[int, dict[int, tuple[str, str]]] = defaultdict(dict)
    declared: dict[str, dict[str, set[bytes]]] = {party: defaultdict(set) for party in asked}
    wrong: dict[str, dict[str, set[bytes]]] = {party: defaultdict(set) for party in asked}
    for part in chunks(wanted):
        pairs = set(part)
        parties, ids = {party for party, _ in part}, {event_id for _, event_id in part}
        rows = EventRecord.objects.filter(submitter__in=parties, event_id__in=ids)
        # Two questions, each with an index of its own; one for both would read all that the parties ever sent.
        columns = ("submitter", "event_id", "submission_id", "number")
        for party, event_id, submission, number in rows.filter(is_original=True).values_list(*columns):
            if (party, event_id) in pairs:
                places[submission][number] = (party, event_id or "")
        declarations = rows.filter(is_original=False)
        for party, event_id, digest, original in declarations.values_list(
            "submitter", "event_id", "digest", "original"
        ):
            if (party, event_id) in pairs:
                declared[party][event_id or ""].add(bytes(digest))
                if original is not None:
                    wrong[party][event_id or ""].add(bytes(original))
    originals = _originals(places)
    return {
        party: OwnSubmissions(originals.get(party, {}), _frozen(declared[party]), _frozen(wrong[party]))
        for party in asked
    }


def _originals(places: Mapping[int, Mapping[int, tuple[str, str]]]) -> dict[str, dict[str, OwnOriginal]]:
    """Return originals by party and eventID, read again from the submissions and numbers where they stand."""
    found: dict[str, dict[str, OwnOriginal]] = defaultdict(dict)
    for submission, numbers in places.items():
        text, level = submitted_text(submission)
        for read in read_document(text, door_tables(), level=level, numbers=numbers).events:
            if read.digest is not None:
                party, event_id = numbers[read.number]
                found[party][event_id] = OwnOriginal(read.digest, read.raw, read.prefixes)
    return found


def _frozen(digests: Mapping[str, Iterable[bytes]]) -> dict[str, frozenset[bytes]]:
    return {event_id: frozenset(each) for event_id, each in digests.items()}
