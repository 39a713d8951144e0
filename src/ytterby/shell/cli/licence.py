"""`ytterby licence`: where licences stand, what is reserved, drawn and left of them, and who changed that.

    ytterby licence reserve XA-1 L1 --declaration D-7 --quantity 900 --by exporter.key
    ytterby licence exit XA-1 L1 --declaration D-7 --quantity 899.5 --site PORT --owner Oriel --by customs.key
    ytterby licence suspend XA-1 --reason CODE --text "…" --by ann.key
    ytterby licence confirm XA-1 27 --by bo.key

An exit ends with 0 also where it left beyond the licence: it has happened, and is recorded as unlicensed; `alarms`
ends with 1 where anything did.
"""

import argparse
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli import licence_free
from ytterby.shell.cli.arguments import Nouns, add_command, add_known, add_noun, day, from_zero_on, whole_number
from ytterby.shell.cli.case_speaker import add_speaker, read_speaker
from ytterby.shell.cli.licence_show import show_alarms, show_licence_on, show_list
from ytterby.shell.cli.opening import Reading, find_party, find_site, open_reading, with_data
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Screen
from ytterby.shell.wording import word
from ytterby.terms.problem import Problem, is_refused

if TYPE_CHECKING:
    from datetime import date, datetime

    from ytterby.shell.actions.change_licence import LicenceChange
    from ytterby.shell.actions.draw_down import DrawDown

Json = dict[str, Any]
NOTHING = Decimal(0)
# Verb, kind of entry, what it does, whether it has a quantity, whether it is said at a place by customs.
ENTRIES: Sequence[tuple[str, str, str, bool, bool]] = (
    ("reserve", "reserve", "reserve for a declaration, as the holder", True, False),
    ("draw", "draw", "draw all of a quantity or nothing, as customs", True, True),
    ("exit", "exit", "confirm what left, as customs: what fits is drawn, the rest is unlicensed", True, True),
    ("release", "release", "give up what is reserved for a declaration", False, True),
    ("cancel", "cancelled", "say that a declaration was cancelled before anything left", False, True),
    ("correct", "correct", "take off what a declaration drew by a wrong figure, as customs", True, True),
    ("short-shipped", "short_shipped", "say that less left than was drawn, as customs", True, True),
    ("returned", "returned", "say that goods came back before they were abroad, as customs", True, True),
    ("reimported", "reimported", "say that goods were imported again, as customs", True, True),
)
CHANGES: Sequence[tuple[str, str]] = (
    ("suspend", "propose to suspend a licence, as the office; another person confirms"),
    ("reinstate", "propose to end a suspension, as the office; another person confirms"),
    ("revoke", "propose to revoke a licence, as the office; another person confirms"),
    ("surrender", "hand a licence back, as its holder"),
)


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "licence", "licences: what is left of them, what left on them, where they stand")
    licence_free.add(verbs)
    listed = add_command(verbs, "list", run_list, "list licences, in order of their numbers")
    listed.add_argument("--number", default="", metavar="PART", help="those with this in their number")
    listed.add_argument("--status", metavar="STATUS", help="those that stand so")
    listed.add_argument("--after", default="", metavar="NUMBER", help="those after the last one of the page before")
    listed.add_argument("--limit", type=whole_number, default=50, metavar="N", help="at most so many (default: 50)")
    add_known(listed)
    alarms = add_command(verbs, "alarms", run_alarms, "list what left beyond licences, or on a reservation alone")
    add_known(alarms)
    one = add_command(verbs, "show", run_show, "show a licence: lines, exits, findings")
    one.add_argument("number", metavar="NUMBER")
    one.add_argument("--on", type=day, metavar="DATE", help="as of this day (default: today)")
    add_known(one)
    for verb, kind, summary, has_quantity, is_placed in ENTRIES:
        parser = _add_entry(verbs, verb, summary, _runner(kind), is_placed=is_placed)
        if has_quantity:
            parser.add_argument("--quantity", type=from_zero_on, required=True, metavar="N", help="exact, in the unit")
    link = _add_entry(verbs, "link", "draw an exit that came before the licence, as the office", run_link)
    link.add_argument("--record", type=whole_number, required=True, metavar="N", help="the exit, as show lists it")
    link.add_argument("--quantity", type=from_zero_on, required=True, metavar="N", help="as it was confirmed")
    for verb, summary in CHANGES:
        changed = add_command(verbs, verb, run_change, summary)
        changed.set_defaults(command=verb)
        changed.add_argument("number", metavar="NUMBER")
        changed.add_argument("--reason", required=True, metavar="CODE", help="why, as a code of the pack")
        changed.add_argument("--text", default="", metavar="TEXT", help="why, in words")
        add_speaker(changed)
    confirm = add_command(verbs, "confirm", run_confirm, "confirm what another person of the office proposed")
    confirm.add_argument("number", metavar="NUMBER")
    confirm.add_argument("proposal", type=whole_number, metavar="N", help="the proposal, as it was answered")
    add_speaker(confirm)


