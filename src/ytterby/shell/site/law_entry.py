"""One entry of the packs with all that it says and where each word of it stands; and what the packs hold.

Law is public: nothing here knows who asks.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ytterby.law.book import LawBook
from ytterby.law.condition import AT_LEAST, Branch, Condition, Leaf
from ytterby.law.dated_rule import Period, Rule, ShareRule, Transition
from ytterby.law.flow_entry import FlowEntry
from ytterby.law.item import Annex, Item, Part
from ytterby.law.trust import Trust
from ytterby.shell.site.law_dossier import dossier_json, end_use_rules_json
from ytterby.shell.site.law_flow import flow_return_json, quota_json
from ytterby.shell.site.law_procedure import procedure_json
from ytterby.shell.site.law_words import trust_json

Json = dict[str, Any]


def list_packs(book: LawBook, language: str) -> Json:
    """Return every pack of a book, with what it holds by name."""
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
                "flow_returns": list(pack.flow_returns),
                "quotas": list(pack.quotas),
                "procedure": None if pack.procedure is None else pack.procedure.id,
                "dossier": None if pack.dossier is None else pack.dossier.id,
                "end_use": None if pack.end_use is None else pack.end_use.id,
                "field_basis": len(pack.field_basis) or None,
            }
            for pack in book.packs.values()
        ]
    }


def begins(rule: Rule) -> str:
    """Return from which day on a rule applies; of one without a known day, before which it does not."""
    first = rule.versions[0]
    return str(first.effective) if first.effective is not None else f"≥ {first.not_before}"


def find_entry(book: LawBook, name: str, language: str) -> Json | None:
    """Return what a name stands for; a rule before a pack, since some are called alike but for their letters."""
    code = book.code_of(name)
    if code in book.items:
        return _item_json(book.items[code], book, language)
    if name in book.rules:
        return _rule_json(book.rules[name], book, language)
    if name in book.packs:
        listed = list_packs(LawBook({name: book.packs[name]}), language)["packs"][0]
        return {"kind": "pack", **listed}
    makers: list[tuple[Mapping[str, Any], Callable[[Any], Json]]] = [
        (book.disputes, lambda one: _dispute_json(book, one.id, language)),
        (book.cited, lambda one: _cited_json(one, language)),
        (book.flow_returns, lambda one: flow_return_json(one, _dated_json(one, book, language), language, _sure)),
        (book.quotas, lambda one: quota_json(one, _dated_json(one, book, language), language)),
        (book.parameters, lambda one: _parameter_json(one, language)),
        (book.annexes, lambda one: _annex_json(one, language)),
        (book.procedures, lambda one: procedure_json(one, book.packs[one.pack].digest, language, _sure)),
        (
            {one.id: one for one in book.dossiers.values()},
            lambda one: dossier_json(one, book.packs[one.pack].digest, language, _sure),
        ),
        (book.end_uses, lambda one: end_use_rules_json(one, book.packs[one.pack].digest, language, _sure)),
    ]
    found = next((make(table[name]) for table, make in makers if name in table), None)
    return found or _procedure_entry(book, name, language)


def _procedure_entry(book: LawBook, name: str, language: str) -> Json | None:
    """Return an entry of a procedure by `PROCEDURE:ENTRY`, as the basis of a field names it."""
    head, _, entry = name.partition(":")
    procedure = book.procedures.get(head)
    if procedure is None:
        return None
    told = procedure_json(procedure, book.packs[procedure.pack].digest, language, _sure)
    sections = [*told.values(), *(told["casework"] or {}).values()]
    rows = (row for section in sections if isinstance(section, list) for row in section)
    found = next((row for row in rows if isinstance(row, dict) and row["id"] == entry), None)
    about = {"kind": "procedure_entry", "procedure": head, "pack": procedure.pack, "digest": told["digest"]}
    return None if found is None else {**about, **found}


def _dated_json(entry: FlowEntry, book: LawBook, language: str) -> Json:
    """Return what an entry about returns or quotas has of a rule: where it ends is no suspension."""
    told = _rule_json(entry.dated, book, language)
    named = ("id", "pack", "digest", "title", "governs", "versions", "readings", "disputes")
    suspended = [_period_json(one) for one in entry.dated.suspended if not one.is_end]
    return {**{name: told[name] for name in named}, "suspended": suspended, **_sure(entry.trust)}


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
                "transition": [_transition_json(row, language) for row in one.transition],
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
        "means": dict(rule.means),
        "share": None if rule.share is None else write_share(rule.share),
        "annexes": [_annex_json(book.annexes[name], language) for name in _annexes_of(rule)],
        "duties": [one[language] for one in rule.duties],
        "items": [item.code for item in book.items.values() if item.rule == rule.id],
        **_sure(rule.trust),
    }


def _annexes_of(rule: Rule) -> tuple[str, ...]:
    return () if rule.share is None else tuple(dict.fromkeys((rule.share.of, rule.share.counts)))


def write_share(share: ShareRule) -> str:
    """Return in one line how a share of value is worked out."""
    return f"{share.fact} = {share.counts} ({write_condition(share.when)}) / {share.of}"


def _transition_json(one: Transition, language: str) -> Json:
    return {
        "text": one.text[language],
        "day": one.day,
        "before": str(one.before),
        "end": one.end or None,
        "until": _day(one.until),
        **_sure(one.trust),
    }


def _annex_json(annex: Annex, language: str) -> Json:
    return {
        "kind": "annex",
        "id": annex.id,
        "pack": annex.pack,
        "text": annex.text[language],
        "entries": [
            {
                "id": one.code,
                "text": one.text[language],
                "elements": list(one.elements),
                "parts": [_part_json(part, language) for part in one.parts],
                **_sure(one.trust),
            }
            for one in annex.entries
        ],
        **_sure(annex.trust),
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
    settled = [{"reading": one.reading, "by": one.by, **_sure(one.trust)} for one in dispute.settlements]
    latest = dispute.settlement_known(date.max)
    return {
        "kind": "dispute",
        "id": name,
        "text": dispute.text[language],
        "settled_by": dispute.settled_by[language],
        "readings": [
            {"id": one, "text": text[language], **_sure(trust)} for one, (text, trust) in dispute.readings.items()
        ],
        "settled": None if latest is None else settled[dispute.settlements.index(latest)],
        "settlements": settled,
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
        "parts": [_part_json(part, language) for part in item.parts],
        "reference_hs": list(item.reference_hs),
        **_sure(item.trust),
    }


def _part_json(part: Part, language: str) -> Json:
    return {
        "n": part.n,
        "what": part.what[language],
        "forms": sorted(part.forms),
        "closed_list": None if part.systems is None else ["-".join(sorted(one)) for one in part.systems],
        "is_read": part.how != "unread",
        "limit": part.limit or None,
        **trust_json(part.trust),
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
