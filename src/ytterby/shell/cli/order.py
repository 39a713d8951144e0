"""`ytterby order`: an order, entered once, from which application, certificate and receipt form are filled.

ytterby order enter order.json --as "Oriel Magnets"
ytterby order show PO-7 --fill application > application.json
"""

import argparse
from pathlib import Path
from typing import Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_known, add_noun
from ytterby.shell.cli.filing import add_filing, filed, filing_speaker, order_named, read_object, show_rows
from ytterby.shell.cli.opening import Reading, open_reading
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.screen import Screen, write_json

Json = dict[str, Any]
PAPERS = ("application", "certificate", "receipt")


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "order", "orders, entered once, and the papers that are filled from them")
    entered = add_filing(verbs, "enter", run_enter, "enter an order in JSON (docs/deliveries.md), or its next version")
    entered.add_argument("file", type=Path, metavar="FILE")
    shown = add_command(verbs, "show", run_show, "list orders, show one, or fill a paper from it")
    shown.add_argument("number", nargs="?", metavar="NUMBER", help="the seller's number")
    shown.add_argument("--seller", metavar="PARTY", help="whose number it is, where two sellers use one")
    shown.add_argument("--fill", choices=PAPERS, help="write this paper in JSON, as far as the order tells it")
    shown.add_argument("--procedure", metavar="ID", help="by which procedure (default: the first in force)")
    add_known(shown)


def run_enter(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Enter an order."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.enter_order import enter_order

    speaker = filing_speaker(args, reading)
    return filed(args, screen, enter_order(reading.register, read_object(args.file), speaker, at=args.at))


def run_show(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show orders."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.filed import list_orders, show_order

    if args.number is None:
        rows = list_orders(reading.viewer, reading.known)
        answer = {"orders": rows, "as_of_size": reading.known.size}
        screen.answer(answer, lambda: _show_list(screen, reading, rows))
        return Outcome.GOOD
    key = order_named(reading, args.number, args.seller)
    if args.fill:
        return _fill(args, reading, key)
    row = show_order(reading.viewer, key, reading.known)
    if row is None:
        raise WrongUse("order.unknown", value=args.number, count=0)
    screen.answer(row, lambda: _show(screen, reading, row))
    return Outcome.GOOD


def _fill(args: argparse.Namespace, reading: Reading, key: str) -> Outcome:
    from ytterby.shell.store.reading.filled import filled_paper
    from ytterby.shell.store.reading.law import law_at

    procedures = law_at(reading.viewer, reading.known, args.at).procedures
    procedure = procedures.get(args.procedure) if args.procedure else next(iter(procedures.values()), None)
    if procedure is None:
        raise WrongUse("order.no_procedure", value=args.procedure or "", known=", ".join(procedures))
    names = reading.names("en")
    paper = filled_paper(reading.viewer, key, args.fill, procedure, reading.known, names)
    if paper is None:
        raise WrongUse("order.no_paper", paper=args.fill, value=args.number)
    write_json(paper)
    return Outcome.GOOD


def _show_list(screen: Screen, reading: Reading, rows: list[Json]) -> None:
    names = reading.names(screen.language)

    def cells(row: Json) -> list[str]:
        goods = "; ".join(f"{line['name']} {line['quantity']} {line['unit']}" for line in row["lines"])
        return [row["number"], names(row["seller"]), names(row["end_user"]), row["destination"], goods]

    show_rows(screen, ("order", "seller", "end_user", "country", "goods"), rows, cells)


def _show(screen: Screen, reading: Reading, row: Json) -> None:
    names, texts = reading.names(screen.language), screen.texts
    said = {"number": row["number"], "version": row["version"], "seller": names(row["seller"]), "on": row["on"]}
    screen.verdict(None, texts("order.head", **said))
    screen.line("  " + texts("order.goes_to", end_user=names(row["end_user"]), country=row["destination"]))
    for line in row["lines"]:
        value = f" {line['value']} {line['currency']}" if line["value"] else ""
        screen.line(f"  {line['line']}. {line['name']} {line['quantity']} {line['unit']}{value}")
