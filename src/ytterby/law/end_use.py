"""Describing an end use: what is named, what is missing, what says too little, and the sentence that tells it.

A description is given by its elements, or as a text. In a text an element is found where its own word or a cue of the
rules stands before it; what is found so is shown back in the sentence, and nothing else is guessed. A product is never
guessed: a use code is proposed with the word that it was matched by, and somebody chooses.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ytterby.law.end_use_rule import ALONE, EndUseRules, VagueWord
from ytterby.law.trust import Words
from ytterby.terms.problem import Problem, pointer, refuse

TEXT_MAX = 2000
VALUE_MAX = 300
LANGUAGES = ("en", "zh")
ELEMENTS_MAX = 50
# Where what a cue names ends: a stop that is none inside a model or a figure.
_END = re.compile(r"[,.;](?=\s|$)|[，。；、\n]")
_LABEL = re.compile(r"\s*[:：]\s*")
_TRIM = " \t\r\n.,;:，。；：、"
_FIRST_WORD = 4  # a word of a use shorter than this matches too much


class Told(NamedTuple):
    """A description: elements by name, each language -> text (one without a language stands under ""), or a text."""

    values: Mapping[str, Mapping[str, str]]
    text: str


class UseWord(NamedTuple):
    """A use code with its names."""

    code: str
    names: Words


class Vague(NamedTuple):
    """A vague word as it was found: in which element (empty: the text), at which character, counted from 1, and why."""

    element: str
    word: str
    place: int
    rule: VagueWord


class Hint(NamedTuple):
    """A use code that may be meant, and the word that it was matched by."""

    code: str
    names: Words
    word: str


@dataclass(frozen=True, slots=True)
class EndUse:
    """What a description says. `sentence` is empty where nothing is named; `questions` are by missing element."""

    named: Mapping[str, Mapping[str, str]]
    missing: tuple[str, ...]
    vague: tuple[Vague, ...]
    untranslated: Mapping[str, tuple[str, ...]]
    sentence: Words
    questions: Mapping[str, Words]
    hints: tuple[Hint, ...]

    @property
    def is_concrete(self) -> bool:
        """Everything is named, and nothing says too little."""
        return not self.missing and not self.vague


def read_end_use(value: Any) -> tuple[Told | None, list[Problem]]:
    """Return a description from decoded JSON or a text, or None and everything that is wrong with it."""
    if isinstance(value, str):
        if len(value) > TEXT_MAX:
            return None, [refuse("end_use.too_long", "", len(value), limit=TEXT_MAX)]
        return Told({}, value), []
    if not isinstance(value, dict) or len(value) > ELEMENTS_MAX:
        return None, [refuse("end_use.kind", "", type(value).__name__)]
    problems: list[Problem] = []
    values: dict[str, Mapping[str, str]] = {}
    text = ""
    for name, one in value.items():
        told = one if isinstance(one, dict) else {"": one}
        is_good = all(isinstance(said, str) and key in {"", *LANGUAGES} for key, said in told.items())
        if not is_good:
            problems.append(refuse("end_use.kind", pointer(str(name)), type(one).__name__))
            continue
        if longest := next((len(said) for said in told.values() if len(said) > VALUE_MAX), None):
            problems.append(refuse("end_use.too_long", pointer(str(name)), longest, limit=VALUE_MAX))
            continue
        said = {key: text.strip() for key, text in told.items() if text.strip()}
        if said:
            values[str(name)] = said
    return (None, problems) if problems else (Told(values, text), [])


def unknown_elements(told: Told, rules: EndUseRules) -> list[Problem]:
    """Return every element that is named and that the rules do not have."""
    known = ", ".join(rules.elements)
    strange = (name for name in told.values if name not in rules.elements)
    return [refuse("end_use.unknown_element", pointer(name), name, known=known) for name in strange]


def weigh_end_use(told: Told, rules: EndUseRules, uses: Sequence[UseWord] = ()) -> EndUse:
    """Return what a description names, misses and leaves vague, with its sentence, questions and hints."""
    found = _in_text(told.text, rules) if told.text.strip() else {}
    given = {name: {"": text} for name, text in found.items()} | dict(told.values)
    named = {name: given[name] for name in rules.elements if name in given}
    missing = tuple(name for name in rules.elements if name not in named)
    texts = [said for one in named.values() for said in dict.fromkeys(one.values())]
    return EndUse(
        named=named,
        missing=missing,
        vague=tuple(_all_vague(told, named, found, rules)),
        untranslated=_untranslated(named),
        sentence={language: _sentence(named, rules, language) for language in LANGUAGES} if named else {},
        questions={name: rules.elements[name].question for name in missing},
        hints=tuple(_hints([*texts, told.text], uses, {rule.word.casefold() for rule in rules.vague})),
    )


def _untranslated(named: Mapping[str, Mapping[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """Return by language the elements that are stated in another language alone."""
    return {
        language: tuple(name for name, one in named.items() if language not in one and "" not in one)
        for language in LANGUAGES
    }


def _sentence(named: Mapping[str, Mapping[str, str]], rules: EndUseRules, language: str) -> str:
    said = (
        rules.elements[name].phrase[language].replace("{value}", _said_in(one, language)) for name, one in named.items()
    )
    return rules.opening[language] + rules.joint[language].join(said) + rules.closing[language]


def _said_in(value: Mapping[str, str], language: str) -> str:
    return value.get(language) or value.get("") or next(iter(value.values()))


# Reading a text


def _in_text(text: str, rules: EndUseRules) -> dict[str, str]:
    """Return the elements that a text names after their own word or a cue, first mention first."""
    cues = sorted(_cues(text, rules), key=lambda one: (one[0], -one[1]))
    found: dict[str, str] = {}
    reached = -1
    for number, (begin, end, name) in enumerate(cues):
        if begin < reached:
            continue  # inside another cue
        reached = end
        following = next((one[0] for one in cues[number + 1 :] if one[0] >= end), len(text))
        stop = _END.search(text, end, following)
        said = text[end : stop.start() if stop else following].strip(_TRIM)[:VALUE_MAX]
        if said:
            found.setdefault(name, said)
    return found


def _cues(text: str, rules: EndUseRules) -> Iterator[tuple[int, int, str]]:
    """Yield begin, end and element of every cue; an element's own title counts where a colon follows it."""
    for element in rules.elements.values():
        for label in (*element.title.values(), element.id):
            for match in _find(label, text):
                colon = _LABEL.match(text, match[1])
                if colon is not None:
                    yield match[0], colon.end(), element.id
        for cue in element.cues:
            for begin, end in _find(cue, text):
                colon = _LABEL.match(text, end)
                yield begin, colon.end() if colon else end, element.id


