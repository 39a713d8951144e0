"""`ytterby event status RECEIPT`: what became of a document that was submitted."""

import argparse
from typing import Any

from ytterby.shell.cli.arguments import Nouns, add_command
from ytterby.shell.cli.opening import find_party, open_reading, with_data
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Screen
from ytterby.shell.cli.texts import counted

Json = dict[str, Any]
STATES = {"arrived": "event.status.arrived", "known": "event.status.known", "refused": "event.status.refused"}


def add_status(verbs: Nouns) -> None:
    """Add the verb."""
    status = add_command(verbs, "status", run_status, "say what became of a document, by its receipt")
    status.add_argument("receipt", metavar="RECEIPT", help="the id of a receipt")
    status.add_argument(
        "--as", dest="party", metavar="PARTY", help="who asks: its own receipts only (default: the operator, all)"
    )


def run_status(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Say what became of one document."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.submissions import submission_status
    from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer

    party = find_party(reading, args.party) if args.party else None
    viewer = OPERATOR_VIEWER if party in {None, OPERATOR_VIEWER.party} else Viewer(party)
    try:
        status = submission_status(viewer, args.receipt)
    except KeyError:
        raise WrongUse("event.status.unknown", id=args.receipt) from None
    problems = status["problems"]
    answer = {**status, "problems": [problem_json(problem, status["file"], screen.language) for problem in problems]}
    if not screen.is_json:
        show_problems(screen, problems, status["file"])
    screen.answer(answer, lambda: _show(screen, status))
    if not screen.is_json and status["outcome"] is None:
        screen.next(with_data(args, "ytterby register work --once"))
    return Outcome.FOUND if status["state"] == "refused" else Outcome.GOOD


def _show(screen: Screen, status: Json) -> None:
    texts, state = screen.texts, status["state"]
    is_good = {"refused": False, "arrived": None}.get(state, True)
    decided = second_of(status["decided_at"])
    head = counted(texts, "event.status.accepted", status["events"]) if state == "accepted" else None
    screen.verdict(is_good, head or texts(STATES[state]), texts("event.status.on", at=decided) if decided else "")
    screen.line("  " + texts("event.status.arrived_at", at=second_of(status["arrived_at"]), **_bytes(status)), "dim")
    if status["lapsed"] is not None:
        at = second_of(status["lapsed"]["at"])
        screen.line("  " + texts("event.status.lapsed", days=status["kept_days"], at=at))


def _bytes(status: Json) -> Json:
    return {"length": status["arrival"]["length"], "digest": status["arrival"]["sha256"]}


def second_of(at: str | None) -> str:
    """Return an instant up to the second as people write it; nothing for none."""
    return at[:19].replace("T", " ") if at else ""
