"""`ytterby case audit draw|result|list`: what the register decided by itself, looked at again by people.

    ytterby case audit draw 2026-11                     which decisions of a month that is over
    ytterby case audit result C-… confirmed --text WHY --by ann.key
    ytterby case audit list

Exit 1 where something is refused, and where `list` shows a case that waits or was found wrong.
"""

import argparse
from typing import Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_known, add_noun
from ytterby.shell.cli.case_speaker import add_speaker, read_speaker
from ytterby.shell.cli.opening import open_data, open_reading
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.wording import word

Json = dict[str, Any]
VERDICTS = ("confirmed", "wrong")


def add(verbs: Nouns) -> None:
    """Add the commands."""
    commands = add_noun(verbs, "audit", "decisions by rule that people look at again")
    draw = add_command(commands, "draw", run_draw, "draw which decisions by rule of a month are looked at again")
    draw.add_argument("month", metavar="MONTH")
    result = add_command(commands, "result", run_result, "enter what came of looking at a case again")
    result.add_argument("case", metavar="CASE")
    result.add_argument("verdict", choices=VERDICTS)
    result.add_argument("--text", default="", metavar="TEXT", help="what was looked at, and why it is so")
    add_speaker(result)
    add_known(add_command(commands, "list", run_list, "list months that were drawn, their cases and results"))


def run_draw(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Draw a month's sample."""
    register = open_data(args)
    from ytterby.shell.actions.audit_decisions import draw_audit

    change = draw_audit(register, args.month, at=args.at)
    sample = change.sample
    answer = {
        "month": sample.month if sample else None,
        "decided": len(sample.frame) if sample else 0,
        "drawn": [{"case": one.case, "why": one.why} for one in sample.drawn] if sample else [],
        "problems": [problem_json(problem, "", screen.language) for problem in change.problems],
        "as_of_size": change.size,
    }
    screen.answer(answer, lambda: show_problems(screen, change.problems, ""))
    if not screen.is_json and sample is not None:
        facts = {"month": sample.month, "drawn": len(sample.drawn), "of": len(sample.frame)}
        screen.verdict(True, screen.texts("audit.drawn", **facts))
        for one in sample.drawn:
            screen.line(f"  {one.case}  {word('audit', one.why, screen.language)}")
    return Outcome.FOUND if change.problems else Outcome.GOOD


def run_result(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Enter a result."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.audit_decisions import enter_audit_result

    speaker = read_speaker(args, reading)
    change = enter_audit_result(reading.register, args.case, args.verdict, args.text, speaker, at=args.at)
    answer = {
        "case": args.case,
        "verdict": change.result.verdict if change.result else None,
        "problems": [problem_json(problem, "", screen.language) for problem in change.problems],
        "as_of_size": change.size,
    }
    screen.answer(answer, lambda: show_problems(screen, change.problems, ""))
    if not screen.is_json:
        key = "audit.entered" if change.result else "event.nothing_entered"
        screen.verdict(change.result is not None, screen.texts(key))
    return Outcome.GOOD if change.result else Outcome.FOUND


def run_list(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List audits."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.audits import list_audits

    months = list_audits(reading.viewer, reading.known)
    answer = {"audits": months, "as_of_size": reading.known.size}
    screen.answer(answer, lambda: _show(screen, months))
    is_open = any(one["verdict"] != "confirmed" for month in months for one in month["drawn"])
    return Outcome.FOUND if is_open else Outcome.GOOD


def _show(screen: Screen, months: list[Json]) -> None:
    if not months:
        screen.verdict(None, screen.texts("audit.none"))
    for month in months:
        facts = {"month": month["month"], "drawn": len(month["drawn"]), "of": month["decided"]}
        screen.verdict(None, screen.texts("audit.drawn", **facts))
        rows = [[one["case"], _said(screen, one["why"]), _said(screen, one["verdict"])] for one in month["drawn"]]
        if rows:
            screen.table([Column(screen.texts(f"column.{key}")) for key in ("case", "why", "state")], rows)


def _said(screen: Screen, code: str | None) -> str:
    return word("audit", code or "waiting", screen.language)
