"""The schema of a pack, `ytterby-pack/1`: its sections and fields, and of which kind they are (docs/packs.md)."""

from collections.abc import Iterator
from typing import Any

from ytterby.law import fact, flow_entry
from ytterby.law.condition import ALL, ANY, AT_LEAST, MORE_THAN, NOT
from ytterby.law.conduct import Breach, Deed
from ytterby.law.days import GOVERNS
from ytterby.law.dossier_schema import DOSSIER, END_USE, FIELD_BASIS
from ytterby.law.export_leave import MEANINGS
from ytterby.law.item import BASES
from ytterby.law.pack import SCHEMA
from ytterby.law.procedure_schema import PROCEDURE
from ytterby.law.return_period import EVERY
from ytterby.law.shape import (
    Shape,
    between,
    choice,
    country,
    day,
    entry,
    fields,
    figure,
    filled,
    optional,
    sequence,
    table,
    text,
    truth,
    whole,
    word,
    words,
)
from ytterby.law.trust import Confidence
from ytterby.terms.problem import Problem, pointer, refuse

NESTING_MAX = 12
HOW = ("system", "contains", "always", "ask", "unread")
MONTH_DAYS_MOST, MONTHS_MOST = 31, 12
CUSTOMS_KINDS = ("dual_use", "ordinary", "other")


def condition(value: object, where: str, depth: int = 0) -> Iterator[Problem]:
    """A condition of the language of `condition.py`."""
    if depth > NESTING_MAX:
        yield refuse("pack.nesting", where, "", limit=NESTING_MAX)
    elif isinstance(value, dict) and len(value) == 1 and set(value) <= {ALL, ANY}:
        ((kind, parts),) = value.items()
        if not isinstance(parts, list) or not parts:
            yield refuse("pack.kind", where + pointer(kind), parts, wanted="a list of conditions")
            return
        for place, part in enumerate(parts):
            yield from condition(part, where + pointer(kind, place), depth + 1)
    elif isinstance(value, dict) and set(value) == {NOT}:
        yield from condition(value[NOT], where + pointer(NOT), depth + 1)
    else:
        yield from _leaf(value, where)


def _leaf(value: object, where: str) -> Iterator[Problem]:
    own: dict[str, Shape] = {"text": words, "source": text, "confidence": choice(*Confidence), "confidence_note": text}
    if isinstance(value, dict) and "in" in value:
        yield from fields({"fact": word, "in": sequence(text)}, {"if_missing": choice("no"), **own})(value, where)
    elif isinstance(value, dict) and (AT_LEAST in value) != (MORE_THAN in value):
        relation = AT_LEAST if AT_LEAST in value else MORE_THAN
        yield from fields({"fact": word, relation: figure}, {"u": word, "k": figure, **own})(value, where)
    else:
        yield refuse("pack.kind", where, value, wanted="all, any, not, or a fact with in, at_least or more_than")


