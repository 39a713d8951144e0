"""What answers of law hold, with the keys of the contract and in the reader's words: for commands and for pages.

Law is public: nothing here knows who asks.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from ytterby.law.applies import Application, applies
from ytterby.law.book import LawBook
from ytterby.law.classification import Classification, Classifier
from ytterby.law.condition import Facts
from ytterby.law.dated_rule import Rule
from ytterby.law.days import Days, as_days
from ytterby.law.goods import Goods
from ytterby.law.goods_facts import GoodsFacts, facts_of_goods, joined
from ytterby.law.part_match import Beside, plain
from ytterby.law.said import Reason
from ytterby.law.tariff import LineFound, lines_of
from ytterby.shell.site.law_texts import law_text
from ytterby.shell.site.law_words import trust_json, worded
from ytterby.shell.site.share_answer import leave_json, share_json
from ytterby.shell.wording import language_of

Json = dict[str, Any]


def first_day(book: LawBook, packs: Iterable[str]) -> date:
    """Return the first day of which these packs speak; before it nothing is answered."""
    return min((book.packs[name].knows[0] for name in packs), default=date.min)


def packs_of_items(book: LawBook) -> set[str]:
    """Return the packs that list items, by which goods are classified."""
    return {item.pack for item in book.items.values()}


def days_notes(book: LawBook, on: date | Days, known: date, language: str) -> list[str]:
    """Return what is to be said of the days: what lies after all that the packs know."""
    latest = book.known_to
    late = [day for day in sorted({*as_days(on).given, known}) if day > latest]
    return [law_text("law.beyond_known", language, day=day, latest=latest) for day in late]


def days_json(on: date | Days) -> Json:
    """Return the days that were asked about: `on` the one that stands for all that have none of their own."""
    days = as_days(on)
    every = None if days.every is None else str(days.every)
    return {"on": every, "days": {name: str(day) for name, day in days.named.items()}}


def classify_json(book: LawBook, goods: Goods, on: date | Days, known: date, language: str) -> Json:
    """Return the answer for goods as `law classify` gives it, with the tariff lines beside it."""
    found = Classifier(book, on=on, known=known).classify(goods)
    lines = lines_of(book, [goods.hs] if goods.hs else _reference_codes(book, found))
    has_share = any(rule.share is not None for rule in book.rules.values())
    notes = _goods_notes(goods, language, has_share=has_share) + days_notes(book, on, known, language)
    return {
        "answer": found.answer,
        "codes": list(found.codes),
        "candidates": list(found.candidates),
        "by": found.by,
        "reasons": [reason_json(one, language) for one in found.reasons],
        "tried": [reason_json(one, language) for one in found.tried],
        "freed_by": [_beside_json(one) for one in found.beside],
        "readings": readings_json(found.readings, language),
        "settled_by": [one[language_of(language)] for one in found.settled_by],
        "missing_days": list(found.missing_days),
        **leave_json(found.leave, language),
        "value_rules": _value_rules(book, goods, on, known, language),
        "tariff": {
            "hs": goods.hs or None,
            "decides": False,
            "lines": [_line_json(one, language) for one in lines],
        },
        "notes": notes,
        "packs": packs_json(book),
        **days_json(on),
        "known_on": str(known),
    }


def _value_rules(book: LawBook, goods: Goods, on: date | Days, known: date, language: str) -> list[Json]:
    """Return what each rule about a share of value answers of goods that state their value."""
    if goods.value is None:
        return []
    rules = [rule for rule in book.rules.values() if rule.share is not None]
    return [
        {name: value for name, value in one.items() if name not in {"packs", "notes"}}
        for rule in rules
        for one in (applies_json(book, rule.id, {}, on, known, language, goods),)
    ]


def applies_json(
    book: LawBook,
    name: str,
    facts: Facts,
    on: date | Days,
    known: date,
    language: str,
    goods: Goods | None = None,
) -> Json:
    """Return whether a rule or code applies as `law applies` gives it; goods tell facts that were not stated."""
    code = book.code_of(name)
    rule = book.rules[book.items[code].rule if code in book.items else code]
    told = GoodsFacts() if goods is None else facts_of_goods(goods, rule, book)
    open_facts = told.unsettled - facts.keys()
    found = applies(book, name, joined(facts, told, rule), on=on, known=known, unsettled=open_facts)
    stated = rule.share is not None and rule.share.fact in facts
    return {
        **_application_json(found, rule, on, language),
        "goods": None if goods is None or stated else share_json(told, book, language),
        "notes": days_notes(book, on, known, language),
        "packs": packs_json(book),
    }


def _application_json(found: Application, rule: Rule, on: date | Days, language: str) -> Json:
    said = language_of(language)
    return {
        "item": found.item,
        "rule": found.rule,
        **days_json(on),
        "judged_on": None if found.on is None else str(found.on),
        "known_on": str(found.known_on),
        "answer": found.answer,
        "reasons": [reason_json(one, language) for one in found.reasons],
        "readings": readings_json(found.readings, language),
        "settled_by": [one[said] for one in found.settled_by],
        "missing": list(found.missing),
        "missing_days": list(found.missing_days),
        "presumed": {name: list(values) for name, values in found.presumed.items()},
        "governs": rule.governs,
        **leave_json(found.leave, language),
    }


def _reference_codes(book: LawBook, found: Classification) -> list[str]:
    named = (*found.codes, *found.candidates)
    return [hs for code in named for hs in book.items[code].reference_hs]


def _goods_notes(goods: Goods, language: str, *, has_share: bool) -> list[str]:
    not_used = [*goods.not_used, *(["value"] if goods.value is not None and not has_share else [])]
    notes = [law_text("law.not_used", language, name=name) for name in not_used]
    exact = [element for element in goods.elements if element not in goods.u]
    if exact:
        notes.append(law_text("law.no_u", language, elements=", ".join(exact)))
    return notes


def readings_json(readings: Sequence[Any], language: str) -> list[Json]:
    """Return ways to read what is disputed, each with what is answered if it is read so."""
    return [
        {
            "dispute": one.dispute,
            "id": one.reading,
            "answer": one.answer,
            "text": one.text[language_of(language)],
            **trust_json(one.trust),
        }
        for one in readings
    ]


def _line_json(one: LineFound, language: str) -> Json:
    said = language_of(language)
    return {
        "pack": one.pack,
        "code": one.line.code,
        "text": one.line.text,
        "conditions": [
            {"condition": c.letter, "kind": c.kind, "meaning": c.meaning[said], **trust_json(c.trust)}
            for c in one.conditions
        ],
        "conditions_note": one.line.conditions_note or None,
        "note": one.line.note or None,
        **trust_json(one.line.trust),
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


def reason_json(reason: Reason, language: str) -> Json:
    """Return a reason with the keys of the contract."""
    return {
        "code": reason.code or None,
        "rule": reason.rule,
        "on": str(reason.on),
        "text": worded(reason.text, language),
        **trust_json(reason.trust),
    }


def packs_json(book: LawBook) -> list[Json]:
    """Return the packs that an answer rests on, each pinned by its digest."""
    return [{"id": pack.id, "digest": pack.digest} for pack in book.packs.values()]


def is_recalled(rows: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether anything among reasons, sources or parts was recalled and not read."""
    return any(row["confidence"] == "recalled" for row in rows)
