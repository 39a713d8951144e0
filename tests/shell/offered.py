"""An application for magnets of the sample chain, and the desk that it is judged at."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ytterby.licence.application import Application, Line, PartyOnCase
from ytterby.licence.case import Case, Event
from ytterby.licence.step import Begin, Submit
from ytterby.shell.store.casework.case_desk import Desk, desk_at
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import LICENSING, OPERATOR_VIEWER, Viewer

ORIEL = "https://id.gs1.org/417/9520000010041"
LUMEN = "https://id.gs1.org/417/9520000010058"
KESTREL = "https://id.gs1.org/417/9520000010010"
MAGNETS = "https://id.gs1.org/01/09520000000318/10/OM-N42SH-0623"
SWARF = "https://id.gs1.org/01/09520000000325/10/OM-SW-0623"
AT = datetime(2025, 6, 24, 8, tzinfo=UTC)
OFFICE = Viewer("https://id.gs1.org/417/9520000010096", frozenset({LICENSING}))


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


def submitted(number: str, one: Application, state: str = "submitted", *more) -> Case:
    """Return a case that was handed in, with more steps; what guards would say of them is not asked."""
    case = Case(number).after(event(1, Begin("individual", one)), "draft")
    for version, step in enumerate((Submit("Oriel", True), *more), 2):
        case = case.after(event(version, step), state)
    return case


def event(version, step, by="account:1") -> Event:
    return Event(version, f"2025-06-24T08:00:{version:02}Z", by, ORIEL, "applicant", step)


def queries_of(action: Callable[[], object]) -> int:
    """Return how many statements an action asks of the database."""
    with CaptureQueriesContext(connection) as asked:
        action()
    return len(asked)
