"""`ytterby law complete DOSSIER.json`: what a dossier lacks, the same before filing and at reception."""

import argparse
from itertools import groupby
from typing import Any

from rich.text import Text

from ytterby.shell.cli.document_file import read_document_file
from ytterby.shell.cli.figures import write_count
from ytterby.shell.cli.law_book import Sources, open_law, show_refused
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.screen import Screen, plain
from ytterby.shell.cli.texts import counted
from ytterby.shell.site.completeness_answer import complete_json, procedure_of
from ytterby.terms.jsontext import decode

Json = dict[str, Any]
GOOD = {"yes": True, "no": False, "ask": None}


def run_complete(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Judge a dossier; exit 1 where it lacks anything, or cannot be read."""
    book = open_law(args, screen)
    value, problems = decode(read_document_file(args.file))
    if problems:
        show_refused(screen, problems, args.file)
        return Outcome.FOUND
    procedure = procedure_of(book, value, args.procedure)
    if procedure is None:
        raise WrongUse("law.complete.which", known=", ".join(book.procedures))
    if args.on < procedure.effective:
        raise WrongUse("law.before_packs", day=args.on, first=procedure.effective)
    answer, problems = complete_json(book, procedure, value, args.on, screen.language)
    if answer is None:
        show_refused(screen, problems, args.file)
        return Outcome.FOUND
    answer = {**answer, "file": args.file}
    screen.answer(answer, lambda: _show(screen, answer))
    return Outcome.FOUND if answer["gaps"] else Outcome.GOOD


def _show(screen: Screen, answer: Json) -> None:
    texts, sources = screen.texts, Sources(screen)
    rest = counted(texts, "law.complete.gaps", len(answer["gaps"])) if answer["gaps"] else ""
    screen.verdict(GOOD[answer["complete"]], texts(f"law.complete.{answer['complete']}"), rest)
    screen.line(texts("law.complete.by", procedure=answer["procedure"], kind=answer["kind_title"] or "-"), "dim")
    for severity, gaps in groupby(answer["gaps"], key=lambda one: one["severity"]):
        rows = list(gaps)
        screen.line(f"{texts('law.severity.' + severity)} ({write_count(len(rows))})", "bold")
        for one in rows:
            screen.line(Text("  " + plain(one["text"])).append_text(sources.mark(one)))
            by = " ".join(filter(None, (one["article"], one["rule"])))
            screen.line("    " + one["cure"] + (screen.joint + f"({by})" if by else ""), "dim")
    sources.show()
    for note in answer["notes"]:
        screen.line(note, "dim")
