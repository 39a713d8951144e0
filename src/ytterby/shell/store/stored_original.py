"""What a party itself submitted before, looked up for its corrections; nobody else's is (threat C1)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from ytterby.chain.correction_check import OwnOriginal, OwnSubmissions
from ytterby.chain.door import ReadEvent, read_document
from ytterby.shell.site.packs import door_tables
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.models import EventRecord, Submission
from ytterby.shell.store.reading.entries import unpacked


class StoredOriginal(OwnOriginal):
    """An original whose bytes are read again only where somebody asks for them: where its digest is not the expected.

    What was handed in beside it may be ten thousand events.
    """

    def __init__(self, digest: bytes, submission: int, number: int) -> None:
        object.__setattr__(self, "digest", digest)
        object.__setattr__(self, "place", (submission, number))

    @cached_property
    def _read(self) -> ReadEvent:
        submission, number = self.place  # type: ignore[attr-defined]
        document, level = Submission.objects.values_list("document", "level").get(id=submission)
        (read,) = read_document(unpacked(document), door_tables(), level=level, numbers={number}).events
        return read

    @property
    def raw(self) -> bytes:
        """Its bytes as they were handed in."""
        return self._read.raw

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes of its document."""
        return self._read.prefixes


def own_submissions(submitter: str, event_ids: Iterable[str]) -> OwnSubmissions:
    """Return the party's stored originals and the digests of its error declarations under these eventIDs."""
    wanted = sorted(event_ids)
    originals: dict[str, OwnOriginal] = {}
    declared: dict[str, set[bytes]] = defaultdict(set)
    # Two questions, each with an index of its own; one for both would read all that the party ever sent.
    columns = ("event_id", "digest", "submission_id", "number")
    where = "submitter = %s AND is_original"
    for event_id, digest, submission, number in rows_among(
        EventRecord, columns, "event_id", wanted, where, [submitter]
    ):
        originals[event_id] = StoredOriginal(bytes(digest), submission, number)
    where = "submitter = %s AND NOT is_original"
    for event_id, digest in rows_among(EventRecord, ("event_id", "digest"), "event_id", wanted, where, [submitter]):
        declared[event_id].add(bytes(digest))
    return OwnSubmissions(originals, {event_id: frozenset(digests) for event_id, digests in declared.items()})
