"""`ytterby event template|export|columns`: empty sheets, events written back as rows, and own names of columns."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ytterby.shell.cli.arguments import Nouns, add_command, add_known
from ytterby.shell.cli.balance import month
from ytterby.shell.cli.figures import write_count
from ytterby.shell.cli.opening import Reading, as_party, find_party, open_reading, with_data
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Screen
from ytterby.shell.cli.sheet_options import mapping

if TYPE_CHECKING:
    from ytterby.chain.spreadsheet.writing_out import Written

KINDS = ("events", "return")
ENDINGS = (".xlsx", ".csv")


def add(verbs: Nouns) -> None:
    """Add the verbs."""
    template = add_command(verbs, "template", run_template, "write an empty sheet to fill in")
    template.add_argument("--kind", choices=KINDS, default=KINDS[0], help="lot events (default), or a monthly return")
    _add_out(template)
    export = add_command(verbs, "export", run_export, "write events as rows, which come in again as the same events")
    export.add_argument("--as", dest="party", required=True, metavar="PARTY", help="whose view")
    export.add_argument("--month", type=month, metavar="M", help="only events of this month in UTC, as 2026-03")
    export.add_argument("--kind", choices=KINDS, default=KINDS[0], help="rows of lot events (default), or of returns")
    export.add_argument("--own", action="store_true", help="only what the party itself submitted")
    add_known(export)
    _add_out(export)
    columns = add_command(verbs, "columns", run_columns, "list or set a party's own names of columns")
    columns.add_argument("--as", dest="party", required=True, metavar="PARTY", help="whose columns")
    columns.add_argument("--kind", choices=KINDS, help="of which sheet (default: both are listed; needed to set)")
    columns.add_argument(
        "--map", action="append", type=mapping, default=[], metavar="OWN=NAME", help="remember what a column means"
    )
    columns.add_argument("--forget", action="append", default=[], metavar="OWN", help="forget a name")
    add_known(columns)


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", "--out", type=out_file, required=True, metavar="FILE", help="file to write: .xlsx or .csv"
    )


def out_file(text: str) -> Path:
    """Return the path of a file to write."""
    path = Path(text)
    if path.suffix.lower() not in ENDINGS:
        raise argparse.ArgumentTypeError(f"{text!r} is neither .xlsx nor .csv")
    return path


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CouldNotRun("file.unwritable", file=path, why=error.strerror or error) from None


def run_template(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Write an empty sheet."""
    from ytterby.shell.site.law_fields import SHEET_FORMS, column_words
    from ytterby.shell.site.law_packs import packaged_law
    from ytterby.shell.site.packs import matter_tables, sheet_tables
    from ytterby.shell.spreadsheets.template import write_template

    without = column_words(packaged_law(), SHEET_FORMS[args.kind], args.lang)
    is_csv = args.out.suffix.lower() == ".csv"
    _write(args.out, write_template(args.kind, args.lang, sheet_tables(), matter_tables(), without, is_csv=is_csv))
    answer = {"file": str(args.out), "kind": args.kind, "language": args.lang, "as_of_size": None}
    screen.answer(answer, lambda: screen.verdict(True, screen.texts("event.template.written", file=args.out)))
    if not screen.is_json:
        screen.next(f"ytterby event check {args.out}")
    return Outcome.GOOD


def run_export(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Write events as rows."""
    reading = open_reading(args, screen)
    party = find_party(reading, args.party)
    written = _written(args, reading, party)
    from ytterby.shell.site.packs import sheet_tables
    from ytterby.shell.spreadsheets.writing import write_csv, write_xlsx

    is_csv = args.out.suffix.lower() == ".csv"
    tables = sheet_tables()
    sheet = written.table
    _write(args.out, write_csv(sheet, tables, args.lang) if is_csv else write_xlsx([sheet], tables, args.lang))
    answer = {
        "file": str(args.out),
        "kind": args.kind,
        "rows": len(sheet.rows),
        "events": written.event_count,
        "left_out": [
            {"event_id": one.name or None, "digest": f"sha256:{one.digest.hex()}"} for one in written.left_out
        ],
        "as_of_size": reading.known.size,
    }
    screen.answer(answer, lambda: _show_export(screen, args, written))
    return Outcome.GOOD


def _written(args: argparse.Namespace, reading: Reading, party: str) -> "Written":
    from ytterby.chain.spreadsheet.settings import Settings
    from ytterby.chain.spreadsheet.writing_out import StoredEvent, events_as_rows, return_as_rows
    from ytterby.shell.site.packs import door_tables, sheet_tables
    from ytterby.shell.store.reading.event_texts import submitted_events
    from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

    view = as_party(Reading(reading.register, OPERATOR_VIEWER, reading.known), party).viewer
    is_return = args.kind == "return"
    submitter = party if args.own or is_return else None
    events = [
        StoredEvent(one.read.raw, one.read.prefixes, one.read.digest or b"", (one.read.event.event_id or ""))
        for one in submitted_events(reading.viewer, reading.known, view_of=view, submitter=submitter, month=args.month)
        if one.read.event is not None
    ]
    if is_return:
        settings = Settings(party=party, base=reading.register.base)
        return return_as_rows(events, sheet_tables(), door_tables(), settings)
    return events_as_rows(events, sheet_tables(), door_tables())


def _show_export(screen: Screen, args: argparse.Namespace, written: "Written") -> None:
    texts = screen.texts
    screen.verdict(True, texts("event.export.written", file=args.out, count=write_count(written.event_count)))
    if written.left_out:
        screen.remark(texts("event.export.left_out", count=write_count(len(written.left_out))))
        for one in written.left_out[:12]:
            screen.remark(f"  {one.name or one.digest.hex()}")


def run_columns(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List or set own names of columns."""
    reading = open_reading(args, screen)
    party = find_party(reading, args.party)
    from ytterby.shell.actions.columns import own_columns, remember_columns
    from ytterby.shell.store.reading.columns import columns_of

    found = {kind: dict(names) for kind, names in columns_of(reading.viewer, party, known=reading.known).items()}
    problems = []
    if args.map or args.forget:
        if args.kind is None:
            raise WrongUse("event.columns.which")
        # What is set hangs on what holds now, whoever is shown what was known when.
        names = {k: v for k, v in own_columns(party).get(args.kind, {}).items() if k not in args.forget} | dict(
            args.map
        )
        problems = remember_columns(reading.register, party, args.kind, names, at=args.at)
        if not problems:
            found[args.kind] = names
    shown = {kind: names for kind, names in found.items() if names and args.kind in (None, kind)}
    answer = {
        "party": party,
        "columns": shown,
        "problems": [problem_json(problem, "", screen.language) for problem in problems],
        "as_of_size": reading.register.size,
    }
    screen.answer(answer, lambda: _show_columns(screen, shown))
    if not screen.is_json:
        show_problems(screen, problems, "")
        screen.next(with_data(args, f"ytterby event check FILE --as {args.party}"))
    return Outcome.FOUND if problems else Outcome.GOOD


def _show_columns(screen: Screen, shown: dict[str, dict[str, str]]) -> None:
    if not shown:
        screen.line(screen.texts("event.columns.none"))
    for kind, names in shown.items():
        screen.line(screen.texts("event.columns.events" if kind == "events" else "event.columns.return"))
        for own, meant in names.items():
            screen.line(f"  {own} = {meant}")
