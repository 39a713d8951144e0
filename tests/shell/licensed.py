"""Licences as tests have them issued, the bodies that oversee them, and how entries are made."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from shell.strangers import LUMEN, ORIEL
from ytterby.chain.party import OPERATOR, Directory
from ytterby.licence.customs_message import CustomsAnswer, Verdict
from ytterby.licence.draw_down import Entry, Kind
from ytterby.licence.licence import Licence, LicenceLine
from ytterby.shell.actions.draw_down import Asked, enter_draw_down
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.send_customs import customs_rows
from ytterby.shell.store.case_speakers import demo_speaker
from ytterby.shell.store.customs import answer_fields, stored_at_customs
from ytterby.shell.store.licences import enter_licence, follow_customs, issue_problems, licence_record
from ytterby.shell.store.models import LicenceLineRow, LicenceRow, LogHead
from ytterby.shell.store.reading.case_outcomes import case_outcomes
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.licence_list import list_licences
from ytterby.shell.store.reading.licences import show_licence
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.registering import Registrable, register_documents

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = "2026-06-01"
NUMBER = "XA-DU-2026-000001"
CUSTOMS, FOREIGN = (f"https://id.gs1.org/417/95200000100{n}" for n in ("72", "89"))
PORT, FOREIGN_PORT = (f"https://id.gs1.org/414/95200000100{n}" for n in ("72", "89"))
OFFICE, STRANGER = "https://party.example/office", "https://party.example/stranger"
EXPORTER = ORIEL
BODIES = f"""
parties:
  - {{id: "{OFFICE}", name: Licensing Office, country: XA}}
  - {{id: "{STRANGER}", name: Stranger, country: XA}}
bodies:
  - {{party: "{OFFICE}", as: licensing}}
  - {{party: "{CUSTOMS}", as: customs}}
  - {{party: "{FOREIGN}", as: customs}}
"""


def office(register, by=None):
    """Let the public bodies be there."""
    result = import_directory(register, BODIES, at=AT, by=by)
    assert not result.problems, result.problems


def licence(number=NUMBER, quantity="10", unit="KGM", **changes):
    line = LicenceLine("L1", "https://id.gs1.org/01/09520000000318", "magnets N42SH", quantity, unit, "1C905.a")
    fields = {
        "number": number, "version": 1, "case": "C-1", "decision": "ab" * 32, "procedure": "CN-procedure",
        "kind": "general", "holder": EXPORTER, "country": "XA", "destination": "XB", "valid_from": "2026-01-01",
        "valid_to": "2026-12-31", "lines": (line,), "consignees": (LUMEN,), "end_users": (LUMEN,),
        "zone": "Asia/Shanghai", "needs_acknowledgement": False,
    }  # fmt: skip
    return Licence(**{**fields, **changes})


def issue(made, at=AT):
    """Issue a licence as a decided case does; return what refuses it."""
    found = []

    def check():
        found.extend(issue_problems(made))
        if found:
            raise ZeroDivisionError

    try:
        register_documents(
            [licence_record(made), *customs_rows(made, "issued", Directory(), at)],
            "operator",
            at,
            check=check,
            after=lambda index: enter_licence(made, index),
        )
    except ZeroDivisionError:
        return found
    return []


def tell_customs(made, at=AT):
    """Issue a licence with its message to customs, as a decided case does."""
    directory = whole_directory(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None))
    rows = [licence_record(made), *customs_rows(made, "issued", directory, at)]
    register_documents(rows, OPERATOR, at, after=lambda index: enter_licence(made, index))


def reads_outcomes(viewer):
    """Tell whether somebody may read what cases came to."""
    try:
        case_outcomes(viewer, known_at(OPERATOR_VIEWER, None), AT)
    except PermissionError:
        return False
    return True


def answer(number=NUMBER, result="acknowledged", which=-1, at=AT):
    """Let customs answer a message about a licence, the last one where none is named."""
    message = stored_at_customs(number).current[which]
    codes = ("X",) if result == "rejected" else ()
    said = answer_fields(number, message.version, CustomsAnswer(message.id, Verdict(result), codes))
    row = Registrable("customs_answer", number, {**said, "party": CUSTOMS, "by": "customs"})
    register_documents([row], "operator", at, after=lambda _: follow_customs(number))


def entry(kind, quantity="0", decl="d1", seq=1, on=DAY, unit="KGM", line=1):
    return Entry(Kind(kind), decl, seq, on, Decimal(quantity), unit, line)


def asked(made, line="L1", number=NUMBER, **changes):
    of_customs = {} if made.kind is Kind.RESERVE else {"site": PORT, "owner": EXPORTER}
    return Asked(number, line, made, **{**of_customs, **changes})


def say(register, kind, quantity="0", *, by="", how=None, at=AT, publishes=False, **fields):
    """Enter something as whoever usually does: the exporter reserves, customs does the rest."""
    party = by or (EXPORTER if kind == "reserve" else CUSTOMS)
    said = asked(entry(kind, quantity, **fields), **(how or {}))
    return enter_draw_down(register, said, demo_speaker(party), at=at, publishes=publishes)


def balance(line="L1", number=NUMBER):
    row = LicenceLineRow.objects.get(number=number, line=line)
    return tuple(value / 10**6 for value in (row.drawn, row.reserved, row.free, row.unlicensed))


def status(number=NUMBER, version=None):
    rows = LicenceRow.objects.filter(number=number).order_by("-version")
    return (rows.first() if version is None else rows.get(version=version)).status


def codes(result):
    return [problem.code for problem in result.problems]


def size():
    return LogHead.objects.get(id=1).size


def with_lines(made, **quantities):
    lines = tuple(
        msgspec.structs.replace(made.lines[0], line=name, quantity=quantity) for name, quantity in quantities.items()
    )
    return msgspec.structs.replace(made, lines=lines)


def document(row):
    return json.loads(row.document)


def licence_rows(viewer, known, day):
    """Return the rows of licences that a viewer is answered, with the name of their list of fields."""
    listed = list_licences(viewer, known=known, on=day)["licences"]
    rows = [("licence listed", row) for row in listed]
    to = "" if viewer.party != CUSTOMS else " shown to customs"
    for row in listed:
        shown = show_licence(viewer, row["licence"], known=known, on=day)
        rows += [(f"licence shown{to.removeprefix(' shown')}", shown)]
        rows += [("licence line", line) for line in shown["lines"]]
        rows += [(f"licence exit{to}", one) for one in shown["exits"]]
        rows += [("licence entry", one) for one in shown.get("entries", ())]
    return rows


def issue_and_reserve(register, *holders, at=AT):
    """Issue a licence to each of some parties, who reserve a kilogram on it."""
    for holder in holders:
        assert issue(licence(f"XA-{holder[-2:]}", holder=holder), at=at) == []
        say(register, "reserve", "1", by=holder, how={"number": f"XA-{holder[-2:]}"}, at=at)
