"""Wording: what the register says, in English and in Chinese.

It knows: the sentence and the cure of every problem code (`*.yaml` beside this file, code -> language -> text and
cure), and the words of the trade for what data calls by a code (`words.csv`: forms, processes, states, elements).
It never decides anything, and never fails: a fact that is missing shows as "?", a code without a sentence as itself.
Sentences take their figures by name: `{value}` is what was written, the others are facts of the problem.
"""

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from ytterby.shell.wording.yaml_text import read_yaml
from ytterby.terms.problem import Problem, Severity

__all__ = ["LANGUAGES", "WORD_GROUPS", "catalogue", "fill", "language_of", "sentence", "word"]

LANGUAGES = ("en", "zh")
WORD_GROUPS = (
    "form",
    "process",
    "verdict",
    "state",
    "status",
    "element",
    "origin",
    "destination",
    "use",
    "picture",
    "figure",
    "untestable",
    "item",
    "cause",
    "paper",
    "month",
    "finding",
    "entry",
    "unit",
    "outcome",
    "mandate",
    "right",
    "return",
    "site",
    "move",
    "quota",
    "conduct",
    "case",
    "case_step",
    "licence",
    "case_kind",
    "case_state",
    "customs_action",
    "audit",
    "customs_state",
    "customs_taken",
    "case_verb",
    "case_role",
    "case_phase",
    "case_outcome",
    "case_verdict",
    "case_drawing",
    "case_check",
    "case_severity",
    "case_party",
    "case_fact",
    "lot_standing",
    "enough",
    "flag_grade",
    "draw_kind",
    "draw_code",
    "licence_event",
    "diversion",
    "method",
    "list",
    "law_change",
    "screening",
    "status_driver",
    "signature",
    "filed",
)

# {{ and }} stand for themselves, as in str.format.
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{(\w+)\}")
MISSING = "?"
# A finding is read by people: an amount in it stands in kg or pieces, not in a code (UN/ECE Rec 20).
_UNIT = re.compile(r"(?<=\d )(?:KGM|H87)\b|^(?:KGM|H87)$")

Wording = Mapping[str, Mapping[str, Mapping[str, str]]]


def sentence(problem: Problem, language: str = "en") -> tuple[str, str]:
    """Return what is wrong and what to do about it, or what would settle it; English where a language lacks it."""
    entry = catalogue().get(problem.code)
    said = (entry.get(language_of(language)) or entry.get("en")) if entry else None
    if not said:
        return problem.code, ""
    facts = {**problem.facts, "value": problem.value}
    for name, group in entry.get("words", {}).items() if entry else ():
        facts[name] = _worded(group, str(facts.get(name, "")), language)
    if problem.severity is Severity.FINDING:
        facts = {name: _UNIT.sub(lambda m: word("unit", m.group(), language), fact) for name, fact in facts.items()}
    return fill(said.get("text", problem.code), facts), fill(said.get("cure", ""), facts)


def _worded(group: str, codes: str, language: str) -> str:
    """Return the words for a code that is a fact, or for several of them with commas between."""
    joint = "、" if language_of(language) == "zh" else ", "
    return joint.join(word(group, code, language) for code in codes.split(", "))


def fill(text: str, facts: Mapping[str, object]) -> str:
    """Return a sentence with its placeholders filled in; `?` for a fact that nobody gave."""

    def replace(match: re.Match[str]) -> str:
        name = match.group(1)
        return match.group()[0] if name is None else str(facts.get(name, MISSING))

    return _PLACEHOLDER.sub(replace, text)


def placeholders(text: str) -> frozenset[str]:
    """Return the names that a sentence wants to be filled in."""
    return frozenset(name for name in _PLACEHOLDER.findall(text) if name)


def language_of(tag: str) -> str:
    """Return `zh` for any Chinese tag (zh, zh-hans, zh_CN), else `en`."""
    return "zh" if tag.lower().startswith("zh") else "en"


@cache
def catalogue() -> Wording:
    """Return code -> language -> text and cure of every file of this folder.

    Raises:
        ValueError: two files hold the same code, or an entry is no mapping.
    """
    found: dict[str, Mapping[str, Mapping[str, str]]] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".yaml"):
            continue
        for code, entry in (read_yaml(file.read_text(encoding="utf-8")) or {}).items():
            if code in found or not isinstance(entry, dict):
                raise ValueError(f"{file.name}: {code} stands twice or is no mapping")
            found[code] = entry
    return found


def word(group: str, code: object, language: str = "en") -> str:
    """Return the word of the trade for a code of the data; the code itself, made readable, where none is listed."""
    if code is None or code == "":
        return ""
    listed = _words().get((group, str(code)))
    if listed is None:
        return str(code).replace("_", " ")
    return listed[language_of(language) == "zh"]


@cache
def _words() -> Mapping[tuple[str, str], tuple[str, str]]:
    text = files(__package__).joinpath("words.csv").read_text(encoding="utf-8")
    return {(row["group"], row["code"]): (row["en"], row["zh"]) for row in csv.DictReader(text.splitlines())}
