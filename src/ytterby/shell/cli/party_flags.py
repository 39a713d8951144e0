"""`ytterby party flags PARTY --use CODE --quantity KG`: red flags of end use, and what to ask the applicant.

What the register can tell it computes; everything else is a question. Exit 1 when a flag is raised. No flag refuses.
"""

import argparse
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.text import Text

from ytterby.shell.cli.arguments import Nouns, add_command, add_element, add_known, day, from_zero_on, whole_number
from ytterby.shell.cli.document_file import read_text_file
from ytterby.shell.cli.opening import find_party, open_reading
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.cli.texts import counted
from ytterby.shell.wording import word

Json = dict[str, Any]
FACTS_MAX = 1_000_000
LISTED_MAX = 200_000_000
MARKS = {"strong": ("✗", "bold red"), "weak": ("!", "yellow"), "unknown": ("?", "dim"), "none": ("✓", "green")}


def add(verbs: Nouns) -> None:
    """Add the verb."""
    flags = add_command(verbs, "flags", run_flags, "judge an end user, a use and a quantity by red flags, and ask")
    flags.add_argument("party", metavar="PARTY", help="the end user: identifier, its tail, or name")
    flags.add_argument("--use", required=True, metavar="CODE", help="use code, as traction_motor_car")
    flags.add_argument("--quantity", required=True, type=kilograms, metavar="KG", help="kilograms applied for")
    add_element(flags, "kilograms of this element (default: of magnet)")
    flags.add_argument("--months", type=months, default=12, metavar="N", help="for how many months it is (default: 12)")
    flags.add_argument("--units", type=kilograms, metavar="N", help="units of the use to be made of it")
    flags.add_argument("--capacity", type=kilograms, metavar="KG", help="kilograms of product in twelve months")
    flags.add_argument(
        "--yield", type=share, dest="yield_share", metavar="S", help="of the material, what the product holds"
    )
    flags.add_argument(
        "--safety", type=kilograms, default=Decimal(0), metavar="KG", help="safety stock that is claimed"
    )
    flags.add_argument("--item", default="", metavar="ITEM", help="NdFeB, SmCo or an element")
    flags.add_argument("--grade", default="", metavar="G", help="suffix of the grade: none, M, H, SH, UH, EH, AH")
    flags.add_argument("--listed", type=Path, metavar="FILE", help="listed parties, for ownership")
    flags.add_argument("--facts", type=Path, metavar="FILE", help="more facts as JSON, by subject")
    flags.add_argument("--on", type=day, metavar="DATE", help="on which day (default: today)")
    add_known(flags)


def kilograms(text: str) -> Decimal:
    """Return a number from zero on."""
    return from_zero_on(text, below=Decimal(10) ** 12)


def share(text: str) -> Decimal:
    """Return a share over 0 and up to 1."""
    value = kilograms(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share over 0 and up to 1")
    return value


def months(text: str) -> int:
    """Return a number of months from 1 to 12."""
    value = whole_number(text)
    if not 1 <= value <= 12:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of months from 1 to 12")
    return value


def run_flags(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Judge."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.screening.flag_answer import add_facts
    from ytterby.shell.actions.clock import now
    from ytterby.shell.store.reading.end_use import EndUseQuestion, end_use_flags, end_user_facts, reads_flags
    from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

    if not reads_flags(reading.viewer):
        raise WrongUse("flags.none", value=args.party)
    # Whoever reads flags finds every party, also one that none of its own events names.
    party = find_party(replace(reading, viewer=OPERATOR_VIEWER), args.party)
    _check_use(args.use)
    listed = _listed(args, screen)
    if listed is None:
        return Outcome.FOUND
    asked = EndUseQuestion(
        party=party,
        use_code=args.use,
        quantity_kg=args.quantity,
        on=args.on or now().date(),
        known_on=args.known_on or now().date(),
        element=args.element or "",
        months=args.months,
        units=args.units,
        capacity_kg=args.capacity,
        yield_share=args.yield_share,
        safety_kg=args.safety,
        item=args.item,
        grade=args.grade,
        listed=listed or None,
    )
    with screen.waiting(screen.texts("balance.waiting")):
        facts = end_user_facts(reading.viewer, asked, known=reading.known)
        if args.facts is not None:
            facts, problems = add_facts(facts, read_text_file(args.facts, FACTS_MAX))
            if problems:
                return _refuse(screen, str(args.facts), problems)
        answer = end_use_flags(reading.viewer, asked, known=reading.known, given=facts, language=screen.language)
    screen.answer(answer, lambda: show_flags(screen, answer))
    return Outcome.GOOD if answer["loudest"] == "none" else Outcome.FOUND


def _check_use(code: str) -> None:
    from ytterby.shell.site.packs import use_codes

    if code not in use_codes().by_code:
        raise WrongUse("flags.no_use", use=code, known=", ".join(use_codes().by_code))


def _listed(args: argparse.Namespace, screen: Screen) -> Any:
    """Return the listed parties of the file, none where none is named; None where something is wrong with it."""
    from ytterby.screening.ownership_statement import read_listed

    if args.listed is None:
        return ()
    found, problems = read_listed(read_text_file(args.listed, LISTED_MAX))
    if problems:
        _refuse(screen, str(args.listed), problems)
        return None
    return found


def _refuse(screen: Screen, file: str, problems: Any) -> Outcome:
    answer = {"problems": [problem_json(one, file, screen.language) for one in problems]}
    screen.answer(answer, lambda: show_problems(screen, problems, file))
    return Outcome.FOUND


def show_flags(screen: Screen, answer: Json) -> None:
    """Write a line for each flag, then what to ask."""
    texts = screen.texts
    columns = [Column(""), Column(""), Column(texts("column.flag"))]
    columns += [Column(texts("column.figure")), Column(texts("column.limits")), Column(texts("column.weight"), True)]
    screen.table(columns, [_line(screen, one) for one in answer["flags"]])
    by_id = {one["id"]: one for one in answer["flags"]}
    raised = [name for name in answer["questions"] if by_id[name]["grade"] != "unknown"]
    facts = {"use": word("use", answer["use"], screen.language), "kg": answer["quantity_kg"], "r": f"{answer['r']:.2f}"}
    if raised:
        screen.verdict(None, counted(texts, "flags.raised", len(raised), **facts), texts("flags.no_refusal"))
    else:
        screen.verdict(True, texts("flags.calm", **facts))
    for name in raised:
        one = by_id[name]
        missing = texts("flags.not_known", missing=", ".join(one["missing"])) if one["missing"] else ""
        screen.line(f"  {name}: " + screen.joint.join(filter(None, (one["question"], missing))))
    unknown = [name for name in answer["questions"] if by_id[name]["grade"] == "unknown"]
    if unknown:
        screen.line(counted(texts, "flags.unknown", len(unknown)), style="dim")
    for name in unknown:
        missing = ", ".join(by_id[name]["missing"]) or texts("flags.not_in_table")
        screen.line(f"  {name}: " + texts("flags.missing", missing=missing), style="dim")


def _line(screen: Screen, one: Json) -> list[str | Text]:
    mark, style = MARKS[one["grade"]]
    figures = "; ".join(each["text"] for each in one["figures"])
    limits = "; ".join(filter(None, (each["limits"] for each in one["figures"])))
    said = " · ".join(filter(None, one["facts"].values()))
    return [
        Text(mark, style=style),
        one["id"],
        one["title"],
        "; ".join(filter(None, (figures, said))),
        limits,
        f"{one['weight']:g}",
    ]
