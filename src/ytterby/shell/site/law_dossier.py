"""Rules for dossiers and for end uses as `law show` tells them: every entry in one language, as sure as each is."""

from collections.abc import Callable
from datetime import date
from typing import Any

from ytterby.law.dossier_rule import Check, DossierRules, FieldRule, Valid
from ytterby.law.end_use_rule import EndUseRules
from ytterby.law.trust import Trust, Words

Json = dict[str, Any]
Sure = Callable[[Trust], Json]


def dossier_json(rules: DossierRules, digest: str, language: str, sure: Sure) -> Json:
    """Return the rules for dossiers of a procedure; `sure` writes how sure an entry is."""
    return {
        "kind": "dossier",
        "id": rules.id,
        "pack": rules.pack,
        "digest": digest,
        "title": rules.title[language],
        "procedure": rules.procedure,
        "application": rules.application,
        "documents": [
            {
                "id": one.id,
                "title": one.title[language],
                "when": one.when,
                "fields": [_field(field, language, sure) for field in one.fields.values()],
            }
            for one in rules.documents.values()
        ],
        "checks": [_check(one, language, sure) for one in rules.checks.values()],
        **sure(rules.trust),
    }


def _field(one: FieldRule, language: str, sure: Sure) -> Json:
    return {
        "id": one.id,
        "title": one.title[language],
        "value": one.value,
        "choices": list(one.choices),
        "basis": one.basis.value,
        "rule": one.rule or None,
        "article": _words(one.article, language),
        "required": one.is_required,
        "asked": one.is_asked,
        "sensitive": one.is_sensitive,
        "without": _words(one.without, language),
        **_valid(one.valid),
        **sure(one.trust),
    }


def _check(one: Check, language: str, sure: Sure) -> Json:
    told = {
        "tolerance": str(one.tolerance) if one.kind == "quantities" else None,
        "near": str(one.near) if one.near < 1 else None,
        "same": one.same or None,
        "end_use": one.end_use or None,
        "language": one.language or None,
    }
    return {
        "id": one.id,
        "title": one.title[language],
        "of_kind": one.kind,
        "in": ["#".join(filter(None, place)) for place in one.places],
        "basis": one.basis.value,
        "rule": one.rule or None,
        "article": _words(one.article, language),
        **told,
        **_valid(one.valid),
        **sure(one.trust),
    }


def end_use_rules_json(rules: EndUseRules, digest: str, language: str, sure: Sure) -> Json:
    """Return the rules for descriptions of end uses."""
    return {
        "kind": "end_use",
        "id": rules.id,
        "pack": rules.pack,
        "digest": digest,
        "title": rules.title[language],
        "elements": [
            {
                "id": one.id,
                "title": one.title[language],
                "question": one.question[language],
                "phrase": one.phrase[language],
                "cues": list(one.cues),
                **sure(one.trust),
            }
            for one in rules.elements.values()
        ],
        "vague": [
            {"word": one.word, "where": one.where, "why": one.why[language], **sure(one.trust)} for one in rules.vague
        ],
        **sure(rules.trust),
    }


def _words(words: Words | None, language: str) -> str | None:
    return None if words is None else words[language]


def _valid(valid: Valid) -> Json:
    def day(one: date | None) -> str | None:
        return None if one is None else str(one)

    return {"effective": day(valid.first), "until": day(valid.until)}
