"""Stakes of owners in registered parties, as registered at a log size.

Who may read: a party what is stated of its own owners; licensing bodies, auditors and the register's operator all.
Nobody else, and of others a party nothing: who owns a rival is no matter of trade.
"""

from ytterby.screening.ownership import Stake
from ytterby.screening.ownership_statement import stake_fields
from ytterby.shell.store.log_marks import kept_by
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.naming import Json
from ytterby.shell.store.reading.viewer import AUDIT, LICENSING, Viewer
from ytterby.shell.store.registrations import STAKE, latest_documents, stake_of

OFFICERS = frozenset({AUDIT, LICENSING})
STAKES_KEPT = 4
_kept = Kept[tuple[Stake, ...]](STAKES_KEPT)


def reads_owners(viewer: Viewer) -> bool:
    """Tell whether a viewer reads the owners of everybody."""
    return bool(OFFICERS & viewer.mandates)


def declared_stakes(viewer: Viewer, *, known: Known) -> tuple[Stake, ...]:
    """Return the stakes that the viewer may read, as registered at a log size, of all days."""
    is_officer = reads_owners(viewer)

    def read() -> tuple[Stake, ...]:
        return tuple(stake_of(fields, str(n)) for n, fields in enumerate(latest_documents(STAKE, known.size)))

    rows = kept_by(_kept, (STAKE,), known.size, read)
    return tuple(one for one in rows if is_officer or one.owned == viewer.party)


def list_stakes(viewer: Viewer, *, known: Known) -> list[Json]:
    """Return the same as rows of an answer."""
    return [stake_fields(one) for one in declared_stakes(viewer, known=known)]
