"""`ytterby return list|show|gaps`: which month or quarter of whom was entered when, what it comes to, what is missing.

Exit 1 when a return is missing, and for one return also when the other side of a delivery says something else.
"""

import argparse
from collections.abc import Sequence
from datetime import date
from shlex import quote
from typing import Any

from rich.text import Text

from ytterby.law.return_period import read_period
from ytterby.shell.actions.clock import now
from ytterby.shell.cli.arguments import Nouns, add_command, add_known, add_noun, day
from ytterby.shell.cli.figures import UNKNOWN, decimals_for, write_count, write_exact, write_kg
from ytterby.shell.cli.lot import unit_word
from ytterby.shell.cli.opening import Names, find_party, open_reading, with_data
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.cli.texts import counted
from ytterby.shell.wording import word

Json = dict[str, Any]
MISSING, LATE = "not_entered", "entered_late"
DAY_SECONDS, HOUR_SECONDS = 86_400, 3_600


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "return", "flow returns of months and quarters: entered in time, late, missing, corrected")
    for name, run, summary in (
        ("list", run_list, "list the returns of every enterprise and period"),
        ("gaps", run_gaps, "list the returns that are missing or came late"),
    ):
        parser = add_command(verbs, name, run, summary)
        parser.add_argument("--party", metavar="PARTY", help="one enterprise (default: all)")
        parser.add_argument("--month", type=period, metavar="M", help="one period, as 2026-03, 2026-Q1 (default: all)")
        _add_on(parser)
    show = add_command(verbs, "show", run_show, "show what a month or quarter of an enterprise comes to")
    show.add_argument("party", metavar="PARTY", help="identifier, its tail, or name")
    show.add_argument("month", type=period, metavar="PERIOD", help="as 2026-03; as 2026-Q1 where law asks for quarters")
    _add_on(show)


