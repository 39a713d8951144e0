"""What a party itself submitted before, looked up for its corrections; nobody else's is (threat C1)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ytterby.chain.correction_check import OwnOriginal, OwnSubmissions
from ytterby.chain.door import ReadEvent, read_document
from ytterby.shell.site.packs import door_tables
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.models import EventRecord
from ytterby.shell.store.submitted_text import submitted_text


@dataclass(frozen=True)
class StoredOriginal:
    """An original whose bytes are read again only where somebody asks for them: where its digest is not the expected.

    What was handed in beside it may be ten thousand events.
    """

    digest: bytes
    submission: int
    number: int

    @cached_property
    def _read(self) -> ReadEvent:
        text, level = submitted_text(self.submission)
        (read,) = read_document(text, door_tables(), level=level, numbers={self.number}).events
        return read

    @property
    def raw(self) -> bytes:
        """Its bytes as they were handed in."""
        return self._read.raw

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes of its document."""
        return self._read.prefixes


def own_submissions(asked: Mapping[str, Iterable[str]]) -> dict[str, OwnSubmissions]:
    """Return, for each party, its stored originals and the digests of its error declarations under these eventIDs."""
    return {party: _of_party(party, sorted(event_ids)) for party, event_ids in asked.items()}


def _of_party(submitter: str, event_ids: list[str]) -> OwnSubmissions:
    originals: dict[str, OwnOriginal] = {}
    declared: dict[str, set[bytes]] = defaultdict(set)
    wrong: dict[str, set[bytes]] = defaultdict(set)
    # Two questions, each with an index of its own; one for both would read all that the party ever sent.
    columns = ("event_id", "digest", "submission_id", "number")
    where = "submitter = %s AND is_original"
    for event_id, digest, submission, number in rows_among(
        EventRecord, columns, "event_id", event_ids, where, [submitter]
    ):
        originals[event_id] = StoredOriginal(bytes(digest), submission, number)
    where = "submitter = %s AND NOT is_original"
    for event_id, digest, original in rows_among(
        EventRecord, ("event_id", "digest", "original"), "event_id", event_ids, where, [submitter]
    ):
        declared[event_id].add(bytes(digest))
        if original is not None:
            wrong[event_id].add(bytes(original))
    return OwnSubmissions(originals, _frozen(declared), _frozen(wrong))


def _frozen(digests: Mapping[str, Iterable[bytes]]) -> dict[str, frozenset[bytes]]:
    return {event_id: frozenset(each) for event_id, each in digests.items()}
