"""An application for magnets of the sample chain, and the desk that it is judged at."""

from datetime import UTC, datetime

import msgspec

from ytterby.licence.application import Application, Line, PartyOnCase
from ytterby.shell.actions.capture import capture
from ytterby.shell.store.reading.case_desk import Desk, desk_at
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import LICENSING, OPERATOR_VIEWER, Viewer

ORIEL = "https://id.gs1.org/417/9520000010041"
LUMEN = "https://id.gs1.org/417/9520000010058"
KESTREL = "https://id.gs1.org/417/9520000010010"
MAGNETS = "https://id.gs1.org/01/09520000000318/10/OM-N42SH-0623"
SWARF = "https://id.gs1.org/01/09520000000325/10/OM-SW-0623"
CAPTURED = datetime(2025, 6, 24, 6, tzinfo=UTC)
AT = datetime(2025, 6, 24, 8, tzinfo=UTC)
OFFICE = Viewer("https://id.gs1.org/417/9520000010096", frozenset({LICENSING}))
# What the sample tells before the goods leave; the operator enters it for everybody.
BEFORE = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)


def tell_chain(register, part_of):
    """Capture the events before the magnets leave."""
    result = capture(register, part_of(*BEFORE), submitter="operator", at=CAPTURED)
    assert result.accepted, result.problems


def application(*lines: Line, **changes) -> Application:
    """Return an application for 900 kg of the magnets, to a motor maker abroad."""
    magnets = Line(1, "magnets N42SH", "900", "KGM", lots=(MAGNETS,), control_code="1C905.a")
    one = Application(
        procedure="CN-procedure",
        lines=lines or (magnets,),
        parties=(PartyOnCase("exporter", ORIEL), PartyOnCase("end_user", LUMEN), PartyOnCase("consignee", LUMEN)),
        licence_kind="individual",
        destination="XB",
        order="PO-118",
        use={"code": "ev_traction", "text": "traction motors of the model LM-4 made by Lumen Motors"},
    )
    return msgspec.structs.replace(one, **changes)


def desk(at=AT, kind="individual") -> Desk:
    """Return the desk at the head of the log."""
    found = desk_at("CN-procedure", kind, at, known_at(OPERATOR_VIEWER, None))
    assert isinstance(found, Desk), found
    return found
