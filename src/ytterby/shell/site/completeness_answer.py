"""What `law complete` answers, with the keys of the contract and in the reader's words: for commands and for pages.

The same for the applicant before filing and for the officer at reception; nothing here knows who asks.
"""

import re
from datetime import date
from typing import Any

from ytterby.law.book import LawBook
from ytterby.law.completeness import Gap, judge_completeness
from ytterby.law.dossier import read_dossier
from ytterby.law.procedure import Procedure
from ytterby.shell.site.law_answer import days_notes, packs_json
from ytterby.shell.site.law_texts import law_text
from ytterby.shell.site.law_words import trust_json
from ytterby.shell.site.packs import door_tables
from ytterby.shell.wording import word
from ytterby.terms.problem import Problem

Json = dict[str, Any]
_UNIT = re.compile(r"(?<=\d )(KGM|H87)$")


def procedure_of(book: LawBook, value: Any, asked: str | None) -> Procedure | None:
    """Return the procedure that a dossier is of: the one asked for, or that it names, or the only one with rules."""
    named = value.get("procedure") if isinstance(value, dict) else None
    name = asked or (named if isinstance(named, str) else None)
    if name is not None:
        return book.procedures.get(name)
    with_rules = [book.procedures[one] for one in book.dossiers]
    held = with_rules or list(book.procedures.values())
    return held[0] if len(held) == 1 else None


def complete_json(
    book: LawBook, procedure: Procedure, value: Any, on: date, language: str
) -> tuple[Json | None, list[Problem]]:
    """Return what a dossier lacks on a day, or None and everything that is wrong with how it is told."""
    rules = book.dossiers.get(procedure.id)
    dossier, problems = read_dossier(value, procedure, rules, door_tables().units)
    if dossier is None:
        return None, problems
    found = judge_completeness(dossier, procedure, rules, book.end_uses, on)
    kind = procedure.licence_kinds.get(found.kind)
    answer = {
        "complete": found.complete,
        "procedure": procedure.id,
        "kind": found.kind or None,
        "kind_title": None if kind is None else kind.title[language],
        "rules": None if rules is None else rules.id,
        "on": str(on),
        "gaps": [_gap_json(one, language) for one in found.gaps],
        "notes": days_notes(book, on, on, language),
        "packs": packs_json(book),
    }
    return answer, []


def _gap_json(gap: Gap, language: str) -> Json:
    joint = "、" if language == "zh" else "; "
    titles = {name: joint.join(one[language] for one in held) for name, held in gap.names}
    facts = {name: _UNIT.sub(lambda m: word("unit", m.group(), language), value) for name, value in gap.facts}
    said = {**titles, **facts}
    if gap.paper:
        said["document"] = f"{titles.get('document', gap.document)} ({gap.paper})"
    cure = f"law.gap.{gap.code}.cure" if titles.get("fields") != "" else f"law.gap.{gap.code}.cure_bare"
    return {
        "severity": gap.severity.value,
        "code": gap.code,
        "document": gap.document or None,
        "document_title": titles.get("document"),
        "paper": gap.paper or None,
        "field": gap.field or None,
        "field_title": titles.get("field"),
        "text": law_text(f"law.gap.{gap.code}", language, **said),
        "cure": law_text(cure, language, **said),
        "basis": gap.basis.value,
        "rule": gap.rule or None,
        "article": None if gap.article is None else gap.article[language],
        **trust_json(gap.trust),
    }
