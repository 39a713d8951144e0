"""`ytterby balance report|pairs|findings|close|power`: does it add up, do both sides say the same, what to look into.

Exit 1 when something does not: a step that does not close, a delivery that differs, a finding.
"""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import Any

from rich.text import Text

from ytterby.shell.cli import balance_close, balance_power
from ytterby.shell.cli.arguments import Nouns, add_command, add_element, add_known, add_noun, day, whole_number
from ytterby.shell.cli.balance_months import show_months
from ytterby.shell.cli.figures import decimals_for, write_count, write_exact, write_kg, write_score
from ytterby.shell.cli.lot import unit_word
from ytterby.shell.cli.lot_picture import write_picture
from ytterby.shell.cli.opening import Names, Reading, find_lot, find_site, open_reading, with_data
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.progress import Progress
from ytterby.shell.cli.screen import Column, Screen, plain
from ytterby.shell.cli.texts import counted
from ytterby.shell.site.packs import limits
from ytterby.shell.wording import word
from ytterby.terms.identifier import tail

Json = dict[str, Any]
NAMED_MOST = 1


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "balance", "does it add up, does the other side say the same")
    report = add_command(
        verbs,
        "report",
        run_report,
        "show the months of a plant, and for each step whether each element came out",
    )
    report.add_argument("--site", metavar="SITE", help="identifier, its tail, or name (default: all sites)")
    add_element(report, "one element (default: all)")
    report.add_argument("--month", type=month, metavar="M", help="only steps of this month, as 2025-06")
    report.add_argument("--svg", type=Path, metavar="FILE", help="draw the months of a site and element")
    add_known(report)
    pairs = add_command(verbs, "pairs", run_pairs, "show what shippers and receivers say of the same delivery")
    pairs.add_argument("--lot", metavar="LOT", help="deliveries of one lot alone")
    pairs.add_argument("--on", type=day, metavar="DATE", help="say what is overdue at the end of this day")
    pairs.add_argument(
        "--transit-limit",
        type=whole_number,
        default=limits().transit_days,
        metavar="DAYS",
        help="days after which goods under way are missing (default: %(default)s)",
    )
    add_known(pairs)
    findings = add_command(verbs, "findings", run_findings, "list what does not add up, and what would settle it")
    findings.add_argument("--brief", action="store_true", help="one line for each")
    add_known(findings)
    balance_close.add(verbs, month)
    balance_power.add(verbs)


