"""What end users have shown to become validated ones, with who entered, confirmed and withdrew it.

Who may read: licensing bodies and the register's operator. To everybody else, the end user and its exporters included,
there is none of it: whether a case may be decided by rule is not told before it is (threats A5, C7).
"""

from ytterby.licence.end_user_validation import Validated
from ytterby.shell.store.reading.filed import Json, filed_at, reads_filings
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.terms.instant import write_instant


def list_validations(viewer: Viewer, known: Known) -> list[Json]:
    """Return validations in order of the log."""
    if not reads_filings(viewer):
        return []
    return [_row(one) for one in filed_at(viewer, known).validations.values()]


def _row(one: Validated) -> Json:
    said, confirmed, withdrawn = one.validation, one.confirmed, one.withdrawn
    return {
        "id": said.id,
        "party": said.party,
        "shown": dict(said.shown),
        "text": said.text,
        "documents": list(said.documents),
        "state": one.state,
        "by": one.by,
        "at": write_instant(one.at),
        "confirmed_by": confirmed[0] if confirmed else None,
        "confirmed_at": write_instant(confirmed[1]) if confirmed else None,
        "withdrawn_by": withdrawn[0] if withdrawn else None,
        "withdrawn_at": write_instant(withdrawn[1]) if withdrawn else None,
        "why": withdrawn[2] if withdrawn else None,
    }
