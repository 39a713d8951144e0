"""The own names that a party has for columns of spreadsheets.

Who may read: the party itself, auditors, tracing bodies and the register's operator; to others there are none.
"""

import json
from collections.abc import Mapping

from ytterby.chain.spreadsheet.column import SHEETS
from ytterby.shell.store.models import Registration
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import Viewer


def columns_of(viewer: Viewer, party: str, *, known: Known) -> Mapping[str, Mapping[str, str]]:
    """Return a party's own names and the header that each stands for, by kind of sheet."""
    if not viewer.reads_all and viewer.party != party:
        return {}
    found = {}
    for sheet in SHEETS:
        rows = Registration.objects.filter(kind="columns", key=f"{party} {sheet}", log_index__lt=known.size)
        document = rows.order_by("-log_index").values_list("document", flat=True).first()
        names = json.loads(document)["names"] if document is not None else {}
        if names:
            found[sheet] = names
    return found
