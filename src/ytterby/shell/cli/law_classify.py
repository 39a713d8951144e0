"""`ytterby law classify FILE|-`: whether goods are controlled on a day, every code, and what was tried."""

import argparse
from typing import Any

from rich.text import Text

from ytterby.law.book import LawBook
from ytterby.law.classification import Classification, Classifier
from ytterby.law.goods import Goods, read_goods
from ytterby.law.part_match import Beside, plain
from ytterby.law.tariff import LineFound, lines_of
from ytterby.shell.cli.document_file import read_document_file
from ytterby.shell.cli.law_book import (
    Sources,
    days_notes,
    doubts_of,
    known_day,
    open_law,
    packs_json,
    reason_json,
    show_refused,
    trust_json,
)
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.screen import Screen
from ytterby.shell.cli.screen import plain as plain_text
from ytterby.shell.site.law_packs import chosen, groups_of
from ytterby.terms.jsontext import decode

Json = dict[str, Any]
GOOD = {"controlled": None, "not_controlled": True, "ask": None, "disputed": None, "unknown": None}


def run_classify(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Classify; exit 1 where the goods cannot be read."""
    law = open_law(args, screen)
    group = None if args.pack is None else args.pack.lower()
    if group is not None and group not in groups_of(law):
        raise WrongUse("law.no_such_group", group=args.pack, known=", ".join(groups_of(law)))
    book = chosen(law, group)
    known = known_day(args, book, {item.pack for item in book.items.values()})
    value, problems = decode(read_document_file(args.file))
    goods = None
    if not problems:
        goods, problems = read_goods(value)
    if goods is None:
        show_refused(screen, problems, args.file)
        return Outcome.FOUND
    found = Classifier(book, on=args.on, known=known).classify(goods)
    lines = lines_of(book, [goods.hs] if goods.hs else _reference_codes(book, found))
    notes = _notes(goods, screen) + days_notes(book, args.on, known, screen.texts)
    answer = _json(found, goods, lines, notes, book, screen.language) | {
        "file": args.file,
        "on": str(args.on),
        "known_on": str(known),
    }
    screen.answer(answer, lambda: _show(screen, found, lines, notes))
    return Outcome.GOOD


def _reference_codes(book: LawBook, found: Classification) -> list[str]:
    named = (*found.codes, *found.candidates)
    return [hs for code in named for hs in book.items[code].reference_hs]


def _notes(goods: Goods, screen: Screen) -> list[str]:
    notes = [screen.texts("law.not_used", name=name) for name in goods.not_used]
    exact = [element for element in goods.elements if element not in goods.u]
    if exact:
        notes.append(screen.texts("law.no_u", elements=", ".join(exact)))
    return notes


def _json(
    found: Classification, goods: Goods, lines: list[LineFound], notes: list[str], book: LawBook, language: str
) -> Json:
    return {
        "answer": found.answer,
        "codes": list(found.codes),
        "candidates": list(found.candidates),
        "by": found.by,
        "reasons": [reason_json(one, language) for one in found.reasons],
        "tried": [reason_json(one, language) for one in found.tried],
        "freed_by": [_beside_json(one) for one in found.beside],
        "readings": [
            {
                "dispute": one.dispute,
                "id": one.reading,
                "answer": one.answer,
                "text": one.text[language],
                **trust_json(one.trust),
            }
            for one in found.readings
        ],
        "settled_by": [one[language] for one in found.settled_by],
        "tariff": {
            "hs": goods.hs or None,
            "decides": False,
            "lines": [
                {
                    "pack": one.pack,
                    "code": one.line.code,
                    "text": one.line.text,
                    "conditions": [
                        {"condition": c.letter, "kind": c.kind, "meaning": c.meaning[language], **trust_json(c.trust)}
                        for c in one.conditions
                    ],
                    "conditions_note": one.line.conditions_note or None,
                    "note": one.line.note or None,
                    **trust_json(one.line.trust),
                }
                for one in lines
            ],
        },
        "notes": notes,
        "packs": packs_json(book),
    }


def _beside_json(beside: Beside) -> Json:
    return {
        "parameter": beside.parameter,
        "name": "+".join(beside.elements),
        "unit": "wt%",
        "value": plain(beside.value),
        "u": plain(beside.u),
        "limit": plain(beside.limit),
        "k": plain(beside.k),
    }


def _show(screen: Screen, found: Classification, lines: list[LineFound], notes: list[str]) -> None:
    texts = screen.texts
    sources = Sources(screen)
    codes = f" {', '.join(found.codes)}" if found.codes else ""
    head = texts(f"law.answer.{found.answer}") + codes
    screen.verdict(GOOD[found.answer], head, texts("law.by", basis=texts(f"law.by.{found.by}")))
    if found.candidates:
        screen.line(texts("law.candidates", codes=", ".join(found.candidates)))
    doubt = doubts_of((one.trust for one in found.reasons), screen)
    if doubt:
        screen.line(doubt, "yellow")
    sources.show_reasons(texts("law.reasons"), found.reasons)
    for one in found.readings:
        sources.show_reading(one.text, texts(f"law.answer.{one.answer}"), one.trust)
    for settler in found.settled_by:
        screen.line("  " + texts("law.settled_by", who=settler[screen.language]))
    for beside in found.beside:
        screen.line(texts("law.freed_by", **_beside_json(beside)))
    sources.show_reasons(texts("law.tried"), found.tried)
    _show_lines(screen, lines, sources)
    sources.show()
    for note in notes:
        screen.line(note, "dim")


def _show_lines(screen: Screen, lines: list[LineFound], sources: Sources) -> None:
    if lines:
        screen.line(screen.texts("law.tariff"), "bold")
    for one in lines:
        meanings = "; ".join(f"{c.letter} {c.meaning[screen.language]}" for c in one.conditions)
        said = " · ".join(filter(None, (one.pack, one.line.code, one.line.text, meanings, one.line.conditions_note)))
        screen.line(Text("  " + plain_text(said)).append_text(sources.mark(one.line.trust)))
