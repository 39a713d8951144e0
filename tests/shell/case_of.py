"""A delivery that differs, its case, and how tests take its steps."""

import json
from datetime import UTC, datetime, timedelta

from shell.strangers import AT, KESTREL, NORRVIK, SITE_OF
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.judge_finding import take_step
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.reading.findings import list_findings
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

LOT = "https://id.gs1.org/01/09520000000028/10/KR-C-0418"
DUE, LATER = "2026-01-20", "2026-02-20"


def now():
    return known_at(OPERATOR_VIEWER, None)


def receipt_of(sample, kg, number, wrong=False):
    """Return Norrvik's receipt of Kestrel's 11,000 kg."""
    event = {**sample["epcisBody"]["eventList"][4]}
    event["quantityList"] = [{**event["quantityList"][0], "quantity": kg}]
    event["eventID"] = f"urn:uuid:00000000-0000-5000-8000-{number:012d}"
    event.pop("sensorElementList", None)
    if wrong:
        event["errorDeclaration"] = {"declarationTime": "2025-04-23T01:00:00.000Z", "reason": "incorrect_data"}
    return event


def take(register, sample, events, party, at=AT):
    text = json.dumps({**sample, "epcisBody": {"eventList": events}}).encode()
    result = capture(register, text, submitter=party, at=at)
    assert result.outcome == "accepted", result.problems
    derive_to(register.size)


def ship(register, sample, part_of, received=9000):
    """Let Kestrel ship 11,000 kg and Norrvik receive another mass; return the finding's id."""
    capture(register, part_of(0, 1, 2, 3), submitter=KESTREL, at=AT)
    take(register, sample, [receipt_of(sample, received, 0)], NORRVIK)
    return mirror_finding()


def mirror_finding():
    rows = list_findings(OPERATOR_VIEWER, known=now())["findings"]
    (row,) = [row for row in rows if row["kind"] == "mirror.differs"]
    return row["id"]


def codes(change):
    return [problem.code for problem in change.problems]


def on(days):
    return AT + timedelta(days=days)


def step(register, which, one, **how):
    """Take a step that is accepted."""
    change = take_step(register, which, one, **{"at": AT, **how})
    assert not change.problems, change.problems
    return change


def key_of(name):
    return PrivateKey.from_seed(KeyUse.OFFICER, name, name.encode().ljust(32, b"\0"))


def visit_text(**changes):
    """Return a visit of Norrvik's works as an officer writes it."""
    fields = {
        "to": NORRVIK, "site": SITE_OF[NORRVIK], "day": "2026-01-01", "order_number": "O-12",
        "inspectors": ["B-1", "B-2"], "counts": [{"lot": LOT, "mass_kg": "9002.5", "u_kg": "4.5"}],
        "samples": [{
            "id": "V-1", "lot": LOT, "mass_kg": "0.250", "u_kg": "0.001",
            "custody": [
                {"did": "took", "by": "B-1", "at": "2026-01-01T08:00:00Z"},
                {"did": "sealed", "by": "B-1", "at": "2026-01-01T08:05:00Z", "seal": "S-77"},
            ],
        }],
    }  # fmt: skip
    return json.dumps({**fields, **changes})


LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
