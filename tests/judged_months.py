"""A demo register with months that were closed, two of them stale since, and a case that went all the way.

Months and plants are those of `counted_months`; the case is of a delivery of the sample chain that differs.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from counted_months import AT, Plan, hand_in_shipment, make_register_of_months
from shell.case_of import receipt_of, step, take, visit_text
from shell.strangers import KESTREL, NORRVIK

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

PLAN = Plan(months=4, uncounted=9, unassayed=9, loss_from=9)
CLOSED = ("2024-01", "2024-02", "2024-03")
DUE, LATER = "2026-06-20", "2026-07-20"
QUESTION = "What did the scale show, and who read it?"
SECRET = "Kestrel, send us the slip of your own scale."


class Judged(NamedTuple):
    """The register, the numbers of its two cases, and the log size at which the months were closed."""

    register: "Register"
    decided: str
    waiting: str
    closed_at: int


def make_judged_register(data: Path, plan: Plan = PLAN) -> Judged:
    """Make it: close three months, report a shipment of the second late, ask, visit, hear and decide."""
    from ytterby.shell.actions.close_month import close_month
    from ytterby.shell.store.derived.deriving import derive_to

    register = make_register_of_months(data, plan)
    closed_at = register.size
    for month in CLOSED:
        derive_to(register.size)
        assert close_month(register, month, at=AT).state == "closed"
    hand_in_shipment(register, "2024-02", 250.0)
    decided = decide_on_a_delivery(register, sample_chain())
    waiting = ask_about_a_month(register)
    derive_to(register.size)
    return Judged(register, decided, waiting, closed_at)


def sample_chain() -> dict[str, Any]:
    from ytterby.shell.site.packs import packaged_text

    found: dict[str, Any] = json.loads(packaged_text("chain", "sample/example-chain.json"))
    return found


def decide_on_a_delivery(register: "Register", sample: dict[str, Any]) -> str:
    """Let a delivery differ, ask both sides of it, visit, hear and decide; return the case's number."""
    from ytterby.balance.inquiry import Answer, Ask, Confirm, Decide, Hear, Open, Order
    from ytterby.shell.actions.inquire import record_visit

    take(register, sample, sample["epcisBody"]["eventList"][:4], KESTREL, at=AT)
    take(register, sample, [receipt_of(sample, 9000, 0)], NORRVIK, at=AT)
    number = str(step(register, _finding_of("mirror.differs"), Ask(NORRVIK, QUESTION, DUE), at=AT).number)
    evidence = ("urn:uuid:00000000-0000-5000-8000-000000000000",)
    answer = Answer("The slip shows 9,000 kg.\nIt was read twice.", evidence, ("cd" * 32,))
    step(register, number, answer, party=NORRVIK, at=AT)
    step(register, number, Ask(KESTREL, SECRET, DUE), at=AT)
    step(register, number, Answer("It shows what we declared."), party=KESTREL, at=AT)
    step(register, number, Confirm("It stands."), at=AT)
    step(register, number, Open("Handed over to the inspectors."), at=AT)
    step(register, number, Order(NORRVIK, "Report the weight anew.", LATER), at=AT)
    step(register, number, Answer("We did."), party=NORRVIK, at=AT)
    assert not record_visit(register, number, visit_text(), at=AT).problems
    step(register, number, Hear(NORRVIK, ("sent", "document"), "This is held against you.", LATER), at=AT)
    step(register, number, Answer("It is wrong."), party=NORRVIK, at=AT)
    step(register, number, Decide("breach", "Sold beside the books.", (NORRVIK,)), at=AT)
    return number


def ask_about_a_month(register: "Register") -> str:
    """Ask Norrvik about a month of which more went out than came in; return the case's number."""
    from ytterby.balance.inquiry import Ask

    question = Ask(NORRVIK, "Which shipments of February were reported late?", DUE)
    return str(step(register, _finding_of("month.gain"), question, at=AT).number)


def _findings() -> list[dict[str, Any]]:
    from ytterby.shell.store.reading.findings import list_findings
    from ytterby.shell.store.reading.known import known_at
    from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

    found: list[dict[str, Any]] = list_findings(OPERATOR_VIEWER, known=known_at(OPERATOR_VIEWER, None))["findings"]
    return found


def _finding_of(kind: str) -> str:
    return str(next(row["id"] for row in _findings() if row["kind"] == kind))
