"""`ytterby law show [ID]`: packs, rules and codes; of one its text, dates, readings, sources, confidence."""

import argparse
from typing import Any

from rich.text import Text

from ytterby.law.book import LawBook
from ytterby.law.flow_entry import FlowEntry
from ytterby.shell.cli.law_book import open_law
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.cli.texts import all_texts
from ytterby.shell.site.law_entry import begins, find_entry, list_packs

Json = dict[str, Any]
SENTENCE_MIN = 15  # what is longer than any code is a sentence, and has a line of its own


def run_show(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show."""
    book = open_law(args, screen)
    if args.id is None:
        listed = list_packs(book, screen.language)
        screen.answer(listed, lambda: _show_list(screen, book))
        return Outcome.GOOD
    found = find_entry(book, args.id, screen.language)
    if found is None:
        raise WrongUse("law.no_such_item", item=args.id, next_commands=("ytterby law show",))
    screen.answer(found, lambda: _show_fields(screen, found, ""))
    return Outcome.GOOD


def _show_list(screen: Screen, book: LawBook) -> None:
    texts = screen.texts
    columns = [Column(texts(f"column.{name}")) for name in ("id", "title", "effective", "confidence")]
    for pack in book.packs.values():
        screen.line(
            Text.assemble(
                (pack.id, "bold"), f" ({pack.group})  ", pack.title[screen.language], (f"  {pack.digest[:19]}…", "dim")
            )
        )
        rows = [
            [rule.id, rule.title[screen.language], begins(rule), rule.trust.confidence.value]
            for rule in pack.rules.values()
        ]
        rows += [
            [item.code, item.text[screen.language], "", item.trust.confidence.value] for item in pack.items.values()
        ]
        flow: list[FlowEntry] = [*pack.flow_returns.values(), *pack.quotas.values()]
        rows += [
            [one.id, one.dated.title[screen.language], begins(one.dated), one.trust.confidence.value] for one in flow
        ]
        if pack.procedure is not None:
            one = pack.procedure
            rows.append([one.id, one.title[screen.language], str(one.effective), one.trust.confidence.value])
        for part in (pack.dossier, pack.end_use):
            if part is not None:
                rows.append([part.id, part.title[screen.language], "", part.trust.confidence.value])
        if rows:
            screen.table(columns, rows)
    screen.next("ytterby law show ID")


def _show_fields(screen: Screen, fields: Json, indent: str) -> None:
    """Write the fields of an entry, one a line, with what lies in them set in; where it stands comes in brackets."""
    hidden = {"kind", "source", "confidence", "confidence_note", "digest"}
    if "settlements" in fields:
        hidden.add("settled")  # it is one of them
    for name, value in fields.items():
        if name in hidden or value in (None, [], {}, ""):
            continue
        heading = screen.texts(f"law.field.{name}") if f"law.field.{name}" in all_texts() else name
        if isinstance(value, list) and isinstance(value[0], dict):
            screen.line(f"{indent}{heading}:", "bold")
            for number, row in enumerate(value):
                if number:
                    screen.line()
                _show_fields(screen, row, indent + "  ")
        elif isinstance(value, dict) and _is_entry(value):
            screen.line(f"{indent}{heading}:", "bold")
            _show_fields(screen, value, indent + "  ")
        elif isinstance(value, list) and any(len(str(one)) > SENTENCE_MIN for one in value):
            screen.line(f"{indent}{heading}:", "bold")
            for one in value:
                screen.line(f"{indent}  {one}")
        else:
            said = screen.texts(f"law.governs.{value}") if name == "governs" else _plain(value, screen)
            screen.line(Text.assemble(indent, (f"{heading}: ", "bold"), said))
    if "confidence" in fields:
        trust = Text(indent + screen.texts("law.sure." + fields["confidence"]), style="dim")
        source = "; ".join(filter(None, (fields.get("source"), fields.get("confidence_note"))))
        screen.line(trust.append(f": {source}", style="dim") if source else trust)
    if "digest" in fields:
        screen.line(Text(f"{indent}{fields['digest']}", style="dim"))


def _is_entry(value: Json) -> bool:
    """Tell whether a value has fields of its own: it says how sure it is, or others lie in it."""
    return "confidence" in value or any(isinstance(one, dict) for one in value.values())


def _plain(value: Any, screen: Screen) -> str:
    if isinstance(value, bool):
        return screen.texts("law.true" if value else "law.false")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {', '.join(one) if isinstance(one, list) else one}" for name, one in value.items())
    return str(value)
