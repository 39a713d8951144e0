"""`ytterby law fields`: every field that anybody is asked for, on what it rests, and what gets worse without it."""

import argparse
import csv
import io
from pathlib import Path
from typing import Any

from rich.text import Text

from ytterby.law.basis import Basis
from ytterby.shell.cli.figures import write_count
from ytterby.shell.cli.law_book import Sources, open_law
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.screen import Screen, plain
from ytterby.shell.site.law_fields import COLUMNS, field_list, field_rows, ground_rows
from ytterby.shell.spreadsheets.neutral import neutral

Json = dict[str, Any]


def run_fields(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List the fields."""
    book = open_law(args, screen)
    forms = field_list(book).forms
    if args.form is not None and args.form not in forms:
        raise WrongUse("law.fields.no_form", form=args.form, known=", ".join(sorted(forms)))
    rows = field_rows(book, screen.language, form=args.form or "", basis=args.basis or "")
    if args.csv is not None:
        _write(args.csv, ground_rows(rows))
    counts = {basis.value: sum(basis in row["basis"] for row in rows) for basis in Basis}
    answer = {"fields": rows, "counts": counts}
    screen.answer(answer, lambda: _show(screen, rows, args.csv))
    return Outcome.GOOD


def _write(path: Path, rows: list[Json]) -> None:
    """Write a row for each reason, as spreadsheets read it (RFC 4180, with a byte order mark)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row[column]) for column in COLUMNS] for row in rows)
    try:
        path.write_text("\ufeff" + out.getvalue(), encoding="utf-8", newline="")
    except OSError as error:
        raise CouldNotRun("file.unwritable", file=path, why=error.strerror or error) from None


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return neutral(" ".join(value) if isinstance(value, list) else "" if value is None else str(value))


def _show(screen: Screen, rows: list[Json], file: Path | None) -> None:
    texts, sources, form = screen.texts, Sources(screen), ""
    for row in rows:
        if row["form"] != form:
            form = row["form"]
            screen.line(Text.assemble((form, "bold"), f"  {plain(row['form_title'])}"))
        marks = [texts("law.fields.required")] if row["required"] else []
        marks += [texts("law.fields.only_in_a_case")] if not row["asked"] else []
        line = Text.assemble("  ", (plain(row["field"]), "bold"), f"  {plain(row['title'])}")
        if marks:
            line.append(f" ({', '.join(marks)})")
        screen.line(line)
        for ground in row["grounds"]:
            _show_ground(screen, row, ground, sources)
    sources.show()
    screen.verdict(None, texts("law.fields.count", count=write_count(len(rows))))
    if file is not None:
        screen.line(texts("law.fields.written", file=file))


def _show_ground(screen: Screen, row: Json, ground: Json, sources: Sources) -> None:
    texts = screen.texts
    said = texts(f"law.basis.{ground['basis']}")
    colon = "：" if screen.language == "zh" else ": "
    if ground["basis"] == Basis.NEED:
        said += f"{colon}{row['without']} ({', '.join(row['read_by'])})"
    elif ground["basis"] == Basis.LAW:
        where = " ".join(filter(None, (ground["rule"], f"({ground['article']})" if ground["article"] else "")))
        said += colon + where
    line = Text("    " + plain(said), style="dim")
    screen.line(line.append_text(sources.mark(ground)) if ground["source"] else line)
