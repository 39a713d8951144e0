"""`ytterby statement`: what end users state of their use, each for a time, and what they do not stand by.

ytterby statement file statement.json --by user.key     signed by the key that the invitation bound
ytterby statement file scan.json --paper --as "Oriel Magnets"
ytterby statement repudiate 0ee1978532ab --reason not_made --text "…" --by user.key
"""

import argparse
from pathlib import Path
from typing import Any

from ytterby.shell.cli.arguments import Nouns, add_command, add_known, add_noun
from ytterby.shell.cli.filing import SHOWN, add_filing, filed, filing_speaker, read_object, said, show_rows
from ytterby.shell.cli.opening import Reading, open_reading
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.rights import read_signer
from ytterby.shell.cli.screen import Screen
from ytterby.terms.problem import is_refused

Json = dict[str, Any]


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "statement", "what end users state of their use, and what they do not stand by")
    new = add_filing(verbs, "file", run_file, "file a statement of end use in JSON (docs/deliveries.md)")
    new.add_argument("file", type=Path, metavar="FILE")
    new.add_argument("--paper", action="store_true", help="it was made on paper; the exporter files its scan")
    add_known(add_command(verbs, "list", run_list, "list statements, and where they stand"))
    shown = add_command(verbs, "show", run_show, "show a statement whole")
    shown.add_argument("digest", metavar="DIGEST", help="the beginning of its digest")
    add_known(shown)
    gone = add_filing(verbs, "repudiate", run_repudiate, "say that a statement in one's name does not stand")
    gone.add_argument("digest", metavar="DIGEST", help="the beginning of its digest")
    gone.add_argument("--reason", required=True, metavar="CODE", help="not_made, no_longer_true, taken_back")
    gone.add_argument("--text", required=True, metavar="TEXT", help="why, in words")


def run_file(args: argparse.Namespace, screen: Screen) -> Outcome:
    """File a statement."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.file_statement import file_paper, file_statement, read_statement, sign_statement
    from ytterby.shell.actions.filing import FilingChange

    speaker, key = filing_speaker(args, reading), read_signer(args)
    fields = read_object(args.file)
    statement, problems = read_statement(reading.register, fields, at=args.at)
    if statement is None or is_refused(problems):
        return filed(args, screen, FilingChange(tuple(problems), reading.register.size))
    if args.paper:
        return filed(args, screen, file_paper(reading.register, statement, speaker, at=args.at))
    if key is None:
        raise WrongUse("statement.key_needed")
    signed = sign_statement(reading.register, statement, key)
    return filed(args, screen, file_statement(reading.register, signed, speaker, at=args.at))


def run_repudiate(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Repudiate a statement."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.file_statement import repudiate_statement
    from ytterby.shell.store.reading.filed import list_statements
    from ytterby.shell.store.reading.viewer import Viewer

    speaker = filing_speaker(args, reading)
    mine = list_statements(Viewer(speaker.party), reading.known, _day(args))
    found = [row["digest"] for row in mine if len(args.digest) >= SHOWN - 4 and row["digest"].startswith(args.digest)]
    digest = found[0] if len(found) == 1 else args.digest
    change = repudiate_statement(reading.register, digest, args.reason, args.text, speaker, at=args.at)
    return filed(args, screen, change)


def run_list(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List statements."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.filed import list_statements

    rows = list_statements(reading.viewer, reading.known, _day(args))
    answer = {"statements": rows, "as_of_size": reading.known.size}
    screen.answer(answer, lambda: _show_list(screen, reading, rows))
    return Outcome.GOOD


def _day(args: argparse.Namespace) -> Any:
    from ytterby.shell.actions.clock import now

    return (args.at or now()).date()


def _show_list(screen: Screen, reading: Reading, rows: list[Json]) -> None:
    names = reading.names(screen.language)

    def cells(row: Json) -> list[str]:
        orders = ", ".join(row["orders"]) or screen.texts("statement.every_order")
        parties = [names(row["end_user"]), names(row["exporter"])]
        return [
            row["digest"][:SHOWN],
            *parties,
            orders,
            row["valid_to"],
            said(screen, row["made"]),
            said(screen, row["state"]),
        ]

    show_rows(screen, ("id", "end_user", "exporter", "order", "until", "made_by", "state"), rows, cells)


def run_show(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show a statement."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.store.reading.filed import show_statement

    row = show_statement(reading.viewer, args.digest, reading.known, _day(args))
    if row is None:
        raise WrongUse("statement.unknown", value=args.digest)
    screen.answer(row, lambda: _show(screen, reading, row))
    return Outcome.GOOD


def _show(screen: Screen, reading: Reading, row: Json) -> None:
    texts, names, language = screen.texts, reading.names(screen.language), screen.language
    head = {"end_user": names(row["end_user"]), "exporter": names(row["exporter"]), "state": said(screen, row["state"])}
    screen.verdict(None, texts("statement.head", **head))
    signer = row["signer"]
    screen.line(
        "  " + texts("statement.signed_by", name=signer["name"], title=signer["title"], made=said(screen, row["made"]))
    )
    screen.line("  " + texts("statement.valid", start=row["valid_from"], end=row["valid_to"]))
    for goods in row["goods"]:
        screen.line(f"  {goods['name']} {goods['specification']} {goods['quantity']} {goods['unit']}".rstrip())
    for name, value in row["end_use"].items():
        shown = value.get(language) or next(iter(value.values())) if isinstance(value, dict) else value
        screen.line(f"  {name}: {shown}")
    for words in row["undertakings"].values():
        screen.line("  " + texts("statement.undertakes", text=words.get(language) or next(iter(words.values()))))
    if row["repudiation"]:
        screen.line("  " + texts("statement.repudiated", text=row["repudiation"]["text"]), "red")