_PERIOD = entry({"from": day, "to": optional(day)}, {"is_last_included": truth, "is_last_sure": truth})
_READING = fields({"dispute": word, "id": word}, {"suspended": sequence(_PERIOD)})
_TRANSITION = entry({"day": choice(*GOVERNS), "before": day, "text": words}, {"end": choice(*GOVERNS), "until": day})
_LATER = entry(
    {"published": day, "effective": day, "text": words}, {"when": condition, "transition": sequence(_TRANSITION)}
)
_STRICTEST = fields(
    {"order": sequence(word), "rules": sequence(word), "fact": word, "listed": word, "otherwise": word}, {}
)
_SHARE = fields({"fact": word, "u": word, "counts": word, "when": condition, "of": word, "member": word}, {})
_RULE = entry(
    {
        "id": word,
        "title": words,
        "text": words,
        "published": day,
        "effective": optional(day),
        "governs": choice(*GOVERNS),
    },
    {
        "effective_not_before": day,
        "when": condition,
        "later": sequence(_LATER),
        "suspended": sequence(_PERIOD),
        "readings": sequence(_READING),
        "words": fields({"holds": word, "fails": word}, {}),
        "presumed": table(sequence(text)),
        "duties": sequence(words),
        "strictest": _STRICTEST,
        "share": _SHARE,
        "means": table(choice(*MEANINGS)),
        "transition": sequence(_TRANSITION),
    },
)
# What entries of flow have of a rule.
_DATED: dict[str, Shape] = {"id": word, "title": words, "text": words, "published": day, "effective": day}
_DATED_TOO: dict[str, Shape] = {
    "until": day,
    "article": words,
    "suspended": sequence(_PERIOD),
    "readings": sequence(_READING),
}
_DUE_DAY = entry(
    {
        "day": between(1, MONTH_DAYS_MOST),
        "months_after": between(0, MONTHS_MOST),
        "counts": choice(*flow_entry.COUNTS),
        "published": day,
        "effective": day,
    },
    {"until": day, "article": words},
)
_FLOW_RETURN = entry(
    {
        **_DATED,
        "kinds": filled(word),
        "countries": sequence(country),
        "every": choice(*EVERY),
        "due": filled(_DUE_DAY),
        "basis": choice(*flow_entry.BASES),
    },
    _DATED_TOO,
)
_QUOTA = entry(
    {
        **_DATED,
        "kind": word,
        "sites": filled(word),
        "made": filled(word),
        "entered": sequence(word),
        "not_counted": sequence(word),
        "countries": sequence(country),
        "unit": choice(*flow_entry.UNITS),
    },
    _DATED_TOO,
)
_PART = fields(
    {"n": whole, "how": choice(*HOW), "what": words, "forms": sequence(word)},
    {
        "closed_list": optional(sequence(text)),
        "superset_asked": sequence(word),
        "magnet_types": sequence(word),
        "limit": word,
        "confidence": choice(*Confidence),
        "confidence_note": text,
    },
)
_ITEM = entry(
    {"code": word, "rule": word, "elements": sequence(word), "text": words, "parts": sequence(_PART)},
    {"reference_hs": sequence(text)},
)
_ANNEX = entry(
    {
        "id": word,
        "text": words,
        "entries": sequence(entry({"id": word, "elements": sequence(word), "text": words, "parts": sequence(_PART)})),
    }
)
_STAGE = entry(
    {"fact": word, "after": sequence(word), "text": words},
    {"before": sequence(word), "sources": sequence(word), "processes": sequence(text), "site_kinds": sequence(word)},
)
_GUIDANCE = entry(
    {"id": word, "rule": word, "forms": sequence(word), "basis": choice(*BASES), "text": words},
    {"effective": day, "built_in": sequence(optional(truth))},
)
_DOUBT = entry(
    {"id": word, "rule": word, "forms": sequence(word), "text": words},
    {"elements": sequence(word), "limit": word, "built_in": sequence(optional(truth)), "needs_element": truth},
)
_PARAMETER = entry({"value": figure, "unit": text, "basis": choice(*BASES), "text": words}, {"of": sequence(word)})
_FACT = fields({"kind": choice(*fact.KINDS), "text": words}, {"values": sequence(text), "unknown": text})
_DISPUTE = fields(
    {"id": word, "text": words, "settled_by": words, "readings": sequence(entry({"id": word, "text": words}))},
    {"settled": entry({"reading": word, "by": text})},
)
_CONDUCT = entry({"rule": word, "deed": choice(*Deed), "breach": choice(*Breach), "article": words, "document": words})
_CITED = entry({"id": word, "title": words}, {"published": day, "effective": day, "note": text})
_TARIFF = fields(
    {
        "conditions": sequence(entry({"letter": word, "kind": choice(*CUSTOMS_KINDS), "meaning": words})),
        "lines": sequence(
            entry(
                {"code": word, "text": text},
                {"form": text, "elements": sequence(word), "conditions": word, "conditions_note": text, "note": text},
            )
        ),
    },
    {},
)
PACK: Shape = fields(
    {
        "schema": choice(SCHEMA),
        "id": word,
        "group": word,
        "title": words,
        "knows": fields({"from": day, "to": day}, {}),
    },
    {
        "cited": sequence(_CITED),
        "facts": table(_FACT),
        "parameters": table(_PARAMETER),
        "disputes": sequence(_DISPUTE),
        "rules": sequence(_RULE),
        "items": sequence(_ITEM),
        "annexes": sequence(_ANNEX),
        "stages": sequence(_STAGE),
        "guidance": sequence(_GUIDANCE),
        "doubts": sequence(_DOUBT),
        "tariff": _TARIFF,
        "conduct": sequence(_CONDUCT),
        "flow_returns": sequence(_FLOW_RETURN),
        "quotas": sequence(_QUOTA),
        "procedure": PROCEDURE,
        "dossier": DOSSIER,
        "end_use": END_USE,
        "field_basis": sequence(FIELD_BASIS),
    },
)


def shape_problems(content: Any) -> list[Problem]:
    """Return every place at which a pack is not of this schema."""
    return list(PACK(content, ""))