def month(text: str) -> str:
    """Return a month written as 2025-06."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is no month; write 2025-06")
    return text


# Steps


def run_report(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show the closure of steps."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.balance import step_closures

    site = find_site(reading, args.site) if args.site else None
    with screen.waiting(screen.texts("balance.waiting")):
        found = step_closures(reading.viewer, site=site, element=args.element, known=reading.known)
    steps = [step for step in found["steps"] if args.month is None or step["at"].startswith(args.month)]
    months, check = _months(reading, screen, site, args)
    if args.svg is not None and site is not None:
        _draw(screen, args, reading.names(screen.language)(site), months)
    answer = {"site": site, "element": args.element, "months": months, "self_check": check, **found, "steps": steps}

    def show() -> None:
        if months:
            show_months(screen, months, args.element, check)
        if steps or not months:
            show_steps(screen, steps, found["limit"], reading.names(screen.language))

    screen.answer(answer, show)
    is_off = any(_is_off(step) for step in steps) or any(month["alarm"] for month in months)
    if not screen.is_json and steps:
        screen.next(with_data(args, "ytterby balance findings" if is_off else "ytterby balance pairs"))
    return Outcome.FOUND if is_off else Outcome.GOOD


def _draw(screen: Screen, args: argparse.Namespace, site: str, months: Sequence[Json]) -> None:
    from ytterby.shell.drawing import draw_months

    element = word("element", args.element, screen.language)
    title = screen.texts("balance.months.title", site=site, element=element)
    write_picture(args.svg, draw_months(months, title=title, language=screen.language))


def _months(
    reading: Reading, screen: Screen, site: str | None, args: argparse.Namespace
) -> tuple[list[Json], Json | None]:
    """Return the months asked for of a plant and element, and what all of them say of its declared uncertainties; a
    month is an account, so both must be named.
    """
    if site is None or args.element is None:
        if args.svg is not None:
            raise WrongUse("balance.months.ask_for_both")
        return [], None
    from ytterby.shell.store.reading.months import checked_months

    with screen.waiting(screen.texts("balance.waiting")):
        found, check = checked_months(reading.viewer, site, args.element, known=reading.known)
    months = [row for row in found if args.month is None or row["month"] == args.month]
    return months, check if months else None


def _is_off(step: Json) -> bool:
    return step["verdict"] in {"loss", "gain"}


def show_steps(screen: Screen, steps: Sequence[Json], limit: float, names: Names) -> None:
    """Write the closure of each step and element, and how many do not close."""
    texts = screen.texts
    if not steps:
        screen.verdict(None, texts("balance.steps.none"))
        return
    decimals = decimals_for(max(step["in_kg"], step["out_kg"]) for step in steps)
    fine = decimals_for((step["u_kg"] for step in steps), digits=4)
    has_elements = len({step["element"] for step in steps}) > 1
    columns = [
        Column(texts("column.step")),
        Column(texts("column.site")),
        Column(texts("column.made_of_it")),
        *([Column(texts("column.element"))] if has_elements else []),
        Column(texts("column.in"), is_number=True),
        Column(texts("column.out"), is_number=True),
        Column(texts("column.difference"), is_number=True),
        Column(texts("column.u"), is_number=True),
        Column("z", is_number=True),
        Column(texts("column.verdict")),
    ]
    rows: list[list[str | Text]] = [
        [
            step_name(step),
            names(step["site"]["id"]),
            first_of(step["outputs"]),
            *([step["element"]] if has_elements else []),
            write_kg(step["in_kg"], decimals),
            write_kg(step["out_kg"], decimals),
            write_kg(step["difference_kg"], fine, signed=True),
            write_kg(step["u_kg"], fine),
            write_score(step["z"]),
            _verdict(step, screen),
        ]
        for step in steps
    ]
    screen.table(columns, rows)
    off = [step for step in steps if _is_off(step)]
    untested = sum(step["z"] is None for step in steps)
    rest = counted(texts, "balance.steps.untested", untested) if untested else ""
    element = "" if has_elements else word("element", steps[0]["element"], screen.language)
    if off:
        screen.verdict(False, counted(texts, "balance.steps.off", len(off), all=write_count(len(steps))), rest)
        for step in off:
            screen.line("  " + _off_sentence(step, screen, limit))
    else:
        tested = len(steps) - untested
        key = "balance.steps.close_element" if element else "balance.steps.close"
        screen.verdict(True if tested else None, counted(texts, key, tested, element=element), rest)


def step_name(step: Json) -> str:
    """Return a step as people call it: its run, else the end of its event's identifier."""
    return tail(step["run"]) if step["run"] else tail(step["event_id"] or "")[-12:]


def first_of(tails: Sequence[str]) -> str:
    """Return the first names of a list, and how many more there are."""
    more = len(tails) - NAMED_MOST
    return " ".join(tails[:NAMED_MOST]) + (f" +{more}" if more > 0 else "")


def _verdict(step: Json, screen: Screen) -> Text:
    said = word("verdict", step["verdict"], screen.language)
    return Text(f"✗ {said}", style="bold red") if _is_off(step) else Text(said)


def _off_sentence(step: Json, screen: Screen, limit: float) -> str:
    size = abs(step["difference_kg"])
    return screen.texts(
        "balance.step.loss" if step["verdict"] == "loss" else "balance.step.gain",
        step=step_name(step),
        size=write_kg(size, decimals_for([size], digits=3)),
        element=word("element", step["element"], screen.language),
        z=write_score(step["z"]),
        limit=f"{limit:g}",
    )


# Deliveries


