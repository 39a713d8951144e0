"""`ytterby law show [ID]`: packs, rules and codes; of one its text, dates, readings, sources, confidence."""

import argparse
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from rich.text import Text

from ytterby.law.book import LawBook
from ytterby.law.condition import AT_LEAST, Branch, Condition, Leaf
from ytterby.law.dated_rule import Period, Rule
from ytterby.law.item import Item
from ytterby.law.trust import Trust
from ytterby.shell.cli.law_book import open_law, trust_json
from ytterby.shell.cli.law_show_procedure import procedure_json
from ytterby.shell.cli.outcome import Outcome, WrongUse
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.cli.texts import all_texts

Json = dict[str, Any]
SENTENCE_MIN = 15  # what is longer than any code is a sentence, and has a line of its own


def run_show(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Show."""
    book = open_law(args, screen)
    if args.id is None:
        listed = _list_json(book, screen.language)
        screen.answer(listed, lambda: _show_list(screen, book))
        return Outcome.GOOD
    found = _find(book, args.id, screen.language)
    if found is None:
        raise WrongUse("law.no_such_item", item=args.id, next_commands=("ytterby law show",))
    screen.answer(found, lambda: _show_fields(screen, found, ""))
    return Outcome.GOOD


def _list_json(book: LawBook, language: str) -> Json:
    return {
        "packs": [
            {
                "id": pack.id,
                "group": pack.group,
                "title": pack.title[language],
                "knows": [str(one) for one in pack.knows],
                "digest": pack.digest,
                "rules": list(pack.rules),
                "items": list(pack.items),
                "procedure": None if pack.procedure is None else pack.procedure.id,
            }
            for pack in book.packs.values()
        ]
    }


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
            [rule.id, rule.title[screen.language], _from(rule), rule.trust.confidence.value]
            for rule in pack.rules.values()
        ]
        rows += [
            [item.code, item.text[screen.language], "", item.trust.confidence.value] for item in pack.items.values()
        ]
        if pack.procedure is not None:
            one = pack.procedure
            rows.append([one.id, one.title[screen.language], str(one.effective), one.trust.confidence.value])
        if rows:
            screen.table(columns, rows)
    screen.next("ytterby law show ID")


def _from(rule: Rule) -> str:
    first = rule.versions[0]
    return str(first.effective) if first.effective is not None else f"≥ {first.not_before}"


def _find(book: LawBook, name: str, language: str) -> Json | None:
    """Return what a name stands for; a rule before a pack, since some are called alike but for their letters."""
    code = book.code_of(name)
    if code in book.items:
        return _item_json(book.items[code], book, language)
    if name in book.rules:
        return _rule_json(book.rules[name], book, language)
    if name in book.packs:
        listed = _list_json(LawBook({name: book.packs[name]}), language)["packs"][0]
        return {"kind": "pack", **listed}
    makers: list[tuple[Mapping[str, Any], Callable[[Any], Json]]] = [
        (book.disputes, lambda one: _dispute_json(book, one.id, language)),
        (book.cited, lambda one: _cited_json(one, language)),
        (book.parameters, lambda one: _parameter_json(one, language)),
        (book.procedures, lambda one: procedure_json(one, book.packs[one.pack].digest, language, _sure)),
    ]
    return next((make(table[name]) for table, make in makers if name in table), None)


def _rule_json(rule: Rule, book: LawBook, language: str) -> Json:
    disputes = dict.fromkeys(reading.dispute for reading in rule.readings)
    return {
        "kind": "rule",
        "id": rule.id,
        "pack": rule.pack,
        "digest": book.packs[rule.pack].digest,
        "title": rule.title[language],
        "governs": rule.governs,
        "answers": {"holds": rule.holds, "fails": rule.fails},
        "versions": [
            {
                "text": one.text[language],
                "published": str(one.published),
                "effective": _day(one.effective),
                "not_before": _day(one.not_before),
                "condition": None if one.condition is None else write_condition(one.condition),
                **_sure(one.trust),
            }
            for one in rule.versions
        ],
        "suspended": [_period_json(one) for one in rule.suspended],
        "readings": [
            {"dispute": one.dispute, "id": one.id, "suspended": [_period_json(period) for period in one.suspended]}
            for one in rule.readings
        ],
        "disputes": [_dispute_json(book, name, language) for name in disputes],
        "presumed": {name: list(values) for name, values in rule.presumed.items()},
        "follows": list(rule.strictest.rules) if rule.strictest is not None else [],
        "duties": [one[language] for one in rule.duties],
        "items": [item.code for item in book.items.values() if item.rule == rule.id],
        **_sure(rule.trust),
    }


def _sure(trust: Trust) -> Json:
    return {**trust_json(trust), "known_since": _day(trust.known_since)}


def _day(one: date | None) -> str | None:
    return None if one in {None, date.min} else str(one)


def _period_json(period: Period) -> Json:
    return {
        "from": str(period.first),
        "to": _day(period.last),
        "is_last_included": period.is_last_included,
        "is_last_sure": period.is_last_sure,
        **_sure(period.trust),
    }


def _dispute_json(book: LawBook, name: str, language: str) -> Json:
    dispute = book.disputes[name]
    settled = dispute.settlement
    return {
        "kind": "dispute",
        "id": name,
        "text": dispute.text[language],
        "settled_by": dispute.settled_by[language],
        "readings": [
            {"id": one, "text": text[language], **_sure(trust)} for one, (text, trust) in dispute.readings.items()
        ],
        "settled": None if settled is None else {"reading": settled.reading, "by": settled.by, **_sure(settled.trust)},
    }


def _cited_json(cited: Any, language: str) -> Json:
    days = {"published": _day(cited.published), "effective": _day(cited.effective)}
    return {
        "kind": "cited",
        "id": cited.id,
        "title": cited.title[language],
        **days,
        "note": cited.note or None,
        **_sure(cited.trust),
    }


def _parameter_json(parameter: Any, language: str) -> Json:
    return {
        "kind": "parameter",
        "id": parameter.name,
        "value": str(parameter.value),
        "unit": parameter.unit,
        "of": list(parameter.of),
        "basis": parameter.basis,
        "text": parameter.text[language],
        **_sure(parameter.trust),
    }


def _item_json(item: Item, book: LawBook, language: str) -> Json:
    return {
        "kind": "item",
        "id": item.code,
        "rule": item.rule,
        "pack": item.pack,
        "digest": book.packs[item.pack].digest,
        "text": item.text[language],
        "elements": list(item.elements),
        "parts": [
            {
                "n": part.n,
                "what": part.what[language],
                "forms": sorted(part.forms),
                "closed_list": None if part.systems is None else ["-".join(sorted(one)) for one in part.systems],
                "is_read": part.how != "unread",
                "limit": part.limit or None,
                **trust_json(part.trust),
            }
            for part in item.parts
        ],
        "reference_hs": list(item.reference_hs),
        **_sure(item.trust),
    }


def write_condition(condition: Condition) -> str:
    """Return a condition as one line of text."""
    if isinstance(condition, Branch):
        joined = f" {condition.kind} ".join(f"({write_condition(part)})" for part in condition.parts)
        return (
            f"not {joined}"
            if condition.kind == "not"
            else joined.replace(") all (", ") and (").replace(") any (", ") or (")
        )
    return _write_leaf(condition)


def _write_leaf(leaf: Leaf) -> str:
    if not leaf.relation:
        doubt = f" [{leaf.trust.confidence.value}]" if leaf.trust is not None else ""
        missing = ", no if missing" if leaf.is_no_if_missing else ""
        return f"{leaf.fact} in {', '.join(sorted(leaf.values))}{missing}{doubt}"
    sign = ">=" if leaf.relation == AT_LEAST else ">"
    return f"{leaf.fact} {sign} {leaf.limit}" + (f" beyond {leaf.k} {leaf.u}" if leaf.u else "")


def _show_fields(screen: Screen, fields: Json, indent: str) -> None:
    """Write the fields of an entry, one a line, with what lies in them set in; where it stands comes in brackets."""
    hidden = {"kind", "source", "confidence", "confidence_note", "digest"}
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


def _plain(value: Any, screen: Screen) -> str:
    if isinstance(value, bool):
        return screen.texts("law.true" if value else "law.false")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {', '.join(one) if isinstance(one, list) else one}" for name, one in value.items())
    return str(value)
