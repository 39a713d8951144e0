"""What `law end-use` answers, with the keys of the contract and in the reader's words: for commands and for pages."""

from functools import cache
from typing import Any

from ytterby.law.book import LawBook
from ytterby.law.end_use import EndUse, Told, UseWord, Vague, weigh_end_use
from ytterby.law.end_use_rule import EndUseRules
from ytterby.shell.site.law_answer import packs_json
from ytterby.shell.site.law_words import trust_json
from ytterby.shell.site.packs import use_codes
from ytterby.shell.wording import word

Json = dict[str, Any]
LANGUAGES = ("en", "zh")
# Codes that say that nothing is told: no word of a text can mean them.
_NO_USES = frozenset({"other", "not_yet_known"})


def rules_of(book: LawBook, asked: str | None) -> EndUseRules | None:
    """Return the rules that are asked for, or the only ones."""
    if asked is not None:
        return book.end_uses.get(asked)
    held = list(book.end_uses.values())
    return held[0] if len(held) == 1 else None


@cache
def use_words() -> tuple[UseWord, ...]:
    """Return every use code with its names."""
    codes = [code for code in use_codes().by_code if code not in _NO_USES]
    return tuple(UseWord(code, {one: word("use", code, one) for one in LANGUAGES}) for code in codes)


def end_use_json(book: LawBook, told: Told, rules: EndUseRules, language: str) -> Json:
    """Return what a description names, misses and leaves vague."""
    found = weigh_end_use(told, rules, use_words())
    return {
        "concrete": found.is_concrete,
        "rules": rules.id,
        "sentence": dict(found.sentence) or None,
        "named": [
            {"element": name, "title": rules.elements[name].title[language], "value": dict(value)}
            for name, value in found.named.items()
        ],
        "missing": [_missing_json(name, found, rules, language) for name in found.missing],
        "vague": [_vague_json(one, rules, language) for one in found.vague],
        "untranslated": {name: list(held) for name, held in found.untranslated.items() if held},
        "hints": [{"code": one.code, "name": one.names[language], "word": one.word} for one in found.hints],
        "packs": packs_json(book),
    }


def _missing_json(name: str, found: EndUse, rules: EndUseRules, language: str) -> Json:
    element = rules.elements[name]
    question = found.questions[name][language]
    return {"element": name, "title": element.title[language], "question": question, **trust_json(element.trust)}


def _vague_json(one: Vague, rules: EndUseRules, language: str) -> Json:
    element = rules.elements.get(one.element)
    return {
        "element": one.element or None,
        "title": None if element is None else element.title[language],
        "word": one.word,
        "place": one.place,
        "why": one.rule.why[language],
        **trust_json(one.rule.trust),
    }