def _add_entry(
    verbs: Nouns, verb: str, summary: str, run: Callable[..., Outcome], *, is_placed: bool = False
) -> argparse.ArgumentParser:
    parser = add_command(verbs, verb, run, summary)
    parser.add_argument("number", metavar="NUMBER")
    parser.add_argument("line", nargs="?", default="L1", metavar="LINE", help="line of the licence (default: L1)")
    parser.add_argument("--declaration", required=True, metavar="D", help="number of the export declaration")
    parser.add_argument("--declaration-line", type=whole_number, default=1, metavar="N", help="its line (default: 1)")
    parser.add_argument("--seq", type=whole_number, default=1, metavar="N", help="sequence under it (default: 1)")
    parser.add_argument("--unit", default="", metavar="CODE", help="refuse where the line counts in another")
    parser.add_argument("--on", type=day, metavar="DATE", help="the day, where the licence holds (default: today)")
    parser.add_argument("--text", default="", metavar="TEXT", help="a remark, in words")
    if is_placed:
        parser.add_argument("--site", metavar="SITE", help="the customs place")
        parser.add_argument("--owner", metavar="PARTY", help="who owned the goods")
    add_speaker(parser)
    return parser


def _runner(kind: str) -> Callable[[argparse.Namespace, Screen], Outcome]:
    def run(args: argparse.Namespace, screen: Screen) -> Outcome:
        """Make one entry."""
        return _enter(args, screen, kind, None)

    return run


