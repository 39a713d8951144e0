"""`ytterby law due`: the day on which a period ends, with its spread where the notice of a year is not loaded.

It goes by the calendars of a register where there is one. What the answer holds: `ytterby.shell.site.due_answer`.
"""

import argparse
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.arguments import Nouns, add_command, day, whole_number
from ytterby.shell.cli.figures import write_count
from ytterby.shell.cli.law_arguments import add_known_law, add_trusted, names_register
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Screen

if TYPE_CHECKING:
    from ytterby.law.calendar import Calendar
    from ytterby.terms.problem import Problem

Json = dict[str, Any]


def add(verbs: Nouns) -> None:
    """Add the verb."""
    due = add_command(verbs, "due", run_due, "say on which day a period ends, and how sure that is")
    due.add_argument("--calendar", required=True, metavar="NAME", help="as CN; an unknown one lists all")
    due.add_argument("--from", required=True, type=day, dest="start", metavar="DATE", help="day of receipt, acceptance")
    due.add_argument("--days", required=True, type=whole_number, metavar="N", help="how many counted days, as 45")
    due.add_argument(
        "--count-first-day", action="store_true", help="the first day is day 1, if it counts (default: the day after)"
    )
    beside = due.add_mutually_exclusive_group()
    beside.add_argument(
        "--calendars", type=Path, metavar="DIR", help="newer years.csv and days.csv, as a notice that has come"
    )
    beside.add_argument("--packs", type=Path, metavar="FOLDER", help="packs with a folder calendars beside them")
    add_trusted(due)
    add_known_law(due)


def run_due(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show the due date."""
    from ytterby.shell.site.due_answer import due_json

    if args.calendars is not None and args.known_at is not None:
        raise WrongUse("law.two_laws")
    # Of packs: the signature is over packs and calendars together.
    is_of_register = args.calendars is None and args.packs is None and names_register(args)
    is_signed = args.trusted_key is not None or args.not_before is not None
    if is_signed or is_of_register or (args.packs is not None and args.known_at is not None):
        from ytterby.shell.cli.law_book import open_law_and_calendars

        of_law = open_law_and_calendars(args, screen)[1]
    known, problems = (of_law, []) if is_of_register else _calendars(args)
    if problems:
        return _refuse(args, problems, screen)
    calendar = _find(known, args.calendar)
    try:
        answer = due_json(calendar, args.start, args.days, is_first_counted=args.count_first_day)
    except ValueError:
        raise WrongUse("law.due.no_period", days=args.days, start=args.start.isoformat()) from None
    screen.answer(answer, lambda: _show(screen, answer))
    return Outcome.GOOD


def _calendars(args: argparse.Namespace) -> "tuple[Mapping[str, Calendar], list[Problem]]":
    from ytterby.shell.site.calendars import calendars, calendars_of

    folder = args.calendars or args.packs
    try:
        if args.packs is not None:
            from ytterby.shell.site.law_packs import calendars_beside

            return calendars_beside(args.packs)
        return (calendars(), []) if folder is None else calendars_of(folder)
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=error.filename or folder, why=error.strerror or error) from None
    except UnicodeDecodeError:
        raise CouldNotRun("file.unreadable", file=folder, why="not UTF-8") from None


def _refuse(args: argparse.Namespace, problems: "list[Problem]", screen: Screen) -> Outcome:
    folder = str(args.calendars or args.packs)
    answer = {"calendars": folder, "problems": [problem_json(one, folder, screen.language) for one in problems]}
    screen.answer(answer, lambda: show_problems(screen, problems, folder))
    return Outcome.FOUND


def _find(known: "Mapping[str, Calendar]", name: str) -> "Calendar":
    by_name = {one.lower(): calendar for one, calendar in known.items()}
    found = known.get(name) or by_name.get(name.lower())
    if found is None:
        raise WrongUse("law.due.no_calendar", name=name, known=", ".join(known))
    return found


def _show(screen: Screen, answer: Json) -> None:
    texts = screen.texts
    screen.line(f"{answer['due']} {_certainty(screen, answer)}", "bold")
    key = "law.due.first_day" if answer["first_day_counts"] else "law.due.first_day_not"
    screen.line(
        texts(
            key,
            count=write_count(answer["calendar_days"]),
            start=answer["from"],
            other=answer["due_if_first_day_counts"],
        )
    )
    for (source, confidence), years in groupby(answer["years"], key=lambda one: (one["source"], one["confidence"])):
        nothing = "law.due.every_day" if answer["counting"] == "calendar_days" else "law.due.nothing_loaded"
        said = texts(nothing) if source is None else f"{source} ({confidence})"
        screen.line(f"  {_span([one['year'] for one in years])}: {said}")
    if answer["spread"]:
        facts = {name: f"{100 * answer['spread'][f'within_{name}']:.1f}" for name in ("1_day", "3_days")}
        starts = write_count(answer["spread"]["starts"])
        screen.line(texts("law.due.measured", one=facts["1_day"], three=facts["3_days"], starts=starts))


def _certainty(screen: Screen, answer: Json) -> str:
    if not answer["provisional"]:
        return screen.texts("law.due.firm")
    by_status = groupby(answer["years"], key=lambda one: one["status"])
    unsure = [[one["year"] for one in years] for status, years in by_status if status in {"provisional", "unlisted"}]
    years = ", ".join(_span(years) for years in unsure)
    if answer["spread_days"] is None:
        return screen.texts("law.due.unmeasured", years=years)
    return screen.texts("law.due.provisional", years=years, earliest=answer["earliest"], latest=answer["latest"])


def _span(years: list[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