def _find(word: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield where a word stands: letters of an alphabet as a whole word, others anywhere."""
    edge = r"\b" if word.isascii() else ""
    before, after = (edge if word[:1].isalnum() else ""), (edge if word[-1:].isalnum() else "")
    for match in re.finditer(before + re.escape(word) + after, text, re.IGNORECASE):
        yield match.start(), match.end()


# What says too little


def _all_vague(
    told: Told, named: Mapping[str, Mapping[str, str]], found: Mapping[str, str], rules: EndUseRules
) -> Iterator[Vague]:
    """Yield the vague words of what is stated by element, and of a text; what a text says of an element not twice."""
    for name, one in named.items():
        for said in dict.fromkeys(one.values()):
            yield from _alone(name, said, rules)
            if name in told.values or name not in found:
                yield from _anywhere(name, said, rules)
    yield from _anywhere("", told.text, rules)
    if not found:
        yield from _alone("", told.text, rules)


def _alone(element: str, text: str, rules: EndUseRules) -> Iterator[Vague]:
    words = {rule.word.casefold(): rule for rule in rules.vague if rule.where == ALONE}
    for begin, part in _parts(text):
        rule = words.get(part.casefold())
        if rule is not None:
            yield Vague(element, part, begin + 1, rule)


def _anywhere(element: str, text: str, rules: EndUseRules) -> Iterator[Vague]:
    for rule in rules.vague:
        if rule.where != ALONE:
            for begin, end in _find(rule.word, text):
                yield Vague(element, text[begin:end], begin + 1, rule)


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Yield the clauses of a text with where each begins."""
    begin = 0
    for end in (*(match.start() for match in _END.finditer(text)), len(text)):
        part = text[begin:end]
        bare = part.strip(_TRIM)
        if bare:
            yield begin + part.index(bare), bare
        begin = end + 1


def _hints(texts: Sequence[str], uses: Sequence[UseWord], vague: set[str]) -> Iterator[Hint]:
    """Yield the use codes of which a name, or its longest word, stands in the texts; names before words.

    A word that says too little is no reason to think of a product.
    """
    found: dict[str, Hint] = {}
    for is_whole in (True, False):
        for use in uses:
            words = use.names.values() if is_whole else [_longest(use.names["en"])]
            for word in words:
                is_short = len(word) < (1 if is_whole else _FIRST_WORD)
                if is_short or use.code in found or word.casefold() in vague:
                    continue
                for text in texts:
                    match = next(_find(word, text), None)
                    if match is not None:
                        found.setdefault(use.code, Hint(use.code, use.names, text[match[0] : match[1]]))
    yield from found.values()


def _longest(name: str) -> str:
    return max(name.split(), key=len, default="")
