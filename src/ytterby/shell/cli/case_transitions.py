"""`ytterby case transitions`: which step leads where in a kind of case and who takes it; as text or drawn."""

import argparse
from pathlib import Path
from typing import Any

from ytterby.shell.cli.arguments import add_command
from ytterby.shell.cli.lot_picture import write_picture
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.wording import word


def add(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Add the verb."""
    found = add_command(verbs, "transitions", run_transitions, "show which steps a kind of case has, or draw them")
    found.add_argument("kind", metavar="KIND", help="individual, open, amendment, … (docs/cases.md)")
    found.add_argument("--svg", type=Path, metavar="FILE", help="draw them as a picture")


def run_transitions(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show a table of transitions."""
    from ytterby.licence.transition import TransitionTable
    from ytterby.shell.drawing.transitions import draw_transitions
    from ytterby.shell.site.case_rules import KINDS, transition_table

    if args.kind not in KINDS:
        raise WrongUse("case.no_kind", value=args.kind, known=", ".join(KINDS))
    table: TransitionTable = transition_table(args.kind)
    language = screen.language
    if args.svg is not None:
        write_picture(args.svg, draw_transitions(table, lambda group, code: word(group, code, language)))
    states = [
        {"state": name, "phase": one.phase, "holder": one.holder, "is_last": one.is_last}
        for name, one in table.states.items()
    ]
    rows = [
        {
            "from": list(row.origins),
            "command": row.command,
            "to": row.target,
            "who": list(row.who),
            "when": list(row.when),
            "guard": list(row.guard),
            "clock": row.clock,
        }
        for row in table.rows
    ]
    answer = {"kind": table.kind, "begins": table.begins, "begun_by": table.begun_by, "states": states, "rows": rows}

    def show() -> None:
        columns = [Column(screen.texts(f"column.case_{key}")) for key in ("from", "step", "to", "who")]
        screen.table(columns, [_line(row, language) for row in rows])
        if args.svg is not None:
            screen.remark(screen.texts("picture.written", file=args.svg))

    screen.answer(answer, show)
    return Outcome.GOOD


def _line(row: dict[str, Any], language: str) -> list[str]:
    target = "" if row["to"] == "same" else word("case_state", row["to"], language)
    return [
        ", ".join(word("case_state", one, language) for one in row["from"]),
        word("case_verb", row["command"], language),
        target,
        ", ".join(word("case_role", one, language) for one in row["who"]),
    ]
