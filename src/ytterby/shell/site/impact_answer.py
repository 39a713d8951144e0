"""What changes from one law to another, with the keys of the contract and in the reader's words.

Reasons are many and most of them are alike: an answer holds each once (`reasons`), and its rows name them by their
places in that list. Law is public: nothing here knows who asks.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from ytterby.law.applies import Application
from ytterby.law.classification import Classification
from ytterby.law.impact import Difference, RuleDifference, facts_asked
from ytterby.law.law_change import RuleChange
from ytterby.law.reach import Law
from ytterby.law.said import Reason
from ytterby.law.standing import Standing
from ytterby.shell.site.law_answer import reason_json
from ytterby.shell.site.law_words import trust_json
from ytterby.shell.wording import language_of

Json = dict[str, Any]
LAW = "law"


class Reasons:
    """Reasons of one answer, each once, in order of their first place."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.rows: list[Json] = []
        self._numbers: dict[Reason, int] = {}

    def numbers(self, reasons: Iterable[Reason]) -> list[int]:
        """Return the places of reasons in the list."""
        return [self._number(one) for one in reasons]

    def _number(self, reason: Reason) -> int:
        if reason not in self._numbers:
            self._numbers[reason] = len(self.rows)
            self.rows.append(reason_json(reason, self.language))
        return self._numbers[reason]


def difference_json(one: Difference, reasons: Reasons) -> Json:
    """Return what changes for goods: since when, the old and the new answer, codes gained and lost, rules."""
    return {
        "since": str(one.since),
        "old": _classified(one.old, reasons),
        "new": _classified(one.new, reasons),
        "gained": list(one.gained),
        "lost": list(one.lost),
        "rules": [_rule_difference(rule, reasons) for rule in one.rules],
    }


def plain_answer(answer: str, reasons: Iterable[int] = ()) -> Json:
    """Return an answer that is a word alone, with the keys of one for goods."""
    return {"answer": answer, "codes": [], "candidates": [], "by": LAW, "reasons": list(reasons)}


def _classified(found: Classification, reasons: Reasons) -> Json:
    return {
        "answer": found.answer,
        "codes": list(found.codes),
        "candidates": list(found.candidates),
        "by": found.by,
        "reasons": reasons.numbers(found.reasons),
    }


def _rule_difference(one: RuleDifference, reasons: Reasons) -> Json:
    return {
        "rule": one.rule,
        "old": _applied(one.old, one.old_answer, reasons),
        "new": _applied(one.new, one.new_answer, reasons),
    }


def _applied(found: Application | None, answer: str, reasons: Reasons) -> Json:
    return {
        "answer": answer,
        "missing": [] if found is None else list(found.missing),
        "reasons": [] if found is None else reasons.numbers(found.reasons),
    }


def rule_change_json(one: RuleChange, old: Law, new: Law, language: str) -> Json:
    """Return a rule that is not the same in both laws: how it stands by both, and which facts it asks for."""
    law = new if one.rule in new.book.rules else old
    rule, said = law.book.rules[one.rule], language_of(language)
    return {
        "rule": one.rule,
        "change": one.kind,
        "title": rule.title[said],
        "since": _day(one.since),
        "old": _stands(one.old),
        "new": _stands(one.new),
        "needs": sorted(facts_asked(law, one.rule)),
        "conduct": one.rule in law.book.conduct,
        "settled_by": [] if one.new is None else [words[said] for words in one.new.settled_by],
        **trust_json(rule.trust),
    }


def _stands(one: Standing | None) -> Json | None:
    if one is None:
        return None
    return {"state": one.word, "since": _day(one.since), "until": _day(one.until), "begins": _day(one.begins)}


def _day(day: date | None) -> str | None:
    return None if day is None else str(day)
