"""Whether a case follows from the log. Who may read: the licensing office, auditors and the register's operator, of
each case; everybody else learns of no case by it.
"""

from ytterby.shell.site.register import current_register
from ytterby.shell.store.case_replay import Replay, replay_case
from ytterby.shell.store.reading.casework import is_office
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import Viewer


def replay_for(viewer: Viewer, number: str, known: Known) -> Replay | None:
    """Return what a case comes to when it is worked out again; None where there is none for this viewer."""
    return replay_case(current_register(), number, known.size) if is_office(viewer) else None
