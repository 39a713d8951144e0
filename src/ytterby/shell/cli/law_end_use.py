"""`ytterby law end-use FILE|-`: what a description of an end use names, misses and leaves vague, and its sentence."""

import argparse
from typing import Any

from rich.text import Text

from ytterby.law.end_use import Told, read_end_use, unknown_elements
from ytterby.shell.cli.document_file import read_document_file
from ytterby.shell.cli.law_book import Sources, open_law, show_refused
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.screen import Screen, plain
from ytterby.shell.site.end_use_answer import end_use_json, rules_of
from ytterby.terms.jsontext import decode
from ytterby.terms.problem import Problem, refuse

Json = dict[str, Any]


def run_end_use(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Weigh a description; exit 1 where it misses something, says too little, or cannot be read."""
    book = open_law(args, screen)
    rules = rules_of(book, args.rules)
    if rules is None:
        raise WrongUse("law.end_use.which", known=", ".join(book.end_uses) or "-")
    told, problems = _told(read_document_file(args.file))
    problems = problems or ([] if told is None else unknown_elements(told, rules))
    if told is None or problems:
        show_refused(screen, problems, args.file)
        return Outcome.FOUND
    answer = {**end_use_json(book, told, rules, screen.language), "file": args.file}
    screen.answer(answer, lambda: _show(screen, answer))
    return Outcome.GOOD if answer["concrete"] else Outcome.FOUND


def _told(raw: bytes) -> tuple[Told | None, list[Problem]]:
    """Return a description that is an object of JSON, or else a text."""
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        value, problems = decode(raw)
        return (None, problems) if problems else read_end_use(value)
    try:
        return read_end_use(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None, [refuse("end_use.kind", "", "bytes")]


def _show(screen: Screen, answer: Json) -> None:
    texts, sources = screen.texts, Sources(screen)
    colon = "：" if screen.language == "zh" else ": "
    key = "law.end_use.concrete" if answer["concrete"] else "law.end_use.not_concrete"
    screen.verdict(answer["concrete"], texts(key))
    for said in (answer["sentence"] or {}).values():
        screen.line("  " + said)
    for one in answer["named"]:
        value = " / ".join(dict.fromkeys(one["value"].values()))
        screen.line(Text.assemble("  ", (plain(one["title"]), "bold"), f"{colon}{plain(value)}"))
    if answer["missing"]:
        screen.line(texts("law.end_use.missing"), "bold")
    for one in answer["missing"]:
        screen.line(Text(f"  {plain(one['title'])}{colon}{plain(one['question'])}").append_text(sources.mark(one)))
    if answer["vague"]:
        screen.line(texts("law.end_use.vague"), "bold")
    for one in answer["vague"]:
        facts = {"word": one["word"], "where": one["title"] or texts("law.end_use.text"), "place": one["place"]}
        screen.line(
            Text("  " + plain(texts("law.end_use.word", why=one["why"], **facts))).append_text(sources.mark(one))
        )
    if answer["hints"]:
        screen.line(texts("law.end_use.hints"), "bold")
    for one in answer["hints"]:
        screen.line("  " + texts("law.end_use.hint", **one))
    sources.show()
