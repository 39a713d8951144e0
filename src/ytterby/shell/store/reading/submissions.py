"""What became of a document, by its receipt: state, both receipts, problems.

Who may read: who submitted it, and the register's operator; for all others there is no such receipt.
"""

import json
from typing import Any

from ytterby.chain.party import OPERATOR
from ytterby.shell.site.packs import limits
from ytterby.shell.store.models import LogHead, Submission
from ytterby.shell.store.outcome import whole_outcome
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.store.stored_problems import read_problems

Json = dict[str, Any]


def submission_status(viewer: Viewer, receipt_id: str) -> Json:
    """Return where a submission stands: its row in words, its receipts whole, and its problems as values.

    `outcome` is None while it waits to be decided or signed; `lapsed` is the receipt of the destruction of its bytes.

    Raises:
        KeyError: the viewer submitted nothing under this receipt.
    """
    rows = Submission.objects.defer("document", "derived").filter(receipt_id=receipt_id)
    if viewer.party != OPERATOR:
        rows = rows.filter(submitter=viewer.party or "")
    row = rows.first()
    if row is None:
        raise KeyError(receipt_id)
    return {
        "id": row.receipt_id,
        "file": row.name,
        "state": row.state,
        "submitter": row.submitter,
        "events": row.count,
        "problems": read_problems(row.problems),
        "arrived_at": row.arrived_at,
        "decided_at": row.decided_at,
        "size": row.size_after,
        "arrival": json.loads(row.arrival_receipt),
        "outcome": whole_outcome(row),
        "lapsed": None if row.lapse_receipt is None else json.loads(row.lapse_receipt),
        "kept_days": limits().refused_days,
        "as_of_size": LogHead.objects.values_list("size", flat=True).get(id=1),
    }