def run_pairs(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show what both sides of each delivery say."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.balance import mirror_pairs

    on = args.on or args.known_on
    with screen.waiting(screen.texts("balance.waiting")):
        found = mirror_pairs(reading.viewer, known=reading.known, on=on, transit_limit_days=args.transit_limit)
    if args.lot is not None:
        lot = find_lot(reading, args.lot)
        found["pairs"] = [pair for pair in found["pairs"] if pair["lot"] == lot]
    screen.answer(found, lambda: show_pairs(screen, found["pairs"], reading.names(screen.language)))
    is_off = any(pair["state"] == "differs" or pair["overdue"] for pair in found["pairs"])
    if not screen.is_json and found["pairs"]:
        screen.next(with_data(args, "ytterby balance findings"))
    return Outcome.FOUND if is_off else Outcome.GOOD


def show_pairs(screen: Screen, pairs: Sequence[Json], names: Names) -> None:
    """Write each delivery with both sides, and how many differ."""
    texts = screen.texts
    if not pairs:
        screen.verdict(None, texts("balance.pairs.none"))
        return
    columns = [
        Column(texts("column.lot")),
        Column(texts("column.shipper")),
        Column(texts("column.receiver")),
        Column(texts("column.shipped"), is_number=True),
        Column(texts("column.received"), is_number=True),
        Column(texts("column.unit")),
        Column("D", is_number=True),
        Column(texts("column.state")),
    ]
    screen.table(columns, [_pair_row(pair, screen, names) for pair in pairs])
    off = sum(pair["state"] == "differs" for pair in pairs)
    overdue = sum(bool(pair["overdue"]) for pair in pairs)
    rest = counted(texts, "balance.pairs.overdue", overdue) if overdue else ""
    if off:
        key = "balance.pairs.off" if len(pairs) > 1 else "balance.pairs.off_only"
        screen.verdict(False, counted(texts, key, off, all=write_count(len(pairs))), rest)
    else:
        screen.verdict(not overdue, counted(texts, "balance.pairs.agree", len(pairs)), rest)


def _pair_row(pair: Json, screen: Screen, names: Names) -> list[str | Text]:
    state = word("state", pair["state"], screen.language)
    if pair["overdue"]:
        state += ", " + screen.texts("balance.overdue")
    is_off = pair["state"] == "differs" or pair["overdue"]
    return [
        pair["tail"],
        names(pair["shipper"]["id"]),
        names(pair["receiver"]["id"]),
        write_exact(pair["shipped"]),
        write_exact(pair["received"]),
        unit_word(pair["unit"], screen),
        write_score(pair["d"]),
        Text(f"✗ {state}", style="bold red") if is_off else Text(state),
    ]


# Findings


def run_findings(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List the findings."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.findings import list_findings

    with Progress(screen, "balance.watching") as progress:
        found = list_findings(reading.viewer, known=reading.known, language=screen.language, tell=progress.tell)
    names = reading.names(screen.language)
    screen.answer(found, lambda: show_findings(screen, found, names, is_brief=args.brief))
    first = next((one["tail"] for one in found["findings"] if one["tail"]), None)
    if not screen.is_json and first:
        screen.next(with_data(args, f"ytterby lot trace {quote(first)} --back"))
    return Outcome.FOUND if found["findings"] else Outcome.GOOD


def show_findings(screen: Screen, found: Json, names: Names, *, is_brief: bool = False) -> None:
    """Write how many findings there are and to expect by chance, each with its sentence and what would settle it."""
    texts, findings = screen.texts, found["findings"]
    if not findings:
        screen.verdict(True, texts("balance.findings.none"))
        return
    expected = found["expected_false_alarms"]
    chance = "" if expected is None else texts("balance.findings.expected", number=write_score(expected))
    screen.verdict(False, counted(texts, "balance.findings.found", len(findings)), chance)
    for one in findings:
        where = (
            names(one["site"]["id"]) if one["site"] else ", ".join(names(p) for group in one["parties"] for p in group)
        )
        title = word("finding", one["kind"], screen.language)
        about = "  ".join(part for part in (one["tail"], where) if part)
        screen.line(Text.assemble((f"  {one['id']}  ", "dim"), (plain(title), "bold yellow"), plain(f"  {about}")))
        if is_brief:
            continue
        facts = (one["lot"] or "", *one["facts"].values())
        cures = screen.joint.join(one["settles"])
        screen.line(
            Text.assemble(
                plain(f"      {names.in_sentence(one['text'], facts)}{screen.joint}"),
                (plain(texts("settles") + screen.joint + cures), "dim"),
            )
        )