def _add_on(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--on", type=day, metavar="DATE", help="say what is missing on this day (default: today)")
    add_known(parser)


def period(text: str) -> str:
    """Return a period written as 2026-03, 2026-Q1 or 2026."""
    if read_period(text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no period; write 2026-03, or 2026-Q1 for a quarter")
    return text


def judged_on(args: argparse.Namespace) -> date:
    """Return the day on which is judged: as asked, else the day that is asked about, else today."""
    found: date = args.on or args.known_on or (args.at or now()).date()
    return found


# Lists


def run_list(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List the returns."""
    return _list(args, screen, is_gaps=False)


def run_gaps(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List the returns that are missing or came late."""
    return _list(args, screen, is_gaps=True)


def _list(args: argparse.Namespace, screen: Screen, *, is_gaps: bool) -> Outcome:
    reading = open_reading(args, screen)
    from ytterby.shell.store.reading.flow_returns import list_returns

    party = find_party(reading, args.party) if args.party else None
    with screen.waiting(screen.texts("balance.waiting")):
        found = list_returns(reading.viewer, known=reading.known, on=judged_on(args), party=party, month=args.month)
    gaps = [row for row in found["returns"] if row["is_gap"]]
    late = [row for row in found["returns"] if row["late_by_seconds"] is not None]
    names = reading.names(screen.language)
    has_any = bool(found["returns"])
    if is_gaps:
        found["returns"] = [row for row in found["returns"] if row["is_gap"] or row["late_by_seconds"] is not None]
    screen.answer(found, lambda: show_returns(screen, found, len(gaps), len(late), names, has_any=has_any))
    if not screen.is_json and found["returns"]:
        first = (gaps or found["returns"])[0]
        command = f"ytterby return show {quote(names(first['party']['id']))} {first['month']}"
        screen.next(with_data(args, command))
    return Outcome.FOUND if gaps else Outcome.GOOD


def show_returns(screen: Screen, found: Json, gaps: int, late: int, names: Names, *, has_any: bool) -> None:
    """Write a line for each return, and how many are missing and came late."""
    texts = screen.texts
    if not has_any:
        screen.verdict(None, texts("return.none", on=found["on"]))
        return
    if found["returns"]:
        columns = [
            Column(texts("column.party")),
            Column(texts("column.period")),
            Column(texts("column.state")),
            Column(texts("column.due")),
            Column(texts("column.late_by"), is_number=True),
            Column(texts("column.corrections"), is_number=True),
            Column(texts("column.differing"), is_number=True),
        ]
        screen.table(columns, [_return_row(row, screen, names) for row in found["returns"]])
    rest = counted(texts, "return.late", late) if late else ""
    if gaps:
        screen.verdict(False, counted(texts, "return.gaps", gaps, on=found["on"]), rest)
    else:
        screen.verdict(True, texts("return.no_gap", on=found["on"]), rest)


def _return_row(row: Json, screen: Screen, names: Names) -> list[str | Text]:
    return [
        names(row["party"]["id"]),
        row["month"],
        state_text(row, screen),
        row["due_day"] or UNKNOWN,
        write_span(row["late_by_seconds"]),
        write_count(row["corrections"]),
        write_count(row["differing"]),
    ]


def state_text(row: Json, screen: Screen) -> Text:
    """Return the state of a return in words, marked where it is missing."""
    said = word("return", row["state"], screen.language)
    if row["is_nil"]:
        said += screen.texts("return.nil")
    return Text(f"✗ {said}", style="bold red") if row["is_gap"] else Text(said)


def write_span(seconds: float | None) -> str:
    """Return a span as days, hours, minutes and seconds; a part of a second counts as a whole one."""
    if seconds is None:
        return ""
    whole = max(-int(-seconds // 1), 1)
    days, rest = divmod(whole, DAY_SECONDS)
    hours, rest = divmod(rest, HOUR_SECONDS)
    return f"{days} {hours:02d}:{rest // 60:02d}:{rest % 60:02d}"


# One return


def run_show(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show one return."""
    reading = open_reading(args, screen)
    from ytterby.shell.store.reading.flow_returns import show_return

    party = find_party(reading, args.party)
    try:
        with screen.waiting(screen.texts("balance.waiting")):
            found = show_return(reading.viewer, party, args.month, known=reading.known, on=judged_on(args))
    except KeyError:
        command = with_data(args, "ytterby return list")
        raise WrongUse("return.unknown", party=args.party, month=args.month, next_commands=(command,)) from None
    names = reading.names(screen.language)
    screen.answer(found, lambda: show_one(screen, found, names))
    if not screen.is_json and found["return"]["differing"]:
        screen.next(with_data(args, "ytterby balance pairs"))
    is_off = found["return"]["is_gap"] or found["return"]["differing"]
    return Outcome.FOUND if is_off else Outcome.GOOD


def show_one(screen: Screen, found: Json, names: Names) -> None:
    """Write the state of a return, its lines, what was entered first, and what the other side says."""
    texts, row = screen.texts, found["return"]
    head = texts(
        "return.head",
        party=names(row["party"]["id"]),
        month=row["month"],
        state=state_text(row, screen).plain,
        due=row["due_day"] or UNKNOWN,
    )
    late = texts("return.late_by", span=write_span(row["late_by_seconds"])) if row["late_by_seconds"] else ""
    screen.verdict(False if row["is_gap"] else None, head, late)
    for site in row["sites"]:
        if site["state"] == MISSING:
            screen.line("  " + texts("return.site_missing", site=names(site["site"]["id"])))
        if site["is_disputed"]:
            screen.line("  " + texts("return.disputed", site=names(site["site"]["id"])))
    if found["lines"]:
        _show_lines(screen, found["lines"], names, has_ends=True)
    if found["first_totals"] is not None:
        facts = {"corrections": write_count(row["corrections"]), "at": row["corrected_at"], "size": row["first_size"]}
        screen.line(texts("return.first", **facts))
        _show_lines(screen, found["first_totals"], names, has_ends=False)
    for delivery in found["deliveries"]:
        if delivery["state"] == "differs":
            other = names(delivery["other"]["id"])
            screen.line("  " + texts("return.differs", lot=delivery["tail"], other=other))


def _show_lines(screen: Screen, lines: Sequence[Json], names: Names, *, has_ends: bool) -> None:
    texts = screen.texts
    if not lines:
        screen.line("  " + texts("return.nothing"))
        return
    decimals = decimals_for(line["t_reo"] for line in lines)
    columns = [
        *([Column(texts("column.site"))] if has_ends else []),
        Column(texts("column.product")),
        Column(texts("column.move")),
        *([Column(texts("column.counterparty"))] if has_ends else []),
        Column(texts("column.quantity"), is_number=True),
        Column(texts("column.unit")),
        Column(texts("column.t_reo"), is_number=True),
        Column(texts("column.u_t_reo"), is_number=True),
    ]
    rows: list[list[str | Text]] = [
        [
            *([names(line["site"]["id"])] if has_ends else []),
            line["tail"],
            word("move", line["move"], screen.language),
            *([names(line["counterparty"]["id"]) if line["counterparty"] else ""] if has_ends else []),
            write_exact(line["amount"]),
            unit_word(line["unit"], screen),
            write_kg(line["t_reo"], decimals),
            write_kg(line["u_t_reo"], decimals),
        ]
        for line in lines
    ]
    screen.table(columns, rows)