def run_link(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Link an exit."""
    return _enter(args, screen, "exit", args.record)


def _enter(args: argparse.Namespace, screen: Screen, kind: str, links: int | None) -> Outcome:
    reading = open_reading(args, screen, derives=False)
    from ytterby.licence.draw_down import Entry, Kind
    from ytterby.shell.actions.draw_down import Asked, enter_draw_down

    entry = Entry(
        kind=Kind(kind),
        declaration=args.declaration,
        seq=args.seq,
        on=_day(args).isoformat(),
        quantity=getattr(args, "quantity", NOTHING),
        unit=args.unit,
        line=args.declaration_line,
    )
    asked = Asked(
        licence=args.number,
        line=args.line,
        entry=entry,
        site=_site(args, reading),
        owner=find_party(reading, args.owner) if getattr(args, "owner", None) else "",
        text=args.text,
        links=links,
    )
    result = enter_draw_down(reading.register, asked, read_speaker(args, reading), at=args.at)
    return _answer_entry(args, screen, result)


def _day(args: argparse.Namespace) -> "date":
    from ytterby.shell.actions.clock import now

    if args.on is not None:
        on: date = args.on
        return on
    moment: datetime = args.at or now()
    return moment.date()


def _site(args: argparse.Namespace, reading: Reading) -> str:
    return find_site(reading, args.site) if getattr(args, "site", None) else ""


def _answer_entry(args: argparse.Namespace, screen: Screen, result: "DrawDown") -> Outcome:
    answer = {
        "licence": args.number,
        "line": args.line,
        "declaration": args.declaration,
        "code": result.code or None,
        "verdict": result.verdict or None,
        "reason": result.reason or None,
        "drawn": result.drawn,
        "unlicensed": result.unlicensed,
        "unit": result.unit or None,
        "index": result.index,
        "problems": _problems(result.problems, screen),
        "as_of_size": result.size,
    }
    screen.answer(answer, lambda: show_problems(screen, result.problems, ""))
    refused = is_refused(result.problems)
    if not screen.is_json:
        if refused:
            screen.verdict(False, screen.texts("licence.refused"))
        elif result.verdict:
            facts = {"drawn": result.drawn, "unlicensed": result.unlicensed, "unit": result.unit}
            verdict = word("licence", result.verdict, screen.language)
            screen.verdict(result.unlicensed == "0", screen.texts("licence.exit", verdict=verdict, **facts))
        else:
            screen.verdict(True, screen.texts("licence.entered", number=args.number))
        screen.next(with_data(args, f"ytterby licence show {args.number}"))
    return Outcome.FOUND if refused else Outcome.GOOD


def run_change(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Give a command on a licence."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.change_licence import change_licence

    result = change_licence(
        reading.register,
        args.number,
        args.command,
        read_speaker(args, reading),
        reason=args.reason,
        text=args.text,
        at=args.at,
    )
    return _answer_change(args, screen, result)


def run_confirm(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Confirm a proposal."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.change_licence import confirm_change

    speaker = read_speaker(args, reading)
    return _answer_change(
        args, screen, confirm_change(reading.register, args.number, args.proposal, speaker, at=args.at)
    )


def _answer_change(args: argparse.Namespace, screen: Screen, result: "LicenceChange") -> Outcome:
    answer = {
        "licence": args.number,
        "state": result.state or None,
        "proposal": result.proposal,
        "status": result.status or None,
        "problems": _problems(result.problems, screen),
        "as_of_size": result.size,
    }
    screen.answer(answer, lambda: show_problems(screen, result.problems, ""))
    if not screen.is_json:
        if result.problems:
            screen.verdict(False, screen.texts("licence.refused"))
        elif result.state == "proposed":
            screen.verdict(None, screen.texts("licence.waits", proposal=result.proposal))
            screen.next(with_data(args, f"ytterby licence confirm {args.number} {result.proposal}"))
        else:
            status = word("licence", result.status, screen.language)
            screen.verdict(True, screen.texts("licence.stands", number=args.number, status=status))
    return Outcome.FOUND if result.problems else Outcome.GOOD


def _problems(problems: Sequence[Problem], screen: Screen) -> list[Json]:
    return [problem_json(problem, "", screen.language) for problem in problems]


def run_list(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List licences."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.clock import now
    from ytterby.shell.store.reading.licence_list import WantedLicences, list_licences

    wanted = WantedLicences(args.number, args.status, args.after, args.limit)
    answer = list_licences(reading.viewer, known=reading.known, on=now().date(), wanted=wanted)
    names = reading.names(screen.language)
    screen.answer(answer, lambda: show_list(args, screen, answer, names))
    return Outcome.GOOD


def run_show(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show one licence."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.licences import show_licence

    try:
        answer = show_licence(reading.viewer, args.number, known=reading.known, on=_day(args))
    except KeyError:
        raise WrongUse("licence.unknown", which=args.number, next_commands=("ytterby licence list",)) from None
    names = reading.names(screen.language)
    screen.answer(answer, lambda: show_licence_on(screen, answer, names))
    return Outcome.GOOD


def run_alarms(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List what left beyond licences; exit 1 where something did."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.licences import unlicensed_exits

    rows = unlicensed_exits(reading.viewer, known=reading.known)
    screen.answer({"alarms": rows, "as_of_size": reading.known.size}, lambda: show_alarms(args, screen, rows))
    return Outcome.FOUND if rows else Outcome.GOOD
