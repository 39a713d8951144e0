"""The log's own commands: the signed head, the proof of one event, and whether anything stored was changed."""

from base64 import b64encode
from typing import Any

from ytterby.proof.event_proof import EventProof
from ytterby.shell.actions.publish import publish
from ytterby.shell.actions.settle import complete_left
from ytterby.shell.actions.verify_conversion import not_at_hand
from ytterby.shell.actions.verify_files import PublishedLog
from ytterby.shell.actions.verify_log import Tell, log_failures, nothing_told
from ytterby.shell.site.register import Register
from ytterby.shell.store.models import LogHead, Submission
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.log import prove
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.shell.store.snapshot import one_moment


def make_checkpoint(register: Register) -> str:
    """Return the signed head, the log's files brought up to it."""
    return publish(register)


def prove_event(register: Register, which: str | int, *, viewer: Viewer = OPERATOR_VIEWER) -> EventProof:
    """Return the proof of an event, by eventID, digest or number in the log.

    Raises:
        KeyError: there is no such event that the viewer may read.
    """
    del register
    return prove(viewer, which, known_at(viewer, None))


def verify_log(register: Register, tell: Tell = nothing_told) -> dict[str, Any]:
    """Recompute all that is stored, as it is at one moment, and name what was changed: {ok, size, root, witnessed,
    failures[{index, what}], not_at_hand[]}. What a crash left behind is completed before; `tell` hears how far it went.

    `lapsed` counts refused documents whose bytes were destroyed when their time was over; that is no failure.
    `not_at_hand` are the receipts of spreadsheets whose converter is of another version, so that the conversion could
    not be made again.
    """
    complete_left(register)
    published = PublishedLog(register)
    # What others write meanwhile, and a killed client's commit that comes late, is no failure.
    with one_moment():
        failures = [{"index": one.at, "what": one.what} for one in log_failures(register, published, tell)]
        head = LogHead.objects.filter(id=1).first()
        return {
            "ok": not failures,
            "size": head.size if head else 0,
            "root": b64encode(bytes(head.root)).decode() if head else "",
            "witnessed": 0,
            "lapsed": Submission.objects.filter(lapse_receipt__isnull=False).count(),
            "failures": failures,
            "not_at_hand": not_at_hand(),
        }
