"""`ytterby law classify FILE|-`: whether goods are controlled on a day, every code, and what was tried."""

import argparse
from typing import Any

from rich.text import Text

from ytterby.shell.cli.law_arguments import option_of
from ytterby.shell.cli.law_book import Sources, asked_days, doubts_of, known_day, open_law, show_refused
from ytterby.shell.cli.law_goods import read_goods_file, show_leave, show_share
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.screen import Screen, plain
from ytterby.shell.site.law_answer import classify_json, packs_of_items
from ytterby.shell.site.law_packs import chosen, groups_of

Json = dict[str, Any]
GOOD = {"controlled": None, "not_controlled": True, "ask": None, "disputed": None, "unknown": None}


def run_classify(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Classify; exit 1 where the goods cannot be read."""
    law = open_law(args, screen)
    group = None if args.pack is None else args.pack.lower()
    if group is not None and group not in groups_of(law):
        raise WrongUse("law.no_such_group", group=args.pack, known=", ".join(groups_of(law)))
    book = chosen(law, group)
    days, known = asked_days(args), known_day(args, book, packs_of_items(book))
    goods, problems = read_goods_file(args.file)
    if goods is None:
        show_refused(screen, problems, args.file)
        return Outcome.FOUND
    answer = {**classify_json(book, goods, days, known, screen.language), "file": args.file}
    screen.answer(answer, lambda: _show(screen, answer))
    return Outcome.GOOD


def _show(screen: Screen, answer: Json) -> None:
    texts = screen.texts
    sources = Sources(screen)
    codes = f" {', '.join(answer['codes'])}" if answer["codes"] else ""
    head = texts(f"law.answer.{answer['answer']}") + codes
    screen.verdict(GOOD[answer["answer"]], head, texts("law.by", basis=texts(f"law.by.{answer['by']}")))
    if answer["candidates"]:
        screen.line(texts("law.candidates", codes=", ".join(answer["candidates"])))
    show_leave(screen, answer)
    doubt = doubts_of(answer["reasons"], screen)
    if doubt:
        screen.line(doubt, "yellow")
    sources.show_reasons(texts("law.reasons"), answer["reasons"])
    for one in answer["readings"]:
        sources.show_reading(one, texts(f"law.answer.{one['answer']}"))
    for settler in answer["settled_by"]:
        screen.line("  " + texts("law.settled_by", who=settler))
    for day in answer["missing_days"]:
        screen.line("  " + texts("law.missing_day", day=texts(f"law.governs.{day}"), option=f"--{option_of(day)}"))
    for one in answer["value_rules"]:
        screen.line(texts("law.value_rule", rule=one["rule"], answer=one["answer"]), "bold")
        show_share(screen, one["goods"])
    for beside in answer["freed_by"]:
        screen.line(texts("law.freed_by", **beside))
    sources.show_reasons(texts("law.tried"), answer["tried"])
    _show_lines(screen, answer["tariff"]["lines"], sources)
    sources.show()
    for note in answer["notes"]:
        screen.line(note, "dim")


def _show_lines(screen: Screen, lines: list[Json], sources: Sources) -> None:
    if lines:
        screen.line(screen.texts("law.tariff"), "bold")
    for one in lines:
        meanings = "; ".join(f"{c['condition']} {c['meaning']}" for c in one["conditions"])
        said = " · ".join(filter(None, (one["pack"], one["code"], one["text"], meanings, one["conditions_note"])))
        screen.line(Text("  " + plain(said)).append_text(sources.mark(one)))
