"""`ytterby case statistics`: the office's tables of some months, as they may be published (docs/statistics.md).

Without --publish it says what would be published beside all that was; with it that is recorded, and told again as it
was from then on. What may not be told is `–`.
"""

import argparse
import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.arguments import Nouns, add_command
from ytterby.shell.cli.opening import Reading, open_reading
from ytterby.shell.cli.outcome import CouldNotRun, Outcome
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.rights import add_signer, read_signer
from ytterby.shell.cli.screen import Column, Screen

if TYPE_CHECKING:
    from ytterby.licence.case_record import CaseRecord
    from ytterby.licence.statistics import Release
    from ytterby.licence.statistics_table import Statistics, Table

Json = dict[str, Any]
ReadRecords = Callable[[Reading, datetime], Sequence["CaseRecord"]]
LEFT_OUT = "–"


def add(verbs: Nouns, read_records: ReadRecords) -> None:
    """Add the verb; `read_records` says what all cases of a register came to."""

    def run(args: argparse.Namespace, screen: Screen) -> Outcome:
        """Show or publish the tables."""
        return run_statistics(args, screen, read_records)

    verb = add_command(verbs, "statistics", run, "show or publish the office's tables of some months")
    verb.add_argument("--from", dest="first", required=True, metavar="MONTH", help="first month, as 2026-01")
    verb.add_argument("--to", dest="last", required=True, metavar="MONTH", help="last month, as 2026-03")
    verb.add_argument(
        "--region", action="append", default=[], metavar="COUNTRY", help="told apart; the others together"
    )
    verb.add_argument("--publish", action="store_true", help="record it: it stays as it is from then on")
    verb.add_argument("--csv", type=Path, metavar="DIR", help="write each table as CSV into this folder")
    add_signer(verb)


def run_statistics(args: argparse.Namespace, screen: Screen, read_records: ReadRecords) -> Outcome:
    """Show or publish the tables."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.clock import now
    from ytterby.shell.actions.release_statistics import preview_statistics, release_statistics

    at = args.at or now()
    months, how = (args.first, args.last), {"regions": args.region, "at": at}
    if args.publish:
        done = release_statistics(
            reading.register, lambda: read_records(reading, at), *months, by=read_signer(args), **how
        )
    else:
        done = preview_statistics(reading.register, read_records(reading, at), *months, **how)
    release = done.release
    if release is None:
        told = {"problems": [problem_json(one, "", screen.language) for one in done.problems]}
        screen.answer({**told, "as_of_size": done.size}, lambda: show_problems(screen, done.problems, ""))
        if not screen.is_json:
            screen.verdict(False, screen.texts("statistics.refused"))
        return Outcome.FOUND
    statistics = done.statistics
    answer = {**release_json(release, statistics, screen.language), "new": done.is_new, "as_of_size": done.size}
    screen.answer(answer, lambda: _show(screen, release, statistics))
    if args.csv is not None:
        _write_csv(args.csv, release, statistics, screen)
    if not screen.is_json:
        how_told = "statistics.released" if done.is_new else "statistics.known" if args.publish else "statistics.would"
        screen.verdict(None, screen.texts(how_told, id=release.id))
    return Outcome.GOOD


def release_json(release: "Release", statistics: "Statistics", language: str) -> Json:
    """Return a release by tables, each with what it counts."""
    values = _values(release)
    tables = []
    for table in statistics.tables.values():
        rows = [
            {"row": row or None, "column": column or None, "value": values[_key(table, row, column)]}
            for row, column in _places(statistics, table)
        ]
        names = {"title": table.title[language], "definition": table.definition[language]}
        split = {"rows": table.rows, "columns": table.columns or None}
        unit = statistics.measures[table.measure].unit
        tables.append({"table": table.id, **names, "unit": unit, **split, "cells": rows})
    figures = [{"figure": one.figure, "tier": one.code or None, "value": one.value} for one in release.figures]
    rule = {"parties": release.parties, "share": release.share}
    return {"from": release.first, "to": release.last, "rule": rule, "tables": tables, "figures": figures}


def _values(release: "Release") -> dict[tuple[str, frozenset[tuple[str, str]]], str | None]:
    return {(one.measure, frozenset(one.where.items())): one.value for one in release.cells}


def _key(table: "Table", row: str, column: str) -> tuple[str, frozenset[tuple[str, str]]]:
    where = {(table.rows, row)} if row else set()
    return table.measure, frozenset(where | ({(table.columns, column)} if column else set()))


def _places(statistics: "Statistics", table: "Table") -> list[tuple[str, str]]:
    columns = _columns(statistics, table)
    return [
        (row, column) for row in statistics.axis(table.rows, is_summed="rows" in table.totals) for column in columns
    ]


def _columns(statistics: "Statistics", table: "Table") -> list[str]:
    return statistics.axis(table.columns, is_summed="columns" in table.totals) if table.columns else [""]


def _table_rows(release: "Release", statistics: "Statistics", table: "Table", total: str) -> list[list[str]]:
    """Return a table as rows of text, the heading first."""
    values, columns = _values(release), _columns(statistics, table)
    rows = [["", *(column or total for column in columns)]]
    for row in statistics.axis(table.rows, is_summed="rows" in table.totals):
        told = (values[_key(table, row, column)] for column in columns)
        rows.append([row or total, *(LEFT_OUT if value is None else value for value in told)])
    return rows


def _show(screen: Screen, release: "Release", statistics: "Statistics") -> None:
    texts, language = screen.texts, screen.language
    for table in statistics.tables.values():
        heading, *rows = _table_rows(release, statistics, table, texts("statistics.total"))
        if all(value == LEFT_OUT for row in rows for value in row[1:]):
            continue
        unit = statistics.measures[table.measure].unit
        screen.line(f"{table.title[language]} ({unit})", "bold")
        screen.line("  " + table.definition[language], "dim")
        told = [row for row in rows if any(value != LEFT_OUT for value in row[1:])]
        screen.table([Column(heading[0]), *(Column(one, is_number=True) for one in heading[1:])], told)
    for one in release.figures:
        if one.value is not None:
            which = f" ({one.code})" if one.code else ""
            screen.line(f"  {texts(f'statistics.figure.{one.figure}')}{which}: {one.value}")
    share = f"{Decimal(release.share) * 100:.0f} %"
    screen.line(texts("statistics.left_out", parties=release.parties, share=share), "dim")


def _write_csv(folder: Path, release: "Release", statistics: "Statistics", screen: Screen) -> None:
    """Write each table, and the figures, as CSV with what they count in a file beside."""
    from ytterby.shell.spreadsheets.neutral import neutral

    total, language = screen.texts("statistics.total"), screen.language
    files = {f"{name}.csv": _table_rows(release, statistics, table, total) for name, table in statistics.tables.items()}
    files["figures.csv"] = [
        ["figure", "tier", "value"],
        *([one.figure, one.code, one.value or LEFT_OUT] for one in release.figures),
    ]
    files["definitions.csv"] = [
        ["table", "title", "definition"],
        *([name, one.title[language], one.definition[language]] for name, one in statistics.tables.items()),
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in files.items():
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows([neutral(cell) for cell in row] for row in rows)
            (folder / name).write_text(text.getvalue(), encoding="utf-8")
    except OSError as error:
        raise CouldNotRun("file.unwritable", file=folder, why=error.strerror or error) from None
    if not screen.is_json:
        screen.line(screen.texts("statistics.written", count=len(files), folder=folder))
