"""Cells as a question about one lot asks for them: of one edition, as of its watermark."""

from collections.abc import Collection

from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.derived.postings import counting
from ytterby.shell.store.derived.shelf import StoredShelf
from ytterby.shell.store.derived.threads import chunks, thread_ids
from ytterby.shell.store.models import EventCell, Touch


class StoredCells(StoredShelf):
    """What `chain.kept_cone` reads."""

    def events_of(self, lots: Collection[str]) -> Collection[bytes]:
        """Return the digests of events that touch lots."""
        found: set[bytes] = set()
        for part in chunks(list(thread_ids(lots).values())):
            touching = Touch.objects.filter(edition=self.edition, thread_id__in=part).values("log_index")
            rows = counting(self.edition, self.size).filter(log_index__in=touching)
            found |= {bytes(digest) for digest in rows.values_list("digest", flat=True)}
        return found

    def events_of_pools_in(self, digests: Collection[bytes]) -> Collection[bytes]:
        """Return the digests of all events that move the pools which these events move."""
        own = [self.edition]
        moving = rows_among(EventCell, ("pool_id",), "digest", digests, "edition = %s AND pool_id IS NOT NULL", own)
        pools = {pool for (pool,) in moving}
        # With the sign by the pool, of which there is an index, and not by the edition, which is nearly everything.
        rows = rows_among(EventCell, ("digest",), "pool_id", pools, "+edition = %s", [self.edition])
        return {bytes(digest) for (digest,) in rows}
